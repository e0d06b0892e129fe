"""What differs between databases: connecting, transactions, errors, upserts, the full-text index.

SQLite is the only one today. For another, everything that has to be written anew is in this file;
the contract suite in tests/contract says what it has to do.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Integer,
    Select,
    Table,
    Text,
    bindparam,
    column,
    create_engine,
    event,
    func,
    literal,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects.sqlite import Insert
from sqlalchemy.dialects.sqlite import insert as _sqlite_insert
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from digests.errors import ArchiveError

# The last two: a text with half a character in it, a number that fits no column.
DRIVER_ERRORS = (sqlite3.Error, UnicodeEncodeError, OverflowError)
DATABASE_ERRORS = (SQLAlchemyError, *DRIVER_ERRORS)
BUSY_SECONDS = 5.0  # how long to wait for another process that writes
_CACHED_STATEMENTS = 256

_WRITER = (
    "PRAGMA journal_mode = WAL",
    # FULL: a commit that was acknowledged survives a power cut. Group commit pays for it.
    "PRAGMA synchronous = FULL",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -16000",
    "PRAGMA journal_size_limit = 67108864",
)
# No memory mapping: a file cut short under a mapping kills the process instead of failing a read.
_READER = ("PRAGMA query_only = ON", "PRAGMA temp_store = MEMORY", "PRAGMA cache_size = -8000")

# The words are ours already (text/tokens.py): plain letters and digits. The tokenizer only splits
# at spaces. No columnsize: search scores by itself, and every story would write a row for it.
_CREATE_INDEX = """
CREATE VIRTUAL TABLE story_fts USING fts5(
    title, body, facets,
    content = 'story_text', content_rowid = 'id', columnsize = 0,
    tokenize = 'unicode61 remove_diacritics 0'
)
"""
# Reading the words from their table inside the database halves the cost of handing them over.
_ADD_TO_INDEX = """
INSERT INTO story_fts (rowid, title, body, facets)
SELECT id, title, body, facets FROM story_text
WHERE id IN (SELECT value FROM json_each(?))
"""
# The words themselves, without a table of their own: a view of the index.
_CREATE_TERMS = "CREATE VIRTUAL TABLE story_terms USING fts5vocab('story_fts', 'instance')"
# From word to word, each found anew: to read on would be to read all places of the one before.
_TERMS_FROM = """
WITH RECURSIVE found (term) AS (
    SELECT (SELECT term FROM story_terms WHERE term >= ?1 LIMIT 1)
    UNION ALL
    SELECT (SELECT term FROM story_terms WHERE term >= found.term || char(1) LIMIT 1)
    FROM found WHERE found.term < ?2
    LIMIT ?3
)
SELECT term FROM found WHERE term < ?2
"""
_NAMED = 100  # words that a prefix is spelled out into
_LAST_CHARACTER = chr(0x10FFFF)
_REMOVE_FROM_INDEX = """
INSERT INTO story_fts (story_fts, rowid, title, body, facets)
SELECT 'delete', id, title, body, facets FROM story_text
WHERE id IN (SELECT value FROM json_each(?))
"""

indexed = table("story_fts", column("rowid", Integer))  # the ids of what is in the index

NEWEST = """
SELECT rowid FROM story_fts WHERE story_fts MATCH ? AND rowid >= ? AND rowid < ?
ORDER BY rowid DESC LIMIT ?
"""
_SAMPLED = """
SELECT count(*), min(rowid) FROM (
    SELECT rowid FROM story_fts WHERE story_fts MATCH ? AND rowid >= ? AND rowid < ?
    ORDER BY rowid DESC LIMIT ?
)
"""
_TEXTS_OF = """
SELECT id, title, body, meaning FROM story_text
WHERE id IN (SELECT value FROM json_each(?))
"""

# CROSS JOIN: the expressions first, then what matches each.
_MATCH_EACH = """
SELECT asked.key, story_fts.rowid FROM json_each(?) AS asked CROSS JOIN story_fts
WHERE story_fts MATCH json_extract(asked.value, '$[0]')
  AND story_fts.rowid >= json_extract(asked.value, '$[1]')
  AND story_fts.rowid < json_extract(asked.value, '$[2]')
LIMIT ?
"""

_WORDS = {
    sqlite3.SQLITE_BUSY: "another program holds it; waited in vain",
    sqlite3.SQLITE_LOCKED: "another program holds it; waited in vain",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "it cannot be written to",
    sqlite3.SQLITE_CORRUPT: "the file is damaged",
    sqlite3.SQLITE_NOTADB: "the file is no database",
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened",
    sqlite3.SQLITE_IOERR: "the disk refused to read or write",
    sqlite3.SQLITE_INTERRUPT: "it took too long",
}


def file_of(database: str) -> Path:
    """The file behind a path or an address like sqlite:///news.db."""
    if "://" not in database:
        return Path(database)
    try:
        url = make_url(database)
    except ArgumentError as exc:
        raise ArchiveError(f"{database}: not a database address") from exc
    if url.get_backend_name() != "sqlite" or not url.database:
        raise ArchiveError(
            f"{url.render_as_string()}: only SQLite is supported; write a path or sqlite:///path"
        )
    return Path(url.database)


def connect_writer(path: Path) -> Engine:
    """For the one thread that writes; a transaction takes the write lock at once."""
    return _engine(lambda: _connect(str(path), _WRITER), size=1, begin="BEGIN IMMEDIATE")


def connect_readers(path: Path, count: int) -> Engine:
    """For threads that read, each transaction on one unchanging view of the database."""
    address = f"{path.absolute().as_uri()}?mode=ro"
    return _engine(lambda: _connect(address, _READER), size=count, begin="BEGIN")


def raw(connection: Connection) -> sqlite3.Connection:
    """The driver's own connection."""
    return cast("sqlite3.Connection", connection.connection.dbapi_connection)


def asked(connection: Connection, text: str, parameters: Sequence[Any]) -> list[Any]:
    """Rows as the driver gives them, for what must cost little: SQLAlchemy takes 0.1 ms for each.

    In the transaction that reads on this connection, like everything else.
    """
    if not connection.in_transaction():
        connection.begin()
    return raw(connection).execute(text, parameters).fetchall()


def reason(error: BaseException) -> str:
    """Why the database refused, in words for people."""
    cause = getattr(error, "orig", None) or error
    code = getattr(cause, "sqlite_errorcode", None)
    words = None if code is None else _WORDS.get(code & 0xFF)  # the upper bits say more exactly
    return words or " ".join(str(cause).split())


def spoils_connection(error: BaseException | None) -> bool:
    """Whether an error may be this connection's own: a file opened for reading only stays so."""
    return isinstance(error, DBAPIError | sqlite3.Error) and not isinstance(error, IntegrityError)


def insert(into: Table) -> Insert:
    """An insert that can say what to do on conflict."""
    return _sqlite_insert(into)


def upsert(into: Table, *key: str, keep: Sequence[str] = ()) -> Insert:
    """Insert a row, or change the one that has this key, but for its id and what is to `keep`."""
    statement = insert(into)
    rest = [c.name for c in into.c if c.name not in (*key, *keep, "id")]
    changed = {name: statement.excluded[name] for name in rest}
    return statement.on_conflict_do_update(index_elements=key, set_=changed)


def listed(name: str) -> Select[Any]:
    """Many values as one parameter, so that the statement stays the same for any number of them."""
    return _each(bindparam(name, type_=Text()))


def values(wanted: Iterable[str | int]) -> Select[Any]:
    """The same with the values already in it, for what runs seldom."""
    return _each(literal(packed(wanted)))


def packed(values: Iterable[str | int]) -> str:
    """The parameter for `listed`."""
    return json.dumps(list(values))


def create_index(connection: Connection) -> None:
    """The full-text index, empty."""
    connection.exec_driver_sql(_CREATE_INDEX)
    connection.exec_driver_sql(_CREATE_TERMS)


def add_to_index(connection: Connection, stories: Iterable[int]) -> None:
    """Index these stories; their words must be in story_text."""
    connection.exec_driver_sql(_ADD_TO_INDEX, (packed(stories),))


def remove_from_index(connection: Connection, stories: Iterable[int]) -> None:
    """Take these stories out; their words must still be in story_text."""
    connection.exec_driver_sql(_REMOVE_FROM_INDEX, (packed(stories),))


def in_index(expression: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether an indexed story matches; for statements on `indexed`."""
    return literal_column("story_fts").op("MATCH", is_comparison=True)(expression)


def newest_in_index(
    connection: Connection, expression: str, span: tuple[int, int], most: int
) -> list[int]:
    """The newest stories that match, of a half-open span of ids."""
    return [id_ for (id_,) in asked(connection, NEWEST, (expression, *span, most))]


def sampled(
    connection: Connection, expression: str, span: tuple[int, int], most: int
) -> tuple[int, int]:
    """How many of the newest stories of a span match, counted up to `most`; the oldest of them."""
    ((found, oldest),) = asked(connection, _SAMPLED, (expression, *span, most))
    return found, oldest or 0


def match_each(
    connection: Connection, expressions: Sequence[tuple[str, int, int]], most: int
) -> Sequence[tuple[int, int]]:
    """Of several expressions, each with the span of ids to look at: its number, and a match."""
    return asked(connection, _MATCH_EACH, (json.dumps(expressions), most))


def texts_of(connection: Connection, ids: Iterable[int]) -> list[tuple[int, str, str, bytes]]:
    """Id, indexed words of title and text, and their meaning, of some stories."""
    return asked(connection, _TEXTS_OF, (packed(ids),))


def beginnings(connection: Connection) -> Callable[[str], list[str] | None]:
    """Finds the indexed words that begin so, asking once; None when they are too many to name."""

    @cache
    def named(start: str) -> list[str] | None:
        found = some_terms(connection, start, _NAMED + 1)
        return found if len(found) <= _NAMED else None

    return named


def some_terms(connection: Connection, start: str, most: int) -> list[str]:
    """The first of the indexed words that begin so."""
    bounds = (start, start + _LAST_CHARACTER, most)
    return [term for (term,) in asked(connection, _TERMS_FROM, bounds)]


def is_ours(connection: Connection) -> bool:
    """Whether the file is new and empty, or was made by us."""
    tables = connection.exec_driver_sql("SELECT name FROM sqlite_schema").scalars().all()
    return not tables or "alembic_version" in tables


def problems(connection: Connection) -> list[str]:
    """What is wrong with the file itself; empty when all is well."""
    found = connection.exec_driver_sql("PRAGMA integrity_check(20)").scalars().all()
    return [str(line) for line in found if line != "ok"]


def check_index(connection: Connection) -> None:
    """Raises when the full-text index and the words it was made of differ."""
    connection.exec_driver_sql(
        "INSERT INTO story_fts (story_fts, rank) VALUES ('integrity-check', 1)"
    )


def copy_to(connection: Connection, target: Path) -> None:
    """Copy the whole database as it is now, while others go on writing.

    In one step: a copy in steps starts anew after each write and never ends under load.
    """
    copy = sqlite3.connect(target)
    try:
        raw(connection).backup(copy)
        # The copy is a file of its own that needs nothing beside it.
        copy.execute("PRAGMA journal_mode = DELETE")
        if copy.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("the copy is damaged")
    finally:
        copy.close()


def take_in_log(path: Path) -> None:
    """Bring what stands in the log beside a database into it; the log goes with its last user.

    Raises a driver's error when the file is damaged.
    """
    connection = _connect(str(path), ())
    try:
        connection.execute("SELECT count(*) FROM sqlite_schema")  # and what a crash left behind
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def _each(text: ColumnElement[str]) -> Select[Any]:
    each = func.json_each(text).table_valued("value")
    return select(each.c.value)


def _connect(address: str, pragmas: Iterable[str]) -> sqlite3.Connection:
    connection = sqlite3.connect(
        address,
        uri=address.startswith("file:"),
        timeout=BUSY_SECONDS,
        isolation_level=None,  # transactions are begun by us, see _engine
        check_same_thread=False,
        cached_statements=_CACHED_STATEMENTS,
    )
    try:
        for pragma in pragmas:
            connection.execute(pragma)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _engine(connect: Any, *, size: int, begin: str) -> Engine:
    engine = create_engine(
        "sqlite://", creator=connect, poolclass=QueuePool, pool_size=size, max_overflow=0
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
