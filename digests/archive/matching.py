"""Asks the index: the newest matches of a plan, and how common an expression is.

Ids are in the order of time, and so is the index: the newest matches cost the same however many
there are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import prod
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
    literal_column,
    or_,
    select,
    union_all,
)

from digests.archive import dialects, stories
from digests.archive.leaves import Leaf, any_of, quoted
from digests.archive.plan import AllOf, AnyOf, Condition, Ids, Plan, Told, expression_of
from digests.archive.schema import post, post_member, story

SAMPLE = 500  # newest stories with a word, from which its frequency is estimated
_PLACES = 20_000  # of a word, looked at for a phrase
_MEMORY = "frequencies"  # in what SQLAlchemy keeps with the driver's connection
_REMEMBERED = 2_000
_REACH = 5  # so many times as far back as these to look for a word beside others

_INDEXED = select(dialects.indexed.c.rowid)
_STANDING = post.c.state.in_([literal_column(f"'{state}'") for state in ("sent", "folded")])


def _bounded(statement: Select[Any], id_: ColumnElement[int]) -> Select[Any]:
    """Those of some ids that lie between two."""
    return statement.where(id_ >= bindparam("low"), id_ < bindparam("high"))


def _first(statement: Select[Any], id_: ColumnElement[int]) -> Select[Any]:
    return statement.order_by(id_.desc()).limit(bindparam("limit"))


_MATCHING = _bounded(
    _INDEXED.where(dialects.in_index(bindparam("expression", type_=Text()))),
    dialects.indexed.c.rowid,
)
_ALL = _bounded(select(story.c.id), story.c.id)
_OLDEST = select(func.min(story.c.id))


@dataclass(frozen=True, slots=True)
class Frequency:
    """How many stories have something, and back to which id the newest few thousand of them lie."""

    stories: float
    reach: int


@dataclass(frozen=True, slots=True)
class Extent:
    """How many stories there are, and from which id to which."""

    stories: int
    oldest: int
    newest: int

    @property
    def span(self) -> int:
        """From the oldest to the newest, in ids."""
        return self.newest - self.oldest + 1

    @classmethod
    def of(cls, connection: Connection, until: int) -> "Extent":
        """Of the whole archive; `until` is the newest id to look at."""
        oldest = connection.execute(_OLDEST).scalar_one() or 0
        return cls(stories.last_number(connection), oldest, until)


def newest(connection: Connection, plan: Plan, limit: int) -> Sequence[int]:
    """Ids of matches, newest first."""
    if plan.expression and not plan.rest:
        span = plan.ids.low, plan.ids.high
        return dialects.newest_in_index(connection, plan.expression, span, limit)
    statement, id_, parameters = _asked(plan)
    parameters["limit"] = limit
    return connection.execute(_first(statement, id_), parameters).scalars().all()


def among(connection: Connection, plan: Plan, ids: Iterable[int]) -> Sequence[int]:
    """Those of some ids for which the part of a plan holds that is not for the index alone."""
    if not plan.rest:
        return list(ids)
    statement, id_, parameters = _asked(replace(plan, expression=""))
    parameters["these"] = dialects.packed(ids)
    narrowed = statement.where(id_.in_(dialects.listed("these")))
    return connection.execute(narrowed, parameters).scalars().all()


def count(connection: Connection, plan: Plan) -> int:
    """How many stories match: every match is walked, so bound the ids."""
    if plan.empty:
        return 0
    statement, _, parameters = _asked(plan)
    counted = select(func.count()).select_from(statement.subquery())
    return int(connection.execute(counted, parameters).scalar_one())


class Frequencies:
    """How common leaves are, each asked once while no newer story is there.

    A search that finds nothing asks again for any of its words, and small words are in many
    searches: so it is remembered beside the connection, for the newest story asked about.
    """

    def __init__(self, connection: Connection, until: int) -> None:
        self._connection = connection
        self.until = until
        remembered, known = connection.info.get(_MEMORY, (None, {}))
        fits = remembered == until and len(known) < _REMEMBERED
        self._known: dict[Leaf, Frequency] = known if fits else {}
        connection.info[_MEMORY] = until, self._known

    @cached_property
    def extent(self) -> Extent:
        """Of the archive they are counted in."""
        return Extent.of(self._connection, self.until)

    def of(self, leaf: Leaf) -> Frequency:
        """Counted up to a sample, beyond it judged by its density."""
        found = self._known.get(leaf)
        if found is None:
            found = self._known[leaf] = frequency(self._connection, leaf, self.extent)
        return found

    def often(self, leaf: Leaf) -> float:
        """About how many stories have to be looked at for it: of a phrase those with its rarest word."""
        if not leaf.phrase:
            return self.of(leaf).stories
        return min(_of_words(self._connection, leaf, self.extent), default=0)


def frequency(connection: Connection, leaf: Leaf, extent: Extent) -> Frequency:
    """How common a leaf is: counted up to a sample, beyond it judged by its density.

    Each place of the rarest word of a phrase is looked at; so only so many of them are.
    """
    low = 0
    if leaf.phrase:
        often = min(_of_words(connection, leaf, extent), default=0)
        most = _PLACES / prod(map(len, leaf.positions))
        if often > most:
            low = int(extent.newest - extent.span * most / often)
    return _sampled(connection, leaf.expression, extent, low)


def _of_words(connection: Connection, leaf: Leaf, extent: Extent) -> list[float]:
    """How many stories have each word of a phrase."""
    words = [any_of(map(quoted, sorted(place))) for place in leaf.positions]
    return [_sampled(connection, word, extent, 0).stories for word in words]


def reach_of(found: Sequence[int], until: int) -> int:
    """How far back to look for the sole leaf of a query beside others, by its newest matches."""
    return until - (until - found[-1] + 1) * _REACH


def _sampled(connection: Connection, expression: str, extent: Extent, low: int) -> Frequency:
    span = low, extent.newest + 1
    found, last = dialects.sampled(connection, expression, span, SAMPLE)
    if found < SAMPLE and not low:
        return Frequency(found, 0)
    spanned = extent.newest - (last if found == SAMPLE else low) + 1
    often = found * extent.span / spanned
    return Frequency(often, max(low, extent.newest - spanned * _REACH))


def _asked(plan: Plan) -> tuple[Select[Any], ColumnElement[int], dict[str, Any]]:
    """The statement, its id, and its parameters."""
    parameters: dict[str, Any] = {"low": plan.ids.low, "high": plan.ids.high}
    if plan.expression:
        statement, id_ = _MATCHING, dialects.indexed.c.rowid
        parameters |= {"expression": plan.expression}
    else:
        statement, id_ = _ALL, story.c.id
    for condition in plan.rest:
        statement = statement.where(_clause(condition, id_))
    return statement, id_, parameters


def _clause(condition: Condition, id_: ColumnElement[int]) -> ColumnElement[bool]:
    """A condition that is not for the index alone, as a condition on a story's id."""
    expression = expression_of(condition)
    if expression is not None:
        matching = _INDEXED.where(dialects.in_index(literal(expression)))
        return id_.in_(matching.correlate(None))
    match condition:
        case Ids(low, high):
            return and_(id_ >= low, id_ < high)
        case Told(channel, negated):
            told = id_.in_(_told_in(channel))
            return ~told if negated else told
        case AllOf(parts):
            return and_(*(_clause(part, id_) for part in parts))
        case AnyOf(parts):
            return or_(false(), *(_clause(part, id_) for part in parts))
        case _:
            raise TypeError(condition)


def _told_in(channel: str) -> Any:
    """Ids of the stories that stand in a channel, by themselves or in a list."""
    here = and_(post.c.channel == channel, _STANDING)
    alone = select(post.c.story).where(here, post.c.story.is_not(None))
    listed = select(post_member.c.story).join(post, post.c.id == post_member.c.post).where(here)
    return union_all(alone, listed)
