"""ROUGE-1 and ROUGE-2 (Lin, 2004), F1 in per cent, with Porter stems as its usual program has it."""

import re
from collections import Counter
from collections.abc import Iterable

import Stemmer

_STEMMER = Stemmer.Stemmer("porter")
_WORD = re.compile(r"[a-z0-9]+")


def tokens(text: str) -> list[str]:
    words = _WORD.findall(text.lower())
    return [_STEMMER.stemWord(word) if len(word) > 3 else word for word in words]


def grams(words: list[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(words[at:] for at in range(n)), strict=False))


def f1(ours: Counter[tuple[str, ...]], theirs: Counter[tuple[str, ...]]) -> float:
    met = (ours & theirs).total()
    return 200 * met / (ours.total() + theirs.total()) if met else 0.0


def rouge(sentences: Iterable[str], reference: str) -> tuple[float, float]:
    """ROUGE-1 and ROUGE-2 of a summary against the one a person wrote."""
    ours, theirs = tokens(" ".join(sentences)), tokens(reference)
    return f1(grams(ours, 1), grams(theirs, 1)), f1(grams(ours, 2), grams(theirs, 2))
