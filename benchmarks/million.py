"""A newsroom of a million stories, the same for the same seed: `python -m benchmarks.million N`.

Words are drawn by Zipf's law: first those of security news, then a long tail of invented ones, or,
with --words, those of texts that lie beside the project, as often as they stand there. Publishers,
topics, names, CVEs and what is known of them are as unevenly spread. Rows and words of the index
are made by the archive's own functions and handed to SQLite in bulk, in the order of time; the
archive lies in a temporary folder. How fast the archive indexes by itself is S3 of writing.py.
"""

import argparse
import asyncio
import os
import random
import re
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from digests.archive import known, rows
from digests.archive.columns import compact
from digests.archive.facets import facets_of
from digests.archive.records import StoryRecord
from digests.archive.schema import story
from digests.archive.store import Archive
from digests.model import (
    CveFacts,
    IndexTokens,
    Indicator,
    Name,
    Quality,
    Source,
    Story,
    StoryId,
)
from digests.stories.ids import first_id, key_of
from digests.stories.indexing import meaning_of
from digests.text.tokens import terms

VERSION = 4
SEED = 7
BITE = 1_000
FIRST = datetime(2024, 1, 1, tzinfo=UTC)
YEARS = timedelta(days=3 * 365)
NOW = FIRST + YEARS
TAIL = 60_000  # words that are invented
CVES = 40_000


def _split(text: str) -> list[str]:
    return text.split()


_WORDS = _split("""the of to and in a for on with is that by as from was are at be this an has it have
attackers vulnerability exploit security data researchers patch update malware ransomware code
remote execution critical flaw access server users threat actor campaign credentials phishing cloud
microsoft windows linux google chrome cisco fortinet vpn zero-day actively exploited advisory cve
cvss score authentication bypass privilege escalation injection kernel driver backdoor botnet
loader stealer command control infrastructure group china russia iran north korea supply chain npm
pypi package maintainer token leak breach customers healthcare hospital bank government agency cisa
deadline mitigation firmware router edge device appliance ivanti citrix vmware esxi exchange
outlook macro powershell script payload shellcode sandbox detection rule sigma yara ioc hash domain
address dns tunnel encryption key certificate tls oauth saml session cookie hijack bug bounty
disclosure proof concept released active directory kerberos ticket lateral movement exfiltration
extortion payment bitcoin wallet crypto stolen million records exposed database misconfigured
bucket azure aws kubernetes container escape docker image registry browser extension android ios
spyware mobile fatigue identity zero trust firewall siem analyst incident response report overflow
deserialization traversal use-after-free heap memory corruption denial service ddos worm wiper
espionage election deepfake prompt model poisoning agent quantum signature regulation fine""")
_ADD = f"INSERT INTO story VALUES ({', '.join('?' * len(story.c))})"
_ADD_TEXT = "INSERT INTO story_text (id, title, body, facets, meaning) VALUES (?, ?, ?, ?, ?)"
_ADD_INDEX = "INSERT INTO story_fts (rowid, title, body, facets) VALUES (?, ?, ?, ?)"
_CONSONANTS, _VOWELS = "bcdfghklmnprstvz", "aeiou"
TOPICS = _split("""ransomware vulnerability malware phishing breach privacy policy crime cloud identity
espionage research""")
_LENGTHS = ((5, 11), (9, 15), (9, 15), (9, 15), (9, 15))  # words of a headline and its sentences
_COUNTRIES = ("US", "GB", "DE", "FR", "JP", "IN", "")
_KINDS = ("actor", "malware", "tool", "vendor", "product")
_WORD = re.compile(r"[\w][\w'-]*")


@dataclass(slots=True)
class Newsroom:
    """Makes up stories."""

    seed: int = SEED
    counts: Counter[str] | None = None  # words and how often; None: our own
    rng: random.Random = field(init=False)
    words: list[str] = field(init=False)
    terms: list[str] = field(init=False)  # of each word, as the index has it
    weights: Any = field(init=False)
    bulk: np.random.Generator = field(init=False)
    drawn: list[int] = field(default_factory=list)
    names: list[Name] = field(init=False)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        if self.counts is None:
            self.words = vocabulary(TAIL)
            heavy: Iterable[float] = (1 / (at + 2.7) ** 1.05 for at in range(len(self.words)))
        else:
            self.words = list(self.counts)
            heavy = map(float, self.counts.values())
        self.terms = [terms(word, "en") for word in self.words]
        summed = np.cumsum(list(heavy))
        self.weights = summed / summed[-1]
        self.bulk = np.random.default_rng(self.seed)
        invented = vocabulary(TAIL)[-200:]
        self.names = [
            Name(_KINDS[at % len(_KINDS)], word.title()) for at, word in enumerate(invented)
        ]

    def facts(self) -> Iterator[CveFacts]:
        """What is known of the CVEs."""
        rng = random.Random(self.seed + 1)
        for number in range(CVES):
            exploited = rng.random() < 0.01
            yield CveFacts(
                _cve(number),
                date(2025, 1, 1) if exploited else None,
                ransomware=exploited and rng.random() < 0.2,
                epss=round(rng.betavariate(0.3, 6), 5),
                cvss=round(rng.triangular(2, 10, 7.5), 1),
            )

    def stories(self, count: int) -> Iterator[StoryRecord]:
        """In the order of time; of fewer than a million, the newest days."""
        step = YEARS / 1_000_000
        start = FIRST + max(1_000_000 - count, 0) * step
        for number in range(1, count + 1):
            title, *parts = [self.draw(*lengths) for lengths in _LENGTHS]
            at = start + number * step
            yield self.record(
                number,
                at,
                " ".join([self.words[word] for word in title]).capitalize(),
                tuple(
                    " ".join([self.words[w] for w in part]).capitalize() + "." for part in parts
                ),
                IndexTokens(self.tokens(title), " ".join(map(self.tokens, parts))),
            )

    def record(
        self,
        number: int,
        at: datetime,
        title: str,
        sentences: tuple[str, ...],
        tokens: IndexTokens | None = None,
    ) -> StoryRecord:
        """A story of these words, the rest made up."""
        rng = self.rng
        cves = tuple(_cve(self.skewed(CVES)) for _ in range(rng.choice((0, 0, 0, 1, 1, 2))))
        told = Story(
            id=StoryId(first_id(at) + number % 1_000),
            key=key_of(number),
            headline=title,
            url=f"https://p{number % 300}.example/{number}",
            publisher=f"p{self.skewed(300)}.example",
            feed=f"Feed {self.skewed(400)}",
            feed_url="https://news.example/feed",
            seen=at,
            country=rng.choice(_COUNTRIES),
            sentences=sentences,
            length_here=55,
            length_there=600,
            topics=tuple({TOPICS[self.skewed(len(TOPICS))] for _ in range(2)}),
            cves=cves,
            picture="https://p.example/p.jpg" if rng.random() < 0.5 else "",
            also=tuple(_source(rng.randrange(300), at) for _ in range(self.skewed(6))),
            names=tuple(
                {self.names[self.skewed(len(self.names))] for _ in range(rng.randint(0, 3))}
            ),
            indicators=self.indicators(),
            quality=Quality(rng.randint(20, 90)),
        )
        if tokens is None:
            tokens = IndexTokens(terms(title, "en"), terms(" ".join(sentences), "en"))
        if cves:
            tokens = replace(tokens, body=f"{tokens.body} {terms(' '.join(cves), 'en')}")
        tokens = replace(tokens, meaning=meaning_of(tokens))
        return StoryRecord(told, tokens, number, (), f"title {number}")

    def tokens(self, words: Sequence[int]) -> str:
        """Their terms."""
        return " ".join([self.terms[word] for word in words])

    def draw(self, least: int, most: int) -> list[int]:
        """So many words, by their number."""
        count = self.rng.randint(least, most)
        if len(self.drawn) < count:
            picked = np.searchsorted(self.weights, self.bulk.random(1_000_000))
            self.drawn = picked.tolist()
        taken, self.drawn[-count:] = self.drawn[-count:], []
        return taken

    def indicators(self) -> tuple[Indicator, ...]:
        """Now and then a few."""
        rng = self.rng
        if rng.random() > 0.05:
            return ()
        word = rng.choice(self.words[-5_000:])
        return (
            Indicator("domain", f"c2.{word}.example"),
            Indicator("ipv4", f"198.51.{rng.randrange(256)}.{rng.randrange(256)}"),
            Indicator("sha256", f"{rng.getrandbits(256):064x}"),
        )

    def skewed(self, count: int) -> int:
        """A number below `count`, the small ones much more often."""
        return int(count * self.rng.random() ** 3)


def vocabulary(tail: int) -> list[str]:
    """The words of security news, then invented ones."""
    rng = random.Random(1)
    seen = dict.fromkeys(_WORDS)
    while len(seen) < len(_WORDS) + tail:
        pairs = rng.randint(2, 4)
        word = "".join(rng.choice(_CONSONANTS) + rng.choice(_VOWELS) for _ in range(pairs))
        seen.setdefault(word + rng.choice(("", "", *_CONSONANTS[:4])))
    return list(seen)


def words_of(texts: Iterable[str]) -> Counter[str]:
    """How often each word stands in some texts."""
    return Counter(word for text in texts for word in _WORD.findall(text.lower()))


async def build(path: Path, records: Iterable[StoryRecord], facts: Sequence[CveFacts]) -> float:
    """Write an archive; CPU seconds for each thousand stories."""
    archive = await Archive.open(path)
    await archive._engine.write(known.learn, facts)
    await archive.close()
    by_cve = {fact.cve: fact for fact in facts}
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -200000")
    began, count, source = time.process_time(), 0, iter(records)
    while bite := list(islice(source, BITE)):
        _write(connection, bite, by_cve)
        count += len(bite)
        if count % 50_000 == 0:
            print(f"  {count:,} stories, {time.process_time() - began:,.0f} CPU s", flush=True)
    connection.close()
    return (time.process_time() - began) / max(count, 1) * 1_000


def _write(
    connection: sqlite3.Connection, bite: Sequence[StoryRecord], facts: Mapping[str, CveFacts]
) -> None:
    texts = [_text_row(record, facts) for record in bite]
    connection.execute("BEGIN")
    connection.executemany(_ADD, [_row(record) for record in bite])
    connection.executemany(_ADD_TEXT, texts)
    connection.executemany(_ADD_INDEX, [text[:4] for text in texts])
    connection.executemany(
        "INSERT OR IGNORE INTO story_cve (cve, story) VALUES (?, ?)",
        [(cve, record.story.id) for record in bite for cve in record.story.cves],
    )
    connection.execute("COMMIT")


def _text_row(
    record: StoryRecord, facts: Mapping[str, CveFacts]
) -> tuple[int, str, str, str, bytes]:
    told = record.story
    if told.cves:
        told = replace(told, facts=tuple(facts[cve] for cve in told.cves if cve in facts))
    tokens = record.tokens
    return told.id, tokens.title, tokens.body, facets_of(told), tokens.meaning


def _row(record: StoryRecord) -> list[Any]:
    """What SQLAlchemy would make of the row, at a fifth of the price."""
    row = rows.story_row(record)
    return [_plain(row[column.name]) for column in story.c]


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return compact(value)
    return int(value.timestamp()) * 1_000_000 if isinstance(value, datetime) else value


def folder() -> Path:
    """Where what was built is kept: NIGHTDESK_BENCH, or a temporary folder."""
    chosen = os.environ.get("NIGHTDESK_BENCH")
    path = Path(chosen) if chosen else Path(tempfile.gettempdir()) / "nightdesk-bench"
    path.mkdir(parents=True, exist_ok=True)
    return path


def built(count: int) -> Path:
    """The archive of so many stories, made when it is not there yet."""
    path = folder() / f"stories-{VERSION}-{count}.db"
    if not path.exists():
        making = path.with_suffix(".making")
        for left in making.parent.glob(f"{making.name}*"):
            left.unlink()
        room = Newsroom()
        print(f"building {count:,} stories in {path}", flush=True)
        cost = asyncio.run(build(making, room.stories(count), list(room.facts())))
        print(f"  {cost / 1_000 * 1e6:,.0f} CPU µs a story", flush=True)
        _settle(making)
        making.rename(path)
    return path


def _settle(path: Path) -> None:
    """One file that needs nothing beside it."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _cve(number: int) -> str:
    return f"CVE-{2015 + number % 12}-{1_000 + number}"


def _source(number: int, at: datetime) -> Source:
    return Source(f"p{number}.example", f"Feed {number}", "Another headline", "", at)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Build archives of made-up stories.")
    parser.add_argument("count", type=int, nargs="+")
    for count in parser.parse_args().count:
        print(built(count))
