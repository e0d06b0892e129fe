"""When a channel is told something, and how much: schedules, quiet hours, limits, quotas."""

import re
from dataclasses import dataclass
from datetime import date, time

from digests.config.kinds import Schema, or_variable, text_of, written_text
from digests.config.sheet import Refused, Sheet, nearest
from digests.config.tree import MapNode, Node
from digests.errors import QueryError
from digests.model import WEEKDAYS, Pace, Quiet, Quota, Schedule
from digests.rules.query import parse_strict

_CLOCK = r"([01]?\d|2[0-3]):([0-5]\d)"
_SCHEDULE = re.compile(
    rf"(?:(daily|weekdays)|(weekly) on ({'|'.join(WEEKDAYS)})) at {_CLOCK}", re.ASCII
)
_QUIET = re.compile(rf"{_CLOCK}\s?[-–]\s?{_CLOCK}", re.ASCII)
_ANY_CLOCK = re.compile(r"\b(\d{1,2}):(\d{2})\b", re.ASCII)
_DAY = re.compile("2[0-9]{3}-[0-9]{2}-[0-9]{2}", re.ASCII)
_PER_DAY = re.compile(r"([1-9]\d{0,3}) per day", re.ASCII)
_EXAMPLES = (
    *("each story", "hourly", "daily at 08:30", "weekdays at 08:30"),
    *(f"weekly on {day} at 09:00" for day in WEEKDAYS),
)
_A_DAY = "a day goes from 00:00 to 23:59"
_MOST_QUOTAS = 20


@dataclass(frozen=True, slots=True)
class ReadSchedule:
    """Each story as it comes, or digests of a period."""

    accepts: str = (
        "each story, hourly, daily at 08:30, weekdays at 08:30 or weekly on monday at 09:00"
    )

    def read(self, node: Node, sheet: Sheet) -> Schedule:
        """The schedule; raises Refused."""
        text = " ".join(text_of(node, sheet).split())
        if text in {Pace.EACH, Pace.HOURLY}:
            return Schedule(Pace(text))
        if match := _SCHEDULE.fullmatch(text):
            daily, weekly, day, hour, minute = match.groups()
            weekday = WEEKDAYS.index(day) if day else 0
            return Schedule(Pace(daily or weekly), time(int(hour), int(minute)), weekday)
        _refuse_impossible(text)
        raise Refused(hint=_meant(text))

    def schema(self) -> Schema:
        """Its shapes."""
        pattern = rf"^(?:each story|hourly|{_SCHEDULE.pattern})$".replace(r"\d", "[0-9]")
        return or_variable({"type": "string", "pattern": pattern})


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one time of day to another."""

    accepts: str = "two times of day, such as 22:00-07:00"

    def read(self, node: Node, sheet: Sheet) -> Quiet:
        """The hours; raises Refused."""
        text = text_of(node, sheet).strip()
        hours = parse_quiet(text)
        if hours is None:
            _refuse_impossible(text)
            raise Refused
        if hours.start == hours.end:
            raise Refused("which is the whole day", hint="remove the channel, or name its hours")
        return hours

    def schema(self) -> Schema:
        """Its shape."""
        pattern = f"^{_QUIET.pattern}$".replace(r"\d", "[0-9]").replace(r"\s", "[ ]")
        return or_variable({"type": "string", "pattern": pattern})


def parse_quiet(text: str) -> Quiet | None:
    """Two times of day, which may be the same; None for any other text."""
    match = _QUIET.fullmatch(text)
    if match is None:
        return None
    start, end = (time(int(match[at]), int(match[at + 1])) for at in (1, 3))
    return Quiet(start, end)


@dataclass(frozen=True, slots=True)
class PerDay:
    """A number of cards a day."""

    accepts: str = "a number of cards a day, from 1 to 9,999, such as 30 per day"

    def read(self, node: Node, sheet: Sheet) -> int:
        """The number; raises Refused."""
        text = " ".join(written_text(node, sheet).split())
        match = _PER_DAY.fullmatch(text)
        if match is None:
            number = re.match(r"[1-9][0-9]{0,3}(?![0-9])", text)
            raise Refused(hint=f"write {number[0]} per day" if number else "")
        return int(match[1])

    def schema(self) -> Schema:
        """Its shape."""
        return or_variable({"type": "string", "pattern": "^[1-9][0-9]{0,3} per day$"})


@dataclass(frozen=True, slots=True)
class Quotas:
    """Queries, each with its number of cards a day."""

    accepts: str = "queries with a number of cards a day, {topic:vulnerability: 10 per day}"

    def read(self, node: Node, sheet: Sheet) -> tuple[Quota, ...]:
        """All that could be read; notes the others. Raises Refused when these are no pairs."""
        if not isinstance(node, MapNode):
            raise Refused(hint="write {a query: 10 per day}")
        if len(node.pairs) > _MOST_QUOTAS:
            raise Refused(f"with more than {_MOST_QUOTAS} queries")
        quotas = []
        for query, number in node.pairs:
            try:
                parse_strict(query.text)
            except QueryError as error:
                sheet.add(query.start + error.column - 1, f"quota: {error.message}", error.hint)
                continue
            try:
                quotas.append(Quota(query.text, PerDay().read(number, sheet)))
            except Refused as refused:
                sheet.refuse("quota", number, refused, PerDay().accepts)
        return tuple(quotas)

    def schema(self) -> Schema:
        """An object; JSON Schema does not know the language of its keys."""
        return {
            "type": "object",
            "additionalProperties": PerDay().schema(),
            "maxProperties": _MOST_QUOTAS,
        }


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the calendar."""

    accepts: str = "a day, such as 2027-03-01"

    def read(self, node: Node, sheet: Sheet) -> date:
        """The day; raises Refused."""
        text = written_text(node, sheet)
        if not _DAY.fullmatch(text):
            raise Refused(hint="write year-month-day, such as 2027-03-01")
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise Refused("which no calendar has") from None

    def schema(self) -> Schema:
        """Its shape."""
        return or_variable({"type": "string", "pattern": f"^{_DAY.pattern}$"})


def _refuse_impossible(text: str) -> None:
    """A time that no day has is told at its place."""
    for match in _ANY_CLOCK.finditer(text):
        if int(match[1]) > 23 or int(match[2]) > 59:  # noqa: PLR2004 - the last hour and minute
            raise Refused("an impossible time", hint=_A_DAY, offset=match.start(1))


def _meant(text: str) -> str:
    """The nearest schedule, with the time that was written; "" when none is near."""
    clock = _ANY_CLOCK.search(text)
    word = _ANY_CLOCK.sub("", text).removesuffix("at ").strip()
    bare = {example.partition(" at ")[0]: example for example in _EXAMPLES}
    close = bare.get(nearest(word, bare), "")
    if clock and close:
        close = _ANY_CLOCK.sub(clock[0], close)
    return f"did you mean {close}?" if close else ""
