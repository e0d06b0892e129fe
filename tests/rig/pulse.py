"""Whether the machine let the stand-ins run: what they promise of time holds only then.

A platform commits a request soon or never; the bot's proofs rest on that (docs/delivery.md). A stand-in
whose process waits for a processor for a second commits a minute late by the fast clock, and a story
that then stands twice says something of the machine, nothing of the bot.
"""

import asyncio
import time
from dataclasses import dataclass

BEAT = 0.02  # seconds


@dataclass
class Pulse:
    """How late one loop has run."""

    worst: float = 0.0  # seconds, since it was started
    _latest: float = 0.0  # the same since it was last asked
    _beating: "asyncio.Task[None] | None" = None  # kept, or it would be collected

    async def start(self) -> None:
        """In the loop that is to be felt; ends with it."""
        self._beating = asyncio.create_task(self._beat())

    async def stop(self) -> None:
        if self._beating:
            self._beating.cancel()

    def lately(self) -> float:
        """How late it ran since this was last asked, in seconds."""
        found, self._latest = self._latest, 0.0
        return found

    async def _beat(self) -> None:
        while True:
            began = time.monotonic()
            await asyncio.sleep(BEAT)
            late = time.monotonic() - began - BEAT
            self.worst, self._latest = max(self.worst, late), max(self._latest, late)
