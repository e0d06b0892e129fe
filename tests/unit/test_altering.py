"""The suggested line of feeds.yaml really decides otherwise: asked again, the same story comes out so."""

from dataclasses import replace
from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.config import load
from digests.config.edits import pair
from digests.model import (
    Channel,
    Draft,
    Feed,
    IndexTokens,
    Name,
    Pace,
    Quiet,
    Quota,
    Reason,
    Relevance,
    Ruled,
    Schedule,
    Target,
)
from digests.rules.altering import of_channel, of_feed
from digests.rules.match import subject
from digests.rules.routing import Arrival, Decision, Tally, decide, rules
from digests.stories.announce import FirstPoll, announcements
from digests.testing import START, build_story
from digests.text.tokens import terms

SOC = Channel("soc", Target("slack", "#soc"))
FEED = Feed("https://news.example/feed", "Example News", "news.example", max_age=timedelta(days=3))
FULL = Tally(born=START, today="2026-03-02", cards=9, shares=(9,), recent=(START,) * 25)


def seen(**changes):
    return subject(build_story(**changes), IndexTokens(terms("gateway flaw", "en"), "attack"))


def decision(channel: Channel, story, tally=None, arrival=None) -> Decision:
    return decide(
        story, rules([channel])[0], tally or Tally(born=START), arrival or Arrival(START)
    )


def altered(channel: Channel, story, tally=None, arrival=None) -> tuple[Decision, Decision]:
    """What was decided, and what is with the suggested line, read as the file would be."""
    before = decision(channel, story, tally, arrival)
    ruled = Ruled(channel.name, before.owed, before.because, before.digest)
    change = of_channel(ruled, channel, story)
    assert change is not None
    value = int(change.value.split()[0]) if change.key == "limit" else change.value
    after = decision(replace(channel, **{change.key: value}), story, tally, arrival)
    assert after.owed is change.tells
    assert not after.digest
    return before, after


@pytest.mark.parametrize(
    "story",
    [
        {"topics": ("ransomware",)},
        {"topics": ()},
        {"topics": ('say "cheese" ${HOME}', "a) OR (b", "-x")},
        {"names": (Name("actor", "Fancy Bear"),)},
        {"names": (Name("vendor", "Ivanti"),)},
        {"publisher": "127.0.0.1:8080", "topics": ()},
    ],
)
@pytest.mark.parametrize(
    "only", ["is:kev", "is:kev cvss:>=8", "is:kev OR topic:policy", "-gateway"]
)
def test_a_story_that_no_rule_wanted_is_told_with_the_suggested_rule(story, only):
    before, _ = altered(replace(SOC, only=only), seen(**story))
    assert not before.owed


@pytest.mark.parametrize(
    "channel",
    [
        {"post": Schedule(Pace.DAILY, time(8, 30))},
        {"quiet": Quiet(time(7), time(9))},
        {"limit": 5},
        {"quota": (Quota("gateway", 3),)},
        {"post": Schedule(Pace.HOURLY), "breaking": "is:kev"},
    ],
)
def test_a_story_that_waits_for_a_digest_is_a_card_with_the_suggested_line(channel):
    before, _ = altered(replace(SOC, **channel), seen(), FULL)
    assert before.digest


def test_one_of_a_flood_is_a_card_with_the_suggested_line():
    altered(SOC, seen(), None, Arrival(START, flood=True))


@pytest.mark.parametrize(
    "only", ["", "gateway", "gateway OR is:kev", "gateway flaw -topic:policy"]
)
def test_a_card_is_left_out_with_the_suggested_line(only):
    before, after = altered(replace(SOC, only=only), seen())
    assert before.owed
    assert not after.owed


@pytest.mark.parametrize("code", ["told", "born", "waits", "muted"])
def test_what_no_line_of_the_file_decides_has_no_suggestion(code):
    assert of_channel(Ruled("soc", False, (Reason(code),)), SOC, seen()) is None


words = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=30)


@given(
    publisher=words, topics=st.lists(words, max_size=3), only=st.sampled_from(["is:kev", "", "x"])
)
def test_whatever_a_story_is_called_the_suggestion_is_a_rule_that_the_file_takes(
    tmp_path_factory, publisher, topics, only
):
    channel, story = replace(SOC, only=only), seen(publisher=publisher, topics=tuple(topics))
    before = decision(channel, story)
    change = of_channel(Ruled("soc", before.owed, before.because), channel, story)
    if change is None:
        return
    file = tmp_path_factory.mktemp("f") / "feeds.yaml"
    line = pair(change.key, change.value)
    file.write_text(
        f"feeds:\n  - url: https://a.example/f\nchannels:\n  - name: soc\n    to: terminal\n    {line}\n",
        "utf-8",
    )
    (read,) = load(file, {}).channels
    assert read.only == change.value


def draft(**changes) -> Draft:
    return Draft(id="a", link="", shown_link="", title="A flaw", text="", **changes)


@pytest.mark.parametrize(
    ("one", "poll"),
    [
        (draft(published=START - timedelta(days=9, hours=3)), FirstPoll(first=False, quiet=False)),
        (draft(relevance=Relevance(0.1, relevant=False)), FirstPoll(first=False, quiet=False)),
        (draft(published=START - timedelta(days=2)), FirstPoll(first=True, quiet=False)),
    ],
)
def test_an_entry_that_was_kept_quiet_is_announced_with_the_suggested_line(one, poll):
    (before,) = announcements([one], FEED, poll, START)
    age = START - one.published if one.published else None
    assert before.why is not None
    change = of_feed(before.why, FEED, age)
    assert change is not None
    value = {"true": True, "all": None}.get(change.value)
    if change.key == "max_age":
        value = timedelta(days=int(change.value.removesuffix("d")))
    (after,) = announcements([one], replace(FEED, **{change.key: value}), poll, START)
    assert after.announce


def test_a_new_installation_is_told_what_its_welcome_would_have_to_be():
    change = of_feed(Reason("installed"), FEED, None)
    assert (change.place, change.key, change.value) == ("defaults", "welcome", "first")
