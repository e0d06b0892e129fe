"""What is owed to channels and what stands there: the statements behind post_states.py.

See docs/delivery.md. The rules that must hold even against a fault in our own code are the
database's: one post for each destination and subject, one post in flight for each destination.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    and_,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)

from digests.archive import channels, dialects, post_states
from digests.archive.marks import Names
from digests.archive.rows import AnyRow
from digests.archive.schema import post
from digests.model import (
    Destination,
    NewPost,
    Post,
    PostId,
    PostOutcome,
    PostState,
    Proof,
    Rejected,
    Scope,
    Sighting,
    StoryId,
)

_STORY = "story:"
_COLUMNS = tuple(c for c in post.c if c.name != "story")
# Post states in which what should stand there may still change.
_LIVING = (PostState.QUEUED, PostState.SENDING, PostState.SENT, PostState.HELD)


def owe(connection: Connection, posts: Sequence[NewPost], now: datetime) -> int:
    """Add posts; what a place is owed or was told already is left alone. How many were added."""
    places: dict[Destination, Destination] = {}
    rows = []
    for one in posts:
        if one.destination not in places:
            places[one.destination] = channels.resolved(connection, one.destination)
        rows.append(_new_row(one, places[one.destination], now))
    if not rows:
        return 0
    return connection.execute(dialects.insert(post).on_conflict_do_nothing(), rows).rowcount


def want(connection: Connection, story: StoryId, wanted: str) -> None:
    """A story was revised: its posts should show that."""
    this = and_(post.c.story == story, post.c.state.in_(_LIVING))
    connection.execute(update(post).where(this).values(wanted=wanted))


def find(connection: Connection, names: Names, post_id: PostId) -> Post | None:
    """One post."""
    found = _select(connection, names, post.c.id == post_id)
    return found[0] if found else None


def about(connection: Connection, names: Names, story: StoryId) -> list[Post]:
    """All posts of one story."""
    return _select(connection, names, post.c.story == story)


def in_state(
    connection: Connection, names: Names, states: Sequence[PostState], limit: int
) -> list[Post]:
    """Posts in these states, oldest first."""
    named = or_(*(_is(state) for state in states))
    return _select(connection, names, named, limit=limit)


def queued(
    connection: Connection, names: Names, destination: Destination, now: datetime
) -> Post | None:
    """The next post for a place: the oldest that is due; None while one is in flight there."""
    due = and_(channels.at(destination), _due(now))
    found = _select(connection, names, due, limit=1)
    return found[0] if found else None


def destinations_with_work(connection: Connection, now: datetime) -> list[Destination]:
    """Places for which `queued` has something, the one waiting longest first."""
    statement = (
        select(post.c.platform, post.c.place)
        .where(_due(now))
        .group_by(post.c.platform, post.c.place)
        .order_by(func.min(post.c.id))
    )
    return [Destination(row.platform, row.place) for row in connection.execute(statement)]


def begin(
    connection: Connection,
    names: Names,
    post_id: PostId,
    *,
    watermark: str,
    now: datetime,
    destination: Destination,
    shown: str,
) -> Post | None:
    """Write down the intent to send. None: it must not be sent now.

    The destination is fixed here. `shown` is what is about to be sent.
    """
    if not _settle_place(connection, post_id, destination):
        return None
    begun = connection.execute(
        update(post)
        .where(post.c.id == post_id, _is(PostState.QUEUED), ~_in_flight())
        .values(
            state=PostState.SENDING,
            attempt=post.c.attempt + 1,
            intent_at=now,
            watermark=watermark,
            shown=shown,
            not_before=None,
        )
    )
    return find(connection, names, post_id) if begun.rowcount else None


def settle(
    connection: Connection,
    names: Names,
    post_id: PostId,
    outcome: PostOutcome,
    *,
    now: datetime,
    shown: str | None,
) -> Post | None:
    """Write down how an attempt ended; a refusal of access pauses the channel with it."""
    before = find(connection, names, post_id)
    if before is None:
        return None
    after = post_states.settled(before, outcome, now=now, shown=shown)
    _write(connection, before, after)
    if isinstance(outcome, Rejected) and outcome.scope is Scope.ACCESS and after != before:
        channels.pause(connection, before.channel, outcome.reason, None)
    return after


def doubtful(connection: Connection, names: Names, before: datetime) -> list[Post]:
    """Posts whose intent is older than this and whose end is unknown."""
    sending = and_(_is(PostState.SENDING), post.c.intent_at <= before)
    return _select(connection, names, sending, order=post.c.intent_at)


def settle_sighting(
    connection: Connection,
    names: Names,
    post_id: PostId,
    sighting: Sighting,
    *,
    now: datetime,
    proof: Proof,
) -> Post | None:
    """Write down what reading the channel back has shown."""
    before = find(connection, names, post_id)
    if before is None:
        return None
    after = post_states.sighted(before, sighting, now=now, proof=proof)
    _write(connection, before, after)
    return after


def edits_due(connection: Connection, names: Names, now: datetime, limit: int) -> list[Post]:
    """Posts that stand and should show something else, those waiting longest first."""
    differing = and_(
        _is(PostState.SENT),
        post.c.wanted != post.c.shown,
        post.c.sent_at >= now - post_states.EDIT_WITHIN,
        post.c.edits < post_states.EDITS,
        ~channels.is_paused(now),
    )
    found = _select(connection, names, differing, order=post.c.sent_at)
    return [one for one in found if post_states.may_edit(one, now)][:limit]


def settle_edit(
    connection: Connection,
    names: Names,
    post_id: PostId,
    outcome: PostOutcome,
    *,
    now: datetime,
    shown: str,
) -> Post | None:
    """Write down how an edit ended."""
    before = find(connection, names, post_id)
    if before is None or before.state is not PostState.SENT:
        return before
    after = post_states.edited(before, outcome, now=now, shown=shown)
    _write(connection, before, after)
    return after


def hold(connection: Connection, post_id: PostId, reason: str) -> None:
    """Keep a post until an operator decides."""
    open_ = post.c.state.in_((PostState.QUEUED, PostState.SENDING))
    connection.execute(
        update(post).where(post.c.id == post_id, open_).values(state=PostState.HELD, reason=reason)
    )


def redrive(
    connection: Connection, names: Names, posts: Iterable[PostId], now: datetime
) -> list[Post]:
    """Send held and dead posts on their way again, each with a new nonce."""
    driven = []
    for post_id in posts:
        before = find(connection, names, post_id)
        if before is None or (after := post_states.redriven(before, now)) == before:
            continue
        _write(connection, before, after)
        this = update(post).where(post.c.id == post_id)
        connection.execute(this.values(lives=post.c.lives + 1))
        found = find(connection, names, post_id)
        assert found is not None
        driven.append(found)
    return driven


def counts(connection: Connection) -> dict[PostState, int]:
    """How many posts are in each state."""
    statement = select(post.c.state, func.count()).group_by(post.c.state)
    found = {PostState(state): count for state, count in connection.execute(statement)}
    return {state: found.get(state, 0) for state in PostState}


def waiting(connection: Connection, names: Names, now: datetime) -> list[Post]:
    """Queued posts that must not be sent yet: not before their time, or their channel is paused."""
    later = or_(post.c.not_before > now, channels.is_paused(now))
    these = and_(_is(PostState.QUEUED), later)
    return _select(connection, names, these, order=post.c.queued_at)


def _is(state: PostState, of: FromClause = post) -> ColumnElement[bool]:
    """Compared with a constant: a partial index is only used when the statement names its state."""
    return and_(of.c.state == literal_column(f"'{state.value}'"))


def _in_flight() -> ColumnElement[bool]:
    """Whether another post is under way to the same place."""
    flying = post.alias("flying")
    return exists().where(
        flying.c.platform == post.c.platform,
        flying.c.place == post.c.place,
        _is(PostState.SENDING, flying),
    )


def _due(now: datetime) -> ColumnElement[bool]:
    return and_(
        _is(PostState.QUEUED),
        or_(post.c.not_before.is_(None), post.c.not_before <= now),
        ~channels.is_paused(now),
        ~_in_flight(),
    )


def _settle_place(connection: Connection, post_id: PostId, destination: Destination) -> bool:
    """Move a post to where it will be sent; False when that place has been told already."""
    this = post.c.id == post_id
    moved = and_(this, ~channels.at(destination))
    subject = connection.execute(select(post.c.subject).where(moved)).scalar_one_or_none()
    if subject is None:
        return True
    told = select(post.c.id).where(channels.at(destination), post.c.subject == subject)
    values: dict[str, Any] = {"platform": destination.platform, "place": destination.place}
    free = connection.execute(told).first() is None
    if not free:
        values = {"state": PostState.FOLDED, "reason": channels.TOLD_HERE}
    connection.execute(update(post).where(this, _is(PostState.QUEUED)).values(values))
    return free


def _new_row(one: NewPost, destination: Destination, now: datetime) -> dict[str, Any]:
    number = one.subject.removeprefix(_STORY)
    return {
        "channel": one.channel,
        "platform": destination.platform,
        "place": destination.place,
        "subject": one.subject,
        "story": int(number) if number != one.subject else None,
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
    }


def _select(
    connection: Connection,
    names: Names,
    condition: ColumnElement[bool],
    limit: int | None = None,
    order: ColumnElement[Any] = post.c.id,
) -> list[Post]:
    statement = select(*_COLUMNS).where(condition).order_by(order).limit(limit)
    return [_post(row, names) for row in connection.execute(statement)]


def _post(row: AnyRow, names: Names) -> Post:
    found = row._asdict()
    found["id"] = PostId(row.id)
    found["state"] = PostState(row.state)
    found["destination"] = Destination(found.pop("platform"), found.pop("place"))
    found["mark"] = names.mark(row.id)
    found["nonce"] = names.nonce(row.id, found.pop("lives"))
    return Post(**found)


def _write(connection: Connection, before: Post, after: Post) -> None:
    """Only what the decision changed."""
    changed = {
        name: getattr(after, name)
        for name in (
            *("state", "attempt", "queued_at", "not_before", "message_id", "reason"),
            *("shown", "edits", "edited_at", "sent_at"),
        )
        if getattr(after, name) != getattr(before, name)
    }
    if changed:
        connection.execute(update(post).where(post.c.id == before.id).values(changed))
