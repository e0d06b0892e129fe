"""How alike two tellings are: vectors of rare words and of their parts. Pure, no libraries.

A headline has ten words, so each must count for what it says. A word weighs by how rare it is in
the news at large, not among the few stories of these days: there "eBay" is common exactly when
something happens to eBay (measured: 0.06 B-cubed F1 better). Parts of words, three and four
letters long, let `hacker` meet `hacked` and carry languages without stemmer; each word gives its
own weight to its parts.
"""

import json
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from math import sqrt
from operator import itemgetter
from sys import intern
from typing import Generic, TypeVar

Vector = Mapping[str, float]  # of length 1, or empty
K = TypeVar("K", bound=Hashable)

_WORDS, _PARTS = 0.4, 0.6  # their shares of a likeness; chosen on the development data
_MOST_TERMS = 120
_LONGEST = 40
_TELLING = 0.3  # commoner words bring nobody together
_CANDIDATES = 16  # groups that are compared in full


def vector(title: Sequence[str], text: Sequence[str] = ()) -> Vector:
    """The vector of a telling, from the terms of `digests.text.tokens`: headline, first sentences.

    Only the headline's words are taken apart: in a text they are too many for the memory of a
    window of thousands, and say nothing new.
    """
    words: dict[str, float] = defaultdict(float)
    parts: dict[str, float] = defaultdict(float)
    for term in (*title, *text)[:_MOST_TERMS]:
        words[term] += rarity(term)
    for term in title[:_MOST_TERMS]:
        pieces = _pieces(term[:_LONGEST])
        for piece in pieces:
            parts[piece] += rarity(term) / sqrt(len(pieces))
    return _scaled(_scaled(words, _WORDS) | _scaled(parts, _PARTS), 1.0)


def rarity(term: str) -> float:
    """From 0 (in every text) to 1 (in hardly any)."""
    return _commonness().get(term, 1.0)


def cosine(one: Vector, other: Vector) -> float:
    """From 0 (nothing in common) to 1."""
    small, large = (one, other) if len(one) <= len(other) else (other, one)
    return sum(weight * large[name] for name, weight in small.items() if name in large)


class Groups(Generic[K]):
    """Groups of vectors, each compared by the mean of its members."""

    def __init__(self) -> None:
        self._sums: dict[K, dict[str, float]] = {}
        self._lengths: dict[K, float] = {}
        self._having: dict[str, set[K]] = defaultdict(set)  # by telling word

    def __contains__(self, group: K) -> bool:
        return group in self._sums

    def add(self, group: K, member: Vector) -> None:
        """Put a vector into a group, which is made if need be."""
        total = self._sums.setdefault(group, {})
        for name, weight in member.items():
            total[name] = total.get(name, 0.0) + weight
            if _tells(name):
                self._having[name].add(group)
        self._lengths[group] = sqrt(sum(weight * weight for weight in total.values()))

    def drop(self, group: K) -> None:
        """Take a group out."""
        for name in self._sums.pop(group, ()):
            groups = self._having.get(name)
            if groups is not None:
                groups.discard(group)
                if not groups:
                    del self._having[name]
        self._lengths.pop(group, None)

    def nearest(self, one: Vector) -> list[tuple[float, K]]:
        """Likeness (0 to 1) and group, most alike first; only groups that share a telling word."""
        shared: dict[K, float] = defaultdict(float)
        for name, weight in one.items():
            for group in self._having.get(name, ()):
                shared[group] += weight * self._sums[group][name] / self._lengths[group]
        best = sorted(shared.items(), key=itemgetter(1), reverse=True)[:_CANDIDATES]
        full = [(self._likeness(group, one), group) for group, _ in best]
        return sorted(full, key=itemgetter(0), reverse=True)

    def _likeness(self, group: K, one: Vector) -> float:
        return cosine(one, self._sums[group]) / self._lengths[group]


def _pieces(term: str) -> list[str]:
    """Three and four neighbouring letters, the word's edges among them; never equal to a term."""
    edged = f" {term} "
    return [
        intern(f"-{edged[at : at + length]}")
        for length in (3, 4)
        for at in range(len(edged) - length + 1)
    ]


def _tells(name: str) -> bool:
    return name[0] != "-" and rarity(name) >= _TELLING


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
