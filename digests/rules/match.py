"""Does a story match a query? The same tokens and the same answer as the archive's search.

What the fields mean is said in traits.py. Words and phrases are looked for in the headline and
the condensed text, `title:` in the headline alone; a phrase stands in one of them as a whole.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from digests.model import IndexTokens, Story
from digests.rules import fields
from digests.rules.query import And, Everything, Field, Not, Or, Phrase, Query, Word
from digests.rules.traits import Trait, numbers_of, trait, traits_of
from digests.text.tokens import query_terms

Positions = tuple[frozenset[str], ...]  # one set of alternatives for each place
Leaf = Word | Phrase | Field


@dataclass(frozen=True, slots=True)
class Subject:
    """A story with all that queries look at: the tokens that the index holds, traits, numbers."""

    story: Story
    title: tuple[str, ...]
    body: tuple[str, ...]
    title_words: frozenset[str]
    words: frozenset[str]  # of both
    traits: frozenset[Trait]
    numbers: Mapping[str, int]  # in units, see fields.py


Test = Callable[[Subject], bool]


def subject(story: Story, tokens: IndexTokens) -> Subject:
    """Prepare a story for many queries."""
    title, body = tuple(tokens.title.split()), tuple(tokens.body.split())
    return Subject(
        story,
        title,
        body,
        frozenset(title),
        frozenset((*title, *body)),
        frozenset(traits_of(story)),
        numbers_of(story),
    )


def matches(query: Query, seen: Subject) -> bool:
    """Evaluate the tree. What only a search understands (since:, like:, ...) never matches here."""
    return test_of(query)(seen)


def missing(query: Query, seen: Subject) -> Query:
    """The part of a query because of which it does not match: of a list of `all`, the first."""
    if not isinstance(query, And):
        return query
    lacking = next((one for one in query.queries if not matches(one, seen)), query)
    return lacking if lacking is query else missing(lacking, seen)


@lru_cache(maxsize=1_024)  # the rules of the channels, asked at every story
def test_of(query: Query) -> Test:
    """The query as a function, for asking it of many stories."""
    match query:
        case Everything():
            return lambda _seen: True
        case And(queries):
            return _all_of(tuple(map(test_of, queries)))
        case Or(queries):
            return _any_of(tuple(map(test_of, queries)))
        case Not(inner):
            test = test_of(inner)
            return lambda seen: not test(seen)
        case leaf:
            return _test_of_leaf(leaf)


def positions_of(leaf: Leaf) -> Positions:
    """What must stand in the text for a word or phrase; () for what is no matter of words."""
    match leaf:
        case Word(text) | Field("title", text, phrase=False):
            return query_terms(text.rstrip("*"))
        case Phrase(text) | Field("title", text):
            return tuple(p for word in text.split() for p in query_terms(word))
        case _:
            return ()


def is_prefix(leaf: Leaf) -> bool:
    """Whether its last position is only how a word starts."""
    if isinstance(leaf, Word):
        return leaf.prefix
    return isinstance(leaf, Field) and leaf.name == "title" and leaf.value.endswith("*")


def _test_of_leaf(leaf: Leaf) -> Test:
    match leaf:
        case Field(name, value, op) if name in fields.NUMBERS:
            span = fields.span(name, op, value)
            return lambda seen: seen.numbers.get(name, -1) in span
        case Field(name, value) if name != "title":
            wanted = trait(name, value)
            return lambda seen: wanted in seen.traits
    positions = positions_of(leaf)
    if not positions:
        return lambda _seen: False
    title = isinstance(leaf, Field)
    if isinstance(leaf, Phrase) or (isinstance(leaf, Field) and leaf.phrase):
        return _phrase(positions, title=title)
    return _word(positions, title=title, prefix=is_prefix(leaf))


def _word(positions: Positions, *, title: bool, prefix: bool) -> Test:
    *closed, last = positions
    # Only the last place is open; stems end early, so a prefix also looks at what it stems to.
    starts = tuple(last)
    if not closed and not prefix:  # the usual case, and the one that must cost nothing
        if title:
            return lambda seen: not last.isdisjoint(seen.title_words)
        return lambda seen: not last.isdisjoint(seen.words)

    def test(seen: Subject) -> bool:
        present = seen.title_words if title else seen.words
        if any(p.isdisjoint(present) for p in closed):
            return False
        if prefix:
            return any(term.startswith(starts) for term in present)
        return not last.isdisjoint(present)

    return test


def _phrase(positions: Positions, *, title: bool) -> Test:
    def test(seen: Subject) -> bool:
        present = seen.title_words if title else seen.words
        for place in positions:
            if place.isdisjoint(present):
                return False
        return _in_a_row(positions, seen.title) or (not title and _in_a_row(positions, seen.body))

    return test


def _all_of(tests: Sequence[Test]) -> Test:
    def test(seen: Subject) -> bool:
        for one in tests:  # noqa: SIM110 - a loop costs half of all(...) here
            if not one(seen):
                return False
        return True

    return test


def _any_of(tests: Sequence[Test]) -> Test:
    def test(seen: Subject) -> bool:
        for one in tests:  # noqa: SIM110 - a loop costs half of any(...) here
            if one(seen):
                return True
        return False

    return test


def _in_a_row(positions: Positions, place: Sequence[str]) -> bool:
    last = len(place) - len(positions)
    return any(
        all(place[start + i] in alternatives for i, alternatives in enumerate(positions))
        for start in range(last + 1)
    )
