"""What feeds.yaml configures: feeds, channels with their rules and clocks, the summariser."""

from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum


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
    max_age: timedelta | None = timedelta(days=3)  # older: never announced; None: no limit
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
