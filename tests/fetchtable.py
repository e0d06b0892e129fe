"""The rig of the fetch table: one publisher, one desk, one clock; and how a case is written down.

@case(15, "429 with seconds: the whole host pauses")
async def _(rig): ...                       # collected; run by `run_case` under the number's id
"""

import re
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from bot.app import USER_AGENT
from digests.archive.store import Archive
from digests.config import Defaults, Settings, Welcome
from digests.desk.desk import Desk, PollReport
from digests.feeds.fetch import Fetcher
from digests.feeds.pace import FeedState
from digests.model import Channel, Feed, PostState, Reading, Target
from digests.testing import FakeClock
from digests.web.addresses import AddressRules
from digests.web.client import Client, Timeouts
from tests.fakefeeds import Asked, FakeFeeds, rss

CA = {"SSL_CERT_FILE": str(Path(__file__).parent / "tls" / "ca.pem")}
FEED = rss("Alpha breach at the harbour office", "Beta flaw in the old gateway")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
QUARTER = 15 * MINUTE

Body = Callable[["Rig"], Awaitable[None]]


@dataclass(frozen=True)
class Case:
    """A row of the table."""

    number: int
    words: str
    body: Body


class Table(list[Case]):
    """The rows of one file."""

    def __call__(self, number: int, words: str) -> Callable[[Body], Body]:
        def add(body: Body) -> Body:
            self.append(Case(number, words, body))
            return body

        return add

    def parametrised(self) -> pytest.MarkDecorator:
        """One test for each row, its number first in the id."""
        ids = [f"{c.number:02d}-{re.sub('[^a-z0-9]+', '-', c.words.lower())}" for c in self]
        return pytest.mark.parametrize("row", self, ids=ids)


class CountingWorker:
    """Runs the worker's functions here and counts them by name."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.notes: list[str] = []  # what readings said of their documents

    async def run(self, function, *args, size: int, slow: bool = False):
        self.ran.append(function.__name__)
        made = function(*args)
        if isinstance(made, Reading):
            self.notes += made.facts.notes
        return made


class Rig:
    """Everything that one case needs; `start` opens the desk on the feeds of the case."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = FakeClock()
        self.publisher = FakeFeeds({"/feed": FEED})
        self.worker = CountingWorker()
        self.allow: list[str] = ["127.0.0.0/8"]
        self.timeouts = Timeouts()
        self.lookup = here
        self.rules: AddressRules | None = None
        self.spacing = 0.0
        self.settings = Settings()
        self.archive: Archive
        self.desk: Desk
        self.fetcher: Fetcher
        self._running = AsyncExitStack()
        self._serving = AsyncExitStack()

    # --- life ---

    async def __aenter__(self):
        await self._serving.enter_async_context(self.publisher)
        return self

    async def __aexit__(self, *_):
        await self._running.aclose()
        await self._serving.aclose()

    async def start(self, *feeds: Feed, channels=None, welcome=Welcome.FIRST) -> Feed:
        """Open the desk on these feeds (one at /feed unless given); the first of them."""
        feeds = feeds or (self.feed(),)
        channels = channels or (Channel("desk", Target("terminal", "")),)
        self.settings = Settings(Defaults(welcome=welcome), feeds, channels)
        await self._open()
        return feeds[0]

    async def add(self, feed: Feed) -> Feed:
        """One feed more in the file, as an edit while running."""
        if not self.settings.feeds:
            return await self.start(feed)
        self.settings = replace(self.settings, feeds=(*self.settings.feeds, feed))
        await self.desk.apply(self.settings)
        return feed

    async def restart(self) -> None:
        """End and start again: only what is in the archive is known afterwards."""
        await self._running.aclose()
        await self._open()

    async def _open(self) -> None:
        self._running = AsyncExitStack()
        self.archive = await Archive.open(self.folder / "desk.db")
        self._running.push_async_callback(self.archive.close)
        client = Client(
            self.rules or AddressRules(self.allow),
            self.clock,
            user_agent=USER_AGENT,
            timeouts=self.timeouts,
            environment=CA,
            lookup=self.lookup,
        )
        await self._running.enter_async_context(client)
        pauses = await self.archive.host_pauses()
        self.fetcher = Fetcher(client, self.clock, Random(1), spacing=self.spacing, pauses=pauses)
        self.desk = Desk(self.archive, self.fetcher, self.worker, self.clock)
        await self.desk.open(self.settings)

    # --- what cases do ---

    def feed(self, path: str = "/feed", *, host: str = "127.0.0.1", **changes) -> Feed:
        """A feed of the publisher."""
        base = Feed(
            self.publisher.url(path, host=host),
            f"Feed {path}",
            "news.example",
            full_text=False,
            security=True,
        )
        return replace(base, **changes)

    async def poll(self, feed: Feed | None = None) -> PollReport:
        """Ask one feed now."""
        return await self.desk.poll(feed or self.settings.feeds[0])

    def state(self, feed: Feed | None = None) -> FeedState:
        """How a feed stands."""
        return self.desk.states[(feed or self.settings.feeds[0]).url]

    def wait(self, feed: Feed | None = None) -> timedelta:
        """How long until it is asked again."""
        due = self.state(feed).next_poll
        assert due is not None
        return due - self.clock.now()

    async def wait_and_poll(self, feed: Feed | None = None) -> PollReport:
        """Let the time pass until it is due, then ask it."""
        self.clock.advance(max(self.wait(feed).total_seconds(), 0.0))
        assert (feed or self.settings.feeds[0]) in self.desk.due()
        return await self.poll(feed)

    async def live(self, span: timedelta) -> int:
        """Poll what is due when it is due, for so long; how many polls that were."""
        end, polls = self.clock.now() + span, 0
        while True:
            for feed in self.desk.due():
                await self.poll(feed)
                polls += 1
            times = [s.next_poll for s in self.desk.states.values() if s.next_poll and not s.gone]
            due = min(times, default=end)
            if due >= end:
                self.clock.advance((end - self.clock.now()).total_seconds())
                return polls
            self.clock.advance(max((due - self.clock.now()).total_seconds(), 1.0))

    def noted(self) -> list[str]:
        """What was said of documents so far."""
        return self.worker.notes

    def asked(self, path: str | None = None) -> list[Asked]:
        """What the publisher saw."""
        return self.publisher.asked(path)

    def last(self, path: str = "/feed") -> Asked:
        """The newest request for a path."""
        return self.publisher.asked(path)[-1]

    async def told(self) -> int:
        """Cards owed so far."""
        counts = await self.archive.outbox.counts()
        return counts.get(PostState.QUEUED, 0)


async def here(host: str, port: int) -> list[str]:
    """Every name is this machine."""
    return ["127.0.0.1"]


async def run_case(row: Case, folder: Path) -> None:
    """One row, on a rig of its own."""
    async with Rig(folder) as rig:
        await row.body(rig)
