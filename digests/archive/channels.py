"""Channels as the archive knows them: since when, where they lead, whether they are paused."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)

from digests.archive import acts, dialects, members
from digests.archive.records import Pause
from digests.archive.schema import channel, channel_pause, place, post
from digests.model import Channel, Destination, PostState
from digests.model.watching import is_personal, is_watching

TOLD_HERE = "already told here"
REMOVED = "channel removed"
# Told by a watch to everybody who is there: see model.watching.
_OF_WATCHES_THERE = and_(
    post.c.channel.startswith("watch:"),
    or_(post.c.channel.startswith("watch:file:"), post.c.channel.contains(">")),
)
_RESOLVED = place.c.platform + ":" + place.c.place
_IN_A_QUIET_PLACE = (
    exists()
    .select_from(
        channel.join(channel_pause, channel_pause.c.name == channel.c.name).outerjoin(
            place, place.c.target == channel.c.target
        )
    )
    .where(
        channel_pause.c.by != "",
        func.coalesce(_RESOLVED, channel.c.target) == post.c.platform + ":" + post.c.place,
    )
)
_PLACE = select(place).where(place.c.target == bindparam("written"))


def births(connection: Connection) -> dict[str, datetime]:
    """When each channel was first in the file."""
    found = connection.execute(select(channel.c.name, channel.c.born))
    return {row.name: row.born for row in found}


def register(connection: Connection, channels: Sequence[Channel], now: datetime) -> None:
    """Make channels known: new ones are born now, renamed ones (`was`) live on.

    Where a channel leads somewhere else than before, its queue follows it.
    """
    targets = {row.name: row.target for row in connection.execute(select(channel))}
    for one in channels:
        if one.name not in targets and one.was in targets:
            _rename(connection, one.was, one.name)
            targets[one.name] = targets.pop(one.was)
        target = str(one.to)
        if one.name not in targets:
            row = {"name": one.name, "target": target, "born": now}
            connection.execute(channel.insert().values(row))
        elif targets[one.name] != target:
            named = channel.c.name == one.name
            connection.execute(update(channel).where(named).values(target=target))
            there = resolved(connection, Destination(one.to.platform, one.to.address))
            _move_queue(connection, select(literal(one.name)), there)
        targets[one.name] = target


def drop(connection: Connection, names: Iterable[str]) -> None:
    """Forget channels that left the file; what was still owed to them is dead."""
    names = list(names)
    gone = dialects.values(names)
    connection.execute(channel.delete().where(channel.c.name.in_(gone)))
    connection.execute(channel_pause.delete().where(channel_pause.c.name.in_(gone)))
    acts.dropped(connection, names)
    connection.execute(
        update(post)
        .where(post.c.channel.in_(gone), post.c.state == PostState.QUEUED)
        .values(state=PostState.DEAD, reason=REMOVED)
    )


def save_place(connection: Connection, target: str, destination: Destination) -> None:
    """Remember where an address of the file leads; what was owed to it is owed there.

    A channel renamed on its platform comes to the same place again: what that place was told
    already, under whatever address, is not told again.
    """
    platform, _, address = target.partition(":")
    written = Destination(platform, address)
    before = resolved(connection, written)
    if before == destination:
        return
    where = {"platform": destination.platform, "place": destination.place}
    statement = dialects.insert(place).values(target=target, **where)
    connection.execute(statement.on_conflict_do_update(index_elements=["target"], set_=where))
    if before == written:
        _move(connection, at(written), destination)
    else:  # the address leads elsewhere now; only what is still owed follows it
        _move_queue(
            connection, select(channel.c.name).where(channel.c.target == target), destination
        )


def places(connection: Connection) -> dict[str, Destination]:
    """Where the addresses of the file lead, as far as it is known."""
    found = connection.execute(select(place))
    return {row.target: Destination(row.platform, row.place) for row in found}


def resolved(connection: Connection, destination: Destination) -> Destination:
    """The real place behind a provisional destination; itself when that is not known."""
    row = connection.execute(_PLACE, {"written": str(destination)}).one_or_none()
    return destination if row is None else Destination(row.platform, row.place)


def at(destination: Destination) -> ColumnElement[bool]:
    """Posts of one place."""
    return and_(post.c.platform == destination.platform, post.c.place == destination.place)


def pause(connection: Connection, name: str, reason: str, until: datetime | None) -> None:
    """Send nothing to a channel; None: until `resume`."""
    values = {"reason": reason, "until": until}
    statement = dialects.insert(channel_pause).values(name=name, **values)
    nobodys = channel_pause.c.by == ""  # an editor's pause stays the editor's
    change = statement.on_conflict_do_update(index_elements=["name"], set_=values, where=nobodys)
    connection.execute(change)


def resume(connection: Connection, name: str) -> None:
    """End a pause."""
    connection.execute(channel_pause.delete().where(channel_pause.c.name == name))


def paused(connection: Connection) -> dict[str, Pause]:
    """All pauses, also those whose time is over."""
    found = connection.execute(select(channel_pause))
    return {row.name: Pause(row.reason, row.until, row.by) for row in found}


def paused_until(now: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a post's channel is paused, for statements on posts.

    Who pauses a channel of the file wants its place quiet: what watches tell there waits as well.
    """
    lasting = or_(channel_pause.c.until.is_(None), channel_pause.c.until > now)
    its_own = exists().where(channel_pause.c.name == post.c.channel, lasting)
    return or_(its_own, and_(_OF_WATCHES_THERE, _IN_A_QUIET_PLACE))


def resting(connection: Connection, now: datetime) -> Callable[[str, Destination], bool]:
    """The same, to ask of a channel's name and place."""
    found = paused(connection).items()
    lasting = {name: one for name, one in found if one.until is None or one.until > now}
    targets = {row.name: row.target for row in connection.execute(select(channel))}
    ways = places(connection)
    quiet = {
        ways.get(to, Destination(*to.split(":", 1)))
        for name, to in targets.items()
        if name in lasting and lasting[name].by
    }

    def rests(name: str, there: Destination) -> bool:
        openly = is_watching(name) and not is_personal(name)
        return name in lasting or (openly and there in quiet)

    return rests


def _rename(connection: Connection, old: str, new: str) -> None:
    connection.execute(update(channel).where(channel.c.name == old).values(name=new))
    connection.execute(update(channel_pause).where(channel_pause.c.name == old).values(name=new))
    connection.execute(update(post).where(post.c.channel == old).values(channel=new))
    acts.renamed(connection, old, new)


def _move_queue(
    connection: Connection, names: Select[tuple[str]], destination: Destination
) -> None:
    """What is still owed to these channels is owed there."""
    _move(
        connection,
        and_(post.c.channel.in_(names), post.c.state == PostState.QUEUED),
        destination,
    )


def _move(connection: Connection, which: ColumnElement[bool], destination: Destination) -> None:
    """Move posts that are not under way; those the place has been told already are folded.

    One by one: two of them may be about the same subject.
    """
    known = select(post.c.subject).where(at(destination))
    told = set(connection.execute(known).scalars())
    told |= {f"story:{story}" for story in members.listed(connection, destination)}
    movable = and_(which, ~at(destination), post.c.state != PostState.SENDING)
    statement = select(post.c.id, post.c.subject, post.c.state).where(movable).order_by(post.c.id)
    for row in connection.execute(statement).all():
        this = update(post).where(post.c.id == row.id)
        if row.subject not in told:
            told.add(row.subject)
            where = {"platform": destination.platform, "place": destination.place}
            connection.execute(this.values(where))
        elif row.state == PostState.QUEUED:
            connection.execute(this.values(state=PostState.FOLDED, reason=TOLD_HERE))
