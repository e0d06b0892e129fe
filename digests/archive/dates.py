"""since:, before: and date: as spans of story ids. Pure.

They mean the time in the id: when a story was seen or, for what was never announced, published.
Days are those of UTC.
"""

import re
from datetime import UTC, datetime, timedelta

from digests.stories.ids import first_id

FIELDS = frozenset({"since", "before", "date"})
_END = 1 << 62
_AGO = re.compile(r"(\d{1,4})([hdwmy])")
_UNITS = {
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "m": timedelta(days=30),
    "y": timedelta(days=365),
}


def when(value: str, now: datetime) -> datetime | None:
    """The moment that 7d (before `now`), 2026-01 or 2026-01-31 stands for; None: there is none."""
    days = _days(value, now)
    return None if days is None else days[0]


def span(field: str, value: str, now: datetime) -> tuple[int, int] | None:
    """The ids that the field lets through, from .. below; None when its value means nothing."""
    first, _, last = value.partition("..") if field == "date" else (value, "", "")
    begin, end = _days(first, now), _days(last or first, now)
    if begin is None or end is None:
        return None
    match field:
        case "since":
            return _id(begin[0]), _END
        case "before":
            return 0, _id(begin[0])
        case _:
            return _id(begin[0]), _id(end[1])


def _days(value: str, now: datetime) -> tuple[datetime, datetime] | None:
    """The first moment of a day or month, and the first one after it."""
    if ago := _AGO.fullmatch(value.lower()):
        back = int(ago[1]) * _UNITS[ago[2].lower()]
        earliest = datetime.min.replace(tzinfo=UTC)
        at = now - back if now - earliest > back else earliest
        return at, now
    try:
        return _named_days(value)
    except (ValueError, OverflowError):  # 2026-02-31, and the day after 9999-12-31
        return None


def _named_days(value: str) -> tuple[datetime, datetime]:
    if len(value) == len("2026-01"):
        begin = datetime.fromisoformat(f"{value}-01").replace(tzinfo=UTC)
        return begin, (begin + timedelta(days=31)).replace(day=1)
    begin = datetime.fromisoformat(value)
    if begin.tzinfo is None:
        begin = begin.replace(tzinfo=UTC)
    return begin, begin + timedelta(days=1)


def _id(at: datetime) -> int:
    return max(0, first_id(at))
