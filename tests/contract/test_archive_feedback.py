"""Votes and comments: one a person, nothing shown before an editor saw it, all of it shown after."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from digests.archive import post_states
from digests.archive.feedback import WAITING_EACH
from digests.archive.records import Act
from digests.model import (
    CommentState,
    Destination,
    Feedback,
    Gone,
    Posted,
    PostState,
    Press,
    StoryId,
    Vote,
)
from digests.stories.quality import Standing
from digests.testing import START, build_story
from tests.contract.archives import SOC, card, of_story, poll, told

STORY = build_story(1)
ANA, BO, EDITOR = "slack:U1", "discord:2", "slack:U9"


@pytest.fixture
async def stored(archive):
    """An archive with one story, whose card stands in a channel."""
    await stand(archive)
    return archive


async def stand(archive) -> None:
    await archive.commit_poll(poll(of_story(STORY, 1), posts=(card(1, SOC),)))
    (post,) = await archive.outbox.in_state(PostState.QUEUED)
    await archive.outbox.begin(post, watermark="", now=START)
    await archive.outbox.settle(post.id, Posted("m1"), now=START, shown=post.wanted)


async def vote(archive, person: str, what: Vote, click: str = "") -> Feedback:
    voted = await archive.readers.vote(STORY.id, Press(click, person, SOC, START), what)
    return voted.feedback


async def test_a_person_has_one_vote_can_change_it_and_take_it_back(stored):
    assert await vote(stored, ANA, Vote.USEFUL) == Feedback(useful=1)
    assert await vote(stored, BO, Vote.USEFUL) == Feedback(useful=2)
    assert await vote(stored, ANA, Vote.NOISE) == Feedback(useful=1, noise=1)
    assert await vote(stored, ANA, Vote.NOISE) == Feedback(useful=1)
    assert await stored.readers.feedback(STORY.id) == Feedback(useful=1)


async def test_votes_move_the_publisher_and_can_be_undone(stored):
    await vote(stored, ANA, Vote.USEFUL)
    await vote(stored, BO, Vote.NOISE)
    (standing,) = await stored.standings()
    assert standing == Standing("news.example", useful=1, noise=1)
    await vote(stored, BO, Vote.NOISE)
    (standing,) = await stored.standings()
    assert standing == Standing("news.example", useful=1)


async def test_the_same_press_counts_once_also_after_a_restart(archives):
    archive = await archives.open()
    await stand(archive)
    assert await vote(archive, ANA, Vote.USEFUL, "t1") == Feedback(useful=1)
    assert await vote(archive, ANA, Vote.USEFUL, "t1") == Feedback(useful=1)
    again = await archives.reopen()
    assert await vote(again, ANA, Vote.USEFUL, "t1") == Feedback(useful=1)
    assert await vote(again, ANA, Vote.USEFUL, "t2") == Feedback()
    # Told late, an old press does not undo what was pressed after it.
    assert await vote(again, ANA, Vote.USEFUL, "t1") == Feedback()
    later = START + timedelta(days=8)
    assert (await again.forget(now=later, keep=timedelta(days=400))).clicks == 2


async def test_a_vote_counts_only_where_a_card_of_that_story_stands(stored):
    for place in (Destination("slack", "C2"), Destination("discord", "C1"), Destination("", "")):
        press = Press("", ANA, place, START)
        assert await stored.readers.vote(STORY.id, press, Vote.USEFUL) is None
    press = Press("", ANA, SOC, START)
    assert await stored.readers.vote(StoryId(7), press, Vote.USEFUL) is None
    assert await stored.readers.feedback(STORY.id) == Feedback()
    deed = Act(START, EDITOR, "retract", "k001", "")
    await stored.acts.retract(STORY.id, "", "wrong", deed)
    (leaving,) = await stored.outbox.leaving(START)
    await stored.outbox.settle_removal(leaving.id, Gone(), now=START)
    assert await stored.readers.vote(STORY.id, press, Vote.USEFUL) is None


async def test_any_order_of_presses_and_deliveries_counts_each_press_once(stored):
    random, seen, stands = Random(7), set(), {}
    for _ in range(200):
        person, what, click = (
            random.choice([ANA, BO]),
            random.choice([*Vote]),
            random.randrange(90),
        )
        counted = await vote(stored, person, what, str(click))
        if click not in seen:
            seen.add(click)
            stands[person] = None if stands.get(person) is what else what
        votes = [*stands.values()]
        assert counted == Feedback(votes.count(Vote.USEFUL), votes.count(Vote.NOISE))
    (standing,) = await stored.standings()
    assert (standing.useful, standing.noise) == (counted.useful, counted.noise)


async def test_a_comment_waits_and_is_shown_only_when_an_editor_said_so(stored):
    readers = stored.readers
    written = await readers.comment(STORY.id, ANA, "Ana", "We saw this too.", now=START)
    assert written.state is CommentState.WAITING
    assert await readers.waiting() == [written]
    assert (await readers.feedback(STORY.id)).comments == ()
    shown = await readers.decide(written.id, CommentState.SHOWN, by=EDITOR)
    assert shown == replace(written, state=CommentState.SHOWN, decided_by=EDITOR)
    assert (await readers.feedback(STORY.id)).comments == (shown,)
    assert await readers.decide(written.id, CommentState.REJECTED, by=EDITOR) is None
    assert await readers.waiting() == []


async def test_a_rejected_comment_is_never_shown(stored):
    written = await stored.readers.comment(STORY.id, ANA, "Ana", "Buy!", now=START)
    await stored.readers.decide(written.id, CommentState.REJECTED, by=EDITOR)
    assert (await stored.readers.feedback(STORY.id)).comments == ()
    (post,) = await stored.outbox.in_state(PostState.SENT)
    assert post.wanted == post.shown


async def test_one_person_cannot_fill_the_editors_queue(stored):
    for number in range(WAITING_EACH):
        assert await stored.readers.comment(STORY.id, ANA, "Ana", str(number), now=START)
    assert await stored.readers.comment(STORY.id, ANA, "Ana", "more", now=START) is None
    assert await stored.readers.comment(STORY.id, BO, "Bo", "mine", now=START)


async def test_what_readers_say_is_edited_into_the_card_once_a_minute(stored):
    await vote(stored, ANA, Vote.USEFUL)
    now = START + timedelta(seconds=1)
    (due,) = await stored.outbox.edits_due(now)
    await stored.outbox.settle_edit(due.id, Posted("m1"), now=now, shown=due.wanted)
    await vote(stored, BO, Vote.USEFUL)
    assert await stored.outbox.edits_due(now + timedelta(seconds=59)) == []
    later = START + timedelta(days=29)
    (due,) = await stored.outbox.edits_due(later)
    assert due.edits == 0  # the budget of revisions is untouched
    assert await stored.outbox.edits_due(START + timedelta(days=31)) == []


async def test_a_revision_keeps_what_readers_said_and_has_a_budget_of_its_own(stored):
    await vote(stored, ANA, Vote.USEFUL)
    await stored.commit_poll(poll(revised=(told(1, revision=2),)))
    (post,) = await stored.outbox.in_state(PostState.SENT)
    assert post.wanted == post_states.version("2", 1)
    (due,) = await stored.outbox.edits_due(START)
    edited = await stored.outbox.settle_edit(due.id, Posted("m1"), now=START, shown=due.wanted)
    assert edited.edits == 1


async def test_a_person_can_take_everything_back(stored):
    await vote(stored, ANA, Vote.USEFUL)
    written = await stored.readers.comment(STORY.id, ANA, "Ana", "Hello", now=START)
    await stored.readers.decide(written.id, CommentState.SHOWN, by=EDITOR)
    await vote(stored, BO, Vote.USEFUL)
    assert await stored.readers.forget(ANA) == 2
    assert await stored.readers.feedback(STORY.id) == Feedback(useful=1)
    assert await stored.readers.find_comment(written.id) is None


async def test_retention_forgets_what_was_said_of_a_story(stored):
    await vote(stored, ANA, Vote.USEFUL)
    later = START + timedelta(days=500)
    await stored.forget(now=later, keep=timedelta(days=400))
    assert await stored.readers.feedback(STORY.id) == Feedback()
