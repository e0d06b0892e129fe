"""The wall clock jumps, at any moment: nothing is lost, nothing comes twice, nothing waits for it.

See docs/design/0005-clocks-that-jump.md.
"""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.courier import Courier
from bot.scheduler import Ticker
from digests.archive.records import PollRecord, StoryRecord
from digests.archive.store import Archive
from digests.clock import Steps, SystemClock
from digests.config import Settings
from digests.feeds.pace import FeedState
from digests.model import (
    Absent,
    Channel,
    Content,
    Destination,
    Found,
    IndexTokens,
    NewPost,
    Posted,
    PostOutcome,
    PostState,
    Retry,
    Sighting,
    Target,
    Unclear,
)
from digests.stories.ids import IdClock
from digests.testing import START, FakeClock, build_story
from tests.services.test_courier import FakeChat

PLACE = Destination("slack", "C1")
CHANNEL = Channel("soc", Target("slack", "C1"))
HOUR, DAY, YEAR = timedelta(hours=1), timedelta(days=1), timedelta(days=365)
TO_1970 = datetime(1970, 1, 1, tzinfo=UTC) - START
JUMPS = (HOUR, -HOUR, DAY, -DAY, 10 * YEAR, TO_1970)
names = pytest.mark.parametrize("jump", JUMPS, ids=str)


@dataclass
class SlowChat(FakeChat):
    """Takes in what it was sent only some true seconds later, when we have long hung up."""

    clock: FakeClock = field(default_factory=FakeClock)
    takes: float = 50.0
    coming: list[tuple[float, str, str]] = field(default_factory=list)  # when, mark, nonce
    nonces: dict[str, float] = field(default_factory=dict)  # nonce -> when it was first taken
    since: list[datetime] = field(default_factory=list)
    sent: int = 0

    async def post(
        self, destination, content: Content, *, mark, nonce, plain=False, reply_to=""
    ) -> PostOutcome:
        self.arrive()
        self.sent += 1
        if self.outcomes:
            outcome = self.outcomes.pop(0)
            if outcome == "late":
                self.coming.append((self.clock.ticks + self.takes, mark, nonce))
                return Unclear("no answer")
            assert not isinstance(outcome, str)
            return outcome
        self._take(mark, nonce)
        return Posted(mark)

    async def find(
        self, destination, *, mark, nonce, since: datetime, watermark, reply_to=""
    ) -> Sighting:
        self.arrive()
        self.since.append(since)
        return Found(mark) if mark in self.standing else Absent()

    def arrive(self) -> None:
        """What was under way and is here by now."""
        here = [one for one in self.coming if one[0] <= self.clock.ticks]
        self.coming = [one for one in self.coming if one not in here]
        for _, mark, nonce in here:
            self._take(mark, nonce)

    def _take(self, mark: str, nonce: str) -> None:
        known = self.nonces.get(nonce)
        if self.nonce_window and known is not None and self.clock.ticks - known <= 120:
            return  # Discord gives the earlier message
        self.nonces[nonce] = self.clock.ticks
        self.standing.append(mark)


@pytest.fixture
async def archive(tmp_path: Path):
    one = await Archive.open(tmp_path / "c.db")
    await one.register_channels([CHANNEL], START)
    await owe(one, 1, 2)
    yield one
    await one.close()


async def owe(archive: Archive, *numbers: int) -> None:
    stories = [build_story(n) for n in numbers]
    records = [
        StoryRecord(s, IndexTokens("gateway"), n) for n, s in zip(numbers, stories, strict=True)
    ]
    posts = [NewPost("soc", PLACE, f"story:{s.id}", wanted="1") for s in stories]
    url = "https://news.example/feed"
    state = FeedState(url=url)
    await archive.commit_poll(
        PollRecord(url, state, START, new=tuple(records), posts=tuple(posts))
    )


def courier(archive: Archive, chat: FakeChat, clock: FakeClock) -> Courier:
    return Courier(archive, {"slack": chat}, lambda: Settings(channels=(CHANNEL,)), clock)


async def work(one: Courier, clock: FakeClock, seconds: int) -> None:
    for _ in range(seconds // 5):
        await one.round()
        await one.drained()
        clock.advance(5)


async def states(archive: Archive) -> dict[PostState, int]:
    return {state: n for state, n in (await archive.outbox.counts()).items() if n}


@pytest.mark.parametrize("window", [timedelta(), timedelta(seconds=120)], ids=["slack", "discord"])
@pytest.mark.parametrize("restart", [False, True])
@names
async def test_a_card_in_doubt_stands_there_once_and_soon(
    archive: Archive, jump: timedelta, restart: bool, window: timedelta
) -> None:
    clock = FakeClock()
    chat = SlowChat(outcomes=["late"], clock=clock, nonce_window=window)
    one = courier(archive, chat, clock)
    await work(one, clock, 5)
    clock.jump(jump)
    if restart:
        one = courier(archive, chat, clock)
    await work(one, clock, 90)
    chat.arrive()
    assert len(chat.standing) == len(set(chat.standing)) == 2
    assert await states(archive) == {PostState.SENT: 2}


@names
async def test_a_nonce_is_trusted_by_true_time_alone(archive: Archive, jump: timedelta) -> None:
    """Stopped for ten minutes, which the wall clock does not show."""
    clock = FakeClock()
    chat = SlowChat(outcomes=["late"], clock=clock, nonce_window=timedelta(seconds=120))
    await work(courier(archive, chat, clock), clock, 5)
    clock.advance(600)
    clock.at = START + timedelta(seconds=20)
    one = courier(archive, chat, clock)
    await work(one, clock, 30)
    clock.jump(jump)
    await work(one, clock, 90)
    assert len(chat.standing) == len(set(chat.standing)) == 2
    assert await states(archive) == {PostState.SENT: 2}


@names
async def test_what_was_told_to_wait_waits_no_longer_for_a_clock_put_back(
    archive: Archive, jump: timedelta
) -> None:
    clock = FakeClock()
    clock.jump(max(-jump, timedelta()))  # wrong at first, put right later
    chat = SlowChat(outcomes=[Retry("429", timedelta(seconds=30))], clock=clock)
    one = courier(archive, chat, clock)
    await work(one, clock, 5)
    clock.jump(jump)
    await work(one, clock, 60)
    assert await states(archive) == {PostState.SENT: 2}


@pytest.mark.parametrize("written", [HOUR, 10 * YEAR, timedelta()], ids=str)
async def test_a_place_is_read_back_from_before_the_intent_whatever_dated_it(
    archive: Archive, written: timedelta
) -> None:
    clock = FakeClock()
    clock.jump(written)
    chat = SlowChat(outcomes=["late"], clock=clock)
    await work(courier(archive, chat, clock), clock, 5)
    true_intent = START
    clock.jump(-written)
    clock.advance(2 * HOUR.total_seconds())
    await work(courier(archive, chat, clock), clock, 90)
    assert chat.since
    assert all(since < true_intent for since in chat.since)


async def test_an_edit_that_hangs_holds_up_no_post(archive: Archive) -> None:
    clock, hanging = FakeClock(), asyncio.Event()
    chat = FakeChat()
    one = courier(archive, chat, clock)
    await work(one, clock, 5)

    async def hang(destination, message_id, content, *, mark) -> PostOutcome:
        await hanging.wait()
        return Posted(message_id)

    chat.edit = hang
    told = StoryRecord(replace(build_story(1), revision=2), IndexTokens("gateway"), 1)
    url = "https://news.example/feed"
    revised = PollRecord(url, FeedState(url=url), clock.now(), revised=(told,))
    await archive.commit_poll(revised)
    clock.advance(3600)
    await one.round()
    await asyncio.sleep(0)
    assert one._changing
    await owe(archive, 3)
    await one.round()
    await asyncio.gather(*one._busy.values())
    assert len(chat.standing) == 3
    hanging.set()
    await one.drained()


async def test_ticks_go_on_though_the_scheduler_believes_that_its_next_is_a_day_away() -> None:
    ticker = Ticker()
    ticker.start()
    ticker._scheduler.get_jobs()[0].modify(next_run_time=SystemClock().now() + DAY)
    try:
        async with asyncio.timeout(30):
            await ticker.next()
            await ticker.next()
    finally:
        ticker.stop()


class TestNamesOfOneSecond:
    """What is announced and what never is may fall into the same second, before either is stored."""

    def test_a_story_seen_and_a_quiet_one_of_that_second_have_names_of_their_own(self):
        ids = IdClock()
        seen, quiet, next_seen = (
            ids.next_seen(START),
            ids.next_published(START),
            ids.next_seen(START),
        )
        assert len({seen, quiet, next_seen}) == 3
        assert seen < next_seen

    def test_what_a_quiet_story_took_is_not_given_to_one_seen(self):
        ids = IdClock()
        quiet = [ids.next_published(START) for _ in range(3)]
        assert ids.next_seen(START) not in quiet

    def test_seconds_are_forgotten_in_the_end(self):
        ids = IdClock()
        for second in range(5_000):
            ids.next_seen(START + timedelta(seconds=second))
        assert len(ids._seen) <= 1_000


class TestTheTimeThatIsBelieved:
    """Publishers say what time it is; ours is held to within a day of theirs."""

    def observed(self, *off: timedelta) -> IdClock:
        ids = IdClock()
        for one in off:
            ids.observe(START + one, START)
        return ids

    def test_nothing_is_forgotten_while_too_few_publishers_were_asked(self):
        assert self.observed(HOUR, HOUR).confirmed(START) is None
        assert self.observed(HOUR, HOUR, HOUR).confirmed(START) == START

    @names
    def test_after_a_step_the_first_answer_says_what_time_it_is(self, jump: timedelta):
        ids = self.observed(*[timedelta()] * 15)
        wrong = START + jump
        ids.stepped()
        ids.observe(START, wrong)
        assert abs(ids.believed(wrong) - START) <= DAY
        assert ids.confirmed(wrong) is None

    def test_who_slept_for_days_is_not_told_that_no_time_passed(self):
        ids = self.observed(*[timedelta()] * 15)
        ids.stepped()
        ids.observe(START + 9 * DAY, START + 9 * DAY)
        assert ids.believed(START + 9 * DAY) == START + 9 * DAY

    @names
    def test_a_step_is_noticed_once_and_keeping_a_clock_right_is_none(self, jump: timedelta):
        clock = FakeClock()
        steps = Steps(clock.now, clock.monotonic)
        clock.advance(86400)
        clock.jump(timedelta(seconds=2))
        assert not steps.noticed()
        clock.jump(jump)
        assert steps.noticed()
        assert not steps.noticed()
