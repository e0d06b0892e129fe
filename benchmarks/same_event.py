"""The simple rival of grouping: one pass, average link on TF-IDF cosines, a window of 72 hours."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

WINDOW = timedelta(hours=72)
_WORD = re.compile(r"\w+")


def tfidf_groups(titles: Sequence[str], at: Sequence[datetime], threshold: float) -> list[int]:
    """The number of each title's group, in order of arrival."""
    texts = [Counter(_WORD.findall(title.lower())) for title in titles]
    spread = Counter(word for text in texts for word in text)
    vectors = [_vector(text, spread, len(texts)) for text in texts]
    members: list[list[int]] = []
    groups: list[int] = []
    for place, vector in enumerate(vectors):
        best, likeness = -1, threshold
        for number, group in enumerate(members):
            if at[place] - at[group[-1]] <= WINDOW:
                mean = sum(_cosine(vector, vectors[one]) for one in group) / len(group)
                if mean > likeness:
                    best, likeness = number, mean
        if best < 0:
            best = len(members)
            members.append([])
        members[best].append(place)
        groups.append(best)
    return groups


def _vector(text: Counter[str], spread: Counter[str], texts: int) -> dict[str, float]:
    weighed = {word: n * math.log(texts / spread[word]) for word, n in text.items()}
    norm = math.sqrt(sum(weight * weight for weight in weighed.values())) or 1.0
    return {word: weight / norm for word, weight in weighed.items()}


def _cosine(one: dict[str, float], other: dict[str, float]) -> float:
    return sum(weight * other[word] for word, weight in one.items() if word in other)
