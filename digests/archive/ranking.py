"""Scores a few hundred candidates by their words: BM25 over title and text. Pure.

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009); a word in
the title counts as several in the text before saturation, as in BM25F. How common a word is comes
from the whole archive, never from the candidates: they were chosen because of their words.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from digests.archive.leaves import Leaf

K1 = 1.2
B = 0.75
TITLE_WEIGHT = 2


@dataclass(frozen=True, slots=True)
class Weighed:
    """A leaf of the query and how much a story says by containing it."""

    leaf: Leaf
    weight: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A story's words as they are in the index: in order, a space between them."""

    id: int
    title: str
    body: str


def weight(stories_with: float, stories: float) -> float:
    """Inverse document frequency: rare words say more; never negative."""
    return math.log(1 + (max(stories - stories_with, 0) + 0.5) / (stories_with + 0.5))


def ranked(candidates: Sequence[Candidate], leaves: Sequence[Weighed]) -> list[int]:
    """Ids, best first; the newer one where scores are equal."""
    if not candidates:
        return []
    lengths = [2 + one.title.count(" ") + one.body.count(" ") for one in candidates]
    mean = sum(lengths) / len(lengths)
    scored = [
        (_score(one, leaves, length / mean), one.id)
        for one, length in zip(candidates, lengths, strict=True)
    ]
    return [id_ for _, id_ in sorted(scored, reverse=True)]


def _score(candidate: Candidate, leaves: Sequence[Weighed], length: float) -> float:
    title, body = _spaced(candidate.title), _spaced(candidate.body)
    damping = K1 * (1 - B + B * length)
    score = 0.0
    for one in leaves:
        often = TITLE_WEIGHT * _count(one.leaf, title) + _count(one.leaf, body)
        if often:
            score += one.weight * often * (K1 + 1) / (often + damping)
    return score


def _spaced(words: str) -> str:
    """Two spaces between words, so that neighbours are counted both."""
    return f" {words.replace(' ', '  ')} "


def _count(leaf: Leaf, spaced: str) -> int:
    """How often the leaf occurs. Counting in the string is ten times as fast as in its words."""
    counts = [sum(spaced.count(f" {word} ") for word in words) for words in leaf.positions]
    if leaf.prefix:
        counts[-1] = sum(spaced.count(f" {start}") for start in _shortest(leaf.positions[-1]))
    often = min(counts)
    return len(places(leaf, spaced.split())) if leaf.phrase and often else often


def _shortest(starts: frozenset[str]) -> list[str]:
    """Without those that begin with another one: their words are counted by that."""
    return [
        one
        for one in starts
        if not any(one != other and one.startswith(other) for other in starts)
    ]


def places(leaf: Leaf, words: Sequence[str]) -> list[int]:
    """Where a phrase begins in these words."""
    positions = leaf.positions
    return [
        start
        for start in range(len(words) - len(positions) + 1)
        if all(words[start + i] in alternatives for i, alternatives in enumerate(positions))
    ]
