"""Watches in the archive: an owner's alone, kept in step with the file, forgotten when asked."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from digests.archive.watches import EACH, ENDED_FOR, REMOVED
from digests.model import (
    Destination,
    FiledWatch,
    Habits,
    PostState,
    Quiet,
    Rejected,
    Scope,
    Target,
    Watch,
    WatchId,
)
from digests.rules.query import parse_lenient
from digests.testing import START
from tests.contract.archives import SOC, card, poll, told

ANA, BO = "slack:U1", "discord:2"
DAY = timedelta(days=1)


def watch(query: str = "ivanti", owner: str = ANA, **changes) -> Watch:
    one = Watch(WatchId(0), owner, query, Target("slack", "U1"), START)
    return replace(one, **changes)


@pytest.fixture
async def anas(archive) -> Watch:
    return await archive.watches.add(watch())


async def test_a_watch_comes_back_as_it_was_kept(archives, archive):
    kept = await archive.watches.add(watch('ivanti OR "palo alto"', until=START + DAY))
    habits = Habits(ANA, "ar", "Europe/Berlin", Quiet(time(22), time(7)))
    await archive.watches.keep_habits(Habits(ANA))
    await archive.watches.keep_habits(habits)
    archive = await archives.reopen()
    assert await archive.watches.every() == await archive.watches.of(ANA) == [kept]
    assert await archive.watches.habits() == [habits]
    assert await archive.watches.of(BO) == []


async def test_nobody_removes_another_ones_watch(archive, anas):
    assert not await archive.watches.remove(BO, anas.id)
    assert not await archive.watches.remove("slack:U", anas.id)
    assert not await archive.watches.remove(ANA, WatchId(anas.id + 1))
    assert await archive.watches.of(ANA) == [anas]
    assert await archive.watches.remove(ANA, anas.id)
    assert await archive.watches.every() == []


async def test_the_same_query_again_only_gets_another_end(archive, anas):
    again = await archive.watches.add(watch(until=START + DAY, since=START + DAY))
    assert again == replace(anas, until=START + DAY)
    assert await archive.watches.of(ANA) == [again]


async def test_a_watch_that_had_ended_begins_anew_when_it_is_wanted_again(archive):
    ended = await archive.watches.add(watch(until=START + DAY))
    again = await archive.watches.add(watch(since=START + 2 * DAY))
    assert again == replace(ended, since=START + 2 * DAY, until=None)
    assert await archive.watches.of(ANA) == [again]


async def test_a_watch_of_the_file_that_had_ended_begins_anew_when_its_day_is_put_off(archive):
    def filed(last, now) -> Watch:
        return FiledWatch("soc", "ivanti", Target("slack", "#soc"), last.date()).watch(now)

    await archive.watches.register([filed(START, START)])
    await archive.watches.register([filed(START + 9 * DAY, START + 5 * DAY)])
    (again,) = await archive.watches.every()
    assert again.since == START + 5 * DAY


async def test_one_person_cannot_fill_the_archive(archive):
    for number in range(EACH):
        assert await archive.watches.add(watch(f"word{number}"))
    assert await archive.watches.add(watch("one more")) is None
    assert await archive.watches.add(watch("word1", until=START + DAY))
    assert await archive.watches.add(watch("one more", BO))


async def test_an_id_is_never_given_again(archive, anas):
    await archive.watches.remove(ANA, anas.id)
    assert (await archive.watches.add(watch())).id > anas.id


async def test_with_the_last_watch_goes_what_was_owed_for_it(archive, anas):
    more = await archive.watches.add(watch("fortinet"))
    await archive.commit_poll(poll(told(1), posts=(card(1, channel=anas.channel), card(1))))
    await archive.commit_poll(poll(told(2), posts=(card(2, channel=anas.channel),)))
    await archive.watches.remove(ANA, more.id)
    assert (await archive.outbox.counts())[PostState.DEAD] == 0
    await archive.watches.remove(ANA, anas.id)
    dead = await archive.outbox.in_state(PostState.DEAD)
    assert {(one.channel, one.reason) for one in dead} == {(anas.channel, REMOVED)}


async def test_a_person_can_take_everything_back(archive, anas):
    await archive.watches.keep_habits(Habits(ANA))
    await archive.watches.add(watch("fortinet"))
    await archive.watches.add(watch("ivanti", BO))
    assert await archive.watches.forget(ANA) == 2
    assert await archive.watches.habits() == []
    assert [one.owner for one in await archive.watches.every()] == [BO]


async def test_watches_of_the_file_keep_their_birth_and_end_with_the_file(archive, anas):
    watches, filed = archive.watches, FiledWatch("our stack", "ivanti", Target("slack", "@ana"))
    await watches.register([filed.watch(START), FiledWatch("b", "x", SOC_TARGET).watch(START)])
    changed = replace(filed, query="ivanti OR fortinet")
    await watches.register([changed.watch(START + DAY)])
    (kept,) = [one for one in await watches.every() if one.of_file]
    assert (kept.query, kept.since, kept.name) == ("ivanti OR fortinet", START, "our stack")
    await watches.register([])
    assert await watches.every() == [anas]


async def test_what_is_owed_in_a_channel_goes_with_the_last_watch_that_is_told_there(
    archive, anas
):
    here = await archive.watches.add(watch(to=Target("slack", "C1")))
    assert here.channel != anas.channel
    owed = (
        card(1, channel=here.channel),
        card(1, Destination("slack", "D1"), channel=anas.channel),
    )
    await archive.commit_poll(poll(told(1), posts=owed))
    await archive.watches.remove(ANA, here.id)
    (post,) = await archive.outbox.in_state(PostState.QUEUED)
    assert post.channel == anas.channel
    (dead,) = await archive.outbox.in_state(PostState.DEAD)
    assert dead.reason == REMOVED


async def test_who_is_forgotten_leaves_no_word_of_it_in_channels_either(archive):
    here = await archive.watches.add(watch(to=Target("slack", "C1")))
    await archive.commit_poll(
        poll(told(1), posts=(replace(card(1, channel=here.channel), text="ivanti"),))
    )
    await archive.watches.forget(ANA)
    (post,) = await archive.outbox.in_state(PostState.DEAD)
    assert post.text == ""


SOC_TARGET = Target("slack", "C1")


async def test_an_ended_watch_is_listed_for_a_while_and_then_forgotten(archive):
    await archive.watches.add(watch(until=START + DAY))
    await archive.watches.register(
        [FiledWatch("x", "y", SOC_TARGET, until=START.date()).watch(START)]
    )
    await archive.forget(now=START + ENDED_FOR, keep=400 * DAY)
    assert len(await archive.watches.every()) == 2
    forgotten = await archive.forget(now=START + ENDED_FOR + 2 * DAY, keep=400 * DAY)
    assert forgotten.watches == 1
    assert [one.of_file for one in await archive.watches.every()] == [True]


async def test_a_person_who_takes_no_messages_is_asked_once_a_day(archive, anas):
    await archive.commit_poll(poll(told(1), posts=(card(1, channel=anas.channel),)))
    (post,) = await archive.outbox.in_state(PostState.QUEUED)
    begun = await archive.outbox.begin(post, watermark="", now=START)
    await archive.outbox.settle(begun.id, Rejected("50007", Scope.ACCESS), now=START)
    pause = (await archive.paused())[anas.channel]
    assert (pause.reason, pause.until) == ("50007", START + DAY)
    assert await archive.outbox.queued(SOC, START + DAY - timedelta(seconds=1)) is None
    assert await archive.outbox.queued(SOC, START + DAY)


async def test_a_place_of_the_file_that_refuses_a_watch_is_paused_as_a_channel_is(archive):
    filed = FiledWatch("our stack", "ivanti", SOC_TARGET)
    await archive.commit_poll(poll(told(1), posts=(card(1, channel=filed.channel.name),)))
    (post,) = await archive.outbox.in_state(PostState.QUEUED)
    begun = await archive.outbox.begin(post, watermark="", now=START)
    await archive.outbox.settle(begun.id, Rejected("archived", Scope.ACCESS), now=START)
    assert (await archive.paused())[filed.channel.name].until is None


async def test_nobody_searches_what_another_one_was_told(archive):
    bos = watch(owner=BO)
    await archive.commit_poll(poll(told(1), posts=(card(1, channel=bos.channel),)))
    for text in (f"channel:{bos.channel}", f'channel:"{bos.channel}"'):
        found = await archive.search(parse_lenient(text).query, now=START + DAY)
        assert found.total == 0
