"""Who of those that wait for a worker goes next. Belongs to one event loop.

The first one, but a long document lets shorter ones past that come soon after it: it may keep a worker
for seconds (and one made to hurt does), while most of the others take a hundredth of one.
"""

import asyncio
import heapq
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

# Seconds by which a document of a MB lets shorter ones past. Later ones go behind it, so it waits no
# longer than that for them.
LETS_PAST = 30.0
_MB = 2**20


class Ranks:
    """So many at once; whoever waits is let in by rank."""

    def __init__(self, free: int) -> None:
        self._free = free
        self._numbers = count()
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []

    @asynccontextmanager
    async def turn(self, size: int) -> AsyncIterator[None]:
        """Wait for a free place; it is taken until this is left. `size`: bytes of the document."""
        if self._free:  # then nobody waits
            self._free -= 1
        else:
            await self._wait(size)
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, size: int) -> None:
        loop = asyncio.get_running_loop()
        mine: asyncio.Future[None] = loop.create_future()
        rank = loop.time() + LETS_PAST * size / _MB
        heapq.heappush(self._waiting, (rank, next(self._numbers), mine))
        try:
            await mine
        except asyncio.CancelledError:
            if not mine.cancelled():  # the place had become ours already
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        while self._waiting:
            *_, next_one = heapq.heappop(self._waiting)
            if not next_one.done():  # else whoever waited was cancelled
                next_one.set_result(None)
                return
        self._free += 1
