"""The desk on a real archive and a real loopback publisher: told once, accounted for, welcomed."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

import pytest

from digests.archive.store import Archive
from digests.config import Defaults, Settings, Welcome
from digests.desk.desk import Desk
from digests.errors import WorkerKilled
from digests.feeds import slices
from digests.feeds.fetch import Fetcher
from digests.model import Channel, Feed, PostState, Target
from digests.rules.query import parse_strict
from digests.testing import FakeClock
from digests.web.addresses import AddressRules
from digests.web.client import Client
from tests.fakefeeds import FakeFeeds

T = TypeVar("T")
CHANNEL = Channel("desk", Target("terminal", ""))


class InlineWorker:
    """Runs the worker's functions here; kills what a test names."""

    def __init__(self, *, kill: bool = False) -> None:
        self.kill = kill

    async def run(
        self, function: Callable[..., T], *args: object, size: int, slow: bool = False
    ) -> T:
        if self.kill:
            raise WorkerKilled("took too long")
        return function(*args)


def rss(*titles: str, published: str = "Mon, 02 Mar 2026 07:00:00 GMT") -> bytes:
    entries = "".join(
        f"<item><title>{t}</title><link>https://news.example/{abs(hash(t))}</link>"
        f"<guid>{abs(hash(t))}</guid><pubDate>{published}</pubDate>"
        f"<description>{t} in full. It was found on Monday. Nobody was hurt.</description></item>"
        for t in titles
    )
    return f'<rss version="2.0"><channel><title>x</title>{entries}</channel></rss>'.encode()


@pytest.fixture
async def parts(tmp_path: Path):
    clock = FakeClock()
    archive = await Archive.open(tmp_path / "desk.db")
    client = Client(AddressRules(["127.0.0.0/8"]), clock, user_agent="test")
    async with client:
        fetcher = Fetcher(client, clock, Random(1), spacing=0)
        yield archive, fetcher, clock
    await archive.close()


def feed(url: str, number: int = 1, **changes: object) -> Feed:
    base = Feed(
        url=url,
        name=f"Feed {number}",
        publisher=f"publisher{number}.example",
        security=True,
        full_text=False,
    )
    return replace(base, **changes)


def settings(*feeds: Feed, welcome: Welcome = Welcome.FIRST, only: str = "") -> Settings:
    channel = replace(CHANNEL, only=only)
    return Settings(Defaults(welcome=welcome), feeds, (channel,))


async def opened(parts, file: Settings, worker: InlineWorker | None = None) -> Desk:
    archive, fetcher, clock = parts
    desk = Desk(archive, fetcher, worker or InlineWorker(), clock)
    await desk.open(file)
    return desk


async def test_a_new_entry_is_told_once_and_never_again(parts) -> None:
    async with FakeFeeds({"/feed": rss("Alpha breach at the harbour office")}) as publisher:
        one = feed(publisher.url())
        desk = await opened(parts, settings(one))
        first = await desk.poll(one)
        again = await desk.poll(one)
        publisher.publish(
            "/feed", rss("Beta flaw in the old gateway", "Alpha breach at the harbour office")
        )
        second = await desk.poll(one)
    assert (first.seen, first.new) == (1, 1)
    assert again.outcome == "not_modified"
    assert (second.seen, second.new, second.same) == (2, 1, 1)
    assert (await parts[0].outbox.counts())[PostState.QUEUED] == 2


async def test_what_is_read_in_portions_is_one_poll(parts, monkeypatch) -> None:
    monkeypatch.setattr(slices, "MAX_ENTRIES", 2)
    titles = [f"Harbour office number {n} was broken into by night" for n in range(5)]
    async with FakeFeeds({"/feed": rss(*titles)}) as publisher:
        one = feed(publisher.url())
        desk = await opened(parts, settings(one))
        first, again = await desk.poll(one), await desk.poll(one)
    assert (first.seen, first.new + first.same, first.refused) == (5, 5, ())
    assert again.outcome == "not_modified"


async def test_what_a_fault_of_our_own_kept_from_being_written_is_told_at_the_next_poll(
    parts, monkeypatch
) -> None:
    """What was reserved in memory must not make the entry look known."""

    async def broken(_self: Archive, _record: object) -> None:
        raise RuntimeError("nobody foresaw this")

    async with FakeFeeds({"/feed": rss("Alpha breach at the harbour office")}) as publisher:
        one = feed(publisher.url())
        desk = await opened(parts, settings(one))
        with monkeypatch.context() as patch:
            patch.setattr(Archive, "commit_poll", broken)
            with pytest.raises(RuntimeError):
                await desk.poll(one)
        report = await desk.poll(one)
    assert report.new == 1
    assert (await parts[0].outbox.counts())[PostState.QUEUED] == 1


@pytest.mark.parametrize("seed", range(50))
async def test_twelve_feeds_with_one_story_released_at_once_make_one_card(
    parts, seed: int
) -> None:
    title = "Flaw in Meridian gateways lets attackers log in without a password"
    paths = {f"/{n}": rss(title) for n in range(12)}
    async with FakeFeeds(paths) as publisher:
        feeds = [feed(publisher.url(f"/{n}"), n) for n in range(12)]
        Random(seed).shuffle(feeds)
        desk = await opened(parts, settings(*feeds))
        reports = await asyncio.gather(*(desk.poll(one) for one in feeds))
    assert sum(report.stories for report in reports) == 1
    assert (await parts[0].outbox.counts())[PostState.QUEUED] == 1
    story = (await parts[0].latest(5))[0]
    assert len(story.also) == 11


async def test_a_rule_decides_and_what_it_leaves_out_is_still_archived(parts) -> None:
    async with FakeFeeds(
        {"/feed": rss("Ivanti gateway flaw found", "Harbour festival opens")}
    ) as publisher:
        one = feed(publisher.url())
        desk = await opened(parts, settings(one, only="ivanti"))
        await desk.poll(one)
    assert (await parts[0].outbox.counts())[PostState.QUEUED] == 1
    assert len(await parts[0].latest(5)) == 2


async def test_a_fresh_installation_welcomes_instead_of_flooding(parts) -> None:
    titles = [f"Story number {n} about a different harbour" for n in range(20)]
    async with FakeFeeds({"/feed": rss(*titles)}) as publisher:
        one = feed(publisher.url())
        desk = await opened(parts, settings(one, welcome=Welcome.DIGEST))
        await desk.poll(one)
        assert await desk.welcome()
        await desk.welcome()
    posts = await parts[0].outbox.in_state(PostState.QUEUED)
    assert [post.subject for post in posts] == ["welcome"]
    assert len(posts[0].members) == 10


async def test_a_welcome_keeps_to_a_rule_about_topics_and_so_does_a_search_of_old_stories(
    parts,
) -> None:
    old = "Mon, 02 Feb 2026 07:00:00 GMT"
    titles = ("Ransomware gang hits the harbour office", "Harbour festival opens")
    async with FakeFeeds({"/feed": rss(*titles, published=old)}) as publisher:
        one = feed(publisher.url())
        desk = await opened(parts, settings(one, welcome=Welcome.DIGEST, only="topic:ransomware"))
        await desk.poll(one)
        assert await desk.welcome()
    (post,) = await parts[0].outbox.in_state(PostState.QUEUED)
    (told,) = await parts[0].stories(post.members)
    assert told.headline == titles[0]
    page = await parts[0].search(parse_strict("topic:ransomware"), now=parts[2].now())
    assert [hit.story.id for hit in page.hits] == [told.id]


async def test_a_feed_that_fails_at_first_still_starts_with_its_newest_few(parts) -> None:
    titles = [f"Story number {n} about a different harbour" for n in range(20)]
    async with FakeFeeds({"/feed": rss(*titles)}) as publisher:
        one = feed(publisher.url())
        desk = await opened(parts, settings(one), InlineWorker(kill=True))
        assert (await desk.poll(one)).outcome == "failed"
        again = await opened(parts, settings(one))
        assert (await again.poll(one)).new == 20
    assert (await parts[0].outbox.counts())[PostState.QUEUED] == 3


async def test_a_dead_feed_does_not_hold_back_the_welcome(parts) -> None:
    async with FakeFeeds({"/feed": rss("Alpha breach at the harbour office")}) as publisher:
        good, dead = feed(publisher.url()), feed("http://127.0.0.1:9/feed", 2)
        desk = await opened(parts, settings(good, dead, welcome=Welcome.DIGEST))
        await desk.poll(good)
        assert not await desk.welcome()
        assert (await desk.poll(dead)).outcome in ("failed", "refused")
        assert await desk.welcome()


async def test_old_entries_are_kept_but_not_announced(parts) -> None:
    old = rss("An old story about a harbour", published="Mon, 02 Feb 2026 07:00:00 GMT")
    async with FakeFeeds({"/feed": old}) as publisher:
        one = feed(publisher.url(), first=None)
        desk = await opened(parts, settings(one))
        report = await desk.poll(one)
    assert report.new == 1
    assert not (await parts[0].outbox.counts()).get(PostState.QUEUED)


async def test_a_document_that_kills_the_worker_names_its_feed_and_goes_to_the_slow_lane(
    parts,
) -> None:
    async with FakeFeeds({"/feed": rss("Alpha")}) as publisher:
        one = feed(publisher.url())
        desk = await opened(parts, settings(one), InlineWorker(kill=True))
        report = await desk.poll(one)
        assert (report.outcome, report.reason) == ("failed", "took too long")
        assert desk.states[one.url].slow


async def test_nothing_is_due_before_its_time(parts) -> None:
    async with FakeFeeds({"/feed": rss("Alpha breach at the harbour office")}) as publisher:
        one = feed(publisher.url(), every=timedelta(minutes=15))
        desk = await opened(parts, settings(one))
        assert desk.due() == [one]
        await desk.poll(one)
        assert desk.due() == []
        parts[2].advance(16 * 60)
        assert desk.due() == [one]
