"""A publisher corrects what it told: the card is edited, and one line says what to do differently."""

from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest

from digests.archive.store import Archive
from digests.config import Defaults, Settings, Welcome
from digests.desk.desk import Desk
from digests.feeds.fetch import Fetcher
from digests.model import Channel, Feed, Growth, Post, Posted, PostState, Target
from digests.testing import FakeClock
from digests.web.addresses import AddressRules
from digests.web.client import Client
from tests.fakefeeds import FakeFeeds
from tests.services.test_desk import InlineWorker

CHANNEL = Channel("soc", Target("terminal", ""))
TOLD = "A flaw in Meridian gateways lets attackers log in. The vendor names it {cve}."


def rss(headline: str, text: str) -> bytes:
    return (
        '<rss version="2.0"><channel><title>x</title><item>'
        f"<title>{headline}</title><link>https://news.example/1</link><guid>1</guid>"
        f"<pubDate>Mon, 02 Mar 2026 07:00:00 GMT</pubDate><description>{text}</description>"
        "</item></channel></rss>"
    ).encode()


class Newsroom:
    """A desk with one publisher and one channel, in which its first story stands."""

    def __init__(self, archive: Archive, desk: Desk, clock: FakeClock, feeds: FakeFeeds) -> None:
        self.archive, self.desk, self.clock, self.feeds = archive, desk, clock, feeds
        self.feed = Feed(feeds.url(), "x", "x.example", security=True, full_text=False)

    async def tells(self, headline: str, cve: str) -> None:
        self.clock.advance(15 * 60)
        self.feeds.publish("/feed", rss(headline, TOLD.format(cve=cve)))
        await self.desk.poll(self.feed)

    async def posts_it(self) -> Post:
        (card,) = await self.archive.outbox.in_state(PostState.QUEUED)
        now = self.clock.now()
        await self.archive.outbox.begin(card, watermark="", now=now)
        after = await self.archive.outbox.settle(card.id, Posted("7"), now=now, shown=card.wanted)
        assert after is not None
        return after

    async def lines(self) -> list[Growth]:
        queued = await self.archive.outbox.in_state(PostState.QUEUED)
        return [Growth.read(one.text) for one in queued if one.subject.startswith("note:")]


@pytest.fixture
async def newsroom(tmp_path: Path) -> AsyncIterator[Newsroom]:
    clock = FakeClock()
    archive = await Archive.open(tmp_path / "corrections.db")
    client = Client(AddressRules(["127.0.0.0/8"]), clock, user_agent="test")
    async with client, FakeFeeds({"/feed": b""}) as feeds:
        desk = Desk(archive, Fetcher(client, clock, Random(1), spacing=0), InlineWorker(), clock)
        made = Newsroom(archive, desk, clock, feeds)
        await desk.open(Settings(Defaults(welcome=Welcome.FIRST), (made.feed,), (CHANNEL,)))
        await made.tells("Meridian fixes gateway flaw in 7.4.3", "CVE-2026-40001")
        yield made
    await archive.close()


async def test_other_words_edit_the_card_and_say_nothing_more(newsroom: Newsroom) -> None:
    card = await newsroom.posts_it()
    await newsroom.tells("Meridian repairs its gateways in 7.4.3", "CVE-2026-40001")
    after = await newsroom.archive.outbox.find(card.id)
    assert after is not None
    assert after.wanted != card.wanted
    assert await newsroom.lines() == []


async def test_another_version_or_flaw_is_said_in_one_line_and_once(newsroom: Newsroom) -> None:
    await newsroom.posts_it()
    headline = "Meridian fixes gateway flaw in 7.4.3"
    await newsroom.tells("Meridian fixes gateway flaw in 7.4.5", "CVE-2026-40002")
    growth = Growth(named=("CVE-2026-40002",), dropped=("CVE-2026-40001",), headline=headline)
    assert await newsroom.lines() == [growth]
    await newsroom.tells("Meridian fixes gateway flaw in 7.4.3", "CVE-2026-40001")
    await newsroom.tells("Meridian fixes gateway flaw in 7.4.5", "CVE-2026-40002")
    assert len(await newsroom.lines()) == 2  # there and back again; then nothing is new


async def test_a_card_that_is_still_to_come_says_it_itself(newsroom: Newsroom) -> None:
    await newsroom.tells("Meridian fixes gateway flaw in 7.4.5", "CVE-2026-40001")
    assert await newsroom.lines() == []


async def test_who_corrects_after_two_days_edits_no_card_and_says_nothing(
    newsroom: Newsroom,
) -> None:
    await newsroom.posts_it()
    newsroom.clock.advance(49 * 3600)
    await newsroom.tells("Meridian fixes gateway flaw in 7.4.5", "CVE-2026-40001")
    assert await newsroom.lines() == []
