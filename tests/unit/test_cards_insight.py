"""What a card tells beyond the report: exploitation, chips, indicators, quality and their reasons."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.cards.chips import TOPICS, harmless, without_links
from digests.cards.compose import compose
from digests.cards.exploitation import alarm, line
from digests.cards.reading_time import ELSEWHERE, SPEED
from digests.cards.reasons import PARTS, why
from digests.cards.words import languages, words
from digests.model import Alarm, CveFacts, Indicator, Key, Name, Part, Quality, Rating
from digests.stories import topics
from digests.stories.quality import BOUNDS
from digests.testing import build_story

FSI, PDI = "\u2068", "\u2069"
EN = words("en")
KEV = CveFacts("CVE-2024-3400", kev_since=date(2024, 4, 12), epss=0.96, cvss=10.0)
RANSOM = CveFacts("CVE-2024-1709", kev_since=date(2024, 2, 22), ransomware=True)
FORECAST = CveFacts("CVE-2026-1", epss=0.62, cvss=9.8)
SEVERE = CveFacts("CVE-2026-2", epss=0.2, cvss=7.5)
HARMLESS = CveFacts("CVE-2026-3", epss=0.01, cvss=5.3)


# --- exploitation --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "grave", "said"),
    [
        ((), Alarm.NONE, ""),
        ((CveFacts("CVE-2026-9"),), Alarm.NONE, ""),
        ((HARMLESS,), Alarm.NONE, "Medium severity: CVSS 5.3"),
        ((SEVERE, HARMLESS), Alarm.SEVERE, "High severity: CVSS 7.5"),
        (
            (FORECAST, SEVERE),
            Alarm.LIKELY,
            "Exploitation within 30 days likely: 62 % (EPSS) · Critical severity: CVSS 9.8",
        ),
        (
            (FORECAST, KEV),
            Alarm.EXPLOITED,
            (
                "Known to be exploited: CVE-2024-3400 (in KEV since 12 Apr 2024)"
                " · Critical severity: CVSS 10"
            ),
        ),
        (
            (KEV, RANSOM),
            Alarm.EXPLOITED,
            (
                "Known to be exploited: CVE-2024-1709 (in KEV since 22 Feb 2024),"
                " CVE-2024-3400 (in KEV since 12 Apr 2024) · used in ransomware campaigns"
                " · Critical severity: CVSS 10"
            ),
        ),
    ],
)
def test_what_matters_most_comes_first(
    facts: tuple[CveFacts, ...], grave: Alarm, said: str
) -> None:
    assert line(facts, EN) == said
    assert alarm(facts) is grave


def test_many_exploited_ones_are_counted() -> None:
    facts = [CveFacts(f"CVE-2026-{n}", kev_since=date(2026, 1, n)) for n in range(1, 7)]
    assert line(facts, EN).endswith("CVE-2026-3 (in KEV since 3 Jan 2026), 3 more CVEs")


FACTS = st.lists(
    st.builds(
        CveFacts,
        cve=st.integers(1000, 9999).map("CVE-2026-{}".format),
        kev_since=st.none() | st.dates(date(2021, 11, 3), date(2030, 1, 1)),
        ransomware=st.booleans(),
        epss=st.none() | st.floats(0, 1),
        cvss=st.none() | st.floats(0, 10),
    ),
    max_size=6,
)


@given(FACTS, st.sampled_from(languages()))
def test_a_forecast_is_never_told_as_exploitation(facts: list[CveFacts], language: str) -> None:
    say = words(language)
    said = line(facts, say)
    exploited = say.text("Known to be exploited: {names}", names="").rstrip()
    known = any(fact.kev_since for fact in facts)
    assert (exploited in said) == known
    assert ("EPSS" in said) <= (not known)
    assert (alarm(facts) is Alarm.EXPLOITED) == known
    assert said.count(FSI) == said.count(PDI)


# --- chips and indicators --------------------------------------------------------------------------


def test_chips_tell_who_with_what_against_what_about_what() -> None:
    story = build_story(
        names=(
            Name("product", "Ivanti Connect Secure"),
            Name("tool", "Mimikatz"),
            Name("malware", "LockBit"),
            Name("actor", "APT28", "Fancy Bear"),
            Name("actor", "apt28"),
        ),
        topics=("ransomware", "News", "Hospitals"),
        cves=("CVE-2026-1234",),
    )
    assert compose(story, "en").chips == (
        *("APT28", "Mimikatz", "LockBit", "Ivanti Connect Secure"),
        *("Ransomware", "Hospitals", "CVE-2026-1234"),
    )
    assert compose(story, "ar").chips[0] == f"{FSI}APT28{PDI}"
    assert compose(story, "ar").chips[4] == "برمجيات فدية"


def test_every_topic_has_a_word_of_its_own_in_every_language() -> None:
    assert set(TOPICS) == set(topics.TOPICS)
    for language in languages():
        say = words(language)
        assert len({say.text(topic) for topic in TOPICS.values()}) == len(TOPICS)


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("domain", "evil.example", "evil[.]example"),
        ("url", "https://evil.example/a.php", "hxxps://evil[.]example/a.php"),
        ("ipv4", "203.0.113.7", "203.0.113[.]7"),
        ("email", "a@evil.example", "a[@]evil[.]example"),
        ("md5", "d41d8cd98f00b204e9800998ecf8427e", "d41d8cd98f00b204e9800998ecf8427e"),
    ],
)
def test_indicators_are_harmless(kind: str, value: str, shown: str) -> None:
    story = build_story(indicators=(Indicator("cve", "CVE-2026-1"), Indicator(kind, value)))
    assert harmless(Indicator(kind, value)) == shown
    assert compose(story, "en").indicators == f"Indicators: {shown}"


def test_a_few_indicators_are_named_and_the_rest_is_counted() -> None:
    found = tuple(Indicator("domain", f"evil{n}.example") for n in range(5))
    assert compose(build_story(indicators=found), "en").indicators == (
        "Indicators: evil0[.]example, evil1[.]example, evil2[.]example, 2 more indicators"
    )
    assert compose(build_story(indicators=()), "en").indicators == ""


def test_addresses_come_before_hashes_of_which_one_is_spelled_out() -> None:
    hashes = tuple(Indicator("sha256", f"{n:064x}") for n in range(4))
    story = build_story(indicators=(*hashes, Indicator("ipv4", "203.0.113.7")))
    assert compose(story, "en").indicators == (
        f"Indicators: 203.0.113[.]7, {0:064x}, 3 more indicators"
    )


def test_indicators_in_the_sentences_are_harmless_too_and_nothing_else_changes() -> None:
    found = (
        Indicator("domain", "evil.example"),
        Indicator("url", "http://evil.example/x"),
        Indicator("ipv4", "203.0.113.7"),
    )
    text = "Evil.example and http://evil.example/x on 203.0.113.7, not notevil.example or 1.2.3.4."
    assert without_links(text, found) == (
        "Evil[.]example and hxxp://evil[.]example/x on 203.0.113[.]7,"
        " not notevil.example or 1.2.3.4."
    )
    assert compose(build_story(sentences=(text,), indicators=found), "en").sentences == (
        without_links(text, found),
    )


@given(st.text(), st.lists(st.builds(Indicator, st.just("domain"), st.text(min_size=1))))
def test_any_text_and_any_indicator_are_taken(text: str, found: list[Indicator]) -> None:
    without_links(text, found)


# --- quality ---------------------------------------------------------------------------------------

JUDGED = Quality(71, (Part("start", 20), Part("sources", 8, "Ida Brandt"), Part("teaser", -15)))
RATING = Rating(64, 3, "US", (Part("mean", 64, "41"),))


def test_quality_stands_on_one_line_as_far_as_it_is_known() -> None:
    judged = build_story(quality=JUDGED)
    assert compose(judged, "en", rating=RATING).quality == "News 71 % · Publisher 64 % · #3 in US"
    assert compose(judged, "en").quality == "News 71 %"
    assert compose(build_story(), "en", rating=Rating(50)).quality == "Publisher 50 %"
    assert compose(build_story(), "en").quality == ""
    assert compose(judged, "de", rating=RATING).quality == (
        "Meldung 71\u00a0% · Quelle 64\u00a0% · Platz 3 in US"
    )


def test_buttons_name_what_there_is_to_ask() -> None:
    assert [b.action for b in compose(build_story(), "en").buttons] == ["similar"]
    buttons = compose(build_story(quality=JUDGED), "en").buttons
    assert [(b.label, b.action, b.state) for b in buttons] == [
        ("Similar", "similar", "k001"),
        ("Why?", "why-quality", "k001"),
    ]
    longest = compose(build_story(key=Key("k" * 13), quality=JUDGED), "ar").buttons
    assert all(len(button.state) <= 90 for button in longest)


def test_every_number_is_explained() -> None:
    told = why(build_story(quality=JUDGED), "en", rating=RATING)
    assert told.title == "Why these numbers?"
    assert told.text.splitlines() == [
        "News 71 %",
        "+20 · where every report begins",
        "+8 · sources named: Ida Brandt",
        "-15 · no more than a teaser could be read",
        "",
        "Publisher 64 %",
        "+64 · mean of its stories (41), drawn toward 50 while they are few",
        "#3 in US · among the publishers there that told at least ten stories",
        "",
        (
            "Reading times: 228 words a minute, the mean of this language in the IReST study"
            " (Trauzettel-Klosinski and Dietz, 2012)."
        ),
        "",
        "How all of it is computed: docs/quality.md",
    ]


def test_every_part_of_a_quality_has_its_sentence() -> None:
    assert set(PARTS) == set(BOUNDS)


def test_characters_are_counted_where_there_are_no_words() -> None:
    told = why(build_story(language="ja"), "en").text
    assert "357 characters a minute" in told
    assert told.startswith("This story was not judged.")


def test_reasons_in_arabic_run_from_the_right() -> None:
    told = why(build_story(quality=JUDGED), "ar", rating=RATING)
    assert told.rtl
    assert f"مصادر مسمّاة: {FSI}Ida Brandt{PDI}" in told.text


def test_the_page_on_cards_has_the_speeds_in_use() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "cards.md").read_text("utf-8")
    speeds = [str(SPEED[language]) for language in sorted(SPEED)]
    assert f"| a minute | {' | '.join(speeds)} | {ELSEWHERE} |" in page
