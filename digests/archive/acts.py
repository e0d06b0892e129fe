"""What editors do: each deed and its line in the audit trail are one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, and_, delete, select, update

from digests.archive import dialects
from digests.archive.records import Act, Mute
from digests.archive.schema import channel_pause, feed
from digests.archive.schema_trace import act, mute

P = ParamSpec("P")
T = TypeVar("T")

KEPT_FOR = timedelta(days=400)
_WORDS = 200  # characters of what a line of the trail names


def done(
    connection: Connection,
    deed: Act,
    work: Callable[Concatenate[Connection, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Do it and write it down; what changed nothing (None, False, nothing in a list) is no deed."""
    result = work(connection, *args, **kwargs)
    if result:
        note(connection, deed)
    return result


def note(connection: Connection, deed: Act) -> bool:
    """A line of the trail."""
    row = {name: value[:_WORDS] if isinstance(value, str) else value
           for name, value in asdict(deed).items()}  # fmt: skip
    connection.execute(act.insert().values(row))
    return True


def trail(connection: Connection, limit: int, skip: int) -> list[Act]:
    """What was done, the newest first."""
    columns = [c for c in act.c if c.name != "id"]
    statement = select(*columns).order_by(act.c.id.desc()).limit(limit).offset(skip)
    return [Act(**row._asdict()) for row in connection.execute(statement)]


def pause_feed(connection: Connection, url: str, *, paused: bool) -> bool:
    """Ask a feed no more, or again; False when that is so already."""
    this = and_(feed.c.url == url, feed.c.paused != paused)
    return connection.execute(update(feed).where(this).values(paused=paused)).rowcount > 0


def pause_channel(connection: Connection, name: str, reason: str, by: str) -> bool:
    """Send nothing to a channel until an editor resumes it."""
    values = {"reason": reason, "until": None, "by": by}
    statement = dialects.insert(channel_pause).values(name=name, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))
    return True


def resume_channel(connection: Connection, name: str) -> bool:
    """End a pause, whoever made it; False when there is none."""
    this = channel_pause.c.name == name
    return connection.execute(delete(channel_pause).where(this)).rowcount > 0


def silence(connection: Connection, one: Mute) -> bool:
    """A publisher is not told in a channel any more; False when that is so already."""
    statement = dialects.insert(mute).values(asdict(one)).on_conflict_do_nothing()
    return connection.execute(statement).rowcount > 0


def unsilence(connection: Connection, channel: str, publisher: str) -> bool:
    """It is told there again; False when it was not silenced."""
    this = and_(mute.c.channel == channel, mute.c.publisher == publisher)
    return connection.execute(delete(mute).where(this)).rowcount > 0


def mutes(connection: Connection) -> list[Mute]:
    """Every publisher that is silenced somewhere."""
    found = connection.execute(select(mute).order_by(mute.c.channel, mute.c.publisher))
    return [Mute(**row._asdict()) for row in found]


def renamed(connection: Connection, old: str, new: str) -> None:
    """A channel has another name: what is silenced there stays so."""
    connection.execute(update(mute).where(mute.c.channel == old).values(channel=new))


def dropped(connection: Connection, channels: Sequence[str]) -> None:
    """Channels left the file."""
    gone = dialects.values(list(channels))
    connection.execute(delete(mute).where(mute.c.channel.in_(gone)))


def forget(connection: Connection, before: datetime) -> int:
    """Forget lines of the trail that are older; how many."""
    return connection.execute(delete(act).where(act.c.at < before)).rowcount
