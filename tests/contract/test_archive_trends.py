"""Facets, trends and spelling: what matches have in common, and what was perhaps meant."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.archive import trends
from digests.archive.records import Share
from digests.archive.spelling import distance
from digests.model import Name
from digests.rules.query import Everything, Field, parse_lenient, render
from digests.testing import START
from tests.contract.archives import poll, told

DAY = timedelta(days=1)
NOW = START + 10 * DAY
APT28 = Name("actor", "APT28", "Sofacy")
STRIKE = Name("tool", "Cobalt Strike")
IVANTI = Name("vendor", "Ivanti")


@pytest.fixture
async def week(archive):
    """One story on the first day, two on the second, and so on."""
    records = [
        told(
            10 * day + one,
            "Gateway flaw" if one else "Ransomware at a bank",
            at=START + day * DAY + timedelta(hours=one),
            publisher="heise.de" if one % 2 else "krebsonsecurity.com",
            topics=("crime", "crime") if one else ("policy",),
            names=(APT28, Name("actor", "APT28", "Fancy Bear"), STRIKE) if one else (IVANTI,),
        )
        for day in range(4)
        for one in range(day + 1)
    ]
    await archive.commit_poll(poll(*records))
    return archive


async def test_matches_are_counted_by_what_they_have(week):
    found = await week.facets(Everything(), now=NOW)
    assert found.publishers == (Share("krebsonsecurity.com", 6), Share("heise.de", 4))
    assert found.topics == (Share("crime", 6), Share("policy", 4))
    assert found.actors == (Share("APT28", 6),)
    assert found.malware == (Share("Cobalt Strike", 6),)
    assert found.products == (Share("Ivanti", 4),)
    assert found.months == (Share("2026-03", 10),)
    assert (found.stories, found.more) == (10, False)
    only = await week.facets(parse_lenient("ransomware publisher:heise.de").query, now=NOW)
    assert (only.stories, only.publishers) == (0, ())


async def test_only_the_newest_matches_are_looked_into_and_that_is_said(week, monkeypatch):
    monkeypatch.setattr(trends, "LOOKED_INTO", 4)
    found = await week.facets(Everything(), now=NOW)
    assert (found.stories, found.more) == (4, True)


async def test_a_trend_counts_every_step_and_the_span_before(week):
    trend = await week.trends(Everything(), now=START + 4 * DAY, since=START + 2 * DAY, step=DAY)
    assert [bucket.stories for bucket in trend.buckets] == [3, 4]
    assert (trend.total, trend.before) == (7, 3)
    assert trend.buckets[0].start == START + 2 * DAY
    assert trend.buckets[-1].end == START + 4 * DAY
    assert trend.facets.stories == 7
    gateway = await week.trends(Field("title", "flaw"), now=START + 4 * DAY, since=START, step=DAY)
    assert [bucket.stories for bucket in gateway.buckets] == [0, 1, 2, 3]


async def test_a_long_span_has_few_steps(week):
    trend = await week.trends(Everything(), now=NOW, since=NOW - 3_000 * DAY, step=DAY)
    assert len(trend.buckets) <= trends.MOST_BUCKETS
    assert trend.total == 10
    empty = await week.trends(Everything(), now=NOW, since=NOW, step=DAY)
    assert (empty.buckets, empty.total) == ((), 0)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ransomwere", "ransomware"),
        ("ramsomware", "ransomware"),
        ("gatewya", "gateway"),
        ("agteway", "gateway"),
        ("ransomwere gateway", "ransomware gateway"),
        ("ransomwere topic:crime", "ransomware topic:crime"),
        ("gateway", None),
        ("elephant", None),
        ("fla", None),
        ("-ransomwere", None),
        ("CVE-2026-1235", None),
        ("", None),
        ("ـــا", None),  # one letter, stretched
    ],
)
async def test_words_that_no_story_has_are_put_right(week, typed, meant):
    better = await week.respelt(parse_lenient(typed).query)
    assert (None if better is None else render(better)) == meant


words = st.text("abc", max_size=6)


@given(one=words, other=words)
def test_the_distance_of_words_is_a_distance(one, other):
    far = distance(one, other, 99)
    assert far == distance(other, one, 99)
    assert (far == 0) == (one == other)
    assert abs(len(one) - len(other)) <= far <= max(len(one), len(other))
    for most in range(3):
        assert (distance(one, other, most) <= most) == (far <= most)
