"""Finds stories. Every step is bounded: no question walks all matches of a common word.

Newest first costs nothing, because ids are in the order of time and so is the index. "Best" scores
a few hundred candidates: all stories with the rarest words, those that have the words in their
title, then the newest. Candidates by age alone lose what people look for; measured, nDCG fell
from .55 to .03, and came back whole with the rarest words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b

from sqlalchemy import Connection, select

from digests.archive import dialects, matching, stories
from digests.archive.excerpts import Marker
from digests.archive.leaves import in_title
from digests.archive.matching import Extent
from digests.archive.plan import Ids, Plan, any_of, both
from digests.archive.plan import plan as plan_of
from digests.archive.ranking import Candidate, Weighed, ranked, weight
from digests.archive.records import Hit, Page, SavedQuery
from digests.archive.resolve import resolve
from digests.archive.schema import saved_query, story_text
from digests.model import StoryId
from digests.rules.query import Query

COUNTED = 1_000  # matches counted; more are said to be more
CANDIDATES = 200  # scored for "best"
_TOGETHER = 3  # rarest words that are wanted in one title, or beside another word

_TEXTS = select(story_text.c.id, story_text.c.title, story_text.c.body).where(
    story_text.c.id.in_(dialects.listed("these"))
)


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
    plan = plan_of(resolved.query, asked.now, dialects.beginnings(connection))
    plan = replace(plan, ids=Ids(plan.ids.low, min(plan.ids.high, until + 1)))
    best = asked.sort == "best" and bool(plan.leaves)
    most = CANDIDATES if best else COUNTED
    found = [] if plan.empty else matching.newest(connection, plan, most + 1)
    without, more = resolved.without, len(found) > most
    order = [one for one in found[:most] if one not in without]
    leaves = [Weighed(leaf, 1.0) for leaf in plan.leaves]
    if best and order:
        known = _known(connection, plan, until, order)
        leaves = [one.weighed for one in known]
        chosen = _chosen(connection, plan, known, order) if more else order
        order = _scored(connection, known, [one for one in chosen if one not in without])
    first = max(asked.page, 0) * asked.limit
    shown = [StoryId(id_) for id_ in order[first : first + asked.limit]]
    marker = Marker(leaves)
    hits = tuple(Hit(one, marker.excerpt(one)) for one in stories.load(connection, shown))
    return Page(hits, len(order), more, StoryId(until))


def save_query(connection: Connection, text: str, until: StoryId, now: datetime) -> str:
    """Keep a search for the buttons under it; the same search has the same key."""
    text = text.encode("utf-8", "replace").decode()  # half a character cannot be stored
    key = blake2b(f"{until} {text}".encode(), digest_size=8).hexdigest()
    row = {"key": key, "text": text, "until": until, "saved_at": now}
    statement = dialects.insert(saved_query).values(row)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["key"], set_={"saved_at": now})
    )
    return key


def load_query(connection: Connection, key: str) -> SavedQuery | None:
    """The search behind a button; None when it was forgotten."""
    statement = select(saved_query).where(saved_query.c.key == key)
    row = connection.execute(statement).one_or_none()
    return None if row is None else SavedQuery(row.text, StoryId(row.until))


@dataclass(frozen=True, slots=True)
class _Known:
    """A leaf, what it is worth, and back to which id the newest few thousand stories have it."""

    weighed: Weighed
    reach: int

    @property
    def expression(self) -> str:
        return self.weighed.leaf.expression


def _known(connection: Connection, plan: Plan, until: int, newest: Sequence[int]) -> list[_Known]:
    """The leaves, the rarest first."""
    extent = Extent.of(connection, until)
    if len(plan.leaves) == 1 and plan.bare and not plan.ids.low:  # its weight decides nothing
        often = matching.of_found(newest, extent)
        return [_Known(Weighed(plan.leaves[0], 1.0), often.reach)]
    found = []
    for leaf in plan.leaves:
        often = matching.frequency(connection, leaf, extent)
        weighed = Weighed(leaf, weight(often.stories, extent.stories))
        found.append(_Known(weighed, often.reach))
    return sorted(found, key=lambda one: one.weighed.weight, reverse=True)


def _scored(connection: Connection, known: Sequence[_Known], chosen: Sequence[int]) -> list[int]:
    """Candidates, best first."""
    rows = connection.execute(_TEXTS, {"these": dialects.packed(chosen)}).all()
    candidates = [Candidate(row.id, row.title, row.body) for row in rows]
    return ranked(candidates, [one.weighed for one in known])


def _chosen(
    connection: Connection, plan: Plan, known: Sequence[_Known], newest: Sequence[int]
) -> list[int]:
    """The candidates where there are too many matches to score them all."""
    # Of "any of these words" each word alone is narrower already.
    loose = plan.expression == any_of(leaf.expression for leaf in plan.leaves)
    chosen: dict[int, None] = {}
    for source in _sources(plan, known):
        room = min(source.limit, CANDIDATES - len(chosen))
        if room <= 0:
            break
        enough = loose or (source.whole and plan.bare)
        inner = source.expression if enough else both(plan.expression, source.expression)
        ids = Ids(max(plan.ids.low, source.reach), plan.ids.high)
        narrowed = replace(plan, expression=inner, ids=ids)
        chosen |= dict.fromkeys(matching.newest(connection, narrowed, room))
    return list(chosen | dict.fromkeys(newest))[:CANDIDATES]


@dataclass(frozen=True, slots=True)
class _Source:
    """Where to take candidates from, how many at most, and how far back to look for them."""

    expression: str
    limit: int
    reach: int = 0
    whole: bool = False  # all that the query looks for is in it


def _sources(plan: Plan, known: Sequence[_Known]) -> Iterator[_Source]:
    """Titles with the rarest words, then the rarest words beside others, then titles with any."""
    if len(known) == 1 and known[0].weighed.leaf.phrase:
        return  # its titles would have to be looked for as long as it itself was
    words = [one.expression for one in known]
    rarest = " AND ".join(f"({word})" for word in words[:_TOGETHER])
    whole = len(words) <= _TOGETHER
    yield _Source(in_title(rarest), CANDIDATES // 3, known[0].reach, whole)
    if len(known) == 1:
        return
    optional = {leaf.expression for leaf in plan.optional}
    for one in known:
        if one.expression not in optional:
            continue
        if one.reach:  # too many to take them all
            others = any_of([word for word in words if word != one.expression][:_TOGETHER])
            yield _Source(both(one.expression, others), CANDIDATES // 2, one.reach)
        yield _Source(one.expression, CANDIDATES // 2)
    yield _Source(in_title(any_of(words)), CANDIDATES // 3, known[-1].reach)
