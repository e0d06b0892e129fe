"""One word, phrase or field of a query as an expression for the index. Pure.

Every word is quoted and consists of letters and digits only, so nothing that a person types is
ever read as syntax. The meaning of each field is that of rules/traits.py.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import prod

from digests.archive.facets import facet, numbers
from digests.rules import fields
from digests.rules.query import Field, Phrase, Word
from digests.rules.traits import ANY
from digests.text.tokens import query_terms

_TRAITS = frozenset(fields.RULES) - {"title"} - fields.NUMBERS.keys()
_IN_TEXT = ("cve", *fields.TRACES)  # whose value stands in the text as it is, and can be marked
_MOST_VARIANTS = 256  # of one phrase, over the forms of its words

Positions = tuple[frozenset[str], ...]
# The indexed words that begin so; None: unknown, or too many to name.
Beginnings = Callable[[str], Sequence[str] | None]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One thing that is looked for: how to find, to score and to mark it."""

    expression: str
    positions: Positions = ()  # each one matched by any of its words; () when there are no words
    prefix: bool = False  # the last position is only how the word starts
    phrase: bool = False  # in this order, without anything between


def unknown(_start: str) -> None:
    """Without an index to look into."""


def leaf_of(query: Word | Phrase | Field, begins: Beginnings = unknown) -> Leaf | None:
    """None when it can never match. Dates are no leaves, see dates.py."""
    match query:
        case Word(text, prefix):
            return _word(text, begins if prefix else None)
        case Phrase(text):
            return _phrase(text)
        case Field("title", value, phrase=True):
            return _in_title(_phrase(value))
        case Field("title", value):
            return _in_title(_word(value.rstrip("*"), begins if value.endswith("*") else None))
        case Field(name, value, op) if name in fields.NUMBERS:
            expression = any_of(map(quoted, numbers(name, fields.span(name, op, value))))
            return Leaf(expression) if expression else None
        case Field(name, value) if name in _TRAITS:
            words = query_terms(value) if name in _IN_TEXT and value != ANY else ()
            return Leaf(quoted(facet(name, value)), words)
        case _:
            return None


def in_title(expression: str) -> str:
    """An expression that only looks at titles."""
    return f"{{title}} : ({expression})"


def quoted(word: str) -> str:
    """A word, or several in a row, as a string of the index's language."""
    return f'"{word}"'


def _word(text: str, begins: Beginnings | None) -> Leaf | None:
    positions = query_terms(text)
    if not _indexable(positions):
        return None
    parts = [any_of(map(quoted, sorted(position))) for position in positions]
    if begins is not None:
        parts[-1] = any_of(_beginning(positions[-1], begins))
    if not all(parts):
        return None
    return Leaf(_all(parts), positions, prefix=begins is not None)


def _beginning(starts: frozenset[str], begins: Beginnings) -> Iterator[str]:
    """Words named one by one are walked newest first; "a*" makes SQLite gather all matches."""
    for start in _shortest(starts):
        words = begins(start)
        yield from [f"{quoted(start)} *"] if words is None else map(quoted, words)


def _shortest(starts: frozenset[str]) -> list[str]:
    """Without those that begin with another one: what begins so begins with that."""
    return [
        one
        for one in sorted(starts)
        if not any(one != other and one.startswith(other) for other in starts)
    ]


def _phrase(text: str) -> Leaf | None:
    positions = tuple(p for word in text.split() for p in query_terms(word))
    if not _indexable(positions):
        return None
    parts = [
        " OR ".join(quoted(" ".join(words)) for words in product(*map(sorted, piece)))
        for piece in _pieces(positions)
    ]
    return Leaf(_all(parts), positions, phrase=len(positions) > 1)


def _indexable(positions: Positions) -> bool:
    """Whether the index could hold such words; half a character (a lone surrogate) it cannot."""
    return bool(positions) and all(word.isalnum() for words in positions for word in words)


def _pieces(positions: Positions) -> list[Positions]:
    """Each with a bearable number of variants; neighbours share a word to stay in a row."""
    pieces: list[Positions] = []
    start, variants = 0, len(positions[0])
    for end, position in enumerate(positions[1:], 1):
        variants *= len(position)
        if variants > _MOST_VARIANTS:
            pieces.append(positions[start:end])
            start = max(end - 1, start + 1)
            variants = prod(map(len, positions[start : end + 1]))
    return [*pieces, positions[start:]]


def _in_title(leaf: Leaf | None) -> Leaf | None:
    if leaf is None:
        return None
    return replace(leaf, expression=in_title(leaf.expression))


def any_of(expressions: Iterable[str]) -> str:
    """An expression for what has at least one of some words."""
    return " OR ".join(expressions)


def _all(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else " AND ".join(f"({part})" for part in parts)
