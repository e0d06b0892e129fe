"""What feeds.yaml says, as values: read once, checked, defaults filled in."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from digests.model import Channel, Feed, FiledWatch, Summariser, Target


class Welcome(StrEnum):
    """What the first start of an installation tells its channels."""

    DIGEST = "digest"  # one list of the newest stories
    NONE = "none"
    FIRST = "first"  # as if every feed were added now


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds for every feed that does not say otherwise, and for the installation."""

    every: timedelta = timedelta(minutes=15)
    first: int | None = 3  # None: all
    welcome: Welcome = Welcome.DIGEST
    keep: timedelta = timedelta(days=400)
    max_age: timedelta | None = timedelta(days=3)  # None: no limit
    full_text: bool = True


@dataclass(frozen=True, slots=True)
class People:
    """Who may do something: everyone, or those named."""

    everyone: bool = False
    slack: frozenset[str] = frozenset()  # user ids
    discord: frozenset[str] = frozenset()  # user ids, or `role:` and the id of a role


REVIEW = "review of comments"  # name of the editors' channel; no channel of a file may have it
OPERATOR = ""  # name of the operator's channel: no channel of a file has an empty one


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole file."""

    defaults: Defaults = Defaults()
    feeds: tuple[Feed, ...] = ()
    channels: tuple[Channel, ...] = ()
    watches: tuple[FiledWatch, ...] = ()
    readers: People = People(everyone=True)
    editors: People = People()
    notices: Target | None = None
    review: Target | None = None  # where comments wait for an editor; None: none can be written
    allow: tuple[str, ...] = ()  # private ranges that feeds may reach, as CIDR
    summariser: Summariser | None = None

    @property
    def operator(self) -> Channel | None:
        """The channel of `notices:`, with the language and clock of a channel in the same place."""
        return self._beside(OPERATOR, self.notices)

    @property
    def reviewers(self) -> Channel | None:
        """The channel of `review:`, in the same way."""
        return self._beside(REVIEW, self.review)

    def _beside(self, name: str, to: Target | None) -> Channel | None:
        if to is None:
            return None
        there = (channel for channel in self.channels if channel.to == to)
        alike = next(there, Channel(name, to))
        return Channel(name, to, language=alike.language, timezone=alike.timezone)

    @property
    def platforms(self) -> frozenset[str]:
        """Those on which the file names a channel, and the terminal: there people are answered."""
        return frozenset({"terminal", *(one.to.platform for one in self.every_channel)})

    @property
    def every_channel(self) -> tuple[Channel, ...]:
        """All that posts may be owed to: those of the file, the operator's and the editors'."""
        return (*self.channels, *filter(None, (self.operator, self.reviewers)))
