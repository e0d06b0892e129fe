"""APScheduler, as a source of ticks only: work runs in our own tasks and is drained by us."""

import asyncio
import contextlib
from datetime import UTC

SECOND = 1
# APScheduler goes by the wall clock: put back by a day, it would be silent for a day.
LATEST = 1.5  # seconds after which a tick comes all the same


class Ticker:
    """Sets an event once a second until stopped."""

    def __init__(self) -> None:
        from apscheduler.schedulers.asyncio import AsyncIOScheduler

        self.tick = asyncio.Event()
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._scheduler.add_job(self._ring, "interval", seconds=SECOND, coalesce=True)

    def start(self) -> None:
        """Begin; needs the running loop."""
        self._scheduler.start()

    def stop(self) -> None:
        """No more ticks."""
        self._scheduler.shutdown(wait=False)

    async def next(self) -> None:
        """Wait for the next tick."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LATEST):
                await self.tick.wait()
        self.tick.clear()

    async def _ring(self) -> None:
        self.tick.set()
