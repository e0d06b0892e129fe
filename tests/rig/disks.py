"""What a disk or another program does to the database of a running bot, for a while.

SQLite itself is made to refuse, so that its own codes come: by a page limit, by a connection for
reading only, by the limit of the system on the size of files, by somebody who holds the lock.
"""

import resource
import sqlite3
from collections.abc import Callable
from typing import Any

from tests.rig.clock import FastClock

BEFORE, LONG = 10.0, 60.0  # seconds of the fast clock: until it begins, until it is over
SMALL = 16 * 1024  # bytes; the log stays below
_FREE = "PRAGMA query_only = OFF; PRAGMA max_page_count = 1073741823"
_PRAGMAS = {"full": "PRAGMA max_page_count = 1", "read-only": "PRAGMA query_only = ON"}
WORDS = {
    "busy": "another program holds it",
    "full": "the disk is full",
    "read-only": "it cannot be written to",
    "file limit": "the disk",
}


async def troubled(name: str, archive: Any, database: str, clock: FastClock) -> None:
    """Let it happen; returns when it is over."""
    await clock.sleep(BEFORE)
    end = _BEGIN[name](name, archive, database)
    try:
        await clock.sleep(LONG)
    finally:
        end()


def _by_pragma(name: str, archive: Any, _: str) -> Callable[[], None]:
    engine = type(archive._engine)
    inner = engine._connected
    now = [_PRAGMAS[name]]

    def connected(self: Any) -> Any:
        connection = inner(self)
        connection.connection.dbapi_connection.executescript(now[0])
        return connection

    engine._connected = connected

    def end() -> None:
        now[0] = _FREE

    return end


def _by_limit(_: str, __: Any, ___: str) -> Callable[[], None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL, hard))
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def _by_holding(_: str, __: Any, database: str) -> Callable[[], None]:
    other = sqlite3.connect(database, isolation_level=None, timeout=10)
    other.execute("BEGIN EXCLUSIVE")

    def end() -> None:
        other.execute("ROLLBACK")
        other.close()

    return end


_BEGIN = {
    "busy": _by_holding,
    "full": _by_pragma,
    "read-only": _by_pragma,
    "file limit": _by_limit,
}
