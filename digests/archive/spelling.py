"""What somebody may have meant whose words no story has: the nearest words of the index.

Only asked for when nothing was found, and bounded: words that begin alike, a few hundred of them.
Nearness is Damerau's: letters swapped, left out, added or changed (Damerau, "A technique for
computer detection and correction of spelling errors", 1964).
"""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import Connection

from digests.archive import dialects, matching, stories
from digests.archive.leaves import leaf_of, quoted
from digests.archive.matching import Extent
from digests.archive.plan import Ids, Plan
from digests.model import StoryId
from digests.rules.query import And, Or, Query, Word
from digests.text.tokens import Token, analyze, query_terms

_LIKELY = 600  # indexed words that begin alike and are compared
_SHORTEST = 4  # letters; nothing is near to a shorter word
_LEAST = 2  # of them that are left when it is folded
_FAR = 0.34  # of a word's letters that may be wrong, and no more than two


def respelt(connection: Connection, query: Query) -> Query | None:
    """The query with its unknown words put right; None when there is nothing to put right."""
    match query:
        case And(queries) | Or(queries):
            parts = [respelt(connection, one) for one in queries]
            if not any(parts):
                return None
            pairs = zip(parts, queries, strict=True)
            return type(query)(tuple(better or one for better, one in pairs))
        case Word(text, prefix=False) if len(text) >= _SHORTEST and text.isalpha():
            return _nearest(connection, text)
        case _:
            return None


def _nearest(connection: Connection, text: str) -> Word | None:
    leaf = leaf_of(Word(text))
    extent = Extent.of(connection, stories.last_id(connection))
    if leaf is None or matching.frequency(connection, leaf, extent).stories:
        return None
    asked = min(min(query_terms(text), default=frozenset({text})), key=len)
    if len(asked) < _LEAST:  # signs that only stretch a word, or stand above its letters, are gone
        return None
    most = min(2, int(len(asked) * _FAR))
    near = [
        (distance(asked, term, most), term)
        for term in _likely(connection, asked)
        if abs(len(term) - len(asked)) <= most
    ]
    closest = sorted(pair for pair in near if pair[0] <= most)[:5]
    if not closest:
        return None
    often = {
        term: matching.frequency(
            connection, replace(leaf, expression=quoted(term)), extent
        ).stories
        for _, term in closest
    }
    best = min(closest, key=lambda pair: (pair[0], -often[pair[1]]))[1]
    return _as_written(connection, best)


def _likely(connection: Connection, asked: str) -> Iterable[str]:
    """Indexed words that begin like it, or would if its first letters were swapped."""
    for start in dict.fromkeys((asked[:3], asked[:2], asked[1] + asked[0])):
        yield from dialects.some_terms(connection, start, _LIKELY)


def _as_written(connection: Connection, term: str) -> Word:
    """The index has stems; the newest story with this one says how people write it."""
    plan = Plan(quoted(term), Ids(0, stories.last_id(connection) + 1), (), ())
    newest = [StoryId(one) for one in matching.newest(connection, plan, 1)]
    for story in stories.load(connection, newest):
        for text in (story.headline, *story.sentences):
            for token in analyze(text, story.language):
                if token.term == term:
                    return Word(_cut(text, token).casefold())
    return Word(term)


def _cut(text: str, token: Token) -> str:
    return text[token.start : token.end]


def distance(one: str, other: str, most: int) -> int:
    """How many letters to swap, leave out, add or change; `most` + 1 when it is more."""
    above: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        above, last, row = row, above, [i]
        for j, against in enumerate(other, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
