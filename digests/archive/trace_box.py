"""What was decided, as `why` sees it: async methods over traces.py."""

from dataclasses import dataclass
from datetime import datetime

from digests.archive import traces
from digests.archive.engine import Engine
from digests.model import EntryId, KeptEntry, RefusedEntry, Step, StoryId


@dataclass(frozen=True, slots=True)
class Traces:
    """The way of every story for thirty days, and the entries behind it for as long as they live."""

    _engine: Engine

    async def steps(self, story: StoryId) -> list[Step]:
        """The way of a story, from the first step on; empty when it is older than a month."""
        return await self._engine.read(traces.steps, story)

    async def entries_at(self, link: str) -> list[KeptEntry]:
        """Entries of any feed with this canonical link, the first one first."""
        return await self._engine.read(traces.entries_at, link)

    async def entries_of(self, story: StoryId) -> list[KeptEntry]:
        """The entries of a story, the first one first."""
        return await self._engine.read(traces.entries_of, story)

    async def find_entry(self, this: EntryId) -> KeptEntry | None:
        """One entry."""
        return await self._engine.read(traces.find_entry, this)

    async def refusals(self, name: str, limit: int = 5) -> list[RefusedEntry]:
        """Entries refused lately whose id, link or place holds this, the newest first."""
        return await self._engine.read(traces.refusals, name, limit)

    async def count(self) -> int:
        """How many steps are kept."""
        return await self._engine.read(traces.count)

    async def forget(self, now: datetime) -> int:
        """Forget what is older than a month; how many steps."""
        return await self._engine.write(traces.forget, now - traces.KEPT_FOR)
