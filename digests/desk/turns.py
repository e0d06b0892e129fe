"""Whose turn it is to decide: one at a time, from what is recalled to the commit.

What is decided is reserved in memory before it is written. Whoever decided in between would build
on what may never be written: join a story that is not there, or find owed what nobody owes. So
nobody does. What was reserved and could not be written is gone before the next turn begins.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from digests.archive.store import Archive
from digests.desk.deciding import STORIES_KEPT, Decider
from digests.desk.recounting import recount
from digests.model import Clock, StoryId
from digests.stories.cluster import StoryRef
from digests.stories.ids import time_of

T = TypeVar("T")


async def step_by_step(steps: Iterable[T]) -> list[T]:
    """Do them all, and let everybody else go on after each: a flood has thousands."""
    done = []
    for one in steps:
        done.append(one)
        await asyncio.sleep(0)
    return done


@dataclass(slots=True)
class Turns:
    """The memory of the desk and the turn to change it. Belongs to one event loop."""

    archive: Archive
    clock: Clock
    decider: Decider = field(default_factory=Decider)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _spoilt: bool = True  # memory holds something else than the archive

    @contextlib.asynccontextmanager
    async def take(self) -> AsyncIterator[Decider]:
        """Decide and write inside; what raises there is taken back from memory."""
        async with self._lock:
            await self._read()
            self.decider.forget(self.clock.now())
            try:
                yield self.decider
            except BaseException:  # whatever it was: what was reserved is not there
                self.spoil()
                raise

    @contextlib.asynccontextmanager
    async def hold(self) -> AsyncIterator[Decider]:
        """Change inside what is decided by; nobody decides meanwhile, and all is counted anew.

        Memory that was never read is left so: a start whose feeds bring no news does not need it.
        """
        async with self._lock:
            try:
                yield self.decider
                if not self._spoilt:
                    await self._recount()
            except BaseException:
                self.spoil()
                raise

    async def remember(self) -> None:
        """Have memory read, for who looks at it before his turn."""
        if self._spoilt:
            async with self._lock:
                await self._read()

    def spoil(self) -> None:
        """What was written is not what memory holds: read it again before the next turn."""
        self._spoilt = True

    async def recall(self, refs: Sequence[StoryRef], more: Iterable[StoryId] = ()) -> None:
        """Bring stories into memory that an entry joins or edits, however old. In a turn."""
        known = self.decider.stories
        unknown = [ref for ref in refs if ref.id not in known]
        wanted = {ref.id for ref in unknown} | {story for story in more if story not in known}
        if wanted:
            self.decider.recall(unknown, await self.archive.stories(sorted(wanted)))
            self.decider.ledger.recall(await self.archive.outbox.owed_of(wanted))

    async def _recount(self) -> None:
        """Count anew what the channels were owed: the rules are others, or the memory is."""
        await recount(self.archive, self.decider.ledger, self.clock.now())

    async def _read(self) -> None:
        """Read memory from the archive, unless it holds the same already."""
        if not self._spoilt:
            return
        await self.archive.written()  # whoever was cancelled in a turn has its commit still coming
        # A clock that stands years ahead must not hide the stories that were told just now.
        newest = time_of(StoryId(await self.archive.last_id()))
        refs = await self.archive.window(min(self.clock.now(), newest) - STORIES_KEPT)
        stories = await self.archive.stories([ref.id for ref in refs])
        await step_by_step(self.decider.start_over(refs, stories))
        await self._recount()
        self._spoilt = False
