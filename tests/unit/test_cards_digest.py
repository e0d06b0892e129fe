"""A digest: in the order of what matters, under topics, with the search that shows the rest."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from digests.cards.digest import by_importance, digest, everything_since
from digests.cards.words import languages
from digests.model import CveFacts, Quality, Source
from digests.testing import START, build_story

DAILY = "digest:2026-03-02T0830+0100:1"
KEV = CveFacts("CVE-2026-1", kev_since=date(2026, 3, 1))
RANSOM = CveFacts("CVE-2026-2", kev_since=date(2026, 3, 1), ransomware=True)
LIKELY = CveFacts("CVE-2026-3", epss=0.7)
SEVERE = CveFacts("CVE-2026-4", cvss=9.8)
OTHER = Source("o.example", "Other", "Headline", "", START)


def test_exploited_comes_before_likely_severe_sources_quality_and_the_newest() -> None:
    stories = [
        build_story(1),
        build_story(2),
        build_story(3, quality=Quality(80)),
        build_story(4, also=(OTHER,)),
        build_story(5, facts=(SEVERE,)),
        build_story(6, facts=(LIKELY,)),
        build_story(7, facts=(KEV,)),
        build_story(8, facts=(SEVERE, RANSOM)),
    ]
    order = [story & 0xFFFF for story in by_importance(stories)]
    assert order == [8, 7, 6, 5, 4, 3, 2, 1]


def test_topics_stand_in_the_order_of_their_most_important_story() -> None:
    stories = [
        build_story(1, topics=("crime",), also=(OTHER,)),
        build_story(2, topics=()),
        build_story(3, topics=("malware",), facts=(KEV,)),
        build_story(4, topics=("News", "Crime", "law")),  # of a news feed: no group of its own
    ]
    told = digest(stories, DAILY, language="en", zone="Europe/Berlin")
    assert [(line.heading, line.key) for line in told.lines] == [
        ("Malware", "k003"),
        ("Crime", "k001"),
        ("Crime", "k004"),
        ("Other topics", "k002"),
    ]
    assert told.title == "Digest since 2 Mar, 08:30"
    assert told.footer == "/digest story k003 shows one of them whole."
    there = digest(stories, DAILY, language="en", platform="terminal")
    assert there.footer == "nightdesk story k003 shows one of them whole."
    assert told.lines[0].excerpt[0].text == stories[0].sentences[0]


def test_topics_are_called_as_on_cards_in_the_readers_language() -> None:
    stories = [build_story(1, topics=("vulnerability",)), build_story(2, topics=("law",))]
    told = digest(stories, DAILY, language="de")
    assert {line.heading for line in told.lines} == {"Schwachstelle", "law"}


def test_one_topic_alone_has_no_headings() -> None:
    told = digest([build_story(1), build_story(2)], DAILY, language="en")
    assert {line.heading for line in told.lines} == {""}


def test_the_last_part_names_the_search_for_the_rest() -> None:
    stories = [build_story(n) for n in range(1, 11)]
    query = everything_since(START, "topic:crime OR topic:malware")
    told = digest(stories, DAILY[:-1] + "2", language="en", total=480, query=query)
    assert told.title == "Digest since 2 Mar, 07:30, continued"
    typed = "(topic:crime OR topic:malware) since:2026-03-02"
    assert told.notes == (f"470 more: /digest search {typed}",)
    shell = digest(stories, DAILY, language="en", total=480, query=query, platform="terminal")
    assert shell.notes == (f"470 more: nightdesk search '{typed}'",)


def test_a_rule_too_long_to_type_is_left_out_of_the_search() -> None:
    assert everything_since(START, "word " * 100) == "since:2026-03-02"


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(languages()),
    st.sampled_from(
        [DAILY, "digest:quiet-2026-03-02T2200+0545:1", "digest:more-2026-03-02T0000-0330:2",
         "digest:flood-2026-03-02T080000:1", "digest:flood-123:1"]
    ),
    st.lists(st.lists(st.text(max_size=30), max_size=2), max_size=12),
)  # fmt: skip
def test_any_digest_can_be_told_in_any_language(language, subject, topics) -> None:
    stories = [build_story(n, topics=tuple(t)) for n, t in enumerate(topics, 1)]
    told = digest(stories, subject, language=language, total=99, query="since:2026-03-02")
    assert len(told.lines) == len(stories)
    assert told.title
    assert {line.key for line in told.lines} == {story.key for story in stories}
