"""The card's own words: gettext catalogs, CLDR dates and numbers, and foreign runs kept apart.

English is the source. A string is used as `say.text("By {name}", name=…)` with
`say = words(language)`; whoever adds one translates it in every `locales/*/LC_MESSAGES/nightdesk.po`
(`python -m digests.cards.catalogs` says what is missing and takes the translations). Strings that
a table keeps before they are looked up are written `later("…")` there.
"""

import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date as Date  # noqa: N812 - Words has a method of that name
from datetime import datetime, timedelta
from functools import lru_cache
from gettext import GNUTranslations
from importlib.resources import files
from io import BytesIO
from unicodedata import bidirectional
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale
from babel.dates import format_skeleton, format_time, format_timedelta, get_datetime_format
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from digests.errors import Wording

SOURCE = "en"

# World English: day before month and a 24 hour clock; plain "en" is American in CLDR.
_LOCALES = {"en": "en_001"}

_COMMAND = "/digest"  # as a chat's users begin a command
_TYPED = {"terminal": "nightdesk"}  # by platform, where that is another word
_SHELLS_OWN = re.compile(r"""["'()<>|&;*?$`!\\#~\[\]{}]|(?:^|\s)-""")  # not to be typed bare there

_MINUTE = 60  # in seconds, and minutes in an hour
_HOUR = 3600

_FSI, _PDI = "\u2068", "\u2069"
_OPENERS = "\u2066\u2067\u2068"
_ISOLATES = str.maketrans("", "", _OPENERS + _PDI)
_EMBEDDINGS = str.maketrans("", "", "\u202a\u202b\u202c\u202d\u202e")
_MARK = {True: "\u200f", False: "\u200e"}  # by right-to-left: RLM, LRM
_RTL = frozenset({"R", "AL"})
# Babel knows as well, from a megabyte of each language that is otherwise read only for dates.
_FROM_THE_RIGHT = frozenset({"ar"})


def later(msgid: str) -> str:
    """Mark a string that a table keeps and `Words.text` looks up later; returns it unchanged."""
    return msgid


def languages() -> tuple[str, ...]:
    """The languages that have a catalog, sorted."""
    folders = files(__package__).joinpath("locales").iterdir()
    return tuple(sorted(folder.name for folder in folders if folder.is_dir()))


def words(language: str, platform: str = "") -> "Words":
    """The words of a language, of its primary tag, else English.

    `platform`: where they are read, which decides how commands are typed; "" any chat.
    """
    primary = language.replace("_", "-").partition("-")[0].lower()
    found = _load(primary if primary in _known() else SOURCE)
    return replace(found, platform=platform) if platform else found


def runs_rtl(text: str, *, unsaid: bool = False) -> bool:
    """Whether a text runs from right to left, by its first letter; `unsaid` when it has none."""
    kinds = (kind for kind in map(bidirectional, text) if kind in _RTL or kind == "L")
    first = next(kinds, "")
    return first in _RTL if first else unsaid


@dataclass(frozen=True, slots=True)
class Words:
    """Everything Nightdesk says in one language."""

    language: str
    rtl: bool
    _locale: Locale = field(repr=False)
    _catalog: GNUTranslations = field(repr=False)
    platform: str = ""  # where they are read

    def text(self, msgid: str, /, **args: str | int) -> str:
        """The translation; `{name}` in it takes the argument, isolated when it is foreign."""
        return self._fill(self._catalog.gettext(msgid), args)

    def told(self, wording: Wording, /) -> str:
        """What was said elsewhere, in this language."""
        return self.text(wording.msgid, **wording.args)

    def typed(self, verb: str, text: str = "") -> str:
        """How somebody who reads this types a command: `/digest search x`, `nightdesk search x`.

        `text` is what follows the verb, to be typed as it stands.
        """
        command = _TYPED.get(self.platform, _COMMAND)
        if command == _COMMAND:
            return f"{command} {verb} {text}".rstrip()
        verb = "--help" if verb == "help" else verb
        bare = "-- " if text.startswith("-") else ""  # or it would be an option, quoted or not
        text = shlex.quote(text) if _SHELLS_OWN.search(text) else text
        return f"{command} {verb} {bare}{text}".rstrip()

    def plural(self, one: str, many: str, n: int, /, **args: str | int) -> str:
        """The form for n; `{n}` in it is n, written as this language writes numbers."""
        return self._fill(self._catalog.ngettext(one, many, n), {**args, "n": n})

    def number(self, n: float) -> str:
        """1,234.5, grouped as CLDR says."""
        grouped: str = format_decimal(n, locale=self._locale)
        return grouped

    def date(self, at: datetime, zone: str = "UTC", *, year: bool = False) -> str:
        """Day and time on that zone's clock, "24 Nov, 09:12"; an unknown zone is UTC."""
        local = at.astimezone(_zone(zone))
        day = format_skeleton("yMMMd" if year else "MMMd", local, locale=self._locale)
        clock = format_time(local, "HH:mm", locale=self._locale)
        joined = str(get_datetime_format("medium", locale=self._locale))
        return joined.format(clock, day)

    def day(self, at: Date) -> str:
        """A day with its year, "24 Nov 2026"."""
        shown: str = format_skeleton("yMMMd", at, locale=self._locale)
        return shown

    def ago(self, since: timedelta) -> str:
        """How long ago, in its largest unit: "3 hours ago"."""
        if since.total_seconds() < _MINUTE:
            return self.text("just now")
        return format_timedelta(-since, add_direction=True, locale=self._locale)

    def duration(self, seconds: float) -> str:
        """A short time to read: seconds below a minute, then whole minutes, then whole hours."""
        if (whole := _nearest(seconds)) < _MINUTE:
            return self.plural("{n} s", "{n} s", whole)
        if (minutes := _nearest(seconds / _MINUTE)) < _MINUTE:
            return self.plural("{n} min", "{n} min", minutes)
        return self.plural("{n} h", "{n} h", _nearest(seconds / _HOUR))

    def names(self, names: Iterable[str]) -> str:
        """Names in a row with this language's comma, each isolated when it is foreign."""
        return self.text(", ").join(self.isolate(name) for name in names)

    def line(self, *parts: str) -> str:
        """The parts that are not empty with dots between, running in this language's direction.

        Chat clients take a line's direction from its first letter, which may be foreign: a mark
        before it says otherwise.
        """
        whole = " · ".join(self.isolate(part) for part in parts if part)
        foreign = runs_rtl(whole, unsaid=self.rtl) != self.rtl
        return _MARK[self.rtl] + whole if foreign else whole

    def isolate(self, run: str) -> str:
        """The run, enclosed by U+2068 and U+2069 when it could scramble the words around it."""
        run = _contained(run)
        return run if self._flows(_outside(run)) else _FSI + run + _PDI

    def _flows(self, run: str) -> bool:
        """Whether the run reads right amid this language's words as it is."""
        if run.isascii() and not self.rtl:
            return True
        kinds = {bidirectional(char) for char in run}
        if not self.rtl:
            return not kinds & (_RTL | {"AN"})
        # Digits alone keep their order in Arabic; dates, versions and addresses turn around.
        scrambling_number = "EN" in kinds and not kinds & _RTL and not run.isdecimal()
        return "L" not in kinds and not scrambling_number

    def _fill(self, template: str, args: dict[str, str | int]) -> str:
        shown = {
            name: self.isolate(arg) if isinstance(arg, str) else self.number(arg)
            for name, arg in args.items()
        }
        return template.format(**shown)


def catalog(language: str) -> Catalog:
    """The catalog of a language as it stands in its .po file."""
    path = files(__package__).joinpath("locales", language, "LC_MESSAGES", "nightdesk.po")
    with path.open("rb") as source:
        return read_po(source, locale=language, abort_invalid=True)


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset(languages())


@lru_cache(maxsize=32)
def _load(language: str) -> Words:
    locale = Locale.parse(_LOCALES.get(language, language))
    return Words(language, language in _FROM_THE_RIGHT, locale, _compile(catalog(language)))


def _compile(source: Catalog) -> GNUTranslations:
    # English leaves its translations empty; compiled, an empty plural would hide the source.
    for untranslated in [m.id for m in source if m.id and not any(_forms(m.string))]:
        source.delete(untranslated)
    compiled = BytesIO()
    write_mo(compiled, source)
    compiled.seek(0)
    return GNUTranslations(compiled)


def _forms(string: str | Iterable[str]) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # empty, absolute or a folder's name
        return ZoneInfo("UTC")


def _nearest(number: float) -> int:
    return int(number + 0.5)


def _contained(run: str) -> str:
    """The run without direction controls that would reach beyond it."""
    if run.isascii():
        return run
    run = run.translate(_EMBEDDINGS)
    depth = 0
    for char in run:
        depth += _step(char)
        if depth < 0:
            break
    return run.translate(_ISOLATES) if depth else run


def _outside(run: str) -> str:
    """What of a contained run lies outside its isolates."""
    if run.isascii():
        return run
    depth = 0
    outside = []
    for char in run:
        step = _step(char)
        depth += step
        if not depth and not step:
            outside.append(char)
    return "".join(outside)


def _step(char: str) -> int:
    """How much deeper inside isolates we are after this character."""
    return (char in _OPENERS) - (char == _PDI)
