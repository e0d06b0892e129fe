"""Which new entries of a poll may become cards, and why the others stay quiet. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from digests.model import Draft, Feed, Reason

FRESH = timedelta(hours=24)  # what "the newest" may mean when a feed is added
FLOOD = 25  # more new stories than this in one poll are gathered


@dataclass(frozen=True, slots=True)
class Announcement:
    """Whether an entry is announced, as part of a folded list, and if not, why."""

    announce: bool
    why: Reason | None = None
    fold: bool = False  # one of very many: gathered with the others


@dataclass(frozen=True, slots=True)
class FirstPoll:
    """What is special about a feed that was never polled before."""

    first: bool  # this is the first poll
    quiet: bool  # it belongs to a fresh installation, whose welcome tells the newest


def announcements(
    drafts: Sequence[Draft], feed: Feed, poll: FirstPoll, now: datetime
) -> tuple[Announcement, ...]:
    """One decision for each new draft, in the order given."""
    if poll.first and poll.quiet:
        return tuple(Announcement(announce=False, why=Reason("installed")) for _ in drafts)
    decided = [_by_itself(draft, feed, now) for draft in drafts]
    if feed.first is None:  # "all": no limit and no flood guard
        return tuple(decided)
    if poll.first:
        return _limited(drafts, decided, feed.first, now)
    return _folded(decided)


def telling_order(drafts: Sequence[Draft], now: datetime) -> list[int]:
    """Indexes of drafts, oldest first, so that the newest stands last in the channel.

    Documents list the newest first; that order decides where dates are missing or equal.
    """
    return sorted(
        range(len(drafts)), key=lambda i: (drafts[i].published or now, -drafts[i].position)
    )


def _by_itself(draft: Draft, feed: Feed, now: datetime) -> Announcement:
    """An old entry and one that is not security news are kept and searchable, no more."""
    if not feed.security and draft.relevance and not draft.relevance.relevant:
        return Announcement(announce=False, why=Reason("irrelevant"))
    if feed.max_age is not None and draft.published and now - draft.published > feed.max_age:
        return Announcement(announce=False, why=Reason("old", f"{feed.max_age.days}d"))
    return Announcement(announce=True)


def _limited(
    drafts: Sequence[Draft], decided: Sequence[Announcement], first: int, now: datetime
) -> tuple[Announcement, ...]:
    """A feed added later: the newest few of the last day."""
    fresh = [
        i
        for i in telling_order(drafts, now)
        if decided[i].announce and now - (drafts[i].published or now) <= FRESH
    ]
    chosen = set(fresh[-first:] if first else ())
    why = Reason("first", str(first))
    return tuple(
        a if i in chosen or not a.announce else Announcement(announce=False, why=why)
        for i, a in enumerate(decided)
    )


def _folded(decided: Sequence[Announcement]) -> tuple[Announcement, ...]:
    """A flood is gathered whole: each channel then tells its most important ones first."""
    if sum(one.announce for one in decided) <= FLOOD:
        return tuple(decided)
    return tuple(replace(one, fold=True) if one.announce else one for one in decided)
