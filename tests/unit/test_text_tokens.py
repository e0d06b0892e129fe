"""The analyzer: which terms, in which order, where in the text, and what a query asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.text.folding import arabic_stem, fold
from digests.text.tokens import (
    ANALYZER_VERSION,
    Token,
    analyze,
    folded_words,
    query_terms,
    terms,
)

LANGUAGES = st.sampled_from(["en", "de", "fr", "es", "ru", "zh", "ja", "ar", "pt", ""])
TRICKY = st.text(
    st.sampled_from(
        "ab C0129.-_#+'’ []()cveé\u0301ß½①ﬁＡ－攻击ランｶﾞ한هجوم\u064bـх\u200d\u200b@/:\ud83d"
    ),
    max_size=40,
)
ANYTHING = st.text(st.characters(), max_size=80)


def pairs(text: str, language: str = "en") -> list[tuple[str, str]]:
    return [(text[token.start : token.end], token.term) for token in analyze(text, language)]


def test_the_version_is_a_number_to_compare() -> None:
    assert isinstance(ANALYZER_VERSION, int)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Vendors patched routers", [("Vendors", "vendor"), ("patched", "patch"), ("routers", "router")]),
        ("Cisco's and Cisco’s", [("Cisco", "cisco"), ("and", "and"), ("Cisco", "cisco")]),
        ("zero-day", [("zero", "zero"), ("day", "day")]),
        ("snake_case", [("snake", "snake"), ("case", "case")]),
        ("don't", [("don", "don"), ("t", "t")]),
        ("v1.2.3", [("1.2.3", "1zp2zp3")]),
        ("10.0.0.1", [("10.0.0.1", "10zp0zp0zp1")]),
        ("U.S. law", [("U.S", "us"), ("law", "law")]),
        ("C++, C# or .NET", [("C++", "cplusplus"), ("C#", "csharp"), ("or", "or"), (".NET", "dotnet"), ("NET", "net")]),
        ("log4shell apt28", [("log4shell", "log4shell"), ("apt28", "apt28")]),
        ("a½b", [("a½b", "a1"), ("a½b", "2b")]),
        ("🎉 — …", []),
        ("", []),
    ],
)  # fmt: skip
def test_words_become_terms_with_their_places(text: str, expected: list[tuple[str, str]]) -> None:
    assert pairs(text) == expected


def test_parts_of_what_is_whole_stand_behind() -> None:
    assert pairs("Fix CVE-2024-3400 on evil-host.example.com now") == [
        ("Fix", "fix"),
        ("CVE-2024-3400", "cve20243400"),
        ("on", "on"),
        ("evil-host.example.com", "evilzhhostzpexamplezpcom"),
        ("now", "now"),
        ("2024-3400", "20243400"),
        ("CVE", "cve"),
        ("2024", "2024"),
        ("3400", "3400"),
        ("evil-host.example.com", "examplezpcom"),
        ("evil", "evil"),
        ("host", "host"),
        ("example", "exampl"),
        ("com", "com"),
    ]


def test_a_phrase_over_an_identifier_is_a_run_of_neighbours() -> None:
    words = terms("The fix for CVE-2024-3400 by example.com is out", "en").split()
    phrase = ["fix", "for", "CVE-2024-3400", "by", "example.com", "is"]
    asked = [place for word in phrase for place in query_terms(word)]
    start = words.index("fix")
    assert all(words[start + at] in place for at, place in enumerate(asked))


def test_chinese_and_japanese_are_pairs_of_neighbours() -> None:
    assert pairs("新的攻击", "zh") == [("新的", "新的"), ("的攻", "的攻"), ("攻击", "攻击")]
    assert pairs("毒", "zh") == [("毒", "毒")]
    assert pairs("ガード", "ja") == [("ガー", "ガー"), ("ード", "ード")]
    assert [term for _, term in pairs("ｶﾞｰﾄﾞ", "ja")] == ["ガー", "ード"]
    assert pairs("微软Office漏洞", "zh") == [
        ("微软", "微软"),
        ("Office", "offic"),
        ("漏洞", "漏洞"),
    ]


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("Sicherheitslücken", "sicherheitslucke", "de"),
        ("Straße", "STRASSE", "de"),
        ("vulnérabilités", "vulnerabilite", "fr"),
        ("больницами", "больница", "ru"),
        ("Ёлка", "елки", "ru"),
        ("المستشفيات", "مستشفى", "ar"),
        ("والثغرة", "ثغرات", "ar"),
        ("إلكترونية", "الكتروني", "ar"),
        ("هُجُومٌ", "هجوم", "ar"),
        ("Ångström", "angstrom", "en"),
        ("ﬁle", "FILE", "en"),
        ("naïve", "nai\u0308ve", "en"),
        ("٢٠٢٤", "2024", "ar"),
        ("pass\u200dword", "password", "en"),
        ("CVE–2024–3400", "cve 2024-3400", "en"),
        ("example[.]com", "Example.COM", "en"),
        ("example[dot]com", "example.com", "en"),
    ],
)
def test_spellings_of_one_word_are_one_term(one: str, other: str, language: str) -> None:
    assert terms(one, language) == terms(other, language)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("evil-domain.com", "evil.domaincom"),
        ("a.b", "azpb"),
        ("C", "C++"),
        ("йод", "иод"),
        ("ガード", "カート"),
        ("1.23", "12.3"),
    ],
)
def test_different_words_are_different_terms(one: str, other: str) -> None:
    assert terms(one, "en").split()[0] != terms(other, "en").split()[0]


def test_the_script_of_a_word_overrules_the_language_of_the_text() -> None:
    assert terms("routers", "zh") == terms("routers", "ru") == "router"
    assert terms("больницы", "en") == terms("больницы", "ru")
    assert terms("المستشفيات", "en") == terms("المستشفيات", "ar")
    assert terms("routers", "pt") == "routers"
    assert terms("больницы", "") == "больницы"


@pytest.mark.parametrize(
    ("word", "places"),
    [
        ("patches", [{"patch", "patches"}]),
        ("zero-day", [{"zero", "zer"}, {"day"}]),
        ("勒索软件", [{"勒索"}, {"索软"}, {"软件"}]),
        ("CVE-2024-3400", [{"cve20243400"}]),
        ("2024-3400", [{"20243400"}]),
        ("example.com", [{"examplezpcom"}]),
        ("C++", [{"cplusplus"}]),
        (".NET", [{"dotnet"}]),
        ("больница", [{"больница", "больниц"}]),
        ("a/b", [{"a"}, {"b"}]),
        ('"', []),
        ("", []),
        ("\ud83d", []),
    ],
)
def test_a_query_word_is_places_with_alternatives(word: str, places: list[set[str]]) -> None:
    assert query_terms(word) == tuple(map(frozenset, places))


def test_a_query_word_can_be_asked_in_chosen_languages() -> None:
    assert query_terms("patches", ["de"]) == (frozenset({"patches", "patch"}),)
    assert query_terms("больница", []) == (frozenset({"больница"}),)


def test_folded_words_compare_whole_texts() -> None:
    assert folded_words("C++ in 微软Exchange-Server, 1.2!") == [
        "cplusplus", "in", "微软", "exchange", "server", "1", "2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("المستشفيات", "مستشف"),
        ("مستشفيات", "مستشف"),
        ("هجوم", "هجوم"),
        ("وزير", "زير"),
        ("اب", "اب"),
    ],
)
def test_arabic_words_lose_article_and_endings(word: str, stem: str) -> None:
    assert arabic_stem(fold(word)) == stem


# --- any text ------------------------------------------------------------------------------------


@given(TRICKY | ANYTHING, LANGUAGES)
def test_terms_are_letters_and_digits_and_their_places_are_right(text: str, language: str) -> None:
    tokens = analyze(text, language)
    for token in tokens:
        assert token.term.isalnum()
        assert 0 < len(token.term) <= 128
        assert 0 <= token.start < token.end <= len(text)
    assert terms(text, language) == " ".join(token.term for token in tokens)
    assert all(isinstance(token, Token) for token in tokens)


@given(TRICKY | ANYTHING, LANGUAGES)
def test_a_text_is_found_by_each_of_its_words(text: str, language: str) -> None:
    held = set(terms(text, language).split())
    for word in text.split():
        assert all(place & held for place in query_terms(word))


@given(TRICKY | ANYTHING)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(TRICKY | ANYTHING, LANGUAGES)
def test_terms_of_terms_are_folded_already(text: str, language: str) -> None:
    assert all(fold(term) == term for term in terms(text, language).split())
