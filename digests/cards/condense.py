"""A text becomes two to four of its own sentences, taken whole and in their order.

News tells the most important first, and no method that ignores this comes near the plain first
three sentences. So a sentence is scored by its place, its closeness to the whole text and a few
signs of substance; then the best are taken one by one, each paying for what the taken ones say
already (maximal marginal relevance: Carbonell and Goldstein, SIGIR 1998). The weights come from
a logistic regression on which sentences of 500 general news stories come closest to the
highlights people wrote for them.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from digests.cards import reading_time
from digests.cards.boilerplate import is_boilerplate, without_formula
from digests.text.plain import clean, clip
from digests.text.sentences import split

LIMIT = 900  # characters of all sentences together: what fits every platform's card
FEWEST, MOST = 2, 4
AS_IT_IS = 3  # a text of so few sentences is not condensed

_LONGEST = 400  # characters; longer sentences only where there is nothing else
_LOOKED_AT = 60  # sentences looked at; what news has to say comes early
_READ = 40_000  # characters looked at
_REPEATS = 0.75  # share of a sentence's words that the headline has too

_BIAS = -4.3
_FULL, _LONG = 40, 45  # words of a sentence
_RELEVANCE, _REDUNDANCY = 0.8, 0.2

_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W_]+")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_ADDRESS = re.compile(r"\W*(?:https?://|www\.)\S+")
_BRACKETED = re.compile(r"[(\[（【][^()]{0,60}[)\]）】]")
_END = re.compile(r"[.!?。！？؟۔…][\"'”’»」』)\]]*$")
_CUT_OFF = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\])[\"'”’»)\]]*$")
_QUESTION = re.compile(r"[?？؟][\"'”’»」』)]*$")
_QUOTE = re.compile('["“”„«»「」]')
_FIRST_PERSON = re.compile(
    r"\b(?:i|me|my|we|us|our|you|your|wir|uns|unser\w*|nous|notre|nos|nosotros|nuestr\w+|мы|наш\w*)\b",
    re.IGNORECASE,
)

Vector = dict[str, float]


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    words: Counter[str]


def condense(text: str, *, title: str = "", language: str = "en", sentences: int = 3) -> list[str]:
    """Sentences of the text, verbatim and in order, 900 characters together at most.

    `sentences` is held between two and four. A text of three sentences or fewer comes back
    whole. What repeats the headline and what speaks about the page is left out. Only a single
    sentence longer than the limit is cut, and then ends in "…".
    """
    wanted = min(max(sentences, FEWEST), MOST)
    known = _without_repeats(_sentences(text, language), title)
    if len(known) > AS_IT_IS:
        known = _preferred(known, wanted)
        chosen = sorted(_taken(_by_merit(known, language), known, wanted))
    else:
        chosen = _taken(range(len(known)), known, wanted=AS_IT_IS)
    if known and not chosen:
        return [clip(known[0].text, LIMIT)]
    return [known[place].text for place in chosen]


def _sentences(text: str, language: str) -> list[str]:
    """The text's sentences without the page's own words."""
    found = split(without_formula(clean(text[:_READ])), language)
    return [one for one in found if _says_something(one) and not is_boilerplate(one)]


def _says_something(sentence: str) -> bool:
    """Not a bare address, a heading of one word, or names in brackets."""
    if _ADDRESS.fullmatch(sentence) or _BRACKETED.fullmatch(sentence):
        return False
    return len(_WORD.findall(sentence)) > (0 if _END.search(sentence) else 1) or bool(
        _CJK.search(sentence)
    )


def _without_repeats(found: Iterable[str], title: str) -> list[_Sentence]:
    """Without what the headline or an earlier sentence says in the same words."""
    headline = _words(title).keys()
    kept: dict[frozenset[str], _Sentence] = {}
    for text in found:
        words = _words(text)
        if len(words.keys() & headline) < _REPEATS * len(words):
            kept.setdefault(frozenset(words), _Sentence(text, words))
    return list(kept.values())[:_LOOKED_AT]


def _preferred(known: list[_Sentence], wanted: int) -> list[_Sentence]:
    """Whole sentences of a bearable length, when there are enough of them."""
    good = [one for one in known if _is_whole(one.text) and len(one.text) <= _LONGEST]
    return good if len(good) >= wanted else known


def _is_whole(sentence: str) -> bool:
    """Not a heading, a caption, or a teaser's cut end."""
    return _END.search(sentence) is not None and _CUT_OFF.search(sentence) is None


def _taken(order: Iterable[int], known: Sequence[_Sentence], wanted: int) -> list[int]:
    """The first `wanted` of this order that fit together."""
    room = LIMIT
    taken: list[int] = []
    for place in order:
        size = len(known[place].text) + 1
        if size > room:
            continue
        room -= size
        taken.append(place)
        if len(taken) == wanted:
            break
    return taken


def _by_merit(known: Sequence[_Sentence], language: str) -> Iterator[int]:
    """Places from the best on; what was named before counts against what says the same."""
    vectors = _vectors(known)
    merit = [_RELEVANCE * score for score in _scores(known, vectors, language)]
    said = [0.0] * len(known)
    left = set(range(len(known)))
    while left:
        best = max(left, key=lambda place: (merit[place] - _REDUNDANCY * said[place], -place))
        left.discard(best)
        yield best
        for place in left:
            said[place] = max(said[place], _cosine(vectors[place], vectors[best]))


def _scores(
    known: Sequence[_Sentence], vectors: Sequence[Vector], language: str
) -> Iterator[float]:
    """How likely each sentence is one that a person would keep, from 0 to 1."""
    centre = _centre(vectors)
    for place, (sentence, vector) in enumerate(zip(known, vectors, strict=True)):
        score = _BIAS + _place(place, len(known)) + 6.28 * _cosine(vector, centre)
        yield 1 / (1 + math.exp(-score - _substance(sentence.text, language)))


def _place(place: int, of: int) -> float:
    return 0.74 / (1 + place) + 1.08 * math.exp(-place / 10) - 0.69 * place / of


def _substance(sentence: str, language: str) -> float:
    """Signs that a sentence stands for itself; each weight is what its sign adds."""
    # Two characters of Japanese or Chinese weigh about as much as one word.
    size = reading_time.length(sentence, language) / (2 if language in {"ja", "zh"} else 1)
    inner = sentence.split()[1:]
    names = sum(word[0].isupper() for word in inner) / max(1, len(inner))
    return (
        1.1 * names
        + 0.3 * bool(_DIGIT.search(sentence))
        - 0.92 * min(size / _FULL, 1)
        - 0.71 * (size > _LONG)
        - 0.23 * bool(_FIRST_PERSON.search(sentence))
        - 0.21 * bool(_QUOTE.search(sentence))
        - 1.0 * bool(_QUESTION.search(sentence))
    )


def _words(text: str) -> Counter[str]:
    """Folded words with their counts; pairs of characters where no spaces are written."""
    runs = _WORD.findall(text.casefold())
    if text.isascii():
        return Counter(runs)
    counts: Counter[str] = Counter()
    for run in runs:
        if _CJK.search(run):
            counts.update(run[at : at + 2] for at in range(max(1, len(run) - 1)))
        else:
            counts[run] += 1
    return counts


def _vectors(known: Sequence[_Sentence]) -> list[Vector]:
    """TF-IDF over the text's own sentences, each of length 1."""
    spread = Counter(word for sentence in known for word in sentence.words)
    rarity = {word: math.log(1 + len(known) / times) for word, times in spread.items()}
    return [
        _normal({word: (1 + math.log(n)) * rarity[word] for word, n in sentence.words.items()})
        for sentence in known
    ]


def _centre(vectors: Sequence[Vector]) -> Vector:
    total: defaultdict[str, float] = defaultdict(float)
    for vector in vectors:
        for word, weight in vector.items():
            total[word] += weight
    return _normal(total)


def _normal(vector: Mapping[str, float]) -> Vector:
    norm = math.sqrt(sum(weight * weight for weight in vector.values())) or 1.0
    return {word: weight / norm for word, weight in vector.items()}


def _cosine(one: Vector, other: Vector) -> float:
    """Of vectors of length 1."""
    shorter, longer = (one, other) if len(one) <= len(other) else (other, one)
    return sum(weight * longer[word] for word, weight in shorter.items() if word in longer)
