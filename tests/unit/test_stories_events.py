"""Events: what is clearly one event is one story, what is close is related, series stay apart."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.model import Name, StoryId
from digests.stories.cluster import SAME_HEADLINES, group, headlines_bar
from digests.stories.events import SAME, WITHIN, Events, Evidence, Kinship, evidence
from digests.stories.likeness import Groups, cosine, vector
from digests.testing import START
from digests.text.tokens import terms

WONGA = "Payday loan firm Wonga suffers data breach affecting up to 270,000 customers"
AGAIN = "270,000 customers affected in UK loan firm Wonga data breach"
OTHER = "Hospital in Leeds restores its systems after a ransomware attack"


def shown(headline: str, publisher: str = "a.example", cves=(), names=()) -> Evidence:
    words = terms(headline, "en"), ""
    return evidence(headline, words, cves=cves, names=names, publisher=publisher)


def judged(first: Evidence, second: Evidence, gap=timedelta()) -> tuple[Kinship, ...]:
    events = Events()
    events.add(StoryId(1), first, START)
    return events.judge(second, START + gap)


def test_two_tellings_of_one_event_are_the_same_story() -> None:
    (found,) = judged(shown(WONGA), shown(AGAIN, "b.example"))
    assert found.same
    assert found.score >= SAME


def test_another_event_is_apart() -> None:
    assert judged(shown(WONGA), shown(OTHER, "b.example")) == ()


def test_nothing_is_the_same_after_72_hours() -> None:
    assert judged(shown(WONGA), shown(AGAIN, "b.example"), WITHIN)
    assert judged(shown(WONGA), shown(AGAIN, "b.example"), WITHIN + timedelta(seconds=1)) == ()


def test_a_publisher_knows_that_its_two_entries_are_two() -> None:
    (found,) = judged(shown(WONGA), shown(AGAIN))
    assert not found.same


def test_the_record_of_one_flaw_takes_in_only_what_names_that_flaw() -> None:
    """Advisories of one product read alike, and some name no CVE: hiding one would lose it."""
    record = shown(
        "CVE-2026-34217: SandboxJS has a sandbox escape in its handler", cves=["CVE-2026-34217"]
    )
    advisory = shown("SandboxJS has a sandbox escape in its handler", "b.example")
    for known, new in ((record, advisory), (advisory, record)):
        (kinship,) = judged(known, new)
        assert kinship.score >= SAME
        assert not kinship.same
    named = shown(
        "SandboxJS has a sandbox escape in its handler", "b.example", cves=["CVE-2026-34217"]
    )
    (kinship,) = judged(record, named)
    assert kinship.same


def test_other_cves_are_another_event_and_a_shared_one_brings_closer() -> None:
    headline = "Ivanti warns of a critical flaw in Connect Secure"
    first = shown(headline, cves=["CVE-2025-0282"])
    (apart,) = judged(first, shown(headline, "b.example", cves=["CVE-2025-22457"]))
    assert not apart.same
    other = "Critical hole in Ivanti gateways"
    (without,) = judged(first, shown(other, "b.example"))
    (shared,) = judged(first, shown(other, "b.example", cves=["CVE-2025-0282"]))
    assert shared.score > without.score


def test_patches_of_two_makers_on_one_day_stay_apart() -> None:
    adobe = shown("Adobe fixes 38 flaws on December patch day", names=[Name("vendor", "Adobe")])
    microsoft = shown(
        "Microsoft fixes 39 flaws on December patch day",
        "b.example",
        names=[Name("vendor", "Microsoft")],
    )
    assert not any(one.same for one in judged(adobe, microsoft))


def test_the_same_headline_with_other_numbers_is_the_next_of_a_series() -> None:
    first, second = (
        "Weekly threat report, issue 41 of 2026",
        "Weekly threat report, issue 42 of 2027",
    )
    assert not any(one.same for one in judged(shown(first), shown(second, "b.example")))


def test_a_story_that_was_dropped_is_found_no_more() -> None:
    events = Events()
    events.add(StoryId(1), shown(WONGA), START)
    events.drop(StoryId(1))
    assert events.judge(shown(AGAIN, "b.example"), START) == ()


def grouped(*items: tuple[str, datetime]) -> list[int]:
    return group([(title, "", at) for title, at in items])


def test_a_list_is_grouped_in_its_order() -> None:
    assert grouped((WONGA, START), (OTHER, START), (AGAIN, START)) == [0, 1, 0]
    assert group([]) == []


def test_headlines_must_be_the_more_alike_the_longer_nobody_told_of_the_event() -> None:
    bars = [headlines_bar(timedelta(hours=hours)) for hours in (0, 1, 8, 24, 72)]
    assert bars == sorted(bars)
    assert bars[0] == pytest.approx(SAME_HEADLINES)
    assert bars[2] == pytest.approx(0.286, abs=0.001)
    assert SAME - 0.001 < bars[-1] < SAME
    told = "Harbour Bank says hackers took data of customers"
    again = "Data of a million customers stolen, bank admits"
    other = "Hospital in Leeds restores its systems"
    assert grouped((told, START), (other, START), (again, START + timedelta(hours=1))) == [0, 1, 0]
    assert grouped((told, START), (other, START), (again, START + timedelta(hours=30))) == [
        0,
        1,
        2,
    ]


def test_a_series_of_patch_days_never_becomes_one_event() -> None:
    months = ["January", "February", "March", "April", "May", "June", "July", "August"]
    titles = [
        f"Microsoft Patch Tuesday {month}: 60 flaws fixed, one exploited" for month in months
    ]
    days = [START + timedelta(days=28 * number) for number in range(len(titles))]
    assert grouped(*zip(titles, days, strict=True)) == list(range(len(titles)))


@pytest.mark.parametrize("title", ["", "!!!", "勒索软件", "a" * 5_000])
def test_any_title_may_be_grouped(title: str) -> None:
    assert grouped((title, START), (title, START))[0] == 0


@given(st.lists(st.text(max_size=20), max_size=30), st.lists(st.text(max_size=20), max_size=30))
def test_a_likeness_lies_between_nothing_and_one(one: list[str], other: list[str]) -> None:
    first, second = vector(one), vector(one, other)
    assert 0.0 <= cosine(first, second) <= 1.0 + 1e-9
    assert cosine(first, second) == pytest.approx(cosine(second, first))


words = st.lists(
    st.sampled_from(["harbour", "bank", "breach", "flaw", "gateway", "crew", "worm"]), max_size=6
)


@given(st.lists(st.tuples(st.integers(0, 4), words), max_size=12), words)
def test_the_nearest_is_the_group_whose_members_are_most_alike_in_the_mean(members, asked) -> None:
    groups: Groups[int] = Groups()
    for number, terms_of_it in members:
        groups.add(number, vector(terms_of_it))
    one = vector(asked)
    found = {number: likeness for likeness, number in groups.nearest(one)}
    for number in {number for number, _ in members}:
        of_it = [vector(each) for which, each in members if which == number]
        total = {name: sum(v.get(name, 0.0) for v in of_it) for v in of_it for name in v}
        length = sum(weight * weight for weight in total.values()) ** 0.5
        mean = cosine(one, total) / length if length else 0.0
        assert found.get(number, 0.0) == pytest.approx(mean, abs=1e-5)
    assert [*found.values()] == sorted(found.values(), reverse=True)


@given(st.lists(st.tuples(st.integers(0, 4), words), max_size=12))
def test_groups_that_were_dropped_leave_nothing_behind(members) -> None:
    groups: Groups[int] = Groups()
    for number, terms_of_it in members:
        groups.add(number, vector(terms_of_it))
    for number in range(5):
        groups.drop(number)
    assert not groups._sums
    assert not groups._having
