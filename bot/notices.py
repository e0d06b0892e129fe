"""What an operator must know, told once each in the channel that `notices:` names.

A cause (a feed that is gone, a paused channel, a post that is held) has a name and an episode: the
moment it was first seen, kept in the archive before anything is owed. Its notice is a post like any
other, its subject made of name and episode: asked for again and again, owed once. A cause that
ended and comes back is a new episode.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.naming import named, told_apart
from digests.archive.records import Pause
from digests.archive.store import Archive
from digests.cards.health import line
from digests.cards.words import Words, words
from digests.config.settings import OPERATOR, Settings
from digests.errors import ConfigError
from digests.feeds.health import alert
from digests.feeds.pace import FeedState
from digests.model import Channel, Clock, Destination, NewPost, Post, PostState, Watch
from digests.text.masks import masked
from digests.text.plain import clip

ENDED_AFTER = timedelta(minutes=10)  # absent for so long, a cause has ended: pauses are retried
POSTS_SEEN = 1_000
PROBLEMS_TOLD = 5  # mistakes of a file in one notice
_LONGEST = 300  # characters of one mistake or reason
_EPISODES = "notices"  # name in the archive
_TROUBLED = (PostState.HELD, PostState.DEAD)
_REMOVED = ("channel removed", "watch removed")  # dead because somebody wanted it


@dataclass(frozen=True, slots=True)
class Findings:
    """What is known of feeds, channels and posts when somebody looks for what is wrong."""

    states: Mapping[str, FeedState]
    pauses: Mapping[str, Pause] = field(default_factory=dict)
    posts: Sequence[Post] = ()
    unresolved: Mapping[str, str] = field(default_factory=dict)  # channel -> why it is not found
    places: Mapping[str, Destination] = field(default_factory=dict)  # where addresses lead
    watches: Sequence[Watch] = ()

    def named(self, channel: str, settings: Settings, say: Words) -> str:
        """A channel as operators know it."""
        return named(channel, settings.channels, self.places, say)


@dataclass(frozen=True, slots=True)
class Cause:
    """Something an operator must know. The same name is the same cause."""

    name: str
    text: str


def causes(
    settings: Settings, found: Findings, say: Words, zone: str, now: datetime
) -> list[Cause]:
    """All that is wrong now, in words of one language and times of one clock. Pure."""
    alerts = [
        (feed, told)
        for feed in settings.feeds
        if feed.url in found.states and (told := alert(feed, found.states[feed.url], now))
    ]
    return [
        *(
            Cause(told.name, f"{told_apart(feed, settings.feeds)}: {line(told.health, say, zone)}")
            for feed, told in alerts
        ),
        *_of_channels(settings, found, say),
        *_of_posts(settings, found, say),
        *_of_watches(settings, found, say, now),
    ]


def _of_channels(settings: Settings, found: Findings, say: Words) -> Iterator[Cause]:
    for name, reason in found.unresolved.items():
        text = say.text(
            "{channel} is not found: {reason}. Its cards wait; this is tried again every minute.",
            channel=name,
            reason=clip(masked(reason), _LONGEST),
        )
        yield Cause(f"unresolved {name}", text)
    paused = {  # watches of two people in one place are one cause
        (found.named(name, settings, say), pause.reason): None
        for name, pause in found.pauses.items()
        if pause.until is None and not pause.by and name != OPERATOR
    }
    for name, reason in paused:
        text = say.text(
            "Nothing can be sent to {channel}: {reason}. Its cards wait; this is tried again "
            "every hour.",
            channel=name,
            reason=clip(masked(reason), _LONGEST),
        )
        yield Cause(f"paused {name} {reason}", text)


def _of_posts(settings: Settings, found: Findings, say: Words) -> Iterator[Cause]:
    """One cause for all posts of a channel that ended alike on one day."""
    alike = Counter(
        (post.state, found.named(post.channel, settings, say), post.reason,
         f"{post.queued_at:%Y-%m-%d}")
        for post in found.posts
        if post.channel != OPERATOR and post.reason not in _REMOVED
    )  # fmt: skip
    for (state, channel, reason, day), count in alike.items():
        why = clip(masked(reason), _LONGEST)
        text = (
            _held(count, channel, why, say)
            if state is PostState.HELD
            else _dead(count, channel, why, say)
        )
        cure = say.text("Look whether it stands there; `redrive` sends it again.")
        yield Cause(f"{state} {channel} {reason} {day}", f"{text}. {cure}")


def _of_watches(settings: Settings, found: Findings, say: Words, now: datetime) -> Iterator[Cause]:
    """Watches of people whom nothing of the file reaches any more; nobody learns whose they are."""
    served = settings.platforms
    lost = Counter(
        one.to.platform
        for one in found.watches
        if not (one.of_file or one.is_over(now) or one.to.platform in served)
    )
    for platform, count in lost.items():
        text = say.plural(
            "{n} watch of people on {platform} tells nothing: feeds.yaml names no channel there, "
            "or it is not connected. It goes on when that is so again.",
            "{n} watches of people on {platform} tell nothing: feeds.yaml names no channel there, "
            "or it is not connected. They go on when that is so again.",
            count,
            platform=platform,
        )
        yield Cause(f"watches {platform}", text)


def _held(count: int, channel: str, reason: str, say: Words) -> str:
    return say.plural(
        "{n} post to {channel} is held, since nobody can tell whether it stands there: {reason}",
        "{n} posts to {channel} are held, since nobody can tell whether they stand there: {reason}",
        count,
        channel=channel,
        reason=reason,
    )


def _dead(count: int, channel: str, reason: str, say: Words) -> str:
    return say.plural(
        "{n} post to {channel} was given up: {reason}",
        "{n} posts to {channel} were given up: {reason}",
        count,
        channel=channel,
        reason=reason,
    )


def bad_file(error: ConfigError, say: Words) -> Cause:
    """A file that was not taken up, its first mistakes with their places."""
    shown = [clip(str(problem), _LONGEST) for problem in error.problems[:PROBLEMS_TOLD]]
    more = len(error.problems) - len(shown)
    first = say.text("feeds.yaml was not taken up; the last good one goes on.")
    last = [say.plural("and {n} more mistake", "and {n} more mistakes", more)] if more else []
    return Cause(f"file {error}", "\n".join((first, *shown, *last)))


@dataclass(slots=True)
class Notices:
    """Owes the operator a word for each cause. Belongs to one event loop."""

    archive: Archive
    clock: Clock
    settings: Callable[[], Settings]
    states: Callable[[], Mapping[str, FeedState]]
    unresolved: Callable[[], Mapping[str, str]] = dict
    _file: ConfigError | None = None
    _absent: dict[str, datetime] = field(default_factory=dict)

    def file_read(self, error: ConfigError | None) -> None:
        """A changed file was bad, or (None) good again."""
        self._file = error

    async def look(self) -> int:
        """Owe what is not owed yet; returns how many notices are new. May raise ArchiveError."""
        channel = self.settings().operator
        if channel is None:
            return 0
        now = self.clock.now()
        found = {digest(cause.name): cause for cause in await self._causes(channel, now)}
        episodes = await self._episodes(found, now)
        place = Destination(channel.to.platform, channel.to.address)
        posts = [
            NewPost(channel.name, place, f"notice:{digest(name + episodes[name])}", text=one.text)
            for name, one in found.items()
        ]
        return await self.archive.outbox.owe(posts, now=now)

    async def _causes(self, channel: Channel, now: datetime) -> list[Cause]:
        say = words(channel.language)
        seen = await findings(self.archive, self.states(), self.unresolved())
        found = causes(self.settings(), seen, say, channel.timezone, now)
        if self._file is not None:
            found.append(bad_file(self._file, say))
        return found

    async def _episodes(self, found: Mapping[str, Cause], now: datetime) -> dict[str, str]:
        """When each cause began; written down before any of them is told."""
        before: dict[str, str] = json.loads(await self.archive.get_meta(_EPISODES) or "{}")
        for name in found:
            self._absent.pop(name, None)
        for name in before.keys() - found.keys():
            self._absent.setdefault(name, now)
        ended = {name for name, at in self._absent.items() if now - at >= ENDED_AFTER}
        after = {name: at for name, at in before.items() if name not in ended}
        after |= {name: now.isoformat() for name in found if name not in after}
        for name in ended:
            del self._absent[name]
        if after != before:
            await self.archive.set_meta(_EPISODES, json.dumps(after))
        return after


async def wrong_now(
    archive: Archive, settings: Settings, states: Mapping[str, FeedState], now: datetime
) -> list[str]:
    """All that is wrong now, a line each, in English: the same words that the notices have."""
    seen = await findings(archive, states, {})
    return [cause.text for cause in causes(settings, seen, words("en"), "UTC", now)]


async def findings(
    archive: Archive, states: Mapping[str, FeedState], unresolved: Mapping[str, str]
) -> Findings:
    """What the archive holds of it, beside what only the running bot knows."""
    posts = await archive.outbox.in_state(*_TROUBLED, limit=POSTS_SEEN)
    pauses, places = await archive.paused(), await archive.places()
    watches = await archive.watches.every()
    return Findings(states, pauses, posts, unresolved, places, watches)


def digest(text: str) -> str:
    """A short name for a text."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=9).hexdigest()
