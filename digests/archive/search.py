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

from sqlalchemy import ColumnElement, Connection, and_, false, func, or_, select

from digests.archive import dialects, stories
from digests.archive.excerpts import excerpt
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
CANDIDATES = 300  # scored for "best"
_IN_TITLE = CANDIDATES // 3
_SAMPLE = 1_000  # newest stories with a word, from which its frequency is estimated


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


def _newest(connection: Connection, plan: Plan, limit: int) -> list[int]:
    """Ids of matches, newest first."""
    id_ = dialects.indexed_id() if plan.expression else story.c.id
    statement = select(id_).select_from(dialects.indexed if plan.expression else story)
    if plan.expression:
        statement = statement.where(dialects.in_index(plan.expression))
    statement = statement.where(id_ >= plan.ids.low, id_ < plan.ids.high)
    for condition in plan.rest:
        statement = statement.where(_clause(condition, id_))
    found = connection.execute(statement.order_by(id_.desc()).limit(limit))
    return list(found.scalars())


def _clause(condition: Condition, id_: ColumnElement[int]) -> ColumnElement[bool]:
    """A condition with dates in it, as a condition on a story's id."""
    expression = expression_of(condition)
    if expression is not None:
        matching = select(dialects.indexed_id()).select_from(dialects.indexed)
        return id_.in_(matching.where(dialects.in_index(expression)).correlate(None))
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
    oldest = connection.execute(select(func.min(story.c.id))).scalar_one() or 0
    weighed = [
        Weighed(leaf, weight(_frequency(connection, leaf.expression, oldest, until), total))
        for leaf in dict.fromkeys(plan.leaves)
    ]
    return sorted(weighed, key=lambda one: one.weight, reverse=True)


def _frequency(connection: Connection, expression: str, oldest: int, until: int) -> float:
    """About how many stories match: counted up to a bound, beyond it judged by their density."""
    found = _newest(connection, Plan(expression, Ids(0, until + 1), (), ()), _SAMPLE)
    if len(found) < _SAMPLE:
        return len(found)
    return len(found) * (until - oldest + 1) / (until - found[-1] + 1)


def _best(
    connection: Connection, plan: Plan, leaves: Sequence[Weighed], newest: Sequence[int]
) -> list[int]:
    """Candidates, best first."""
    chosen = list(newest) if len(newest) <= CANDIDATES else []
    if not chosen:
        seen: dict[int, None] = {}
        for expression, limit in _sources(leaves):
            room = min(limit, CANDIDATES - len(seen))
            if room <= 0:
                break
            narrowed = replace(plan, expression=both(plan.expression, expression))
            seen |= dict.fromkeys(_newest(connection, narrowed, room))
        chosen = list(dict.fromkeys([*seen, *newest]))[:CANDIDATES]
    return ranked(_candidates(connection, chosen), leaves)


def _sources(leaves: Sequence[Weighed]) -> Iterator[tuple[str, int]]:
    """Where to take candidates from, and how many at most; rarest words first."""
    expressions = [one.leaf.expression for one in leaves]
    everywhere = " AND ".join(f"({one})" for one in expressions)
    yield f"{{title}} : ({everywhere})", _IN_TITLE
    for at, expression in enumerate(expressions):
        others = any_of(expressions[:at] + expressions[at + 1 :])
        yield (both(expression, others) if others else expression), CANDIDATES // 2
        yield expression, CANDIDATES // 4
    yield f"{{title}} : ({any_of(expressions)})", _IN_TITLE


def _candidates(connection: Connection, ids: Sequence[int]) -> list[Candidate]:
    statement = select(story_text.c.id, story_text.c.title, story_text.c.body)
    rows = connection.execute(statement.where(story_text.c.id.in_(dialects.values(ids))))
    return [Candidate(row.id, tuple(row.title.split()), tuple(row.body.split())) for row in rows]
