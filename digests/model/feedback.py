"""What readers say of stories: votes and comments."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum

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
    editor: str = ""  # the editor's name, as people there see it
    language: str = "en"  # the writer's, for telling what became of it


class Unwritten(Enum):
    """Why a comment was not taken."""

    NOT_TOLD = "no card of that story stands there"
    TOO_MANY = "too many of this person's wait for an editor, or were written today"


@dataclass(frozen=True, slots=True)
class Decision:
    """What an editor decides about a comment."""

    state: CommentState
    by: str  # platform:user
    editor: str  # the name, as people there see it
    at: datetime
    asides: frozenset[str] = frozenset()  # channels that tell comments in threads, not on cards


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
