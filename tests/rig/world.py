"""The world around the bots of one run: a publisher, Slack, Discord, and the judge.

Each round publishes a few stories and lets a bot work until it is killed. In the end one more bot
works until nothing is owed; then the platforms' own logs are read: every story stands in every
channel, once.
"""

import contextlib
import json
import logging
import re
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime
from itertools import count, cycle
from pathlib import Path
from random import Random
from typing import Any

from tests.fakediscord import ThreadedDiscord
from tests.fakediscord.faults import AFTER, BEFORE, SLOW
from tests.fakefeeds import FakeFeeds
from tests.fakeslack import APP_TOKEN, BOT_TOKEN, FakeSlack
from tests.rig import places
from tests.rig.clock import SPEED, FastClock
from tests.rig.failpoints import ANY, KILL, RAISE, TERM
from tests.rig.launching import Launcher
from tests.rig.mutants import Mutant
from tests.rig.places import Place, is_chosen, is_urgent
from tests.rig.pulse import Pulse
from tests.slackfaults import PASSING, Faults

HOURLY = 9  # lives between two hours
FAULTY = 0.3  # of the platforms' answers
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_MORE = re.compile(r"(\d+) more: /digest search")
DISCORD_TOKEN = "discord-token-for-tests"
SECRETS = (BOT_TOKEN, APP_TOKEN, DISCORD_TOKEN)
PUBLISHERS = ("alpha", "beta", "gamma")
_DISCORD_FAULTS = tuple(
    name for name in (*BEFORE, *AFTER, *SLOW) if name not in {"429_absurd", "half_closed"}
)
SLOW = 15.0 / SPEED  # seconds; the client leaves after ten of the fast clock's
LONGEST = 60.0  # seconds of one bot's life; it ends by itself when nothing is owed any more
CALM = SLOW / 2  # seconds; when nobody ran later than this, what was slow has been committed
LATE = 30.0 / SPEED  # seconds; a stand-in that ran later than half of SETTLE has broken its word
SHORT = 4.0  # where a kill is wanted: twice SETTLE, so that doubts are worked too; then SIGKILL


@dataclass
class World:
    """Everything around the bots of one run."""

    folder: Path
    launcher: Launcher
    seed: int
    publisher: FakeFeeds
    slack: FakeSlack
    discord: Any
    clock: FastClock
    places: dict[str, Place]  # by the platforms' names of them
    pulses: tuple[Pulse, ...] = ()  # of the stand-ins
    mutant: str = ""
    struck: bool = False  # by exceptions of ours
    kills: int = 0
    fired: int = 0
    hit: Counter[str] = field(default_factory=Counter)  # kills at each named boundary
    stories: list[str] = field(default_factory=list)
    _entries: dict[str, list[str]] = field(default_factory=dict)

    # --- living ----------------------------------------------------------------------------

    def publish(self, count: int) -> None:
        """So many new stories; every third is told by a second publisher as well."""
        for _ in range(count):
            number = len(self.stories)
            title = places.title(number, self.seed)
            self.stories.append(title)
            first = PUBLISHERS[number % len(PUBLISHERS)]
            self._tell(first, title)
            if number % 3 == 0:
                self._tell(PUBLISHERS[(number + 1) % len(PUBLISHERS)], title)

    def tell_again(self, number: int) -> None:
        """A publisher who has not told this story tells it: its cards are edited for that."""
        self._tell(PUBLISHERS[(number + 2) % len(PUBLISHERS)], self.stories[number])

    def _tell(self, publisher: str, title: str) -> None:
        number = title.split()[2]
        published = format_datetime(self.clock.now())
        entry = (
            f"<item><title>{title}</title><guid>{publisher}-{number}</guid>"
            f"<link>https://{publisher}.example/{number}</link><pubDate>{published}</pubDate>"
            f"<description>{places.text(title)}</description></item>"
        )
        entries = self._entries.setdefault(publisher, [])
        entries.insert(0, entry)
        body = f'<rss version="2.0"><channel><title>x</title>{"".join(entries)}</channel></rss>'
        self.publisher.publish(f"/{publisher}", body)

    def bot(
        self,
        *,
        failpoint: str = "",
        nth: int = 1,
        delay: float = 0.0,
        what: str = KILL,
        disk: str = "",
        seconds: float = LONGEST,
        until_settled: bool = True,
    ) -> dict[str, Any]:
        """One life of a bot."""
        ended = self.launcher.launch(
            {
                "folder": str(self.folder),
                "zero": self.clock.zero,
                "env": self._environment(),
                "secrets": SECRETS,
                "mutant": self.mutant,
                "failpoint": failpoint,
                "nth": nth,
                "delay": delay,
                "what": what,
                "disk": disk,
                "ports": [self.slack.port, self._discord_port()],
                "seconds": seconds,
                "until_settled": until_settled,
            }
        )
        if ended["code"] not in (0, -9):
            raise Broken(f"a bot ended by itself with {ended}: {self.output()[-2000:]}")
        doubtful = self.in_doubt()
        if any(count > 1 for count in doubtful.values()):
            raise Broken(f"more than one post is in doubt: {doubtful}")
        self.kills += ended["code"] == -9
        if ended["code"] == -9 and not ended["timed_out"]:
            self.fired += 1
            self.hit[failpoint] += what == KILL
        return ended

    def settle(self) -> None:
        """Let a last bot work until nothing is owed, with platforms that behave.

        A day later all digests are due: of the hour, of the quiet hours, of what was over a limit.
        """
        self.slack.faults.share = 0.0
        self.discord.faults.rates = {}
        self._settled()
        self._let_pass(DAY)
        self._settled()

    def _settled(self) -> None:
        for _ in range(3):
            ended = self.bot()
            if ended["code"] == 0:
                return
        raise Broken(f"the last bot ended with {ended}: {self.output()[-2000:]}")

    def next_hour(self) -> None:
        """An hour later digests are due."""
        self._let_pass(HOUR)

    def _let_pass(self, time_: timedelta) -> None:
        """What the platforms do meanwhile they have done."""
        while True:
            time.sleep(1.5 * SLOW)
            if max(pulse.lately() for pulse in self.pulses) < CALM:
                break
        self.clock.skip(time_)

    def _environment(self) -> dict[str, str]:
        return {
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "DISCORD_TOKEN": DISCORD_TOKEN,
            "SLACK_API_URL": self.slack.api_url,
            "DISCORD_API_URL": self.discord.api_url,
            "DISCORD_GATEWAY_URL": self.discord.gateway_url,
            "NIGHTDESK_SETTLE": "60",
            **{f"NIGHTDESK_{source}": "off" for source in ("KEV", "EPSS", "CVE")},
        }

    def _discord_port(self) -> int:
        return int(self.discord.api_url.split(":")[2].split("/")[0])

    # --- judging ---------------------------------------------------------------------------

    def judge(self) -> None:
        """Raises Broken when anything was lost, repeated, malformed, or gave a secret away."""
        for name, posts in self.posts().items():
            place = self.places.get(name)
            told = Counter(title for titles in posts for title in titles)
            lost = (
                [title for title in place.owed(self.stories) if not told[title]] if place else []
            )
            repeated = [title for title, times in told.items() if times > 1]
            foreign = set(told) - set(place.owed(self.stories) if place else ())
            if len(lost) != self._counted_only(name) or repeated or foreign:
                self._judge_pulses()
                raise Broken(f"{name}: lost {lost}, repeated {repeated}, not owed {foreign}")
            if place:
                self._judge_rules(place, posts)
        violations = [*self.slack.violations, *self.discord.violations]
        if violations:
            raise Broken(f"broken rules: {violations[:3]}")
        self._judge_archive()
        if any(secret in self.output() for secret in SECRETS):
            raise Broken("a secret stands in the output")
        errors = [line for line in self.output().splitlines() if " ERROR " in line]
        if errors and not (self.mutant or self.struck):
            raise Broken(f"{len(errors)} errors of our own: {errors[0][-2000:]}")

    def _judge_rules(self, place: Place, posts: list[set[str]]) -> None:
        """Raises Broken where something was told in another way than the channel asked for."""
        if place.alone and any(len(one) > 1 and any(map(is_urgent, one)) for one in posts):
            raise Broken(f"{place.to}: something urgent waited for a list")
        if place.most is not None and len(posts) > place.most:
            raise Broken(f"{place.to}: {len(posts)} messages, {place.most} were asked for at most")
        chosen = sum(any(map(is_chosen, one)) for one in posts)
        if place.most_chosen is not None and chosen > place.most_chosen:
            raise Broken(f"{place.to}: {chosen} messages over its quota of {place.most_chosen}")

    def _judge_pulses(self) -> None:
        worst = max(pulse.worst for pulse in self.pulses)
        if worst >= LATE:
            raise Stalled(
                f"a stand-in did not run for {worst:.2f} s, {worst * SPEED:.0f} of its own"
            )

    def posts(self) -> dict[str, list[set[str]]]:
        """By place: the headlines in each post that told any, by the platforms' own logs."""
        found: dict[str, list[set[str]]] = {place: [] for place in self.places}
        for place, body in self._bodies():
            if titles := self._headlines(body):
                found.setdefault(place, []).append(titles)
        return found

    def _bodies(self) -> Iterator[tuple[str, object]]:
        """All that was posted, with its place."""
        for entry in self.slack.log:
            if entry.kind == "posted":
                yield entry.place, entry.body
        for noted in self.discord.world.log:
            if noted.what == "create" and noted.done == "accepted":
                yield noted.channel, noted.body

    def _counted_only(self, place: str) -> int:
        """Stories of digests that were too long to name them all: "4 more: /digest search …"."""
        bodies = [json.dumps(body) for where, body in self._bodies() if where == place]
        return sum(int(count) for body in bodies for count in _MORE.findall(body))

    def _headlines(self, body: object) -> set[str]:
        text = json.dumps(body, ensure_ascii=False)
        return {title for title in self.stories if title in text}

    def _judge_archive(self) -> None:
        with contextlib.closing(sqlite3.connect(self.folder / "nightdesk.db")) as archive:
            (checked,) = archive.execute("PRAGMA integrity_check").fetchone()
            states = dict(archive.execute("SELECT state, count(*) FROM post GROUP BY state"))
            (stories,) = archive.execute("SELECT count(*) FROM story").fetchone()
            (twice,) = archive.execute(
                "SELECT count(*) FROM (SELECT 1 FROM post WHERE state = 'sending'"
                " GROUP BY platform, place HAVING count(*) > 1)"
            ).fetchone()
        if checked != "ok":
            raise Broken(f"integrity check: {checked}")
        expected = sum(len(place.owed(self.stories)) for place in self.places.values())
        if set(states) - {"sent", "folded"} or sum(states.values()) < expected:
            raise Broken(f"states {states}, expected {expected} sent")
        if stories != len(self.stories) or twice:
            raise Broken(f"{stories} stories, {len(self.stories)} were published")

    def in_doubt(self) -> Counter[str]:
        """How many posts of each place are in flight, at this moment."""
        with (
            contextlib.closing(sqlite3.connect(self.folder / "nightdesk.db")) as archive,
            contextlib.suppress(sqlite3.OperationalError),  # killed before there were tables
        ):
            rows = archive.execute("SELECT place FROM post WHERE state = 'sending'")
            return Counter(place for (place,) in rows)
        return Counter()

    def output(self) -> str:
        """All that the bots wrote."""
        written = self.folder / "output.txt"
        return written.read_text(errors="replace") if written.exists() else ""


class Broken(AssertionError):
    """A promise was broken."""


class Stalled(Exception):
    """The machine stood still: nothing was proved, and the run is to be made again."""


@contextlib.contextmanager
def world(
    folder: Path, launcher: Launcher, seed: int, *, mutant: Mutant | None = None, name: str = ""
) -> Iterator[World]:
    """A publisher with three feeds, channels and people on both platforms, faulty answers."""
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # killed clients are the point
    clock = FastClock(time.monotonic())
    share = FAULTY if mutant is None else mutant.share
    slack_faults = PASSING if mutant is None else mutant.slack
    discord_faults = _DISCORD_FAULTS if mutant is None else mutant.discord
    faults = Faults(
        seed, share if slack_faults else 0.0, among=slack_faults, methods=("chat.postMessage",)
    )
    rates = {one: share / len(discord_faults) for one in discord_faults}
    with contextlib.ExitStack() as stack:
        publisher = stack.enter_context(FakeFeeds().in_background())
        slack = stack.enter_context(FakeSlack.in_thread(faults=faults, slow=SLOW, clock=clock))
        discord = stack.enter_context(
            ThreadedDiscord(seed=seed, faults=rates, slow=SLOW, clock=clock, token=DISCORD_TOKEN)
        )
        there = places.built(folder, slack, discord)
        pulses = Pulse(), Pulse()
        for pulse, run in zip(pulses, (slack.run, discord.run), strict=True):
            run(pulse.start())
            stack.callback(lambda run=run, pulse=pulse: run(pulse.stop()))
        found = World(
            folder, launcher, seed, publisher, slack, discord, clock, there, pulses, name
        )
        _write_config(folder, publisher)
        yield found


def _write_config(folder: Path, publisher: FakeFeeds) -> None:
    feeds = "".join(
        f"  - {{url: '{publisher.url('/' + name)}', publisher: {name}.example, first: all}}\n"
        for name in PUBLISHERS
    )
    (folder / "feeds.yaml").write_text(
        "defaults: {welcome: first, every: 1m, max_age: none, full_text: false}\n"
        f"network: {{allow: [127.0.0.0/8]}}\nchannels:\n{places.written()}feeds:\n{feeds}"
    )
    for name in PUBLISHERS:
        empty = '<rss version="2.0"><channel><title>x</title></channel></rss>'
        publisher.publish(f"/{name}", empty)


def random_kills(world: World, kills: int, failpoints: Sequence[str]) -> None:
    """Kill bots at named boundaries and at any moment, publishing meanwhile; settle and judge.

    A bot that had nothing left to do before it came to its boundary ended well; that counts no
    kill, and the next one is tried. One that still waits after SHORT is killed as it waits.
    """
    random = Random(world.seed)
    points = cycle(failpoints)
    for number in count():
        if world.kills >= kills:
            break
        world.publish(random.choice((1, 1, 2)))
        point = "" if number % 2 else next(points)
        if point.startswith("digest") or number % HOURLY == 0:
            world.next_hour()
        if number % 2:
            nth, delay = random.randint(1, 90), random.uniform(0, 0.05)
            world.bot(failpoint=ANY, nth=nth, delay=delay, seconds=SHORT)
        else:
            nth = 1 if point.startswith("digest") else random.choice((1, 1, 2, 3))
            world.bot(failpoint=point, nth=nth, seconds=SHORT)
    world.settle()
    world.judge()


def other_ends(world: World, failpoints: Sequence[str]) -> None:
    """At each boundary SIGTERM, and from the store on an exception nobody foresaw; judge."""
    for number, point in enumerate(failpoints):
        world.publish(1)
        if point.startswith("digest"):
            world.next_hour()
        world.bot(failpoint=point, nth=1 + number % 2, what=TERM)
        if not point.startswith("fetch"):
            world.publish(1)
            world.struck = True
            world.bot(failpoint=point, nth=1 + number % 2, what=RAISE)
    world.settle()
    world.judge()


def directed_kill(world: World, failpoint: str, tries: int = 12) -> None:
    """Kill once at this boundary, whatever it takes to come there; settle and judge."""
    for number in range(tries):
        world.publish(1)
        if failpoint.startswith("digest"):
            world.next_hour()
        if failpoint.startswith("edit"):
            world.bot()
            world.tell_again(number)
        world.bot(failpoint=failpoint)
        if world.hit[failpoint]:
            break
    else:
        raise Broken(f"never came to: {failpoint}")
    world.settle()
    world.judge()


def mutant_run(world: World, mutant: Mutant, rounds: int = 2) -> None:
    """What a mutant is put through: kills where it shows, then settle and judge."""
    for number in range(rounds):
        world.publish(mutant.stories)
        world.bot(failpoint=mutant.kill_at, nth=mutant.nth + number)
    assert world.fired or not mutant.kill_at, f"never came to: {mutant.kill_at}"
    world.settle()
    world.judge()
