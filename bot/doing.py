"""What editors have done by the running bot: the desk and the courier behind one small face."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from digests.archive.records import Act
from digests.desk.desk import Desk
from digests.desk.probing import Probe, probe
from digests.desk.separating import Inseparable
from digests.desk.summaries import Worker
from digests.feeds.fetch import Fetcher
from digests.model import Clock, EntryId, Feed, Story


@dataclass(frozen=True, slots=True)
class Deeds:
    """Implements `bot.commands.asking.Doing`."""

    desk: Desk
    look: Callable[[Feed], Awaitable[Probe]]
    woken: Callable[[], None]

    async def pause(self, feed: Feed, deed: Act, *, paused: bool) -> bool:
        """Ask a feed no more, or again."""
        return await self.desk.pause(feed, deed, paused=paused)

    async def separate(self, this: EntryId, deed: Act) -> Story | Inseparable:
        """Take an entry out of its story; its card goes out at once."""
        made = await self.desk.separate(this, deed)
        self.woken()
        return made

    async def test(self, feed: Feed) -> Probe:
        """Ask a feed once, with its own headers, and say what it is."""
        return await self.look(feed)

    async def renew_rules(self) -> None:
        """What editors muted has changed."""
        await self.desk.renew_rules()

    def forget(self, person: str) -> None:
        """Nothing of this person's is watched for any more."""
        self.desk.watchers.forget(person)

    def wake(self) -> None:
        """The outbox has work."""
        self.woken()


@dataclass(frozen=True, slots=True)
class Looks:
    """Looks at feeds of the file, one at a time, as politely as the polls."""

    fetcher: Fetcher
    worker: Worker
    clock: Clock
    _gate: asyncio.Semaphore = field(default_factory=asyncio.Semaphore)

    async def __call__(self, feed: Feed) -> Probe:
        """Ask once; nothing is kept."""
        async with self._gate:
            return await probe(feed, self.fetcher, self.worker, self.clock)
