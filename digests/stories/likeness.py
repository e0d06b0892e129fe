"""How alike two tellings are: vectors of rare words and of their parts. Pure, no libraries.

A headline has ten words, so each must count for what it says. A word weighs by how rare it is in
the news at large, not among the few stories of these days: there "eBay" is common exactly when
something happens to eBay (measured: 0.06 B-cubed F1 better). Parts of words, three and four
letters long, let `hacker` meet `hacked` and carry languages without stemmer; each word gives its
own weight to its parts.
"""

import json
from array import array
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from heapq import nlargest
from importlib.resources import files
from itertools import repeat
from math import sqrt
from operator import itemgetter, mul
from sys import intern
from typing import Generic, TypeVar

Vector = Mapping[str, float]  # of length 1, or empty
K = TypeVar("K", bound=Hashable)

_WORDS, _PARTS = 0.4, 0.6  # their shares of a likeness; chosen on the development data
_MOST_TERMS = 120
_LONGEST = 40
_PART = "-"  # what a part of a word begins with, and no word
_LOOKED_AT = 1000  # places of words in groups, in search of those to compare
_CANDIDATES = 16  # groups that are compared in full


def vector(title: Sequence[str], text: Sequence[str] = ()) -> Vector:
    """The vector of a telling, from the terms of `digests.text.tokens`: headline, first sentences.

    Only the headline's words are taken apart: in a text they are too many for the memory of a
    window of thousands, and say nothing new.
    """
    words: defaultdict[str, float] = defaultdict(float)
    parts: defaultdict[str, float] = defaultdict(float)
    for term in (*title, *text)[:_MOST_TERMS]:
        words[intern(term)] += rarity(term)
    for term in title[:_MOST_TERMS]:
        pieces = _pieces(term[:_LONGEST])
        weight = rarity(term) / sqrt(len(pieces) or 1)
        for piece in pieces:
            parts[piece] += weight
    return _scaled(_scaled(words, _WORDS) | _scaled(parts, _PARTS), 1.0)


def rarity(term: str) -> float:
    """From 0 (in every text) to 1 (in hardly any)."""
    return _commonness().get(term, 1.0)


def cosine(one: Vector, other: Vector) -> float:
    """From 0 (nothing in common) to 1."""
    small, large = (one, other) if len(one) <= len(other) else (other, one)
    return sum(weight * large[name] for name, weight in small.items() if name in large)


@dataclass(frozen=True, slots=True)
class _Sum:
    """The members of a group added up; a dictionary of it would take seven times the memory."""

    names: tuple[str, ...]
    weights: "array[float]"
    length: float


class Groups(Generic[K]):
    """Groups of vectors, each compared by the mean of its members."""

    def __init__(self) -> None:
        self._sums: dict[K, _Sum] = {}
        self._having: dict[str, list[K]] = {}  # by word; the oldest first

    def __contains__(self, group: K) -> bool:
        return group in self._sums

    def add(self, group: K, member: Vector) -> None:
        """Put a vector into a group, which is made if need be."""
        known = self._sums.get(group)
        total = dict(zip(known.names, known.weights, strict=True)) if known else {}
        for name, weight in member.items():
            if name not in total and not name.startswith(_PART):
                self._having.setdefault(name, []).append(group)
            total[name] = total.get(name, 0.0) + weight
        length = sqrt(sum(weight * weight for weight in total.values()))
        self._sums[group] = _Sum(tuple(total), array("f", total.values()), length)

    def drop(self, group: K) -> None:
        """Take a group out."""
        gone = self._sums.pop(group, None)
        for name in gone.names if gone else ():
            groups = self._having.get(name)
            if groups is not None:
                groups.remove(group)  # mostly the oldest: found at once
                if not groups:
                    del self._having[name]

    def nearest(self, one: Vector) -> list[tuple[float, K]]:
        """Likeness (0 to 1) and group, most alike first.

        Compared are the groups that share the words which fewest of them have; what shares only
        words that everybody has these days is never that near.
        """
        shared: defaultdict[K, float] = defaultdict(float)
        looked = 0
        for name in sorted(one.keys() & self._having.keys(), key=self._spread):
            looked += self._spread(name)
            if looked > _LOOKED_AT and len(shared) >= _CANDIDATES:
                break
            for group in self._having[name]:
                shared[group] += one[name]
        best = nlargest(_CANDIDATES, shared, key=shared.__getitem__)
        full = [(self._likeness(group, one), group) for group in best]
        return sorted(full, key=itemgetter(0), reverse=True)

    def _spread(self, name: str) -> int:
        return len(self._having[name])

    def _likeness(self, group: K, one: Vector) -> float:
        total = self._sums[group]
        ours = map(one.get, total.names, repeat(0.0))
        product: float = sum(map(mul, ours, total.weights))
        return product / total.length if total.length else 0.0


@lru_cache(maxsize=4_096)  # headlines of one day say the same words again and again
def _pieces(term: str) -> tuple[str, ...]:
    """Three and four neighbouring letters, the word's edges among them; never equal to a term."""
    edged = f" {term} "
    return tuple(
        intern(f"{_PART}{edged[at : at + length]}")
        for length in (3, 4)
        for at in range(len(edged) - length + 1)
    )


def _scaled(weights: Mapping[str, float], share: float) -> dict[str, float]:
    """To a length whose square is the share."""
    length = sqrt(sum(weight * weight for weight in weights.values()))
    factor = sqrt(share) / length if length else 0.0
    return {name: weight * factor for name, weight in weights.items() if weight}


@cache
def _commonness() -> Mapping[str, float]:
    text = files("digests.weights").joinpath("commonness.json").read_text("utf-8")
    table: dict[str, float] = json.loads(text)
    return table
