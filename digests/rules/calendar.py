"""When a digest's period begins and ends, and how long quiet hours last, on any zone's clock. Pure.

Local times are turned into instants one by one, so that the calendar decides and never a fixed
number of hours: a time of day that a clock change skips is the first instant after it, one that
comes twice is its first. Every instant then lies in exactly one period, and every day of the
zone that exists begins one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from digests.model import Pace, Quiet, Schedule

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_SATURDAY = 5
_REACH = {Pace.DAILY: 3, Pace.WEEKDAYS: 5, Pace.WEEKLY: 9}  # days within which a period begins


@dataclass(frozen=True, slots=True)
class Period:
    """From its start up to, and without, its end; in UTC."""

    start: datetime
    end: datetime
    name: str  # the local time of the start with its offset: no two periods of a zone share it


def period(schedule: Schedule, zone: str, at: datetime) -> Period:
    """The period of a digest in which an instant lies; its digest is due at its end.

    Raises ValueError for a channel that gets each story as it comes.
    """
    where = ZoneInfo(zone)
    if schedule.pace is Pace.EACH:
        raise ValueError("a channel that gets each story has no periods")
    if schedule.pace is Pace.HOURLY:
        return _hour(where, at)
    today = at.astimezone(where).date()
    days = [one for one in _around(today, _REACH[schedule.pace]) if _is_told(schedule, one, where)]
    return _holding((moment(one, schedule.at, where) for one in days), where, at)


def day(zone: str, at: datetime) -> Period:
    """The day of a zone in which an instant lies: what `per day` means."""
    return period(Schedule(Pace.DAILY), zone, at)


def quiet(hours: Quiet | None, zone: str, at: datetime) -> Period | None:
    """The quiet stretch in which an instant lies, None when it may be told.

    Where the wall clock shows a quiet time, it is quiet: a repeated end counts when it comes last.
    """
    if hours is None:
        return None
    where = ZoneInfo(zone)
    over_midnight = _DAY if hours.end < hours.start else timedelta()
    for one in _around(at.astimezone(where).date(), 2):
        start = moment(one, hours.start, where)
        end = moment(one + over_midnight, hours.end, where, last=True)
        if start <= at < end:
            return Period(start, end, _name(start, where))
    return None


def audible(hours: Quiet | None, zone: str, at: datetime) -> datetime:
    """The instant, or the end of the quiet hours in which it lies."""
    found = quiet(hours, zone, at)
    return found.end if found else at


@lru_cache(maxsize=4096)
def moment(on: date, at: time, zone: ZoneInfo, *, last: bool = False) -> datetime:
    """The instant of a local time, in UTC.

    A skipped time is the first instant after the gap. Of a repeated one it is the first, or the
    `last`.
    """
    naive = datetime.combine(on, at)
    first, second = (naive.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if second < first:  # in a gap, the earlier reading is the one with the later offset
        return _change(zone, second, first)
    return second if last else first


def _hour(zone: ZoneInfo, at: datetime) -> Period:
    """The local hour; a change of the clock ends it early, and one after it begins late."""
    local = at.astimezone(zone)
    offset = local.utcoffset()
    into = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    start = at.astimezone(UTC) - into
    end = start + _HOUR
    if start.astimezone(zone).utcoffset() != offset:
        start = _change(zone, start, at.astimezone(UTC))
    if end.astimezone(zone).utcoffset() != offset:
        end = _change(zone, at.astimezone(UTC), end)
    return Period(start, end, _name(start, zone))


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first second after `before` whose offset is that of `after`; one change lies between."""
    old = before.astimezone(zone).utcoffset()
    low, high = int(before.timestamp()), int(after.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == old:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, UTC)


def _is_told(schedule: Schedule, on: date, zone: ZoneInfo) -> bool:
    """Whether a digest is told on a date; on one that a zone left out altogether, none is."""
    if schedule.pace is Pace.WEEKDAYS and on.weekday() >= _SATURDAY:
        return False
    if schedule.pace is Pace.WEEKLY and on.weekday() != schedule.weekday:
        return False
    return moment(on, time(), zone) < moment(on + _DAY, time(), zone)


def _holding(starts: Iterable[datetime], zone: ZoneInfo, at: datetime) -> Period:
    for start, end in pairwise(sorted(set(starts))):
        if start <= at < end:
            return Period(start, end, _name(start, zone))
    raise ValueError(f"no period of {zone.key} holds {at}")


def _around(on: date, reach: int) -> list[date]:
    return [on + timedelta(days=days) for days in range(-reach, reach + 1)]


def _name(start: datetime, zone: ZoneInfo) -> str:
    return start.astimezone(zone).strftime("%Y-%m-%dT%H%M%z")
