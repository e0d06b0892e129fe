"""Finds stories. Every step is bounded: no question walks all matches of a common word.

Newest first costs nothing, because ids are in the order of time and so is the index. "Best" scores
a few hundred candidates, see candidates.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b

from sqlalchemy import Connection, select

from digests.archive import candidates, dialects, matching, stories
from digests.archive.excerpts import Marker
from digests.archive.matching import Frequencies
from digests.archive.plan import Ids
from digests.archive.plan import plan as plan_of
from digests.archive.ranking import Candidate, Weighed, ranked
from digests.archive.records import Hit, Page, SavedQuery
from digests.archive.resolve import resolve
from digests.archive.schema import saved_query
from digests.model import StoryId
from digests.rules.query import Query

COUNTED = 1_000  # matches counted; more are said to be more


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as the commands ask for it."""

    query: Query
    now: datetime
    sort: str = "new"  # new | best
    limit: int = 10
    page: int = 0  # from 0
    until: StoryId | None = None  # of the first page, so that new stories do not shift the next


def search(connection: Connection, asked: Asked) -> Page:
    """One page of hits."""
    until = stories.last_id(connection) if asked.until is None else asked.until
    resolved = resolve(connection, asked.query, until)
    frequencies = Frequencies(connection, until)
    begins = dialects.beginnings(connection)
    plan = plan_of(resolved.query, asked.now, begins, frequencies.often)
    plan = replace(plan, ids=Ids(plan.ids.low, min(plan.ids.high, until + 1)))
    best = asked.sort == "best" and bool(plan.leaves)
    most = candidates.most(plan) if best else COUNTED
    found = [] if plan.empty else matching.newest(connection, plan, most + 1)
    without, more = resolved.without, len(found) > most
    order = [one for one in found[:most] if one not in without]
    leaves = [Weighed(leaf, 1.0) for leaf in plan.leaves]
    if best and order:
        known = candidates.known(plan, frequencies, order)
        leaves = [one.weighed for one in known]
        chosen = candidates.chosen(connection, plan, known, order) if more else order
        order = _scored(connection, leaves, [one for one in chosen if one not in without])
    first = max(asked.page, 0) * asked.limit
    shown = [StoryId(id_) for id_ in order[first : first + asked.limit]]
    marker = Marker(leaves)
    hits = tuple(Hit(one, marker.excerpt(one)) for one in stories.load(connection, shown))
    return Page(hits, len(order), more, StoryId(until))


def key_of(text: str, until: StoryId) -> str:
    """The key of a search, for the buttons under it; the same search has the same one."""
    return blake2b(f"{until} {_storable(text)}".encode(), digest_size=8).hexdigest()


def save_query(connection: Connection, text: str, until: StoryId, now: datetime) -> None:
    """Keep a search under its key."""
    key = key_of(text, until)
    row = {"key": key, "text": _storable(text), "until": until, "saved_at": now}
    statement = dialects.insert(saved_query).values(row)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["key"], set_={"saved_at": now})
    )


def load_query(connection: Connection, key: str) -> SavedQuery | None:
    """The search behind a button; None when it was forgotten."""
    statement = select(saved_query).where(saved_query.c.key == key)
    row = connection.execute(statement).one_or_none()
    return None if row is None else SavedQuery(row.text, StoryId(row.until))


def _storable(text: str) -> str:
    """Half a character cannot be stored."""
    return text.encode("utf-8", "replace").decode()


def _scored(connection: Connection, leaves: Sequence[Weighed], chosen: Sequence[int]) -> list[int]:
    """Candidates, best first."""
    return ranked([Candidate(*row) for row in dialects.texts_of(connection, chosen)], leaves)
