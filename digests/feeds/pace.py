"""When a feed is asked again: every wait with the reason for its number. Pure.

Two duties pull at each wait. A story should reach people soon, so a healthy feed is asked as
often as its owner wants (`every`). A publisher's wishes come first, so nothing here ever returns
a time before the one that headers, the document or an error permit.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise

from digests.model import (
    CacheHints,
    Fetched,
    FetchFailed,
    FetchOutcome,
    NotModified,
    Trouble,
    Validators,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = timedelta(days=7)

# Without validators each poll moves the whole document: more than hourly is impolite.
UNCONDITIONAL = HOUR
# Publishers mistype lifetimes (a year is common); a news feed is looked at daily at least.
LONGEST_HINT = DAY
# Retry-After may say 0 or a century. Under a minute is no pause, over a week is a mistake.
SHORTEST_RETRY, LONGEST_RETRY = timedelta(minutes=1), WEEK
# 429 without a time: long enough to matter to the host, doubled for each one in a row.
RATE_LIMIT_FIRST = timedelta(minutes=15)
# A broken server is tried again within half a working day, however long it was broken.
LONGEST_BACKOFF = 6 * HOUR
# 410 means never; the feed is marked gone, and this only keeps a clock from asking by mistake.
NEVER = timedelta(days=365)
# Silence up to a week is ordinary. Beyond it a new entry may come later by a hundredth of that
# silence, which nobody notices, up to a day: a feed with one entry a month is asked every 6 hours.
ORDINARY_SILENCE, SHARE_OF_SILENCE = WEEK, 100
# Feeds that were polled together move apart until they fill the interval, a fifteenth of it at a
# time: nobody's story is late for it.
STEP_APART = 15
# Of so many gaps between entries the median is the publisher's rate; a new one moves it a quarter.
MOST_GAPS, LEARNED = 20, 4
# Backoff is stretched by up to a quarter, so that feeds that failed together return apart.
STRETCH = 0.25
# Clocks are set back a little all the time; only more than this is taken for a jump.
CLOCK_SLACK = timedelta(minutes=5)
_ALL_HOURS, _ALL_DAYS = (1 << 24) - 1, (1 << 7) - 1


@dataclass(frozen=True, slots=True)
class FeedState:
    """What is remembered of one feed between two polls."""

    url: str
    validators: Validators = field(default_factory=Validators)
    body_hash: bytes = b""  # of the last body that was read to its end
    next_poll: datetime | None = None  # None: at once
    last_poll: datetime | None = None
    last_success: datetime | None = None
    failures: int = 0  # in a row
    trouble: Trouble | None = None  # of the last poll, None when it went well
    reason: str = ""
    status: int = 0  # HTTP status of the last answer, 0 when none came
    gone: bool = False  # 410: asked again only when somebody resumes it
    moved_to: str = ""
    title: str = ""  # the feed's own
    first_poll_done: bool = False
    announce_first: bool = False  # False: registered at installation, welcomed by a digest
    entries: int = 0  # in the last document
    rate: timedelta | None = None  # median gap between its entries
    slow: bool = False  # was killed in the worker before: belongs in the slow lane
    newest: datetime | None = None  # when it last brought a new entry, by our clock
    paused: bool = False
    format: str = ""  # of the last document that was read
    ttl: timedelta | None = None  # what the document asks for, as long as it is not read anew
    skip_hours: int = 0  # bit h: the document asks not to be polled in hour h, UTC
    skip_days: int = 0  # bit d: nor on weekday d, Monday is 0
    failing_since: datetime | None = None  # the first failure of those in a row
    wait_until: datetime | None = None  # the publisher's own word: not before this, whoever asks
    moved_since: datetime | None = None  # when `moved_to` was first seen
    sightings: int = 0  # of it, in a row
    adopted: str = ""  # the address asked instead of `url`; see moves.py
    apart: timedelta = timedelta(0)  # how far it is still to move from feeds polled with it


def is_due(state: FeedState, now: datetime) -> bool:
    """Whether to poll: its time has come, or our clock jumped back behind the last poll."""
    if state.paused or state.gone:
        return False
    if state.next_poll is None or now >= state.next_poll:
        return True
    return state.last_poll is not None and now < state.last_poll - CLOCK_SLACK


def next_poll(
    state: FeedState,
    outcome: FetchOutcome,
    *,
    now: datetime,
    every: timedelta,
    ttl: timedelta | None = None,
    jitter: float = 0.0,
) -> datetime:
    """When to ask this feed again after `outcome`; `state` is the one from before it.

    `every` is a floor that nothing undercuts. `ttl` is what a new document asks for, else what
    the state remembers counts. `jitter`, in [0, 1), belongs to the feed and stays the same for
    its life (a hash of its URL).
    """
    if isinstance(outcome, FetchFailed):
        return now + max(_after_failure(state, outcome, every, jitter), every)
    ttl = ttl or state.ttl
    wait = _after_success(state, outcome, now=now, every=every, ttl=ttl, jitter=jitter)
    return _not_skipped(now + max(wait, every), state, now + LONGEST_HINT)


def _unheard(state: FeedState, now: datetime) -> datetime | None:
    """`newest` without the time in which nobody asked: we were off, or the clock jumped."""
    if state.newest is None or state.next_poll is None:
        return state.newest
    away = now - state.next_poll
    return min(state.newest + (away if away > DAY else timedelta(0)), now)


def may_insist(state: FeedState, now: datetime) -> bool:
    """Whether an operator may have it polled out of turn: not against the publisher's own word."""
    waiting = state.wait_until is not None and now < state.wait_until <= now + LONGEST_RETRY
    return not (state.gone or state.paused or waiting)


def learned_rate(old: timedelta | None, dates: Iterable[datetime]) -> timedelta | None:
    """The usual gap between two entries: the median of these, which moves an older one a little."""
    moments = sorted(set(dates))[-MOST_GAPS - 1 :]
    gaps = sorted(after - before for before, after in pairwise(moments))
    if not gaps:
        return old
    gap = gaps[len(gaps) // 2]
    return gap if old is None else old + (gap - old) / LEARNED


def host_pause(
    outcome: FetchOutcome, *, failures: int, now: datetime, jitter: float = 0.0
) -> datetime | None:
    """Until when to leave the whole host alone: after a 429 only, else None.

    `failures` counts the host's 429s in a row before this one.
    """
    if not isinstance(outcome, FetchFailed) or outcome.status != 429:  # noqa: PLR2004 - HTTP
        return None
    asked = retry_after(outcome.hints)
    return now + (asked or _doubled(RATE_LIMIT_FIRST, failures, cap=DAY, jitter=jitter))


def polled(
    state: FeedState,
    outcome: FetchOutcome,
    *,
    now: datetime,
    every: timedelta,
    ttl: timedelta | None = None,
    jitter: float = 0.0,
) -> FeedState:
    """The state after a poll, as far as the outcome alone decides it.

    A new document's validators and hash are not taken here: they may only be committed together
    with its stories, and never when the document was cut off.
    """
    state = replace(state, newest=_unheard(state, now))
    due = next_poll(state, outcome, now=now, every=every, ttl=ttl, jitter=jitter)
    asked = retry_after(outcome.hints)
    state = replace(state, wait_until=None if asked is None else now + asked)
    if isinstance(outcome, FetchFailed):
        return _failed(replace(state, next_poll=due), outcome, now)
    apart = _to_move(state, now=now, every=every, jitter=jitter)
    old = state.validators
    return replace(
        state,
        status=304 if isinstance(outcome, NotModified) else outcome.document.status,
        validators=_adopted(old, outcome) if isinstance(outcome, NotModified) else old,
        next_poll=due,
        apart=max(apart - every / STEP_APART, timedelta(0)),
        failing_since=None,
        last_poll=now,
        last_success=now,
        failures=0,
        trouble=None,
        reason="",
        gone=False,
    )


def _failed(state: FeedState, outcome: FetchFailed, now: datetime) -> FeedState:
    asked = outcome.trouble is not Trouble.RATE_LIMITED or outcome.status != 0
    if not asked:  # its host is paused: nothing was asked, so nothing was learned of the feed
        return state
    limited = outcome.trouble is Trouble.RATE_LIMITED  # a limit without a time is a wait too
    return replace(
        state,
        last_poll=now,
        wait_until=state.next_poll if limited else state.wait_until,
        failing_since=state.failing_since or now,
        failures=state.failures + 1,
        trouble=outcome.trouble,
        reason=outcome.reason,
        status=outcome.status,
        gone=state.gone or outcome.trouble is Trouble.GONE,
    )


def _adopted(old: Validators, outcome: NotModified) -> Validators:
    """A 304 may renew one of the two and stay silent about the other."""
    new = outcome.validators
    return Validators(new.etag or old.etag, new.last_modified or old.last_modified)


def _after_success(
    state: FeedState,
    outcome: Fetched | NotModified,
    *,
    now: datetime,
    every: timedelta,
    ttl: timedelta | None,
    jitter: float,
) -> timedelta:
    nothing = timedelta(0)
    asked = min(max(outcome.hints.max_age or nothing, ttl or nothing), LONGEST_HINT)
    if isinstance(outcome, Fetched) and outcome.validators == Validators():
        asked = max(asked, UNCONDITIONAL)
    wait = max(asked, every, _seldom(state, now))
    wait += min(_to_move(state, now=now, every=every, jitter=jitter), every / STEP_APART)
    return max(min(wait, DAY), retry_after(outcome.hints) or nothing)


def _to_move(state: FeedState, *, now: datetime, every: timedelta, jitter: float) -> timedelta:
    """How far the feed is still to move from those that it was polled together with.

    A new one, and one that is late by a whole interval: then all the others are late too.
    """
    late = state.next_poll is not None and now - state.next_poll > every
    return every * jitter if late or state.last_poll is None else state.apart


def _not_skipped(due: datetime, state: FeedState, latest: datetime) -> datetime:
    """The first moment from `due` on that the document does not ask to be left alone in."""
    if state.skip_hours == _ALL_HOURS or state.skip_days == _ALL_DAYS:  # a mistake, not a wish
        return due
    while due < latest and _is_skipped(due, state):
        due = min(due.replace(minute=0, second=0, microsecond=0) + HOUR, latest)
    return due


def _is_skipped(due: datetime, state: FeedState) -> bool:
    return bool(state.skip_hours >> due.hour & 1 or state.skip_days >> due.weekday() & 1)


def _seldom(state: FeedState, now: datetime) -> timedelta:
    """The wait for a feed that seldom publishes; nothing for all the others."""
    silence = max(state.rate or timedelta(0), now - state.newest if state.newest else timedelta(0))
    return (silence - ORDINARY_SILENCE) / SHARE_OF_SILENCE


def _after_failure(
    state: FeedState, outcome: FetchFailed, every: timedelta, jitter: float
) -> timedelta:
    asked = retry_after(outcome.hints)
    fixed = _fixed_wait(state, outcome)
    if fixed is not None:
        return max(fixed, asked or fixed)
    if asked is not None:  # it named the time itself: neither sooner nor later
        return asked
    if outcome.trouble is Trouble.RATE_LIMITED:
        return _doubled(RATE_LIMIT_FIRST, state.failures, cap=DAY, jitter=jitter)
    return _doubled(every, state.failures, cap=LONGEST_BACKOFF, jitter=jitter)


def _fixed_wait(state: FeedState, outcome: FetchFailed) -> timedelta | None:
    """The wait after an answer whose meaning does not change by asking more often."""
    match outcome.trouble:
        case Trouble.GONE:
            return NEVER
        case Trouble.NOT_FOUND:  # once may be a slip during their deployment, twice is an answer
            return HOUR if state.failures == 0 else DAY
        case Trouble.UNAUTHORISED | Trouble.BOT_WALL:  # insisting looks like an attack
            return DAY
        case Trouble.REFUSED:  # 451 is a court's decision: those last
            return WEEK if outcome.status == 451 else DAY  # noqa: PLR2004 - HTTP
        case Trouble.BLOCKED_ADDRESS | Trouble.BAD_URL:  # no byte leaves, so it costs nobody
            return HOUR
        case _:
            return None


def _doubled(first: timedelta, times: int, *, cap: timedelta, jitter: float) -> timedelta:
    """`first` doubled for each failure before, stretched by the jitter, never above `cap`."""
    doubled = first * (1 << min(times, 16))  # 16 doublings of a minute are 45 days: enough
    return min(doubled * (1 + STRETCH * jitter), cap)


def retry_after(hints: CacheHints) -> timedelta | None:
    """How long the publisher asked us to stay away, within reason; None when it did not."""
    if hints.retry_after is None:
        return None
    return min(max(hints.retry_after, SHORTEST_RETRY), LONGEST_RETRY)
