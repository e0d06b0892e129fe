"""Whether a summary that a language model wrote may be shown: everything in it must stand in the report.

Each number, identifier, name and quotation of the summary is looked for in the report; what is
not found is a doubt, and one doubt is enough to tell the report's own sentences instead. Where a
script has no capitals, names cannot be told from other words, so there every word must stand in
the report. The guard cannot see a wrong connection between right words. Pure.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from digests.text.indicators import cves
from digests.text.language import detect
from digests.text.names import find as find_names
from digests.text.tokens import terms

LONGEST = 700  # characters of a summary; a card has room for some 600
SHORTEST = 20
_READ = 40_000  # characters of the report

_SPACES = re.compile(r"\s+")
_WORD = re.compile(r"[^\W_](?:[\w'’.@:/+-]*\w)?")
_LETTERS = re.compile(r"[^\W\d_]+")
# A number with what makes it another number: its sign, its size, its currency, its percent.
_NUMBER = re.compile(
    r"(?P<before>[$€£¥₿₽]\s?)?(?P<number>\d{1,3}(?:[ '’]\d{3})+(?!\d)|\d(?:[\d.,]*\d)?)"
    r"(?:[\s-]?(?P<after>%|percent\b|prozent\b|thousand\b|tausend\b|mille\b|mil\b|m\b|mn\b|bn\b|k\b"
    r"|million\w*|millón\b|milliarden?\b|milliards?\b|billion\w*|trillion\w*|тыс\w*|млн|млрд"
    r"|миллион\w*|миллиард\w*|процент\w*|ألف|مليون|مليار|بالمئة|[万亿億兆千百]))?"
)
_GROUPED = re.compile(r"\d{1,3}(?:[.,'’ ]\d{3})+")
_CJK_NUMBER = re.compile(r"[〇零一二三四五六七八九十百千万萬億亿兆两兩]+")
_CJK = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\u30a1-\u30fa\u30fc]+")
_SMALL_CJK = frozenset(
    "的了在和与并被对将已是有等也就从向为以及其此这该而但或者上下中内外后前时日月年"
)
# Words that say nothing by themselves, whether or not a sentence's beginning makes them capital.
_SMALL = frozenset(
    """the a an it its they their he she his her this these that those in on at for from by with
    after before and but as to of there according der die das den dem ein eine einen es sie er ihr
    ihre im in am bei nach laut mit und aber auch so le la les l un une il elle ils elles ce cette
    ces selon dans et el los las una lo su sus según en y los он она они оно это эти в на по и но
    из за с от для как
    في من على إلى عن أن إن ما لا لم لن قد هذا هذه التي الذي مع بعد قبل كما أو ثم و""".split()  # noqa: SIM905 - as they would be read
)
_AR_BEFORE = re.compile(r"^(?:[وفبلك]{0,2}ال|لل|[وفبلكس](?=\w{3}))")
_AR_SHORTEST, _AR_ENDING = 3, 3  # letters of a word, and of what inflection adds
_QUOTED = re.compile(
    '“([^“”]*)”|„([^„“”]*)[“”]|«([^«»]*)»|»([^«»]*)«|「([^「」]*)」|『([^『』]*)』|"([^"]*)"|‹([^‹›]*)›'
    r"|(?<!\w)['‘]([^'‘’]*)['’](?!\w)"
)
_QUOTE_MARKS = re.compile('[“”„«»「」『』"‹›]')
_NAME = re.compile(r"[^\W\d_a-zа-яà-ÿ][\w-]*(?: [^\W\d_a-zа-яà-ÿ][\w-]*)+")
_CASELESS = frozenset({"ar", "ja", "zh"})

# Words for numbers, which no pattern of digits sees; inflected ones by their beginning ("*").
_NUMBER_WORDS = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen twent* thirty forty fifty sixty seventy eighty ninety
    hundred* thousand* million* billion* trillion* dozen* half twice double* triple* quadrupl*
    first second third fourth fifth both single couple pair
    null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf *zehn *zig hundert*
    tausend* milliard* dutzend* halb* doppel* verdoppel* dreifach* beide*
    zéro deux trois quatre cinq sept huit neuf dix onze douze treize quatorze quinze seize vingt*
    trente quarante cinquante soixante cent cents mille millier* douzaine* moitié demi* tripl*
    cero dos tres cuatro cinco seis siete ocho nueve diez once doce veint* treinta cuarenta
    cincuenta sesenta setenta ochenta noventa ciento* cien mil miles millón millones docena* mitad
    doble* ambos ambas
    ноль два две двух трёх трех три четыр* пять пяти шесть шести семь семи восемь восьми девять
    девяти десят* одиннадцат* двенадцат* *надцат* двадцат* тридцат* сорок* пятьдесят* сто ста
    сотн* тысяч* миллион* миллиард* дюжин* половин* вдвое втрое оба обе
"""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something in a summary that the report does not hold."""

    kind: str  # length | number | identifier | name | word | quotation | language | markup
    found: str


def doubts(summary: str, report: str, language: str, *, title: str = "") -> list[Doubt]:
    """What speaks against showing a summary; empty when nothing does.

    `report` is the publisher's text as far as it could be read, `language` its primary tag.
    """
    if not SHORTEST <= len(summary) <= LONGEST:
        return [Doubt("length", str(len(summary)))]
    said = _plain(summary)
    held = _plain(f"{title}\n{report[:_READ]}")
    found = [
        *_missing("number", _numbers(said), frozenset(_numbers(held))),
        *_missing("number", _number_words(said), frozenset(_number_words(held))),
        *_missing("identifier", cves(said), frozenset(cves(held))),
        *_missing("name", _known_names(said), frozenset(_known_names(held))),
        *_unspoken_words(said, held, language),
        *_unspoken_names(said, held, language),
        *_unspoken_quotes(said, held),
        *(Doubt("markup", mark) for mark in re.findall(r"https?://|\*\*|^#|```|<\w", summary)),
    ]
    if detect(said, hint=language) != language:
        found.append(Doubt("language", language))
    return found


def _missing(kind: str, said: Iterable[str], held: frozenset[str]) -> list[Doubt]:
    return [Doubt(kind, one) for one in dict.fromkeys(said) if one not in held]


def _plain(text: str) -> str:
    """One spelling: compatibility forms, digits of any script, dashes, single spaces."""
    text = unicodedata.normalize("NFKC", text)
    text = "".join(
        str(unicodedata.decimal(char)) if char.isdecimal() else char
        for char in text
        if unicodedata.category(char) not in _UNSPOKEN
    )
    return _SPACES.sub(" ", re.sub("[\u2010-\u2015\u2212]", "-", text)).strip()


_UNSPOKEN = frozenset({"Cf", "Mn"})  # direction marks; vowel signs, which Arabic may leave out


# --- numbers -----------------------------------------------------------------------------------


def _numbers(text: str) -> list[str]:
    """Numbers with their size and currency, "$5 million" as one; grouping marks do not count."""
    return [_one_number(found) for found in _NUMBER.finditer(text.casefold())]


def _one_number(found: re.Match[str]) -> str:
    digits = found["number"]
    marks = r"[.,'’ ]" if _GROUPED.fullmatch(digits) else r"(?!)"
    digits = re.sub(marks, "", digits).replace(",", ".")
    before, after = (found["before"] or "").strip(), found["after"] or ""
    return f"{before}{digits} {_SIZES.get(after, after)}".strip()


_SIZES = {"percent": "%", "prozent": "%", "процентов": "%", "بالمئة": "%", "m": "million"}


def _number_words(text: str) -> list[str]:
    words = [word for word in _LETTERS.findall(text.casefold()) if _is_number(word)]
    return [*words, *_CJK_NUMBER.findall(text)]


def _is_number(word: str) -> bool:
    return word in _WHOLE or word.startswith(_BEGINNINGS) or word.endswith(_ENDINGS)


_ALL = _NUMBER_WORDS.split()
_WHOLE = frozenset(word for word in _ALL if "*" not in word)
_BEGINNINGS = tuple(word[:-1] for word in _ALL if word.endswith("*") and not word.startswith("*"))
_ENDINGS = tuple(word.strip("*") for word in _ALL if word.startswith("*"))


# --- names and words -----------------------------------------------------------------------------


def _known_names(text: str) -> list[str]:
    return [one.name for one in find_names(text)]


def _unspoken_words(said: str, held: str, language: str) -> list[Doubt]:
    """Names that the report does not have; in scripts without capitals, any word it does not have."""
    words = frozenset(map(_bare, _words(held)))
    wanted = [word for word in _words(said) if language in _CASELESS or _is_name(word)]
    wanted = [word for word in wanted if word.casefold() not in _SMALL]
    unknown = [word for word in wanted if _bare(word) not in words]
    stems = frozenset(terms(held, language).split()) if unknown else frozenset()
    kind = "word" if language in _CASELESS else "name"
    return [Doubt(kind, one) for one in unknown if not _is_inflected(one, stems, language, held)]


def _unspoken_names(said: str, held: str, language: str) -> list[Doubt]:
    """Names of several words that the report does not have in one piece."""
    if language in _CASELESS:
        return []
    flat = held.casefold()
    common = frozenset(word for word in _words(held) if word.islower())
    wanted = (_without_grammar(found.group(), common) for found in _NAME.finditer(said))
    return [Doubt("name", run) for run in wanted if run.casefold() not in flat]


def _without_grammar(run: str, common: frozenset[str]) -> str:
    """The capitals of a row without a first one that only a sentence's beginning asks for."""
    first, _, rest = run.partition(" ")
    return rest if first.casefold() in common | _SMALL else run


def _words(text: str) -> Iterator[str]:
    return (found.group() for found in _WORD.finditer(text))


def _bare(word: str) -> str:
    return re.sub(r"['’]s?$", "", word.casefold())


def _is_name(word: str) -> bool:
    """Whether a word has a capital or is put together with digits, as names and identifiers are."""
    return any(char.isupper() for char in word) or (
        any(char.isdigit() for char in word) and any(char.isalpha() for char in word)
    )


def _is_inflected(word: str, stems: frozenset[str], language: str, held: str) -> bool:
    """Whether the report has the word in another form: its stem, or its parts one by one."""
    if language in {"ja", "zh"}:
        latin = re.findall(r"[A-Za-z][\w.-]*", word)
        return all(one in held for one in latin) and all(
            run in held or _covered(run, held) for run in _CJK.findall(word)
        )
    own = terms(word, language).split()
    if bool(own) and all(stem in stems for stem in own):
        return True
    return language == "ar" and _in_other_dress(word, held)


def _covered(run: str, held: str) -> bool:
    """Whether a run without spaces is put together of pieces of the report and small words."""
    at = 0
    while at < len(run):
        end = at + 2
        while end <= len(run) and run[at:end] in held:
            end += 1
        if end > at + 2:
            at = end - 1
        elif run[at] in _SMALL_CJK:
            at += 1
        else:
            return False
    return True


def _in_other_dress(word: str, held: str) -> bool:
    """Whether the report has an Arabic word with other particles, article or ending."""
    bare = _AR_BEFORE.sub("", word)
    others = (_AR_BEFORE.sub("", one) for one in _words(held))
    return len(bare) >= _AR_SHORTEST and any(
        abs(len(bare) - len(other)) <= _AR_ENDING
        and min(len(bare), len(other)) >= _AR_SHORTEST
        and (other.startswith(bare) or bare.startswith(other))
        for other in others
    )


# --- quotations ----------------------------------------------------------------------------------


def _unspoken_quotes(said: str, held: str) -> list[Doubt]:
    flat = _unquoted(held)
    quotes = ["".join(filter(None, groups)) for groups in _QUOTED.findall(said)]
    left = _QUOTE_MARKS.findall(_QUOTED.sub("", said))
    found = [Doubt("quotation", quote) for quote in quotes if _unquoted(quote) not in flat]
    return found + [Doubt("quotation", mark) for mark in left]


def _unquoted(text: str) -> str:
    """Words alone: quotation marks differ between a report and what is made of it."""
    bare = _QUOTE_MARKS.sub("", text).replace("’", "'").replace("‘", "'")
    return _SPACES.sub(" ", bare).strip(" .,;:!?。、，").casefold()
