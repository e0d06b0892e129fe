"""Watches as the desk and the commands see them: async methods over watches.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from digests.archive import watches
from digests.archive.engine import Engine
from digests.model import Habits, Watch, WatchId


@dataclass(frozen=True, slots=True)
class Watches:
    """Saved queries. An owner is a person, `platform:user`, or a watch of the file."""

    _engine: Engine

    async def every(self) -> list[Watch]:
        """All there are, oldest first."""
        return await self._engine.read(watches.every)

    async def of(self, owner: str) -> list[Watch]:
        """Those of one owner, oldest first."""
        return await self._engine.read(watches.of, owner)

    async def habits(self) -> list[Habits]:
        """How people who watch want to be told."""
        return await self._engine.read(watches.everybodys_habits)

    async def add(self, wanted: Watch) -> Watch | None:
        """Keep one (its id is given here). None: the owner has too many already."""
        return await self._engine.write(watches.add, wanted)

    async def announced(self, watch: Watch, message_id: str, *, now: datetime) -> None:
        """It was said where a watch tells to everybody; who is forgotten takes that back too."""
        await self._engine.write(watches.announced, watch, message_id, now)

    async def remove(self, owner: str, this: WatchId) -> bool:
        """Forget one; False when it is not this owner's."""
        return await self._engine.write(watches.remove, owner, this)

    async def keep_habits(self, wanted: Habits) -> None:
        """From now on an owner is told so."""
        await self._engine.write(watches.keep_habits, wanted)

    async def forget(self, owner: str) -> int:
        """Forget all of a person's; how many watches there were."""
        return await self._engine.write(watches.forget_owner, owner)

    async def register(self, configured: Sequence[Watch]) -> None:
        """Take up the watches of the file; those that left it end."""
        await self._engine.write(watches.register, configured)

    async def forget_ended(self, now: datetime) -> int:
        """Forget those that ended a month ago; how many."""
        return await self._engine.write(watches.forget_ended, now - watches.ENDED_FOR)
