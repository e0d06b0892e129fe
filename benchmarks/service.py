"""L1, E1, U2: the whole bot as a process, between a publisher and two chat stand-ins on loopback.

Half a story a second comes out, somewhere among 500 good feeds, and each is told in 80 channels: 40
cards a second. (Both platforms take one card a second into a channel; one story a second would leave no
room, and a queue that is served just as fast as it fills never ends.) When that runs evenly a minute
is looked at, in which somebody asks all the time and 50 other feeds turn hostile. Then the cards of all
stories of that minute are waited for.
"""

import asyncio
import contextlib
import os
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from random import Random

from benchmarks.rounds import say
from digests.clock import SystemClock
from tests.fakediscord import TOKEN, FakeDiscord
from tests.fakediscord.world import EPOCH
from tests.fakefeeds import FakeFeeds
from tests.fakeslack import APP_TOKEN, BOT_TOKEN, FakeSlack
from tests.hostilefeeds import hostile_feeds

GOOD, HOSTILE = 500, 50
ENTRIES = 15  # of a good feed, before it has anything new
OLD = timedelta(days=2)  # what a feed holds at first: older than `max_age`, so archived only
APART = timedelta(minutes=10)  # of a feed's entries
CHANNELS = 40  # on each platform
STORY_EVERY = 2.0
SECONDS = 60.0
QUESTION_EVERY = 0.25
INTERVAL = 60.0  # of every poll
LATEST = INTERVAL + 15.0  # after the last story: what has not come then never does
FIRST_POLLS = 300.0  # at most, until every feed was read once
_CONSONANTS, _VOWELS = "bdfgklmnprstvz", "aeiou"
_VERBS = ("hits", "locks", "closes", "stops", "empties", "slows", "spares", "reaches")
_THINGS = ("harbour", "clinic", "mill", "foundry", "college", "museum", "railway", "bakery")
_BEGIN: datetime = SystemClock().now()
ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Seen:
    """What was measured, in seconds."""

    answers: list[float] = field(default_factory=list)
    unanswered: int = 0
    to_card: list[float] = field(default_factory=list)  # from the feed's change to a card
    late: list[float] = field(default_factory=list)  # of polls of good feeds
    standins: list[float] = field(default_factory=list)  # how late their loop came to its turns
    stories: int = 0  # that were published in the minute
    missing: int = 0  # cards of these that never came
    repeated: int = 0
    cards: int = 0  # posted in the minute
    hostile: int = 0  # hostile documents that were fetched in it
    limited: int = 0
    megabytes: float = 0.0
    cpu: float = 0.0  # of the bot and all below it, in the minute
    broken: int = 0


@dataclass
class Stage:
    """Everything around the bot."""

    folder: Path
    publisher: FakeFeeds
    slack: FakeSlack
    discord: FakeDiscord
    born: dict[str, float] = field(default_factory=dict)  # when each headline came out

    def posted(self) -> Iterator[tuple[str, float, str]]:
        """Every card that was taken: its place, when, and its words."""
        for entry in self.slack.log:
            if entry.kind == "posted":
                yield entry.place, float(entry.ts), str(entry.body)
        for noted in self.discord.world.log:
            if noted.what == "create" and noted.done == "accepted":
                at = EPOCH + timedelta(milliseconds=int(noted.message) >> 22)
                yield noted.channel, at.timestamp(), str(noted.body)


def service() -> None:
    """All three figures from one run."""
    seen = asyncio.run(_run())
    say("L1", f"{len(seen.answers)} commands while {seen.cards} cards in {SECONDS:.0f} s "
        f"({seen.cards / SECONDS:.1f}/s) go out and {seen.hostile} hostile documents are fetched "
        f"beside {GOOD} feeds: p50 {_share(seen.answers, 50):.0f} ms, "
        f"p99 {_share(seen.answers, 99):.0f} ms, {seen.unanswered} not answered; {len(seen.late)} "
        f"polls late by p99 {_share(seen.late, 99) / 1000:.1f} s; {seen.limited} refused as too "
        f"fast, {seen.broken} bodies broke a rule; {seen.cpu:.1f} CPU s of ours in the minute, the "
        f"stand-ins' loop late by p99 {_share(seen.standins, 99):.0f} ms",
        goal="40/s, <= 300 ms, 0, <= 2 s, 0, 0")  # fmt: skip
    say("E1", f"story in the feed to card in the channel, {seen.stories} stories in "
        f"{2 * CHANNELS} channels: p50 {_share(seen.to_card, 50) / 1000:.1f} s, "
        f"p99 {_share(seen.to_card, 99) / 1000:.1f} s; {seen.missing} never came within "
        f"{LATEST:.0f} s, {seen.repeated} came twice", goal=f"<= {INTERVAL + 5:.0f} s, 0, 0")  # fmt: skip
    say("U2", f"all processes, {GOOD + HOSTILE} feeds, both platforms: {seen.megabytes:.0f} MB "
        "(proportional set size)", goal="<= 300 MB")  # fmt: skip


def _share(values: Sequence[float], percent: int) -> float:
    """A percentile, in milliseconds."""
    if len(values) < 2:
        return float("nan")
    return 1000 * statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


async def _run() -> Seen:
    seen = Seen()
    publisher = FakeFeeds(hosts=[host for _, host in _feeds()])
    for path, _ in _feeds():
        publisher.serve(f"/{path}", _feed(path))
    with publisher.in_background(), tempfile.TemporaryDirectory() as name:
        async with FakeSlack(spacing=0.9) as slack, FakeDiscord() as discord:
            stage = Stage(Path(name), publisher, slack, discord)
            _configure(stage)
            with bot_between(stage.folder, slack, discord):
                await _all_read(stage.folder)
            _as_after_hours(stage.folder)
            with bot_between(stage.folder, slack, discord) as process:
                await _measure(seen, stage, process.pid)
            seen.limited += slack.limited + discord.count("create", "refused 429")
            seen.broken += len(slack.violations) + len(discord.violations)
    return seen


async def _all_read(folder: Path) -> None:
    """Wait until every feed was read once."""
    end = time.monotonic() + FIRST_POLLS
    while time.monotonic() < end:
        await asyncio.sleep(1.0)
        with (
            contextlib.closing(sqlite3.connect(folder / "nightdesk.db")) as archive,
            contextlib.suppress(sqlite3.OperationalError),  # there are no tables yet
        ):
            (read,) = archive.execute("SELECT sum(first_poll_done) FROM feed").fetchone()
            if read == GOOD + HOSTILE:
                return
    raise TimeoutError(f"not every feed was read: {(folder / 'log.txt').read_text()[-2000:]}")


def _as_after_hours(folder: Path) -> None:
    """Feeds that were read together at first are spread over their interval after fifteen polls.

    Nobody waits for these here: the archive says when each is to be asked next.
    """
    with contextlib.closing(sqlite3.connect(folder / "nightdesk.db")) as archive, archive:
        urls = [url for (url,) in archive.execute("SELECT url FROM feed ORDER BY url")]
        Random(1).shuffle(urls)
        begin = SystemClock().now() + timedelta(seconds=10)  # when the bot has started
        step = timedelta(seconds=INTERVAL) / len(urls)
        archive.executemany(
            "UPDATE feed SET next_poll = ?, apart = 0 WHERE url = ?",
            [(int((begin + n * step).timestamp() * 1e6), url) for n, url in enumerate(urls)],
        )


async def _measure(seen: Seen, stage: Stage, pid: int) -> None:
    user = stage.slack.add_user("analyst")
    await stage.slack.connected(60)
    publishing = asyncio.create_task(_publish(stage))
    await asyncio.sleep(INTERVAL + 15)  # as many stories are found as come out from now on
    begin, spent = _wall(), _cpu_seconds(pid)
    fetched = _hostile_asked(stage.publisher)
    _turn_hostile(stage.publisher)
    tasks = [
        asyncio.create_task(_ask(seen, stage.slack, user)),
        asyncio.create_task(_delay(seen)),
        asyncio.create_task(asyncio.to_thread(_lateness, seen, stage.folder, SECONDS)),
    ]
    await asyncio.sleep(SECONDS)
    end = _wall()
    publishing.cancel()
    seen.cpu = _cpu_seconds(pid) - spent
    seen.megabytes = _proportional_size(pid)
    seen.hostile = _hostile_asked(stage.publisher) - fetched
    await asyncio.gather(*tasks)
    await asyncio.sleep(LATEST)
    _count(seen, stage, begin, end)


def _count(seen: Seen, stage: Stage, begin: float, end: float) -> None:
    """Which cards stand, and of the minute's stories which do not."""
    came: Counter[tuple[str, str]] = Counter()
    wanted = {title for title, at in stage.born.items() if begin <= at < end}
    known = re.compile("|".join(map(re.escape, stage.born)))
    for place, at, words in stage.posted():
        seen.cards += begin <= at < end
        found = known.search(words)
        if found and found[0] in wanted:
            if not came[place, found[0]]:
                seen.to_card.append(at - stage.born[found[0]])
            came[place, found[0]] += 1
    seen.stories = len(wanted)
    seen.missing = 2 * CHANNELS * len(wanted) - len(came)
    seen.repeated = sum(count - 1 for count in came.values())


def _wall() -> float:
    return SystemClock().now().timestamp()


async def _publish(stage: Stage) -> None:
    """A story now and then, each in another feed and told to all channels."""
    number, begin = 0, time.monotonic()
    while True:
        title, path = _headline(number), f"good/{number % GOOD}"
        stage.publisher.publish(f"/{path}", _feed(path, title))
        stage.born[title] = _wall()
        number += 1
        await asyncio.sleep(begin + number * STORY_EVERY - time.monotonic())


def _turn_hostile(publisher: FakeFeeds) -> None:
    bodies = list(hostile_feeds(1))
    for number in range(HOSTILE):
        _, body = bodies[number % len(bodies)]
        publisher.publish(f"/bad/{number}", body)


def _hostile_asked(publisher: FakeFeeds) -> int:
    return sum(one.path.startswith("/bad/") and one.status == 200 for one in publisher.asked())


async def _ask(seen: Seen, slack: FakeSlack, user: str) -> None:
    end = time.monotonic() + SECONDS
    channel = next(iter(slack.places))
    while time.monotonic() < end:
        began = time.monotonic()
        try:
            await slack.command("/digest search ransomware gateway", user=user, channel=channel)
        except AssertionError:  # neither acknowledged nor answered in time
            seen.unanswered += 1
        seen.answers.append(time.monotonic() - began)
        await asyncio.sleep(QUESTION_EVERY)


async def _delay(seen: Seen) -> None:
    """How late the loop of both stand-ins is, which every answer and card waits for as well."""
    end = time.monotonic() + SECONDS
    while (began := time.monotonic()) < end:
        await asyncio.sleep(0.02)
        seen.standins.append(time.monotonic() - began - 0.02)


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


def _configure(stage: Stage) -> None:
    """Every channel is told every story of the good feeds, and none of a hostile one."""
    targets = []
    for number in range(CHANNELS):
        stage.slack.add_channel(f"c{number}")
        targets.append(f"slack:#c{number}")
        place = stage.discord.world.add_channel(str(600_000_000_000_000_100 + number))
        targets.append(f"discord:{place}")
    usual = "welcome: none, every: 1m, first: all, max_age: 1d, full_text: false"
    lines = [f"defaults: {{{usual}}}", "network: {allow: [127.0.0.0/8]}", "channels:"]
    lines += [f"  - {{name: n{n}, to: '{to}', only: ransomware}}" for n, to in enumerate(targets)]
    lines += ["feeds:"]
    for path, host in _feeds():
        url = stage.publisher.url(f"/{path}", host=host)
        name = path.replace("/", "")
        lines.append(f"  - {{url: '{url}', publisher: {name}.example, security: true}}")
    (stage.folder / "feeds.yaml").write_text("\n".join(lines) + "\n")


def _headline(number: int) -> str:
    """Of a story that is nobody else's: events that read alike would become one."""
    random, name = Random(number), _name
    verb, thing = random.choice(_VERBS), random.choice(_THINGS)
    return f"{name(random)} {name(random)} ransomware {verb} {name(random)} {thing} {name(random)}"


def _name(random: Random) -> str:
    made = (random.choice(_CONSONANTS) + random.choice(_VOWELS) for _ in range(4))
    return "".join(made).title()


def _text(title: str) -> str:
    """Three sentences of made-up words, which no other story has."""
    random = Random(title)
    return " ".join(
        f"{_name(random)} {random.choice(_VERBS)} {_name(random)} and {_name(random)}."
        for _ in range(3)
    )


def _feeds() -> list[tuple[str, str]]:
    """Path and host of each: every feed is on a host of its own."""
    kinds = [("good", 1, GOOD), ("bad", 2, HOSTILE)]
    return [
        (f"{kind}/{number}", f"127.{net}.{number // 250}.{number % 250 + 1}")
        for kind, net, count in kinds
        for number in range(count)
    ]


def _feed(path: str, new: str = "") -> str:
    """A feed of old entries, the newest first, and perhaps one new one before them."""
    name, now = path.replace("/", ""), SystemClock().now()
    old = [(f"Gateway flaw {name}-{n} is fixed", _BEGIN - OLD - n * APART) for n in range(ENTRIES)]
    entries = "".join(
        f"<item><title>{title}</title><guid>{name}-{title}</guid>"
        f"<link>https://{name}.example/{title.replace(' ', '-')}</link>"
        f"<pubDate>{format_datetime(at)}</pubDate><description>{_text(title)}"
        "</description></item>"
        for title, at in [*([(new, now)] if new else []), *old]
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


def _cpu_seconds(pid: int) -> float:
    """User and system seconds of a process and all below it that still live or were waited for."""
    family, ticks = [pid], 0
    while family:
        one = family.pop()
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))
            children = Path(f"/proc/{one}/task/{one}/children").read_text()
            family += [int(child) for child in children.split()]
    return ticks / os.sysconf("SC_CLK_TCK")
