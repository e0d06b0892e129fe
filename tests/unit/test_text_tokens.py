"""The analyzer: the twelve language probes through a real full-text index, and its spans."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.text.indicators import cves
from digests.text.tokens import analyze, query_terms, terms

PROBES = [
    ("zh", "研究人员发现新的勒索软件攻击医院", "勒索软件"),
    ("zh", "研究人员发现新的勒索软件攻击医院", "攻击"),
    ("ja", "新たなランサムウェア攻撃が病院を襲った", "ランサムウェア"),
    ("ja", "新たなランサムウェア攻撃が病院を襲った", "攻撃"),
    ("ar", "اكتشف الباحثون هجوم فدية جديدا على المستشفيات", "المستشفيات"),
    ("ar", "اكتشف الباحثون هجوم فدية جديدا على المستشفيات", "مستشفيات"),
    ("ar", "هُجوم إلكتروني", "هجوم"),
    ("ar", "هجوم إلكتروني", "الكتروني"),
    ("ru", "Хакеры атаковали больницы", "больница"),
    ("de", "Sicherheitslücke in Routern", "sicherheitslucke"),
    ("en", "Fix for CVE-2024-3094 released", "CVE-2024-3094"),
    ("fr", "vulnérabilité critique", "vulnerabilite"),
    ("en", "Fix for CVE-2024-3094 released", "2024-3094"),
    ("en", "Traffic went to evil-domain.example.com", "evil-domain.example.com"),
    ("en", "The vendor patched it", "patch"),
]


def found(language: str, document: str, query: str) -> bool:
    database = sqlite3.connect(":memory:")
    database.execute("create virtual table f using fts5(t, tokenize='unicode61')")
    database.execute("insert into f values (?)", (terms(document, language),))
    wanted = " AND ".join(
        "(" + " OR ".join(f'"{term}"' for term in sorted(place)) + ")"
        for place in query_terms(query)
    )
    hits = database.execute("select count(*) from f where f match ?", (wanted,)).fetchone()[0]
    database.close()
    return bool(hits)


@pytest.mark.parametrize(("language", "document", "query"), PROBES)
def test_a_word_finds_the_forms_of_itself(language: str, document: str, query: str) -> None:
    assert found(language, document, query)


def test_scrambled_chinese_finds_nothing() -> None:
    assert not found("zh", "研究人员发现新的勒索软件攻击医院", "击攻")


@given(st.text(max_size=200), st.sampled_from(["en", "de", "ar", "ru", "zh", ""]))
def test_terms_are_plain_and_their_places_are_right(text: str, language: str) -> None:
    for token in analyze(text, language):
        assert token.term.isalnum()
        assert 0 <= token.start < token.end <= len(text)


@given(st.text(max_size=60))
def test_any_word_can_be_asked_for(word: str) -> None:
    assert all(place for place in query_terms(word))


def test_cves_are_found_whatever_hyphen_they_are_written_with() -> None:
    text = "CVE‑2024‑3400, cve 2021-44228 and CVE-2024-3400 again, not CVE-24-1"
    assert cves(text) == ("CVE-2024-3400", "CVE-2021-44228")
