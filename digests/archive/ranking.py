"""Scores a few hundred candidates by their words: BM25 over title and text. Pure.

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009); a word in
the title counts as several in the text before saturation, as in BM25F. How common a word is comes
from the whole archive, never from the candidates: they were chosen because of their words.

Words that begin alike are often of one family where a stemmer keeps them apart (Ukraine and
Ukrainian, encrypted and encryption). They count as well, but less than the word itself: conflation
by truncation, Frakes, "Stemming Algorithms", in Information Retrieval: Data Structures and
Algorithms (1992), beside stems instead of in their place.

What the words mean together counts beside them: a linear combination of a lexical and a vector
score, as in Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval" (2023).
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from digests.archive.leaves import Leaf
from digests.text.meaning import likeness, meaning

K1 = 0.9
B = 0.75
TITLE_WEIGHT = 2
# Rare words say even more than BM25 lets them; with more than this, queries of many words lose what
# they gain elsewhere. Nearness of words, their order, their share, and words of the first answers
# (relevance feedback) brought nothing or cost.
RARITY = 1.25
# Of seven sets with 400 queries each all gained .002 to .008 of nDCG@10 by this, one of headlines of
# the same event nothing. From four letters on too many strangers begin alike.
KIN_LETTERS = 6
KIN = 0.5  # of a word itself
# A story that says what the query says, in whatever words, gains up to half of what the best one has
# by its words. One or two words alone say too little: there it brought nothing.
MEANING = 0.5
_SAYING = 3


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
    meaning: bytes = b""


def weight(stories_with: float, stories: float) -> float:
    """From the inverse document frequency; never negative."""
    rarity = math.log(1 + (max(stories - stories_with, 0) + 0.5) / (stories_with + 0.5))
    return float(rarity**RARITY)


def ranked(candidates: Sequence[Candidate], leaves: Sequence[Weighed]) -> list[int]:
    """Ids, best first; the newer one where scores are equal."""
    if not candidates:
        return []
    texts = [f"{f' {one.title} |' * TITLE_WEIGHT} {one.body} " for one in candidates]
    lengths = [text.count(" ") for text in texts]
    mean = sum(lengths) / len(lengths)
    everything = "".join(texts)
    counters = ((one.weight * (K1 + 1), _counter(one.leaf, everything)) for one in leaves)
    counted = [(worth, count) for worth, count in counters if count]
    scores = [
        _score(text, counted, length / mean) for text, length in zip(texts, lengths, strict=True)
    ]
    if meant := _meaning(leaves):
        best = max(scores)
        scores = [
            score + best * MEANING * likeness(meant, one.meaning)
            for one, score in zip(candidates, scores, strict=True)
        ]
    pairs = zip(scores, (one.id for one in candidates), strict=True)
    return [id_ for _, id_ in sorted(pairs, reverse=True)]


def _meaning(leaves: Sequence[Weighed]) -> bytes:
    """What the words of a query mean together; empty when they are too few to say."""
    if len(leaves) < _SAYING:
        return b""
    return meaning(
        word for one in leaves for words in one.leaf.positions for word in sorted(words)
    )


def _score(text: str, counted: Sequence[tuple[float, "Counter"]], length: float) -> float:
    damping = K1 * (1 - B + B * length)
    score = 0.0
    for worth, count in counted:
        if often := count(text):
            score += worth * often / (often + damping)
    return score


# How often a leaf occurs in a text with a space before and behind each word.
Counter = Callable[[str], float]


def _counter(leaf: Leaf, everything: str) -> Counter | None:
    """Texts are not taken apart: a word with its spaces is counted by code that is not Python's.

    A word said twice in a row shares a space with itself, and counts once. Forms that stand in none of
    the texts, as most of another language do, are not looked for in each; None when all are such.
    """
    patterns = [[one for one in forms if one in everything] for forms in _patterns(leaf)]
    if len(patterns) > 1:
        return _several(leaf, patterns) if all(patterns) else None
    forms = patterns[0]
    if starts := [one for one in _starts(leaf) if one in everything]:
        return partial(_with_kin, forms, starts)
    if len(forms) > 1:
        return partial(_sum, forms)
    return (lambda text: text.count(forms[0])) if forms else None


def _sum(forms: Sequence[str], text: str) -> int:
    return sum(map(text.count, forms))


def _with_kin(forms: Sequence[str], starts: Sequence[str], text: str) -> float:
    """A word, and in part whatever begins as it does."""
    alike = sum(map(text.count, starts))
    if not alike:  # only a form that is too short to have kin can be there
        return _sum(forms, text)
    often = _sum(forms, text)
    return often + KIN * max(alike - often, 0)


def _starts(leaf: Leaf) -> list[str]:
    """How the kin of a word begin; none of what is asked for by its beginning already."""
    if leaf.prefix:
        return []
    long = (form for form in leaf.positions[0] if len(form) >= KIN_LETTERS and form.isalpha())
    return sorted({f" {form[:KIN_LETTERS]}" for form in long})


def _several(leaf: Leaf, patterns: Sequence[Sequence[str]]) -> Counter:
    """Of several words as often as the rarest, in a phrase only where they stand in a row."""
    row = _row(leaf)

    def count(text: str) -> int:
        often = min(_sum(forms, text) for forms in patterns)
        return len(row.findall(text)) if often and leaf.phrase else often

    return count


def _row(leaf: Leaf) -> re.Pattern[str]:
    """Where a phrase begins; its words are letters and digits only."""
    first, *rest = ("|".join(map(re.escape, sorted(forms))) for forms in leaf.positions)
    return re.compile(f" (?:{first})(?={''.join(f' (?:{forms})' for forms in rest)} )")


def _patterns(leaf: Leaf) -> list[list[str]]:
    """What to count for each position: whole words, of a prefix only how they begin."""
    patterns = [[f" {form} " for form in forms] for forms in leaf.positions]
    if leaf.prefix:
        starts = leaf.positions[-1]
        shortest = [s for s in starts if not any(s != o and s.startswith(o) for o in starts)]
        patterns[-1] = [f" {start}" for start in shortest]
    return patterns


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
