"""What in a query only the archive knows: another story to be like, and the names of channels."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from digests.archive import matching, stories
from digests.archive.leaves import leaf_of
from digests.archive.matching import Extent
from digests.archive.schema import channel, story_text
from digests.model import Key, Story
from digests.rules import fields
from digests.rules.query import And, Field, Not, Or, Query, Word, terms
from digests.rules.traits import FIELD_OF_NAME

_MOST_WORDS = 40  # of a story that are looked at
_TELLING = 10  # of these, the rarest are what it is about
_COMMON = 0.05  # a word in more of the stories than this says nothing,
_FEW = 10  # but for a small archive


@dataclass(frozen=True, slots=True)
class Resolved:
    """A query without riddles, and the stories that it is asked beside."""

    query: Query
    without: frozenset[int] = frozenset()


def resolve(connection: Connection, query: Query, until: int) -> Resolved:
    """Put in place of like: what its story is about, and channels as the file writes them."""
    asked = {
        leaf
        for leaf in terms(query)
        if isinstance(leaf, Field) and leaf.name in ("like", "channel")
    }
    if not asked:
        return Resolved(query)
    meant: dict[Field, Query] = {}
    without = set[int]()
    for leaf in asked:
        if leaf.name == "channel":
            meant[leaf] = Field("channel", _channel(connection, leaf.value))
        elif found := stories.find(connection, Key(leaf.value)):
            meant[leaf] = _likeness(connection, found, until)
            without.add(found.id)
    return Resolved(_replaced(query, meant), frozenset(without))


def _replaced(query: Query, meant: dict[Field, Query]) -> Query:
    match query:
        case And(queries):
            return And(tuple(_replaced(q, meant) for q in queries))
        case Or(queries):
            return Or(tuple(_replaced(q, meant) for q in queries))
        case Not(inner):
            return Not(_replaced(inner, meant))
        case Field():
            return meant.get(query, query)
        case _:
            return query


def _channel(connection: Connection, name: str) -> str:
    """Queries do not know upper case; the file does."""
    for known in connection.execute(select(channel.c.name)).scalars():
        if known.casefold() == name:
            return str(known)
    return name


def _likeness(connection: Connection, story: Story, until: int) -> Query:
    """Any of the CVEs and names of a story, and of its rarest words."""
    cves = [Field("cve", cve) for cve in story.cves[:_TELLING]]
    named = [
        Field(field, fields.normal(field, one.name))
        for one in story.names[:_TELLING]
        if (field := FIELD_OF_NAME.get(one.kind))
    ]
    return Or((*dict.fromkeys(cves + named), *_rarest(connection, story, until)))


def _rarest(connection: Connection, story: Story, until: int) -> Iterable[Word]:
    extent = Extent.of(connection, until)
    row = connection.execute(select(story_text).where(story_text.c.id == story.id)).one()
    words = dict.fromkeys(f"{row.title} {row.body}".split())
    often: dict[Word, float] = {}
    for word in map(Word, list(words)[:_MOST_WORDS]):
        leaf = leaf_of(word)
        if leaf is None:
            continue
        count = matching.frequency(connection, leaf, extent).stories
        if 1 < count <= max(_FEW, extent.stories * _COMMON):
            often[word] = count
    return sorted(often, key=lambda word: often[word])[:_TELLING]
