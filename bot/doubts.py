"""How old a doubt is, without asking the wall clock: it may jump meanwhile.

A post is in doubt from the moment its intent is committed until something proves how it ended.
What may be done about it depends on true time: after SETTLE no platform commits it any more, and
within the platform's window its nonce makes a repetition harmless (docs/delivery.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from digests.model import Clock, Post, PostId

# A place is read back from before the intent, though the clock that dated it may be a day wrong.
LOOK_BACK = timedelta(days=1, minutes=10)
LOOK_FAR_BACK = timedelta(days=30)  # where it is certainly wrong: the intent lies in the future
PAUSE = 5.0  # seconds between two repetitions of one post


@dataclass(frozen=True, slots=True)
class _Doubt:
    """Monotonic seconds of this process."""

    ended: float  # by then we had hung up
    began: float | None = None  # None: in an earlier life of ours, nobody knows how long ago
    tried: bool = False
    again: float = 0.0  # not to be looked up before


@dataclass(slots=True)
class Doubts:
    """The posts in doubt. `settle`: how long after we hung up a platform may still commit."""

    clock: Clock
    settle: timedelta
    _known: dict[PostId, _Doubt] = field(default_factory=dict)

    def ended(self, post: PostId, began: float | None) -> None:
        """An attempt that began then, by the monotonic clock, is over, however it ended."""
        self._known[post] = _Doubt(self.clock.monotonic(), began, tried=True)

    def began(self, post: PostId) -> float | None:
        """When its first attempt of this life began; None: not in this life."""
        known = self._known.get(post)
        return known.began if known else None

    def keep(self, posts: Iterable[PostId]) -> None:
        """These are in doubt, no others; one that is met for the first time ended by now."""
        now = self.clock.monotonic()
        self._known = {post: self._known.get(post) or _Doubt(now) for post in posts}

    def put_off(self, post: PostId) -> None:
        """Its place cannot be read now."""
        if known := self._known.get(post):
            self._known[post] = replace(known, again=self.clock.monotonic() + PAUSE)

    def is_settled(self, post: PostId) -> bool:
        """Whether no platform can still commit it."""
        return self._rested(post) >= self.settle.total_seconds()

    def may_repeat(self, post: PostId, window: timedelta) -> bool:
        """Whether the platform surely still knows its nonce."""
        began = self.began(post)
        age = None if began is None else self.clock.monotonic() - began
        return age is not None and age < window.total_seconds()

    def is_ripe(self, post: PostId, window: timedelta) -> bool:
        """Whether something may be done about it now.

        A post of an earlier life on a platform with nonces is looked up at once. If it is not
        there, it is either older than SETTLE, and that is a proof, or younger than the window,
        and repeating it is harmless: no clock needs to say which.
        """
        known = self._known.get(post)
        if known is not None and self.clock.monotonic() < known.again:
            return False
        if self.is_settled(post):
            return True
        if self.may_repeat(post, window):
            return self._rested(post) >= PAUSE
        return known is not None and not known.tried and self.settle <= window

    def _rested(self, post: PostId) -> float:
        known = self._known.get(post)
        return self.clock.monotonic() - known.ended if known else 0.0


def look_from(post: Post, now: datetime) -> datetime:
    """A time before which the post cannot have been sent."""
    intent = post.intent_at or now
    return intent - LOOK_BACK if intent <= now else now - LOOK_FAR_BACK
