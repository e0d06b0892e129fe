"""From story to card and list: every part there, in order, bounded, and in the right words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.cards import reading_time
from digests.cards.compose import MOST_LINES, compose, folded, listing, welcome
from digests.model import Key, Source, Span, Story
from digests.testing import START, build_story

FSI, PDI = "\u2068", "\u2069"


def source(publisher: str) -> Source:
    return Source(publisher, publisher, "the same", f"https://{publisher}/1", START)


# --- the card --------------------------------------------------------------------------------


def test_a_card_has_all_parts_of_its_story() -> None:
    card = compose(build_story(byline="Jane Doe", picture="https://news.example/p.png"), "en")
    assert card.headline == "Gateway flaw number 1 lets attackers in without a password"
    assert card.url == "https://news.example/1"
    assert (card.publisher, card.byline) == ("news.example", "By Jane Doe")
    assert card.sentences == build_story().sentences
    assert card.reading_time == "6 s here · 3 min at news.example"
    assert card.chips == ("Vulnerability", "CVE-2026-1234")
    assert card.footer == "Example News · seen 2 Mar, 08:00 · k001"
    assert (card.read_label, card.picture) == ("Read full text", "https://news.example/p.png")
    assert (card.language, card.rtl, card.also) == ("en", False, "")


def test_a_card_tells_when_it_was_published_else_when_it_was_seen() -> None:
    assert compose(build_story(), "en").at == START - timedelta(hours=1)
    assert compose(build_story(published=None), "en").at == START


def test_the_footer_stands_on_the_channels_clock() -> None:
    assert "2 Mar, 13:30" in compose(build_story(), "en", "Asia/Kolkata").footer


def test_the_year_is_told_of_old_stories_only() -> None:
    story = build_story()
    assert "2 Mar, 08:00" in compose(story, "en", now=START + timedelta(days=9)).footer
    assert "2 Mar 2026, 08:00" in compose(story, "en", now=START + timedelta(days=300)).footer


def test_a_language_without_a_catalog_is_told_in_english() -> None:
    assert compose(build_story(), "xx") == compose(build_story(), "en")


def test_without_an_address_nothing_is_offered_to_read() -> None:
    assert compose(build_story(url=""), "en").read_label == ""


@pytest.mark.parametrize(
    ("here", "there", "shown"),
    [
        (0, 0, ""),
        (0, 640, ""),
        (92, 0, "25 s here"),
        (92, 92, "25 s here"),  # all of it is on the card
        (92, 640, "25 s here · 3 min at news.example"),
        (92, 30_000, "25 s here · 2 h at news.example"),
    ],
)
def test_reading_times_are_told_as_far_as_they_are_known(
    here: int, there: int, shown: str
) -> None:
    story = build_story(length_here=here, length_there=there)
    assert compose(story, "en").reading_time == shown


@pytest.mark.parametrize(
    ("others", "shown"),
    [
        ([], ""),
        (["news.example"], ""),
        (["NEWS.example", "a.example"], "Also told by a.example"),
        (["a.example", "a.example"], "Also told by a.example"),
        (["a.example", "b.example"], "Also told by 2: a.example, b.example"),
        (list("abcdefg"), "Also told by 7: a, b, c, d, e…"),
    ],
)
def test_other_publishers_are_named_once_and_counted(others: list[str], shown: str) -> None:
    story = build_story(also=tuple(map(source, others)))
    assert compose(story, "en").also == shown


def test_chips_are_few_and_each_once() -> None:
    story = build_story(
        topics=("Malware", "malware", "", *(f"topic {n}" for n in range(9)), "x" * 99),
        cves=tuple(f"CVE-2026-{n}" for n in range(1000, 1009)),
    )
    chips = compose(story, "en").chips
    assert chips[:2] == ("Malware", "topic 0")
    assert chips[3:] == (*(f"CVE-2026-{n}" for n in range(1000, 1005)), "4 more CVEs")


def test_what_publishers_may_make_endless_is_bounded() -> None:
    story = build_story(byline="b" * 9999, feed="f" * 9999, topics=("t" * 9999,), cves=())
    card = compose(story, "en")
    assert len(card.byline) <= 130
    assert len(card.footer) <= 170
    assert len(card.chips[0]) <= 40


def test_foreign_names_are_kept_apart_in_arabic() -> None:
    card = compose(build_story(byline="Jane Doe", also=(source("b.example"),)), "ar")
    assert card.rtl
    assert card.publisher == f"{FSI}news.example{PDI}"
    assert card.byline == f"بقلم {FSI}Jane Doe{PDI}"
    assert card.also == f"أورده أيضًا {FSI}b.example{PDI}"
    assert card.chips[1] == f"{FSI}CVE-2026-1234{PDI}"
    assert card.headline == build_story().headline  # a line of its own


outside = st.text(st.sampled_from("aZ9 -א.ع\u2067\u2069\u202e\u200f{}%…"), max_size=40)


@given(outside, outside, outside, st.sampled_from(["en", "ar"]))
def test_nothing_from_outside_breaks_out_of_its_run(
    name: str, feed: str, topic: str, language: str
) -> None:
    story = build_story(byline=name, feed=feed, topics=(topic,), also=(source(name or "x"),))
    card = compose(story, language)
    for line in (card.byline, card.also, card.footer, card.reading_time, *card.chips):
        opened = sum(char in "\u2066\u2067\u2068" for char in line)
        assert opened == line.count(PDI)
        assert "\u202e" not in line


# --- lists -----------------------------------------------------------------------------------


def stories(count: int) -> list[Story]:
    return [build_story(n) for n in range(count)]


def test_a_list_shows_twenty_lines_and_counts_the_rest() -> None:
    few = listing(stories(3), title="Latest", language="en")
    assert (len(few.lines), few.notes) == (3, ())
    many = listing(stories(25), title="Latest", language="en", notes=["Hello."])
    assert len(many.lines) == MOST_LINES
    assert many.notes == ("Hello.", "5 more")


def test_a_list_says_what_to_search_for_the_rest() -> None:
    shown = listing(stories(20), title="", language="en", total=5_000, query="since:7d")
    assert shown.notes == ("4,980 more: /digest search since:7d",)


def test_a_line_knows_its_story_and_the_words_found() -> None:
    story = build_story()
    spans = (Span("a "), Span("flaw", hit=True))
    (line,) = listing([story], title="", language="en", excerpts={story.id: spans}).lines
    assert (line.key, line.url, line.publisher) == (Key("k001"), story.url, "news.example")
    assert (line.at, line.excerpt) == (story.published, spans)


def test_headlines_in_a_list_are_kept_apart_and_short() -> None:
    hebrew = replace(build_story(), headline="חדשות")
    (line,) = listing([hebrew], title="", language="en").lines
    assert line.headline == f"{FSI}חדשות{PDI}"
    (line,) = listing([replace(hebrew, headline="חדשות " * 99)], title="", language="en").lines
    assert len(line.headline) <= 202
    assert line.headline.endswith(PDI)


def test_an_empty_list_says_so() -> None:
    assert listing([], title="", language="en").empty == "No stories."
    assert listing([], title="", language="en", empty="Nobody.").empty == "Nobody."


def test_a_welcome_tells_the_newest_or_that_there_is_nothing_yet() -> None:
    assert welcome(stories(10), language="en").title == "Nightdesk is on duty"
    assert len(welcome(stories(10), language="en").lines) == 10
    assert "Nothing for this channel yet" in welcome([], language="en").empty
    assert "from now on" in welcome(stories(1), language="en").notes[0]
    assert welcome([], language="ar").rtl


def test_what_waited_is_told_with_its_number_and_its_time() -> None:
    first = replace(build_story(), seen=datetime(2026, 3, 1, 22, 0, tzinfo=UTC))
    told = folded([build_story(), first], language="en", zone="Europe/Berlin", total=4_000)
    assert told.title == "While we were busy: 4,000 stories"
    assert told.notes == (
        "Seen from 1 Mar, 23:00 to 2 Mar, 09:00.",
        "3,998 more: /digest search since:2026-03-01",
    )
    shell = folded([first], language="de", total=4_000, platform="terminal")
    assert shell.notes == ("3.999 weitere Meldungen: nightdesk search since:2026-03-01",)
    assert folded(stories(1), language="en").title == "While we were busy: 1 story"
    assert folded(stories(1), language="en").notes == ()


# --- reading time ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "language", "length"),
    [
        ("", "en", 0),
        ("One flaw, three fixes – and CVE-2026-1234.", "en", 6),
        ("— … !", "en", 0),
        ("研究人员发现新的勒索软件。", "zh", 12),
        ("新たなランサムウェア、2件。", "ja", 12),
        ("هجوم فدية جديد", "ar", 3),
    ],
)
def test_length_is_words_or_characters(text: str, language: str, length: int) -> None:
    assert reading_time.length(text, language) == length


def test_every_language_has_its_speed() -> None:
    assert reading_time.seconds(228, "en") == 60
    assert reading_time.seconds(138, "ar") == 60
    assert reading_time.seconds(357, "ja") == 60
    assert reading_time.seconds(0, "en") == 0
    assert reading_time.seconds(1, "xx") == 1
