"""What goes into the archive and comes out of it beside the nouns of digests.model. Frozen values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from digests.feeds.pace import FeedState
from digests.model import (
    EntryId,
    IndexTokens,
    NewPost,
    Post,
    Refusal,
    Span,
    Step,
    Story,
    StoryId,
)


@dataclass(frozen=True, slots=True)
class EntryRecord:
    """One entry to remember: a new one, or (with `entry`) what a known one became."""

    id: str  # the publisher's own
    link: str
    title_key: str
    words_hash: bytes
    title: str
    story: StoryId
    seen: datetime
    published: datetime | None = None
    entry: EntryId | None = None  # set: this entry was edited
    nearest: StoryId | None = None  # the story most like it on arrival: its own, or a related one
    likeness: float = 0.0  # to that one, 0 to 1
    algorithm: int = 0  # that judged it (stories/events.py); 0: by link or headline, or not at all


@dataclass(frozen=True, slots=True)
class StoryRecord:
    """One story to keep and index.

    A revision replaces the story; its number, key and title_key stay, and empty tokens leave
    the index as it is.
    """

    story: Story
    tokens: IndexTokens
    number: int = 0  # of the running count behind its key
    link_keys: tuple[str, ...] = ()  # canonical links that identify it; a revision adds
    title_key: str = ""


@dataclass(frozen=True, slots=True)
class PollRecord:
    """Everything one poll brought, to be committed at once or not at all.

    Whether a known feed is paused stays as it is: that is for `save_feed_state`.
    """

    feed_url: str
    state: FeedState
    at: datetime
    slices: tuple[bytes, ...] | None = None  # None: no document was read, keep the known ones
    entries: tuple[EntryRecord, ...] = ()
    new: tuple[StoryRecord, ...] = ()
    revised: tuple[StoryRecord, ...] = ()
    posts: tuple[NewPost, ...] = ()
    present: tuple[EntryId, ...] = ()  # known entries met again, so that they stay remembered
    steps: tuple[Step, ...] = ()  # what was decided, for `why`
    refused: tuple[Refusal, ...] = ()  # what the document held and could not be kept


@dataclass(frozen=True, slots=True)
class Hit:
    """One story that a search found, with its best sentence."""

    story: Story
    excerpt: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of what a search found.

    `total`: how many can be paged through; `more`: there are even more than that.
    `until`: pass it to the next pages, so that new stories do not shift them.
    """

    hits: tuple[Hit, ...]
    total: int
    more: bool
    until: StoryId


@dataclass(frozen=True, slots=True)
class Share:
    """How many stories have something."""

    value: str
    stories: int


@dataclass(frozen=True, slots=True)
class Facets:
    """What the newest matches of a query have, the most frequent first; months newest first.

    `stories`: how many were looked into; `more`: there are even more matches than these.
    """

    publishers: Sequence[Share]
    topics: Sequence[Share]
    actors: Sequence[Share]
    malware: Sequence[Share]
    products: Sequence[Share]
    months: Sequence[Share]
    stories: int
    more: bool


@dataclass(frozen=True, slots=True)
class Bucket:
    """How many stories match from one moment up to another."""

    start: datetime
    end: datetime
    stories: int


@dataclass(frozen=True, slots=True)
class Trend:
    """Stories over time. `before`: how many matched in the span of the same length before."""

    buckets: tuple[Bucket, ...]
    total: int
    before: int
    facets: Facets


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """A search that a button leads back to."""

    text: str
    until: StoryId


@dataclass(frozen=True, slots=True)
class Pause:
    """A channel that gets nothing now."""

    reason: str
    until: datetime | None  # None: until somebody resumes it
    by: str = ""  # the editor who paused it: nobody else resumes it; "" it refused us


@dataclass(frozen=True, slots=True)
class Act:
    """What an editor did; never what others wrote."""

    at: datetime
    person: str  # platform:user
    verb: str
    what: str  # a feed, a channel, a publisher, a story's key
    place: str  # platform:conversation


@dataclass(frozen=True, slots=True)
class Separation:
    """An entry taken out of a story."""

    entry: EntryId
    before: StoryId  # whose it was
    new: StoryRecord
    revised: StoryRecord  # the story without it
    posts: tuple[NewPost, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Retraction:
    """What became of a story that an editor took back; false when nothing changed."""

    taken: tuple[Post, ...] = ()  # that stood, or were to stand
    barred: tuple[str, ...] = ()  # channels that will not tell it, had it never told there

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return bool(self.taken or self.barred)


@dataclass(frozen=True, slots=True)
class Mute:
    """A publisher that is not told in a channel."""

    channel: str
    publisher: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What retention took away."""

    stories: int = 0
    entries: int = 0
    posts: int = 0
    queries: int = 0
    summaries: int = 0
    steps: int = 0
    acts: int = 0
    watches: int = 0
    clicks: int = 0
