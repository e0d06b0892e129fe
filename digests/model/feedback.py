"""What readers say of stories: votes and comments."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from digests.model.delivering import Destination
from digests.model.ids import CommentId, StoryId


class Vote(StrEnum):
    """What a reader thinks of a card."""

    USEFUL = "useful"
    NOISE = "noise"


@dataclass(frozen=True, slots=True)
class Press:
    """One press of a button: where, by whom, and the platform's own name of it."""

    click: str  # the same press delivered again has the same; "" is never the same
    person: str  # platform:user
    place: Destination
    at: datetime


class CommentState(StrEnum):
    """Nothing is shown before an editor has seen it."""

    WAITING = "waiting"
    SHOWN = "shown"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody wrote under a card."""

    id: CommentId
    story: StoryId
    person: str  # platform:user
    name: str  # as readers see the writer
    text: str
    at: datetime
    state: CommentState = CommentState.WAITING
    decided_by: str = ""  # the editor, platform:user


@dataclass(frozen=True, slots=True)
class Feedback:
    """What readers say of one story, as far as it is shown."""

    useful: int = 0
    noise: int = 0
    comments: tuple[Comment, ...] = ()


@dataclass(frozen=True, slots=True)
class Voted:
    """How a person's vote stands after a press, and what all votes come to."""

    stands: Vote | None
    feedback: Feedback
