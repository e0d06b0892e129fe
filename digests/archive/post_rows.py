"""Posts as rows: read whole, written by the columns that an outcome may change."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    and_,
    bindparam,
    literal_column,
    select,
    update,
)

from digests.archive.marks import Names
from digests.archive.rows import AnyRow
from digests.archive.schema import post
from digests.model import Destination, NewPost, Post, PostId, PostState, StoryId

COLUMNS = tuple(c for c in post.c if c.name != "story")
_STORY = "story:"
BREAKING, ORDINARY = 0, 1  # column urgency: the smaller goes first
_CHANGING = (
    *("state", "attempt", "watermark", "queued_at", "intent_at", "not_before", "message_id"),
    *("reason", "shown", "edits", "edited_at", "sent_at", "taken_back"),
)
# Statements that run for every card are made once: making one costs more than running it.
_FIND = select(*COLUMNS).where(post.c.id == bindparam("this"))
_SAVE = (
    update(post)
    .where(post.c.id == bindparam("this"))
    .values({name: bindparam(name, type_=post.c[name].type) for name in _CHANGING})
)

AT = and_(post.c.platform == bindparam("platform"), post.c.place == bindparam("place"))


def is_in(state: PostState, of: FromClause = post) -> ColumnElement[bool]:
    """Compared with a constant: a partial index is only used when the statement names its state."""
    return and_(of.c.state == literal_column(f"'{state.value}'"))


def find(connection: Connection, names: Names, post_id: PostId) -> Post | None:
    """One post."""
    row = connection.execute(_FIND, {"this": post_id}).one_or_none()
    return None if row is None else post_from(row, names)


def save(connection: Connection, before: Post, after: Post) -> Post:
    """Write what became of a post, and return it."""
    if after != before:
        values = {name: getattr(after, name) for name in _CHANGING}
        connection.execute(_SAVE, values | {"this": before.id})
    return after


def post_from(row: AnyRow, names: Names) -> Post:
    """A row of COLUMNS."""
    found = row._asdict()
    found["id"] = PostId(row.id)
    found["state"] = PostState(row.state)
    found["breaking"] = found.pop("urgency") == BREAKING
    found["destination"] = Destination(found.pop("platform"), found.pop("place"))
    found["mark"] = names.mark(row.id)
    found["nonce"] = names.nonce(row.id, found.pop("lives"))
    return Post(**found)


def new_row(
    one: NewPost, destination: Destination, now: datetime, parent: int | None = None
) -> dict[str, Any]:
    """The columns of a post that is owed from now on."""
    return {
        "channel": one.channel,
        "platform": destination.platform,
        "place": destination.place,
        "subject": one.subject,
        "story": story_of(one.subject),
        "state": one.state,
        "attempt": 0,
        "lives": 0,
        "watermark": "",
        "queued_at": now,
        "not_before": one.not_before,
        "message_id": "",
        "reason": one.reason,
        "wanted": one.wanted,
        "shown": "",
        "edits": 0,
        "members": one.members,
        "text": one.text,
        "digest": one.digest,
        "urgency": BREAKING if one.breaking else ORDINARY,
        "mention": one.mention,
        "parent": parent,
    }


def story_of(subject: str) -> StoryId | None:
    """The story whose card a post is, None for every other subject."""
    number = subject.removeprefix(_STORY)
    return StoryId(int(number)) if number != subject else None


def where(destination: Destination) -> dict[str, str]:
    """The parameters of AT."""
    return {"platform": destination.platform, "place": destination.place}
