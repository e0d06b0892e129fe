"""How many feeds are polled at once, and that the wait for some is no wait for the others."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from digests.feeds.hosts import host_of
from digests.feeds.pace import FeedState

# Each may hold a document of 10 MB until a worker has read it.
POLLS_AT_ONCE = 32
# Of these, for feeds that failed last time or were killed in the worker: they keep what admits
# them for half a minute, and would soon have kept all of it.
DOUBTFUL_AT_ONCE = 8


@dataclass(slots=True)
class _Door:
    """Of one host, through which one goes at a time."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0  # who wait before it or have gone through


class _Line:
    """One queue: so many at once, and one of each host, whose others could only wait for it."""

    def __init__(self, most: int) -> None:
        self._gate = asyncio.Semaphore(most)
        self.doors: dict[str, _Door] = {}

    @asynccontextmanager
    async def admitted(self, host: str) -> AsyncIterator[None]:
        door = self.doors.setdefault(host, _Door())
        door.users += 1
        try:
            async with door.lock, self._gate:
                yield
        finally:
            door.users -= 1
            if not door.users:  # hosts come and go with the file and with feeds that move
                del self.doors[host]


class Admission:
    """Who may be polled now; one for the whole bot. Belongs to one event loop."""

    def __init__(self) -> None:
        self._sound = _Line(POLLS_AT_ONCE - DOUBTFUL_AT_ONCE)
        self._doubtful = _Line(DOUBTFUL_AT_ONCE)

    @property
    def hosts(self) -> int:
        """How many hosts are remembered: those whose feeds are polled or wait, and no other."""
        return len(self._sound.doors) + len(self._doubtful.doors)

    @asynccontextmanager
    async def of(self, url: str, state: FeedState | None) -> AsyncIterator[None]:
        """Wait until this feed may be polled; it counts until it is left."""
        doubtful = state is not None and bool(state.slow or state.failures)
        line = self._doubtful if doubtful else self._sound
        asked = state.adopted if state is not None and state.adopted else url
        async with line.admitted(host_of(asked)):
            yield
