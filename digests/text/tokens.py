"""THE analyzer: the terms that the index holds and that queries and rules are matched by.

A term is letters and digits only, so that every index keeps it whole; what has signs in it is
spelled out: `evil-domain.example.com` is one term in which "." and "-" have letters of their own.
A text gives, in the order of its words:

* a word, folded (folding.py) and stemmed in the language of the text;
* for a word with hyphens its parts; for Chinese, Japanese and Korean each two neighbours;
* for a CVE identifier, a domain, a file name, a version or an IP address the whole.

Behind all of these come the parts of what is whole: the number of a CVE identifier without "CVE",
the domains above a domain, its labels as words. They stand at the end because a phrase is a run
of neighbours, and "fix for CVE-2024-3400 released" must stay one.

Stop words are kept: ranking makes them cheap, and "The Who" has to be found.
Raise ANALYZER_VERSION when the same text would give other terms: the archive then indexes anew.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from operator import add
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import category

from digests.text.folding import arabic_stem, fold
from digests.text.indicators import CVE, SAME_LENGTH
from digests.text.language import LANGUAGES

if TYPE_CHECKING:
    import Stemmer

ANALYZER_VERSION = 1

_STEMMERS = {"en": "english", "de": "german", "fr": "french", "es": "spanish", "ru": "russian"}
_OTHER_SCRIPTS = frozenset({"ru", "uk", "be", "bg", "zh", "ja", "ko", "ar", "fa", "ur"})
_LONGEST_TERM = 128  # a SHA-512 in hexadecimal; what is longer is told apart by its beginning
_LONGEST_STEMMED = 40
_SHORTEST_STEMMED = 3
_LONGEST_CACHED = 40
_LONGEST_RUN = 1_000  # without a space; what stands behind in it is nobody's word
_MOST_LABELS = 8

DOT = r"(?:\.|\[\.\]|\(\.\)|\[dot\])"  # also one that is meant to make no link
_SIGNED = r"(?<![A-Za-z0-9])(?:[Cc]\+\+|[CcFf]#(?![A-Za-z0-9])|\.(?:NET|Net|net)(?![A-Za-z0-9.-]))"
_GENITIVE = r"(?<=[^\W\d_])'[sS](?![^\W_])"  # Cisco's is Cisco
_CJK = (
    r"\u1100-\u11ff\u2e80-\u2fd5\u3005-\u3007\u3021-\u3029\u3038-\u303b\u3041-\u309f"
    r"\u30a1-\u30fa\u30fc-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f"
    r"\uac00-\ud7ff\uf900-\ufaff\uff66-\uffdc\U0001aff0-\U0001b16f\U00020000-\U000323af"
)
_WORDS_ASCII = re.compile(
    rf"{CVE.pattern}|{_SIGNED}|{_GENITIVE}|[A-Za-z0-9]++(?:(?:-|{DOT})[A-Za-z0-9]++)*+"
)
_CJK_RUN = re.compile(f"[{_CJK}]+")
_PART = re.compile(r"\[dot\]|([^-.\[\]()]+)")
_REFANG = re.compile(r"\[\.\]|\(\.\)|\[dot\]")
_LETTERS_AND_DIGITS = re.compile(r"[^\W_]+")
_NUMBER_OF_CVE = re.compile(r"(?:199|20[0-9])[0-9]-[0-9]{4,19}")
_VERSION = re.compile(r"[vV]?([0-9]+(?:\.[0-9]+)+)")
_SPELLED = str.maketrans({"z": "zz", ".": "zp", "-": "zh"})  # "z" doubled: no two names meet
_SIGNS = {"c++": "cplusplus", "c#": "csharp", "f#": "fsharp", ".net": "dotnet"}


class Token(NamedTuple):
    """A term and where it stands in the text: `text[start:end]`."""

    start: int
    end: int
    term: str


_Placed = tuple[tuple[int, int, str], ...]


class _Piece(NamedTuple):
    """A term before stemming."""

    start: int
    end: int
    folded: str
    word: bool = True  # False: a name or number that is never stemmed
    asked: bool = True  # False: a part of something whole: found by it, never asked for it


def analyze(text: str, language: str) -> list[Token]:
    """The tokens of *text*, with their places, for a text in *language* (a primary tag)."""
    tokens: list[Token] = []
    behind: list[Token] = []
    for start, word in _words_of(text):
        whole, parts = _analyzed(word, language)
        for first, last, term in whole:
            tokens.append(Token(start + first, start + last, term))
        for first, last, term in parts:
            behind.append(Token(start + first, start + last, term))
    return tokens + behind


def terms(text: str, language: str) -> str:
    """The terms of *text* joined by spaces, as the index wants them."""
    words: list[str] = []
    behind: list[str] = []
    for word in _runs_of(text):
        whole, parts = _joined(word, language)
        if whole:
            words.append(whole)
        if parts:
            behind.append(parts)
    return " ".join(words + behind)


def query_terms(word: str, languages: Sequence[str] = LANGUAGES) -> tuple[frozenset[str], ...]:
    """What a text must contain to match *word*: every position, each by any of its alternatives.

    A query has no language, its texts have, so a word stands for its stems in all *languages* and
    for itself: `patches` is ({"patches", "patch", ...},). A word that texts hold as several terms
    has several positions: `zero-day` is (zero, day), 勒索软件 its three pairs of characters.
    Something whole is one position: `example.com`, `CVE-2024-3400`, `2024-3400`.
    A word without letters and digits has no positions, so by itself it matches nothing. To look
    for a prefix, let each alternative of the last position stand for what begins with it.
    """
    return _asked(word[:_LONGEST_RUN], tuple(languages))


@lru_cache(maxsize=4_096)  # rules ask for the same words again and again
def _asked(word: str, languages: tuple[str, ...]) -> tuple[frozenset[str], ...]:
    positions: list[frozenset[str]] = []
    for _, found in _words_of(word):
        for piece in _pieces(found):
            if piece.asked:
                stems = (_stem(piece.folded, language) for language in languages)
                alternatives = {piece.folded, *stems} if piece.word else {piece.folded}
                positions.append(frozenset(map(_cut, alternatives)))
    return tuple(positions)


def folded_words(text: str) -> list[str]:
    """The words of *text*, folded but not stemmed; CJK runs whole: for comparing whole texts."""
    return [
        part
        for _, word in _words_of(text)
        for part in _LETTERS_AND_DIGITS.findall(_SIGNS.get(word.lower()) or fold(word))
    ]


def _words_of(text: str) -> Iterator[tuple[int, str]]:
    """Where each word, compound or CJK run begins, and the run itself in plain ASCII signs."""
    if text.isascii():
        for found in _WORDS_ASCII.finditer(text):
            yield found.start(), found[0]
    else:
        for found in _words_pattern().finditer(text.translate(SAME_LENGTH)):
            yield found.start(), found[0]


def _runs_of(text: str) -> list[str]:
    """The same runs without their places, which costs half."""
    if text.isascii():
        return _RUNS_ASCII.findall(text)
    return _runs_pattern().findall(text.translate(SAME_LENGTH))


def _ungrouped(pattern: str) -> re.Pattern[str]:
    """The pattern with groups that capture nothing, so that `findall` gives whole matches."""
    return re.compile(re.sub(r"(?<!\\)\((?!\?)", "(?:", pattern))


_RUNS_ASCII = _ungrouped(_WORDS_ASCII.pattern)


@cache
def _runs_pattern() -> re.Pattern[str]:
    return _ungrouped(_words_pattern().pattern)


@cache
def _words_pattern() -> re.Pattern[str]:
    """The runs of any text: `_WORDS_ASCII` with all letters, digits, and the marks on them."""
    marks = "".join(chr(code) for code in range(0x300, 0xFFFF) if category(chr(code))[0] == "M")
    letter = rf"[^\W_{_CJK}]"
    word = rf"{letter}++(?:[{marks}\u200c\u200d\u2060]++{letter}*+)*+"
    return re.compile(
        rf"{CVE.pattern}|{_SIGNED}|{_GENITIVE}|[{_CJK}]++|{word}(?:(?:-|{DOT}){word})*+"
    )


def _analyzed(word: str, language: str) -> tuple[_Placed, _Placed]:
    """The terms of one run, and those that go behind."""
    if len(word) > _LONGEST_CACHED:
        return _stemmed(word, language)
    return _cached(word, language)


def _stemmed(word: str, language: str) -> tuple[_Placed, _Placed]:
    if word.isalnum() and _CJK_RUN.match(word):
        return _pairs(word), ()
    placed: tuple[list[tuple[int, int, str]], list[tuple[int, int, str]]] = ([], [])
    for start, end, folded, stemmed, asked in _pieces(word[:_LONGEST_RUN]):
        term = _stem(folded, language) if stemmed else folded
        placed[0 if asked else 1].append((start, end, _cut(term)))
    return tuple(placed[0]), tuple(placed[1])


_cached = lru_cache(maxsize=20_000)(_stemmed)


def _join(word: str, language: str) -> tuple[str, str]:
    """The terms of one run as the index wants them, and those that go behind."""
    whole, parts = _stemmed(word, language)
    return " ".join([term for _, _, term in whole]), " ".join([term for _, _, term in parts])


_join_cached = lru_cache(maxsize=20_000)(_join)


def _joined(word: str, language: str) -> tuple[str, str]:
    return (_join if len(word) > _LONGEST_CACHED else _join_cached)(word, language)


def _cut(term: str) -> str:
    return term[:_LONGEST_TERM]


def _pieces(word: str) -> list[_Piece]:
    """The terms of one run that `_words_of` found, before stemming."""
    if word.isalnum() and not _CJK_RUN.match(word):
        folded = fold(word)
        return [_Piece(0, len(word), folded)] if folded.isalnum() else _parts(word, 0)
    if word[0] == "'":  # of a genitive
        return []
    if sign := _SIGNS.get(word.lower()):
        parts = [_Piece(1, 4, "net", asked=False)] if sign == "dotnet" else []
        return [_Piece(0, len(word), sign, word=False), *parts]
    if _CJK_RUN.match(word):
        return [_Piece(*pair, word=False) for pair in _pairs(word)]
    if cve := CVE.search(word):
        return _around(word, cve)
    return _compound(word)


def _around(word: str, cve: re.Match[str]) -> list[_Piece]:
    """A CVE identifier, perhaps inside something longer (`exploit-cve-2024-3400.py`)."""
    start, end = cve.span()
    year, number = cve.span(1), cve.span(2)
    digits = cve[1] + cve[2]
    return [
        *_parts(word[:start], 0),
        _Piece(start, end, f"cve{digits}", word=False),
        _Piece(year[0], end, digits, word=False, asked=False),
        _Piece(start, start + 3, "cve", word=False, asked=False),
        _Piece(*year, cve[1], word=False, asked=False),
        _Piece(*number, cve[2], word=False, asked=False),
        *_parts(word[end:], end),
    ]


def _parts(text: str, offset: int, *, asked: bool = True) -> list[_Piece]:
    """What stands between hyphens and dots, each as a word."""
    pieces: list[_Piece] = []
    for part in _PART.finditer(text):
        place = offset + part.start(), offset + part.end()
        folded = _LETTERS_AND_DIGITS.findall(fold(part[1] or ""))  # "½" is two: "1⁄2"
        pieces.extend(_Piece(*place, word, asked=asked) for word in folded)
    return pieces


def _compound(word: str) -> list[_Piece]:
    """Words joined by hyphens and dots."""
    plain = _REFANG.sub(".", word)
    if "." in plain:
        return _dotted(word, plain)
    if _NUMBER_OF_CVE.fullmatch(plain):  # people leave the "CVE" out
        whole = _Piece(0, len(word), plain.replace("-", ""), word=False)
        return [whole, *_parts(word, 0, asked=False)]
    return _parts(word, 0)


def _dotted(word: str, plain: str) -> list[_Piece]:
    if version := _VERSION.fullmatch(plain):
        return [_Piece(len(plain) - len(version[1]), len(word), _spell(version[1]), word=False)]
    labels = plain.split(".")
    letters = fold("".join(labels))
    if len(letters) == len(labels) and letters.isalpha():  # U.S.
        return [_Piece(0, len(word), letters)]
    if len(labels) > _MOST_LABELS:
        return _parts(word, 0)
    above = [".".join(labels[level:]) for level in range(1, len(labels) - 1)]
    return [
        _Piece(0, len(word), _spell(plain), word=False),
        *(_Piece(0, len(word), _spell(name), word=False, asked=False) for name in above),
        *_parts(word, 0, asked=False),
    ]


def _spell(name: str) -> str:
    return "".join(_LETTERS_AND_DIGITS.findall(fold(name).translate(_SPELLED)))


def _pairs(run: str) -> _Placed:
    """Each two neighbours; a single character as it is."""
    folded = fold(run)
    if len(folded) == len(run) and folded.isalnum():
        return _neighbours(folded)
    parts = _LETTERS_AND_DIGITS.findall(folded)  # half-width kana, or newer than our Unicode
    return tuple((0, len(run), pair) for part in parts for _, _, pair in _neighbours(part))


def _neighbours(text: str) -> _Placed:
    if len(text) == 1:
        return ((0, 1, text),)
    return tuple(
        zip(range(len(text)), range(2, len(text) + 1), map(add, text, text[1:]), strict=False)
    )


def _stem(folded: str, language: str) -> str:
    """The stem of a folded word in a text of *language*; its script can overrule the language."""
    if not _SHORTEST_STEMMED <= len(folded) <= _LONGEST_STEMMED or not folded.isalpha():
        return folded
    if folded.isascii():  # names and terms in Latin letters in, say, a Chinese text are English
        return _snowball("en" if language in _OTHER_SCRIPTS else language, folded)
    if not language:
        return folded
    if "\u0620" <= folded[0] <= "\u06d5":
        return arabic_stem(folded)
    return _snowball("ru", folded) if "\u0400" <= folded[0] <= "\u04ff" else folded


def _snowball(language: str, folded: str) -> str:
    if language not in _STEMMERS:
        return folded
    stem: str = _stemmer(language).stemWord(folded)
    return stem or folded


@cache
def _stemmer(language: str) -> "Stemmer.Stemmer":
    import Stemmer  # noqa: PLC0415 - native code; the loop of the bot does not need it at its start

    return Stemmer.Stemmer(_STEMMERS[language], 0)  # 0: it keeps no cache, ours is enough
