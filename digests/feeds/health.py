"""How a feed stands, in words that somebody can act on, and what deserves a notice. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from digests.feeds.moves import leads_astray
from digests.feeds.pace import LONGEST_RETRY, FeedState
from digests.model import Feed, Trouble

# A feed is silent when nothing came for so many times its usual gap, and for a month at least:
# people go on holiday, and a monthly report comes once a quarter.
SILENT_AFTER, SILENT_AT_LEAST = 10, timedelta(days=30)
# How long a trouble may last before the operator hears of it. Shorter ones heal by themselves.
ALERT_AFTER = timedelta(hours=24)
MISSING_AFTER = timedelta(days=14)


class Condition(StrEnum):
    """How a feed stands; the first that applies, from the top."""

    NEW = "new"  # never asked
    PAUSED = "paused"  # by an editor
    GONE = "gone"  # 410
    BLOCKED = "blocked"  # by a bot wall
    CLOSED = "closed"  # 401, 403: credentials
    REFUSED = "refused"  # we do not go there: address rules, a downgrade, a bad address
    NO_FEED = "no feed"  # a page, or something unreadable
    MISSING = "missing"  # 404
    WAITING = "waiting"  # the host asked for peace
    FAILING = "failing"  # anything else, since
    ASTRAY = "astray"  # redirects for good to another feed
    MOVED = "moved"  # asked at its new address
    SLOW = "slow"  # was killed in the worker before
    SILENT = "silent"  # nothing new for much longer than usual
    WELL = "well"


@dataclass(frozen=True, slots=True)
class Health:
    """How a feed stands: a word, one line of what is so, one line of what to do ("" for nothing)."""

    condition: Condition
    words: str
    advice: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """A change that the operator should hear of once; `key` is the same as long as it lasts."""

    key: str
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
_ADVICE = {
    Condition.GONE: "Take it out of feeds.yaml, or look for its new address on the site.",
    Condition.BLOCKED: "Ask the publisher to let our User-Agent in, or look for another feed.",
    Condition.CLOSED: "Give the feed `auth` or `headers`, or ask the publisher.",
    Condition.NO_FEED: "Open the address in a browser; `nightdesk feeds add PAGE` finds feeds.",
    Condition.MISSING: "It is tried daily. Look for its new address; `was:` keeps the history.",
    Condition.WAITING: "Nothing to do: it is asked again when its host permits.",
}
_BY_REFUSAL = {
    Trouble.BLOCKED_ADDRESS: "If it is a publisher of your own network, name its range in network.allow.",
    Trouble.BAD_URL: "Correct the address in feeds.yaml.",
    Trouble.DOWNGRADE: "Set `allow_http: true` if the publisher really has no https.",
}
_FAILING = {
    Trouble.DNS: "Check the name in feeds.yaml; it is tried again by itself.",
    Trouble.TLS: "The publisher has to mend its certificate; it is tried again by itself.",
    Trouble.REDIRECTS: "Open the address in a browser and put the one it ends at into feeds.yaml.",
    Trouble.TOO_LARGE: "Ask the publisher for a shorter feed.",
}
_BY_ITSELF = "Nothing to do yet: it is tried again by itself, more and more seldom."
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


def health(feed: Feed, state: FeedState | None, now: datetime) -> Health:
    """How a feed of the file stands; `state` is None when it was never registered."""
    if state is None or state.last_poll is None:
        return Health(Condition.NEW, "never asked yet")
    if state.paused:
        return Health(Condition.PAUSED, "paused by an editor", "Resume it when it may go on.")
    if state.trouble is not None:
        return _in_trouble(state, state.trouble)
    return _well(feed, state, now)


def alert(feed: Feed, state: FeedState, now: datetime) -> Alert | None:
    """What the operator should be told of this feed, None for nothing.

    As long as one trouble lasts, its key stays the same, over restarts too: tell each key once.
    """
    found = health(feed, state, now)
    patience = _ALERTS.get(found.condition)
    since = found.since or now
    if patience is None or now - since < patience:
        return None
    mark = state.moved_to or (found.since.isoformat() if found.since else "")
    return Alert(f"{feed.url} {found.condition} {mark}", found)


def _in_trouble(state: FeedState, trouble: Trouble) -> Health:
    condition = _BY_TROUBLE.get(trouble, Condition.FAILING)
    since = state.failing_since
    often = f", {state.failures} times in a row" if state.failures > 1 else ""
    words = f"{state.reason or trouble}{often}"
    advice = _ADVICE.get(condition) or _BY_REFUSAL.get(trouble) or _FAILING.get(trouble)
    return Health(condition, words, advice or _BY_ITSELF, since)


def _well(feed: Feed, state: FeedState, now: datetime) -> Health:
    if leads_astray(state):
        words = f"it redirects for good to {state.moved_to}, which is another feed"
        return Health(Condition.ASTRAY, words, "Look for the feed's own new address on the site.")
    if state.adopted:
        advice = f"Write `url: {state.adopted}` and `was: {feed.url}`; its history stays."
        return Health(Condition.MOVED, f"moved to {state.adopted}, asked there", advice)
    if state.wait_until and now < state.wait_until <= now + LONGEST_RETRY:
        words = f"its host asked to wait until {state.wait_until:%Y-%m-%d %H:%M} UTC"
        return Health(Condition.WAITING, words, _ADVICE[Condition.WAITING])
    if state.slow:
        words = "well, though reading it once took too long; it is read in the slow lane"
        return Health(Condition.SLOW, words)
    if is_silent(state, now):
        return _silent(state)
    if state.moved_to:
        return Health(Condition.WELL, f"well; it redirects to {state.moved_to}, not believed yet")
    return Health(Condition.WELL, "well")


def is_silent(state: FeedState, now: datetime) -> bool:
    """Whether nothing new came for much longer than this feed's entries are usually apart."""
    if state.newest is None:
        return False
    usual = state.rate or timedelta(0)
    return now - state.newest > max(usual * SILENT_AFTER, SILENT_AT_LEAST)


def _silent(state: FeedState) -> Health:
    usual = f", usually every {_span(state.rate)}" if state.rate else ""
    words = f"nothing new since {state.newest:%Y-%m-%d}{usual}"
    advice = "Look at its site: the feed may have been given up for another address."
    return Health(Condition.SILENT, words, advice, state.newest)


def _span(length: timedelta) -> str:
    """About how long, in the largest unit that says enough."""
    for unit, name in ((timedelta(days=1), "day"), (timedelta(hours=1), "hour")):
        count = round(length / unit)
        if count >= 1:
            return name if count == 1 else f"{count} {name}s"
    return "hour"
