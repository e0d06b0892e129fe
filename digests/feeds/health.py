"""How a feed stands, and what of it deserves a notice; cards/health.py has the words. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from digests.feeds.moves import leads_astray
from digests.feeds.pace import LONGEST_RETRY, FeedState
from digests.model import Condition, Feed, Health, Trouble

# A feed is silent when nothing came for so many times its usual gap, and for a month at least:
# people go on holiday, and a monthly report comes once a quarter.
SILENT_AFTER, SILENT_AT_LEAST = 10, timedelta(days=30)
# How long a trouble may last before the operator hears of it. Shorter ones heal by themselves.
ALERT_AFTER = timedelta(hours=24)
MISSING_AFTER = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Alert:
    """A change that the operator should hear of once; the name is the same as long as it lasts."""

    name: str
    health: Health


_BY_TROUBLE = {
    Trouble.GONE: Condition.GONE,
    Trouble.BOT_WALL: Condition.BLOCKED,
    Trouble.UNAUTHORISED: Condition.CLOSED,
    Trouble.BLOCKED_ADDRESS: Condition.REFUSED,
    Trouble.BAD_URL: Condition.REFUSED,
    Trouble.DOWNGRADE: Condition.REFUSED,
    Trouble.NOT_A_FEED: Condition.NO_FEED,
    Trouble.UNREADABLE: Condition.NO_FEED,
    Trouble.NOT_FOUND: Condition.MISSING,
    Trouble.RATE_LIMITED: Condition.WAITING,
}
# Each condition that people should hear of, and how long it must last first.
_ALERTS = {
    Condition.GONE: timedelta(0),
    Condition.MOVED: timedelta(0),
    Condition.ASTRAY: timedelta(0),
    Condition.SILENT: timedelta(0),
    Condition.BLOCKED: ALERT_AFTER,
    Condition.CLOSED: ALERT_AFTER,
    Condition.REFUSED: ALERT_AFTER,
    Condition.NO_FEED: ALERT_AFTER,
    Condition.FAILING: ALERT_AFTER,
    Condition.WAITING: 3 * ALERT_AFTER,
    Condition.MISSING: MISSING_AFTER,
}
# However the reason changes from poll to poll, that it cannot be read is one trouble.
_UNREAD = _ALERTS.keys() - {
    Condition.GONE,
    Condition.MOVED,
    Condition.ASTRAY,
    Condition.SILENT,
}


def health(feed: Feed, state: FeedState | None, now: datetime) -> Health:
    """How a feed of the file stands; `state` is None when it was never registered."""
    if state is not None and state.paused:
        return Health(Condition.PAUSED)
    if state is None or state.last_poll is None:
        return Health(Condition.NEW)
    if state.trouble is not None:
        return _in_trouble(state, state.trouble)
    return _well(feed, state, now)


def alert(feed: Feed, state: FeedState, now: datetime) -> Alert | None:
    """What the operator should be told of this feed, None for nothing.

    Its name is the same as long as one trouble lasts, however its reason changes, and over
    restarts: tell each name once until it has ended.
    """
    found = health(feed, state, now)
    patience = _ALERTS.get(found.condition)
    if patience is None or now - (found.since or now) < patience:
        return None
    name = "unread" if found.condition in _UNREAD else str(found.condition)
    return Alert(" ".join(filter(None, (name, feed.url, found.target))), found)


def _in_trouble(state: FeedState, trouble: Trouble) -> Health:
    return Health(
        _BY_TROUBLE.get(trouble, Condition.FAILING),
        state.failing_since,
        trouble,
        reason=" ".join(f"{state.reason or trouble}".split()),
        failures=state.failures,
    )


def _well(feed: Feed, state: FeedState, now: datetime) -> Health:
    if leads_astray(state):
        return Health(Condition.ASTRAY, target=state.moved_to)
    if state.adopted:
        return Health(Condition.MOVED, url=feed.url, target=state.adopted)
    if state.wait_until and now < state.wait_until <= now + LONGEST_RETRY:
        return Health(Condition.WAITING, until=state.wait_until)
    if state.slow:
        return Health(Condition.SLOW)
    if is_silent(state, now):
        return Health(Condition.SILENT, state.newest, apart=state.rate)
    return Health(Condition.WELL, target=state.moved_to)


def is_silent(state: FeedState, now: datetime) -> bool:
    """Whether nothing new came for much longer than this feed's entries are usually apart."""
    if state.newest is None:
        return False
    usual = state.rate or timedelta(0)
    return now - state.newest > max(usual * SILENT_AFTER, SILENT_AT_LEAST)
