"""Search finds words in every language: probes through a real full-text index."""

import sqlite3
import sys
from collections.abc import Iterator
from unicodedata import category

import pytest

from digests.text.tokens import analyze, query_terms, terms

CHINESE = "研究人员发现新的勒索软件攻击医院"
JAPANESE = "新たなランサムウェア攻撃が病院を襲った"
ARABIC = "اكتشف الباحثون هجوم فدية جديدا على المستشفيات"

TWELVE = [
    ("zh", CHINESE, "勒索软件"),
    ("zh", CHINESE, "攻击"),
    ("ja", JAPANESE, "ランサムウェア"),
    ("ja", JAPANESE, "攻撃"),
    ("ar", ARABIC, "المستشفيات"),
    ("ar", ARABIC, "مستشفيات"),
    ("ar", "هُجوم إلكتروني", "هجوم"),
    ("ar", "هجوم إلكتروني", "الكتروني"),
    ("ru", "Хакеры атаковали больницы", "больница"),
    ("de", "Sicherheitslücke in Routern", "sicherheitslucke"),
    ("en", "Fix for CVE-2024-3094 released", "CVE-2024-3094"),
    ("fr", "vulnérabilité critique", "vulnerabilite"),
]
MORE = [
    ("en", "Fix for CVE-2024-3094 released", "2024-3094"),
    ("en", "Fix for CVE-2024-3094 released", "cve‑2024‑3094"),
    ("en", "Fix for CVE 2024-3094 released", "CVE-2024-3094"),
    ("en", "Fix for CVE-2024-3094 released", "CVE-2024"),
    ("en", "Traffic to evil-domain.example.com", "evil-domain.example.com"),
    ("en", "Traffic to evil-domain.example.com", "example.com"),
    ("en", "Traffic to evil-domain[.]example[.]com", "evil-domain.example.com"),
    ("en", "Traffic to evil-domain.example.com", "domain"),
    ("en", "The vendor patched it", "patches"),
    ("en", "Cisco’s routers", "cisco"),
    ("en", "A zero-day flaw", "zero day"),
    ("en", "A zero day flaw", "zero-day"),
    ("en", "Rewritten in C++ and .NET", "C++"),
    ("en", "Rewritten in C++ and .NET", ".net"),
    ("en", "The U.S. government", "US"),
    ("en", "Fixed in v1.2.3", "1.2.3"),
    ("en", "The Who were hacked", "who"),
    ("en", "ＦＵＬＬ　ＷＩＤＴＨ", "full"),
    ("de", "Angreifer verschlüsseln Straßenkamera", "strassenkamera"),
    ("de", "Die Lücken", "Lücke"),
    ("es", "contraseñas filtradas", "contrasena"),
    ("ru", "Всё уязвимо: уязвимостей много", "уязвимость"),
    ("ru", "обновление для Windows updates", "update"),
    ("ar", "ثغرات خطيرة", "الثغرة"),
    ("ja", "ﾗﾝｻﾑｳｪｱ攻撃", "ランサムウェア"),
    ("zh", "微软Exchange漏洞", "exchange"),
    ("ko", "새로운 랜섬웨어가 병원을 공격했다", "랜섬웨어"),
    ("pt", "Nova vulnerabilidade crítica", "critica"),
]
MISSES = [
    ("zh", CHINESE, "击攻"),
    ("zh", CHINESE, "软勒"),
    ("ja", JAPANESE, "アラ"),
    ("en", "Fix for CVE-2024-3094 released", "CVE-2024-3095"),
    ("en", "Fix for CVE-2024-3094 released", "CVE-2023-3094"),
    ("en", "Traffic to evil-domain.example.com", "evildomain.example.com"),
    ("en", "Traffic to evil-domain.example.com", "other.example.com"),
    ("en", "Rewritten in C", "C++"),
    ("en", "Fixed in 1.2.3", "1.2.4"),
    ("en", "anything at all", '"'),
]


@pytest.fixture(scope="module")
def index() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.execute("create virtual table story using fts5(words, tokenize='unicode61')")
    connection.execute("create virtual table held using fts5vocab(story, 'instance')")
    yield connection
    connection.close()


def found(index: sqlite3.Connection, language: str, document: str, query: str) -> bool:
    index.execute("delete from story")
    index.execute("insert into story values (?)", (terms(document, language),))
    positions = [place for word in query.split() for place in query_terms(word)]
    wanted = " AND ".join(
        f"({' OR '.join(f'{chr(34)}{term}{chr(34)}' for term in sorted(place))})"
        for place in positions
    )
    if not wanted:
        return False
    return bool(index.execute("select 1 from story where story match ?", (wanted,)).fetchall())


@pytest.mark.parametrize(("language", "document", "query"), TWELVE + MORE)
def test_a_word_finds_the_forms_of_itself(index, language: str, document: str, query: str) -> None:
    assert found(index, language, document, query)


@pytest.mark.parametrize(("language", "document", "query"), MISSES)
def test_what_is_not_there_is_not_found(index, language: str, document: str, query: str) -> None:
    assert not found(index, language, document, query)


def held(index: sqlite3.Connection, text: str) -> list[str]:
    index.execute("delete from story")
    index.execute("insert into story values (?)", (text,))
    return [row[0] for row in index.execute("select term from held order by offset")]


@pytest.mark.parametrize("language", ["en", "de", "ru", "ar", "zh", ""])
def test_the_index_holds_the_terms_of_the_analyzer_and_no_others(index, language: str) -> None:
    documents = " ".join(document for _, document, _ in TWELVE + MORE + MISSES)
    words = terms(documents, language)
    assert held(index, words) == words.split()


def test_the_index_holds_every_letter_that_a_term_may_have(index) -> None:
    letters = [
        chr(code)
        for code in range(sys.maxunicode + 1)
        if category(chr(code))[0] in "LN" and not 0xD800 <= code < 0xE000
    ]
    words = " ".join(dict.fromkeys(t.term for c in letters for t in analyze(c, "en")))
    assert held(index, words) == words.split()
