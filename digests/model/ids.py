"""What stories, entries, posts and comments are known by, and where the time comes from."""

from datetime import datetime
from typing import NewType, Protocol

StoryId = NewType("StoryId", int)  # seconds << 20 | counter: time-ordered
EntryId = NewType("EntryId", int)
PostId = NewType("PostId", int)
Key = NewType("Key", str)  # the short name of a story that people see and type, e.g. k7f3
CommentId = NewType("CommentId", int)
WatchId = NewType("WatchId", int)


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> datetime:
        """The wall clock, aware, UTC."""

    def monotonic(self) -> float:
        """Seconds that never run backwards."""

    async def sleep(self, seconds: float) -> None:
        """Wait; a fake clock returns when its time was moved."""
