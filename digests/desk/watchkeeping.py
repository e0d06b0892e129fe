"""Watches of people, kept in the archive and in memory at once: what is asked in chat takes effect.

The archive comes first: what was confirmed to a person is there after any crash. Whoever calls has
checked who the owner is; no owner reaches another one's watches.
"""

from dataclasses import dataclass

from digests.archive.store import Archive
from digests.model import Habits, Watch, WatchId
from digests.model.watching import channel_of
from digests.rules.watchers import Watchers


@dataclass(frozen=True, slots=True)
class Watchkeeper:
    """Watches as their owners change them."""

    archive: Archive
    watchers: Watchers

    async def add(self, wanted: Watch, language: str) -> Watch | None:
        """Watch from now on, in this language. None: the owner has too many already."""
        kept = await self.archive.watches.add(wanted)
        if kept is not None:
            self.watchers.put(kept)  # before anything is waited for: it may be removed meanwhile
            habits = self.habits(wanted.owner)
            await self.told_so(Habits(habits.owner, language, habits.timezone, habits.quiet))
        return kept

    async def remove(self, owner: str, this: WatchId) -> bool:
        """Watch no more; False when this is not the owner's."""
        done = await self.archive.watches.remove(owner, this)
        if done:
            self.watchers.drop(this)
        return done

    def habits(self, owner: str) -> Habits:
        """How an owner wants to be told."""
        return self.watchers.habits(owner) or Habits(owner)

    async def told_so(self, wanted: Habits) -> None:
        """An owner wants to be told so from now on."""
        if wanted != self.watchers.habits(wanted.owner):
            await self.archive.watches.keep_habits(wanted)
            self.watchers.told_so(wanted)

    async def forget(self, owner: str) -> int:
        """Forget all of an owner's; how many watches there were."""
        count = await self.archive.watches.forget(owner)
        self.watchers.forget(owner)
        return count

    async def trouble(self, owner: str) -> str:
        """Why the owner could not be written to the last time; "" when that is not so."""
        pause = (await self.archive.paused()).get(channel_of(owner))
        return pause.reason if pause else ""

    async def again(self, owner: str) -> None:
        """Try again to write to an owner."""
        await self.archive.resume_channel(channel_of(owner))
