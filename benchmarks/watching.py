"""M1: ten thousand watches against one story, beside asking each query alone."""

import random
import statistics
import time
from itertools import islice

from benchmarks.million import TOPICS, Newsroom
from digests.rules.match import Subject, matches, subject
from digests.rules.query import Query, parse_strict
from digests.rules.watching import Watchlist

WATCHES = 10_000
STORIES = 200


def queries(room: Newsroom, rng: random.Random, count: int) -> list[Query]:
    """What a crowd would watch for: one to three words, names, CVEs, phrases, numbers."""
    vendors = [one.name for one in room.names]

    def word() -> str:
        # People do not watch for "the", and for common words less often than they are written.
        return room.words[int(23 + (len(room.words) - 24) * rng.random() ** 6)]

    shapes = [
        word,
        lambda: f"{word()} {word()}",
        lambda: f"{word()} {word()} -{word()}",
        lambda: f'"{word()} {word()}"',
        lambda: f"({word()} OR {word()}) {word()}",
        lambda: f"{word()[:5]}xyz*",
        lambda: f"{rng.choice(vendors)} cvss:>=8",
        lambda: f"product:{rng.choice(vendors)} is:kev",
        lambda: f"actor:{rng.choice(vendors)} OR malware:{rng.choice(vendors)}",
        lambda: f"cve:CVE-{2015 + rng.randrange(12)}-{rng.randrange(1000, 41_000)}",
        lambda: f"topic:{rng.choice(TOPICS)} {word()}",
        lambda: f"title:{word()} quality:>={rng.randrange(100)}",
    ]
    return [parse_strict(rng.choice(shapes)()) for _ in range(count)]


def m1() -> None:
    """CPU milliseconds for one story, its tokens at hand."""
    room, rng = Newsroom(), random.Random(5)
    asked = dict(enumerate(queries(room, rng, WATCHES)))
    began = time.process_time()
    watches = Watchlist(asked)
    adding = time.process_time() - began
    about = [subject(one.story, one.tokens) for one in islice(room.stories(STORIES), STORIES)]
    ours, found = [], 0
    for seen in about:
        began = time.process_time()
        found += len(watches.matching(seen))
        ours.append((time.process_time() - began) * 1e3)
    alone = [_alone(asked, seen) for seen in about[:5]]
    print(
        f"M1 {WATCHES:,} watches, one story: median {statistics.median(ours):.2f} ms,"
        f" p99 {sorted(ours)[int(len(ours) * 0.99)]:.2f} ms (goal 1);"
        f" each alone {statistics.median(alone):.1f} ms; {found / len(about):.1f} match;"
        f" adding one {adding / WATCHES * 1e6:.0f} µs"
    )


def _alone(asked: dict[int, Query], seen: Subject) -> float:
    began = time.process_time()
    for query in asked.values():
        matches(query, seen)
    return (time.process_time() - began) * 1e3


if __name__ == "__main__":
    m1()
