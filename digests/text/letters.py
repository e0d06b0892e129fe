"""Which of four Latin languages a text is in, by its sequences of one to six letters.

Naive Bayes over py3langid's model, cut down to our four languages (languages.bin, see
languages.licence.md; written by benchmarks/training/languages.py). At each place the longest
known sequence that ends there counts, damped by the logarithm of how often it occurs.
"""

import json
import math
import zlib
from collections import Counter
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple
from unicodedata import normalize

LANGUAGES = ("de", "en", "es", "fr")
STEP = 0.05  # of a weight, which is a natural logarithm

_LONGEST = 6  # bytes


class _Model(NamedTuple):
    priors: tuple[float, ...]
    weights: Mapping[
        bytes, bytes
    ]  # in steps, of each language, by sequence; only differences count


def likelihoods(text: str) -> dict[str, float]:
    """How likely each language is; the four sum to one, alike when nothing is known of a letter."""
    spoken = text.lower() if text.isupper() else text
    letters = normalize("NFC", spoken).encode("utf-8", "surrogatepass")
    model = _model()
    counts = _counted(letters, model.weights)
    scores = list(model.priors) if counts else [0.0] * len(LANGUAGES)
    for sequence, count in counts.items():
        damped = STEP * math.log1p(count)
        for column, weight in enumerate(model.weights[sequence]):
            scores[column] += damped * weight
    return dict(zip(LANGUAGES, _shares(scores, len(letters)), strict=True))


def _counted(letters: bytes, known: Mapping[bytes, bytes]) -> Counter[bytes]:
    """How often each sequence is the longest known one that ends at a place."""
    found: list[bytes] = []
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - _LONGEST), end):
            if letters[start:end] in known:
                found.append(letters[start:end])
                break
    return Counter(found)


def _shares(scores: list[float], length: int) -> list[float]:
    """Scores to likelihoods, less certain by the root of the length: letters are no coin tosses."""
    best = max(scores)
    odds = [math.exp((score - best) / math.sqrt(length or 1)) for score in scores]
    return [one / sum(odds) for one in odds]


@cache
def _model() -> _Model:
    packed = files("digests.weights").joinpath("languages.bin").read_bytes()
    head, _, table = zlib.decompress(packed).partition(b"\n")
    written = json.loads(head)
    wide, count = len(LANGUAGES), written["count"]
    weights = (table[at : at + wide] for at in range(0, wide * count, wide))
    sequences = table[wide * count :].split(b"\0")
    return _Model(tuple(written["priors"]), dict(zip(sequences, weights, strict=True)))
