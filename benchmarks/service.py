"""L1, E1, U2: the whole bot as a process, between a publisher and two chat stand-ins on loopback.

Good feeds and hostile ones are polled while cards go out at forty a second and somebody asks.
"""

import asyncio
import contextlib
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email.utils import format_datetime
from pathlib import Path
from random import Random

from benchmarks.rounds import say
from digests.clock import SystemClock
from tests.fakediscord import TOKEN, FakeDiscord
from tests.fakefeeds import FakeFeeds
from tests.fakeslack import APP_TOKEN, BOT_TOKEN, FakeSlack
from tests.hostilefeeds import hostile_feeds

GOOD, HOSTILE = 500, 50
ENTRIES = 15  # of a good feed
CHANNELS = 20  # on each platform: one card a second into each is what both take
SECONDS = 60.0
QUESTION_EVERY = 0.25
INTERVAL = 60.0  # of every poll
WARM_UP = 90.0  # the first polls of all feeds, spread over the interval
_SYLLABLES = [
    "ba",
    "ko",
    "ri",
    "mun",
    "tel",
    "sor",
    "vin",
    "gra",
    "pel",
    "zo",
    "dax",
    "hul",
    "fen",
    "wik",
    "jur",
]
ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Seen:
    """What was measured, in seconds."""

    answers: list[float] = field(default_factory=list)
    to_card: list[float] = field(default_factory=list)  # from the feed's change to a card
    late: list[float] = field(default_factory=list)  # of polls of good feeds
    cards: int = 0
    limited: int = 0
    megabytes: float = 0.0
    broken: int = 0


def service() -> None:
    """All three figures from one run."""
    seen = asyncio.run(_run())
    say("L1", f"{len(seen.answers)} commands while {seen.cards} cards in {SECONDS:.0f} s go out and "
        f"{HOSTILE} hostile feeds are parsed beside {GOOD}: p50 {_share(seen.answers, 50):.0f} ms, "
        f"p99 {_share(seen.answers, 99):.0f} ms; polls late by p99 "
        f"{_share(seen.late, 99) / 1000:.1f} s; {seen.limited} refused as too fast, "
        f"{seen.broken} bodies broke a rule", goal="<= 300 ms, <= 2 s, 0, 0")  # fmt: skip
    say("E1", f"story in the feed to card in the channel, {len(seen.to_card)} cards: "
        f"p50 {_share(seen.to_card, 50) / 1000:.1f} s, p99 {_share(seen.to_card, 99) / 1000:.1f} s",
        goal=f"<= {INTERVAL + 5:.0f} s")  # fmt: skip
    say("U2", f"all processes, {GOOD + HOSTILE} feeds, both platforms: {seen.megabytes:.0f} MB "
        "(proportional set size)", goal="<= 300 MB")  # fmt: skip


def _share(values: Sequence[float], percent: int) -> float:
    """A percentile, in milliseconds."""
    if len(values) < 2:
        return float("nan")
    return 1000 * statistics.quantiles(values, n=100)[percent - 1]


async def _run() -> Seen:
    seen = Seen()
    publisher = FakeFeeds(hosts=[host for _, host in _feeds()])
    for number in range(GOOD):
        publisher.serve(f"/good/{number}", _feed(number, []))
    bodies = list(hostile_feeds(1))
    for number in range(HOSTILE):
        _, body = bodies[number % len(bodies)]
        publisher.serve(f"/bad/{number}", body)
    with publisher.in_background(), tempfile.TemporaryDirectory() as name:
        async with FakeSlack(spacing=0.9) as slack, FakeDiscord() as discord:
            folder = Path(name)
            _configure(folder, publisher, slack, discord)
            with bot_between(folder, slack, discord) as process:
                await _measure(seen, folder, publisher, slack, process.pid)
            seen.limited += slack.limited + discord.count("create", "refused 429")
            seen.broken += len(slack.violations) + len(discord.violations)
            seen.cards = len(slack.keys()) + discord.count("create", "accepted")
    return seen


async def _measure(
    seen: Seen, folder: Path, publisher: FakeFeeds, slack: FakeSlack, pid: int
) -> None:
    user = slack.add_user("analyst")
    await slack.connected(60)
    await asyncio.sleep(WARM_UP)
    born: dict[str, float] = {}
    publishing = asyncio.create_task(_publish(publisher, born))
    asking = asyncio.create_task(_ask(seen, slack, user))
    looking = asyncio.create_task(asyncio.to_thread(_lateness, seen, folder, SECONDS))
    await asyncio.sleep(SECONDS)
    seen.megabytes = _proportional_size(pid)
    publishing.cancel()
    await asyncio.gather(asking, looking)
    await asyncio.sleep(INTERVAL + 10)
    for entry in slack.log:
        text = str(entry.body)
        title = next((title for title in born if title in text), None)
        if entry.kind == "posted" and title:
            seen.to_card.append(float(entry.ts) - born[title])


async def _publish(publisher: FakeFeeds, born: dict[str, float]) -> None:
    """A story a second, each told to all channels."""
    number = 0
    while True:
        title = _headline(number)
        publisher.publish(f"/good/{number % GOOD}", _feed(number % GOOD, [title]))
        born[title] = SystemClock().now().timestamp()
        number += 1
        await asyncio.sleep(1.0)


async def _ask(seen: Seen, slack: FakeSlack, user: str) -> None:
    end = time.monotonic() + SECONDS
    channel = next(iter(slack.places))
    while time.monotonic() < end:
        began = time.monotonic()
        await slack.command("/digest search ransomware gateway", user=user, channel=channel)
        seen.answers.append(time.monotonic() - began)
        await asyncio.sleep(QUESTION_EVERY)


def _lateness(seen: Seen, folder: Path, seconds: float) -> None:
    """How long after its time each good feed was asked, by what the archive says."""
    due: dict[str, int] = {}
    end = time.monotonic() + seconds
    with contextlib.closing(sqlite3.connect(folder / "nightdesk.db")) as archive:
        while time.monotonic() < end:
            rows = archive.execute(
                "SELECT url, next_poll, last_poll FROM feed WHERE url LIKE '%/good/%'"
            )
            for url, next_poll, last_poll in rows:
                before = due.get(url)
                if before is not None and next_poll != before and last_poll:
                    seen.late.append(max(0.0, (last_poll - before) / 1e6))
                due[url] = next_poll
            time.sleep(1.0)


def _configure(folder: Path, publisher: FakeFeeds, slack: FakeSlack, discord: FakeDiscord) -> None:
    targets = []
    for number in range(CHANNELS):
        slack.add_channel(f"c{number}")
        targets.append(f"slack:#c{number}")
        place = discord.world.add_channel(str(600_000_000_000_000_100 + number))
        targets.append(f"discord:{place}")
    lines = ["defaults: {welcome: none, every: 1m, first: all, full_text: false}"]
    lines += ["network: {allow: [127.0.0.0/8]}", "channels:"]
    lines += [f"  - {{name: n{n}, to: '{to}'}}" for n, to in enumerate(targets)]
    lines += ["feeds:"]
    for kind, count in (("good", GOOD), ("bad", HOSTILE)):
        for number in range(count):
            host = f"127.{1 if kind == 'good' else 2}.{number // 250}.{number % 250 + 1}"
            url = publisher.url(f"/{kind}/{number}", host=host)
            lines.append(
                f"  - {{url: '{url}', publisher: {kind}{number}.example, security: true}}"
            )
    (folder / "feeds.yaml").write_text("\n".join(lines) + "\n")


def _headline(number: int) -> str:
    """Of a story that is nobody else's: events that read alike would become one."""
    random = Random(number)
    made = ["".join(random.choices(_SYLLABLES, k=3)).title() for _ in range(5)]
    return f"{made[0]} ransomware at {made[1]} {made[2]}: {made[3]} {made[4]} encrypted"


def _feeds() -> list[tuple[str, str]]:
    """Path and host of each: every feed is on a host of its own."""
    kinds = [("good", 1, GOOD), ("bad", 2, HOSTILE)]
    return [
        (f"{kind}/{number}", f"127.{net}.{number // 250}.{number % 250 + 1}")
        for kind, net, count in kinds
        for number in range(count)
    ]


def _feed(number: int, titles: Sequence[str]) -> str:
    now = format_datetime(SystemClock().now())
    old = [f"Gateway flaw number {number}-{n} is fixed" for n in range(ENTRIES)]
    entries = "".join(
        f"<item><title>{title}</title><guid>{number}-{title}</guid>"
        f"<link>https://good{number}.example/{title.replace(' ', '-')}</link>"
        f"<pubDate>{now}</pubDate><description>{title}. The vendor named a cure on Monday. Nobody "
        "was hurt, the agency said.</description></item>"
        for title in [*titles, *old]
    )
    return f'<rss version="2.0"><channel><title>x</title>{entries}</channel></rss>'


@contextlib.contextmanager
def bot_between(
    folder: Path, slack: FakeSlack, discord: FakeDiscord
) -> Iterator["subprocess.Popen[bytes]"]:
    env = os.environ | {
        "PYTHONPATH": str(ROOT),
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "SLACK_API_URL": slack.api_url,
        "DISCORD_TOKEN": TOKEN,
        "DISCORD_API_URL": discord.api_url,
        "DISCORD_GATEWAY_URL": discord.gateway_url,
    }
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"],
            cwd=folder, env=env, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            yield process
        finally:
            process.terminate()
            process.wait(10)


def _proportional_size(pid: int) -> float:
    """Megabytes of a process and all below it, shared pages counted once."""
    family, size = [pid], 0.0
    while family:
        one = family.pop()
        with contextlib.suppress(OSError):
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
            size += sum(
                int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")
            )
            children = Path(f"/proc/{one}/task/{one}/children").read_text()
            family += [int(child) for child in children.split()]
    return size / 1024
