"""Votes and comments: one a person, nothing shown before an editor saw it, all of it shown after."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from digests.archive import post_states
from digests.archive.comments import DAILY_EACH, WAITING_EACH
from digests.archive.records import Act
from digests.model import (
    Channel,
    Comment,
    CommentId,
    CommentState,
    Decision,
    Destination,
    Feedback,
    Gone,
    Post,
    Posted,
    PostState,
    Press,
    StoryId,
    Target,
    Unwritten,
    Vote,
)
from digests.stories.quality import Standing, voice
from digests.testing import START, build_story
from tests.contract.archives import SOC, card, of_story, plans_of, poll, told

STORY = build_story(1)
REVIEW = Channel("review", Target("slack", "#review"))
ANA, BO, EDITOR = "slack:U1", "discord:2", "slack:U9"


@pytest.fixture
async def stored(archive):
    """An archive with one story, whose card stands in a channel."""
    await stand(archive)
    return archive


async def stand(archive, message: str = "m1") -> None:
    await archive.commit_poll(poll(of_story(STORY, 1), posts=(card(1, SOC),)))
    (post,) = await archive.outbox.in_state(PostState.QUEUED)
    await archive.outbox.begin(post, watermark="", now=START)
    await archive.outbox.settle(post.id, Posted(message), now=START, shown=post.wanted)


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
    assert standing == Standing("news.example", useful=1, noise=1, people=2)
    await vote(stored, BO, Vote.NOISE)
    (standing,) = await stored.standings()
    assert standing == Standing("news.example", useful=1, people=1, voices=voice(1, 0))


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
    await stored.acts.retract(STORY.id, "wrong", [], deed)
    (leaving,) = await stored.outbox.leaving(START)
    await stored.outbox.settle_removal(leaving.id, Gone(), now=START)
    assert await stored.readers.vote(STORY.id, press, Vote.USEFUL) is None


async def test_in_a_forum_the_button_is_pressed_in_the_thread_of_the_card(archive):
    await stand(archive, "777/1")
    press = Press("", ANA, Destination("slack", "777"), START)
    assert (await archive.readers.vote(STORY.id, press, Vote.USEFUL)).feedback.useful == 1
    for other in ("77", "777/1", "%", ""):
        press = Press("", BO, Destination("slack", other), START)
        assert await archive.readers.vote(STORY.id, press, Vote.USEFUL) is None


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


async def write(
    archive, person: str = ANA, text: str = "We saw this too.", click: str = "", at=START
) -> Comment | Unwritten:
    written = Comment(CommentId(0), STORY.id, person, "Ana", text, at, language="de")
    return await archive.readers.comment(Press(click, person, SOC, at), written, REVIEW)


async def decide(archive, this: Comment, state: CommentState = CommentState.SHOWN, *asides: str):
    made = Decision(state, EDITOR, "Ed", START, frozenset(asides))
    deed = Act(START, EDITOR, "approve", f"c{this.id}", "")
    return await archive.readers.decide(this.id, made, deed)


async def owed(archive) -> dict[str, Post]:
    """What waits to be sent, by subject."""
    return {one.subject: one for one in await archive.outbox.in_state(PostState.QUEUED)}


async def test_a_comment_waits_and_is_shown_only_when_an_editor_said_so(stored):
    readers = stored.readers
    written = await write(stored)
    assert written.state is CommentState.WAITING
    assert await readers.waiting() == [written]
    assert (await readers.feedback(STORY.id)).comments == ()
    shown = await decide(stored, written)
    known = replace(written, state=CommentState.SHOWN, decided_by=EDITOR, editor="Ed")
    assert shown == known
    assert (await readers.feedback(STORY.id)).comments == (shown,)
    assert await decide(stored, written, CommentState.REJECTED) is None  # the first decision wins
    assert await readers.waiting() == []
    (act,) = await stored.acts.trail(5)
    assert (act.verb, act.what) == ("approve", f"c{written.id}")


async def test_editors_are_owed_the_comment_and_its_writer_the_result(stored):
    written = await write(stored, click="t1")
    assert await write(stored, click="t1") == written
    (review,) = (await owed(stored)).values()
    assert (review.channel, review.subject) == ("review", f"review:{written.id}")
    assert review.destination == Destination("slack", "#review")
    await decide(stored, written)
    posts = await owed(stored)
    verdict = posts[f"verdict:{written.id}"]
    assert (verdict.channel, verdict.destination.place) == ("watch:slack:U1", "U1")
    assert posts[review.subject].wanted != review.wanted
    assert len(posts) == 2


async def test_where_threads_are_wanted_a_comment_is_a_line_under_the_card(stored):
    written = await write(stored)
    await decide(stored, written, CommentState.SHOWN, "soc", "elsewhere")
    assert f"note:{STORY.id}:said:{written.id}" in await owed(stored)


async def test_a_rejected_comment_is_never_shown(stored):
    await decide(stored, await write(stored), CommentState.REJECTED)
    assert (await stored.readers.feedback(STORY.id)).comments == ()
    (post,) = await stored.outbox.in_state(PostState.SENT)
    assert post.wanted == post.shown


async def test_one_person_cannot_fill_the_editors_queue(stored):
    for number in range(WAITING_EACH):
        assert isinstance(await write(stored, text=str(number)), Comment)
    assert await write(stored, text="more") is Unwritten.TOO_MANY
    assert isinstance(await write(stored, BO), Comment)
    for number in range(DAILY_EACH):
        written = await write(stored, "slack:U7", str(number))
        await decide(stored, written, CommentState.REJECTED)
    assert await write(stored, "slack:U7") is Unwritten.TOO_MANY
    tomorrow = START + timedelta(days=1, seconds=1)
    assert isinstance(await write(stored, "slack:U7", at=tomorrow), Comment)


async def test_a_comment_from_where_the_story_was_not_told_is_refused(stored):
    elsewhere = Press("", ANA, Destination("slack", "C2"), START)
    written = Comment(CommentId(0), STORY.id, ANA, "Ana", "Hi", START)
    refused = await stored.readers.comment(elsewhere, written, REVIEW)
    assert refused is Unwritten.NOT_TOLD
    assert await stored.readers.waiting() == []


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


async def test_a_person_can_take_everything_back_wherever_it_stands(stored):
    await vote(stored, ANA, Vote.USEFUL)
    written = await write(stored)
    await decide(stored, written, CommentState.SHOWN, "soc")
    waits = await write(stored)
    for post in await stored.outbox.in_state(PostState.QUEUED):
        if post.subject in (f"review:{written.id}", f"note:{STORY.id}:said:{written.id}"):
            await stored.outbox.begin(post, watermark="", now=START)
            await stored.outbox.settle(post.id, Posted("m2"), now=START, shown=post.wanted)
    await vote(stored, BO, Vote.USEFUL)
    assert await stored.readers.forget(ANA) == 3
    assert await stored.readers.feedback(STORY.id) == Feedback(useful=1)
    assert await stored.readers.find_comment(written.id) is None
    leaving = {post.subject for post in await stored.outbox.leaving(START)}
    assert leaving == {f"review:{written.id}", f"note:{STORY.id}:said:{written.id}"}
    gone = {post.subject for post in await stored.outbox.in_state(PostState.RETRACTED)}
    assert gone == {f"verdict:{written.id}", f"review:{waits.id}"}
    (standing,) = await stored.standings()
    assert (standing.useful, standing.people) == (1, 1)


async def test_what_was_taken_back_goes_from_cards_that_are_not_edited_for_anything_else(stored):
    this = await write(stored, ANA)
    await decide(stored, this)
    (post,) = await stored.outbox.in_state(PostState.SENT)
    await stored.outbox.settle_edit(post.id, Posted("m1"), now=START, shown=post.wanted)
    old = START + timedelta(days=90)
    assert await stored.outbox.withdrawn(old) == []
    await stored.readers.forget(ANA)
    assert await stored.outbox.edits_due(old) == []
    (due,) = await stored.outbox.withdrawn(old)
    assert due.id == post.id
    await stored.pause_channel("soc", "by hand", None)
    assert await stored.outbox.withdrawn(old) == []


async def test_retention_forgets_what_was_said_of_a_story(stored):
    await vote(stored, ANA, Vote.USEFUL)
    later = START + timedelta(days=500)
    await stored.forget(now=later, keep=timedelta(days=400))
    assert await stored.readers.feedback(STORY.id) == Feedback()


async def test_many_votes_of_one_person_are_one_voice_about_the_publisher(archive):
    stories = [build_story(number) for number in range(1, 41)]
    records = [of_story(one, number) for number, one in enumerate(stories, 1)]
    cards = tuple(card(number, SOC) for number in range(1, 41))
    await archive.commit_poll(poll(*records, posts=cards))
    for one in stories:
        await _send(archive)
        press = Press("", ANA, SOC, START)
        await archive.readers.vote(one.id, press, Vote.NOISE)
    (standing,) = await archive.standings()
    assert (standing.noise, standing.people, standing.voices) == (40, 1, voice(0, 40))
    await archive.readers.vote(stories[0].id, Press("", BO, SOC, START), Vote.USEFUL)
    await archive.readers.vote(stories[0].id, Press("", ANA, SOC, START), Vote.USEFUL)
    (standing,) = await archive.standings()
    assert (standing.useful, standing.noise, standing.people) == (2, 39, 2)
    assert standing.voices == voice(1, 39) + voice(1, 0)


async def _send(archive) -> None:
    post = await archive.outbox.queued(SOC, START)
    await archive.outbox.begin(post, watermark="", now=START)
    await archive.outbox.settle(post.id, Posted(f"m{post.id}"), now=START, shown=post.wanted)


async def test_comments_and_lines_under_cards_are_found_without_walking_all_posts(stored):
    written = await write(stored)
    about = "ix_post_subject (subject"
    decided = await plans_of(stored, decide(stored, written, CommentState.SHOWN, "soc"))
    forgotten = await plans_of(stored, stored.readers.forget(ANA))
    deed = Act(START, EDITOR, "retract", "a1", "")
    taken = await plans_of(stored, stored.acts.retract(STORY.id, "wrong", [], deed))
    assert f"{about}=?)" in decided
    assert f"{about}=?)" in forgotten
    assert f"{about}>? AND subject<?)" in taken
    assert "SCAN post" not in decided + forgotten + taken
