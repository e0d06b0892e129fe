"""Forgetting, in bites short enough that nobody who writes has to wait for them.

What is to go is found by a reader; the writer only takes a bite of it at a time.
Nothing is told twice because it was forgotten. What was seen outlives its story: an entry is
remembered as long as its feed may still carry it. A story's posts live as long as the story.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    and_,
    cast,
    exists,
    func,
    literal_column,
    or_,
    select,
)

from digests.archive import comments, dialects, feedback, members, stories, watches
from digests.archive.schema import entry, feed, post, post_member, saved_query, story
from digests.archive.schema_feedback import comment

POSTS_FOR = timedelta(days=90)
QUERIES_FOR = timedelta(days=30)
CLICKS_FOR = timedelta(days=7)  # platforms deliver a press again within minutes
# Measured to stay well under 50 ms each; stories carry their part of the index with them.
STORIES_BITE = 50
ROWS_BITE = 500
# A document may carry old entries. Those of a feed that were met last are kept whatever their
# age: so many times the length of its document, and some.
_LENGTHS = 3
_SPARE = 100


def old_stories(connection: Connection, before: int) -> list[int]:
    """Stories below an id, oldest first, except those that are still to be told."""
    statement = select(story.c.id).where(story.c.id < before, ~_still_open())
    return list(connection.execute(statement.order_by(story.c.id)).scalars())


def forget_stories(connection: Connection, ids: Sequence[int], before: int) -> int:
    """Forget these; a post owed since they were found keeps its story."""
    wanted = story.c.id.in_(dialects.values(ids))
    statement = select(story.c.id).where(wanted, story.c.id < before, ~_still_open())
    gone = list(connection.execute(statement).scalars())
    if gone:
        stories.remove(connection, gone)
        feedback.forget(connection, gone)
    return len(gone)


def old_entries(connection: Connection, before: datetime) -> list[int]:
    """Entries last met before then whose feed has since brought enough others."""
    found: list[int] = []
    for feed_id, length in connection.execute(select(feed.c.id, feed.c.entries)).all():
        newest = (
            select(entry.c.id)
            .where(entry.c.feed == feed_id)
            .order_by(entry.c.last_seen.desc(), entry.c.id.desc())
            .limit(_LENGTHS * length + _SPARE)
        )
        old = and_(entry.c.feed == feed_id, entry.c.last_seen < before)
        statement = select(entry.c.id).where(old, entry.c.id.not_in(newest))
        found.extend(connection.execute(statement).scalars())
    return found


def forget_entries(connection: Connection, ids: Sequence[int], before: datetime) -> int:
    """Forget these unless they were met meanwhile."""
    these = entry.c.id.in_(dialects.values(ids))
    return connection.execute(entry.delete().where(these, entry.c.last_seen < before)).rowcount


def old_posts(connection: Connection, before: datetime) -> list[int]:
    """Posts settled before then whose story, if they have one, is gone."""
    return list(connection.execute(select(post.c.id).where(_is_old_post(before))).scalars())


def forget_posts(connection: Connection, ids: Sequence[int], before: datetime) -> int:
    """Forget these unless they were sent on their way again meanwhile."""
    these = and_(post.c.id.in_(dialects.values(ids)), _is_old_post(before))
    gone = list(connection.execute(select(post.c.id).where(these)).scalars())
    members.forget(connection, gone)
    connection.execute(post.delete().where(post.c.id.in_(dialects.values(gone))))
    return len(gone)


def forget_queries(connection: Connection, before: datetime) -> int:
    """Forget the searches behind old buttons."""
    old = saved_query.c.saved_at < before
    return connection.execute(saved_query.delete().where(old)).rowcount


def _settled() -> ColumnElement[bool]:
    return post.c.state.in_(
        [literal_column(f"'{state}'") for state in ("sent", "folded", "dead", "retracted")]
    )


def _still_open() -> ColumnElement[bool]:
    """Whether a card of the story, or a list that tells it, is still on its way."""
    card = exists().where(post.c.story == story.c.id, ~_settled())
    list_ = exists().where(
        post_member.c.story == story.c.id, post.c.id == post_member.c.post, ~_settled()
    )
    return or_(card, list_)


def _is_old_post(before: datetime) -> ColumnElement[bool]:
    """Whether it was settled before then, and every story it told is gone."""
    card = exists().where(story.c.id == post.c.story)
    member = exists().where(post_member.c.post == post.c.id, story.c.id == post_member.c.story)
    when = func.coalesce(post.c.sent_at, post.c.queued_at)
    said = post.c.subject.startswith(watches.ANNOUNCED, autoescape=True)  # can be taken back
    return and_(_settled(), when < before, ~card, ~member, ~said, ~_shows_a_comment())


def _shows_a_comment() -> ColumnElement[bool]:
    """Whether it shows a comment that is kept: its writer may still take it back."""
    subject = post.c.subject
    told = or_(
        subject.startswith(comments.REVIEW),
        subject.startswith(comments.VERDICT),
        and_(subject.startswith("note:"), subject.contains(":said:")),
    )
    number = func.substr(subject, func.length(func.rtrim(subject, "0123456789")) + 1)
    return and_(told, exists().where(comment.c.id == cast(number, Integer)))
