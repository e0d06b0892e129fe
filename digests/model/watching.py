"""A watch: a query that somebody keeps, and the place where what matches it is told."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from digests.model.configured import Channel, Quiet, Target
from digests.model.ids import WatchId

_CHANNEL = "watch:"  # so begin the names of their channels; no channel of a file has such a name
_FILE = "file:"
_IN = ">"  # in a channel's name: what follows is where a person's watches are told to everybody
PER_DAY = 30  # cards into one place; what comes after them is told in one digest


@dataclass(frozen=True, slots=True)
class Watch:
    """A saved query and where it tells."""

    id: WatchId
    owner: str  # a person, `platform:user`; or `file:` and its name in feeds.yaml
    query: str  # in the query language, strict; checked when it was made
    to: Target
    since: datetime  # stories seen earlier are not told
    until: datetime | None = None  # None: until it is removed

    @property
    def channel(self) -> str:
        """The name under which its posts are owed; an owner's watches in one place share it."""
        alone = self.of_file or self.to == person_at(self.owner)
        return channel_of(self.owner) if alone else f"{in_places(self.owner)}{self.to.address}"

    @property
    def name(self) -> str:
        """What its cards call it: its name in the file, else its query."""
        return self.owner.removeprefix(_FILE) if self.of_file else self.query

    @property
    def of_file(self) -> bool:
        """Whether it stands in feeds.yaml."""
        return self.owner.startswith(_FILE)

    def is_over(self, now: datetime) -> bool:
        """Whether its time has passed."""
        return self.until is not None and now >= self.until


@dataclass(frozen=True, slots=True)
class Habits:
    """How one owner of watches wants to be told."""

    owner: str
    language: str = "en"
    timezone: str = "UTC"
    quiet: Quiet | None = None

    def channel(self, to: Target, name: str = "") -> Channel:
        """A place of the owner's watches, as a channel: with its clock and its limit."""
        return Channel(
            name or channel_of(self.owner),
            to,
            language=self.language,
            timezone=self.timezone,
            quiet=self.quiet,
            limit=PER_DAY,
        )


@dataclass(frozen=True, slots=True)
class FiledWatch:
    """A watch of feeds.yaml."""

    name: str
    query: str
    to: Target
    until: date | None = None  # its last day, on its own clock
    language: str = "en"
    timezone: str = "UTC"
    quiet: Quiet | None = None

    @property
    def channel(self) -> Channel:
        """Its place, as a channel."""
        owner = file_owner(self.name)
        return Habits(owner, self.language, self.timezone, self.quiet).channel(self.to)

    def watch(self, now: datetime) -> Watch:
        """As the archive keeps it; new ones begin now."""
        end = after_day(self.until, self.timezone) if self.until else None
        return Watch(WatchId(0), file_owner(self.name), self.query, self.to, now, end)


def after_day(day: date, zone: str) -> datetime:
    """The moment at which a day of a clock is over."""
    midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))
    return midnight.astimezone(UTC)


def file_owner(name: str) -> str:
    """The owner of a watch of feeds.yaml."""
    return f"{_FILE}{name}"


def channel_of(owner: str) -> str:
    """The name of the channel of an owner's watches."""
    return f"{_CHANNEL}{owner}"


def in_places(owner: str) -> str:
    """How the names of the channels begin in which a person's watches are told to everybody."""
    return f"{channel_of(owner)}{_IN}"


def is_watching(channel: str) -> bool:
    """Whether a channel of this name belongs to watches: nobody but its owner is told of it."""
    return channel.startswith(_CHANNEL)


def is_personal(channel: str) -> bool:
    """Whether it leads to one person who asked for it, and not to a place that others see."""
    return _is_of_person(channel) and not _in(channel)


def is_placed(channel: str) -> bool:
    """Whether a person's watches are told there to everybody."""
    return _is_of_person(channel) and bool(_in(channel))


def owner_of(channel: str) -> str:
    """Whose watches are told in a channel of this name; "" for a channel of the file."""
    owner = channel.removeprefix(_CHANNEL) if is_watching(channel) else ""
    return owner.partition(_IN)[0] if _is_of_person(channel) else owner


def told_at(channel: str) -> Target:
    """Where the channel of a person's watches leads: to that person, or to where all see it."""
    owner, place = owner_of(channel), _in(channel)
    return Target(owner.partition(":")[0], place) if place else person_at(owner)


def _is_of_person(channel: str) -> bool:
    return is_watching(channel) and not channel.startswith(channel_of(_FILE))


def _in(channel: str) -> str:
    return channel.partition(_IN)[2]


def person_at(owner: str) -> Target:
    """Where a person is written to: the address of a direct message."""
    platform, _, user = owner.partition(":")
    if platform == "terminal":
        return Target(platform, "")  # there is one screen
    return Target(platform, f"@{user}" if platform == "discord" else user)
