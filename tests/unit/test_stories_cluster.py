"""Which entries tell one story: by link, by headline, for how long, and in what order."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.model import Key, StoryId
from digests.stories.cluster import SAME_TITLE_WITHIN, StoryRef, Window
from digests.stories.identity import title_key
from digests.testing import START

HEADLINE = title_key("Ransomware crew hits three hospitals in one night")
LINK = "https://x.example/hospitals"


def ref(number: int = 1, **changes) -> StoryRef:
    known = StoryRef(
        StoryId(number), Key(f"k{number}"), (LINK,), HEADLINE, START, frozenset({"x.example"})
    )
    return replace(known, **changes)


def window(*refs: StoryRef) -> Window:
    found = Window()
    for one in refs:
        found.add(one)
    return found


def test_the_same_link_is_the_same_story_however_old_it_is() -> None:
    later = START + timedelta(days=30)
    assert window(ref()).find(LINK, "another headline altogether", later) == ref()


@pytest.mark.parametrize(
    ("gap", "found"),
    [
        (timedelta(), True),
        (SAME_TITLE_WITHIN, True),
        (-SAME_TITLE_WITHIN, True),
        (SAME_TITLE_WITHIN + timedelta(seconds=1), False),
        (timedelta(days=365), False),
    ],
)
def test_the_same_headline_is_the_same_story_for_three_days(gap: timedelta, found: bool) -> None:
    elsewhere = "https://other.example/hospitals"
    story = window(ref()).find(elsewhere, HEADLINE, START + gap, publisher="other.example")
    assert (story is not None) is found


def test_a_headline_without_a_link_finds_its_story() -> None:
    assert window(ref()).find("", HEADLINE, START) == ref()


@pytest.mark.parametrize("headline", ["Weekly update", "", "每周更新"])
def test_an_unspecific_headline_finds_nothing(headline: str) -> None:
    key = title_key(headline)
    assert window(ref(title_key=key)).find("https://other.example/", key, START) is None


def test_no_link_and_no_headline_find_nothing() -> None:
    assert window(ref(link_keys=(), title_key="")).find("", "", START) is None


def test_a_standing_headline_of_one_publisher_is_a_new_story_each_time() -> None:
    key = title_key("CISA adds one known exploited vulnerability to its catalog")
    monday = ref(1, title_key=key, link_keys=("https://cisa.example/1",))
    known = window(monday)
    assert known.find("https://cisa.example/2", key, START, publisher="x.example") is None
    assert known.find("https://press.example/1", key, START, publisher="press.example") == monday


def test_of_two_stories_with_one_headline_the_later_is_found() -> None:
    first, second = ref(1, link_keys=("https://x.example/1",)), ref(2, link_keys=())
    assert window(first, second).find("", HEADLINE, START) == second


def test_a_story_that_grows_is_found_by_all_its_links() -> None:
    known = window(ref())
    grown = ref(link_keys=(LINK, "https://other.example/hospitals"))
    known.add(grown)
    assert known.find("https://other.example/hospitals", "", START) == grown
    assert known.find(LINK, "", START) == grown
    assert len(known) == 1


def test_a_link_stays_with_the_story_that_had_it_first() -> None:
    known = window(ref(1), ref(2, title_key=title_key("Quite another headline of that day")))
    found = known.find(LINK, "", START)
    assert found is not None
    assert found.id == 1


def test_a_reservation_is_found_by_the_next_feed_at_once() -> None:
    known = Window()
    assert known.find(LINK, HEADLINE, START) is None
    known.add(ref())
    assert [known.find(LINK, HEADLINE, START) for _ in range(11)] == [ref()] * 11


def test_what_was_dropped_is_found_no_more() -> None:
    known = window(ref())
    known.drop(StoryId(1))
    known.drop(StoryId(1))
    assert known.find(LINK, HEADLINE, START) is None


def test_what_was_forgotten_leaves_nothing_behind() -> None:
    known = window(*(ref(n, link_keys=(f"{LINK}{n}",)) for n in range(1, 50)))
    known.add(ref(99, seen=START + timedelta(days=4), link_keys=("https://x.example/new",)))
    known.forget(START + timedelta(days=1))
    assert len(known) == 1
    assert len(known._links) == 1
    assert len(known._titles) == 1
    assert known.find(f"{LINK}7", "", START) is None


refs = st.builds(
    ref,
    st.integers(1, 4),
    link_keys=st.lists(st.sampled_from(["https://x.example/1", "https://x.example/2"])).map(tuple),
    title_key=st.sampled_from([HEADLINE, "short", title_key("Another headline of some length")]),
    seen=st.integers(0, 5).map(lambda days: START + timedelta(days=days)),
)


@given(st.lists(refs, max_size=12), st.integers(0, 5))
def test_only_stories_that_are_kept_are_found(stories: list[StoryRef], day: int) -> None:
    known = window(*stories)
    limit = START + timedelta(days=day)
    known.forget(limit)
    kept = {one.id: one for one in stories}
    kept = {name: one for name, one in kept.items() if one.seen >= limit}
    assert len(known) == len(kept)
    for one in stories:
        for link in (*one.link_keys, ""):
            found = known.find(link, one.title_key, one.seen)
            assert found is None or kept[found.id] == found
