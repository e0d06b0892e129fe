"""What editors do: the deed and its line in the trail, or neither."""

from dataclasses import replace
from datetime import timedelta

import pytest

from digests.archive import acts
from digests.archive.records import Act, Separation
from digests.errors import ArchiveError
from digests.model import Channel, Happening, PostState, Step, Target
from digests.testing import START
from tests.contract.archives import FEED, card, entry, feed, poll, story_id, told

DEED = Act(START, "slack:U1", "pause", "Example News", "slack:C1")
SOC = Channel("soc", Target("slack", "#soc"))


async def trail(archive):
    return [(one.verb, one.what) for one in await archive.acts.trail()]


async def test_a_feed_is_paused_once_and_the_trail_says_who(archive):
    await archive.register_feeds([feed()], now=START, announce_first=True)
    assert await archive.acts.pause_feed(FEED, DEED, paused=True)
    assert not await archive.acts.pause_feed(FEED, DEED, paused=True)
    assert (await archive.feed_states())[FEED].paused
    assert await archive.acts.trail() == [DEED]
    assert await archive.acts.pause_feed(FEED, replace(DEED, verb="resume"), paused=False)
    assert await trail(archive) == [("resume", "Example News"), ("pause", "Example News")]


async def test_a_deed_that_fails_leaves_no_line(archive):
    def broken(connection):
        acts.pause_channel(connection, "soc", "", "slack:U1")
        raise ArchiveError("no")

    with pytest.raises(ArchiveError):
        await archive._engine.write(acts.done, DEED, broken)
    assert (await archive.acts.trail(), await archive.paused()) == ([], {})


async def test_a_mute_follows_its_channel_and_goes_with_it(archive):
    await archive.register_channels([SOC], START)
    assert await archive.acts.mute("soc", "news.example", DEED)
    assert not await archive.acts.mute("soc", "news.example", DEED)
    await archive.register_channels([replace(SOC, name="ops", was="soc")], START)
    (one,) = await archive.acts.mutes()
    assert (one.channel, one.publisher, one.by) == ("ops", "news.example", "slack:U1")
    assert await archive.acts.unmute("ops", "news.example", DEED)
    assert not await archive.acts.unmute("ops", "news.example", DEED)
    await archive.acts.mute("ops", "news.example", DEED)
    await archive.drop_channels(["ops"])
    assert await archive.acts.mutes() == []


async def test_a_story_is_taken_back_everywhere_and_told_nowhere_later(archive):
    here, note = card(1), replace(card(1), subject=f"note:{story_id(1)}:kev")
    there = replace(here, channel="ops", destination=replace(here.destination, place="C2"))
    await archive.commit_poll(poll(told(1), posts=(here, note, card(2))))
    never = [replace(one, state=PostState.RETRACTED, reason="wrong") for one in (here, there)]
    done = await archive.acts.retract(story_id(1), "wrong", never, DEED)
    assert [p.subject for p in done.taken] == [here.subject, note.subject]
    assert {(p.state, p.reason) for p in done.taken} == {(PostState.RETRACTED, "wrong")}
    assert done.barred == ("ops",)
    assert not await archive.acts.retract(story_id(1), "wrong", never, DEED)
    assert await archive.outbox.owe([here, there], now=START) == 0
    assert len(await archive.acts.trail()) == 1


async def test_an_entry_becomes_a_story_of_its_own_once(archive):
    entries = (entry(1), entry(2, story_id(1)))
    first = replace(told(1), link_keys=("a", "b"))
    await archive.commit_poll(poll(first, entries=entries))
    taken = (await archive.traces.entries_of(story_id(1)))[1]
    new = replace(told(2), link_keys=("b",))
    step = Step(story_id(2), START, Happening.SEPARATED)
    revised = replace(first, link_keys=())
    made = Separation(taken.id, story_id(1), new, revised, (card(2),), (step,))
    assert await archive.acts.separate(made, DEED)
    assert not await archive.acts.separate(made, DEED)
    assert [one.id for one in await archive.traces.entries_of(story_id(2))] == [taken.id]
    assert [ref.id for ref in await archive.find_by_links(["b"])] == [story_id(2)]
    assert await archive.traces.steps(story_id(2)) == [step]
    assert len(await archive.acts.trail()) == 1


async def test_the_trail_is_kept_for_four_hundred_days(archive):
    await archive.acts.note(DEED)
    await archive.acts.note(replace(DEED, at=START + timedelta(days=200), what="x" * 5000))
    assert (
        await archive.forget(now=START + timedelta(days=401), keep=timedelta(days=9))
    ).acts == 1
    (left,) = await archive.acts.trail()
    assert len(left.what) == 200
