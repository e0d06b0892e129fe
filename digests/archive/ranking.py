"""Scores a few hundred candidates by their words: BM25 over title and text. Pure.

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009); a word in
the title counts as several in the text before saturation, as in BM25F. How common a word is comes
from the whole archive, never from the candidates: they were chosen because of their words.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from digests.archive.leaves import Leaf

K1 = 0.9
B = 0.75
TITLE_WEIGHT = 2
# Rare words say even more than BM25 lets them: on two sets of known items the exponent was worth
# .012 and .022 of nDCG@10. Nearness of words, their order and their share brought nothing.
RARITY = 1.5


@dataclass(frozen=True, slots=True)
class Weighed:
    """A leaf of the query and how much a story says by containing it."""

    leaf: Leaf
    weight: float


class Candidate(NamedTuple):
    """A story's words as they are in the index: in order, a space between them."""

    id: int
    title: str
    body: str


def weight(stories_with: float, stories: float) -> float:
    """From the inverse document frequency; never negative."""
    rarity = math.log(1 + (max(stories - stories_with, 0) + 0.5) / (stories_with + 0.5))
    return float(rarity**RARITY)


def ranked(candidates: Sequence[Candidate], leaves: Sequence[Weighed]) -> list[int]:
    """Ids, best first; the newer one where scores are equal."""
    if not candidates:
        return []
    lengths = [2 + one.title.count(" ") + one.body.count(" ") for one in candidates]
    mean = sum(lengths) / len(lengths)
    counter = _Counter([one.leaf for one in leaves])
    weights = [one.weight for one in leaves]
    scored = [
        (_score(counter.count(one), weights, length / mean), one.id)
        for one, length in zip(candidates, lengths, strict=True)
    ]
    return [id_ for _, id_ in sorted(scored, reverse=True)]


def _score(counts: Sequence[int], weights: Sequence[float], length: float) -> float:
    damping = K1 * (1 - B + B * length)
    return sum(
        worth * often * (K1 + 1) / (often + damping)
        for often, worth in zip(counts, weights, strict=True)
        if often
    )


class _Counter:
    """Counts the leaves of one query in many stories.

    Most candidates need not be taken apart: a word with a space on each side is counted in the
    text as a whole, by code that is not Python's. Two spaces between the words, so that each word
    has its own.
    """

    def __init__(self, leaves: Sequence[Leaf]) -> None:
        self._leaves = leaves
        self._patterns = [_patterns(leaf) for leaf in leaves]

    def count(self, candidate: Candidate) -> list[int]:
        """How often each leaf occurs, the title's counted several times."""
        text = f"{candidate.title} | " * TITLE_WEIGHT + candidate.body
        spaced = f" {text.replace(' ', '  ')} "
        return [
            _count(leaf, patterns, spaced)
            for leaf, patterns in zip(self._leaves, self._patterns, strict=True)
        ]


def _patterns(leaf: Leaf) -> list[list[str]]:
    """What to count for each position: whole words, of a prefix only how they begin."""
    patterns = [[f" {form} " for form in forms] for forms in leaf.positions]
    if leaf.prefix:
        starts = leaf.positions[-1]
        shortest = [s for s in starts if not any(s != o and s.startswith(o) for o in starts)]
        patterns[-1] = [f" {start}" for start in shortest]
    return patterns


def _count(leaf: Leaf, patterns: Sequence[Sequence[str]], text: str) -> int:
    """How often a leaf occurs in a text with two spaces between its words."""
    if len(patterns) == 1 and len(patterns[0]) == 1:
        return text.count(patterns[0][0])
    often = min(sum(map(text.count, forms)) for forms in patterns)
    return len(places(leaf, text.split())) if leaf.phrase and often else often


def places(leaf: Leaf, words: Sequence[str]) -> list[int]:
    """Where a phrase begins in these words."""
    first, *rest = leaf.positions
    last = len(words) - len(rest)
    starts = [at for at in range(last) if words[at] in first]
    return [
        at
        for at in starts
        if all(words[at + i] in position for i, position in enumerate(rest, start=1))
    ]
