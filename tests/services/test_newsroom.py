"""The demo's newsroom: its documents say what was planned, 304 works, versions move on."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import aiohttp
import feedparser
import pytest

from bot.newsroom import documents, server
from bot.newsroom.bulletins import FLOOD
from bot.newsroom.english import SHARED
from bot.newsroom.pages import page
from bot.newsroom.publishers import PUBLISHERS
from bot.newsroom.server import LAST, Newsroom
from bot.newsroom.stories import Publisher, Shape
from digests.testing import FakeClock

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MOMENTS = [NOW + timedelta(minutes=minute) for minute in range(LAST)]
BASE = "http://127.0.0.2:8000"
PARSED = [one for one in PUBLISHERS if one.shape is not Shape.JSON]


def entries(publisher: Publisher, version: int):
    text, _ = documents.feed(publisher, BASE, version, MOMENTS)
    return feedparser.parse(text.encode())


@pytest.mark.parametrize("version", range(1, LAST + 1))
@pytest.mark.parametrize("publisher", PARSED, ids=lambda one: one.domain)
def test_a_feed_document_holds_the_planned_entries_in_order(publisher, version):
    planned = [tale.title for tale in publisher.told_by(version)]
    parsed = entries(publisher, version)
    if publisher.shape is Shape.CUT and version == 1:
        assert parsed.bozo
        assert [e.title for e in parsed.entries][: len(planned) - 1] == planned[:-1]
        return
    assert not parsed.bozo
    assert [e.title for e in parsed.entries] == planned
    assert all(e.link.startswith(f"{BASE}/{publisher.domain}/") for e in parsed.entries)


@pytest.mark.parametrize("publisher", PARSED, ids=lambda one: one.domain)
def test_every_entry_is_dated_within_two_days_before_the_opening(publisher):
    tales = [documents.printed(publisher, t, BASE, LAST, MOMENTS) for t in publisher.tales]
    assert all(NOW - timedelta(days=2) < tale.at <= MOMENTS[-1] for tale in tales)
    assert not any("{" in part for tale in tales for part in tale.paragraphs)


def test_a_weekday_is_named_in_the_publishers_language():
    text = {one.language: documents.feed(one, BASE, 1, MOMENTS)[0] for one in PUBLISHERS}
    assert "haben am Montag" in text["de"]
    assert "{day" not in "".join(text.values())


def test_four_publishers_tell_one_story_at_first_and_a_fifth_joins():
    def tellers(version: int) -> int:
        return sum(any(t.title == SHARED for t in one.told_by(version)) for one in PUBLISHERS)

    assert (tellers(1), tellers(LAST)) == (4, 5)


def test_there_are_two_dozen_stories_besides_the_flood():
    titles = Counter(t.title for one in PUBLISHERS for t in one.tales if "bulletin-" not in t.slug)
    assert len(titles) >= 24
    assert {title for title, times in titles.items() if times > 1} == {SHARED}


def test_the_second_version_floods_one_feed():
    flood = next(one for one in PUBLISHERS if one.domain == "floodbulletin.example")
    assert len(flood.told_by(2)) - len(flood.told_by(1)) == FLOOD
    assert len({t.title for t in flood.tales}) == len(flood.tales)


def test_an_edit_changes_the_words_of_its_tale_from_its_version_on():
    edited = [(t, e) for one in PUBLISHERS for t in one.tales for e in t.edits]
    assert [e.version for _, e in edited] == [3, 2]
    for tale, edit in edited:
        assert tale.at(edit.version - 1).paragraphs == tale.paragraphs
        assert edit.new in "".join(tale.at(edit.version).paragraphs)
        assert edit.old not in "".join(tale.at(edit.version).paragraphs)


@pytest.mark.parametrize("publisher", PUBLISHERS, ids=lambda one: one.domain)
def test_a_page_carries_the_whole_text_and_its_clutter(publisher):
    ready = documents.printed(publisher, publisher.tales[0], BASE, 1, MOMENTS)
    text = page(publisher, ready)
    assert ready.markup in text
    assert "<nav>" in text
    assert 'class="cookies"' in text


async def test_every_feed_has_a_host_and_answers_unchanged_to_its_validators():
    async with Newsroom(FakeClock(NOW)) as newsroom, aiohttp.ClientSession() as session:
        for feed in newsroom.feeds:
            async with session.get(feed.url) as answer:
                assert answer.status == 200
                assert await answer.read()
                told = answer.headers
            for name, value in (
                ("If-None-Match", told["ETag"]),
                ("If-Modified-Since", told["Last-Modified"]),
            ):
                async with session.get(feed.url, headers={name: value}) as again:
                    assert again.status == 304
                    assert again.headers["ETag"] == told["ETag"]
                    assert await again.read() == b""


async def test_publishing_changes_only_the_feeds_with_something_new():
    clock = FakeClock(NOW)
    async with Newsroom(clock) as newsroom, aiohttp.ClientSession() as session:

        async def tags() -> dict[str, str]:
            found = {}
            for feed in newsroom.feeds:
                async with session.get(feed.url) as answer:
                    found[feed.publisher] = answer.headers["ETag"]
            return found

        first = await tags()
        clock.jump(timedelta(minutes=1))
        newsroom.publish(2)
        second = await tags()
        assert newsroom.version == 2
        changed = {name for name, tag in second.items() if first[name] != tag}
        assert changed == {
            "advisorydesk.example",
            "oaklinewire.example",
            "tornpage.example",
            "floodbulletin.example",
        }


async def test_an_article_page_appears_with_its_version_and_strangers_get_404():
    async with Newsroom(FakeClock(NOW)) as newsroom, aiohttp.ClientSession() as session:
        feed = next(f for f in newsroom.feeds if f.publisher == "oaklinewire.example")
        page_of = feed.url.removesuffix("feed")
        statuses = []
        for path in ("school-grades", "warehouse-robots", "nothing-here"):
            async with session.get(page_of + path) as answer:
                statuses.append(answer.status)
        newsroom.publish()
        async with session.get(f"{page_of}warehouse-robots") as answer:
            statuses.append(answer.status)
            assert "Pallet Otter" in await answer.text()
        assert statuses == [200, 404, 404, 200]


async def test_the_file_for_these_feeds_names_all_of_them_and_ends_with_the_added_text():
    async with Newsroom(FakeClock(NOW)) as newsroom:
        text = newsroom.config("readers: everyone\n")
        assert all(feed.url in text and feed.publisher in text for feed in newsroom.feeds)
        assert text.endswith("readers: everyone\n")


def test_an_address_that_cannot_be_bound_leaves_its_publisher_with_the_first_one():
    assert server._bound("192.0.2.1", 0) is None
