"""Does a story match a query? The same tokens and the same answer as the archive's search.

What a field means, here and in `archive/search.py`:
`publisher:` the registrable domain, or its first labels (`publisher:krebsonsecurity`) ·
`feed:` the feed's name · `topic:` one of the topics · `country:`, `language:` equal ·
`cve:` one of the CVEs, `*` any · `title:` word or phrase in the headline. Case never matters.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from digests.model import IndexTokens, Story
from digests.rules.query import And, Everything, Field, Not, Or, Phrase, Query, Word
from digests.text.tokens import query_terms

Positions = Sequence[frozenset[str]]  # one set of alternatives for each place


@dataclass(frozen=True, slots=True)
class Subject:
    """A story with the tokens that the index holds of it."""

    story: Story
    title: tuple[str, ...]
    body: tuple[str, ...]


def subject(story: Story, tokens: IndexTokens) -> Subject:
    """Prepare a story for many queries."""
    return Subject(story, tuple(tokens.title.split()), tuple(tokens.body.split()))


def matches(query: Query, seen: Subject) -> bool:
    """Evaluate the tree. Search-only fields (since:, before:, date:) never match here."""
    match query:
        case Everything():
            return True
        case And(queries):
            return all(matches(q, seen) for q in queries)
        case Or(queries):
            return any(matches(q, seen) for q in queries)
        case Not(inner):
            return not matches(inner, seen)
        case Word(text, prefix):
            return _has_word(text, (seen.title, seen.body), prefix=prefix)
        case Phrase(text):
            return _has_phrase(text, (seen.title, seen.body))
        case Field():
            return _field(query, seen)


def _field(wanted: Field, seen: Subject) -> bool:
    story, value = seen.story, wanted.value
    match wanted.name:
        case "title" if wanted.phrase:
            return _has_phrase(value, (seen.title,))
        case "title":
            text, star = value.rstrip("*"), value.endswith("*")
            return _has_word(text, (seen.title,), prefix=star)
        case "cve":
            return bool(story.cves) if value == "*" else value in story.cves
        case "publisher":
            publisher = story.publisher.casefold()
            return publisher == value or publisher.startswith(value + ".")
        case "feed":
            return story.feed.casefold() == value
        case "topic":
            return value in (topic.casefold() for topic in story.topics)
        case "country":
            return story.country.upper() == value
        case "language":
            return story.language.casefold() == value
        case _:
            return False


def _has_word(text: str, places: Sequence[Sequence[str]], *, prefix: bool) -> bool:
    positions = query_terms(text)
    if not positions:
        return False
    present = {term for place in places for term in place}
    if prefix:
        # Only the last place is open; stems end early, so a prefix also looks at what it stems to.
        stems = tuple(positions[-1])
        return all(p & present for p in positions[:-1]) and any(
            term.startswith(stems) for term in present
        )
    return all(p & present for p in positions)


def _has_phrase(text: str, places: Sequence[Sequence[str]]) -> bool:
    positions = [p for word in text.split() for p in query_terms(word)]
    return bool(positions) and any(_in_a_row(positions, place) for place in places)


def _in_a_row(positions: Positions, place: Sequence[str]) -> bool:
    last = len(place) - len(positions)
    return any(
        all(place[start + i] in alternatives for i, alternatives in enumerate(positions))
        for start in range(last + 1)
    )
