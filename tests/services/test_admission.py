"""How many feeds are polled at once, however polls are begun, and who waits for whom."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from bot.admission import DOUBTFUL_AT_ONCE, POLLS_AT_ONCE, Admission
from bot.app import App, opened
from bot.serving import _poll_one
from bot.settings import Environment
from digests.desk.desk import Desk, PollReport
from digests.feeds.pace import FeedState

SOUND_AT_ONCE = POLLS_AT_ONCE - DOUBTFUL_AT_ONCE


@dataclass
class Polls:
    """Polls that end when they are told to; who is at it, in the order of coming."""

    here: list[str] = field(default_factory=list)
    end: asyncio.Event = field(default_factory=asyncio.Event)

    async def one(self, url: str) -> PollReport:
        self.here.append(url)
        await self.end.wait()
        return PollReport(url, "not_modified")

    async def settled(self) -> int:
        """How many are at it when nobody moves any more."""
        for _ in range(20):
            await asyncio.sleep(0)
        return len(self.here)


def url(number: int) -> str:
    return f"https://news{number}.example/feed"


async def begun(app: App, polls: Polls, monkeypatch) -> list[asyncio.Task[None]]:
    monkeypatch.setattr(Desk, "poll", lambda _, feed: polls.one(feed.url))
    return [asyncio.create_task(_poll_one(app, one, set())) for one in app.settings.feeds]


async def test_feeds_that_become_due_one_by_one_are_not_all_polled_at_once(
    tmp_path: Path, monkeypatch
) -> None:
    config, polls = tmp_path / "feeds.yaml", Polls()
    lines = "\n".join(f"  - {{url: '{url(n)}'}}" for n in range(POLLS_AT_ONCE + 8))
    config.write_text(f"feeds:\n{lines}\nchannels:\n  - {{name: desk, to: terminal}}\n")
    async with opened(Environment(config, str(tmp_path / "nightdesk.db"), {})) as app:
        tasks = await begun(app, polls, monkeypatch)
        assert 0 < await polls.settled() <= POLLS_AT_ONCE
        polls.end.set()
        await asyncio.gather(*tasks)
    assert len(polls.here) == POLLS_AT_ONCE + 8


async def admitted(admission: Admission, polls: Polls, states: list[FeedState]) -> None:
    async def one(state: FeedState) -> None:
        async with admission.of(state.url, state):
            await polls.one(state.url)

    await asyncio.gather(*(one(state) for state in states))


async def test_feeds_that_failed_before_hold_up_no_sound_one() -> None:
    admission, bad, good = Admission(), Polls(), Polls()
    failing = [FeedState(url(n), failures=1) for n in range(60)]
    slow = [FeedState(url(n), slow=True) for n in range(60, 120)]
    doubtful = asyncio.create_task(admitted(admission, bad, [*failing, *slow]))
    assert await bad.settled() == DOUBTFUL_AT_ONCE
    sound = asyncio.create_task(admitted(admission, good, [FeedState(url(500))]))
    assert await good.settled() == 1
    for polls in (bad, good):
        polls.end.set()
    await asyncio.gather(doubtful, sound)
    assert len(bad.here) == 120


async def test_the_feeds_of_one_host_that_wait_for_each_other_hold_up_no_other_host() -> None:
    admission, crowd, others = Admission(), Polls(), Polls()
    of_one = [FeedState(f"https://bridge.example/{n}") for n in range(POLLS_AT_ONCE)]
    moved = FeedState(url(1), adopted="https://bridge.example/moved")
    crowded = asyncio.create_task(admitted(admission, crowd, [*of_one, moved]))
    assert await crowd.settled() == 1
    rest = [FeedState(url(n)) for n in range(SOUND_AT_ONCE)]
    free = asyncio.create_task(admitted(admission, others, rest))
    assert await others.settled() == SOUND_AT_ONCE - 1
    for polls in (crowd, others):
        polls.end.set()
    await asyncio.gather(crowded, free)
    assert len(crowd.here) == POLLS_AT_ONCE + 1


async def test_a_host_that_is_asked_no_more_takes_no_room() -> None:
    admission, polls = Admission(), Polls()
    bridge = [FeedState("https://bridge.example/a"), FeedState("https://bridge.example/b")]
    waiting = asyncio.create_task(admitted(admission, polls, bridge))
    assert await polls.settled() == 1
    assert admission.hosts == 1
    polls.end.set()
    await waiting
    assert admission.hosts == 0
