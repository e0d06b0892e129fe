"""Weeks of news in simulated time, in a process of its own; prints what it held early and late.

`python -m tests.services.soaking FOLDER EARLY DAYS STORIES`. Alone, so that what is loaded once
counts every time: in a process that ran other tests the same growth is of a far smaller whole.
"""

import asyncio
import functools
import gc
import json
import sys
import tracemalloc
from dataclasses import asdict, dataclass
from datetime import timedelta
from email.utils import format_datetime
from itertools import product
from pathlib import Path
from random import Random
from threading import Barrier

from bot.courier import Courier
from digests.archive.engine import ASKERS, READERS
from digests.archive.store import Archive
from digests.desk.desk import Desk
from digests.feeds.fetch import Fetcher
from digests.model import Content, Destination, Posted, PostState, Target
from digests.testing import FakeClock
from digests.web.addresses import AddressRules
from digests.web.client import Client
from tests.fakefeeds import FakeFeeds
from tests.services.test_courier import FakeChat
from tests.services.test_desk import InlineWorker, feed, settings

POLL = timedelta(hours=6)
SOON = timedelta(minutes=10)
KEPT = timedelta(days=3)  # by the archive; what is older is forgotten once a day
IN_A_FEED = 20
# The words of news come again, and so do the CVEs: what is remembered of each is bounded by them.
VOCABULARY = [
    "".join(syllables) for syllables in product(("ba", "ko", "ri", "mun", "tel", "sor"), repeat=4)
]
CVES = 200
SETTLED = 1.0  # seconds, in which connections that wait for another request are let go


class Accepting(FakeChat):
    """Takes everything and remembers only how much."""

    platform = "terminal"
    posts = 0

    async def resolve(self, target: Target) -> Destination:
        return Destination("slack", "C1")

    async def post(self, destination, content: Content, *, mark, nonce, plain=False, reply_to=""):
        self.posts += 1
        return Posted(str(self.posts))


@dataclass(frozen=True)
class Held:
    """What a process holds, at one moment."""

    memory: int
    files: int
    tasks: int


async def held() -> Held:
    """Without what is only remembered to save time: that is bounded, and full after months."""
    await asyncio.sleep(SETTLED)
    for one in gc.get_objects():
        if isinstance(one, functools._lru_cache_wrapper):
            one.cache_clear()
    gc.collect()
    files = sum(1 for _ in Path("/proc/self/fd").iterdir())
    ours = tracemalloc.take_snapshot().filter_traces([tracemalloc.Filter(False, "*/tests/*")])
    memory = sum(one.size for one in ours.traces)
    return Held(memory, files, len(asyncio.all_tasks()))


class Weeks:
    """A desk and a courier on a clock that is moved, and a publisher who never stops."""

    def __init__(
        self, archive: Archive, client: Client, clock: FakeClock, page: FakeFeeds
    ) -> None:
        self.archive, self.clock, self.page = archive, clock, page
        self.random, self.told, self.entries = Random(7), 0, list[str]()
        self.feed = feed(page.url())
        fetcher = Fetcher(client, clock, Random(1), spacing=0)
        self.desk = Desk(archive, fetcher, InlineWorker(), clock)
        self.chat = Accepting()
        self.courier = Courier(archive, {"terminal": self.chat}, lambda: self.desk.settings, clock)

    async def day(self, stories: int) -> None:
        """One day, with so many stories spread over it."""
        polls = timedelta(days=1) // POLL
        for _ in range(polls):
            self._publish(stories // polls)
            await self.desk.poll(self.feed)
            await self.desk.welcome()
            for rest in (SOON, POLL - SOON):
                self.clock.advance(rest.total_seconds())
                await self.courier.fold(self.clock.now())
                await self.courier.round()
                await self.courier.drained()
        await self.archive.forget(now=self.clock.now(), keep=KEPT)

    def _publish(self, count: int) -> None:
        for _ in range(count):
            self.told += 1
            words = " ".join(self.random.choices(VOCABULARY, k=9)).capitalize()
            self.entries.insert(
                0,
                f"<item><title>{words}</title><link>https://news.example/{self.told}</link>"
                f"<pubDate>{format_datetime(self.clock.now())}</pubDate>"
                f"<description>{words} in full, on Monday, CVE-2026-{self.told % CVES + 9999}."
                "</description></item>",
            )
        del self.entries[IN_A_FEED:]
        body = (
            f'<rss version="2.0"><channel><title>x</title>{"".join(self.entries)}</channel></rss>'
        )
        date = format_datetime(self.clock.now(), usegmt=True)  # else ours seems months behind
        self.page.publish("/feed", body, headers={"Date": date})
        self.page.forget()


async def _all_readers_open(archive: Archive) -> None:
    """Connections are opened when first used: one that opens later is no handle that leaked."""
    together, engine = Barrier(READERS + ASKERS), archive._engine
    reads = [engine.read(lambda _: together.wait(10)) for _ in range(READERS)]
    asked = [engine.read_within(20, lambda _: together.wait(10)) for _ in range(ASKERS)]
    await asyncio.gather(*reads, *asked)


async def soaked(tmp_path: Path, *, early: int, days: int, stories: int) -> tuple[Held, Held]:
    """What is held after `early` days and in the end."""
    clock = FakeClock()
    archive = await Archive.open(tmp_path / "soak.db")
    client = Client(AddressRules(["127.0.0.0/8"]), clock, user_agent="test")
    with FakeFeeds({}).in_background() as page:
        async with client:
            weeks = Weeks(archive, client, clock, page)
            await weeks.desk.open(settings(weeks.feed))
            await _all_readers_open(archive)
            before = await held()
            for day in range(days):
                await weeks.day(stories)
                if day + 1 == early:
                    before = await held()
            after = await held()
            counts = await archive.outbox.counts()
            assert not counts.get(PostState.QUEUED)
            assert not counts.get(PostState.SENDING)
            assert weeks.chat.posts > weeks.told / 2
    await archive.close()
    return before, after


if __name__ == "__main__":
    folder, *numbers = sys.argv[1:]
    early, days, stories = map(int, numbers)
    tracemalloc.start()
    found = asyncio.run(soaked(Path(folder), early=early, days=days, stories=stories))
    print(json.dumps([asdict(one) for one in found]))
