"""Looking into the outbox: what is due, in doubt, to be edited, waiting. Nothing here writes."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    FromClause,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
)

from digests.archive import dialects, post_states
from digests.archive.channels import paused_until
from digests.archive.columns import Moment
from digests.archive.marks import Names
from digests.archive.post_rows import AT, COLUMNS, is_in, post_from, where
from digests.archive.rows import AnyRow
from digests.archive.schema import post, post_member
from digests.feeds.pace import CLOCK_SLACK
from digests.model import Destination, Owed, Post, PostState, StoryId

_NOW = bindparam("now", type_=Moment())
_AHEAD = bindparam("ahead", type_=Moment())
# What was asked to wait by a clock that has been put back since waits no longer.
_PUT_BACK = or_(post.c.intent_at > _AHEAD, post.c.queued_at > _AHEAD)
_flying = post.alias("flying")
_PAUSED = paused_until(_NOW)
_before = post.alias("before")
_NOT_YET_ITS_TURN = exists().where(
    _before.c.id == post.c.parent,
    _before.c.state.in_((PostState.QUEUED, PostState.SENDING)),
)
_READY = and_(
    is_in(PostState.QUEUED),
    post.c.digest == literal_column("''"),
    or_(post.c.not_before.is_(None), post.c.not_before <= _NOW, _PUT_BACK),
    ~_PAUSED,
    ~_NOT_YET_ITS_TURN,
)


def _in_flight(there: FromClause) -> ColumnElement[bool]:
    """Whether one is on its way to a place, or to that of a post."""
    return exists().where(
        _flying.c.platform == there.c.platform,
        _flying.c.place == there.c.place,
        is_in(PostState.SENDING, _flying),
    )


_DUE = and_(_READY, ~_in_flight(post))


def _posts(condition: ColumnElement[bool], *order: ColumnElement[Any]) -> Select[Any]:
    return select(*COLUMNS).where(condition).order_by(*(order or (post.c.id,)))


# Made once; and ordered by what keeps SQLite on the small index of that state.
_QUEUED = _posts(and_(AT, _DUE), post.c.urgency, post.c.id).limit(1)


def _places_with_queues() -> CTE:
    """Each place that has something queued, found from the one before it in the index.

    A queue may have a hundred thousand posts, and a round of the courier asks this: it must cost by
    the places.
    """
    row = select(post.c.platform, post.c.place).where(is_in(PostState.QUEUED))
    first = row.order_by(post.c.platform, post.c.place).limit(1).subquery()
    found = select(first.c.platform, first.c.place).cte("places", recursive=True)
    later = post.alias("later")
    # Two questions, each a range of the index; compared as pairs, the first column alone would be.
    there = and_(later.c.platform == found.c.platform, later.c.place > found.c.place)
    elsewhere = later.c.platform > found.c.platform
    following = func.coalesce(*(_first_queued(later, found, one) for one in (there, elsewhere)))
    return found.union_all(
        select(post.c.platform, post.c.place).select_from(found).join(post, post.c.id == following)
    )


def _first_queued(
    later: FromClause, found: CTE, condition: ColumnElement[bool]
) -> ScalarSelect[Any]:
    return (
        select(later.c.id)
        .where(is_in(PostState.QUEUED, later), condition)
        .order_by(later.c.platform, later.c.place)
        .limit(1)
        .correlate(found)
        .scalar_subquery()
    )


def _work() -> Select[Any]:
    """The places where none is in flight and something is ready, by their first one."""
    places = _places_with_queues()
    first = (
        select(post.c.id)
        .where(post.c.platform == places.c.platform, post.c.place == places.c.place, _READY)
        .order_by(post.c.urgency, post.c.id)
        .limit(1)
        .correlate(places)
        .scalar_subquery()
    )
    next_ = post.alias("next")
    return (
        select(places.c.platform, places.c.place)
        .select_from(places)
        .join(next_, next_.c.id == first)
        .where(~_in_flight(places))
        .order_by(next_.c.urgency, next_.c.id)
    )


_WORK = _work()
_DOUBTFUL = _posts(is_in(PostState.SENDING), post.c.intent_at)
_EDITS = _posts(
    and_(
        is_in(PostState.SENT),
        post.c.wanted != post.c.shown,
        post.c.sent_at >= bindparam("said_since", type_=Moment()),
        or_(
            and_(
                post.c.sent_at >= bindparam("since", type_=Moment()),
                post.c.edits < post_states.EDITS,
            ),
            post.c.wanted.contains("."),  # readers said something
        ),
        ~_PAUSED,
    ),
    post.c.sent_at,
)
_WITHDRAWN = _posts(
    and_(
        is_in(PostState.SENT),
        post.c.wanted != post.c.shown,
        post.c.wanted.endswith(post_states.WITHDRAWN),
        ~_PAUSED,
    ),
    post.c.sent_at,
)
_LEAVING = _posts(
    and_(
        is_in(PostState.LEAVING),
        or_(
            post.c.not_before.is_(None),
            post.c.not_before <= _NOW,
            post.c.not_before > bindparam("far", type_=Moment()),  # dated by a wrong clock
        ),
    )
)
_WAITING = _posts(
    and_(is_in(PostState.QUEUED), or_(post.c.not_before > _NOW, _PAUSED)), post.c.queued_at
)


def queued(
    connection: Connection, names: Names, destination: Destination, now: datetime
) -> Post | None:
    """The next post for a place: breaking first, then the oldest; None while one is in flight."""
    row = connection.execute(_QUEUED, {**_times(now), **where(destination)}).one_or_none()
    return None if row is None else post_from(row, names)


def destinations_with_work(connection: Connection, now: datetime) -> list[Destination]:
    """Places for which `queued` has something: breaking first, then the oldest."""
    return [Destination(row.platform, row.place) for row in connection.execute(_WORK, _times(now))]


def _times(now: datetime) -> dict[str, datetime]:
    return {"now": now, "ahead": now + CLOCK_SLACK}


def doubtful(connection: Connection, names: Names) -> list[Post]:
    """Posts whose end is unknown."""
    return _read(connection, names, _DOUBTFUL)


def edits_due(connection: Connection, names: Names, now: datetime, limit: int) -> list[Post]:
    """Posts that stand and should show something else, the one sent first at the head."""
    since = now - post_states.EDIT_WITHIN
    said_since = now - post_states.SAID_WITHIN
    found = _read(connection, names, _EDITS, now=now, since=since, said_since=said_since)
    return [one for one in found if post_states.may_edit(one, now)][:limit]


def waiting(connection: Connection, names: Names, now: datetime) -> list[Post]:
    """Queued posts that must not be sent yet: not before their time, or their channel is paused."""
    return _read(connection, names, _WAITING, now=now)


def about(connection: Connection, names: Names, story: StoryId) -> list[Post]:
    """All posts of one story."""
    return _read(connection, names, _posts(post.c.story == story))


def owed(connection: Connection, condition: ColumnElement[bool]) -> list[Owed]:
    """What became of stories in their channels."""
    columns = (post.c.story, post.c.channel, post.c.queued_at, post.c.digest, post.c.state)
    found = connection.execute(select(*columns).where(condition).order_by(post.c.story))
    return [_owed(row) for row in found]


def owed_since(connection: Connection, story: StoryId) -> list[Owed]:
    """What became of this story and of all newer ones."""
    return owed(connection, post.c.story >= story)


def owed_of(connection: Connection, stories: Iterable[StoryId]) -> list[Owed]:
    """What became of these stories."""
    return owed(connection, post.c.story.in_(dialects.values(list(stories))))


def _owed(row: AnyRow) -> Owed:
    waits = row.digest if row.state == PostState.QUEUED else ""
    card = not waits and row.state != PostState.FOLDED
    return Owed(StoryId(row.story), row.channel, row.queued_at, waits, card)


def with_notes(connection: Connection, names: Names, story: StoryId) -> list[Post]:
    """All posts of one story, and the lines under its cards."""
    # A range, not a pattern: SQLite finds no index for LIKE. ";" is what follows ":".
    subject = post.c.subject
    note = and_(post.c.story.is_(None), subject >= f"note:{story}:", subject < f"note:{story};")
    return _read(connection, names, _posts(or_(post.c.story == story, note)))


def telling(connection: Connection, names: Names, story: StoryId) -> list[Post]:
    """The lists that tell a story."""
    lists = select(post_member.c.post).where(post_member.c.story == story)
    return _read(connection, names, _posts(post.c.id.in_(lists)))


def standing(connection: Connection, names: Names, story: StoryId) -> list[Post]:
    """The posts of a story, then the lists that tell it."""
    return [*about(connection, names, story), *telling(connection, names, story)]


def withdrawn(connection: Connection, names: Names, now: datetime) -> list[Post]:
    """Posts, however old, that show what somebody took back; walks all that show something old."""
    found = _read(connection, names, _WITHDRAWN, now=now)
    return [one for one in found if post_states.may_edit(one, now)]


def leaving(connection: Connection, names: Names, now: datetime) -> list[Post]:
    """Posts that are to be deleted now."""
    return _read(connection, names, _LEAVING, now=now, far=now + post_states.WAIT_LONGEST)


def in_state(
    connection: Connection, names: Names, states: Sequence[PostState], limit: int
) -> list[Post]:
    """Posts in these states, oldest first."""
    named = or_(*(is_in(state) for state in states))
    return _read(connection, names, _posts(named).limit(limit))


def counts(connection: Connection) -> dict[PostState, int]:
    """How many posts are in each state."""
    statement = select(post.c.state, func.count()).group_by(post.c.state)
    found = {PostState(state): count for state, count in connection.execute(statement)}
    return {state: found.get(state, 0) for state in PostState}


def _read(
    connection: Connection, names: Names, statement: Select[Any], **parameters: datetime
) -> list[Post]:
    return [post_from(row, names) for row in connection.execute(statement, parameters)]
