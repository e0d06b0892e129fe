"""What the worker makes of untrusted documents: drafts of entries, and how one is told."""

from dataclasses import dataclass
from datetime import datetime

from digests.model.acquiring import FeedFacts
from digests.model.judged import Indicator, Name, Quality, Relevance


@dataclass(frozen=True, slots=True)
class IndexTokens:
    """What the full-text index gets: analyzer tokens joined by spaces; and their meaning."""

    title: str = ""
    body: str = ""
    meaning: bytes = b""  # of both, see digests.text.meaning; empty when there is none


@dataclass(frozen=True, slots=True)
class Draft:
    """One entry as the worker understood it. All text is plain; nothing in it is markup."""

    id: str  # the publisher's own id, "" when absent
    link: str  # canonical address, "" when absent or not http(s)
    shown_link: str  # the address to open (redirectors unwrapped, tracking kept out)
    title: str  # never empty: falls back to the first words of the text, then to the link
    text: str  # the feed's own text (may be a teaser, may be empty)
    author: str = ""
    published: datetime | None = None  # None: absent, unreadable, or not believable
    language: str = ""
    topics: tuple[str, ...] = ()  # the feed's own categories, plain text
    picture: str = ""
    teaser: bool = False  # the text ends early: the article page is worth reading
    title_key: str = ""  # normalised title, for "the same story"
    words_hash: bytes = b""  # of the words of title and text: an edit is a change of these
    lead: tuple[str, ...] = ()  # first sentences of the text
    cves: tuple[str, ...] = ()
    names: tuple[Name, ...] = ()
    about: tuple[str, ...] = ()  # of digests.stories.topics, by the feed's own text
    links: tuple[str, ...] = ()  # that the text points to, as written: not for people's eyes
    base: str = ""  # what relative ones of them are relative to
    relevance: Relevance | None = None  # None: not judged (a feed marked `security`)
    tokens: IndexTokens = IndexTokens()
    position: int = 0  # in the document, from 0
    prose: str = ""  # the text without code, where there is some and enough is left; else ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An entry that cannot be kept, and why."""

    entry: str  # its id, link or position: something to find it by
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What the worker found in one feed document.

    `total` counts every entry of the document; those whose slice was known are not in `drafts`.
    total == unchanged + len(drafts) + len(refused).
    """

    facts: FeedFacts
    drafts: tuple[Draft, ...] = ()
    refused: tuple[Refusal, ...] = ()
    unchanged: int = 0
    slices: tuple[bytes, ...] = ()  # fingerprints of all slices seen, to commit with the stories
    whole: bool = True  # False: the document was cut off; keep no validators

    @property
    def total(self) -> int:
        """Number of entries in the document."""
        return self.unchanged + len(self.drafts) + len(self.refused)


@dataclass(frozen=True, slots=True)
class Telling:
    """What the worker made of one entry that may be owed a card."""

    sentences: tuple[str, ...]  # condensed, verbatim
    language: str
    length_here: int  # words; characters for ja and zh
    length_there: int  # of the whole article; 0 when unknown
    byline: str = ""
    picture: str = ""
    cves: tuple[str, ...] = ()
    names: tuple[Name, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    topics: tuple[str, ...] = ()  # of digests.stories.topics, most telling first
    quality: Quality | None = None
    tokens: IndexTokens = IndexTokens()
    full_text: bool = False  # made from the article page
    article: str = ""  # the text it was made from, where somebody asked for it
    origin: str = ""  # see Story
