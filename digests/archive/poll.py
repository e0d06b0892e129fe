"""One poll, committed: how the feed stands, what it brought, and what is owed for it.

All of it is one transaction. Validators saved without the stories would let the next "not
modified" hide them for good; stories saved without the posts would never be told.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, update

from digests.archive import dialects, feeds, outbox, stories, traces
from digests.archive.columns import Moment
from digests.archive.records import EntryRecord, PollRecord, Separation, StoryRecord
from digests.archive.schema import entry
from digests.model import CveFacts, NewPost, Step

_TOUCH_EVERY = timedelta(days=1)  # often enough for a memory that is counted in days
# An edit changes none of these; least of all whose it is: an editor may have parted it meanwhile.
_OF_ITS_ARRIVAL = ("story", "seen", "nearest", "likeness", "algorithm")
_ADD = entry.insert()
_EDIT = (
    update(entry)
    .where(entry.c.id == bindparam("this"))
    .values({c.name: bindparam(c.name) for c in entry.c if c.name not in ("id", *_OF_ITS_ARRIVAL)})
)
_TOUCH = (
    update(entry)
    .where(entry.c.id.in_(dialects.listed("these")))
    .where(entry.c.last_seen < bindparam("stale", type_=Moment()))
    .values(last_seen=bindparam("now", type_=Moment()))
)


def commit(connection: Connection, record: PollRecord) -> None:
    """Write all of a poll."""
    if record.state.url != record.feed_url:
        raise ValueError("the state belongs to another feed")
    feed_id = feeds.save_polled(connection, record.state)
    if record.slices is not None:
        feeds.save_slices(connection, feed_id, record.slices)
    stories.add(connection, record.new)
    _save_entries(connection, feed_id, record.entries)
    _touch(connection, record.present, record.at)
    _revise(connection, record.revised, record.posts, record.at)
    traces.add(connection, record.steps)
    traces.refuse(connection, record.feed_url, record.refused, record.at)


def commit_known(
    connection: Connection,
    facts: Sequence[CveFacts],
    revised: Sequence[StoryRecord],
    posts: Sequence[NewPost],
    at: datetime,
    steps: Sequence[Step] = (),
) -> None:
    """Write what became known of CVEs, and what it did to stories."""
    stories.learn(connection, facts)
    _revise(connection, revised, posts, at)
    traces.add(connection, steps)


def commit_separation(connection: Connection, made: Separation, at: datetime) -> bool:
    """Write a story made of an entry of another one; False when it is not that one's any more."""
    this = and_(entry.c.id == made.entry, entry.c.story == made.before)
    if not connection.execute(update(entry).where(this).values(story=made.new.story.id)).rowcount:
        return False
    stories.unlink(connection, made.before, made.new.link_keys)
    stories.add(connection, [made.new])
    _revise(connection, [made.revised], made.posts, at)
    traces.add(connection, made.steps)
    return True


def _revise(
    connection: Connection,
    revised: Sequence[StoryRecord],
    posts: Sequence[NewPost],
    at: datetime,
) -> None:
    """Write stories that changed, what their cards should show, and what is owed now."""
    stories.revise(connection, revised)
    for one in revised:
        outbox.want(connection, one.story.id, str(one.story.revision))
    outbox.owe(connection, posts, at)


def _save_entries(connection: Connection, feed_id: int, entries: Sequence[EntryRecord]) -> None:
    new = [_row(feed_id, one) for one in entries if one.entry is None]
    if new:
        connection.execute(_ADD, new)
    for one in entries:
        if one.entry is not None:
            changed = _row(feed_id, one)
            for fixed in _OF_ITS_ARRIVAL:
                del changed[fixed]
            connection.execute(_EDIT, changed | {"this": one.entry})


def _row(feed_id: int, one: EntryRecord) -> dict[str, Any]:
    return {
        "feed": feed_id,
        "publisher_id": one.id,
        "link": one.link,
        "title_key": one.title_key,
        "words_hash": one.words_hash,
        "title": one.title,
        "story": one.story,
        "seen": one.seen,
        "published": one.published,
        "last_seen": one.seen,
        "nearest": one.nearest,
        "likeness": one.likeness,
        "algorithm": one.algorithm,
    }


def _touch(connection: Connection, present: Sequence[int], now: datetime) -> None:
    """Entries met again stay remembered; written at most daily for each."""
    if present:
        these = dialects.packed(present)
        connection.execute(_TOUCH, {"these": these, "stale": now - _TOUCH_EVERY, "now": now})
