"""The nouns of Nightdesk and the ways an attempt can end. Frozen values, nothing else.

The way of a story: Feed -> Document -> Draft -> Story -> Card -> Post (see docs/design/0001).
All times are aware datetimes in UTC.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NewType, Protocol

StoryId = NewType("StoryId", int)  # seconds << 20 | counter: time-ordered
EntryId = NewType("EntryId", int)
PostId = NewType("PostId", int)
Key = NewType("Key", str)  # the short name of a story that people see and type, e.g. k7f3


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> datetime:
        """The wall clock, aware, UTC."""

    def monotonic(self) -> float:
        """Seconds that never run backwards."""

    async def sleep(self, seconds: float) -> None:
        """Wait; a fake clock returns when its time was moved."""


# --- what the file configures ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Feed:
    """One configured address that we poll, defaults already filled in."""

    url: str
    name: str
    publisher: str  # registrable domain, or host and port for bare addresses
    country: str = ""  # ISO 3166 alpha-2, "" unknown
    language: str = ""  # primary tag, "" to be detected
    topics: tuple[str, ...] = ()
    security: bool = False
    every: timedelta = timedelta(minutes=15)
    first: int | None = 3  # cards when added later; None: all, without any limit or flood guard
    full_text: bool = True
    max_age: timedelta | None = timedelta(
        days=3
    )  # older entries are never announced; None: no limit
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    auth: str = field(default="", repr=False)  # value of the Authorization header
    allow_http: bool = False  # follow a redirect from https to http
    user_agent: str = ""
    robots: bool = True  # ask robots.txt before an article page is read
    was: str = ""  # its former address


class Proof(StrEnum):
    """What to do with a doubtful post when the channel's history cannot be read."""

    HOLD = "hold"
    RESEND = "resend"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a channel of the file points to, as written: platform and address."""

    platform: str  # slack | discord | terminal
    address: str  # "#name", "C0123", "@name", "1234567890"; "" for the terminal

    def __str__(self) -> str:
        """As feeds.yaml writes it."""
        return f"{self.platform}:{self.address}" if self.address else self.platform


class Pace(StrEnum):
    """How often a channel gets a digest; EACH: a card for each story instead."""

    EACH = "each story"
    HOURLY = "hourly"
    DAILY = "daily"
    WEEKDAYS = "weekdays"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a channel gets its stories, on its own clock."""

    pace: Pace = Pace.EACH
    at: time = time()  # of daily, weekdays and weekly
    weekday: int = 0  # of weekly; Monday is 0

    def __str__(self) -> str:
        """As feeds.yaml writes it."""
        day = f" on {WEEKDAYS[self.weekday]}" if self.pace is Pace.WEEKLY else ""
        timed = self.pace not in (Pace.EACH, Pace.HOURLY)
        return f"{self.pace}{day}" + (f" at {self.at:%H:%M}" if timed else "")


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of the day, on the channel's clock, in which nothing is told; may span midnight."""

    start: time
    end: time  # never the start

    def __str__(self) -> str:
        """As feeds.yaml writes it."""
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


@dataclass(frozen=True, slots=True)
class Mention:
    """Whom a card mentions, and of which stories."""

    when: str  # in the query language
    who: tuple[str, ...]  # @here, @channel, @everyone, U0123, S0123, 1234567890, role:4567


@dataclass(frozen=True, slots=True)
class Quota:
    """So many cards a day of the stories that match; the rest is folded."""

    query: str
    per_day: int


@dataclass(frozen=True, slots=True)
class Channel:
    """A destination with its rules, language and clock."""

    name: str
    to: Target
    only: str = ""  # the rule, in the query language; "" is everything
    language: str = "en"
    timezone: str = "UTC"
    post: Schedule = Schedule()
    quiet: Quiet | None = None
    breaking: str = ""  # passes quiet hours, limits and digests; "" nothing does
    mention: Mention | None = None
    limit: int | None = None  # cards a day
    quota: tuple[Quota, ...] = ()
    thread: bool = False  # what becomes known later stands under its card alone
    proof: Proof = Proof.HOLD
    was: str = ""


@dataclass(frozen=True, slots=True)
class Summariser:
    """The operator's own language model; any endpoint that speaks as OpenAI's does."""

    url: str  # up to and without /chat/completions
    model: str
    key: str = field(default="", repr=False)


# --- acquiring ---------------------------------------------------------------------------


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
    max_age: timedelta | None = (
        None  # Cache-Control max-age, else Expires - Date; None when unsaid
    )
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


@dataclass(frozen=True, slots=True)
class Name:
    """A known name found in a text."""

    kind: str  # actor | malware | tool | vendor | product
    name: str  # the canonical one
    alias: str = ""  # as the text has it


@dataclass(frozen=True, slots=True)
class Indicator:
    """A technical trace found in a text; the value is refanged and normalised."""

    kind: str  # cve | md5 | sha1 | sha256 | sha512 | ipv4 | ipv6 | domain | url | email
    value: str


@dataclass(frozen=True, slots=True)
class Relevance:
    """Whether a text is security news, and what decided."""

    score: float  # 0 to 1
    relevant: bool
    reasons: tuple[str, ...] = ()  # the words that weighed most, "+ransomware", "-recipe"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a quality, with its reason: `code` names the sentence that explains it."""

    code: str  # see digests.stories.quality.PARTS
    points: int  # may be negative
    detail: str = ""  # what was found: a number, a name


@dataclass(frozen=True, slots=True)
class Quality:
    """0 to 100 from what the text shows, and why."""

    score: int
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class CveFacts:
    """What is known of a vulnerability from elsewhere (KEV, EPSS, CVSS); absent ones are None."""

    cve: str
    kev_since: date | None = None  # in the catalog of known exploited vulnerabilities since
    ransomware: bool = False  # known to be used in ransomware campaigns (KEV says so)
    epss: float | None = None  # probability of exploitation in the next 30 days, 0 to 1
    cvss: float | None = None  # base score, 0 to 10
    title: str = ""
    product: str = ""


@dataclass(frozen=True, slots=True)
class IndexTokens:
    """What the full-text index gets: analyzer tokens joined by spaces."""

    title: str = ""
    body: str = ""


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
    links: tuple[str, ...] = ()  # that the text points to
    relevance: Relevance | None = None  # None: not judged (a feed marked `security`)
    tokens: IndexTokens = IndexTokens()
    position: int = 0  # in the document, from 0


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


# --- understanding -----------------------------------------------------------------------


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


@dataclass(frozen=True, slots=True)
class Rating:
    """How good a publisher is, and where that places it (docs/quality.md)."""

    score: int  # 0 to 100
    rank: int | None = None  # among the publishers of its country that told enough; from 1
    country: str = ""  # ISO 3166 alpha-2
    parts: tuple[Part, ...] = ()  # why that score


# --- what readers say ---------------------------------------------------------------------

CommentId = NewType("CommentId", int)


class Vote(StrEnum):
    """What a reader thinks of a card."""

    USEFUL = "useful"
    NOISE = "noise"


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


# --- telling -----------------------------------------------------------------------------


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


Content = Card | Listing | Notice


# --- delivering --------------------------------------------------------------------------


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
