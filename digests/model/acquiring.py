"""What comes of asking a publisher: a document, the word that nothing changed, or a trouble."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Validators:
    """ETag and Last-Modified as the publisher sent them; opaque (surrogateescape keeps bytes)."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """Bytes from a publisher, decoded from their content coding, and where they came from."""

    url: str  # as asked
    final_url: str  # after redirects
    body: bytes
    content_type: str = ""  # the header, whole
    content_location: str = ""
    status: int = 200


@dataclass(frozen=True, slots=True)
class CacheHints:
    """What the publisher's headers say about the next poll."""

    date: datetime | None = None  # the answer's own Date
    max_age: timedelta | None = None  # Cache-Control max-age, else Expires - Date
    retry_after: timedelta | None = None


class Trouble(StrEnum):
    """Why a fetch failed; each has its words for people and its pace."""

    BLOCKED_ADDRESS = "blocked_address"
    BAD_URL = "bad_url"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    TOO_LARGE = "too_large"
    BROKEN_BODY = "broken_body"
    BAD_CODING = "bad_coding"
    REDIRECTS = "redirects"
    DOWNGRADE = "downgrade"
    PROTOCOL = "protocol"
    EMPTY = "empty"
    RATE_LIMITED = "rate_limited"  # 429
    UNAVAILABLE = "unavailable"  # 503
    SERVER = "server"  # other 5xx
    UNAUTHORISED = "unauthorised"  # 401, 403
    BOT_WALL = "bot_wall"
    NOT_FOUND = "not_found"  # 404
    GONE = "gone"  # 410
    REFUSED = "refused"  # other 4xx
    NOT_A_FEED = "not_a_feed"
    UNREADABLE = "unreadable"  # the worker failed or was killed on it


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document arrived."""

    document: Document
    validators: Validators = Validators()
    hints: CacheHints = CacheHints()
    moved_to: str = ""  # target of a chain of permanent redirects only


@dataclass(frozen=True, slots=True)
class NotModified:
    """The publisher says nothing changed (304)."""

    validators: Validators = Validators()  # newer ones to adopt; empty fields: keep the old
    hints: CacheHints = CacheHints()
    moved_to: str = ""  # as in Fetched


@dataclass(frozen=True, slots=True)
class FetchFailed:
    """No usable document; `reason` is one line for people, without secrets."""

    trouble: Trouble
    reason: str
    status: int = 0
    hints: CacheHints = CacheHints()


FetchOutcome = Fetched | NotModified | FetchFailed


@dataclass(frozen=True, slots=True)
class FeedFacts:
    """What a feed document says of itself."""

    title: str = ""
    language: str = ""
    ttl: timedelta | None = None  # the longest of ttl and sy:update*
    alternates: tuple[str, ...] = ()  # feeds that an HTML page offers
    format: str = ""  # rss20, atom10, json1, ...; "" when it is no feed
    skip_hours: int = 0  # bit h: asks not to be polled in hour h, UTC
    skip_days: int = 0  # bit d: nor on weekday d, Monday is 0
    notes: tuple[str, ...] = ()  # odd, yet no fault: a charset contradicted, characters lost
