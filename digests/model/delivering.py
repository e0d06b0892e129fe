"""Posts owed to channels, and how an attempt to bring one there ends."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from digests.model.ids import PostId, StoryId


@dataclass(frozen=True, slots=True)
class Destination:
    """A resolved place: the platform and its own id for the conversation."""

    platform: str
    place: str

    def __str__(self) -> str:
        """`slack:C0123`; the terminal has one place only."""
        return f"{self.platform}:{self.place}"


class PostState(StrEnum):
    """Where a post stands; see docs/delivery.md."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FOLDED = "folded"
    HELD = "held"
    DEAD = "dead"
    LEAVING = "leaving"  # an editor takes it back: it is deleted there
    RETRACTED = "retracted"  # it does not stand there any more, or never did


@dataclass(frozen=True, slots=True)
class Post:
    """One message owed to, then standing in, one channel."""

    id: PostId
    channel: str  # name in the file
    destination: Destination
    subject: str  # story:ID | welcome | digest:PERIOD:PART | notice:HASH
    state: PostState
    mark: str  # opaque, at most 12 letters and digits; shown small, for reconciling
    nonce: str  # at most 25 characters, stable for the life of the post
    queued_at: datetime
    attempt: int = 0
    watermark: str = ""
    intent_at: datetime | None = None
    not_before: datetime | None = None
    message_id: str = ""
    reason: str = ""
    wanted: str = ""  # what should stand there (a revision)
    shown: str = ""  # what stands there
    edits: int = 0
    edited_at: datetime | None = None
    sent_at: datetime | None = None
    members: tuple[StoryId, ...] = ()  # frozen, for digests, welcomes and folds
    text: str = ""  # for notices
    digest: str = ""  # it waits for this digest, which will tell it; "" a message of its own
    breaking: bool = False  # goes before the others of its place
    mention: tuple[str, ...] = ()  # whom it mentions: names out of the file, nothing else
    parent: PostId | None = None  # the part of a digest after which it comes
    taken_back: str = ""  # why an editor wants it gone, while nobody knows how its sending ends


@dataclass(frozen=True, slots=True)
class Owed:
    """What became of a story in a channel, as far as what comes next depends on it."""

    story: StoryId
    channel: str
    at: datetime  # when it was owed
    digest: str = ""  # the digest it waits for; "" told, or a card of its own
    card: bool = False  # it is a card of its own


@dataclass(frozen=True, slots=True)
class Gathering:
    """Stories that waited for a digest, and are to be told now."""

    channel: str
    destination: Destination
    digests: tuple[str, ...]  # what they waited for, the latest first: it names the digest
    members: tuple[StoryId, ...]


@dataclass(frozen=True, slots=True)
class NewPost:
    """A post to be owed. The archive gives it id, mark and nonce; a known subject is left alone."""

    channel: str
    destination: Destination  # provisional (the address as written) until the place is resolved
    subject: str
    wanted: str = ""
    members: tuple[StoryId, ...] = ()
    text: str = ""
    state: PostState = PostState.QUEUED
    reason: str = ""
    not_before: datetime | None = None
    digest: str = ""
    breaking: bool = False
    mention: tuple[str, ...] = ()


class Scope(StrEnum):
    """What a refusal is about."""

    CONTENT = "content"  # this post only: try its plainest form, then give up on it
    ACCESS = "access"  # the whole channel: pause it and tell the operator
    UNKNOWN = "unknown"  # retry with backoff, then hold


@dataclass(frozen=True, slots=True)
class Posted:
    """Accepted: it stands there under this id."""

    message_id: str


@dataclass(frozen=True, slots=True)
class Retry:
    """Proven refused, may be tried again."""

    reason: str
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """Proven refused for good."""

    reason: str
    scope: Scope


@dataclass(frozen=True, slots=True)
class Unclear:
    """It may or may not stand there."""

    reason: str


PostOutcome = Posted | Retry | Rejected | Unclear


@dataclass(frozen=True, slots=True)
class Gone:
    """It does not stand there (any more)."""


RemovalOutcome = Gone | Retry | Rejected | Unclear


@dataclass(frozen=True, slots=True)
class Found:
    """Our mark stands in the channel."""

    message_id: str


@dataclass(frozen=True, slots=True)
class Absent:
    """The channel was read from before the intent on, and our mark is not there."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The channel cannot be read back."""

    reason: str
    later: bool = False  # True: only now (network, rate limit); ask again


Sighting = Found | Absent | Unreadable
