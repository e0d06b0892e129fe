"""What editors do, as the commands see it: async methods over acts.py, each with its line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from digests.archive import acts, outbox, poll
from digests.archive.engine import Engine
from digests.archive.marks import Names
from digests.archive.records import Act, Mute, Retraction, Separation
from digests.model import NewPost, Post, PostId, StoryId


@dataclass(frozen=True, slots=True)
class Acts:
    """Deeds of editors. A deed that changed nothing leaves no line in the trail."""

    _engine: Engine
    _names: Names

    async def pause_feed(self, url: str, deed: Act, *, paused: bool) -> bool:
        """Ask a feed no more, or again; False when that is so already."""
        return await self._engine.write(acts.done, deed, acts.pause_feed, url, paused=paused)

    async def pause_channel(self, name: str, reason: str, deed: Act) -> bool:
        """Send nothing to a channel until an editor resumes it."""
        work = acts.pause_channel
        return await self._engine.write(acts.done, deed, work, name, reason, deed.person)

    async def resume_channel(self, name: str, deed: Act) -> bool:
        """End a pause, whoever made it; False when there is none."""
        return await self._engine.write(acts.done, deed, acts.resume_channel, name)

    async def mute(self, channel: str, publisher: str, deed: Act) -> bool:
        """A publisher is not told in a channel any more; False when that is so already."""
        one = Mute(channel, publisher, deed.person, deed.at)
        return await self._engine.write(acts.done, deed, acts.silence, one)

    async def unmute(self, channel: str, publisher: str, deed: Act) -> bool:
        """It is told there again; False when it was not muted."""
        return await self._engine.write(acts.done, deed, acts.unsilence, channel, publisher)

    async def mutes(self) -> list[Mute]:
        """Every publisher that is muted somewhere."""
        return await self._engine.read(acts.mutes)

    async def redrive(self, posts: Sequence[PostId], deed: Act) -> list[Post]:
        """Send held and dead posts on their way again; returns those."""
        work = outbox.redrive
        return await self._engine.write(acts.done, deed, work, self._names, posts, deed.at)

    async def retract(
        self, story: StoryId, reason: str, nowhere: Sequence[NewPost], deed: Act
    ) -> Retraction:
        """Take the posts of a story back everywhere; `nowhere`: those that must never be.

        What stands is LEAVING, and deleted by the courier; what was not sent never will be. A
        post whose sending is under way or unclear goes when that has ended. What a digest told is
        left alone.
        """
        work, names = outbox.retract, self._names
        return await self._engine.write(
            acts.done, deed, work, names, story, reason, nowhere, deed.at
        )

    async def separate(self, made: Separation, deed: Act) -> bool:
        """An entry becomes a story of its own; False when it belongs to another story by now."""
        return await self._engine.write(acts.done, deed, poll.commit_separation, made, deed.at)

    async def note(self, deed: Act) -> None:
        """A line for what changes nothing here."""
        await self._engine.write(acts.note, deed)

    async def trail(self, limit: int = 20, *, skip: int = 0) -> list[Act]:
        """What was done, the newest first."""
        return await self._engine.read(acts.trail, limit, skip)

    async def forget(self, now: datetime) -> int:
        """Forget lines older than 400 days; how many."""
        return await self._engine.write(acts.forget, now - acts.KEPT_FOR)
