"""Taming characters and cutting texts: what may reach a card, and how much of it."""

import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st

from digests.text.characters import clean, clip, first_graphemes

FAMILY = "👩\u200d👩\u200d👧\u200d👦"
ANYTHING = st.text(st.characters(), max_size=60)  # lone surrogates too
SIGNS = "ab \n\t.\r\x00\x85\u2028\xa0\u200b\u200c\u200d\u202e\u0301\u064b\ufe0fبنक攻👩🇩ᄀ\U000e0041\ud83d"
TRICKY = st.text(st.sampled_from(SIGNS), max_size=40)


@pytest.mark.parametrize(
    ("raw", "tamed"),
    [
        ("a\x00b\x07c\x1b[31md", "abc[31md"),
        ("file\u202egpj.exe", "filegpj.exe"),
        ("\u2066a\u2069 \u2067b\u2069", "a b"),
        ("CVE-2024\u200b-3400", "CVE-2024-3400"),
        ("pass\u00adword", "password"),
        ("hidden" + "".join(chr(0xE0000 + ord(c)) for c in "text"), "hidden"),
        ("a\ufeffb\u2060c\u180ed", "abcd"),
        ("half \ud83d", "half \ufffd"),
        ("pair \ud83d\ude00", "pair 😀"),
        ("\ufdd0a\uffff\U0001fffe", "a"),
        ("  a \t b \u3000 c\xa0d  ", "a b c d"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\n \n\n b", "a\n\nb"),
        ("a\u2029\u2029b", "a\n\nb"),
        ("\u2800 \u3164", ""),
        (" \n ", ""),
    ],
)
def test_what_nobody_reads_is_removed(raw: str, tamed: str) -> None:
    assert clean(raw) == tamed


@pytest.mark.parametrize(
    "text",
    [
        "می‌خواهم",  # Persian spells with a joiner
        "क्‍ष",
        FAMILY,
        "❤️‍🔥",
        "naïve naïve",
        "Việt Nam",
        "הַמִּלָּה",
        "“quotes” – dashes… 100 % €",
        "研究人员、攻击。",
    ],
)
def test_what_people_write_stays(text: str) -> None:
    assert clean(text) == text


def test_joiners_between_other_letters_are_removed() -> None:
    assert clean("pay\u200dpal a\u200cb 攻\u200d击") == "paypal ab 攻击"


def test_a_tower_of_marks_is_cut_to_six() -> None:
    assert clean("Z" + "\u0301" * 1000) == "Z" + "\u0301" * 6


def test_marks_without_a_letter_are_removed() -> None:
    assert clean("\u0338headline \u0338of") == "headline of"


@given(ANYTHING | TRICKY)
@example("a\u0301" * 9)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean(text)
    assert clean(once) == once


@given(ANYTHING | TRICKY)
def test_clean_text_can_be_stored_and_is_tame(text: str) -> None:
    tame = clean(text)
    tame.encode()
    assert not regex.search(
        r"[\p{Cc}--\n]|[\u202a-\u202e\u2066-\u2069]|\s\p{M}|\n\n\n", tame, regex.V1
    )
    assert tame == tame.strip()


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("short", 5, "short"),
        ("one two three", 9, "one two…"),
        ("one two three", 8, "one two…"),
        ("one two, three", 10, "one two…"),
        ("one two three", 7, "one…"),
        ("incomprehensibilities", 8, "incompr…"),
        ("研究人员发现新的勒索软件", 6, "研究人员发…"),
        ("a " + "b" * 50, 20, "a " + "b" * 17 + "…"),
        ("one two", 1, "…"),
        ("one two", 0, ""),
        (FAMILY + FAMILY, 10, FAMILY + "…"),
        (FAMILY + FAMILY, 5, "…"),
        ("🇩🇪🇫🇷🇯🇵", 4, "🇩🇪…"),
        ("e\u0301e\u0301e\u0301", 4, "e\u0301…"),
    ],
)
def test_a_text_is_cut_at_a_word_and_never_in_a_character(text: str, limit: int, cut: str) -> None:
    assert clip(text, limit) == cut


@given(TRICKY | ANYTHING, st.integers(0, 50))
def test_a_cut_text_fits_and_is_a_beginning(text: str, limit: int) -> None:
    cut = clip(text, limit)
    assert len(cut) <= limit
    if cut != text:
        kept = cut.removesuffix("…")
        assert text.startswith(kept)
        ends = {0} | {match.end() for match in regex.finditer(r"\X", text)}
        assert len(kept) in ends


@pytest.mark.parametrize("text", ["🇩" * 5000, "👩\u200d" * 5000, "a\u0301" * 5000, "ᄀ" * 5000])
def test_a_long_row_of_joined_characters_is_cut_too(text: str) -> None:
    assert len(clip(text, 3000)) <= 3000
    assert len(first_graphemes(text, 300)) <= 2400


def test_graphemes_are_counted_as_people_count() -> None:
    assert first_graphemes(FAMILY * 3, 2) == FAMILY * 2
    assert first_graphemes("abc", 2) == "ab"
    assert first_graphemes("abc", 9) == "abc"
