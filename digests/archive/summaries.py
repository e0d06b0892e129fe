"""Summaries that were asked for once: what passed the guard, or "" for what did not."""

from datetime import datetime

from sqlalchemy import Connection, select

from digests.archive import dialects
from digests.archive.schema import summary


def find(connection: Connection, key: str) -> str | None:
    """The summary kept under a fingerprint; None when it was never asked for, or forgotten."""
    return connection.execute(select(summary.c.text).where(summary.c.key == key)).scalar()


def save(connection: Connection, key: str, text: str, now: datetime) -> None:
    """Keep one; a later one under the same fingerprint replaces it."""
    row = {"key": key, "text": text, "saved_at": now}
    statement = dialects.insert(summary).values(row)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["key"], set_={"text": text, "saved_at": now}
        )
    )


def forget(connection: Connection, before: datetime) -> int:
    """Forget the old ones."""
    return connection.execute(summary.delete().where(summary.c.saved_at < before)).rowcount
