"""THE analyzer: text to the terms that the index holds and that queries are turned into.

A term is letters and digits only, so the index needs no tokenizer of its own. One word of a
document becomes one term, stemmed in the document's language; a CVE or a domain becomes its parts
and, behind them, one term for the whole; a run of Chinese or Japanese becomes overlapping pairs.
A query word has no language: it becomes, for each place, the set of its stems under all of them.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import Stemmer

ANALYZER_VERSION = 1
LANGUAGES = ("en", "ar", "de", "es", "fr", "ja", "ru", "zh")
_SNOWBALL = {
    "en": "english", "ar": "arabic", "de": "german", "es": "spanish", "fr": "french", "ru": "russian",
    "pt": "portuguese", "it": "italian", "nl": "dutch", "da": "danish",
}  # fmt: skip
_CJK = "぀-ヿ㐀-䶿一-鿿豈-﫿"
_RUN = re.compile(
    r"(?P<cve>cve[\s‐‑‒–—_-]{0,2}\d{4}[‐‑‒–—_-]\d{4,19}(?!\d))"
    rf"|(?P<cjk>[{_CJK}ー々]+)"
    rf"|(?P<word>(?:(?![{_CJK}])[^\W_])(?:(?![{_CJK}])[\ẁ-ًͯ-ْ'’.]{{0,120}}(?![{_CJK}])[^\W_])?)",
    re.IGNORECASE,
)
_PART = re.compile(r"[^\W_](?:[^\W_]|[̀-ًͯ-ْٰـ'’])*")
_DOMAIN = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+){1,6}", re.IGNORECASE)
_ARABIC = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي"}
)
_PLAIN = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "’": "", "'": ""}
)
_ARTICLES = ("وال", "بال", "كال", "فال", "لل", "ال")
_MAX_TERM = 64


@dataclass(frozen=True, slots=True)
class Token:
    """A term and where it stands in the text (code points)."""

    start: int
    end: int
    term: str


def analyze(text: str, language: str) -> list[Token]:
    """The terms of a text in reading order, with their places, for one language."""
    found: list[Token] = []
    for run in _RUN.finditer(text):
        start, end, raw = run.start(), run.end(), run.group()
        if run.lastgroup == "cve":
            digits = re.findall(r"\d+", raw)
            found.append(Token(start, end, "".join(digits)))
            found.append(Token(start, end, "cve" + "".join(digits)))
        elif run.lastgroup == "cjk":
            found.extend(_pairs(raw, start))
        else:
            found.extend(_words(raw, start, language))
    return found


def terms(text: str, language: str) -> str:
    """The terms of a text joined by spaces, as the index gets them."""
    return " ".join(token.term for token in analyze(text, language))


@lru_cache(maxsize=4_096)
def query_terms(word: str, languages: Sequence[str] = LANGUAGES) -> tuple[frozenset[str], ...]:
    """One query word as places in a row, each matched by any of its terms.

    `zero-day` has two places, a CJK word one for each pair, a CVE or a domain one: the whole.
    Without letters or digits there are no places.
    """
    year = re.fullmatch(r"\d{4}-\d{4,19}", word)
    if year:
        return (frozenset({word.replace("-", "")}),)
    by_language = [_query_run(word, language) for language in languages]
    return tuple(frozenset(place) for place in zip(*by_language, strict=True))


def _query_run(word: str, language: str) -> list[str]:
    """The terms of a query word in one language; wholes stand for their parts."""
    places: list[Token] = []
    for token in analyze(word, language):
        if (
            places
            and token.start <= places[-1].start
            and token.end >= places[-1].end > token.start
        ):
            if len(token.term) > len(places[-1].term):
                while places and places[-1].start >= token.start:
                    places.pop()
                places.append(token)
            continue
        places.append(token)
    return [token.term for token in places]


def _pairs(raw: str, start: int) -> list[Token]:
    folded = unicodedata.normalize("NFKC", raw)
    if len(folded) != len(raw) or len(raw) == 1:
        return [Token(start, start + len(raw), folded)]
    return [Token(start + i, start + i + 2, folded[i : i + 2]) for i in range(len(raw) - 1)]


def _words(raw: str, start: int, language: str) -> list[Token]:
    found = []
    for part in _PART.finditer(raw):
        term = fold(part.group(), language)
        if term:
            found.append(Token(start + part.start(), start + part.end(), term))
    if "." in raw and len(found) > 1 and _DOMAIN.fullmatch(raw):
        whole = re.sub(r"[^a-z0-9]", "", raw.lower())
        found.append(Token(start, start + len(raw), whole[:_MAX_TERM]))
    return found


@lru_cache(maxsize=65_536)
def fold(word: str, language: str) -> str:
    """One word without case, diacritics and ending."""
    plain = word.lower().replace("'", "") if word.isascii() else _folded(word, language)
    stemmer = _stemmer(_language(plain, language))
    stem = stemmer.stemWord(plain) if stemmer else plain
    return _undotted(stem)[:_MAX_TERM]


def _language(word: str, language: str) -> str:
    """The stemmer to use: a Latin word inside a Russian text is not stemmed as Russian."""
    if word.isascii() and language in ("ru", "ar", "ja", "zh"):
        return "en"
    return language


def _folded(word: str, language: str) -> str:
    text = unicodedata.normalize("NFKC", word).casefold().translate(_PLAIN)
    if "؀" <= text[:1] <= "ۿ":
        return _arabic(text)
    # Umlauts count in German stems; they are folded only after stemming.
    if language in ("de", "fr", "es", "ru"):
        return text
    return _undotted(text)


def _arabic(text: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    bare = bare.replace("ـ", "").translate(_ARABIC)
    for article in _ARTICLES:
        if bare.startswith(article) and len(bare) - len(article) > 2:  # noqa: PLR2004 - a root
            return bare[len(article) :]
    return bare


def _undotted(text: str) -> str:
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFD", text)
    bare = "".join(c for c in apart if not unicodedata.combining(c))
    return "".join(c for c in unicodedata.normalize("NFC", bare) if c.isalnum())


@cache
def _stemmer(language: str) -> "Stemmer.Stemmer | None":
    name = _SNOWBALL.get(language)
    return Stemmer.Stemmer(name) if name else None
