"""R7: how many cards a second go out at the platforms' own limits, and who waits for whom.

The courier and the real clients of both platforms are a process of their own; the stand-ins, with the
platforms' limits, are beside it. One channel of each platform has 2,000 cards waiting; another gets a
single one in the middle. Then the whole bot is started on what is left: until its first card.
"""

import asyncio
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks.rounds import say
from benchmarks.service import bot_between
from bot.courier import Courier
from bot.platforms.discord.chat import DiscordChat
from bot.platforms.slack.chat import SlackChat
from digests.archive.records import PollRecord, StoryRecord
from digests.archive.store import Archive
from digests.clock import SystemClock
from digests.config import Settings
from digests.feeds.pace import FeedState
from digests.model import Channel, Destination, IndexTokens, NewPost, Target
from digests.testing import build_story
from tests.fakediscord import TOKEN, FakeDiscord
from tests.fakeslack import APP_TOKEN, BOT_TOKEN, FakeSlack

CHANNELS = 28  # of each platform, besides the one that has 2,000 and the one that gets a single
SECONDS = 60.0
SPACING = 1.0  # of a channel of Slack; Discord's five in five seconds are in its stand-in
MANY, FEW = 2000, 90  # cards waiting in the crowded channel, and in each of the others
SINGLE_AFTER = 20.0
STARTS = 3
LONGEST_START = 60.0
_FEED = "https://news.example/feed"


@dataclass
class Stage:
    """Both stand-ins and the archive between them and us."""

    folder: Path
    slack: FakeSlack
    discord: FakeDiscord
    crowded: list[str]
    single: list[str]
    others: list[str]

    def cards(self) -> int:
        """What stands there."""
        return len(self.slack.keys()) + self.discord.count("create", "accepted")

    def limited(self) -> dict[str, int]:
        """How many calls were answered with 429, by the limit that they met."""
        return {
            "Slack's": self.slack.limited,
            "Discord's over all": self.discord.count("limit", "refused 429"),
            "Discord's of a channel": self.discord.count("create", "refused 429"),
        }

    def in_channel(self, target: str) -> int:
        """How many cards stand in one channel."""
        platform, _, place = target.partition(":")
        if platform == "discord":
            return len(self.discord.messages(place))
        named = (one for one in self.slack.places.values() if f"#{one.name}" == place)
        return len(next(named).messages)


@dataclass(frozen=True)
class Sent:
    """What the courier did in its minute."""

    cards: int
    waits: dict[str, float]  # of the single cards, seconds by platform
    cpu: float  # seconds of its process


def throughput() -> None:
    asyncio.run(_run())


async def _run() -> None:
    with tempfile.TemporaryDirectory() as name:
        async with FakeSlack(spacing=SPACING) as slack, FakeDiscord() as discord:
            stage = _stage(Path(name), slack, discord)
            with _sending(stage) as child:
                sent = await _watched(stage, child)
            _say_sent(stage, sent)
            starts = [await _first_card(stage) for _ in range(STARTS)]
    median = statistics.median(starts)
    say("R7", f"from the start of the bot to its first card, {STARTS} starts: {median:.1f} s "
        f"(worst {max(starts):.1f} s)", goal="<= 3 s")  # fmt: skip


def _say_sent(stage: Stage, sent: Sent) -> None:
    said = ", ".join(f"{wait:.2f} s on {name}" for name, wait in sent.waits.items())
    bad = len(stage.slack.violations) + len(stage.discord.violations)
    limited = stage.limited()
    crowds = " and ".join(str(stage.in_channel(one)) for one in stage.crowded)
    say("R7", f"{2 * (CHANNELS + 2)} channels: "
        f"{sent.cards / SECONDS:.1f} cards/s for {SECONDS:.0f} s "
        f"({1000 * sent.cpu / sent.cards:.1f} ms of CPU each), "
        f"{sum(limited.values())} answers 429{_which(limited)}, {bad} bodies broke a rule",
        goal=">= 40, 0, 0")  # fmt: skip
    say("R7", f"a channel with one card beside one with {MANY} waits {said} (to the crowded ones "
        f"went {crowds})")  # fmt: skip


def _which(limited: dict[str, int]) -> str:
    met = [f"{limit} {count}" for limit, count in limited.items() if count]
    return f" ({', '.join(met)})" if met else ""


def _stage(folder: Path, slack: FakeSlack, discord: FakeDiscord) -> Stage:
    found = []
    for number in range(CHANNELS + 2):
        slack.add_channel(f"c{number}")
        found.append(f"slack:#c{number}")
        place = discord.world.add_channel(str(600_000_000_000_000_100 + number))
        found.append(f"discord:{place}")
    lines = ["defaults: {welcome: none}", "network: {allow: [127.0.0.0/8]}"]
    lines += ["feeds:", "  - {url: 'http://127.0.0.1:9/feed'}", "channels:"]
    lines += [f"  - {{name: '{_name(to)}', to: '{to}'}}" for to in found]
    (folder / "feeds.yaml").write_text("\n".join(lines) + "\n")
    return Stage(folder, slack, discord, found[:2], found[2:4], found[4:])


def _wall() -> float:
    """The same for both processes."""
    return SystemClock().now().timestamp()


def _name(target: str) -> str:
    return target.replace(":", "-").replace("#", "")


@contextlib.contextmanager
def _sending(stage: Stage) -> Iterator["subprocess.Popen[str]"]:
    """The courier in a process of its own; it writes what it did, one line of JSON each."""
    task = {
        "folder": str(stage.folder), "slack": stage.slack.api_url,
        "discord": [stage.discord.api_url, stage.discord.gateway_url],
        "crowded": stage.crowded, "single": stage.single, "others": stage.others,
    }  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.throughput", json.dumps(task)],
        stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)},
    ) as child:  # fmt: skip
        try:
            yield child
        finally:
            child.terminate()


async def _watched(stage: Stage, child: "subprocess.Popen[str]") -> "Sent":
    """What came of it."""
    await _line(child)  # it begins
    counting = asyncio.create_task(_counted(stage))
    owed = float(await _line(child))
    waits = {}
    for target in stage.single:
        while not stage.in_channel(target):  # noqa: ASYNC110 - another process sends it
            await asyncio.sleep(0.01)
        waits[target.partition(":")[0]] = _wall() - owed
    return Sent(await counting, waits, float(await _line(child)))


async def _line(child: "subprocess.Popen[str]") -> str:
    assert child.stdout is not None
    return await asyncio.to_thread(child.stdout.readline)


async def _counted(stage: Stage) -> int:
    await asyncio.sleep(SECONDS)
    return stage.cards()


async def _first_card(stage: Stage) -> float:
    """Seconds from the start of the whole bot until a card more stands there."""
    before, began = stage.cards(), time.monotonic()
    with bot_between(stage.folder, stage.slack, stage.discord):
        while stage.cards() == before:
            await asyncio.sleep(0.01)
            if time.monotonic() - began > LONGEST_START:
                said = (stage.folder / "log.txt").read_text()[-2000:]
                raise TimeoutError(f"no card within {LONGEST_START:.0f} s: {said}")
        return time.monotonic() - began


# --- the process that sends ------------------------------------------------------------------


def _posts(targets: list[str], stories: range) -> list[NewPost]:
    return [
        NewPost(_name(to), _place(to), f"story:{build_story(n).id}", wanted="1")
        for n in stories
        for to in targets
    ]


def _place(target: str) -> Destination:
    platform, _, address = target.partition(":")
    return Destination(platform, address)


async def _fill(archive: Archive, task: dict[str, list[str]]) -> None:
    now = SystemClock().now()
    for first in range(1, MANY + 2, 250):
        numbers = range(first, min(first + 250, MANY + 2))
        records = [StoryRecord(build_story(n), IndexTokens("gateway"), n) for n in numbers]
        await archive.commit_poll(PollRecord(_FEED, FeedState(_FEED), now, new=tuple(records)))
    await archive.outbox.owe(_posts(task["others"], range(1, FEW + 1)), now=now)
    await archive.outbox.owe(_posts(task["crowded"], range(1, MANY + 1)), now=now)


@contextlib.asynccontextmanager
async def _courier(archive: Archive, task: dict[str, list[str]]) -> AsyncIterator[Courier]:
    every = task["crowded"] + task["single"] + task["others"]
    settings = Settings(
        channels=tuple(Channel(_name(to), Target(*to.split(":", 1))) for to in every)
    )
    clock = SystemClock()
    await archive.register_channels(settings.channels, clock.now())
    api, gateway = task["discord"]
    slack = SlackChat(
        BOT_TOKEN, APP_TOKEN, answer=_nothing, clock=clock, random=Random(1),
        base_url=str(task["slack"]),
    )  # fmt: skip
    discord = DiscordChat(
        TOKEN, clock=clock, random=Random(1), answer=_nothing, api_url=api, gateway_url=gateway
    )
    yield Courier(archive, {"slack": slack, "discord": discord}, lambda: settings, clock)
    await slack.close()
    await discord.close()


async def _nothing(*_: object) -> object:  # nobody asks here
    raise NotImplementedError


async def _send(task: dict[str, list[str]]) -> None:
    archive = await Archive.open(str(Path(str(task["folder"])) / "nightdesk.db"))
    async with _courier(archive, task) as courier:
        await _fill(archive, task)
        print("begins", flush=True)
        spent = time.process_time()
        running = asyncio.create_task(courier.run())
        await asyncio.sleep(SINGLE_AFTER)
        single = _posts(task["single"], range(MANY + 1, MANY + 2))
        owed = _wall()
        await archive.outbox.owe(single, now=SystemClock().now())
        courier.wake()
        print(owed, flush=True)
        await asyncio.sleep(SECONDS - SINGLE_AFTER)
        running.cancel()
        await courier.stop(3.0)
        print(time.process_time() - spent, flush=True)
    await archive.close()


if __name__ == "__main__":
    asyncio.run(_send(json.loads(sys.argv[1])))
