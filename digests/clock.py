"""The one place that asks the machine for the time."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime

# On Linux the monotonic clock stands still while the machine sleeps, this one does not.
_BOOT_TIME: int | None = getattr(time, "CLOCK_BOOTTIME", None)
_STEP = 300.0  # seconds; less is what keeping a clock right costs


class SystemClock:
    """The wall clock and the monotonic clock of this machine."""

    def now(self) -> datetime:
        """The wall clock, aware, UTC."""
        return datetime.now(UTC)  # noqa: TID251 - this is the place the rule points to

    def monotonic(self) -> float:
        """Seconds that never run backwards; they count while the machine sleeps, if it can tell."""
        return time.monotonic() if _BOOT_TIME is None else time.clock_gettime(_BOOT_TIME)

    async def sleep(self, seconds: float) -> None:
        """Wait for real."""
        await asyncio.sleep(max(0.0, seconds))


class Steps:
    """Whether the wall clock was set, which the monotonic clock does not know of (nor of sleep)."""

    def __init__(self, now: Callable[[], datetime], monotonic: Callable[[], float]) -> None:
        self._now, self._monotonic = now, monotonic
        self._apart = self._between()

    def noticed(self) -> bool:
        """Whether it was since the last look."""
        before, self._apart = self._apart, self._between()
        return abs(self._apart - before) > _STEP

    def _between(self) -> float:
        return self._now().timestamp() - self._monotonic()
