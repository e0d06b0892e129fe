"""Every arrow of docs/delivery.md, and that nothing else moves a post."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.archive import post_states as states
from digests.model import (
    Absent,
    Destination,
    Found,
    Gone,
    Post,
    Posted,
    PostId,
    PostState,
    Proof,
    Rejected,
    Retry,
    Scope,
    Unclear,
    Unreadable,
)
from digests.testing import START

NOW = START + timedelta(minutes=1)
MINUTE = timedelta(minutes=1)
POST = Post(
    id=PostId(1),
    channel="soc",
    destination=Destination("slack", "C1"),
    subject="story:1",
    state=PostState.SENDING,
    mark="mark",
    nonce="nonce",
    queued_at=START,
    attempt=1,
    intent_at=START,
    wanted="2",
    shown="1",
)
STANDING = replace(POST, state=PostState.SENT, message_id="m1", sent_at=START)

TAKEN_BACK = (PostState.LEAVING, PostState.RETRACTED)

outcomes = st.sampled_from(
    [
        Posted("m9"),
        Retry("later"),
        Retry("later", timedelta(minutes=5)),
        *(Rejected("no", scope) for scope in Scope),
        Unclear("reset"),
    ]
)
sightings = st.sampled_from(
    [Found("m9"), Absent(), Unreadable("no"), Unreadable("busy", later=True)]
)


def test_an_accepted_post_stands_under_its_message_id():
    after = states.settled(POST, Posted("m1"), now=NOW)
    assert (after.state, after.message_id, after.sent_at) == (PostState.SENT, "m1", NOW)
    assert after.shown == "1"
    assert states.settled(POST, Posted("m1"), now=NOW, shown="2").shown == "2"


@pytest.mark.parametrize("state", sorted(set(PostState) - {PostState.SENT, *TAKEN_BACK}))
def test_an_acceptance_that_arrives_late_is_still_the_truth(state):
    late = states.settled(replace(POST, state=state), Posted("m1"), now=NOW)
    assert (late.state, late.message_id) == (PostState.SENT, "m1")


def test_a_refusal_that_may_be_tried_again_waits_as_long_as_the_platform_says():
    after = states.settled(POST, Retry("429", timedelta(seconds=7)), now=NOW)
    assert (after.state, after.reason) == (PostState.QUEUED, "429")
    assert after.not_before == NOW + timedelta(seconds=7)


def test_without_a_word_from_the_platform_the_waits_double_up_to_an_hour():
    waits = [states.backoff(attempt) for attempt in (0, 1, 2, 3, 8, 1000)]
    assert waits == [0.5 * MINUTE, 0.5 * MINUTE, MINUTE, 2 * MINUTE, 60 * MINUTE, 60 * MINUTE]


def test_refused_content_is_dead_and_refused_access_keeps_the_post():
    dead = states.settled(POST, Rejected("invalid_blocks", Scope.CONTENT), now=NOW)
    assert (dead.state, dead.reason) == (PostState.DEAD, "invalid_blocks")
    kept = states.settled(POST, Rejected("not_in_channel", Scope.ACCESS), now=NOW)
    assert (kept.state, kept.not_before) == (PostState.QUEUED, None)


def test_an_unknown_refusal_is_tried_a_few_times_and_then_held():
    unknown = Rejected("odd_error", Scope.UNKNOWN)
    assert states.settled(POST, unknown, now=NOW).state is PostState.QUEUED
    last = replace(POST, attempt=states.UNKNOWN_TRIES)
    assert states.settled(last, unknown, now=NOW).state is PostState.HELD


def test_an_unclear_end_leaves_the_post_to_the_reconciler():
    after = states.settled(POST, Unclear("timed out"), now=NOW)
    assert after == replace(POST, reason="timed out")


def test_a_post_whose_mark_is_found_stands():
    after = states.sighted(POST, Found("m1"), now=NOW)
    assert (after.state, after.message_id, after.shown) == (PostState.SENT, "m1", "1")


def test_a_post_that_is_provably_absent_is_queued_at_once():
    after = states.sighted(POST, Absent(), now=NOW)
    assert (after.state, after.not_before, after.attempt) == (PostState.QUEUED, None, 1)


def test_a_channel_that_cannot_be_read_holds_the_post_unless_the_operator_chose_to_resend():
    assert states.sighted(POST, Unreadable("no"), now=NOW).state is PostState.HELD
    resent = states.sighted(POST, Unreadable("no"), now=NOW, proof=Proof.RESEND)
    assert resent.state is PostState.QUEUED


@pytest.mark.parametrize("proof", Proof)
def test_a_channel_that_cannot_be_read_only_now_is_asked_again(proof):
    after = states.sighted(POST, Unreadable("429", later=True), now=NOW, proof=proof)
    assert after == replace(POST, reason="429")


@given(outcomes, st.sampled_from(PostState))
def test_only_a_post_in_flight_is_moved_by_a_refusal(outcome, state):
    before = replace(POST, state=state)
    after = states.settled(before, outcome, now=NOW)
    if state is not PostState.SENDING and not isinstance(outcome, Posted):
        assert after == before
    if state is PostState.SENT:
        assert after == before


@given(sightings, st.sampled_from(PostState), st.sampled_from(Proof))
def test_only_a_post_in_flight_is_moved_by_a_sighting(sighting, state, proof):
    before = replace(POST, state=state)
    if state is not PostState.SENDING:
        assert states.sighted(before, sighting, now=NOW, proof=proof) == before


@given(outcomes)
def test_what_was_refused_or_unclear_never_counts_as_sent(outcome):
    after = states.settled(POST, outcome, now=NOW)
    assert (after.state is PostState.SENT) == isinstance(outcome, Posted)
    assert (after.state is PostState.SENDING) == isinstance(outcome, Unclear)


def test_a_redrive_starts_anew_and_touches_only_what_is_held_or_dead():
    for state in PostState:
        before = replace(POST, state=state, attempt=8, reason="why", not_before=NOW)
        after = states.redriven(before, NOW)
        if state in (PostState.HELD, PostState.DEAD):
            assert (after.state, after.attempt, after.queued_at) == (PostState.QUEUED, 0, NOW)
            assert (after.not_before, after.reason) == (None, "")
        else:
            assert after == before


def test_an_edit_shows_what_was_wanted_and_waits_ten_minutes_for_the_next():
    assert states.may_edit(STANDING, NOW)
    after = states.edited(STANDING, Posted("m1"), now=NOW, shown="2")
    assert (after.shown, after.edits) == ("2", 1)
    wanted = replace(after, wanted="3")
    assert not states.may_edit(wanted, NOW + timedelta(minutes=9, seconds=59))
    assert states.may_edit(wanted, NOW + timedelta(minutes=10))


def test_edits_end_after_twenty_four_and_after_two_days():
    assert not states.may_edit(replace(STANDING, edits=24), NOW)
    assert states.may_edit(STANDING, START + timedelta(hours=48))
    assert not states.may_edit(STANDING, START + timedelta(hours=48, seconds=1))


def test_a_refused_edit_is_given_up_for_this_revision_only():
    after = states.edited(STANDING, Rejected("gone", Scope.CONTENT), now=NOW, shown="2")
    assert (after.state, after.shown, after.reason) == (PostState.SENT, "2", "gone")
    assert states.may_edit(replace(after, wanted="3"), NOW + timedelta(minutes=10))


def test_an_edit_told_to_wait_costs_nothing_and_an_unclear_one_is_repeated_soon():
    told = states.edited(STANDING, Retry("429", MINUTE), now=NOW, shown="2")
    assert (told.edits, told.not_before) == (0, NOW + MINUTE)
    assert not states.may_edit(told, NOW)
    unclear = states.edited(STANDING, Unclear("reset"), now=NOW, shown="2")
    assert (unclear.edits, unclear.shown) == (1, "1")
    assert states.may_edit(unclear, NOW + MINUTE)


@given(st.lists(outcomes, max_size=60))
def test_whatever_happens_a_post_is_edited_at_most_twenty_four_times(ends):
    post, now, sent = STANDING, NOW, 0
    for revision, outcome in enumerate(ends):
        now += timedelta(minutes=10)
        if states.may_edit(post, now):
            post = states.edited(post, outcome, now=now, shown=post.wanted)
            post = replace(post, wanted=f"later {revision}", not_before=None)
            sent += not isinstance(outcome, Retry)
    assert sent <= states.EDITS
    assert post.edits == sent


@pytest.mark.parametrize(
    ("state", "after"),
    [
        (PostState.SENT, PostState.LEAVING),
        (PostState.QUEUED, PostState.RETRACTED),
        (PostState.HELD, PostState.RETRACTED),
        (PostState.DEAD, PostState.RETRACTED),
        (PostState.SENDING, PostState.SENDING),
        (PostState.FOLDED, PostState.FOLDED),
        (PostState.LEAVING, PostState.LEAVING),
        (PostState.RETRACTED, PostState.RETRACTED),
    ],
)
def test_what_an_editor_takes_back_leaves_unless_its_sending_is_under_way(state, after):
    assert states.retracted(replace(STANDING, state=state), "wrong").state is after


def test_what_was_taken_back_in_doubt_and_turns_out_to_stand_has_to_leave():
    taken = states.retracted(replace(POST, state=PostState.HELD), "wrong")
    late = states.settled(taken, Posted("m9"), now=NOW)
    assert (late.state, late.message_id, late.reason) == (PostState.LEAVING, "m9", "wrong")
    assert states.settled(late, Posted("m9"), now=NOW) == late


@pytest.mark.parametrize(
    ("outcome", "after"),
    [
        (Posted("m9"), PostState.LEAVING),
        (Retry("busy"), PostState.RETRACTED),
        (Rejected("broken", Scope.CONTENT), PostState.RETRACTED),
        (Unclear("reset"), PostState.SENDING),
    ],
)
def test_what_is_taken_back_while_it_is_sent_goes_when_that_has_ended(outcome, after):
    sending = replace(POST, state=PostState.SENDING, attempt=1)
    taken = states.retracted(sending, "wrong")
    ended = states.settled(taken, outcome, now=NOW)
    assert ended.state is after
    if after is not PostState.SENDING:
        assert (ended.reason, ended.taken_back) == ("wrong", "")


@pytest.mark.parametrize(
    ("sighting", "after"),
    [
        (Found("m9"), PostState.LEAVING),
        (Absent(), PostState.RETRACTED),
        (Unreadable("no right to read"), PostState.RETRACTED),
        (Unreadable("busy", later=True), PostState.SENDING),
    ],
)
def test_what_is_taken_back_in_doubt_is_not_sent_again_and_goes_where_it_is_found(sighting, after):
    sending = replace(POST, state=PostState.SENDING, attempt=1)
    read_back = states.sighted(states.retracted(sending, "wrong"), sighting, now=NOW)
    assert read_back.state is after


def test_a_deletion_is_tried_again_until_it_is_known_to_be_in_vain():
    one = states.retracted(STANDING, "wrong")
    for _ in range(states.UNKNOWN_TRIES - 1):
        one = states.removed(one, Unclear("reset"), NOW)
        assert one.state is PostState.LEAVING
        assert one.not_before > NOW
    assert states.removed(one, Gone(), NOW).state is PostState.RETRACTED
    assert states.removed(one, Unclear("reset"), NOW).state is PostState.SENT


@given(outcomes)
def test_a_deletion_moves_nothing_but_what_leaves(outcome):
    if not isinstance(outcome, Posted):
        assert states.removed(STANDING, outcome, NOW) == STANDING
