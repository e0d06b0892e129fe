"""Posts as rows: read whole, written by the few columns that a decision may change."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, bindparam, literal_column, select, update

from digests.archive.marks import Names
from digests.archive.rows import AnyRow
from digests.archive.schema import post
from digests.model import Destination, NewPost, Post, PostId, PostState

COLUMNS = tuple(c for c in post.c if c.name != "story")
_STORY = "story:"
_CHANGING = (
    *("state", "attempt", "lives", "platform", "place", "watermark", "queued_at", "intent_at"),
    *("not_before", "message_id", "reason", "shown", "edits", "edited_at", "sent_at"),
)
# Statements that run for every card are made once: putting one together costs more than running it.
_FIND = select(*COLUMNS).where(post.c.id == bindparam("id"))
_SAVE = (
    update(post)
    .where(post.c.id == bindparam("this"))
    .values({name: bindparam(name) for name in _CHANGING})
)


def find(connection: Connection, names: Names, post_id: PostId) -> Post | None:
    """One post."""
    row = connection.execute(_FIND, {"id": post_id}).one_or_none()
    return None if row is None else post_from(row, names)


def save(connection: Connection, before: Post, after: Post) -> None:
    """Write what became of a post."""
    if after != before:
        values = {name: getattr(after, name) for name in _CHANGING if name not in _ELSEWHERE}
