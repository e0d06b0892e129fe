"""What people are shown, for no platform in particular: cards, lists and notices."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from digests.model.ids import Key


class Alarm(StrEnum):
    """The gravest thing known of a story's vulnerabilities, gravest first."""

    EXPLOITED = "exploited"  # in the catalog of known exploited vulnerabilities
    LIKELY = "likely"  # to be exploited soon, says a forecast; nobody says that it is
    SEVERE = "severe"  # by its score alone
    NONE = ""


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press under a card. What opens an address is not one: see Card.read_label."""

    label: str  # already in the card's language
    action: str  # the verb of the request that pressing it makes, e.g. similar
    state: str = ""  # that request's text: opaque, at most 90 characters


@dataclass(frozen=True, slots=True)
class Topic:
    """What a card is about, where a platform sorts by it."""

    code: str  # as rules write it, e.g. supply-chain
    label: str  # in the card's language


@dataclass(frozen=True, slots=True)
class Said:
    """What a reader wrote under a card, approved by an editor."""

    by: str  # localised, e.g. "Comment by Ana"
    text: str


@dataclass(frozen=True, slots=True)
class Card:
    """A story condensed, in the words of one language, for no platform in particular.

    Every string is plain text, already localised; platforms escape, clip and lay out.
    """

    key: Key
    language: str  # of the card's own words
    rtl: bool  # of the card's own words
    headline: str
    url: str
    publisher: str
    byline: str  # "" or localised, e.g. "By Jane Doe"
    at: datetime  # published when known, else seen
    sentences: tuple[str, ...]
    reading_time: str  # "24 s here · 3 min at KrebsOnSecurity"; "" when unknown
    also: str  # "Also told by 3: A, B, C"; "" when alone
    chips: tuple[str, ...]
    picture: str
    footer: str  # "Krebs on Security · seen 24 Nov, 09:12 · k7f3"
    read_label: str  # "Read full text"
    exploitation: str = ""  # "Known to be exploited: CVE-2024-3400 (in KEV since 12 Apr 2024)"
    alarm: Alarm = Alarm.NONE  # how grave that line is
    quality: str = ""  # "News 71 % · Publisher 64 % · #3 in US"
    indicators: str = ""  # "Indicators: evil[.]example, 2 more"; always defanged
    origin: str = ""  # who wrote the sentences, where that may be in doubt
    buttons: tuple[Button, ...] = ()  # at most ten
    mention: tuple[str, ...] = ()  # names out of the file; nothing else may ping
    topics: tuple[Topic, ...] = ()
    comments: tuple[Said, ...] = ()  # at most five, oldest first


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text; `hit` marks what the query found."""

    text: str
    hit: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One story in a list."""

    key: Key
    headline: str
    url: str
    publisher: str
    at: datetime
    excerpt: tuple[Span, ...] = ()
    heading: str = ""  # of the group that it belongs to; said where it changes


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of stories: search results, a welcome, what was folded."""

    title: str
    lines: tuple[Line, ...]  # at most 20
    language: str
    rtl: bool = False
    notes: tuple[str, ...] = ()  # said above the lines
    footer: str = ""
    empty: str = ""  # said when there are no lines
    mention: tuple[str, ...] = ()  # names out of the file; nothing else may ping


@dataclass(frozen=True, slots=True)
class Notice:
    """A few plain lines: help, an error, a word to the operator."""

    title: str
    text: str
    language: str = "en"
    rtl: bool = False
    aside: bool = False  # a line under a card that stands in its thread alone
    buttons: tuple[Button, ...] = ()  # at most ten


Content = Card | Listing | Notice
