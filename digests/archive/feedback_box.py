"""Votes and comments as the commands see them: async methods over feedback.py."""

from dataclasses import dataclass
from datetime import datetime

from digests.archive import feedback
from digests.archive.engine import Engine
from digests.model import Comment, CommentId, CommentState, Feedback, Press, StoryId, Vote, Voted


@dataclass(frozen=True, slots=True)
class Readers:
    """What readers say. A person is `platform:user`, as the platform names them."""

    _engine: Engine

    async def feedback(self, story: StoryId) -> Feedback:
        """Votes and shown comments of one story."""
        return await self._engine.read(feedback.find, story)

    async def vote(self, story: StoryId, press: Press, vote: Vote) -> Voted | None:
        """One vote a person; the same again takes it back. Its posts are edited for it.

        A press that was counted before changes nothing. None: no card of that story stands where
        the button was pressed.
        """
        return await self._engine.write(feedback.cast, story, press, vote)

    async def comment(
        self, story: StoryId, person: str, name: str, text: str, *, now: datetime
    ) -> Comment | None:
        """Keep a comment until an editor has seen it. None: this person waits for too many."""
        return await self._engine.write(feedback.write, story, person, name, text, now)

    async def decide(self, comment: CommentId, state: CommentState, *, by: str) -> Comment | None:
        """An editor's decision; None when it is too late for one."""
        return await self._engine.write(feedback.decide, comment, state, by)

    async def find_comment(self, comment: CommentId) -> Comment | None:
        """One comment, whatever became of it."""
        return await self._engine.read(feedback.get, comment)

    async def waiting(self) -> list[Comment]:
        """Comments that wait for an editor, oldest first."""
        return await self._engine.read(feedback.waiting)

    async def forget(self, person: str) -> int:
        """Take back all votes and comments of a person. How many there were."""
        return await self._engine.write(feedback.forget_person, person)
