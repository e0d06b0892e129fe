"""Fakes that we ship and use in our own tests; nothing in the product imports this file."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from digests.model import Key, Story, StoryId

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)  # a Monday morning


@dataclass
class FakeClock:
    """A clock that stands still until it is moved; sleepers wake when their time has come."""

    at: datetime = START
    ticks: float = 0.0
    _sleepers: list[tuple[float, asyncio.Future[None]]] = field(default_factory=list)

    def now(self) -> datetime:
        """The time it was set to."""
        return self.at

    def monotonic(self) -> float:
        """Seconds advanced so far."""
        return self.ticks

    async def sleep(self, seconds: float) -> None:
        """Wait until `advance` has passed these seconds."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.ticks + seconds, future))
        await future

    def jump(self, by: timedelta) -> None:
        """Move the wall clock alone, as an operator or NTP would."""
        self.at += by

    def advance(self, seconds: float) -> None:
        """Let time pass for both clocks and wake whoever is due."""
        self.at += timedelta(seconds=seconds)
        self.ticks += seconds
        due = [future for when, future in self._sleepers if when <= self.ticks]
        self._sleepers = [(w, f) for w, f in self._sleepers if w > self.ticks]
        for future in due:
            if not future.done():
                future.set_result(None)


def build_story(number: int = 1, **changes: object) -> Story:
    """A believable story; name what matters to the test, the rest is filled in."""
    values: dict[str, object] = {
        "id": StoryId((int(START.timestamp()) << 20) + number),
        "key": Key(f"k{number:03d}"),
        "headline": f"Gateway flaw number {number} lets attackers in without a password",
        "url": f"https://news.example/{number}",
        "publisher": "news.example",
        "feed": "Example News",
        "feed_url": "https://news.example/feed",
        "seen": START,
        "published": START - timedelta(hours=1),
        "sentences": (
            "A flaw in a widely used gateway lets attackers log in without a password.",
            "The vendor published a fixed version on Monday.",
        ),
        "length_here": 21,
        "length_there": 640,
        "topics": ("vulnerability",),
        "cves": ("CVE-2026-1234",),
    }
    return Story(**(values | changes))  # type: ignore[arg-type]  # what a test changes
