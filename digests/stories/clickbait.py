"""Does a headline bait? Words and forms of English headlines, weighed; a word list elsewhere."""

import json
import math
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from itertools import pairwise

_READ = 300  # characters
_LONG = 14  # words
_SHORT = 5
_BAIT = 2.2  # what one bait of the word lists adds to the margin
_PLAIN = -3.0  # where a headline without any of them stands

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+")
_LATIN = re.compile(r"[A-Za-z]")
# What baits in the languages whose headlines nobody has labelled for us: it withholds what
# happened, promises a feeling, counts reasons or tricks, or calls the reader.
_BAITS = re.compile(
    # German, French, Spanish
    r"\b(?:du wirst nicht glauben|sie werden nicht glauben|unglaublich|das passiert,? wenn|so einfach"
    r"|dieser trick|diese tricks|diesen fehler|schockierend\w*|das steckt dahinter|darum solltest"
    r"|was dann geschah|niemand ahnte|kaum zu glauben|irre)\b"
    r"|\b(?:\d+ (?:gründe|tricks|tipps|dinge|fehler|raisons|astuces|choses|conseils|erreurs|razones"
    r"|trucos|cosas|consejos|errores|причин|способов|вещей|фактов|советов))\b"
    r"|\b(?:vous n['’]allez pas (?:le )?croire|incroyable\w*|cette astuce|ce que personne|la raison va"
    r"|choquant\w*|à couper le souffle|vous devez absolument|découvrez (?:pourquoi|comment))\b"
    r"|\b(?:no (?:lo )?vas a creer|no creerás|increíble\w*|este truco|lo que nadie|te sorprenderá"
    r"|impactante|esto es lo que pasa|no te imaginas|descubre (?:por qué|cómo))\b"
    # Russian, Chinese, Japanese, Arabic
    r"|вы не поверите|невероятн\w+|шок(?:ирующ\w+)?\b|этот трюк|никто не ожидал|вот почему|вас удивит"
    r"|你(?:绝对|一定)?(?:想不到|不敢相信|不知道的)|震惊|惊呆|竟然|万万没想到|看完(?:我)?(?:哭|惊)|个理由|個理由|必看|太可怕了"
    r"|信じられない|衝撃の|驚愕|ヤバい|やばすぎ|まさかの|\d+の(?:理由|方法|コツ)|知らないと損|とんでもない"
    r"|لن تصدق|لا يصدق|صادم|مفاجأة|هذه الحيلة|ما لا تعرفه|\d+ (?:أسباب|نصائح|حيل)|شاهد ماذا حدث",
    re.IGNORECASE,
)
_SHOUTS = re.compile(r"[!！]{2,}|[?？][!！]|[!！][?？]|(?:😱|🤯|😍|🔥)")


def clickbait(headline: str) -> float:
    """How likely a headline is bait rather than news, 0 to 1.

    English headlines by weights learned from 16,000 labelled ones (clickbait.json, from
    benchmarks/training/clickbait.py); others by a list of what baits in their languages.
    """
    headline = headline[:_READ]
    margin = max(_learned(headline), _listed(headline))
    return 1 / (1 + math.exp(-margin))


def _learned(headline: str) -> float:
    bias, weights = _weights()
    known = [weights[sign] for sign in signs(headline) if sign in weights]
    # A headline of words that the model never saw is no English one; it says nothing of it.
    return bias + sum(known) if len(known) > 1 else min(bias + sum(known), _PLAIN)


def _listed(headline: str) -> float:
    baits = len(_BAITS.findall(headline)) + len(_SHOUTS.findall(headline))
    return _PLAIN + 2 * _BAIT * min(baits, 1) + _BAIT * max(min(baits, 3) - 1, 0)


def signs(headline: str) -> set[str]:
    """Folded words, neighbours, how it begins and ends, and its length; numbers are one word."""
    words = [_folded(word) for word in _WORD.findall(headline)]
    if not words or not _LATIN.search(headline):
        return set()
    found = {*words, *(" ".join(pair) for pair in pairwise(words)), f"^ {words[0]}"}
    found.add(f"^ {' '.join(words[:2])}")
    if headline.rstrip("\"'”’ ").endswith("?"):
        found.add("?$")
    if len(words) >= _LONG:
        found.add("long")
    if len(words) <= _SHORT:
        found.add("short")
    return found


def _folded(word: str) -> str:
    if word.isdecimal():
        return "#"
    return word.lower().replace("’", "'")


@cache
def _weights() -> tuple[float, Mapping[str, float]]:
    written = json.loads(files("digests.weights").joinpath("clickbait.json").read_text("utf-8"))
    return written["bias"], written["weights"]
