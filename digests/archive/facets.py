"""What a field of the query language looks for, as words of the index.

A publisher, a topic or a CVE is indexed as one word of its own kind. So a query of words and fields
alike is one question to the full-text index, which intersects the lists by itself, newest first.
The kinds start with a character of the private use area: no text of a story can hold such a word.

A number is three words, by its digits from the left: 73 is 0, 07 and 073. A span of numbers is then
any of a few words: 65 to 100 is 065 to 069, 07, 08, 09 and 100.
"""

from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b

from digests.model import Story
from digests.rules.traits import numbers_of, trait, traits_of

VERSION = 2  # of what is indexed beside the words; raise it to have the archive index anew
_MARK = "\ue000"
_DIGITS = 3
ALL = f"{_MARK}all"  # in every story: "everything except" needs something to take away from


def facets_of(story: Story) -> str:
    """All such words of a story, joined by spaces."""
    return " ".join(dict.fromkeys(_facets(story)))


def facet(field: str, value: str) -> str:
    """The word for `field:value`; the value as rules/fields.py normalises it."""
    return _word(*trait(field, value))


def numbers(field: str, span: range) -> list[str]:
    """The words of which a story has one when its number lies in the span."""
    return [f"{_MARK}{field}{digits}" for digits in _spelled(span)]


@lru_cache(maxsize=4_096)
def _word(field: str, value: str) -> str:
    # Any value is one word: hashed, so that neither its characters nor its length matter.
    digest = blake2b(value.encode("utf-8", "surrogatepass"), digest_size=9)
    return f"{_MARK}{field}{digest.hexdigest()}"


def _facets(story: Story) -> Iterator[str]:
    yield ALL
    for one in traits_of(story):
        yield _word(*one)
    for name, value in numbers_of(story).items():
        yield from _number(name, value)


@lru_cache(maxsize=4_096)
def _number(name: str, value: int) -> tuple[str, ...]:
    digits = f"{value:0{_DIGITS}}"
    return tuple(f"{_MARK}{name}{digits[:length]}" for length in range(1, _DIGITS + 1))


def _spelled(span: range) -> Iterator[str]:
    """The shortest beginnings of numbers that cover the span and nothing else."""
    at = span.start
    while at < span.stop:
        length = _DIGITS
        size = 1
        while length > 1 and at % (size * 10) == 0 and at + size * 10 <= span.stop:
            size, length = size * 10, length - 1
        yield f"{at:0{_DIGITS}}"[:length]
        at += size
