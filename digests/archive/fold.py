"""Many waiting cards become one list: what waited too long, and what is too much at once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    Connection,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    update,
)

from digests.archive import dialects, members, outbox
from digests.archive.columns import Moment
from digests.archive.post_rows import AT, is_in, where
from digests.archive.rows import AnyRow
from digests.archive.schema import post
from digests.model import Destination, NewPost, PostState

SUBJECT = "digest:busy-"  # then the first post folded into it: unique, as a post folds once
_QUEUED = is_in(PostState.QUEUED)
_NOW = bindparam("now", type_=Moment())
_WAITING = and_(
    _QUEUED,
    post.c.digest == literal_column("''"),
    # A delay that was asked for (quiet hours, Retry-After) is no outage.
    or_(post.c.not_before.is_(None), post.c.not_before <= _NOW),
)
# What is not about a story is left out behind the query: asked in it, it would lead SQLite away from
# the small index. First only counted: after a flood a hundred thousand may wait that are left alone.
_OF_A_STORY = case((post.c.story.is_not(None), post.c.queued_at))
_QUEUES = (
    select(
        post.c.platform,
        post.c.place,
        func.count(post.c.story).label("cards"),
        func.min(_OF_A_STORY, type_=Moment()).label("oldest"),
    )
    .where(_WAITING)
    .group_by(post.c.platform, post.c.place)
)
_QUEUE = (
    select(post).where(AT, _WAITING).order_by(post.c.urgency.desc(), post.c.queued_at, post.c.id)
)


def fold(
    connection: Connection,
    *,
    older_than: datetime,
    at_most: int | None,
    after_outage: int | None = None,
    now: datetime,
) -> int:
    """Fold cards queued before `older_than`, and the oldest where more than `at_most` wait.

    Where something waited so long, or a list of such has not been sent yet, no more than
    `after_outage` cards go on waiting. Breaking ones are the last to be folded. Each place gets one
    post whose members are the folded stories; while that post has not been sent, later ones join
    it. Returns how many cards were folded.
    """
    away = {destination for destination, _ in _open_lists(connection)}
    count = 0
    for queue in connection.execute(_QUEUES, {"now": now}).all():
        destination = Destination(queue.platform, queue.place)
        overdue = queue.oldest is not None and queue.oldest < older_than
        stale = overdue or destination in away
        most = after_outage if stale and after_outage is not None else at_most
        if not overdue and (most is None or queue.cards <= most):
            continue
        found = connection.execute(_QUEUE, {"now": now, **where(destination)})
        rows = [row for row in found if row.story is not None]
        chosen = _chosen(rows, older_than, most)
        _into_one(connection, destination, chosen, now)
        count += len(chosen)
    return count


def _open_lists(connection: Connection) -> list[tuple[Destination, AnyRow]]:
    """Lists of what was folded that have not been sent yet, the latest first."""
    these = (post.c.id, post.c.subject, post.c.members, post.c.platform, post.c.place)
    is_open = and_(_QUEUED, post.c.digest == literal_column("''"))
    found = connection.execute(
        select(*these)
        .where(is_open, post.c.subject.startswith(SUBJECT))
        .order_by(post.c.id.desc())
    )
    return [(Destination(row.platform, row.place), row) for row in found]


def _chosen(rows: Sequence[AnyRow], older_than: datetime, at_most: int | None) -> list[AnyRow]:
    """The rows to fold: the newest are the ones worth a card of their own."""
    surplus = 0 if at_most is None else max(len(rows) - at_most, 0)
    return [row for at, row in enumerate(rows) if at < surplus or row.queued_at < older_than]


def _into_one(
    connection: Connection, destination: Destination, rows: Sequence[AnyRow], now: datetime
) -> None:
    told = tuple(row.story for row in rows)
    found = next((row for at, row in _open_lists(connection) if at == destination), None)
    if found is None:
        subject = f"{SUBJECT}{rows[0].id}:1"
        one = NewPost(rows[0].channel, destination, subject, members=told)
        outbox.owe(connection, [one], now)
    else:
        subject = found.subject
        this = update(post).where(post.c.id == found.id)
        connection.execute(this.values(members=(*found.members, *told)))
        members.add(connection, found.id, told)
    ids = dialects.values([row.id for row in rows])
    connection.execute(
        update(post)
        .where(and_(post.c.id.in_(ids), _QUEUED))
        .values(state=PostState.FOLDED, reason=f"told in {subject}")
    )
