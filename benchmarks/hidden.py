"""Known items: is a story found by words that somebody else wrote about it?

    python -m benchmarks.hidden            the development data by itself, beside FTS5
    python -m benchmarks.hidden 1000000    S4: hidden among so many, beside BM25 over all of them

Three sets from the development data beside the project: CNN (a story is the first four sentences,
the query the last highlight), CASIE and AG News (the text, found by its own headline, which is
kept back). nDCG@10 of one right answer is 1 / log2(1 + its place).
"""

import argparse
import asyncio
import csv
import html
import json
import math
import random
import re
import sqlite3
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.data import articles
from benchmarks.million import FIRST, NOW, VERSION, YEARS, Newsroom, build, folder, words_of
from digests.archive import dialects, search
from digests.archive.leaves import leaf_of
from digests.archive.ranking import K1, B
from digests.archive.records import StoryRecord
from digests.archive.store import Archive
from digests.rules.query import Query, Word, parse_lenient, widen
from digests.rules.query import terms as words_asked
from digests.stories.indexing import words
from digests.text.sentences import split

SEED = 11
EDITION = 3  # raise it when the items, or how they are hidden, change
_BROKEN = re.compile(r" ?(#\d+|amp|lt|gt|quot);")  # entities that the data set has torn
_BEHIND = re.compile(r" [|–—-] ")
MOST = 400  # of one set


@dataclass(frozen=True, slots=True)
class Item:
    """A story, and the words by which it is looked for."""

    group: str
    title: str
    sentences: tuple[str, ...]
    query: str


def items() -> list[Item]:
    """All three sets, the same every time."""
    rng = random.Random(SEED)
    chosen: list[Item] = []
    for group in (list(_cnn()), list(_casie()), list(_ag_news())):
        chosen += rng.sample(group, min(MOST, len(group)))
    return chosen


def _cnn() -> Iterator[Item]:
    with articles("cnn-summaries-dev.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            query = row["highlights"].strip().splitlines()[-1]
            yield Item("CNN", "", tuple(split(row["article"], "en")[:4]), query)


def _casie() -> Iterator[Item]:
    with articles("casie-dev.jsonl").open(encoding="utf-8") as file:
        for row in map(json.loads, file):
            if not row["title"]:
                continue
            text = row["text"].replace(row["title"], " ")
            # Without the publisher's name behind a bar or dash: it is not what is looked for.
            query = _BEHIND.split(row["title"])[0]
            yield Item("CASIE", "", tuple(split(text, "en")[:4]), query)


def _ag_news() -> Iterator[Item]:
    with articles("ag-news-dev.csv").open(encoding="utf-8") as file:
        for _, *row in csv.reader(file):
            title, text = (html.unescape(_BROKEN.sub(r"&\1;", part)) for part in row)
            yield Item("AG News", "", tuple(split(text, "en")[:4]), title)


def hidden(count: int, found: Sequence[Item]) -> tuple[Path, dict[int, int]]:
    """An archive of the items among `count` others; which item each id is."""
    path = folder() / f"hidden-{VERSION}-{EDITION}-{count}.db"
    ids = path.with_suffix(".json")
    if not (path.exists() and ids.exists()):
        making = path.with_suffix(".making")
        for left in making.parent.glob(f"{making.name}*"):
            left.unlink()
        words = words_of(" ".join((*one.sentences, one.query)) for one in found)
        places: dict[int, int] = {}
        records = _scattered(Newsroom(counts=words), count, found, places)
        asyncio.run(build(making, records, []))
        ids.write_text(json.dumps(places))
        making.rename(path)
    return path, {int(id_): item for id_, item in json.loads(ids.read_text()).items()}


def _scattered(
    room: Newsroom, count: int, found: Sequence[Item], places: dict[int, int]
) -> Iterator[StoryRecord]:
    """The others in the order of time, the items anywhere between them."""
    rng = random.Random(SEED)
    at = sorted((rng.random(), item) for item in rng.sample(range(len(found)), len(found)))
    others, number = iter(room.stories(count)), count
    for made, record in enumerate(others):
        while at and at[0][0] * count <= made:
            number += 1
            share, item = at.pop(0)
            yield _hide(room, number, share, item, found[item], places)
        yield record
    for share, item in at:
        number += 1
        yield _hide(room, number, share, item, found[item], places)


def _hide(
    room: Newsroom, number: int, share: float, item: int, one: Item, places: dict[int, int]
) -> StoryRecord:
    # Its own words only: a made-up CVE among them would lengthen it for us and not for the peer.
    tokens = words(one.title, one.sentences, (), (), "en")
    record = room.record(number, FIRST + share * YEARS, one.title, one.sentences)
    # An id that none of the made-up stories has: their counter stays below a thousand.
    told = replace(record.story, id=record.story.id + 1_000 + number, cves=(), names=())
    places[told.id] = item
    return replace(record, story=told, tokens=tokens)


def asked(connection: Any, text: str) -> list[int]:
    """The ids that the application shows: all words, else any of them, best first."""
    query = parse_lenient(text).query
    page = search.search(connection, search.Asked(query, NOW, "best"))
    if not page.hits and (wider := widen(query)):
        page = search.search(connection, search.Asked(wider, NOW, "best"))
    return [hit.story.id for hit in page.hits]


def gain(found: Sequence[int], right: int) -> float:
    """nDCG@10 with one right answer."""
    return 1 / math.log2(2 + found.index(right)) if right in found[:10] else 0.0


@dataclass(slots=True)
class FullBm25:
    """BM25 over every story, by the archive's own words: nothing is left out for speed."""

    postings: Mapping[str, tuple[Any, Any]]  # word -> rows, how often
    ids: Any
    lengths: Any

    @classmethod
    def of(cls, path: Path, wanted: set[str]) -> "FullBm25":
        """Reads the whole archive once, for these words."""
        connection = sqlite3.connect(path)
        rows: dict[str, list[int]] = {word: [] for word in wanted}
        often: dict[str, list[int]] = {word: [] for word in wanted}
        ids, lengths = [], []
        for at, (id_, title, body) in enumerate(
            connection.execute("SELECT id, title, body FROM story_text")
        ):
            words = f"{title} {title} {body}".split()
            ids.append(id_)
            lengths.append(len(words))
            for word in wanted.intersection(words):
                rows[word].append(at)
                often[word].append(words.count(word))
        connection.close()
        postings = {word: (np.array(rows[word]), np.array(often[word])) for word in wanted}
        return cls(postings, np.array(ids), np.array(lengths, dtype=float))

    def best(self, query: Query) -> list[int]:
        """The ten best ids for any of the words of a query."""
        scores = np.zeros(len(self.ids))
        mean = self.lengths.mean()
        for leaf in forms(query):
            often = np.zeros(len(self.ids))
            for word in leaf:
                at, times = self.postings[word]
                if len(at):
                    often[at] += times
            has = often > 0
            there = int(has.sum())
            rarity = math.log(1 + (len(self.ids) - there + 0.5) / (there + 0.5))
            damping = K1 * (1 - B + B * self.lengths[has] / mean)
            scores[has] += rarity * often[has] * (K1 + 1) / (often[has] + damping)
        top = np.argpartition(-scores, 10)[:10]
        return [int(self.ids[at]) for at in sorted(top, key=lambda at: -scores[at])]


def forms(query: Query) -> list[frozenset[str]]:
    """Each word of a query with its forms; of one that is several words, each."""
    leaves = [leaf_of(one) for one in dict.fromkeys(words_asked(query)) if isinstance(one, Word)]
    return [place for leaf in leaves if leaf for place in leaf.positions]


def fts5(path: Path) -> sqlite3.Connection:
    """The simple rival: FTS5 as people set it up, over the same stories."""
    peer, source = sqlite3.connect(":memory:"), sqlite3.connect(path)
    peer.execute("CREATE VIRTUAL TABLE f USING fts5(title, body, tokenize = 'porter unicode61')")
    for id_, headline, sentences in source.execute("SELECT id, headline, sentences FROM story"):
        row = (id_, headline, " ".join(json.loads(sentences)))
        peer.execute("INSERT INTO f (rowid, title, body) VALUES (?, ?, ?)", row)
    source.close()
    return peer


def fts5_best(peer: sqlite3.Connection, text: str) -> list[int]:
    """Any of the words, title doubled, best first."""
    words = "".join(c if c.isalnum() else " " for c in text).split()
    if not words:
        return []
    match = " OR ".join(f'"{word}"' for word in words)
    statement = "SELECT rowid FROM f WHERE f MATCH ? ORDER BY bm25(f, 2, 1) LIMIT 10"
    return [row[0] for row in peer.execute(statement, (match,))]


def report(count: int, limit: int) -> None:
    """Print nDCG@10 by set."""
    found = items()
    path, places = hidden(count, found)
    asyncio.run(_upgraded(path))
    tasks = sorted(places.items(), key=lambda pair: pair[1])
    if limit:
        tasks = random.Random(SEED).sample(tasks, limit)
    name, peers = _peers(path, count, [found[item].query for _, item in tasks])
    engine = dialects.connect_readers(path, 1)
    ours: dict[str, list[float]] = {}
    spent = []
    with engine.connect() as connection:
        for id_, item in tasks:
            began = time.thread_time()
            answer = asked(connection, found[item].query)
            spent.append((time.thread_time() - began) * 1e3)
            ours.setdefault(found[item].group, []).append(gain(answer, id_))
    theirs: dict[str, list[float]] = {}
    for (id_, item), answer in zip(tasks, peers, strict=True):
        theirs.setdefault(found[item].group, []).append(gain(answer, id_))
    spent.sort()
    for group, gains in ours.items():
        mine, other = statistics.mean(gains), statistics.mean(theirs[group])
        print(
            f"{group:8} among {count:,}: nDCG@10 {mine:.3f}, {name} {other:.3f}"
            f" ({mine - other:+.3f}, {mine / other:.1%}), {len(gains)} queries"
        )
    print(
        f"  CPU median {statistics.median(spent):.1f} ms, p99 {spent[int(len(spent) * 0.99)]:.1f}"
    )


def _peers(path: Path, count: int, queries: Sequence[str]) -> tuple[str, list[list[int]]]:
    if not count:
        peer = fts5(path)
        return "FTS5", [fts5_best(peer, text) for text in queries]
    trees = [parse_lenient(text).query for text in queries]
    full = FullBm25.of(path, {word for tree in trees for leaf in forms(tree) for word in leaf})
    return "full BM25", [full.best(tree) for tree in trees]


async def _upgraded(path: Path) -> None:
    """An archive of an earlier day gets the tables of today."""
    await (await Archive.open(path)).close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=0)
    parser.add_argument("--limit", type=int, default=0, help="so many queries only")
    options = parser.parse_args()
    report(options.count, options.limit)
