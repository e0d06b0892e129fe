"""The outbox as the courier sees it: async methods over outbox.py and fold.py."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from digests.archive import fold, gather, outbox, post_rows, queues
from digests.archive.engine import Engine
from digests.archive.gather import Room
from digests.archive.marks import Names
from digests.model import (
    Destination,
    Gathering,
    NewPost,
    Owed,
    Post,
    PostId,
    PostOutcome,
    PostState,
    Proof,
    RemovalOutcome,
    Sighting,
    StoryId,
)


@dataclass(frozen=True, slots=True)
class Outbox:
    """What is owed to channels and what stands there. See docs/delivery.md for the states.

    Whatever changes a post returns when the change is durable. A method that names a post returns
    it as it is then, or None when there is no such post (any more).
    """

    _engine: Engine
    _names: Names

    async def owe(self, posts: Sequence[NewPost], *, now: datetime) -> int:
        """Owe posts; what a place is owed or was told already is left alone. How many are new."""
        return await self._engine.write(outbox.owe, posts, now)

    async def find(self, post: PostId) -> Post | None:
        """One post."""
        return await self._engine.read(post_rows.find, self._names, post)

    async def about(self, story: StoryId) -> list[Post]:
        """All posts of one story, oldest first."""
        return await self._engine.read(queues.about, self._names, story)

    async def telling(self, story: StoryId) -> list[Post]:
        """The digests and other lists that tell a story, oldest first."""
        return await self._engine.read(queues.telling, self._names, story)

    async def standing(self, story: StoryId) -> list[Post]:
        """All posts that tell a story: its own, then the lists, each oldest first."""
        return await self._engine.read(queues.standing, self._names, story)

    async def in_state(self, *states: PostState, limit: int = 100) -> list[Post]:
        """Posts in these states, oldest first."""
        return await self._engine.read(queues.in_state, self._names, states, limit)

    async def queued(self, destination: Destination, now: datetime) -> Post | None:
        """The next post for a place: the oldest that is due.

        None while a post is in flight there or its channel is paused.
        """
        return await self._engine.read(queues.queued, self._names, destination, now)

    async def destinations_with_work(self, now: datetime) -> list[Destination]:
        """Places for which `queued` has something, the one waiting longest first."""
        return await self._engine.read(queues.destinations_with_work, now)

    async def begin(
        self, post: Post, *, watermark: str, now: datetime, destination: Destination | None = None
    ) -> Post | None:
        """Commit the intent to send; only then may the first byte go out.

        None: do not send. The post is no longer queued, another one is in flight to that place,
        or that place (`destination`, where it was resolved only now) has been told already.
        """
        return await self._engine.write(
            outbox.begin,
            self._names,
            post.id,
            watermark=watermark,
            now=now,
            destination=destination or post.destination,
            shown=post.wanted,
        )

    async def settle(
        self, post: PostId, outcome: PostOutcome, *, now: datetime, shown: str | None = None
    ) -> Post | None:
        """Commit how an attempt ended. `shown`: the revision sent, when newer than the intent's.

        A refusal of access puts the post back and pauses its channel, in one transaction.
        """
        return await self._engine.write(
            outbox.settle, self._names, post, outcome, now=now, shown=shown
        )

    async def doubtful(self) -> list[Post]:
        """Posts still SENDING, the one whose intent was written first at the head."""
        return await self._engine.read(queues.doubtful, self._names)

    async def settle_sighting(
        self, post: PostId, sighting: Sighting, *, now: datetime, proof: Proof = Proof.HOLD
    ) -> Post | None:
        """Commit what reading the channel back has shown of a doubtful post."""
        return await self._engine.write(
            outbox.settle_sighting, self._names, post, sighting, now=now, proof=proof
        )

    async def edits_due(self, now: datetime, limit: int = 100) -> list[Post]:
        """Posts that stand and should show something else, oldest first."""
        return await self._engine.read(queues.edits_due, self._names, now, limit)

    async def settle_edit(
        self, post: PostId, outcome: PostOutcome, *, now: datetime, shown: str
    ) -> Post | None:
        """Commit how an edit to revision `shown` ended."""
        return await self._engine.write(
            outbox.settle_edit, self._names, post, outcome, now=now, shown=shown
        )

    async def withdrawn(self, now: datetime) -> list[Post]:
        """Posts that show what somebody took back, however old they are."""
        return await self._engine.read(queues.withdrawn, self._names, now)

    async def leaving(self, now: datetime) -> list[Post]:
        """Posts that an editor took back and that are to be deleted now."""
        return await self._engine.read(queues.leaving, self._names, now)

    async def settle_removal(
        self, post: PostId, outcome: RemovalOutcome, *, now: datetime
    ) -> Post | None:
        """Commit how an attempt to delete a post ended."""
        return await self._engine.write(outbox.settle_removal, self._names, post, outcome, now)

    async def hold(self, post: PostId, reason: str) -> None:
        """Keep a post that is queued or in doubt until an operator decides."""
        await self._engine.write(outbox.hold, post, reason)

    async def drop(self, post: PostId, reason: str) -> None:
        """A queued post that need not be sent any more: something else tells it."""
        await self._engine.write(outbox.drop, post, reason)

    async def redrive(self, posts: Iterable[PostId], *, now: datetime) -> list[Post]:
        """Send held and dead posts on their way again, each with a new nonce; returns those."""
        return await self._engine.write(outbox.redrive, self._names, list(posts), now)

    async def fold(
        self,
        older_than: datetime,
        *,
        now: datetime,
        at_most: int | None = None,
        after_outage: int | None = None,
    ) -> int:
        """Fold cards queued before `older_than`, and the oldest beyond `at_most` for each place.

        `after_outage` is the same for places where something had waited so long. One list for
        each place tells them all (subject `digest:busy-…`). Returns how many cards.
        """
        limits = {"at_most": at_most, "after_outage": after_outage}
        return await self._engine.write(fold.fold, older_than=older_than, now=now, **limits)

    async def owed_since(self, story: StoryId) -> list[Owed]:
        """What became of this story and of all newer ones in their channels."""
        return await self._engine.read(queues.owed_since, story)

    async def owed_of(self, stories: Iterable[StoryId]) -> list[Owed]:
        """What became of these stories in their channels."""
        return await self._engine.read(queues.owed_of, stories)

    async def gathered(self, now: datetime) -> list[Gathering]:
        """Digests that are to be told now; `gather` owes them."""
        return await self._engine.read(gather.gathered, now)

    async def gather(
        self, told: Gathering, order: Sequence[StoryId], room: Room, *, now: datetime
    ) -> int:
        """Owe a digest, its members frozen in this order; the first of them as cards if `room` says.

        Its stories become FOLDED in the same transaction. Returns how many there were.
        """
        return await self._engine.write(gather.gather, told, order, room, now)

    async def ripen(self, beginning: str, *, now: datetime) -> None:
        """What waits for a digest whose subject begins so waits no longer."""
        await self._engine.write(gather.ripen, beginning, now)

    async def counts(self) -> dict[PostState, int]:
        """How many posts are in each state; every state is named."""
        return await self._engine.read(queues.counts)

    async def waiting(self, now: datetime) -> list[Post]:
        """Queued posts that are not due: not before their time, or their channel is paused."""
        return await self._engine.read(queues.waiting, self._names, now)
