"""How feeds stand, in words, and which changes the operator hears of."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.cards.health import advice, detail, line, state
from digests.cards.words import words
from digests.feeds.health import alert, health
from digests.feeds.pace import FeedState
from digests.model import Condition, Feed, Trouble
from digests.testing import START

NOW = START
ENGLISH = words("en")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FEED = Feed("https://news.example/feed", "Example News", "news.example")
GOOD = FeedState(
    FEED.url, last_poll=NOW - HOUR, last_success=NOW - HOUR, newest=NOW - DAY, rate=6 * HOUR
)


def failing(trouble: Trouble, *, since: timedelta = HOUR, **changes) -> FeedState:
    return replace(
        GOOD, trouble=trouble, reason="it failed", failing_since=NOW - since, failures=3, **changes
    )


def test_the_page_about_feeds_has_every_condition_as_it_is_shown_and_as_programs_read_it() -> None:
    page = (Path(__file__).parents[2] / "docs" / "feeds.md").read_text("utf-8")
    rows = re.findall(r"^\| ([a-z ]+) \| `([a-z ]+)` \|", page, re.MULTILINE)
    assert dict(rows) == {state(one, ENGLISH): one.value for one in Condition}


@pytest.mark.parametrize(
    ("state", "condition", "words"),
    [
        (None, Condition.NEW, "not asked yet"),
        (FeedState(FEED.url), Condition.NEW, "not asked yet"),
        (GOOD, Condition.WELL, "well"),
        (replace(GOOD, paused=True), Condition.PAUSED, "paused"),
        (FeedState(FEED.url, paused=True), Condition.PAUSED, "paused"),
        (replace(GOOD, slow=True), Condition.SLOW, "slow lane"),
        (
            replace(GOOD, adopted="https://b.example/"),
            Condition.MOVED,
            "moved · asked at https://b",
        ),
        (replace(GOOD, moved_to="https://b.example/"), Condition.ASTRAY, "another feed"),
        (
            replace(GOOD, moved_to="https://b.example/", sightings=1, moved_since=NOW),
            Condition.WELL,
            "not believed yet",
        ),
        (replace(GOOD, newest=NOW - 40 * DAY), Condition.SILENT, "usually every 6 hours"),
        (replace(GOOD, wait_until=NOW + HOUR), Condition.WAITING, "asked to wait until"),
        (failing(Trouble.GONE), Condition.GONE, "it failed · 3 times in a row"),
        (failing(Trouble.BOT_WALL), Condition.BLOCKED, "it failed"),
        (failing(Trouble.UNAUTHORISED), Condition.CLOSED, "it failed"),
        (failing(Trouble.BLOCKED_ADDRESS), Condition.REFUSED, "it failed"),
        (failing(Trouble.NOT_A_FEED), Condition.NO_FEED, "it failed"),
        (failing(Trouble.NOT_FOUND), Condition.MISSING, "it failed"),
        (failing(Trouble.RATE_LIMITED), Condition.WAITING, "it failed"),
        (failing(Trouble.SERVER), Condition.FAILING, "it failed"),
    ],
)
def test_each_state_has_its_word_and_its_line(state, condition, words):
    found = health(FEED, state, NOW)
    assert found.condition is condition
    assert words in line(found, ENGLISH)


@pytest.mark.parametrize("trouble", list(Trouble))
def test_every_trouble_has_advice(trouble):
    assert advice(health(FEED, failing(trouble), NOW), ENGLISH)


def test_a_slow_publisher_is_not_silent_and_a_fast_one_gets_a_month():
    yearly = replace(GOOD, rate=90 * DAY, newest=NOW - 300 * DAY)
    assert health(FEED, yearly, NOW).condition is Condition.WELL
    hourly = replace(GOOD, rate=HOUR, newest=NOW - 29 * DAY)
    assert health(FEED, hourly, NOW).condition is Condition.WELL


@pytest.mark.parametrize(
    ("trouble", "quiet", "told"),
    [
        (Trouble.SERVER, timedelta(hours=23), timedelta(hours=25)),
        (Trouble.NOT_FOUND, 13 * DAY, 14 * DAY),
        (Trouble.BOT_WALL, HOUR, DAY),
        (Trouble.RATE_LIMITED, DAY, 4 * DAY),
    ],
)
def test_a_trouble_is_told_when_it_has_lasted(trouble, quiet, told):
    assert alert(FEED, failing(trouble, since=quiet), NOW) is None
    assert alert(FEED, failing(trouble, since=told), NOW) is not None


def test_gone_moved_and_silent_are_told_at_once_and_well_is_not():
    assert alert(FEED, failing(Trouble.GONE), NOW)
    assert alert(FEED, replace(GOOD, adopted="https://b.example/"), NOW)
    assert alert(FEED, replace(GOOD, newest=NOW - 40 * DAY), NOW)
    assert alert(FEED, GOOD, NOW) is None
    assert alert(FEED, replace(GOOD, paused=True), NOW) is None


def test_one_trouble_keeps_its_name_however_its_reason_changes():
    first = failing(Trouble.SERVER, since=2 * DAY)
    later = replace(first, failures=9, last_poll=NOW, trouble=Trouble.UNAUTHORISED)
    gone = failing(Trouble.GONE, since=2 * DAY)
    names = [alert(FEED, state, NOW + DAY).name for state in (first, later, gone)]
    assert names[0] == names[1] != names[2]


@given(
    st.builds(
        FeedState,
        url=st.just(FEED.url),
        last_poll=st.none() | st.just(NOW),
        trouble=st.none() | st.sampled_from(Trouble),
        moved_to=st.sampled_from(["", "https://b.example/"]),
        adopted=st.sampled_from(["", "https://b.example/"]),
        newest=st.none() | st.datetimes().map(lambda d: d.replace(tzinfo=NOW.tzinfo)),
        rate=st.none() | st.timedeltas(timedelta(0), timedelta(days=4000)),
        failing_since=st.none() | st.just(NOW),
        wait_until=st.none() | st.just(NOW + HOUR),
        slow=st.booleans(),
        gone=st.booleans(),
    ),
    st.sampled_from(["en", "ar", "de", "es", "fr", "ja", "ru", "zh"]),
)
def test_every_state_can_be_put_into_one_line_of_every_language(stands, language):
    found, say = health(FEED, stands, NOW), words(language)
    assert state(found.condition, say)
    said = line(found, say)
    assert said
    assert "\n" not in said + detail(found, say) + advice(found, say)
    alert(FEED, stands, NOW)


@pytest.mark.parametrize(
    "state",
    [
        replace(GOOD, adopted="https://news.example/new?token=hunter22"),
        replace(failing(Trouble.DNS), reason="https://bob:hunter22@news.example/ is not found"),
        replace(failing(Trouble.DNS), reason="GET /feed?api_key=hunter22 answers 500"),
    ],
)
def test_no_secret_of_an_address_is_told(state):
    found = health(replace(FEED, url="https://news.example/feed?token=hunter22"), state, NOW)
    told = line(found, ENGLISH)
    assert "***" in told
    assert "hunter22" not in told
