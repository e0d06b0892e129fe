"""One spelling for each word: case, accents, widths and letter variants folded; Arabic, lightly."""

import re
import unicodedata

_PLAIN = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d",
     "þ": "th", "ŋ": "n", "ĸ": "k", "ſ": "s", "ё": "е", "ѐ": "е", "ѝ": "и"}
    # Arabic letters that are written in several ways, and their Persian and Urdu relatives
    | dict.fromkeys("أإآٱٲٳ", "ا") | dict.fromkeys("ىیېۍےۓئ", "ي") | {"ؤ": "و"}
    | dict.fromkeys("ةۀہۂھە", "ه") | {"ک": "ك", "ـ": None, "ء": None}
)  # fmt: skip
_OLD_MARKS = frozenset("ᦰᦱᦲᦳᦴᦵᦶᦷᦸᦹᦺᦻᦼᦽᦾᦿᧀᧈᧉᳲᳳ")  # letters now, marks when FTS5 was written
_CACHED = 0x10000


class _Folding(dict[int, str | None]):
    """What becomes of each character, found out when it is first met."""

    def __missing__(self, code: int) -> str | None:
        folded = _fold_character(chr(code))
        if code < _CACHED:
            self[code] = folded
        return folded


def _fold_character(character: str) -> str | None:
    if ord(character) in _PLAIN:
        return _PLAIN[ord(character)]
    category = unicodedata.category(character)
    if category[0] == "M" or category == "Cf" or character in _OLD_MARKS:
        return None
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if not (character < "\u0400" or "\u1e00" <= character <= "\u1fff"):
        return (
            character  # accents are folded in Latin and Greek; й and ガ are letters of their own
        )
    bare = "".join(
        part for part in unicodedata.normalize("NFD", character) if not unicodedata.combining(part)
    )
    return bare.translate(_PLAIN)


_FOLDING = _Folding()


def fold(word: str) -> str:
    """*word* in the spelling that is compared; may hold spaces or signs ("½" is "1⁄2")."""
    if word.isascii():
        return word.lower()
    return unicodedata.normalize("NFKC", word).casefold().translate(_FOLDING)


_ARABIC_PREFIX = re.compile("\\A(?:و?(?:ال|بال|كال|فال)|لل|و)(?=.{3})")
_ARABIC_SUFFIXES = ("ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي")
_SHORTEST_ARABIC = 3


def arabic_stem(folded: str) -> str:
    """A folded Arabic word without article, "and", and the commonest endings.

    The light stemmer "light10" of Larkey, Ballesteros and Connell ("Light stemming for Arabic
    information retrieval", 2007), with at least three letters kept. Snowball's Arabic stemmer is
    not used: it gives a noun with its article another stem than without.
    """
    stem = _ARABIC_PREFIX.sub("", folded, count=1)
    for suffix in _ARABIC_SUFFIXES:  # each once, in this order
        if stem.endswith(suffix) and len(stem) - len(suffix) >= _SHORTEST_ARABIC:
            stem = stem.removesuffix(suffix)
    return stem
