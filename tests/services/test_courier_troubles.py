"""What must not hold up, spin or end the courier; and what is taken back for good."""

import asyncio
from datetime import timedelta

from bot.doubts import PAUSE, Doubts
from digests.archive.post_states import UNCLEAR_TRIES
from digests.archive.store import Archive
from digests.desk.deciding import Decider, Prepared
from digests.model import (
    Destination,
    Draft,
    Feed,
    IndexTokens,
    NewPost,
    PostId,
    PostOutcome,
    PostState,
    Rejected,
    Scope,
    Unclear,
)
from digests.stories.announce import Announcement
from digests.stories.identity import New
from digests.testing import START, FakeClock, build_story
from tests.services.test_courier import FakeChat, archive, counts, courier, retract, rounds

__all__ = ["archive"]  # the fixture


class Broken(FakeChat):
    """Fails at one post in a way that nobody has thought of."""

    calls: int = 0

    async def post(
        self, destination, content, *, mark, nonce, plain=False, reply_to=""
    ) -> PostOutcome:
        self.calls += 1
        raise ValueError("nobody thought of this")


async def test_an_error_of_our_own_neither_ends_the_courier_nor_spins(archive: Archive) -> None:
    chat, clock = Broken(), FakeClock()
    one = courier(archive, chat, clock)
    while not chat.calls:  # reading the archive takes as long as the machine has other work
        await one.round()
        await asyncio.sleep(0.01)
    for _ in range(5):
        await one.round()
    for task in one._tasks():
        task.cancel()
    assert chat.calls == 1
    assert await counts(archive) == {PostState.QUEUED: 2, PostState.SENDING: 1}


async def test_what_cannot_be_read_now_is_read_again_after_a_pause() -> None:
    clock = FakeClock()
    doubts, post = Doubts(clock, timedelta(seconds=60)), PostId(1)
    doubts.ended(post, 0.0)
    clock.advance(61)
    assert doubts.is_ripe(post, timedelta())
    doubts.put_off(post)
    assert not doubts.is_ripe(post, timedelta())
    clock.advance(PAUSE)
    assert doubts.is_ripe(post, timedelta())


async def test_a_post_whose_end_stays_unclear_holds_up_its_channel_for_a_while_only(
    archive: Archive,
) -> None:
    chat, clock = FakeChat(), FakeClock()
    first, *_ = await archive.outbox.destinations_with_work(clock.now())
    poisonous = await archive.outbox.queued(first, clock.now())

    class Poisoned(FakeChat):
        async def post(
            self, destination, content, *, mark, nonce, plain=False, reply_to=""
        ) -> PostOutcome:
            if mark == poisonous.mark:
                return Unclear("internal_error")
            return await FakeChat.post(
                self, destination, content, mark=mark, nonce=nonce, plain=plain
            )

    chat = Poisoned()
    await rounds(courier(archive, chat, clock), clock, 2 * UNCLEAR_TRIES + 4)
    assert await counts(archive) == {PostState.SENT: 2, PostState.HELD: 1}


async def test_taking_back_outlives_a_refusal_that_may_pass(archive: Archive) -> None:
    chat, clock = FakeChat(), FakeClock()
    one = courier(archive, chat, clock)
    await rounds(one, clock, 2)
    chat.removals = [Rejected("missing_scope", Scope.ACCESS)]
    await retract(archive, 2)
    await rounds(one, clock, 3)
    assert chat.removed == [chat.standing[1]]


async def test_what_was_taken_back_is_not_told_to_whoever_watches_for_it_later(
    archive: Archive,
) -> None:
    chat, clock = FakeChat(), FakeClock()
    await rounds(courier(archive, chat, clock), clock, 2)
    await retract(archive, 2)
    elsewhere = Destination("slack", "D9")
    subject = f"story:{build_story(2).id}"
    await archive.outbox.owe([NewPost("watch:slack:U2", elsewhere, subject)], now=clock.now())
    assert await archive.outbox.queued(elsewhere, clock.now()) is None


def told(link: str, title: str) -> Draft:
    tokens = IndexTokens(title=title.lower())
    return Draft(
        link, link, link, title, "", language="en", title_key=title.lower(), tokens=tokens
    )


def new(draft: Draft) -> Prepared:
    return Prepared((draft,), (draft.link,), (New(),), {0: Announcement(True)}, {}, {}, {})


def test_a_link_that_is_told_again_days_later_joins_its_story_and_memory_stays_bounded() -> None:
    first, again = (
        Feed(url=f"https://{n}.example/f", name=n, publisher=f"{n}.example") for n in "ab"
    )
    draft = told("https://a.example/1", "Firewall flaw is exploited by many")
    decider = Decider()
    made = decider.decide(first, new(draft), START)
    (story,) = made.new
    ref, known = decider.window.get(story), decider.stories[story]
    later = START + timedelta(days=10)
    decider.forget(later)
    assert not decider.stories
    decider.recall([ref], [known])
    assert not decider.decide(again, new(draft), later).new
    decider.forget(later + timedelta(days=300))
    assert not decider.stories
