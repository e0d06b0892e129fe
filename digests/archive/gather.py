"""Stories that waited for a digest are told: once, together, in one transaction.

Each waits as a row of its own (`post.digest` says for what), so that it is owed from the first
moment and can be told apart when it turns out to be breaking. When the time has come the rows
become the frozen members of a digest, in parts that follow one another, and a few of a flood
become cards.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    func,
    literal_column,
    or_,
    select,
    update,
)

from digests.archive import channels, dialects, members
from digests.archive.post_rows import is_in, new_row
from digests.archive.rows import AnyRow
from digests.archive.schema import post
from digests.feeds.pace import CLOCK_SLACK
from digests.model import Destination, Gathering, NewPost, PostState, StoryId

PART = 10  # stories that one part shows; the last part has all the others as members too
PARTS = 2
_WAITS = and_(is_in(PostState.QUEUED), post.c.digest != literal_column("''"))
_KIND = re.compile(r"digest:([a-z]*)")


@dataclass(frozen=True, slots=True)
class Room:
    """How many of the most important become cards of their own, instead of lines."""

    cards: int = 0
    limit: int | None = None  # cards a day
    today: datetime | None = None  # since when they are counted


def gathered(connection: Connection, now: datetime) -> list[Gathering]:
    """What is to be told now, all of one kind in one place together.

    A place that is paused, or has not yet been told its last digest, is left to wait: what comes
    meanwhile is then told with it, and no digests pile up.
    """
    found = []
    for (channel, destination, _), digests in _due(connection, now).items():
        chosen = _waiting_for(destination, digests)
        stories = connection.execute(select(post.c.story).where(chosen).order_by(post.c.id))
        found.append(Gathering(channel, destination, tuple(digests), tuple(stories.scalars())))
    return found


def gather(
    connection: Connection, told: Gathering, order: Sequence[StoryId], room: Room, now: datetime
) -> int:
    """Owe the digest of a gathering, its members in `order`; how many stories were taken up.

    Only what waits still is taken: a story may have become breaking since `gathered` looked.
    """
    chosen = _waiting_for(told.destination, told.digests)
    columns = (post.c.id, post.c.story, post.c.mention)
    rows = {row.story: row for row in connection.execute(select(*columns).where(chosen))}
    ranked = [rows.pop(story) for story in order if story in rows]
    ranked += rows.values()  # forgotten by the archive meanwhile, and accounted for all the same
    cards = min(room.cards, _left(connection, told.channel, room))
    _as_cards(connection, ranked[:cards])
    if lines := ranked[cards:]:
        _as_lines(connection, told, lines, now)
    return len(ranked)


def ripen(connection: Connection, beginning: str, now: datetime) -> None:
    """Digests whose subject begins so need not wait for more to come."""
    chosen = and_(_WAITS, post.c.digest.startswith(beginning, autoescape=True))
    later = update(post).where(chosen, post.c.not_before > now)
    connection.execute(later.values(not_before=now))


def _due(connection: Connection, now: datetime) -> dict[tuple[str, Destination, str], list[str]]:
    """Digests whose last story may be told, by place and kind; the latest first."""
    columns = (post.c.platform, post.c.place, post.c.digest, post.c.channel)
    last = func.max(post.c.not_before)
    statement = select(*columns).where(_WAITS).group_by(*columns)
    put_back = func.max(post.c.queued_at) > now + CLOCK_SLACK  # the clock, since they were owed
    come = or_(last.is_(None), last <= now, put_back)
    statement = statement.having(come).order_by(last.desc())
    rows = connection.execute(statement).all()
    if not rows:
        return {}
    # Asked once and not of every row: a flood has thousands.
    busy = _with_a_digest_on_its_way(connection)
    rests = channels.resting(connection, now)
    due: defaultdict[tuple[str, Destination, str], list[str]] = defaultdict(list)
    for row in rows:
        kind = _KIND.match(row.digest)
        place = Destination(row.platform, row.place)
        if place not in busy and not rests(row.channel, place):
            due[row.channel, place, kind[1] if kind else ""].append(row.digest)
    return due


def _with_a_digest_on_its_way(connection: Connection) -> set[Destination]:
    sent = and_(is_in(PostState.QUEUED), post.c.digest == literal_column("''"))
    columns = select(post.c.platform, post.c.place)
    is_digest = post.c.subject.startswith("digest:")
    found: set[Destination] = set()
    for state in (sent, is_in(PostState.SENDING)):
        rows = connection.execute(columns.where(state, is_digest))
        found |= {Destination(row.platform, row.place) for row in rows}
    return found


def _waiting_for(destination: Destination, digests: Sequence[str]) -> ColumnElement[bool]:
    these = post.c.digest.in_(dialects.values(list(digests)))
    return and_(_WAITS, channels.at(destination), these)


def _left(connection: Connection, channel: str, room: Room) -> int:
    """How many cards the channel may still get today."""
    if room.limit is None or not room.cards:
        return room.cards
    told = and_(
        post.c.channel == channel,
        post.c.story.is_not(None),
        post.c.state != PostState.FOLDED,
        or_(post.c.digest == "", post.c.state != PostState.QUEUED),
        post.c.queued_at >= room.today,
    )
    count = connection.execute(select(func.count()).select_from(post).where(told)).scalar_one()
    return max(room.limit - count, 0)


def _as_cards(connection: Connection, rows: Sequence[AnyRow]) -> None:
    ids = dialects.values([row.id for row in rows])
    freed = update(post).where(post.c.id.in_(ids))
    connection.execute(freed.values(digest="", not_before=None, reason=""))


def _as_lines(
    connection: Connection, told: Gathering, rows: Sequence[AnyRow], now: datetime
) -> None:
    """Freeze the members into parts that follow one another."""
    first = _next_part(connection, told)
    parent: int | None = None
    parts = _parts(rows)
    for number, part in enumerate(parts, first):
        subject = f"{told.digests[0]}:{number}"
        mention = dict.fromkeys(who for row in part for who in row.mention)
        one = NewPost(
            told.channel,
            told.destination,
            subject,
            members=tuple(row.story for row in part),
            mention=tuple(mention) if parent is None else (),
        )
        row = new_row(one, told.destination, now, parent)
        parent = connection.execute(post.insert().values(row).returning(post.c.id)).scalar_one()
        members.add(connection, parent, one.members)
        ids = dialects.values([row.id for row in part])
        folded = update(post).where(post.c.id.in_(ids))
        connection.execute(
            folded.values(
                state=PostState.FOLDED, digest="", not_before=None, reason=f"told in {subject}"
            )
        )


def _parts(rows: Sequence[AnyRow]) -> list[Sequence[AnyRow]]:
    parts = [rows[at * PART : (at + 1) * PART] for at in range(PARTS - 1)]
    return [part for part in (*parts, rows[(PARTS - 1) * PART :]) if part]


def _next_part(connection: Connection, told: Gathering) -> int:
    """1, unless a digest of this name was told: somebody's clock ran backwards."""
    names = and_(
        channels.at(told.destination),
        post.c.subject.startswith(f"{told.digests[0]}:", autoescape=True),
    )
    known = connection.execute(select(func.count()).select_from(post).where(names)).scalar_one()
    return known + 1
