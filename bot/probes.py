"""Feeds asked once, side by side and politely, without an archive: for check and feeds add."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from random import SystemRandom

from bot.admission import POLLS_AT_ONCE
from bot.app import USER_AGENT
from bot.settings import Environment
from digests.clock import SystemClock
from digests.desk.probing import Probe, probe
from digests.feeds.fetch import Fetcher
from digests.model import Feed
from digests.web.addresses import AddressRules
from digests.web.client import Client
from digests.web.sandbox import Sandbox


@asynccontextmanager
async def prober(env: Environment, allow: Sequence[str]) -> AsyncIterator["Probing"]:
    """What asks; `allow` are the private ranges of the file."""
    clock = SystemClock()
    client = Client(AddressRules(allow), clock, user_agent=USER_AGENT, environment=env.values)
    async with client, Sandbox() as sandbox:
        yield Probing(Fetcher(client, clock, SystemRandom()), sandbox, clock)


class Probing:
    """Asks feeds; each host one at a time, as the bot does."""

    def __init__(self, fetcher: Fetcher, sandbox: Sandbox, clock: SystemClock) -> None:
        self._fetcher = fetcher
        self._sandbox = sandbox
        self._clock = clock

    async def ask(self, feed: Feed) -> Probe:
        """One feed."""
        return await probe(feed, self._fetcher, self._sandbox, self._clock)

    async def ask_all(self, feeds: Sequence[Feed], done: Callable[[Probe], None]) -> list[Probe]:
        """All of them, in their order; `done` hears of each as it ends."""
        gate = asyncio.Semaphore(POLLS_AT_ONCE)

        async def one(feed: Feed) -> Probe:
            async with gate:
                found = await self.ask(feed)
            done(found)
            return found

        return list(await asyncio.gather(*(one(feed) for feed in feeds)))
