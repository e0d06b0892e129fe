"""Whatever is typed: an answer within both platforms' limits, in time, and nothing uncaught."""

import asyncio
import logging
import random
import time
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.commands import Asker, Commands, Reply, Request
from bot.commands.asking import Who
from bot.commands.table import TABLE
from bot.platforms.discord import render as discord
from bot.platforms.slack import render as slack
from digests.archive.records import PollRecord, StoryRecord
from digests.archive.store import Archive
from digests.config import Settings
from digests.feeds.pace import FeedState
from digests.model import Feed, IndexTokens
from digests.testing import FakeClock, build_story
from digests.text.tokens import terms
from tests import typed
from tests.fakediscord.rules import faults_of
from tests.slackrules import broken_rules

FEED = Feed("https://news.example/feed", "News", "news.example")
FAILED = "Something went wrong"
IN_TIME = 3.0  # seconds; then people are told that nothing came
AT_ONCE = 50  # texts of one example: hypothesis draws a list faster than its parts
FILE = Settings(feeds=(FEED,))

# The bad commands of our list of bad inputs, with the number that each has there.
BAD = {
    161: '"', 162: "AND", 163: "NEAR(", 164: "CVE-2026-1", 165: "C++", 166: ".NET", 167: "-a",
    168: "nope:a", 169: "*", 170: "(" * 200, 171: "x" * 4_000, 172: "a* " * 2_000,
    173: "'; drop table story", 174: "a\0b", 175: "the of and", 176: "هجوم فدية على مستشفى",
    177: "(a+)+$", 178: "(?=a)b", 179: "q:abc:-1", 180: "q:abc:1000000000", 181: "date:2026-13-45",
}  # fmt: skip
PIECES = [
    *(text for number, text in BAD.items() if number not in {171, 172}),
    "gateway", "k001", "CVE-2026-0001", "https://news.example/1", "since:7d", "7d", "sort:best",
    "like:k001", "cvss:>=", "cvss:>=9", "is:kev", "OR", "-", ":", "://", "#x", "!x", "%s{x}",
    "<@U1>", "<!channel>", "@everyone", "[a](b)", "```", "||", "\ud800", "\u202e", "\U000e0041",
    "🦊" * 90, "e\u0301" * 300, "ا" * 500, "\x1b[31m", "\r\n", "q:abc:1", "q:0:0", "١٢٣",
]  # fmt: skip
NAMES = [verb.name for verb in TABLE.verbs] + [
    "",
    "page",
    "run",
    "serach",
    "/",
    "feeds",
    "watch",
    "\0",
]
OPTIONS = ["query", "topic", "since", "publisher", "id"]

words = st.one_of(st.sampled_from(PIECES), st.text(max_size=60))
lines = st.tuples(st.sampled_from(NAMES), st.lists(words, max_size=5).map(" ".join))
requests = st.builds(
    lambda line, options: Request(*TABLE.split(" ".join(line)), options),
    lines,
    st.dictionaries(st.sampled_from(OPTIONS), words),
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Desk"]:
    with asyncio.Runner() as runner:
        desk = Desk(runner, tmp_path_factory.mktemp("fuzzed"))
        yield desk
        runner.run(desk.archive.close())


class Desk:
    """The commands over a small archive, asked from outside of a loop."""

    def __init__(self, runner: asyncio.Runner, folder: Path) -> None:
        self._runner = runner
        self.archive = runner.run(self._filled(folder))
        self.commands = Commands(self.archive, lambda: FILE, FakeClock())

    def ask(self, request: Request) -> Reply:
        return self._runner.run(self.commands.answer(request))

    async def _filled(self, folder: Path) -> Archive:
        archive = await Archive.open(folder / "s.db")
        records = [
            StoryRecord(s, IndexTokens(terms(s.headline, "en"), terms(s.sentences[0], "en")), n)
            for n, s in enumerate(map(build_story, range(1, 5)), 1)
        ]
        state, now = FeedState(url=FEED.url), FakeClock().now()
        await archive.commit_poll(PollRecord(FEED.url, state, now, new=tuple(records)))
        return archive


def judged(reply: Reply, *, schema: bool) -> list[str]:
    """What either platform would refuse of it, as an answer."""
    return [
        *broken_rules(slack.reply(reply), schema=schema),
        *faults_of(discord.reply(reply), "original", schema=schema),
        *faults_of(discord.reply(reply, plain=True), "original", schema=schema),
    ]


@pytest.mark.parametrize("number", BAD)
def test_a_bad_command_is_answered_in_time_with_words(desk: Desk, number: int) -> None:
    for verb in TABLE.verbs:
        began = time.monotonic()
        reply = desk.ask(Request(verb.name, BAD[number]))
        assert time.monotonic() - began < IN_TIME
        assert FAILED not in str(reply.content), verb.name
        assert judged(reply, schema=number % 4 == 0) == [], verb.name


def test_who_is_no_editor_looks_at_no_feed_for_others(desk: Desk) -> None:  # 182
    stranger = Asker("slack", "U666", "T1", "C1")
    for verb in (one for one in TABLE.listed() if one.who is Who.EDITOR):
        reply = desk.ask(Request(verb.name, "https://news.example/feed", {}, stranger))
        assert "for editors" in str(reply.content)


def test_a_direct_message_of_a_stranger_is_refused(desk: Desk) -> None:  # 183
    elsewhere = Commands(desk.archive, lambda: FILE, FakeClock(), lambda _: frozenset())
    asked = elsewhere.answer(Request("search", "gateway", {}, Asker("discord", "1")))
    assert "not set up here" in str(desk._runner.run(asked).content)


def test_fifty_commands_at_once_of_one_person_are_all_answered_in_time(desk: Desk) -> None:  # 184
    async def all_at_once() -> list[Reply]:
        many = [desk.commands.answer(Request("search", f"gateway {n}")) for n in range(50)]
        async with asyncio.timeout(IN_TIME):
            return await asyncio.gather(*many)

    assert len(desk._runner.run(all_at_once())) == 50


def fuzzed(
    desk: Desk, asked: list[Request], caplog: pytest.LogCaptureFixture, *, schema: bool = True
) -> None:
    for number, request in enumerate(asked):
        reply = desk.ask(request)
        assert FAILED not in str(reply.content), request
        assert judged(reply, schema=schema and number == 0) == [], request
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]


many = st.lists(requests, min_size=AT_ONCE, max_size=AT_ONCE)
unhurried: Mapping[str, object] = {
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
}


@settings(max_examples=100, **unhurried)  # 5,000 texts
@given(asked=many)
def test_whatever_is_typed_is_answered_within_every_limit(
    desk: Desk, caplog: pytest.LogCaptureFixture, asked: list[Request]
) -> None:
    fuzzed(desk, asked, caplog)


def typed_requests(seed: int) -> Iterator[Request]:
    """As many as a part of the million has."""
    rng, texts = random.Random(-seed), typed.lines(seed, PIECES)
    for text in islice(texts, typed.OF_A_PART):
        named = [name for name in OPTIONS if rng.random() < 0.2]
        options = {name: next(texts) for name in named}
        yield Request(*TABLE.split(f"{rng.choice(NAMES)} {text}"), options)


@pytest.mark.nightly
@pytest.mark.parametrize("part", range(typed.PARTS))
def test_a_million_texts_are_answered_within_every_limit(
    desk: Desk, caplog: pytest.LogCaptureFixture, part: int
) -> None:
    slowest = 0.0
    for number, request in enumerate(typed_requests(part)):
        began = time.monotonic()
        fuzzed(desk, [request], caplog, schema=number % 50 == 0)
        slowest = max(slowest, time.monotonic() - began)
    print(f"{typed.OF_A_PART:,} commands, seed {part}: the slowest took {slowest * 1e3:,.0f} ms")
