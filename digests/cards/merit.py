"""How likely is a sentence one that a person would keep? Its place, its closeness, its substance.

The signs mean the same in all our languages; their weights are those of a logistic regression on
which sentences of 500 general news stories come closest to the highlights people wrote for them
(digests/weights/condense.json, from benchmarks/training/condense.py).
"""

import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain, pairwise

from digests.cards import reading_time
from digests.text.attribution import is_attributed

WORD = re.compile(r"[^\W_]+")
CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")

_FULL, _LONG = 40, 45  # words of a sentence
# What likeness to the headline weighs: a tie-break, set by hand, since the stories that taught
# the rest have none.
_HEADLINE = 0.5
_SHORTEST = 4  # letters of a word that says something; of Arabic, which writes no vowels, one less
_DIGIT = re.compile(r"\d")
_QUESTION = re.compile(r"[?？؟][\"'”’»」』)]*$")
_QUOTE = re.compile('["“”„«»「」]')
_FIRST_PERSON = frozenset(
    {"i", "me", "my", "we", "us", "our", "you", "your", "wir", "uns", "unser", "unsere", "unseren"}
    | {"unserem", "unserer", "unseres", "nous", "notre", "nos", "nosotros", "nuestro", "nuestra"}
    | {"nuestros", "nuestras", "мы", "наш", "наша", "наше", "наши", "наших", "нашей", "нашего"}
    | {"نحن"}
)
_LEANING = re.compile(  # a sentence that begins so leans on the one before it
    r"\W*(?:(?:he|she|they|it|this|that|these|those|his|her|their|but|and|so|yet|still|however|also|then|there"
    r"|er|sie|es|dies\w{0,2}|das|aber|und|doch|jedoch|auch|dann|dabei|deren|dessen"
    r"|il|elle|ils|elles|ce|cette|ces|mais|et|cependant|aussi|ainsi|alors|son|sa|leur|leurs"
    r"|él|ella|ellos|ellas|est[eao]s?|es[eao]s?|pero|y|sin embargo|también|entonces|su|sus"
    r"|он|она|они|оно|это|эт[аои]т?|но|и|однако|также|затем|его|её|их"
    r"|هو|هي|هم|هذا|هذه|ذلك|تلك|لكن|ولكن|كما|أيضا|وهو|وهي)\b"
    r"|他们?|她们?|它们?|这些?|那些?|但是?|而且?|然而|因此|此外|同时|這些?|彼ら?は?|彼女|それ|これ|この|その|しかし|また|そして|ただ)",
    re.IGNORECASE,
)

Vector = dict[str, float]

SIGNS = (
    "inverse place",
    "near the start",
    "place",
    "close to the whole",
    "pairs told again",
    "words that tell",
    "length",
    "too long",
    "names",
    "digit",
    "first person",
    "quotation mark",
    "question",
    "leaning",
    "attributed",
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and its words."""

    text: str
    units: Sequence[str]  # folded words in order; pairs of characters where no spaces are written
    words: Counter[str]  # how often each of them stands in it


def merits(
    known: Sequence[Sentence], spaces: Sequence[Vector], language: str, title: str = ""
) -> Iterator[float]:
    """How likely each of a text's sentences is one that a person would keep, from 0 to 1."""
    bias, weights = _weights()
    headline = _normal(dict.fromkeys(filter(_tells, units(title)), 1.0))
    for row, space in zip(signs(known, spaces, language), spaces, strict=True):
        score = bias + sum(weight * sign for weight, sign in zip(weights, row, strict=True))
        score += _HEADLINE * cosine(space, headline)
        yield 1 / (1 + math.exp(-score))


def signs(
    known: Sequence[Sentence], spaces: Sequence[Vector], language: str
) -> Iterator[tuple[float, ...]]:
    """For each sentence its SIGNS; `spaces` are the sentences' vectors."""
    centre = _centre(spaces)
    retold = _retold(known)
    for place, sentence in enumerate(known):
        yield (
            1 / (1 + place),
            math.exp(-place / 10),
            place / len(known),
            cosine(spaces[place], centre),
            retold[place],
            sum(map(_tells, sentence.units)) / max(1, len(sentence.units)),
            *_substance(sentence, language),
        )


def _substance(sentence: Sentence, language: str) -> tuple[float, ...]:
    """Signs that a sentence stands for itself."""
    # Two characters of Japanese or Chinese weigh about as much as one word.
    text = sentence.text
    size = reading_time.length(text, language) / (2 if language in {"ja", "zh"} else 1)
    inner = text.split()[1:]
    return (
        min(size / _FULL, 1),
        size > _LONG,
        sum(word[0].isupper() for word in inner) / max(1, len(inner)),
        _DIGIT.search(text) is not None,
        not _FIRST_PERSON.isdisjoint(sentence.words),
        _QUOTE.search(text) is not None,
        _QUESTION.search(text) is not None,
        leans(text),
        is_attributed(text, language),
    )


def leans(sentence: str) -> bool:
    """Whether a sentence begins with he, this, but or their kin, and so leans on the one before."""
    return _LEANING.match(sentence) is not None


def _retold(known: Sequence[Sentence]) -> list[float]:
    """The share of each sentence's pairs of neighbouring words that another sentence has too."""
    pairs = [set(pairwise(sentence.units)) for sentence in known]
    times = Counter(chain.from_iterable(pairs))
    return [sum(times[pair] > 1 for pair in row) / max(1, len(row)) for row in pairs]


def units(text: str) -> list[str]:
    """Folded words in order; pairs of characters where no spaces are written."""
    runs = WORD.findall(text.casefold())
    if text.isascii() or not CJK.search(text):
        return runs
    found: list[str] = []
    for run in runs:
        if CJK.search(run):
            found.extend(run[at : at + 2] for at in range(max(1, len(run) - 1)))
        else:
            found.append(run)
    return found


@lru_cache(maxsize=20_000)
def _tells(word: str) -> bool:
    """Not one of the short words that hold a sentence together."""
    if word[0] >= "\u3040":
        return True
    return len(word) >= _SHORTEST - (word[0] >= "\u0600") or word.isdecimal()


def vectors(known: Sequence[Sentence]) -> list[Vector]:
    """TF-IDF over the text's own sentences, each of length 1; of the words that tell something."""
    counts = [{w: n for w, n in one.words.items() if _tells(w)} for one in known]
    spread = Counter(chain.from_iterable(counts))
    rarity = {word: math.log(1 + len(known) / times) for word, times in spread.items()}
    return [
        _normal({word: (1 + math.log(n)) * rarity[word] for word, n in row.items()})
        for row in counts
    ]


def _centre(spaces: Sequence[Vector]) -> Vector:
    total: defaultdict[str, float] = defaultdict(float)
    for vector in spaces:
        for word, weight in vector.items():
            total[word] += weight
    return _normal(total)


def _normal(vector: Mapping[str, float]) -> Vector:
    norm = math.sqrt(sum(weight * weight for weight in vector.values())) or 1.0
    return {word: weight / norm for word, weight in vector.items()}


def cosine(one: Vector, other: Vector) -> float:
    """Of vectors of length 1."""
    shorter, longer = (one, other) if len(one) <= len(other) else (other, one)
    return sum(weight * longer[word] for word, weight in shorter.items() if word in longer)


@cache
def _weights() -> tuple[float, tuple[float, ...]]:
    written = json.loads(files("digests.weights").joinpath("condense.json").read_text("utf-8"))
    return written["bias"], tuple(written["weights"][sign] for sign in SIGNS)
