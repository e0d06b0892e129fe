"""P1 to P4: documents to entries, beside feedparser and a bare hash."""

import asyncio
import hashlib
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import feedparser

from benchmarks.rounds import interleaved, say
from benchmarks.written import parse_corpus
from digests import reading
from digests.desk import desk
from digests.errors import WorkerError
from digests.feeds.parse import parse
from digests.model import Document, Feed
from digests.text.plain import to_plain
from digests.web.sandbox import Sandbox
from tests.hostilefeeds import hostile_feeds

NOW = datetime(2026, 11, 24, tzinfo=UTC)
URL = "https://news.example/feed"
FEED = Feed(url=URL, name="News", publisher="news.example")
ROUNDS = 5
HOSTILE = 13
NOTHING: frozenset[bytes] = frozenset()
_GET = feedparser.FeedParserDict.get


def document(body: bytes) -> Document:
    return Document(URL, URL, body, "application/xml")


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of this process."""
    before = time.process_time()
    work()
    return time.process_time() - before


def plain_entries(body: bytes, known: frozenset[bytes] = NOTHING) -> int:
    found = parse(document(body), known, NOW)
    return sum(len(to_plain(one.body, base=one.base).text) for one in found.entries)


def as_shipped(bodies: tuple[bytes, ...]) -> float:
    """What feedparser costs without the shortcuts that our use of it takes."""
    feedparser.FeedParserDict.get = _GET
    if hasattr(feedparser.FeedParserDict, "__deepcopy__"):
        del feedparser.FeedParserDict.__deepcopy__
    return cpu(lambda: [feedparser.parse(body) for body in bodies])


@dataclass(frozen=True)
class Corpus:
    """Documents, and for each what is known when its third entry is the only new one."""

    bodies: tuple[bytes, ...]
    known: tuple[frozenset[bytes], ...]

    @classmethod
    def written(cls) -> "Corpus":
        bodies = tuple(parse_corpus())
        slices = [parse(document(body), NOTHING, NOW).slices for body in bodies]
        return cls(bodies, tuple(frozenset(one) - {one[2]} for one in slices))

    def check(self) -> None:
        """One new entry is read exactly as among all the others."""
        for body, known in zip(self.bodies, self.known, strict=True):
            whole = parse(document(body), NOTHING, NOW)
            alone = parse(document(body), known, NOW)
            assert alone.entries == (whole.entries[2],)


def p1_p2_p3() -> None:
    corpus = Corpus.written()
    corpus.check()
    figures = interleaved(
        ROUNDS,
        {
            "ours": lambda: cpu(lambda: [plain_entries(body) for body in corpus.bodies]),
            "feedparser": lambda: as_shipped(corpus.bodies),
            "one new": lambda: cpu(
                lambda: [
                    plain_entries(body, known)
                    for body, known in zip(corpus.bodies, corpus.known, strict=True)
                ]
            ),
            "unchanged": lambda: cpu(
                lambda: [desk._body_hash(body) == b"" for body in corpus.bodies * 20]
            ),
            "sha256": lambda: cpu(
                lambda: [hashlib.sha256(body).digest() for body in corpus.bodies * 20]
            ),
        },
    )
    size = sum(map(len, corpus.bodies)) / 1e6
    theirs = figures["feedparser"]
    say("P1", f"{len(corpus.bodies)} feeds, {size:.1f} MB, to entries with plain text")
    say("P1", f"feedparser {theirs:.2f} s, ours {figures['ours']:.2f} s: less by",
        ratio=theirs / figures["ours"], goal=">= 3")  # fmt: skip
    say("P2", f"one new entry each, all sliced, equal: ours {figures['one new']:.3f} s: less by",
        ratio=theirs / figures["one new"], goal=">= 25")  # fmt: skip
    say("P3", f"unchanged: {figures['unchanged'] / 20:.4f} s, SHA-256 {figures['sha256'] / 20:.4f}"
        " s: costs", ratio=figures["unchanged"] / figures["sha256"], goal="<= 2")  # fmt: skip


def timed_read(body: bytes) -> float:
    """In the worker: what the task itself costs there."""
    return cpu(lambda: reading.read(document(body), NOTHING, FEED, NOW))


async def _hostile() -> tuple[dict[str, float], list[float]]:
    """CPU seconds of each hostile feed in the worker, and the lags of the loop meanwhile."""
    costs: dict[str, float] = {}
    lags: list[float] = []
    chosen = sorted(hostile_feeds(part=1), key=lambda feed: -len(feed[1]))[:HOSTILE]
    async with Sandbox(preload=("digests.reading", "benchmarks.parsing")) as sandbox:
        await sandbox.start()
        watching = asyncio.create_task(_watch(lags))
        for name, body in chosen:
            try:
                costs[name] = await sandbox.run(timed_read, body, size=len(body))
            except WorkerError as error:
                costs[f"{name} ({error.reason})"] = 1 + 0.5 * len(body) / 2**20
        watching.cancel()
    return costs, lags


async def _watch(lags: list[float]) -> None:
    while True:
        before = time.perf_counter()
        await asyncio.sleep(0.005)
        lags.append(time.perf_counter() - before - 0.005)


def p4() -> None:
    costs, lags = asyncio.run(_hostile())
    name, worst = max(costs.items(), key=lambda cost: cost[1])
    late = statistics.quantiles(lags, n=100)[-1] * 1000
    say("P4", f"{len(costs)} hostile feeds up to 1 MB: the worst {worst:.2f} CPU s ({name})"
        "  (goal <= 1 + 0.5 per MB)")  # fmt: skip
    say("P4", f"loop late meanwhile, p99 {late:.1f} ms  (goal <= 20 ms)")
