"""The sentence of a story that best shows why it was found, with what was found marked. Pure."""

import re
from collections.abc import Iterable, Sequence

from digests.archive.leaves import Leaf
from digests.archive.ranking import Weighed, places
from digests.model import Span, Story
from digests.text.tokens import DOT, Token, analyze

_SURE = 5  # letters of a term; the stem of a shorter one may begin otherwise than its word (dying: die)
_BEGINNING = 3
_UMLAUTS = "de"  # its stems begin otherwise where "oe" stands for "ö"
_SIGNS = frozenset({"cplusplus", "csharp", "fsharp", "dotnet"})  # terms that stand for signs


class Marker:
    """Marks what one query looks for, in any number of stories."""

    def __init__(self, leaves: Sequence[Weighed]) -> None:
        self._weights = [one.weight for one in leaves]
        self._most = sum(self._weights)
        self._of_word: dict[str, list[int]] = {}
        self._others: list[tuple[int, Leaf]] = []
        for at, one in enumerate(leaves):
            if one.leaf.prefix or one.leaf.phrase:
                self._others.append((at, one.leaf))
            else:
                for word in frozenset[str]().union(*one.leaf.positions):
                    self._of_word.setdefault(word, []).append(at)
        self._beginnings = _beginnings(
            term for one in leaves for terms in one.leaf.positions for term in terms
        )

    def excerpt(self, story: Story) -> tuple[Span, ...]:
        """The first of the sentences that say most of the query; the first one when none does."""
        best, chosen, marks = -1.0, "", list[Token]()
        for sentence in story.sentences:
            value, hits = self._hits(sentence, story.language)
            if value > best:
                best, chosen, marks = value, sentence, hits
            if value >= self._most:
                break  # it says all of the query
        return _marked(chosen, marks) if chosen else ()

    def _hits(self, sentence: str, language: str) -> tuple[float, list[Token]]:
        """What a sentence is worth, and which of its tokens are looked for."""
        look = self._beginnings if language != _UMLAUTS and sentence.isascii() else None
        if look and not look.search(sentence):
            return 0.0, []
        tokens = analyze(sentence, language)
        hits = [token for token in tokens if token.term in self._of_word]
        found = {at for token in hits for at in self._of_word[token.term]}
        if self._others:
            terms = [token.term for token in tokens]
            for at, leaf in self._others:
                marked = [tokens[place] for place in _places(leaf, terms)]
                hits += marked
                found |= {at} if marked else set()
        return sum(self._weights[at] for at in found), hits


def _beginnings(terms: Iterable[str]) -> re.Pattern[str] | None:
    """What plain text must hold where it holds one of some terms; None where that cannot be told.

    Most sentences hold none, and to look for letters costs a twentieth of taking words apart.
    """
    asked = set(terms)
    plain = (
        len(one) >= _SURE and one.isascii() and one.isalpha() and "z" not in one for one in asked
    )
    if not asked or asked & _SIGNS or not all(plain):  # "z" spells signs, see tokens.py
        return None
    starts = "|".join(sorted({one[:_BEGINNING] for one in asked}))
    # A word may follow a digit (that of a CVE identifier); and U.N.E.S.C.O. is one.
    spelled = rf"(?:[a-z]{DOT}){{{_SURE - 1}}}"
    return re.compile(rf"(?<![a-z])(?:{starts}|{spelled})", re.IGNORECASE)


def _places(leaf: Leaf, terms: Sequence[str]) -> list[int]:
    """Which of a sentence's terms belong to a phrase or begin as wanted."""
    if leaf.phrase:
        width = len(leaf.positions)
        return [start + i for start in places(leaf, terms) for i in range(width)]
    wanted = frozenset[str]().union(*leaf.positions[:-1])
    starts = tuple(leaf.positions[-1])
    return [at for at, term in enumerate(terms) if term in wanted or term.startswith(starts)]


def _marked(sentence: str, hits: Sequence[Token]) -> tuple[Span, ...]:
    """The sentence cut into runs; tokens may lie inside each other, as in a domain."""
    spans: list[Span] = []
    at = 0
    for start, end in _merged(hits):
        if start > at:
            spans.append(Span(sentence[at:start]))
        spans.append(Span(sentence[start:end], hit=True))
        at = end
    if at < len(sentence):
        spans.append(Span(sentence[at:]))
    return tuple(spans)


def _merged(hits: Sequence[Token]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted((token.start, token.end) for token in hits):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged
