"""Does a story match a query? The same tokens and the same answer as the archive's search.

What the fields mean is said in traits.py. Words and phrases are looked for in the headline and
the condensed text, `title:` in the headline alone; a phrase stands in one of them as a whole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from digests.model import IndexTokens, Story
from digests.rules import fields
from digests.rules.query import And, Everything, Field, Not, Or, Phrase, Query, Word
from digests.rules.traits import Trait, numbers_of, trait, traits_of
from digests.text.tokens import query_terms

Positions = Sequence[frozenset[str]]  # one set of alternatives for each place


@dataclass(frozen=True, slots=True)
class Subject:
    """A story with all that queries look at: the tokens that the index holds, traits, numbers."""

    story: Story
    title: tuple[str, ...]
    body: tuple[str, ...]
    words: frozenset[str]  # of both
    traits: frozenset[Trait]
    numbers: Mapping[str, int]  # in units, see fields.py


def subject(story: Story, tokens: IndexTokens) -> Subject:
    """Prepare a story for many queries."""
    title, body = tuple(tokens.title.split()), tuple(tokens.body.split())
    words = frozenset((*title, *body))
    return Subject(story, title, body, words, frozenset(traits_of(story)), numbers_of(story))


def matches(query: Query, seen: Subject) -> bool:
    """Evaluate the tree. What only a search understands (since:, like:, ...) never matches here."""
    match query:
        case Everything():
            return True
        case And(queries):
            return all(matches(q, seen) for q in queries)
        case Or(queries):
            return any(matches(q, seen) for q in queries)
        case Not(inner):
            return not matches(inner, seen)
        case leaf:
            return leaf_matches(leaf, seen)


def leaf_matches(leaf: Word | Phrase | Field, seen: Subject) -> bool:
    """Whether a story has one word, phrase or field."""
    match leaf:
        case Word(text, prefix):
            return _has_word(text, seen.words, prefix=prefix)
        case Phrase(text):
            return _has_phrase(text, (seen.title, seen.body))
        case Field("title", value, phrase=True):
            return _has_phrase(value, (seen.title,))
        case Field("title", value):
            words = frozenset(seen.title)
            return _has_word(value.rstrip("*"), words, prefix=value.endswith("*"))
        case Field(name, value, op) if name in fields.NUMBERS:
            return seen.numbers.get(name, -1) in fields.span(name, op, value)
        case Field(name, value):
            return trait(name, value) in seen.traits


def phrase_positions(text: str) -> Positions:
    """The places of a phrase, each with its alternatives."""
    return [p for word in text.split() for p in query_terms(word)]


def _has_word(text: str, present: frozenset[str], *, prefix: bool) -> bool:
    positions = query_terms(text)
    if not positions:
        return False
    if prefix:
        # Only the last place is open; stems end early, so a prefix also looks at what it stems to.
        stems = tuple(positions[-1])
        return all(p & present for p in positions[:-1]) and any(
            term.startswith(stems) for term in present
        )
    return all(p & present for p in positions)


def _has_phrase(text: str, places: Sequence[Sequence[str]]) -> bool:
    positions = phrase_positions(text)
    return bool(positions) and any(_in_a_row(positions, place) for place in places)


def _in_a_row(positions: Positions, place: Sequence[str]) -> bool:
    last = len(place) - len(positions)
    return any(
        all(place[start + i] in alternatives for i, alternatives in enumerate(positions))
        for start in range(last + 1)
    )
