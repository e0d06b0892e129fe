"""The words: every string in every catalog, plurals, dates, and right-to-left text kept whole."""

import ast
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Formatter

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from hypothesis import given
from hypothesis import strategies as st

from digests.cards.catalogs import looked_up, missing, unused, written
from digests.cards.words import Words, catalog, languages, later, words

ROOT = Path(__file__).resolve().parents[2]
FSI, PDI, RLM, LRM = "\u2068", "\u2069", "\u200f", "\u200e"
AT = datetime(2026, 11, 24, 9, 12, tzinfo=UTC)


# --- the catalogs hold what the sources say --------------------------------------------------


def strings(source: Catalog) -> list[Message]:
    return [message for message in source if message.id]


def forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else message.string


@pytest.mark.parametrize("language", languages())
def test_no_string_is_missing_from_a_catalog_or_unused_in_it(language: str) -> None:
    source = catalog(language)
    assert missing(source) == [], "make strings, then docs/design/0004-words-in-eight-languages.md"
    assert unused(source) == []
    assert [message.id for message in source if message.id and message.fuzzy] == []
    assert not source.obsolete


@pytest.mark.parametrize("language", sorted(set(languages()) - {"en"}))
def test_every_string_is_translated_in_every_plural_form(language: str) -> None:
    source = catalog(language)
    for message in strings(source):
        if isinstance(message.id, tuple):
            assert len(message.string) == source.num_plurals, message.id
            assert all(form.strip() for form in message.string), message.id
        else:
            assert message.string, message.id


def test_english_is_the_source_and_leaves_its_translations_empty() -> None:
    for message in strings(catalog("en")):
        assert not any(message.string), message.id


@pytest.mark.parametrize("language", sorted(set(languages()) - {"en"}))
def test_translations_have_the_placeholders_of_their_source(language: str) -> None:
    for message in strings(catalog(language)):
        if isinstance(message.id, tuple):
            wanted = placeholders(message.id[0]) | placeholders(message.id[1])
            for form in message.string:
                # A form for one number may spell that number out instead of repeating it.
                assert wanted - placeholders(form) <= {"n"}, message.id
                assert placeholders(form) <= wanted, message.id
            assert "n" in placeholders(message.string[-1]), message.id
        else:
            assert placeholders(message.string) == placeholders(message.id), message.id
            assert message.string.count("{") == message.id.count("{"), f"said twice: {message.id}"


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


@pytest.mark.parametrize("language", languages())
def test_the_plural_rule_is_the_one_of_cldr(language: str) -> None:
    say = words(language)
    source = catalog(language)
    rule = say._locale.plural_form
    forms = {}
    for n in range(1200):
        tag = rule(n)
        chosen = say._catalog.plural(n)
        assert forms.setdefault(tag, chosen) == chosen, n
    assert len(set(forms.values())) == len(forms) == source.num_plurals


@pytest.mark.parametrize(
    ("source", "msgid"),
    [
        ('later("any words")', "any words"),
        ('said("any words", n=1)', "any words"),
        ('say.text("any words", n=1)', "any words"),
        ('self._say.text("any words")', "any words"),
        ('words("ar").text("any words")', "any words"),
        ('say.plural("a {n}", "b {n}", n)', ("a {n}", "b {n}")),
        ('answer.text("ts")', None),
        ("say.text(kept)", None),
    ],
)
def test_the_scan_sees_what_is_looked_up_and_nothing_else(source: str, msgid: object) -> None:
    assert next(looked_up(ast.parse(source)), None) == msgid


def test_a_string_kept_in_a_table_stays_as_it_is() -> None:
    assert later("any words") == "any words"


# --- what they say ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "got"),
    [("en", "en"), ("ar", "ar"), ("ar-EG", "ar"), ("AR_sa", "ar"), ("en-US", "en")]
    + [(odd, "en") for odd in ("xx", "", "../ar", "tlh", "ar/../en", "\x00")],
)
def test_a_language_is_found_by_its_primary_tag_else_english(asked: str, got: str) -> None:
    assert words(asked).language == got


def test_the_card_speaks_eight_languages() -> None:
    assert languages() == ("ar", "de", "en", "es", "fr", "ja", "ru", "zh")


@pytest.mark.parametrize("language", languages())
def test_a_catalog_is_written_as_it_stands(language: str) -> None:
    path = ROOT / "digests/cards/locales" / language / "LC_MESSAGES/nightdesk.po"
    stands = path.read_text("utf-8")
    assert written(catalog(language), {}) == stands, "python -m digests.cards.catalogs write"


def test_a_sheet_asks_for_what_is_missing_and_fills_it() -> None:
    source = catalog("ru")
    source.delete("By {name}")
    source.delete(("{n} story", "{n} stories"))
    assert missing(source) == [("{n} story", "{n} stories"), "By {name}"]
    given = {"By {name}": "Пишет {name}", "{n} story": ["а {n}", "б {n}", "в {n}"]}
    again = written(source, given)
    assert 'msgid "By {name}"\nmsgstr "Пишет {name}"' in again
    assert 'msgstr[2] "в {n}"' in again


def test_only_arabic_runs_from_right_to_left() -> None:
    from_the_right = {one for one in languages() if Locale.parse(one).text_direction == "rtl"}
    assert {language for language in languages() if words(language).rtl} == from_the_right


@pytest.mark.parametrize(
    ("n", "shown"),
    [
        (0, "أقل من دقيقة"),
        (1, "دقيقة واحدة"),
        (2, "دقيقتان"),
        (3, "3 دقائق"),
        (10, "10 دقائق"),
        (11, "11 دقيقة"),
        (99, "99 دقيقة"),
        (100, "100 دقيقة"),
        (103, "103 دقائق"),
        (1_000, "1,000 دقيقة"),
    ],
)
def test_arabic_counts_in_six_forms(n: int, shown: str) -> None:
    assert words("ar").plural("{n} min", "{n} min", n) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (1, "1 s"),
        (24, "24 s"),
        (59, "59 s"),
        (59.7, "1 min"),
        (60, "1 min"),
        (89, "1 min"),
        (90, "2 min"),
        (3_540, "59 min"),
        (3_590, "1 h"),
        (9_000, "3 h"),
    ],
)
def test_durations_are_short_and_whole(seconds: float, shown: str) -> None:
    assert words("en").duration(seconds) == shown


def test_a_date_stands_on_the_clock_of_its_zone() -> None:
    assert words("en").date(AT) == "24 Nov, 09:12"
    assert words("en").date(AT, "Europe/Berlin") == "24 Nov, 10:12"
    assert words("en").date(AT, "Asia/Kathmandu", year=True) == "24 Nov 2026, 14:57"
    assert words("ar").date(AT, "Asia/Riyadh") == "24 نوفمبر، 12:12"


@pytest.mark.parametrize("zone", ["", "Mars/Base", "../etc", "/etc/passwd", "Europe", "\x00"])
def test_a_zone_that_does_not_exist_is_utc(zone: str) -> None:
    assert words("en").date(AT, zone) == "24 Nov, 09:12"


def test_ages_are_told_in_their_largest_unit() -> None:
    assert words("en").ago(timedelta(seconds=20)) == "just now"
    assert words("en").ago(timedelta(hours=-3)) == "just now"
    assert words("en").ago(timedelta(hours=3)) == "3 hours ago"
    assert words("ar").ago(timedelta(hours=3)) == "قبل 3 ساعات"
    assert words("ar").ago(timedelta(days=2)) == "قبل يومين"


def test_numbers_are_grouped() -> None:
    assert words("en").number(1_234_567) == words("ar").number(1_234_567) == "1,234,567"


def test_braces_from_outside_are_only_text() -> None:
    assert words("en").text("By {name}", name="{n} {0.__class__}") == "By {n} {0.__class__}"


# --- right to left ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "run"),
    [
        ("en", "Krebs on Security"),
        ("en", "CVE-2024-3400, 10.2.1"),
        ("en", "研究人员"),
        ("ar", "الجزيرة"),
        ("ar", "24 نوفمبر، 09:12"),
        ("ar", "2026"),
        ("ar", ""),
        ("ar", f"{FSI}Krebs{PDI}، {FSI}Mandiant{PDI}"),
    ],
)
def test_runs_that_read_right_as_they_are_stay_bare(language: str, run: str) -> None:
    assert words(language).isolate(run) == run


@pytest.mark.parametrize(
    ("language", "run"),
    [
        ("en", "الجزيرة"),
        ("en", "חדשות סייבר"),
        ("en", "٢٠٢٦"),
        ("ar", "Krebs on Security"),
        ("ar", "CVE-2024-3400"),
        ("ar", "2026-11-24"),
        ("ar", "10.0.0.1:8080"),
        ("ar", "研究人员"),
        ("ar", "https://example.com/a?b=1"),
    ],
)
def test_foreign_runs_are_isolated(language: str, run: str) -> None:
    assert words(language).isolate(run) == FSI + run + PDI


def test_isolating_twice_adds_nothing() -> None:
    say = words("ar")
    assert say.isolate(say.isolate("Krebs")) == say.isolate("Krebs")


@given(st.text(st.sampled_from("aא1- \u2066\u2067\u2068\u2069\u202a\u202b\u202c\u202d\u202e")))
def test_no_run_reaches_beyond_its_own_end(run: str) -> None:
    for language in languages():
        depth = 0
        for char in words(language).isolate(run):
            depth += (char in "\u2066\u2067\u2068") - (char == PDI)
            assert depth >= 0
            assert not "\u202a" <= char <= "\u202e"
        assert depth == 0


def test_arguments_are_isolated_inside_a_sentence() -> None:
    assert words("ar").text("By {name}", name="Jane Doe") == f"بقلم {FSI}Jane Doe{PDI}"
    assert words("ar").text("By {name}", name="ليلى") == "بقلم ليلى"
    assert words("en").text("By {name}", name="ליאת") == f"By {FSI}ליאת{PDI}"


def test_a_line_that_begins_with_a_foreign_run_says_which_way_it_runs() -> None:
    assert words("ar").line("Krebs", "", "الآن") == f"{RLM}{FSI}Krebs{PDI} · الآن"
    assert words("en").line("الجزيرة", "now") == f"{LRM}{FSI}الجزيرة{PDI} · now"
    assert words("en").line("Krebs", "now") == "Krebs · now"
    assert words("ar").line("الآن", "Krebs") == f"الآن · {FSI}Krebs{PDI}"
    assert words("ar").line("", "") == ""


def test_translations_override_no_direction_and_close_what_they_open() -> None:
    for language in languages():
        for message in strings(catalog(language)):
            for form in forms(message):
                assert not re.search("[\u202a-\u202e]", form), message.id
                assert form.count(FSI) == form.count(PDI), message.id


def test_words_are_made_once() -> None:
    assert words("ar") is words("ar-SA")
    assert isinstance(words("ar"), Words)
