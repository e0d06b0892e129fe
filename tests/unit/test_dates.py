"""Dates as publishers write them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.feeds.dates import believable, read_date

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Thu, 24 Jul 2025 17:34:13 -0400", "2025-07-24T21:34:13"),
        ("Jul 23, 2025 00:00:00-0500", "2025-07-23T05:00:00"),
        ("2020/1/10 14:33:00", "2020-01-10T14:33:00"),
        ("Seg, 24 Set 2018 19:42:40 -0300", "2018-09-24T22:42:40"),
        ("Mon, 21 Jul 2025 10:11:24 EDT", "2025-07-21T14:11:24"),
        ("Wed, 17 Jan 2018 15:50:00 EST", "2018-01-17T20:50:00"),
        ("Thu, 24 Jul 2025 17:34:13 GMT+0200", "2025-07-24T15:34:13"),
        ("Thu, 01 Jan 04 19:48:21 GMT", "2004-01-01T19:48:21"),
        ("Wed, 22-Jan-2014 20:31:31 +0600", "2014-01-22T14:31:31"),
        ("Thu, 24 Jul 2025 24:00:00 GMT", "2025-07-25T00:00:00"),
        ("2024-01-31T04:22:10.000Z", "2024-01-31T04:22:10"),
        ("2024-03-10T17:15:00+01:00", "2024-03-10T16:15:00"),
        ("2025-07-23 00:00:00.123456+05:30", "2025-07-22T18:30:00"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00"),
        ("2025-08-19", "2025-08-19T00:00:00"),
        ("20240131", "2024-01-31T00:00:00"),
        ("Mon Jan  5 09:14:44 EST 2004", "2004-01-05T14:14:44"),
        ("Sunday, 10 March 2024 5:15 PM", "2024-03-10T17:15:00"),
        ("January 1st, 2024", "2024-01-01T00:00:00"),
        ("10.03.2024 17:15", "2024-03-10T17:15:00"),
        ("13/10/2024", "2024-10-13T00:00:00"),
        ("12 января 2024 г. 10:00", "2024-01-12T10:00:00"),
        ("lun., 05 févr. 2024 10:00:00 +0100", "2024-02-05T09:00:00"),
        ("Mo, 12 Mär 2024 10:00:00 CET", "2024-03-12T09:00:00"),
        ("5 de marzo de 2024", "2024-03-05T00:00:00"),
        ("2024年1月10日 12:33", "2024-01-10T12:33:00"),
        ("1700000000", "2023-11-14T22:13:20"),
    ],
)
def test_a_date_means_one_moment(written, meant):
    assert read_date(written) == datetime.fromisoformat(meant).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        *("", "yesterday", "03/10/2024", "Fri, 32 Jan 2024 10:00:00 GMT", "12:33", "2024-13-01"),
        *("1 Foo 2024", "9999-12-31T23:59:59-05:00", "Thu, 24 Jul 2025 99:00:00 GMT", "12345"),
    ],
)
def test_what_cannot_be_told_is_no_date(written):
    assert read_date(written) is None


@given(st.text(max_size=100) | st.from_regex(r"[\d :/.,TZ+-]{0,60}"))
def test_no_text_raises_and_every_date_is_in_utc(text):
    found = read_date(text)
    assert found is None or found.utcoffset() == timedelta(0)


@given(st.integers(0, 7_000_000_000), st.integers(-12, 14))
def test_standard_formats_read_back(seconds, offset):
    at = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    zone = f"{offset:+03d}"
    written = at + timedelta(hours=offset)
    meant = at.replace(tzinfo=UTC)
    assert read_date(f"{written:%a, %d %b %Y %H:%M:%S} {zone}00") == meant
    assert read_date(f"{written.isoformat()}{zone}:00") == meant


@pytest.mark.parametrize(
    ("at", "kept"),
    [
        (datetime(1989, 12, 31, tzinfo=UTC), False),
        (datetime(1990, 1, 1, tzinfo=UTC), True),
        (NOW + timedelta(hours=23), True),
        (NOW + timedelta(hours=25), False),
    ],
)
def test_dates_before_1990_or_more_than_a_day_ahead_are_not_believed(at, kept):
    assert believable(at, NOW) == (at if kept else None)
