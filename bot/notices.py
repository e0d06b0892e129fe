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

from digests.archive.records import Pause
from digests.archive.store import Archive
from digests.cards.words import Words, words
from digests.config.settings import OPERATOR, Settings
from digests.errors import ConfigError
from digests.feeds.pace import FeedState
from digests.model import Channel, Clock, Destination, NewPost, Post, PostState
from digests.text.plain import clip

FAILURES = 5  # in a row before a feed's trouble is worth a word; by then some hours have passed
UNREAD_FOR = timedelta(days=1)  # and it was not read for so long
QUIET_FOR = timedelta(days=60)  # without anything new; feeds that publish rarely get longer
QUIET_GAPS = 20  # times the usual gap between entries
ENDED_AFTER = timedelta(minutes=10)  # absent for so long, a cause has ended: pauses are retried
POSTS_SEEN = 1_000
PROBLEMS_TOLD = 5  # mistakes of a file in one notice
_LONGEST = 300  # characters of one mistake or reason
_EPISODES = "notices"  # name in the archive
_TROUBLED = (PostState.HELD, PostState.DEAD)
_REMOVED = ("channel removed", "watch removed")  # dead because somebody wanted it


@dataclass(frozen=True, slots=True)
class Cause:
    """Something an operator must know. The same name is the same cause."""

    name: str
    text: str


def causes(
    settings: Settings,
    states: Mapping[str, FeedState],
    pauses: Mapping[str, Pause],
    posts: Sequence[Post],
    now: datetime,
) -> list[Cause]:
    """All that is wrong now, in the operator's language. Pure."""
    channel = settings.operator
    if channel is None:
        return []
    say = words(channel.language)
    found = [
        _of_feed(f.name, states[f.url], say, now, channel)
        for f in settings.feeds
        if f.url in states
    ]
    return [
        *(cause for cause in found if cause),
        *_of_channels(pauses, say),
        *_of_posts(posts, say),
    ]


def _of_feed(
    name: str, state: FeedState, say: Words, now: datetime, channel: Channel
) -> Cause | None:
    if state.paused:
        return None
    if state.gone:
        text = say.text("{feed} is gone for good. Remove it from feeds.yaml.", feed=name)
        return Cause(f"gone {state.url}", text)
    if state.adopted:  # seen often enough to be believed; see digests.feeds.moves
        text = say.text(
            "{feed} has moved to {url}. Write that as its url in feeds.yaml, and {was} beside it.",
            feed=name,
            url=state.adopted,
            was=f"was: {state.url}",
        )
        return Cause(f"moved {state.url} {state.adopted}", text)
    return _unread(name, state, say, now, channel) or _quiet(name, state, say, now, channel)


def _unread(
    name: str, state: FeedState, say: Words, now: datetime, channel: Channel
) -> Cause | None:
    last = state.last_success
    if state.failures < FAILURES or (last and now - last < UNREAD_FOR):
        return None
    reason = clip(state.reason, _LONGEST)
    if last is None:
        text = say.text("{feed} could never be read: {reason}", feed=name, reason=reason)
    else:
        since = say.date(last, channel.timezone, year=True)
        text = say.text(
            "{feed} cannot be read since {date}: {reason}", feed=name, date=since, reason=reason
        )
    return Cause(f"unread {state.url}", text)


def _quiet(
    name: str, state: FeedState, say: Words, now: datetime, channel: Channel
) -> Cause | None:
    usual = max(QUIET_FOR, QUIET_GAPS * (state.rate or timedelta()))
    if state.newest is None or now - state.newest < usual:
        return None
    since = say.date(state.newest, channel.timezone, year=True)
    text = say.text(
        "{feed} answers, but has brought nothing new since {date}. It may have moved or ended.",
        feed=name,
        date=since,
    )
    return Cause(f"quiet {state.url}", text)


def _of_channels(pauses: Mapping[str, Pause], say: Words) -> Iterator[Cause]:
    for name, pause in pauses.items():
        if pause.until is None and not pause.by and name != OPERATOR:
            text = say.text(
                "Nothing can be sent to {channel}: {reason}. Its cards wait; this is tried again "
                "every hour.",
                channel=name,
                reason=clip(pause.reason, _LONGEST),
            )
            yield Cause(f"paused {name} {pause.reason}", text)


def _of_posts(posts: Sequence[Post], say: Words) -> Iterator[Cause]:
    """One cause for all posts of a channel that ended alike on one day."""
    alike = Counter(
        (post.state, post.channel, post.reason, f"{post.queued_at:%Y-%m-%d}")
        for post in posts
        if post.channel != OPERATOR and post.reason not in _REMOVED
    )
    for (state, channel, reason, day), count in alike.items():
        why = clip(reason, _LONGEST)
        text = (
            _held(count, channel, why, say)
            if state is PostState.HELD
            else _dead(count, channel, why, say)
        )
        yield Cause(f"{state} {channel} {reason} {day}", text)


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
        posts = await self.archive.outbox.in_state(*_TROUBLED, limit=POSTS_SEEN)
        pauses = await self.archive.paused()
        found = causes(self.settings(), self.states(), pauses, posts, now)
        if self._file is not None:
            found.append(bad_file(self._file, words(channel.language)))
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


def digest(text: str) -> str:
    """A short name for a text."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=9).hexdigest()
