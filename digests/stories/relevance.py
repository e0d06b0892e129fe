"""Is this security news? Words of the trade and a linear model of everyday words decide together.

The lexicon (lexicon.py) is written by hand and holds in all eight languages and over the years;
the linear model (relevance.json, from benchmarks/training/relevance.py) tells English reports
of the trade from general news that only sounds like it. The reasons are kept: people ask.
"""

import json
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

from digests.model import Relevance
from digests.stories.lexicon import INTERNATIONAL, LEXICON
from digests.text.folding import fold
from digests.text.language import detect
from digests.text.tokens import terms

THRESHOLD = 0.5  # of the score; from here on a text is security news

_READ = 300  # characters of the text looked at: what a story is about stands first
_TITLE = 300
_LEAST, _MOST = -6.0, 12.0  # bounds of what the lexicon alone can say
_IN_TITLE = 2  # times as much
_REASONS = 6
_PLAIN_LANGUAGES = 0.75  # per point of the lexicon above 3, where it has to decide alone
_ENOUGH = 3.0


@dataclass(frozen=True, slots=True)
class _Phrase:
    rest: tuple[str, ...]  # the terms behind the first one
    weight: float
    shown: str


@dataclass(frozen=True, slots=True)
class _Lexicon:
    phrases: Mapping[str, Sequence[_Phrase]]  # by first term
    prefixes: Mapping[str, _Phrase]
    starts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Linear:
    bias: float
    lexicon: float  # what one point of the lexicon weighs
    weights: Mapping[str, float]  # by term, or two terms with a space between


def relevance(title: str, text: str, language: str = "") -> Relevance:
    """How much of security news a text has; `language` is found out when it is not given.

    Only the first 300 characters of the text count, the headline twice. Reasons are the phrases
    that weighed most, "+ransomware" or "-recipe", at most six.
    """
    title, text = title[:_TITLE], text[:_READ]
    language = language or detect(f"{title}\n{text}")
    headline, body = terms(title, language).split(), terms(text, language).split()
    found = _found(headline, body, language)
    points = _bounded(found)
    said = _said(headline, body) if language == "en" else {}
    score = _score(points, said, language)
    return Relevance(score, score >= THRESHOLD, _reasons(found, said))


def _score(points: float, said: Mapping[str, float], language: str) -> float:
    if language == "en":
        model = _linear()
        margin = model.bias + model.lexicon * points + math.fsum(said.values())
    else:
        margin = _PLAIN_LANGUAGES * (points - _ENOUGH)
    return 1 / (1 + math.exp(-margin))


def _bounded(found: Mapping[str, float]) -> float:
    return min(max(sum(found.values()), _LEAST), _MOST)


def _found(headline: Sequence[str], body: Sequence[str], language: str) -> dict[str, float]:
    """The lexicon's phrases that stand in the text, with what each is worth here."""
    found: dict[str, float] = {}
    for phrase in _phrases(body, language):
        found[phrase.shown] = phrase.weight
    for phrase in _phrases(headline, language):
        found[phrase.shown] = _IN_TITLE * phrase.weight
    return found


def _phrases(words: Sequence[str], language: str) -> Iterator[_Phrase]:
    lexicon = _lexicon(language if language in LEXICON else "")
    for place, word in enumerate(words):
        for phrase in lexicon.phrases.get(word, ()):
            if phrase.rest == tuple(words[place + 1 : place + 1 + len(phrase.rest)]):
                yield phrase
        if word.startswith(lexicon.starts):
            yield from (one for start, one in lexicon.prefixes.items() if word.startswith(start))


def _said(headline: Sequence[str], body: Sequence[str]) -> dict[str, float]:
    """What each term that the model knows adds; the more terms are known, the less each."""
    weights = _linear().weights
    known = {gram: weights[gram] for gram in grams(headline, body) if gram in weights}
    # A set has its order from the process: what is made of it must not (hence fsum, and names in ties).
    size = math.sqrt(len(known)) or 1.0
    return {gram: weight / size for gram, weight in known.items()}


def grams(headline: Sequence[str], body: Sequence[str]) -> set[str]:
    """Terms and pairs of neighbours: what the linear model looks at."""
    return {
        *headline,
        *body,
        *(" ".join(pair) for words in (headline, body) for pair in pairwise(words)),
    }


def _reasons(found: Mapping[str, float], said: Mapping[str, float]) -> tuple[str, ...]:
    """The phrases of the lexicon first: they are written for people, the model's are stems."""
    by_hand = sorted(found.items(), key=lambda one: -abs(one[1]))
    learned = sorted(said.items(), key=lambda one: (-abs(one[1]), one[0]))
    heavy = [(name, weight) for name, weight in learned if abs(weight) >= _linear().lexicon]
    return tuple(
        ("+" if weight > 0 else "-") + name for name, weight in (by_hand + heavy)[:_REASONS]
    )


@cache
def _lexicon(language: str) -> _Lexicon:
    """The phrases of a language in its terms; of an unknown one, the international words."""
    phrases: defaultdict[str, list[_Phrase]] = defaultdict(list)
    prefixes: dict[str, _Phrase] = {}
    for written, weight in _weighed(language):
        shown = written.rstrip("*")
        first, *rest = terms(shown, language).split()
        if all(known.rest != tuple(rest) for known in phrases[first]):
            phrases[first].append(_Phrase(tuple(rest), weight, shown))
        if shown != written:
            prefixes[fold(shown)] = _Phrase((), weight, shown)
    return _Lexicon(phrases, prefixes, tuple(prefixes))


def _weighed(language: str) -> list[tuple[str, int]]:
    """The written phrases; of those that are one to the analyzer, the lighter first."""
    weighed = [
        (phrase.strip(), weight)
        for weights in LEXICON.get(language, (INTERNATIONAL,))
        for weight, row in weights.items()
        for phrase in row.split(",")
    ]
    return sorted(weighed, key=lambda one: abs(one[1]))


@cache
def _linear() -> _Linear:
    written = json.loads(files("digests.weights").joinpath("relevance.json").read_text("utf-8"))
    return _Linear(written["bias"], written["lexicon"], written["weights"])
