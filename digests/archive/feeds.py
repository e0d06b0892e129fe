"""Feeds as the archive keeps them: how each stands, what of it was seen, which hosts to spare."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Select, bindparam, select, update

from digests.archive import dialects, rows
from digests.archive.schema import entry, feed, feed_slices, host_pause
from digests.feeds.pace import FeedState
from digests.model import Draft, EntryId, Feed, SeenEntry, StoryId

# A title that says nothing ("Weekly update") may be an old acquaintance a thousand times over;
# the newest of them are enough to recognise it.
_SAME_TITLE = 1_000

# Made once: making a statement costs more than running it, and these run at every poll.
_SAVE_STATE = dialects.upsert(feed, "url")
_SAVE_POLLED = dialects.upsert(feed, "url", keep=("paused",)).returning(feed.c.id)
_SAVE_SLICES = dialects.upsert(feed_slices, "feed")
_SAVE_PAUSE = dialects.upsert(host_pause, "host")
_FEED_ID = select(feed.c.id).where(feed.c.url == bindparam("of")).scalar_subquery()
_SLICES = select(feed_slices).where(feed_slices.c.feed == _FEED_ID)


def _entries_by(column: "Column[str]") -> Select[Any]:
    known = column.in_(dialects.listed("values"))
    return (
        select(
            entry.c.id,
            entry.c.story,
            entry.c.publisher_id,
            entry.c.link,
            entry.c.title_key,
            entry.c.words_hash,
        )
        .where(entry.c.feed == _FEED_ID, known)
        .order_by(entry.c.id.desc())
    )


_BY_ID = _entries_by(entry.c.publisher_id)
_BY_LINK = _entries_by(entry.c.link)
_BY_TITLE = _entries_by(entry.c.title_key).limit(_SAME_TITLE)


def register(
    connection: Connection, feeds: Sequence[Feed], *, now: datetime, announce_first: bool
) -> None:
    """Make new feeds known; a moved one (`was`) keeps its history under the new address."""
    known = set(connection.execute(select(feed.c.url)).scalars())
    for one in feeds:
        if one.url in known:
            continue
        if one.was in known:
            connection.execute(update(feed).where(feed.c.url == one.was).values(url=one.url))
            known.discard(one.was)
        else:
            fresh = FeedState(url=one.url, announce_first=announce_first, next_poll=now)
            connection.execute(feed.insert().values(rows.feed_row(fresh)))
        known.add(one.url)


def states(connection: Connection) -> dict[str, FeedState]:
    """Every feed ever registered, by its address."""
    found = connection.execute(select(*rows.FEED_COLUMNS))
    return {row.url: rows.feed_state_from(row) for row in found}


def save_state(connection: Connection, state: FeedState) -> None:
    """Write how a feed stands."""
    connection.execute(_SAVE_STATE, rows.feed_row(state))


def save_polled(connection: Connection, state: FeedState) -> int:
    """Write what a poll made of a feed; its row id. Somebody may have paused it meanwhile."""
    return int(connection.execute(_SAVE_POLLED, rows.feed_row(state)).scalar_one())


def save_slices(connection: Connection, feed_id: int, slices: Sequence[bytes]) -> None:
    """Replace what the last document of a feed consisted of."""
    width = len(slices[0]) if slices else 0
    if any(len(one) != width for one in slices):
        raise ValueError("fingerprints of different lengths")
    row = {"feed": feed_id, "width": width, "fingerprints": b"".join(slices)}
    connection.execute(_SAVE_SLICES, row)


def known_slices(connection: Connection, url: str) -> frozenset[bytes]:
    """The fingerprints of the last document, as committed with its stories."""
    row = connection.execute(_SLICES, {"of": url}).one_or_none()
    if row is None or not row.width:
        return frozenset()
    joined, width = row.fingerprints, row.width
    return frozenset(joined[at : at + width] for at in range(0, len(joined), width))


def seen_entries(
    connection: Connection, url: str, drafts: Sequence[Draft]
) -> tuple[SeenEntry, ...]:
    """All that is remembered of this feed under one of the drafts' ids, links or titles."""
    wanted = (
        (_BY_ID, {draft.id for draft in drafts}),
        (_BY_LINK, {draft.link for draft in drafts}),
        (_BY_TITLE, {draft.title_key for draft in drafts}),
    )
    found: dict[int, SeenEntry] = {}
    for statement, values in wanted:
        parameters = {"of": url, "values": dialects.packed(values - {""})}
        for row in connection.execute(statement, parameters):
            found[row.id] = _seen(row)
    return tuple(found[key] for key in sorted(found))


def host_pauses(connection: Connection) -> dict[str, datetime]:
    """Hosts that asked to be left alone, and until when."""
    found = connection.execute(select(host_pause.c.host, host_pause.c.until))
    return {row.host: row.until for row in found}


def save_host_pause(connection: Connection, host: str, until: datetime | None) -> None:
    """Remember until when to leave a host alone; None: it may be asked again."""
    if until is None:
        connection.execute(host_pause.delete().where(host_pause.c.host == host))
    else:
        connection.execute(_SAVE_PAUSE, {"host": host, "until": until})


def _seen(row: rows.AnyRow) -> SeenEntry:
    return SeenEntry(
        EntryId(row.id),
        StoryId(row.story),
        row.publisher_id,
        row.link,
        row.title_key,
        row.words_hash,
    )
