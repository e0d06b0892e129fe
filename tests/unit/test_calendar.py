"""Periods and quiet hours: every instant in one period, every local day told once, in all zones."""

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digests.model import Pace, Quiet, Schedule
from digests.rules.calendar import audible, day, moment, period, quiet

ZONES = sorted(zoneinfo.available_timezones() - {"localtime", "Factory"})
FIRST, LAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2038, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PACES = (Pace.HOURLY, Pace.DAILY, Pace.WEEKDAYS, Pace.WEEKLY)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@cache
def changes(zone: str) -> list[datetime]:
    """The first instants after each clock change of 2020 to 2037."""
    where, found = ZoneInfo(zone), []
    one = FIRST
    while one < LAST:
        after = one + timedelta(days=7)
        if one.astimezone(where).utcoffset() != after.astimezone(where).utcoffset():
            found += _within(where, one, after)
        one = after
    return found


def _within(where: ZoneInfo, low: datetime, high: datetime) -> list[datetime]:
    hours = [low + timedelta(hours=n) for n in range(int((high - low) / timedelta(hours=1)) + 1)]
    return [
        high
        for low, high in pairwise(hours)
        if low.astimezone(where).utcoffset() != high.astimezone(where).utcoffset()
    ]


def told_wrongly(schedule: Schedule, zone: str, start: datetime, end: datetime) -> list[str]:
    """Walk from period to period: what is not told just once, in words."""
    wrong, one = [], period(schedule, zone, start)
    names: dict[str, int] = {}
    days: dict[date, int] = {}
    while one.start < end:
        names[one.name] = names.get(one.name, 0) + 1
        inside = (one.start, one.start + (one.end - one.start) / 2, one.end - MINUTE)
        wrong += [
            f"{zone} {schedule} {instant} lies in two periods"
            for instant in inside
            if period(schedule, zone, instant) != one
        ]
        after = period(schedule, zone, one.end)
        if after.start != one.end:
            wrong.append(f"{zone} {schedule} {one.end} a gap or an overlap")
            break
        owed = _owed_on(schedule, zone, one.start)
        days[owed] = days.get(owed, 0) + 1
        one = after
    wrong += [f"{zone} {schedule} {name} told {n} times" for name, n in names.items() if n != 1]
    if schedule.pace is not Pace.HOURLY:
        wrong += [
            f"{zone} {schedule} {on} {days.get(on, 0)} times"
            for on in _expected(schedule, zone, start, end)
            if days.get(on, 0) != 1
        ]
    return wrong


def _owed_on(schedule: Schedule, zone: str, start: datetime) -> date:
    """The local day whose digest begins here: a skipped time may lie on the day before."""
    where = ZoneInfo(zone)
    local = start.astimezone(where)
    before = local.date() - timedelta(days=1)
    late = moment(before, schedule.at, where) == start and local.time() != schedule.at
    return before if late else local.date()


def _expected(schedule: Schedule, zone: str, start: datetime, end: datetime) -> list[date]:
    """Local days strictly inside, found by looking at every half hour and not by the calendar."""
    margin = timedelta(days=1 if schedule.pace is Pace.DAILY else 9)
    where, days, one = ZoneInfo(zone), set(), start + margin
    while one < end - margin:
        days.add(one.astimezone(where).date())
        one += timedelta(minutes=30)
    weekday = {
        Pace.WEEKDAYS: lambda on: on.weekday() < 5,
        Pace.WEEKLY: lambda on: on.weekday() == schedule.weekday,
    }
    return [on for on in sorted(days) if weekday.get(schedule.pace, lambda _: True)(on)]


schedules = st.builds(
    Schedule,
    st.sampled_from(PACES),
    st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    st.integers(0, 6),
)
instants = st.integers(0, int((LAST - FIRST) / MINUTE)).map(lambda n: FIRST + n * MINUTE)


@settings(max_examples=300, deadline=None)
@given(schedules, st.sampled_from(ZONES), instants)
def test_every_instant_lies_in_one_period_wherever_it_is(schedule, zone, instant) -> None:
    one = period(schedule, zone, instant)
    assert one.start <= instant < one.end
    assert period(schedule, zone, one.start) == one == period(schedule, zone, one.end - MINUTE)
    assert period(schedule, zone, one.end).start == one.end


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(ZONES), schedules, st.data())
def test_around_a_clock_change_each_day_is_told_once(zone, schedule, data) -> None:
    found = changes(zone)
    one = data.draw(st.sampled_from(found)) if found else data.draw(instants)
    assert not told_wrongly(schedule, zone, one - timedelta(days=12), one + timedelta(days=12))


def _clocks() -> dict[tuple[object, ...], list[str]]:
    """Zones by what their clocks do: most names share it with another."""
    alike: dict[tuple[object, ...], list[str]] = {}
    for zone in ZONES:
        where = ZoneInfo(zone)
        offsets = (
            FIRST.astimezone(where).utcoffset(),
            *((one, one.astimezone(where).utcoffset()) for one in changes(zone)),
        )
        alike.setdefault(offsets, []).append(zone)
    return alike


@pytest.mark.nightly
def test_in_all_zones_to_2037_at_all_half_hours_each_day_is_told_once() -> None:
    wrong: list[str] = []
    for zone, *_ in _clocks().values():
        for change in changes(zone) or [FIRST + timedelta(days=30)]:
            start, end = change - timedelta(days=3), change + timedelta(days=3)
            for half in range(48):
                schedule = Schedule(Pace.DAILY, time(half // 2, half % 2 * 30))
                wrong += told_wrongly(schedule, zone, start, end)
            wrong += told_wrongly(Schedule(Pace.HOURLY), zone, start, end)
            start, end = change - timedelta(days=18), change + timedelta(days=18)
            for schedule in (
                Schedule(Pace.WEEKDAYS, time(2, 30)),
                Schedule(Pace.WEEKLY, time(2, 30), change.weekday()),
            ):
                wrong += told_wrongly(schedule, zone, start, end)
    assert not wrong


@pytest.mark.parametrize(
    ("zone", "clock", "on", "start"),
    [
        ("Europe/Berlin", time(2, 30), date(2026, 3, 29), "2026-03-29T03:00+02:00"),  # skipped
        ("Europe/Berlin", time(2, 30), date(2026, 10, 25), "2026-10-25T02:30+02:00"),  # first
        ("Africa/Cairo", time(0, 30), date(2026, 4, 24), "2026-04-24T01:00+03:00"),
        ("Asia/Beirut", time(0, 0), date(2026, 3, 29), "2026-03-29T01:00+03:00"),
        ("Australia/Lord_Howe", time(1, 45), date(2026, 4, 5), "2026-04-05T01:45+11:00"),
        ("America/Nuuk", time(23, 30), date(2026, 3, 28), "2026-03-29T00:00-01:00"),
    ],
)
def test_a_skipped_time_is_the_first_after_it_and_a_repeated_one_its_first(
    zone: str, clock: time, on: date, start: str
) -> None:
    assert moment(on, clock, ZoneInfo(zone)) == at(start)


def test_a_day_that_a_zone_left_out_has_no_digest() -> None:
    # Samoa went from the 29th of December 2011 to the 31st.
    schedule = Schedule(Pace.DAILY, time(8, 30))
    one = period(schedule, "Pacific/Apia", at("2011-12-29T09:00-10:00"))
    assert (one.name, one.end) == ("2011-12-29T0830-1000", at("2011-12-31T08:30+14:00"))


def test_weekdays_tell_the_weekend_on_monday() -> None:
    schedule = Schedule(Pace.WEEKDAYS, time(8, 30))
    one = period(schedule, "Europe/Berlin", at("2026-11-21T12:00+01:00"))
    assert (one.start, one.end) == (at("2026-11-20T08:30+01:00"), at("2026-11-23T08:30+01:00"))


def test_a_repeated_hour_has_two_digests_with_two_names() -> None:
    first, second = (
        period(Schedule(Pace.HOURLY), "Europe/Berlin", at(f"2026-10-25T02:10{offset}"))
        for offset in ("+02:00", "+01:00")
    )
    assert (first.name, second.name) == ("2026-10-25T0200+0200", "2026-10-25T0200+0100")


def test_a_day_may_have_23_or_25_hours() -> None:
    spring, autumn = (
        day("Europe/Berlin", at(t)) for t in ("2026-03-29T12:00+02:00", "2026-10-25T12:00+01:00")
    )
    assert spring.end - spring.start == timedelta(hours=23)
    assert autumn.end - autumn.start == timedelta(hours=25)


NIGHT = Quiet(time(22), time(7))


def test_quiet_hours_span_midnight() -> None:
    held = quiet(NIGHT, "Europe/Berlin", at("2026-11-24T02:00+01:00"))
    assert held is not None
    assert (held.start, held.end) == (at("2026-11-23T22:00+01:00"), at("2026-11-24T07:00+01:00"))
    assert quiet(NIGHT, "Europe/Berlin", held.end) is None
    assert quiet(None, "Europe/Berlin", held.start) is None
    assert audible(NIGHT, "Europe/Berlin", held.start) == held.end
    assert audible(NIGHT, "Europe/Berlin", held.end) == held.end


hours = st.builds(lambda a, b: Quiet(time(a), time(b)), st.integers(0, 23), st.integers(0, 23))


@settings(max_examples=300, deadline=None)
@given(hours.filter(lambda q: q.start != q.end), st.sampled_from(ZONES), st.data())
def test_what_the_wall_clock_calls_quiet_is_quiet(hours_, zone, data) -> None:
    found = changes(zone)
    near = data.draw(st.sampled_from(found)) if found else data.draw(instants)
    instant = near + timedelta(minutes=data.draw(st.integers(-2000, 2000)))
    clock = instant.astimezone(ZoneInfo(zone)).time()
    inside = (
        hours_.start <= clock < hours_.end
        if hours_.start < hours_.end
        else clock >= hours_.start or clock < hours_.end
    )
    held = quiet(hours_, zone, instant)
    if inside:
        assert held is not None
    if held is not None:
        assert held.start <= instant < held.end
        assert held.end - held.start <= timedelta(hours=26)
        assert quiet(hours_, zone, held.end) is None
