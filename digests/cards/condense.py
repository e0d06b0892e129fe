"""A text becomes two to four of its own sentences, taken whole and in their order.

News tells the most important first, and no method that ignores this comes near the plain first
three sentences. So each sentence is scored (merit.py), and the best are taken one by one, each
paying for what the taken ones say already (maximal marginal relevance: Carbonell and Goldstein,
SIGIR 1998).
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from digests.cards.boilerplate import is_boilerplate, without_formula
from digests.cards.merit import CJK, WORD, Sentence, cosine, leans, merits, units, vectors
from digests.text.plain import clean, clip
from digests.text.sentences import split

LIMIT = 900  # characters of all sentences together: what fits every platform's card
FEWEST, MOST = 2, 4
AS_IT_IS = 3  # a text of so few sentences is not condensed

_LONGEST = 400  # characters; longer sentences only where there is nothing else
_LOOKED_AT = 60  # sentences looked at; what news has to say comes early
_READ = 24_000  # characters looked at
_REPEATS = 0.75  # share of a sentence's words that the headline has too

_REDUNDANCY = 0.35  # what repeating the taken ones costs, against 0.65 for merit
_ALONE = 0.06  # what a sentence that leans on the one before it costs without that one

_TELLING_TITLE = 4  # characters; a shorter headline may be the sentence's first word
_BEHIND_HEADLINE = " \n\t\u3000:："
# What a program printed: a time in front, or the marks of tools that report as they go.
_LOG = re.compile(
    r"\W{0,3}(?:20\d\d[-/]\d\d[-/]\d\d[ T])?\d\d:\d\d:\d\d\b\]|\[[*+!-]\]|\[(?:INFO|WARN|ERROR|DEBUG)"
)
_CUT_TAG = re.compile(r"<(?:a|img|span|div|p|h[1-6])\s[^<>]{0,300}\Z")  # where a feed cut its HTML
_ADDRESS = re.compile(r"(?:\W*(?:https?://|www\.)\S++)++|\W*(?:#\w\S*+\s*+)++")  # or labels alone
# What was never rendered: a picture in Markdown, with the attributes that some generators take.
_PICTURE = re.compile(r"!\[[^\]\n]{0,200}\]\([^)\n]{0,400}\)(?:\{:[^}\n]{0,200}\})?")
# Names behind a sentence, in brackets: what a publisher files it under.
_FILED = re.compile(r"(?<=[.!?…]) ?\([^().!?…]{2,80}\)\Z")
_BRACKETED = re.compile(r"[(\[（【][^()]{0,60}[)\]）】]")
_HEADING, _HEADING_WORDS, _HEADING_LENGTH = "▼■◆●▶►【#", 4, 60
_END = re.compile(r"[.!?。！？؟۔…][\"'”’»」』)\]]*$")
_CUT_OFF = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\])[\"'”’»)\]]*$")


def condense(text: str, *, title: str = "", language: str = "en", sentences: int = 3) -> list[str]:
    """Sentences of the text, verbatim and in order, 900 characters together at most.

    `sentences` is held between two and four. A text of three sentences or fewer comes back
    whole. What repeats the headline and what speaks about the page is left out. Only a single
    sentence longer than the limit is cut, and then ends in "…".
    """
    wanted = min(max(sentences, FEWEST), MOST)
    known = _without_repeats(_sentences(_without_headline(text, title), language), title)
    while len(known) > 1 and _announces(known[-1].text):
        known.pop()  # what it announced is not told
    if len(known) > AS_IT_IS:
        known = _preferred(known, wanted)
        chosen = sorted(_taken(_by_merit(known, language, title), known, wanted))
    else:
        chosen = _taken(range(len(known)), known, wanted=AS_IT_IS)
    if known and not chosen:
        return [clip(known[0].text, LIMIT)]
    return [known[place].text for place in chosen]


def _without_headline(text: str, title: str) -> str:
    """The text behind its own headline, which some feeds put before it without a full stop."""
    rest = text.lstrip()
    if len(title) < _TELLING_TITLE or not rest.startswith(title):
        return text
    rest = rest[len(title) :]
    return rest.lstrip(_BEHIND_HEADLINE) if rest[:1] in _BEHIND_HEADLINE else text


def _sentences(text: str, language: str) -> list[str]:
    """The text's sentences without the page's own words."""
    shown = _PICTURE.sub("", _CUT_TAG.sub("", text[:_READ]))
    found = (_FILED.sub("", one) for one in split(without_formula(clean(shown)), language))
    return [one for one in found if _says_something(one) and not is_boilerplate(one)]


def _says_something(sentence: str) -> bool:
    """Not an address, a number, a heading of one word, names in brackets, a line of a log."""
    if _ADDRESS.fullmatch(sentence) or _BRACKETED.fullmatch(sentence) or _LOG.match(sentence):
        return False
    if not any(map(str.isalpha, sentence)):  # the number of a list's entry, alone on its line
        return False
    return len(WORD.findall(sentence)) > (0 if _END.search(sentence) else 1) or bool(
        CJK.search(sentence)
    )


def _without_repeats(found: Iterable[str], title: str) -> list[Sentence]:
    """Without what the headline or an earlier sentence says in the same words."""
    headline = set(units(title))
    kept: dict[frozenset[str], Sentence] = {}
    for text in found:
        said = units(text)
        words = Counter(said)
        if len(words.keys() & headline) < _REPEATS * len(words):
            kept.setdefault(frozenset(words), Sentence(text, said, words))
    return list(kept.values())[:_LOOKED_AT]


def _preferred(known: list[Sentence], wanted: int) -> list[Sentence]:
    """Whole sentences of a bearable length, when there are enough of them."""
    good = [one for one in known if _is_whole(one.text) and len(one.text) <= _LONGEST]
    if len(good) >= wanted:
        return good
    fair = [one for one in known if not _is_heading(one)]
    return fair if len(fair) >= FEWEST else known


def _is_whole(sentence: str) -> bool:
    """Not a heading, a caption, or a teaser's cut end."""
    return _END.search(sentence) is not None and _CUT_OFF.search(sentence) is None


def _is_heading(sentence: Sentence) -> bool:
    """A line with a heading's mark, a colon at its end, or hardly a word."""
    if _is_whole(sentence.text):
        return False
    return _announces(sentence.text) or len(sentence.units) < _HEADING_WORDS


def _announces(text: str) -> bool:
    short = len(text) <= _HEADING_LENGTH
    return short and (text[-1] in ":：" or (text[0] in _HEADING and not _is_whole(text)))


def _taken(order: Iterable[int], known: Sequence[Sentence], wanted: int) -> list[int]:
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


def _by_merit(known: Sequence[Sentence], language: str, title: str) -> Iterator[int]:
    """Places from the best on; what was named before counts against what says the same."""
    spaces = vectors(known)
    merit = [(1 - _REDUNDANCY) * score for score in merits(known, spaces, language, title)]
    said = [0.0] * len(known)
    alone = [_ALONE * leans(sentence.text) for sentence in known]
    left = set(range(len(known)))
    while left:
        best = max(left, key=lambda at: (merit[at] - _REDUNDANCY * said[at] - alone[at], -at))
        left.discard(best)
        yield best
        if best + 1 < len(known):
            alone[best + 1] = 0.0
        for place in left:
            said[place] = max(said[place], cosine(spaces[place], spaces[best]))
