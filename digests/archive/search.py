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
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    bindparam,
    false,
    func,
    literal,
    or_,
    select,
)

from digests.archive import dialects, stories
from digests.archive.excerpts import excerpt
from digests.archive.leaves import in_title
from digests.archive.plan import (
    AllOf,
    AnyOf,
    Condition,
    Ids,
    Plan,
    any_of,
    both,
    expression_of,
)
from digests.archive.plan import plan as plan_of
from digests.archive.ranking import Candidate, Weighed, ranked, weight
from digests.archive.records import Hit, Page, SavedQuery
from digests.archive.schema import saved_query, story, story_text
from digests.model import StoryId
from digests.rules.query import Query

COUNTED = 1_000  # matches counted; more are said to be more
CANDIDATES = 200  # scored for "best"
_SAMPLE = 1_000  # newest stories with a word, from which its frequency is estimated

_INDEXED = select(dialects.indexed.c.rowid)


def _bounded(statement: Select[Any], id_: ColumnElement[int]) -> Select[Any]:
    """The newest of some ids, between two of them."""
    within = statement.where(id_ >= bindparam("low"), id_ < bindparam("high"))
    return within.order_by(id_.desc()).limit(bindparam("limit"))


_MATCHING = _bounded(
    _INDEXED.where(dialects.in_index(bindparam("expression", type_=Text()))),
    dialects.indexed.c.rowid,
)
_ALL = _bounded(select(story.c.id), story.c.id)
_sample = _MATCHING.subquery()
_SAMPLED = select(func.count(), func.min(_sample.c.rowid)).select_from(_sample)
_TEXTS = select(story_text.c.id, story_text.c.title, story_text.c.body).where(
    story_text.c.id.in_(dialects.listed("these"))
)
_OLDEST = select(func.min(story.c.id))


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
    plan = plan_of(asked.query, asked.now)
    plan = replace(plan, ids=Ids(plan.ids.low, min(plan.ids.high, until + 1)))
    found = [] if plan.empty else _newest(connection, plan, COUNTED + 1)
    leaves = _unweighed(plan)
    order, more = found[:COUNTED], len(found) > COUNTED
    if asked.sort == "best" and plan.leaves and found:
        leaves = _weighed(connection, plan, until)
        order = _best(connection, plan, leaves, found)
        more = len(found) > len(order)
    first = max(asked.page, 0) * asked.limit
    shown = [StoryId(id_) for id_ in order[first : first + asked.limit]]
    hits = tuple(Hit(one, excerpt(one, leaves)) for one in stories.load(connection, shown))
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


def _newest(connection: Connection, plan: Plan, limit: int) -> Sequence[int]:
    """Ids of matches, newest first."""
    parameters: dict[str, Any] = {"low": plan.ids.low, "high": plan.ids.high, "limit": limit}
    if plan.expression:
        statement, id_ = _MATCHING, dialects.indexed.c.rowid
        parameters |= {"expression": plan.expression}
    else:
        statement, id_ = _ALL, story.c.id
    for condition in plan.rest:
        statement = statement.where(_clause(condition, id_))
    return connection.execute(statement, parameters).scalars().all()


def _clause(condition: Condition, id_: ColumnElement[int]) -> ColumnElement[bool]:
    """A condition with dates in it, as a condition on a story's id."""
    expression = expression_of(condition)
    if expression is not None:
        matching = _INDEXED.where(dialects.in_index(literal(expression)))
        return id_.in_(matching.correlate(None))
    match condition:
        case Ids(low, high):
            return and_(id_ >= low, id_ < high)
        case AllOf(parts):
            return and_(*(_clause(part, id_) for part in parts))
        case AnyOf(parts):
            return or_(false(), *(_clause(part, id_) for part in parts))
        case _:
            raise TypeError(condition)


def _unweighed(plan: Plan) -> list[Weighed]:
    return [Weighed(leaf, 1.0) for leaf in plan.leaves]


def _weighed(connection: Connection, plan: Plan, until: int) -> list[Weighed]:
    """The leaves with what each is worth, the rarest first."""
    total = stories.last_number(connection)
    oldest = connection.execute(_OLDEST).scalar_one() or 0
    weighed = [
        Weighed(leaf, weight(_frequency(connection, leaf.expression, oldest, until), total))
        for leaf in plan.leaves
    ]
    return sorted(weighed, key=lambda one: one.weight, reverse=True)


def _frequency(connection: Connection, expression: str, oldest: int, until: int) -> float:
    """About how many stories match: counted up to a bound, beyond it judged by their density."""
    parameters = {"expression": expression, "low": 0, "high": until + 1, "limit": _SAMPLE}
    count, last = connection.execute(_SAMPLED, parameters).one()
    if count < _SAMPLE:
        return float(count)
    return float(count * (until - oldest + 1) / (until - last + 1))


def _best(
    connection: Connection, plan: Plan, leaves: Sequence[Weighed], newest: Sequence[int]
) -> list[int]:
    """Candidates, best first."""
    chosen = newest
    if len(newest) > CANDIDATES:
        chosen = _chosen(connection, plan, leaves, newest)
    statement = {"these": dialects.packed(chosen)}
    rows = connection.execute(_TEXTS, statement).all()
    return ranked([Candidate(row.id, row.title, row.body) for row in rows], leaves)


def _chosen(
    connection: Connection, plan: Plan, leaves: Sequence[Weighed], newest: Sequence[int]
) -> list[int]:
    """The candidates where there are too many matches to score them all."""
    # Of "any of these words" each word alone is narrower already.
    loose = plan.expression == any_of(leaf.expression for leaf in plan.leaves)
    chosen: dict[int, None] = {}
    for expression, limit in _sources(plan, leaves):
        room = min(limit, CANDIDATES - len(chosen))
        if room <= 0:
            break
        inner = expression if loose else both(plan.expression, expression)
        narrowed = replace(plan, expression=inner)
        chosen |= dict.fromkeys(_newest(connection, narrowed, room))
    return list(chosen | dict.fromkeys(newest))[:CANDIDATES]


def _sources(plan: Plan, leaves: Sequence[Weighed]) -> Iterator[tuple[str, int]]:
    """Where to take candidates from, and how many at most; rarest words first."""
    words = [one.leaf.expression for one in leaves]
    yield in_title(" AND ".join(f"({word})" for word in words)), CANDIDATES // 3
    optional = {leaf.expression for leaf in plan.optional}
    for at, word in enumerate(words):
        if word in optional and len(words) > 1:
            others = any_of(words[:at] + words[at + 1 :])
            yield both(word, others), CANDIDATES // 2
            yield word, CANDIDATES // 4
    if len(words) > 1:
        yield in_title(any_of(words)), CANDIDATES // 3
