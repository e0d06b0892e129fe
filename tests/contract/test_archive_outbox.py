"""The outbox: owed once, one in flight, intents and ends that survive."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from digests.archive import dialects, queues
from digests.model import (
    Absent,
    Destination,
    Found,
    NewPost,
    Posted,
    PostId,
    PostState,
    Rejected,
    Retry,
    Scope,
    Unclear,
    Unreadable,
)
from digests.testing import START
from tests.contract.archives import SOC, card, poll, story_id, told

OPS = Destination("discord", "77")
LATER = START + timedelta(hours=1)


async def owe(archive, *posts: NewPost, now=START) -> int:
    return await archive.outbox.owe(posts, now=now)


async def flying(archive, number: int = 1, destination=SOC):
    """A post owed and under way."""
    await owe(archive, card(number, destination))
    post = await archive.outbox.queued(destination, START)
    begun = await archive.outbox.begin(post, watermark="w7", now=START)
    assert begun is not None
    return begun


async def standing(archive, number: int = 1):
    post = await flying(archive, number)
    return await archive.outbox.settle(post.id, Posted(f"m{number}"), now=START)


async def test_what_is_owed_is_owed_once(archive):
    assert await owe(archive, card(1), card(2), card(1)) == 2
    assert await owe(archive, card(1), card(1, OPS)) == 1
    assert (await archive.outbox.counts())[PostState.QUEUED] == 3


async def test_all_of_a_post_comes_back_as_it_was_owed(archives, archive):
    wanted = NewPost(
        "soc",
        SOC,
        "digest:2026-03-02:1",
        wanted="7",
        members=(story_id(1), story_id(2)),
        text="— ünï",
        reason="quiet hours",
        not_before=LATER,
    )
    await owe(archive, wanted)
    archive = await archives.reopen()
    (post,) = await archive.outbox.in_state(PostState.QUEUED)
    for name in ("channel", "destination", "subject", "wanted", "members", "text", "reason"):
        assert getattr(post, name) == getattr(wanted, name)
    assert (post.not_before, post.queued_at, post.attempt) == (LATER, START, 0)


async def test_posts_leave_in_the_order_they_were_owed_and_when_they_are_due(archive):
    await owe(archive, card(1, not_before=LATER), card(2), card(3))
    post = await archive.outbox.queued(SOC, START)
    assert post.subject == card(2).subject
    assert (await archive.outbox.queued(SOC, LATER)).subject == card(1).subject
    assert await archive.outbox.queued(OPS, START) is None


async def test_the_intent_is_committed_with_all_that_reconciling_needs(archives, archive):
    begun = await flying(archive)
    archive = await archives.reopen()
    (post,) = await archive.outbox.doubtful()
    assert post == begun
    assert (post.state, post.attempt, post.watermark) == (PostState.SENDING, 1, "w7")
    assert (post.intent_at, post.shown) == (START, "1")


async def test_only_one_post_is_in_flight_for_each_destination(archive):
    await owe(archive, card(1), card(2), card(1, OPS))
    one, two = await archive.outbox.in_state(PostState.QUEUED, limit=2)
    assert await archive.outbox.begin(one, watermark="", now=START) is not None
    assert await archive.outbox.begin(two, watermark="", now=START) is None
    assert await archive.outbox.queued(SOC, START) is None
    assert await archive.outbox.destinations_with_work(START) == [OPS]
    await archive.outbox.settle(one.id, Posted("m1"), now=START)
    assert await archive.outbox.begin(two, watermark="", now=START) is not None


async def test_where_there_is_work_is_asked_by_the_places_and_not_by_their_queues(archive):
    other = Destination("discord", "9")

    def steps(connection):
        ticks = []
        dialects.raw(connection).set_progress_handler(lambda: ticks.append(1) and None, 10)
        found = queues.destinations_with_work(connection, START)
        dialects.raw(connection).set_progress_handler(None, 0)
        return found, len(ticks)

    await owe(archive, *(card(n, place) for n in range(1, 5) for place in (SOC, OPS, other)))
    found, few = await archive._engine.read(steps)
    assert found == [SOC, OPS, other]
    await owe(archive, *(card(n, place) for n in range(5, 800) for place in (SOC, OPS, other)))
    found, many = await archive._engine.read(steps)
    assert found == [SOC, OPS, other]
    assert many < 2 * few
    first = await archive.outbox.queued(SOC, START)
    await archive.outbox.begin(first, watermark="", now=START)
    found, flying = await archive._engine.read(steps)
    assert found == [OPS, other]
    assert flying < 2 * few


async def test_of_many_that_begin_at_once_one_does(archive):
    await owe(archive, *(card(n) for n in range(1, 21)))
    posts = await archive.outbox.in_state(PostState.QUEUED)
    begun = await asyncio.gather(
        *(archive.outbox.begin(post, watermark="", now=START) for post in posts)
    )
    assert sum(post is not None for post in begun) == 1


async def test_a_post_begins_once(archive):
    begun = await flying(archive)
    await archive.outbox.settle(begun.id, Posted("m1"), now=START)
    assert await archive.outbox.begin(begun, watermark="", now=START) is None
    assert (
        await archive.outbox.begin(replace(begun, id=PostId(99)), watermark="", now=START) is None
    )


async def test_an_accepted_post_stands(archives, archive):
    post = await flying(archive)
    sent = await archive.outbox.settle(post.id, Posted("m1"), now=LATER, shown="2")
    archive = await archives.reopen()
    assert await archive.outbox.find(post.id) == sent
    assert (sent.state, sent.message_id, sent.sent_at) == (PostState.SENT, "m1", LATER)
    assert sent.shown == "2"
    assert await archive.outbox.destinations_with_work(LATER) == []


async def test_a_post_told_to_wait_is_due_again_then(archive):
    post = await flying(archive)
    await archive.outbox.settle(post.id, Retry("429", timedelta(minutes=1)), now=START)
    assert await archive.outbox.queued(SOC, START) is None
    again = await archive.outbox.queued(SOC, START + timedelta(minutes=1))
    assert (again.id, again.attempt, again.nonce) == (post.id, 1, post.nonce)


async def test_refused_access_pauses_the_channel_and_keeps_the_post(archives, archive):
    post = await flying(archive)
    await owe(archive, card(2), replace(card(1, OPS), channel="ops"))
    await archive.outbox.settle(post.id, Rejected("is_archived", Scope.ACCESS), now=START)
    archive = await archives.reopen()
    assert (await archive.paused())["soc"].reason == "is_archived"
    assert await archive.outbox.queued(SOC, LATER) is None
    assert await archive.outbox.destinations_with_work(LATER) == [OPS]
    waiting = await archive.outbox.waiting(LATER)
    assert [one.subject for one in waiting] == [card(1).subject, card(2).subject]
    await archive.resume_channel("soc")
    assert (await archive.outbox.queued(SOC, LATER)).id == post.id


async def test_refused_content_is_dead_and_the_channel_goes_on(archive):
    post = await flying(archive)
    await owe(archive, card(2))
    await archive.outbox.settle(post.id, Rejected("too long", Scope.CONTENT), now=START)
    (dead,) = await archive.outbox.in_state(PostState.DEAD, PostState.HELD)
    assert (dead.id, dead.reason) == (post.id, "too long")
    assert (await archive.outbox.queued(SOC, START)).subject == card(2).subject


async def test_an_unclear_end_keeps_the_slot_until_the_channel_was_read(archive):
    post = await flying(archive)
    await owe(archive, card(2))
    await archive.outbox.settle(post.id, Unclear("reset"), now=START)
    assert await archive.outbox.queued(SOC, LATER) is None
    await archive.outbox.settle_sighting(post.id, Unreadable("429", later=True), now=LATER)
    assert [one.id for one in await archive.outbox.doubtful()] == [post.id]
    await archive.outbox.settle_sighting(post.id, Absent(), now=LATER)
    assert (await archive.outbox.queued(SOC, LATER)).id == post.id


async def test_a_found_mark_settles_a_post_and_what_it_shows_is_what_the_intent_said(archive):
    post = await flying(archive)
    sent = await archive.outbox.settle_sighting(post.id, Found("m1"), now=LATER)
    assert (sent.state, sent.message_id, sent.shown) == (PostState.SENT, "m1", "1")
    assert await archive.outbox.edits_due(LATER) == []


async def test_a_held_post_waits_for_an_operator_and_then_has_a_new_nonce(archive):
    post = await flying(archive)
    await archive.outbox.settle_sighting(post.id, Unreadable("no permission"), now=START)
    assert await archive.outbox.queued(SOC, LATER) is None
    (again,) = await archive.outbox.redrive([post.id, PostId(99)], now=LATER)
    assert (again.state, again.queued_at, again.attempt) == (PostState.QUEUED, LATER, 0)
    assert again.mark == post.mark
    assert again.nonce != post.nonce
    assert await archive.outbox.redrive([post.id], now=LATER) == []
    assert (await archive.outbox.find(post.id)).nonce == again.nonce


async def test_mark_and_nonce_are_opaque_short_and_stay_the_same(archives, archive):
    post = await flying(archive)
    assert len(post.mark) <= 12
    assert len(post.nonce) <= 25
    assert (post.mark + post.nonce).isalnum()
    assert (post.mark + post.nonce) == (post.mark + post.nonce).lower()
    archive = await archives.reopen()
    again = await archive.outbox.find(post.id)
    assert (again.mark, again.nonce) == (post.mark, post.nonce)


async def test_a_hold_stops_what_is_queued_or_in_doubt_and_nothing_else(archive):
    post = await standing(archive)
    await owe(archive, card(2))
    queued = await archive.outbox.queued(SOC, START)
    for one in (post, queued):
        await archive.outbox.hold(one.id, "an operator asked")
    assert (await archive.outbox.find(post.id)).state is PostState.SENT
    held = await archive.outbox.find(queued.id)
    assert (held.state, held.reason) == (PostState.HELD, "an operator asked")


async def test_an_edit_is_due_when_another_revision_is_wanted_and_only_so_often(archive):
    await archive.commit_poll(poll(told(1)))
    post = await standing(archive)
    assert await archive.outbox.edits_due(START) == []
    await archive.commit_poll(poll(revised=(told(1, revision=2),)))
    (due,) = await archive.outbox.edits_due(LATER)
    assert (due.id, due.wanted, due.shown) == (post.id, "2", "1")
    after = await archive.outbox.settle_edit(post.id, Posted("m1"), now=LATER, shown="2")
    assert (after.shown, after.edits, after.edited_at) == ("2", 1, LATER)
    await archive.commit_poll(poll(revised=(told(1, revision=3),)))
    assert await archive.outbox.edits_due(LATER + timedelta(minutes=9)) == []
    assert len(await archive.outbox.edits_due(LATER + timedelta(minutes=10))) == 1
    assert await archive.outbox.edits_due(START + timedelta(hours=49)) == []


async def test_an_edit_does_not_take_the_slot_and_a_paused_channel_gets_none(archive):
    await archive.commit_poll(poll(told(1)))
    await standing(archive, 1)
    await archive.commit_poll(poll(revised=(told(1, revision=2),)))
    await flying(archive, 2)
    assert len(await archive.outbox.edits_due(LATER)) == 1
    await archive.pause_channel("soc", "by hand", None)
    assert await archive.outbox.edits_due(LATER) == []


async def test_a_story_revised_before_its_card_left_is_sent_as_it_is_then(archive):
    await archive.commit_poll(poll(told(1), posts=(card(1),)))
    await archive.commit_poll(poll(revised=(told(1, revision=2),)))
    post = await archive.outbox.queued(SOC, START)
    begun = await archive.outbox.begin(post, watermark="", now=START)
    assert begun.shown == "2"
    await archive.commit_poll(poll(revised=(told(1, revision=3),)))
    await archive.outbox.settle(post.id, Posted("m1"), now=START)
    (due,) = await archive.outbox.edits_due(LATER)
    assert (due.shown, due.wanted) == ("2", "3")


async def test_old_cards_are_folded_into_one_list_that_later_ones_join(archive):
    await owe(archive, card(1), card(2), now=START)
    await owe(archive, card(3), now=LATER)
    assert await archive.outbox.fold(LATER, now=LATER) == 2
    folds = [p for p in await archive.outbox.in_state(PostState.QUEUED) if p.members]
    assert [fold.members for fold in folds] == [(story_id(1), story_id(2))]
    assert folds[0].subject.startswith("digest:busy-")
    evening = LATER + timedelta(hours=6)
    assert await archive.outbox.fold(evening, now=evening) == 1
    (fold,) = await archive.outbox.in_state(PostState.QUEUED)
    assert fold.members == (story_id(1), story_id(2), story_id(3))
    folded = await archive.outbox.in_state(PostState.FOLDED)
    assert {one.reason for one in folded} == {f"told in {fold.subject}"}
    assert await archive.outbox.fold(evening, now=evening) == 0


async def test_a_list_that_was_sent_is_closed_and_the_next_cards_get_another(archive):
    await owe(archive, card(1))
    await archive.outbox.fold(LATER, now=LATER)
    first = await archive.outbox.queued(SOC, LATER)
    await archive.outbox.begin(first, watermark="", now=LATER)
    await archive.outbox.settle(first.id, Posted("m1"), now=LATER)
    await owe(archive, card(2))
    await archive.outbox.fold(LATER, now=LATER)
    second = await archive.outbox.queued(SOC, LATER)
    assert second.members == (story_id(2),)
    assert second.subject != first.subject


async def test_of_too_many_the_newest_stay_cards_and_each_place_has_its_own_list(archive):
    await owe(archive, *(card(n) for n in range(1, 6)))
    await owe(archive, replace(card(1, OPS), channel="ops"))
    notice = NewPost("soc", SOC, "notice:abc", text="a feed is gone")
    welcome = NewPost("soc", SOC, "welcome", members=(story_id(9),))
    await owe(archive, notice, welcome, card(6, not_before=LATER))
    long_ago = START - timedelta(hours=1)
    assert await archive.outbox.fold(long_ago, now=START, at_most=2) == 3
    queued = [p.subject for p in await archive.outbox.in_state(PostState.QUEUED)]
    assert card(4).subject in queued
    assert card(5).subject in queued
    assert {"notice:abc", "welcome", card(6).subject} <= set(queued)
    assert (await archive.outbox.counts())[PostState.FOLDED] == 3


@pytest.mark.parametrize("state", PostState)
async def test_a_post_may_be_written_down_in_any_state_with_its_reason(archive, state):
    await owe(archive, replace(card(1), state=state, reason="because"))
    (post,) = await archive.outbox.in_state(*PostState)
    assert (post.state, post.reason) == (state, "because")
    assert (await archive.outbox.counts())[state] == 1
