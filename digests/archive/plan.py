"""A query of rules/query.py becomes a question to the index, a span of ids, and words to score. Pure.

Negations are pushed down to the leaves, so what is left is "all of" and "any of". All of it but
the dates and channels is one expression for the full-text index. Dates are spans of ids; where
they stand beside the rest, as nearly always, they bound the walk through the index.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from digests.archive import dates
from digests.archive.facets import ALL
from digests.archive.leaves import Beginnings, Leaf, leaf_of, quoted, unknown
from digests.model.watching import is_watching
from digests.rules.query import And, Everything, Field, Not, Or, Phrase, Query, Word

END = 1 << 62  # above every id
_FEW = 3  # conditions that need no order
_NARROW = 2  # so many of the rarest conditions are met before the others are looked at,
_IN_TURN = 2  # of which so many are met one after the other

Often = Callable[[Leaf], float]  # how many stories have a leaf


@dataclass(frozen=True, slots=True)
class Words:
    """A condition that the index answers."""

    leaf: Leaf
    negated: bool = False

    @property
    def expression(self) -> str:
        """For the index, without the negation."""
        return self.leaf.expression


@dataclass(frozen=True, slots=True)
class Ids:
    """A half-open span of ids."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Told:
    """What stands in a channel, or did."""

    channel: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part; none of them is everything, or an AllOf itself."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part; with no parts, nothing."""

    parts: tuple["Condition", ...]


Condition = Words | Ids | Told | AllOf | AnyOf
EVERYTHING = AllOf(())
NOTHING = AnyOf(())


@dataclass(frozen=True, slots=True)
class Plan:
    """What to ask the database. A story matches when all of it holds."""

    expression: str  # for the index; "" asks nothing of it
    ids: Ids
    rest: tuple[Condition, ...]  # channels, and dates inside alternatives: asked piece by piece
    leaves: tuple[Leaf, ...]  # in the order of the query, without what is excluded
    optional: tuple[Leaf, ...] = ()  # those of them that a match may lack

    bare: bool = False  # all of the leaves, and nothing else but dates

    @property
    def empty(self) -> bool:
        """Whether nothing can match."""
        return self.ids.low >= self.ids.high


def plan(
    query: Query, now: datetime, begins: Beginnings = unknown, often: Often | None = None
) -> Plan:
    """Compile a query; `now` is what since:7d counts from.

    With `often` the rarest of many conditions come first: that is asked of each of them.
    """
    condition = _condition(query, _Context(now, begins), negated=False)
    if condition == NOTHING:
        return Plan("", Ids(0, 0), (), ())
    parts = condition.parts if isinstance(condition, AllOf) else (condition,)
    ids = Ids(0, END)
    for part in parts:
        if isinstance(part, Ids):
            ids = Ids(max(ids.low, part.low), min(ids.high, part.high))
    words = [part for part in parts if _is_words(part)]
    rest = tuple(p for p in parts if not isinstance(p, Ids) and not _is_words(p))
    expression = _conjunction(words, often) if words else ""
    leaves = tuple(dict.fromkeys(_leaves(query, begins)))
    optional = tuple(leaf for leaf in leaves if Words(leaf) not in parts)
    bare = not rest and {Words(leaf) for leaf in leaves} == set(words)
    return Plan(expression, ids, rest, leaves, optional, bare)


def expression_of(condition: Condition) -> str | None:
    """The condition as one expression for the index; None when dates or channels are in it."""
    return _expression(condition) if _is_words(condition) else None


def both(one: str, other: str) -> str:
    """An expression for stories that match both; "" asks nothing."""
    return f"({one}) AND ({other})" if one and other else one or other


def any_of(expressions: Iterable[str]) -> str:
    """An expression for stories that match at least one."""
    return _joined(" OR ", expressions)


@dataclass(frozen=True, slots=True)
class _Context:
    """What a query means depends on."""

    now: datetime
    begins: Beginnings


def _condition(query: Query, context: _Context, *, negated: bool) -> Condition:
    match query:
        case Everything():
            return NOTHING if negated else EVERYTHING
        case Not(inner):
            return _condition(inner, context, negated=not negated)
        case And(queries):
            parts = [_condition(q, context, negated=negated) for q in queries]
            return _any(parts) if negated else _all(parts)
        case Or(queries):
            parts = [_condition(q, context, negated=negated) for q in queries]
            return _all(parts) if negated else _any(parts)
        case Field(name, value) if name in dates.FIELDS:
            return _span(name, value, context.now, negated=negated)
        case Field("channel", value) if is_watching(value):  # nobody sees what another is told
            return EVERYTHING if negated else NOTHING
        case Field("channel", value):
            return Told(value, negated)
        case Word() | Phrase() | Field():
            leaf = leaf_of(query, context.begins)
            if leaf is None:
                return EVERYTHING if negated else NOTHING
            return Words(leaf, negated)
        case _:
            assert_never(query)


def _span(name: str, value: str, now: datetime, *, negated: bool) -> Condition:
    span = dates.span(name, value, now)
    if span is None:
        return EVERYTHING if negated else NOTHING
    low, high = span
    if not negated:
        return Ids(low, high)
    return _any([part for part in (Ids(0, low), Ids(high, END)) if part.low < part.high])


def _all(parts: Iterable[Condition]) -> Condition:
    flat: list[Condition] = []
    for part in parts:
        if part == NOTHING:
            return NOTHING
        flat.extend(part.parts if isinstance(part, AllOf) else (part,))
    return flat[0] if len(flat) == 1 else AllOf(tuple(flat))


def _any(parts: Iterable[Condition]) -> Condition:
    flat: list[Condition] = []
    for part in parts:
        if part == EVERYTHING:
            return EVERYTHING
        flat.extend(part.parts if isinstance(part, AnyOf) else (part,))
    return flat[0] if len(flat) == 1 else AnyOf(tuple(flat))


def _is_words(condition: Condition) -> bool:
    if isinstance(condition, AllOf | AnyOf):
        return all(_is_words(part) for part in condition.parts)
    return isinstance(condition, Words)


def _expression(condition: Condition) -> str:
    match condition:
        case Words(leaf, negated):
            return f"{quoted(ALL)} NOT ({leaf.expression})" if negated else leaf.expression
        case AnyOf(parts):
            return any_of(_expression(part) for part in _deepest_first(parts))
        case AllOf(parts):
            return _conjunction(parts)
        case _:
            raise TypeError(condition)


def _conjunction(parts: Sequence[Condition], often: Often | None = None) -> str:
    wanted, unwanted = [], []
    for part in _deepest_first(parts):
        if isinstance(part, Words) and part.negated:
            unwanted.append(part.expression)
        else:
            wanted.append(part)
    positive = _all_wanted(wanted, often) if wanted else quoted(ALL)
    return f"({positive}) NOT ({any_of(unwanted)})" if unwanted else positive


def _all_wanted(parts: Sequence[Condition], often: Often | None) -> str:
    if often is None or len(parts) <= _FEW:
        return _joined(" AND ", map(_expression, parts))
    rarity = {at: _often(part, often) for at, part in enumerate(parts)}
    order = [_expression(parts[at]) for at in sorted(rarity, key=lambda at: rarity[at])]
    met = _joined(" AND ", order[:_NARROW])
    for next_rarest in order[_NARROW : _NARROW + _IN_TURN]:
        met = both(whole(met), next_rarest)
    rest = order[_NARROW + _IN_TURN :]
    return _joined(" AND ", (whole(met), *rest)) if rest else met


def whole(expression: str) -> str:
    """The same, met before its neighbours are looked at.

    FTS5 makes one row of all conditions that AND joins, and moves every one of them along for each
    try. It does not look into a NOT; so behind one, a common word is only looked at where the rare
    ones meet. Measured on 150 sentences among a million stories: 1.1 ms instead of 11. One after
    the other is worth a fifth more where a condition is any of many words, as numbers are.
    """
    return f'({expression}) NOT ""'


def _often(condition: Condition, often: Often) -> float:
    """At most how many stories meet a condition."""
    match condition:
        case Words(leaf, negated=False):
            return often(leaf)
        case AllOf(parts):
            return min((_often(part, often) for part in parts), default=math.inf)
        case AnyOf(parts):
            return sum(_often(part, often) for part in parts)
        case _:
            return math.inf


def _joined(by: str, expressions: Iterable[str]) -> str:
    parts = list(expressions)
    return parts[0] if len(parts) == 1 else by.join(f"({part})" for part in parts)


def _deepest_first(parts: Iterable[Condition]) -> list[Condition]:
    """SQLite's parser keeps on its short stack whatever stands left of an open bracket."""
    return sorted(parts, key=_depth, reverse=True)


def _depth(condition: Condition) -> int:
    if isinstance(condition, AllOf | AnyOf):
        return 1 + max(map(_depth, condition.parts), default=0)
    return 0


def _leaves(query: Query, begins: Beginnings, *, negated: bool = False) -> Iterator[Leaf]:
    match query:
        case Not(inner):
            yield from _leaves(inner, begins, negated=not negated)
        case And(queries) | Or(queries):
            for inner in queries:
                yield from _leaves(inner, begins, negated=negated)
        case Word() | Phrase() | Field() if not negated:
            leaf = leaf_of(query, begins)
            if leaf is not None and leaf.positions:
                yield leaf
