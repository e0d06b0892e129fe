"""One look at an address that somebody asks about in a channel, one at a time."""

import asyncio
from collections.abc import Awaitable, Callable

from digests.desk.probing import Probe, probe
from digests.desk.summaries import Worker
from digests.feeds.fetch import Fetcher
from digests.model import Clock, Feed
from digests.text.links import registrable_domain


def one_look(fetcher: Fetcher, worker: Worker, clock: Clock) -> Callable[[str], Awaitable[Probe]]:
    """Ask once, as politely as for any feed; nothing is kept. One at a time: anybody may ask."""
    gate = asyncio.Semaphore()

    async def look(url: str) -> Probe:
        async with gate:
            return await probe(Feed(url, url, registrable_domain(url)), fetcher, worker, clock)

    return look
