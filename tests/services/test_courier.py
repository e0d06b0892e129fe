"""The courier on a real archive and a platform that fails: nothing lost, nothing twice."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.courier import Courier
from digests.archive.records import Act, PollRecord, StoryRecord
from digests.archive.store import Archive
from digests.config import Settings
from digests.feeds.pace import FeedState
from digests.model import (
    Absent,
    Channel,
    Content,
    Destination,
    Found,
    Gone,
    IndexTokens,
    NewPost,
    Posted,
    PostOutcome,
    PostState,
    Rejected,
    RemovalOutcome,
    Retry,
    Scope,
    Sighting,
    Target,
    Unclear,
)
from digests.testing import START, FakeClock, build_story

CHANNEL = Channel("soc", Target("slack", "C1"))


@dataclass
class FakeChat:
    """Accepts, refuses or leaves unclear, as told; what stands there is in `standing`."""

    outcomes: list[PostOutcome | str] = field(default_factory=list)
    standing: list[str] = field(default_factory=list)
    edits: list[str] = field(default_factory=list)
    replies: dict[str, str] = field(default_factory=dict)  # mark -> the message it belongs to
    platform: str = "slack"
    nonce_window: timedelta = timedelta()

    removed: list[str] = field(default_factory=list)
    removals: list[RemovalOutcome] = field(default_factory=list)

    def keeps_nonce(self, destination) -> bool:
        return True

    async def start(self) -> None: ...
    async def close(self) -> None: ...

    async def resolve(self, target: Target) -> Destination:
        return Destination("slack", "C1")

    async def post(
        self, destination, content: Content, *, mark, nonce, plain=False, reply_to=""
    ) -> PostOutcome:
        outcome = self.outcomes.pop(0) if self.outcomes else "ok"
        if outcome == "accepted, then lost":
            self.standing.append(mark)
            return Unclear("closed")
        if isinstance(outcome, str):
            self.standing.append(mark)
            self.replies[mark] = reply_to
            return Posted(mark)
        return outcome

    async def edit(self, destination, message_id, content, *, mark) -> PostOutcome:
        self.edits.append(message_id)
        return Posted(message_id)

    async def remove(self, destination, message_id) -> RemovalOutcome:
        outcome = self.removals.pop(0) if self.removals else Gone()
        if isinstance(outcome, Gone):
            self.removed.append(message_id)
        return outcome

    async def find(
        self, destination, *, mark, nonce, since: datetime, watermark, reply_to=""
    ) -> Sighting:
        return Found(mark) if mark in self.standing else Absent()

    async def watermark(self, destination) -> str:
        return self.standing[-1] if self.standing else ""

    async def check(self) -> tuple[str, ...]:
        return ()


@pytest.fixture
async def archive(tmp_path: Path):
    one = await Archive.open(tmp_path / "c.db")
    clock = FakeClock()
    await one.register_channels([CHANNEL], clock.now())
    stories = [build_story(n) for n in (1, 2, 3)]
    records = [StoryRecord(s, IndexTokens("gateway"), n) for n, s in enumerate(stories, 1)]
    posts = [
        NewPost("soc", Destination("slack", "C1"), f"story:{s.id}", wanted="1") for s in stories
    ]
    url = "https://news.example/feed"
    record = PollRecord(
        url, FeedState(url=url), clock.now(), new=tuple(records), posts=tuple(posts)
    )
    await one.commit_poll(record)
    yield one
    await one.close()


def courier(archive: Archive, chat: FakeChat, clock: FakeClock) -> Courier:
    return Courier(archive, {"slack": chat}, lambda: Settings(channels=(CHANNEL,)), clock)


async def counts(archive: Archive) -> dict[PostState, int]:
    return {state: n for state, n in (await archive.outbox.counts()).items() if n}


async def rounds(one: Courier, clock: FakeClock, count: int, seconds: float = 61) -> None:
    for _ in range(count):
        await one.round()
        await one.drained()
        clock.advance(seconds)


async def test_all_posts_go_out_in_order_once(archive: Archive) -> None:
    chat, clock = FakeChat(), FakeClock()
    await rounds(courier(archive, chat, clock), clock, 2)
    assert len(chat.standing) == len(set(chat.standing)) == 3
    assert await counts(archive) == {PostState.SENT: 3}


@pytest.mark.parametrize("lost", [Unclear("reset"), "accepted, then lost"])
async def test_an_unclear_end_is_looked_up_before_anything_is_sent_again(archive, lost) -> None:
    chat, clock = FakeChat([lost]), FakeClock()
    await rounds(courier(archive, chat, clock), clock, 4)
    assert len(chat.standing) == len(set(chat.standing)) == 3
    assert await counts(archive) == {PostState.SENT: 3}


async def test_a_rate_limit_delays_and_loses_nothing(archive: Archive) -> None:
    chat, clock = FakeChat([Retry("429", timedelta(seconds=30))]), FakeClock()
    await rounds(courier(archive, chat, clock), clock, 3)
    assert await counts(archive) == {PostState.SENT: 3}


async def test_content_refused_for_good_is_tried_plainly_once(archive: Archive) -> None:
    chat, clock = FakeChat([Rejected("invalid_blocks", Scope.CONTENT), "ok"]), FakeClock()
    await rounds(courier(archive, chat, clock), clock, 2)
    assert await counts(archive) == {PostState.SENT: 3}


async def test_refused_access_pauses_the_channel_and_keeps_its_queue(archive: Archive) -> None:
    chat, clock = FakeChat([Rejected("channel_not_found", Scope.ACCESS)]), FakeClock()
    await rounds(courier(archive, chat, clock), clock, 3)
    assert chat.standing == []
    assert "soc" in await archive.paused()
    assert await counts(archive) == {PostState.QUEUED: 3}


async def test_a_note_goes_under_its_card(archive: Archive) -> None:
    chat, clock = FakeChat(), FakeClock()
    one = courier(archive, chat, clock)
    await rounds(one, clock, 2)
    story = (await archive.latest(1))[0]
    (card,) = await archive.outbox.about(story.id)
    subject = f"note:{story.id}:kev"
    await archive.outbox.owe([NewPost("soc", card.destination, subject)], now=clock.now())
    await rounds(one, clock, 1)
    assert chat.replies[chat.standing[-1]] == card.message_id
    assert await counts(archive) == {PostState.SENT: 4}


async def test_a_line_whose_card_does_not_stand_is_not_said(archive: Archive) -> None:
    chat, clock = FakeChat(), FakeClock()
    story = (await archive.latest(1))[0]
    (card,) = await archive.outbox.about(story.id)
    await archive.outbox.hold(card.id, "nobody can tell")
    note = NewPost("soc", card.destination, f"note:{story.id}:exploited-1")
    await archive.outbox.owe([note], now=clock.now())
    await rounds(courier(archive, chat, clock), clock, 2)
    assert len(chat.standing) == 2
    states = {PostState.SENT: 2, PostState.HELD: 1, PostState.FOLDED: 1}
    assert await counts(archive) == states


async def retract(archive: Archive, number: int) -> list[str]:
    deed = Act(START, "slack:U1", "retract", "k001", "slack:C1")
    story = build_story(number).id
    return [p.state for p in (await archive.acts.retract(story, "wrong", (), deed)).taken]


async def test_what_an_editor_takes_back_is_deleted_once_whatever_happens_on_the_way(
    archive: Archive,
) -> None:
    chat, clock = FakeChat(), FakeClock()
    one = courier(archive, chat, clock)
    await rounds(one, clock, 2)
    chat.removals = [Retry("busy"), Unclear("reset"), Rejected("?", Scope.UNKNOWN)]
    assert await retract(archive, 2) == [PostState.LEAVING]
    await rounds(one, clock, 9)
    assert chat.removed == [chat.standing[1]]
    assert await counts(archive) == {PostState.SENT: 2, PostState.RETRACTED: 1}
    await archive.outbox.owe([NewPost("soc", Destination("slack", "C1"), f"story:{build_story(2).id}")],
                             now=clock.now())  # fmt: skip
    await rounds(one, clock, 2)
    assert len(chat.standing) == 3


async def test_what_cannot_be_deleted_stands_and_says_so(archive: Archive) -> None:
    chat, clock = FakeChat(), FakeClock()
    one = courier(archive, chat, clock)
    await rounds(one, clock, 2)
    chat.removals = [Rejected("cant_delete_message", Scope.CONTENT)]
    await retract(archive, 2)
    await rounds(one, clock, 2)
    (post,) = await archive.outbox.about(build_story(2).id)
    assert post.state is PostState.SENT
    assert post.reason == "could not be taken back: cant_delete_message"


async def test_what_was_not_yet_sent_never_is(archive: Archive) -> None:
    chat, clock = FakeChat(), FakeClock()
    assert await retract(archive, 2) == [PostState.RETRACTED]
    await rounds(courier(archive, chat, clock), clock, 2)
    assert await counts(archive) == {PostState.SENT: 2, PostState.RETRACTED: 1}
    assert len(chat.standing) == 2


async def test_an_editors_pause_outlives_a_refusal_and_only_editors_end_it(
    archive: Archive,
) -> None:
    deed = Act(START, "slack:U1", "pause", "soc", "slack:C1")
    await archive.acts.pause_channel("soc", "holidays", deed)
    await archive.pause_channel("soc", "not_in_channel")
    pause = (await archive.paused())["soc"]
    assert (pause.reason, pause.by) == ("holidays", "slack:U1")
    chat, clock = FakeChat(), FakeClock()
    await rounds(courier(archive, chat, clock), clock, 2)
    assert chat.standing == []
    assert await archive.acts.resume_channel("soc", deed)
    await rounds(courier(archive, chat, clock), clock, 2)
    assert len(chat.standing) == 3
