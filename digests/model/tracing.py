"""What befell a story and what was decided for each channel, with the grounds."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from digests.model.ids import EntryId, StoryId
from digests.model.judged import Relevance


@dataclass(frozen=True, slots=True)
class Reason:
    """One ground of a decision: which, and the clause of the file or the fact that decided."""

    code: str  # names the sentence that says it
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Ruled:
    """What was decided for one channel."""

    channel: str
    owed: bool
    because: tuple[Reason, ...]
    digest: str = ""  # that was to tell it; "" a card of its own


class Happening(StrEnum):
    """What befell a story."""

    NEW = "new"  # an entry began it
    KNOWN = "known"  # another entry has its link or headline
    ALIKE = "alike"  # another entry tells the same event in other words
    EDITED = "edited"  # its publisher changed it
    LEARNT = "learnt"  # something became known of its vulnerabilities
    SEPARATED = "separated"  # an editor took an entry out of another story


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a story's way, remembered for some weeks."""

    story: StoryId
    at: datetime
    what: Happening
    feed: str = ""  # its name
    quiet: Reason | None = None  # why it was not announced
    relevance: Relevance | None = None  # None: not judged
    likeness: float = 0.0  # to the story, where that decided
    ruled: tuple[Ruled, ...] = ()  # empty: no rule was asked


@dataclass(frozen=True, slots=True)
class KeptEntry:
    """An entry as it is remembered, with the story that it told."""

    id: EntryId
    feed_url: str
    link: str
    title: str
    story: StoryId
    seen: datetime
    published: datetime | None
    nearest: StoryId | None
    likeness: float


@dataclass(frozen=True, slots=True)
class RefusedEntry:
    """An entry that could not be kept."""

    feed: str  # its address
    entry: str  # its id, link or place in the document
    reason: str
    first: datetime
    last: datetime
