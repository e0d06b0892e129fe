"""Scores a few hundred candidates by their words: BM25 over title and text. Pure.

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009); a word in
the title counts as several in the text before saturation, as in BM25F. How common a word is comes
from the whole archive, never from the candidates: they were chosen because of their words.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from digests.archive.leaves import Leaf

K1 = 1.2
B = 0.75
TITLE_WEIGHT = 2.0


@dataclass(frozen=True, slots=True)
class Weighed:
    """A leaf of the query and how much a story says by containing it."""

    leaf: Leaf
    weight: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A story's words, as they are in the index."""

    id: int
    title: tuple[str, ...]
    body: tuple[str, ...]


def weight(stories_with: float, stories: float) -> float:
    """Inverse document frequency: rare words say more; never negative."""
    return math.log(1 + (max(stories - stories_with, 0) + 0.5) / (stories_with + 0.5))


def ranked(candidates: Sequence[Candidate], leaves: Sequence[Weighed]) -> list[int]:
    """Ids, best first; the newer one where scores are equal."""
    lengths = [len(one.title) + len(one.body) for one in candidates]
    mean = sum(lengths) / len(lengths) if lengths else 1
    scored = [
        (_score(one, leaves, length / (mean or 1)), one.id)
        for one, length in zip(candidates, lengths, strict=True)
    ]
    return [id_ for _, id_ in sorted(scored, reverse=True)]


def _score(candidate: Candidate, leaves: Sequence[Weighed], length: float) -> float:
    title, body = Counter(candidate.title), Counter(candidate.body)
    damping = K1 * (1 - B + B * length)
    score = 0.0
    for one in leaves:
        often = TITLE_WEIGHT * _count(one.leaf, title, candidate.title)
        often += _count(one.leaf, body, candidate.body)
        if often:
            score += one.weight * often * (K1 + 1) / (often + damping)
    return score


def _count(leaf: Leaf, counted: Counter[str], words: Sequence[str]) -> int:
    """How often the leaf occurs in a field."""
    last = len(leaf.positions) - 1
    counts = []
    for at, position in enumerate(leaf.positions):
        if leaf.prefix and at == last:
            counts.append(sum(word.startswith(tuple(position)) for word in words))
        else:
            counts.append(sum(counted[word] for word in position))
    often = min(counts)
    return in_a_row(leaf, words) if leaf.phrase and often else often


def in_a_row(leaf: Leaf, words: Sequence[str]) -> int:
    """How often a phrase stands in these words."""
    return len(places(leaf, words))


def places(leaf: Leaf, words: Sequence[str]) -> list[int]:
    """Where a phrase begins in these words."""
    positions = leaf.positions
    return [
        start
        for start in range(len(words) - len(positions) + 1)
        if all(words[start + i] in alternatives for i, alternatives in enumerate(positions))
    ]
