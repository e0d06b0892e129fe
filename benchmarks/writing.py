"""S3 and D1: how fast stories are indexed, and what durable writes cost that come all at once."""

import asyncio
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from xml.sax.saxutils import escape

from benchmarks.million import Newsroom, build
from benchmarks.pollers import PEERS
from benchmarks.rounds import interleaved, say
from digests.archive.records import StoryRecord
from digests.archive.store import Archive
from digests.model import IndexTokens, Story
from digests.stories.indexing import words_of

STORIES = 3_000
WRITERS = 64
WRITES = 50  # of each writer
ROUNDS = 3
_READER = Path(__file__).with_name("peer_index.py")


def s3() -> None:
    """Stories indexed in a CPU second."""
    records = list(islice(Newsroom().stories(STORIES), STORIES))
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        feed = _feed(home / "feed.xml", records)
        asyncio.run(build(home / "ours.db", records, []))
        tokens = {record.story.id: record.tokens for record in records}

        def at_hand(story: Story) -> IndexTokens:
            return tokens[story.id]

        # In this order: either finds the words of the other, so that all are indexed anew.
        runners = {
            "with its words": lambda: asyncio.run(_reindexed(home / "ours.db", words_of)),
            "ours": lambda: asyncio.run(_reindexed(home / "ours.db", at_hand)),
            "fts5": lambda: _bulk(records),
        }
        if PEERS.exists():
            runners["reader"] = lambda: _peer(home, feed)
        spent = interleaved(ROUNDS, runners)
    rate = {name: STORIES / seconds for name, seconds in spent.items()}
    say("S3", f"stories indexed in a CPU second: ours {rate['ours']:,.0f}, with the analysis of"
        f" their words {rate['with its words']:,.0f}; bare FTS5 in bulk {rate['fts5']:,.0f}")  # fmt: skip
    if "reader" in rate:
        ratio = rate["ours"] / rate["reader"]
        say("S3", f"reader {rate['reader']:,.0f}: more by", ratio=ratio, goal=">= 15")
        say("S3", "with the analysis: more by", ratio=rate["with its words"] / rate["reader"])


async def _reindexed(path: Path, words: object) -> float:
    archive = await Archive.open(path)
    try:
        began = time.process_time()
        await archive.reindex(words)  # type: ignore[arg-type] - one of the two above
        return time.process_time() - began
    finally:
        await archive.close()


def _bulk(records: Iterable[StoryRecord]) -> float:
    """What FTS5 itself costs, in one transaction."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE f USING fts5(title, body, tokenize = 'porter')")
    rows = [(one.story.headline, " ".join(one.story.sentences)) for one in records]
    began = time.process_time()
    connection.executemany("INSERT INTO f (title, body) VALUES (?, ?)", rows)
    connection.commit()
    return time.process_time() - began


def _peer(home: Path, feed: Path) -> float:
    database = home / "reader.db"
    database.unlink(missing_ok=True)
    done = subprocess.run(
        [str(PEERS), str(_READER), str(database), str(feed)],
        check=True,
        capture_output=True,
        text=True,
    )
    return float(done.stdout)


def _feed(path: Path, records: Iterable[StoryRecord]) -> Path:
    items = "".join(
        f"<item><guid>{one.story.key}</guid><title>{escape(one.story.headline)}</title>"
        f"<link>{escape(one.story.url)}</link>"
        f"<description>{escape(' '.join(one.story.sentences))}</description></item>"
        for one in records
    )
    text = f"<rss version='2.0'><channel><title>All</title>{items}</channel></rss>"
    path.write_text(text, encoding="utf-8")
    return path


def d1() -> None:
    """Writers that all wait for the disk: together, and each by itself."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        cpu, seconds, commits = asyncio.run(_together(home / "ours.db"))
        alone_cpu, alone_seconds = _alone(home / "alone.db")
    rows = WRITERS * WRITES
    say("D1", f"{WRITERS} writers, {rows:,} durable rows: {rows / commits:.0f} to a commit,"
        f" {cpu / rows * 1e6:.0f} µs CPU and {seconds / rows * 1e6:.0f} µs a row"
        " (goal 16 to a commit, 100 µs)")  # fmt: skip
    say("D1", f"a transaction each, without a queue: {alone_cpu / rows * 1e6:.0f} µs CPU,"
        f" {alone_seconds / rows * 1e6:.0f} µs a row")  # fmt: skip


async def _together(path: Path) -> tuple[float, float, int]:
    """CPU seconds, seconds, commits."""
    archive = await Archive.open(path)

    async def write(writer: int) -> None:
        for number in range(WRITES):
            await archive.set_meta(f"{writer}.{number}", "x")

    try:
        engine = archive._engine
        commits, cpu, began = engine.commits, time.process_time(), time.perf_counter()
        await asyncio.gather(*map(write, range(WRITERS)))
        spent = time.process_time() - cpu, time.perf_counter() - began
        return *spent, engine.commits - commits
    finally:
        await archive.close()


def _alone(path: Path) -> tuple[float, float]:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT)")
    cpu, began = time.process_time(), time.perf_counter()
    for number in range(WRITERS * WRITES):
        connection.execute("INSERT INTO meta VALUES (?, 'x')", (str(number),))
    connection.close()
    return time.process_time() - cpu, time.perf_counter() - began
