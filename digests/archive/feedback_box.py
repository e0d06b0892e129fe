"""Votes and comments as the commands see them: async methods over feedback.py and comments.py."""

from dataclasses import dataclass

from digests.archive import acts, comments, feedback
from digests.archive.engine import Engine
from digests.archive.records import Act
from digests.model import (
    Channel,
    Comment,
    CommentId,
    Decision,
    Feedback,
    Press,
    StoryId,
    Unwritten,
    Vote,
    Voted,
)


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
        self, press: Press, written: Comment, review: Channel
    ) -> Comment | Unwritten:
        """Keep a comment until an editor has seen it, and owe it to the editors' channel.

        The id of `written` is given here. A press that was counted before is the comment it made.
        """
        return await self._engine.write(comments.write, press, written, review)

    async def decide(self, comment: CommentId, decision: Decision, deed: Act) -> Comment | None:
        """An editor's decision, with its line in the audit trail; None when it is too late."""
        return await self._engine.write(acts.done, deed, comments.decide, comment, decision)

    async def find_comment(self, comment: CommentId) -> Comment | None:
        """One comment, whatever became of it."""
        return await self._engine.read(comments.get, comment)

    async def waiting(self) -> list[Comment]:
        """Comments that wait for an editor, oldest first."""
        return await self._engine.read(comments.waiting)

    async def forget(self, person: str) -> int:
        """Take back all votes and comments of a person, wherever they stand. How many there were."""
        return await self._engine.write(feedback.forget_person, person)
