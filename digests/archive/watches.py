"""Watches: kept, listed and removed, always by their owner; who an owner is, others have checked."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)

from digests.archive import dialects, outbox
from digests.archive.comments import VERDICT
from digests.archive.post_rows import new_row
from digests.archive.rows import AnyRow
from digests.archive.schema import channel_pause, place, post
from digests.archive.schema_watch import habits, watch
from digests.model import Destination, Habits, NewPost, PostState, Quiet, Target, Watch, WatchId
from digests.model.watching import channel_of, file_owner, in_places, person_at

EACH = 50  # watches of one person
ENDED_FOR = timedelta(days=30)  # an ended watch is still listed for so long
REMOVED = "watch removed"
ANNOUNCED = "announced:"  # so begin the subjects of what was said when a watch was made

_OWNER: BindParameter[str] = bindparam("who")
_OWN = watch.c.owner == _OWNER
_ALL = select(watch).order_by(watch.c.id)
_OF = _ALL.where(_OWN)
_ADD = watch.insert().returning(watch.c.id)
_REMOVE = delete(watch).where(_OWN, watch.c.id == bindparam("this"))
_PROLONG = (
    update(watch)
    .where(_OWN, watch.c.id == bindparam("this"))
    .values(since=bindparam("new_since"), until=bindparam("new_until"))
)
_COUNT = select(func.count()).select_from(watch).where(_OWN)
_KEEP = dialects.upsert(habits, "owner")


def every(connection: Connection) -> list[Watch]:
    """All watches, oldest first."""
    return [_watch(row) for row in connection.execute(_ALL)]


def of(connection: Connection, owner: str) -> list[Watch]:
    """The watches of one owner, oldest first."""
    return [_watch(row) for row in connection.execute(_OF, {"who": owner})]


def everybodys_habits(connection: Connection) -> list[Habits]:
    """How all people who ever watched want to be told."""
    return [_habits(row) for row in connection.execute(select(habits))]


def add(connection: Connection, wanted: Watch) -> Watch | None:
    """Keep a watch; the same query in the same place only gets the new end. None: too many."""
    for one in of(connection, wanted.owner):
        if (one.query, one.to) == (wanted.query, wanted.to):
            again = replace(one, since=_begin(one, wanted), until=wanted.until)
            change = {"new_since": again.since, "new_until": again.until}
            connection.execute(_PROLONG, change | {"who": one.owner, "this": one.id})
            return again
    if connection.execute(_COUNT, {"who": wanted.owner}).scalar_one() >= EACH:
        return None
    number = connection.execute(_ADD, _row(wanted)).scalar_one()
    return replace(wanted, id=WatchId(number))


def announced(connection: Connection, one: Watch, message_id: str, now: datetime) -> None:
    """Keep the name of what was posted for a watch where everybody sees it."""
    place_ = Destination(one.to.platform, one.to.address)
    row = new_row(NewPost(one.channel, place_, f"{ANNOUNCED}{one.id}"), place_, now)
    stands = {"state": PostState.SENT, "message_id": message_id, "sent_at": now}
    connection.execute(post.insert().values(row | stands))


def remove(connection: Connection, owner: str, this: WatchId) -> bool:
    """Forget one; False when it is not this owner's. With the last one goes what was owed."""
    before = {one.id: one.channel for one in of(connection, owner)}
    if not connection.execute(_REMOVE, {"who": owner, "this": this}).rowcount:
        return False
    gone = before.pop(this)
    if gone not in before.values():
        _owe_nothing(connection, [gone])
    return True


def keep_habits(connection: Connection, wanted: Habits) -> None:
    """From now on this owner is told so."""
    quiet = str(wanted.quiet) if wanted.quiet else ""
    row = {"owner": wanted.owner, "language": wanted.language, "timezone": wanted.timezone}
    connection.execute(_KEEP, row | {"quiet": quiet})


def forget_owner(connection: Connection, owner: str) -> int:
    """Forget a person's watches and habits, and owe nothing for them. How many watches."""
    channels = {channel_of(owner), *(one.channel for one in of(connection, owner))}
    count = connection.execute(delete(watch).where(_OWN), {"who": owner}).rowcount
    connection.execute(delete(habits).where(habits.c.owner == owner))
    _owe_nothing(connection, channels)
    connection.execute(delete(place).where(place.c.target == str(person_at(owner))))
    here = in_places(owner)
    mine = or_(
        post.c.channel == channel_of(owner), post.c.channel.startswith(here, autoescape=True)
    )
    connection.execute(update(post).where(mine).values(text=""))  # which says what was watched
    said = and_(mine, post.c.subject.startswith(ANNOUNCED, autoescape=True))
    outbox.withdraw(
        connection, list(connection.execute(select(post.c.subject).where(said)).scalars())
    )
    return count


def register(connection: Connection, configured: Sequence[Watch]) -> None:
    """Take up those of the file: new ones begin now, known ones go on, gone ones end."""
    known = {one.owner: one for one in every(connection) if one.of_file}
    for one in configured:
        before = known.pop(one.owner, None)
        if before is None:
            connection.execute(watch.insert().values(_row(one)))
        elif before != replace(one, id=before.id, since=before.since):
            changed = _row(replace(one, since=_begin(before, one)))
            connection.execute(update(watch).where(watch.c.id == before.id).values(changed))
    if known:
        gone = dialects.values(list(known))
        connection.execute(delete(watch).where(watch.c.owner.in_(gone)))
        _owe_nothing(connection, [channel_of(one) for one in known])


def forget_ended(connection: Connection, before: datetime) -> int:
    """Forget people's watches that ended earlier; how many."""
    of_people = ~watch.c.owner.startswith(file_owner(""), autoescape=True)
    return connection.execute(delete(watch).where(of_people, watch.c.until < before)).rowcount


def _begin(known: Watch, wanted: Watch) -> datetime:
    """Since when a known one watches that is wanted now: one that had ended begins anew.

    It asked for nothing of what came in between.
    """
    return wanted.since if known.is_over(wanted.since) else known.since


def _owe_nothing(connection: Connection, channels: Collection[str]) -> None:
    """What waited in these channels is dead; that they could not be reached is forgotten."""
    names = dialects.values(list(channels))
    # A verdict on a comment goes to the same person, and is not owed for a watch.
    of_watches = ~post.c.subject.startswith(VERDICT, autoescape=True)
    waiting = and_(post.c.channel.in_(names), post.c.state == PostState.QUEUED, of_watches)
    connection.execute(update(post).where(waiting).values(state=PostState.DEAD, reason=REMOVED))
    connection.execute(delete(channel_pause).where(channel_pause.c.name.in_(names)))


def _row(one: Watch) -> dict[str, Any]:
    return {
        "owner": one.owner,
        "query": one.query,
        "platform": one.to.platform,
        "address": one.to.address,
        "since": one.since,
        "until": one.until,
    }


def _watch(row: AnyRow) -> Watch:
    found = row._asdict()
    found["id"] = WatchId(row.id)
    found["to"] = Target(found.pop("platform"), found.pop("address"))
    return Watch(**found)


def _habits(row: AnyRow) -> Habits:
    start, _, end = row.quiet.partition("-")
    quiet = Quiet(time.fromisoformat(start), time.fromisoformat(end)) if end else None
    return Habits(row.owner, row.language, row.timezone, quiet)
