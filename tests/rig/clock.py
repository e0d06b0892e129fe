"""A clock that runs faster than the wall, the same in every process of a run."""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from digests.testing import START

SPEED = 40.0  # an hour of the bot's time takes a minute and a half


@dataclass
class FastClock:
    """START, plus what the machine's monotonic clock shows since `zero`, times SPEED."""

    zero: float

    def skip(self, by: timedelta) -> None:
        """Let so much time pass at once, between two lives of a bot."""
        self.zero -= by.total_seconds() / SPEED

    def now(self) -> datetime:
        return START.astimezone(UTC) + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return (time.monotonic() - self.zero) * SPEED  # shared by all processes since boot

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds) / SPEED)
