"""Read the dates that publishers write: any order, any zone, several languages. Pure.

Our own, because feedparser takes `2020/1/10 14:33:00` for the first of this month and gives up
on `Jul 23, 2025 00:00:00-0500`. Times without a zone count as UTC.
"""

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)  # clocks and zones go wrong by hours, not by more

_LONGEST = 80
_MONTHS_OF_A_YEAR = 12
_HOURS_OF_A_DAY = 24
_CENTURY_TURNS = 70  # two digits from here on mean the last century

_YEAR_FIRST = re.compile(
    r"(?<!\d)(\d{4})\s?[-/.年년]\s?(\d{1,2})\s?[-/.月월]\s?(\d{1,2})(?!\d)|(?<!\d)(\d{4})(\d\d)(\d\d)(?=T|\D|$)"
)
_YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)")
_NAME = r"([^\W\d_]{3,12})\.?"
_NAMED = (  # day, month, year; the month by its name
    re.compile(
        rf"(?<![\d:])(?P<day>\d\d?)(?:st|nd|rd|th|\.|º)?[\s-]+(?:de\s+)?(?P<month>{_NAME}),?[\s-]+"
        r"(?:de\s+)?(?P<year>\d{4}|\d\d)(?![\d:])"
    ),
    re.compile(
        rf"(?P<month>{_NAME})[\s-]+(?P<day>\d\d?)(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})(?![\d:])"
    ),
    re.compile(  # as C prints it: Mon Jan  5 09:14:44 EST 2004
        rf"(?P<month>{_NAME})\s+(?P<day>\d\d?)\s+[\d:]{{4,8}}\s+(?:[A-Z]{{1,5}}\s+)?(?P<year>\d{{4}})"
    ),
)
_TIME = re.compile(
    r"(\d{1,2}):(\d\d)(?::(\d\d))?(?:[.,]\d{1,9})?\s*([ap]\.?m\b\.?)?", re.IGNORECASE
)
_OFFSET = re.compile(r"\s*(?:GMT|UTC|UT)?\s*([+-])(\d{1,2}):?(\d\d)?(?!\d)", re.IGNORECASE)
_ZONE = re.compile(r"\s*\(?([A-Za-z]{1,5})\b")
_SECONDS = re.compile(r"\d{10}")

# Minutes east of Greenwich. Where a name has several meanings, the one feeds use most.
_ZONES = {
    "edt": -240,
    "est": -300,
    "et": -300,
    "cdt": -300,
    "cst": -360,
    "ct": -360,
    "mdt": -360,
    "mst": -420,
    "mt": -420,
    "pdt": -420,
    "pst": -480,
    "pt": -480,
    "adt": -180,
    "ast": -240,
    "brt": -180,
    "bst": 60,
    "wet": 0,
    "west": 60,
    "cet": 60,
    "cest": 120,
    "met": 60,
    "mest": 120,
    "mez": 60,
    "mesz": 120,
    "eet": 120,
    "eest": 180,
    "msk": 180,
    "ist": 330,
    "sgt": 480,
    "hkt": 480,
    "jst": 540,
    "kst": 540,
    "aest": 600,
    "aedt": 660,
    "nzst": 720,
    "nzdt": 780,
}
# The beginnings of month names, without accents, by month: en, de, fr, es, pt, it, nl, sv, pl, ru.
_MONTHS = {
    beginning: month
    for month, beginnings in enumerate(
        (
            "jan ene gen sty янв",
            "feb fev fev lut фев",
            "mar maa mrz мар",
            "apr abr avr kwi апр",
            "may mai maj mag mei май мая",
            "jun juin giu cze июн",
            "jul juil lug lip июл",
            "aug ago aou sie авг",
            "sep set wrz сен",
            "oct okt out ott paz окт",
            "nov lis ноя",
            "dec dez dic des gru дек",
        ),
        start=1,
    )
    for beginning in beginnings.split()
}


def read_date(text: str) -> datetime | None:
    """The moment that a publisher's date means, in UTC; None when it cannot be told."""
    text = text.strip()[:_LONGEST]
    if _SECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(text), UTC)
    time = _TIME.search(text)
    day = _day(text[: time.start()] if time else text, text)
    if day is None:
        return None
    zone = _zone(text[time.end() :]) if time else UTC
    try:
        return (datetime(*day, tzinfo=zone) + _since_midnight(time)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def believable(at: datetime | None, now: datetime) -> datetime | None:
    """The date, or None when no entry can bear it: before 1990 or more than a day ahead."""
    return at if at and EARLIEST <= at <= now + AHEAD else None


def _day(before_time: str, text: str) -> tuple[int, int, int] | None:
    """Year, month and day; numbers where they are unmistakable, else a name of a month."""
    return _by_numbers(before_time) or _by_name(text)


def _by_numbers(text: str) -> tuple[int, int, int] | None:
    if found := _YEAR_FIRST.search(text):
        year, month, day = (int(part) for part in found.groups() if part)
        return year, month, day
    if found := _YEAR_LAST.search(text):
        one, other, year = int(found[1]), int(found[3]), int(found[4])
        # Dots are European, and no year has thirteen months; anything else could be either.
        if found[2] == "." or one > _MONTHS_OF_A_YEAR:
            return year, other, one
        if other > _MONTHS_OF_A_YEAR or one == other:
            return year, one, other
    return None


def _by_name(text: str) -> tuple[int, int, int] | None:
    for pattern in _NAMED:
        for found in pattern.finditer(text):
            if month := _month(found["month"]):
                return _full_year(found["year"]), month, int(found["day"])
    return None


def _full_year(digits: str) -> int:
    year = int(digits)
    if len(digits) == len("1999"):
        return year
    return year + (1900 if year >= _CENTURY_TURNS else 2000)


def _month(name: str) -> int:
    """The number of a month, 0 when it is none."""
    parts = unicodedata.normalize("NFKD", name.lower())
    plain = "".join(part for part in parts if not unicodedata.combining(part))
    return _MONTHS.get(plain[:4]) or _MONTHS.get(plain[:3], 0)


def _since_midnight(time: re.Match[str] | None) -> timedelta:
    """What the clock says; 24:00 and leap seconds run into the next day."""
    if time is None:
        return timedelta()
    hour = int(time[1])
    if time[4]:
        hour = hour % 12 + (12 if time[4].lower().startswith("p") else 0)
    if hour > _HOURS_OF_A_DAY:
        raise ValueError
    return timedelta(hours=hour, minutes=int(time[2]), seconds=int(time[3] or 0))


def _zone(after_time: str) -> timezone:
    """The zone that follows a time; UTC when there is none or nobody knows it."""
    if found := _OFFSET.match(after_time):
        minutes = int(found[2]) * 60 + int(found[3] or 0)
        if minutes < _HOURS_OF_A_DAY * 60:
            return timezone(timedelta(minutes=-minutes if found[1] == "-" else minutes))
    if found := _ZONE.match(after_time):
        return timezone(timedelta(minutes=_ZONES.get(found[1].lower(), 0)))
    return UTC
