"""The entries about one event, as the archive keeps them and people read them."""

from dataclasses import dataclass
from datetime import datetime

from digests.model.ids import EntryId, Key, StoryId
from digests.model.judged import CveFacts, Indicator, Name, Quality, Relevance


@dataclass(frozen=True, slots=True)
class SeenEntry:
    """What the archive remembers of an entry of one feed, enough to recognise it."""

    entry: EntryId
    story: StoryId
    id: str
    link: str
    title_key: str
    words_hash: bytes


@dataclass(frozen=True, slots=True)
class Source:
    """A publisher's telling of a story."""

    publisher: str
    feed: str  # the feed's name
    headline: str
    url: str
    at: datetime  # when it was seen


EXTRACT = "extract"  # the origin of sentences that are the report's own


@dataclass(frozen=True, slots=True)
class Story:
    """The entries about one event; what people read."""

    id: StoryId
    key: Key
    headline: str
    url: str  # "" when the publisher gave no safe link
    publisher: str
    feed: str  # name of the feed that told it first
    feed_url: str
    seen: datetime
    revision: int = 1
    country: str = ""
    byline: str = ""
    published: datetime | None = None
    language: str = "en"
    sentences: tuple[str, ...] = ()
    length_here: int = 0
    length_there: int = 0
    topics: tuple[str, ...] = ()
    cves: tuple[str, ...] = ()
    picture: str = ""
    also: tuple[Source, ...] = ()  # other publishers, in order of arrival
    full_text: bool = False
    names: tuple[Name, ...] = ()
    indicators: tuple[Indicator, ...] = ()  # without CVEs, which stand above
    relevance: Relevance | None = None
    quality: Quality | None = None
    facts: tuple[CveFacts, ...] = ()  # of its CVEs; looked up by the archive, not stored with it
    related: tuple[StoryId, ...] = ()  # linked later; they stay stories of their own
    origin: str = ""  # of its sentences, where a model may write: its name, or EXTRACT
    announced: bool = True  # may be owed to channels; False: kept and searchable only
