"""When all words find nothing: the query that asks for any of them."""

import re
from collections.abc import Iterator

from digests.rules.tree import And, Or, Phrase, Query, Word
from digests.text.tokens import query_terms

MOST_WORDS = 64
_MOST_TOGETHER = 3  # words in a row that are still looked for as such

# The little words of a sentence in five languages: any story has them.
_LITTLE = frozenset([
    "a", "an", "the", "of", "to", "in", "on", "at", "by", "for", "from", "with", "as", "is",
    "are", "was", "were", "be", "been", "it", "its", "this", "that", "and", "or", "not", "but",
    "after", "over", "into", "his", "her", "their", "he", "she", "they", "you", "your", "we",
    "our", "has", "have", "had", "will", "how", "why", "what", "who", "when", "der", "die",
    "das", "den", "dem", "des", "ein", "eine", "einen", "und", "oder", "im", "am", "auf", "von",
    "mit", "für", "zu", "zur", "zum", "ist", "sind", "war", "le", "la", "les", "un", "une",
    "du", "de", "et", "ou", "dans", "sur", "pour", "par", "avec", "est", "sont", "el", "los",
    "las", "una", "del", "y", "o", "en", "por", "para", "con", "es", "son", "que", "se", "au",
    "aux", "al", "в", "и", "на", "с", "по", "из", "для", "к", "не", "что", "это", "как", "от",
    "за", "о",
])  # fmt: skip
_BETWEEN_WORDS = re.compile(r"[\s\-/:]+")
_TELLING = re.compile(r"\w")


def widen(query: Query) -> Query | None:
    """Any of the words instead of all of them; None when there is nothing to widen.

    Words in a row, and words joined by hyphens, may then stand apart, and brackets around words
    that were all wanted hold nothing together any more. The little words of a sentence (the, und,
    de) are left out, unless there are no others: any story has them.
    """
    queries = tuple(_wanted(query))
    loose = [q for q in queries if isinstance(q, Word | Phrase)]
    firm = tuple(q for q in queries if not isinstance(q, Word | Phrase))
    parts = dict.fromkeys(part for one in loose for part in _apart(one))
    telling = [part for part in parts if part.text.casefold() not in _LITTLE]
    words = tuple(telling or parts)[:MOST_WORDS]
    if len(words) < 2:  # noqa: PLR2004 - one word has no alternative
        return None
    return And((*firm, Or(words))) if firm else Or(words)


def _wanted(query: Query) -> Iterator[Query]:
    if isinstance(query, And):
        for inner in query.queries:
            yield from _wanted(inner)
    else:
        yield query


def _apart(query: Word | Phrase) -> Iterator[Word | Phrase]:
    """A word or phrase, and the words of which it is made; of many words only those.

    A word that its parts say already (`tie-up`, but not `2024-3400`) would count beside them.
    """
    parts = [part for part in _BETWEEN_WORDS.split(query.text) if _TELLING.search(part)]
    if isinstance(query, Word) and (query.prefix or len(parts) == 1):
        yield query
        return
    if len(query.text.split()) <= _MOST_TOGETHER and not _is_its_parts(query):
        yield query
    if len(parts) > 1:
        yield from map(Word, parts)


def _is_its_parts(query: Word | Phrase) -> bool:
    return isinstance(query, Word) and len(query_terms(query.text)) > 1
