"""When a feed that redirects for good is asked at its new address. Pure.

A permanent redirect is often a slip: a login page, a maintenance page, a wrong rule in a server's
file. So it is followed at each poll and believed only after it was seen three times over two days,
each time with the same feed behind it. feeds.yaml stays as it is; the address in use is recorded.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from digests.feeds.pace import HOUR, FeedState
from digests.model import Feed, FetchFailed, Trouble

SIGHTINGS = 3
SEEN_FOR = timedelta(hours=48)
# What says that the new address was a mistake, or is one by now.
_NOTHING_THERE = frozenset({Trouble.NOT_FOUND, Trouble.GONE, Trouble.NOT_A_FEED})
_FAILURES = 3  # in a row, of whatever kind, and the configured address gets its chance again


def sighted(
    state: FeedState, feed: Feed, target: str, now: datetime, *, same: bool = True
) -> FeedState:
    """The state after a good poll that led to `target` by permanent redirects only ("": did not).

    `same`: whether it is the feed we know. What was another one when it was met first stays one,
    for its entries are known from then on. A feed with keys is never asked elsewhere: they belong
    to the host that the operator named.
    """
    if not target or target == state.adopted:
        return replace(state, moved_to=state.adopted, moved_since=None, sightings=0)
    if not same or (target == state.moved_to and not state.sightings):
        return replace(state, moved_to=target, moved_since=None, sightings=0)
    since = state.moved_since if target == state.moved_to else None
    times = state.sightings + 1 if since else 1
    since = min(since or now, now)  # a clock that was ahead must not hold it back for years
    seen = replace(state, moved_to=target, moved_since=since, sightings=times)
    if times < SIGHTINGS or now - since < SEEN_FOR or feed.auth or feed.headers:
        return seen
    return replace(seen, adopted=target, moved_since=None, sightings=0)


def doubted(state: FeedState, outcome: FetchFailed) -> FeedState:
    """The state after a failure: an adopted address that leads nowhere is given up."""
    if not state.adopted:
        return state
    if outcome.trouble in _NOTHING_THERE or state.failures >= _FAILURES:
        back = replace(state, adopted="", moved_to="", moved_since=None, sightings=0, gone=False)
        due = state.last_poll + HOUR if state.last_poll else None
        return replace(back, next_poll=due)  # whatever the new address wished for itself
    return state


def leads_astray(state: FeedState) -> bool:
    """Whether its permanent redirect leads to another feed."""
    return bool(state.moved_to) and state.moved_to != state.adopted and not state.sightings


def is_same_feed(before: FeedState, title: str, *, known_entries: Iterable[bool]) -> bool:
    """Whether a document that a redirect led to is the feed we know: by name or by an entry."""
    if not before.first_poll_done:
        return True
    return bool(title and title == before.title) or any(known_entries)
