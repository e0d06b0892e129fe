"""Runs of text laid out in the columns of a terminal, in either direction. Pure.

A terminal lays each line out from the left and knows nothing of columns. So every line is put
together in the order in which it is seen, and what runs from the right is an isolate of its own.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO
from itertools import zip_longest
from typing import TYPE_CHECKING

import regex

if TYPE_CHECKING:  # rich is loaded when something is drawn
    from rich.console import Console
    from rich.text import Text

_FSI, _RLI, _PDI = "\u2068", "\u2067", "\u2069"
_OPENERS = frozenset("\u2066\u2067\u2068")
# Of the invisible characters, those that scripts and our own words need to be read rightly.
_LETTER = "\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uff66-\uff9f"
_UNSPACED = re.compile(f"[{_LETTER}]")
# One such letter or one word of another script, with the punctuation that may not leave it.
_PIECE = re.compile(
    rf"[「『（《〈【〔“‘(\[\u2066-\u2068]*(?:[{_LETTER}]|[^\s{_LETTER}」』）》〉】〕。、，．！？：；…]+)?"
    r"[」』）》〉】〕。、，．！？：；…ー々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ”’)\]\u2069]*\s*"
)
_GRAPHEME = regex.compile(r"\X")
_NEEDED = frozenset("\u200c\u200d\u200e\u200f\u2066\u2067\u2068\u2069")
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_LINK = re.compile(r"https?://[!-~]+")  # no blank and nothing a terminal could take for an end
# rich names each hyperlink by chance; without the name the same content gives the same lines.
_LINK_NAME = re.compile(r"(?<=\x1b\]8;)id=[^;\x1b]*")


def harmless(run: str) -> str:
    """On one line and printable; of an escape sequence in a headline its letters remain."""
    if run.isascii() and run.isprintable():
        return run
    return "".join(map(_tamed, run))


def _tamed(char: str) -> str:
    if char.isspace():
        return " "
    return char if char in _NEEDED or unicodedata.category(char) not in _UNSAFE else ""


def is_address(url: str) -> bool:
    """Whether a terminal may be told to open it."""
    return _LINK.fullmatch(url) is not None


def styled(run: str, style: str = "", url: str = "") -> "Text":
    """A harmless run; `style` as rich names it, `url` what opens when it is clicked."""
    from rich.text import Text

    made = Text(harmless(run))
    link = f"link {url}" if is_address(url) else ""
    if style or link:
        made.stylize(f"{style} {link}".strip())
    return made


@dataclass(frozen=True, slots=True)
class Column:
    """Lines that share their left edge and take up `width` columns."""

    lines: tuple["Text", ...]
    width: int

    def beside(self, right: "Column", between: "Text | None" = None) -> "Column":
        """This column and one to its right, with something between."""
        between = between or styled("")
        rows = [
            _padded(one, self.width).append_text(between).append_text(other)
            for one, other in zip_longest(self.lines, right.lines, fillvalue=styled(""))
        ]
        return Column(tuple(rows), self.width + between.cell_len + right.width)

    def indented(self, by: int) -> "Column":
        """Moved to the right."""
        rows = (styled(" " * by).append_text(row) for row in self.lines)
        return Column(tuple(rows), self.width + by)


def column(run: "Text", width: int, *, rtl: bool) -> Column:
    """A run wrapped to `width`; words longer than that are broken."""
    lines = _closed(_wrapped(run, width))
    shown = (line for line in lines if line.plain.strip())
    return Column(tuple(_from_right(line, width) if rtl else line for line in shown), width)


def unbroken(run: "Text", width: int, *, rtl: bool) -> Column:
    """A run on one line, however long it is."""
    return Column((_from_right(run, width) if rtl else run,), width)


def inline(run: "Text", *, rtl: bool) -> "Text":
    """A run amid others on one line."""
    return _from_right(run, 0) if rtl else run


def blank() -> Column:
    """An empty line."""
    return Column((styled(""),), 0)


def stacked(*parts: Column) -> Column:
    """One below the other."""
    rows = tuple(row for part in parts for row in part.lines)
    return Column(rows, max((part.width for part in parts), default=0))


def apart(*parts: Column) -> Column:
    """One below the other, an empty line between those that say something."""
    said = [part for part in parts if part.lines]
    spaced = [piece for part in said for piece in (blank(), part)]
    return stacked(*spaced[1:])


def printed(rows: Iterable["Text"], *, tty: bool) -> str:
    """The rows as a terminal takes them: with colours and links (OSC 8), or text alone."""
    console = _console(tty=tty)
    for row in rows:
        row.rstrip()
        console.print(row, soft_wrap=True)
    drawn = console.file
    assert isinstance(drawn, StringIO)
    return _LINK_NAME.sub("", drawn.getvalue())


def _wrapped(run: "Text", width: int) -> "Iterable[Text]":
    """Lines of a run. Scripts without spaces break between letters, never within a foreign word."""
    if not _UNSPACED.search(run.plain):
        return run.wrap(_console(), width, overflow="fold")
    from rich.cells import cell_len

    ends: list[int] = []
    room = width
    for piece in _pieces(run.plain, width):
        taken = cell_len(piece.group().rstrip())
        if taken > room and piece.start():
            ends.append(piece.start())
            room = width
        room -= cell_len(piece.group())
    return run.divide(ends)


def _pieces(plain: str, width: int) -> "Iterator[re.Match[str] | regex.Match[str]]":
    """What stays together; a foreign word longer than a line falls into its letters."""
    from rich.cells import cell_len

    for piece in _PIECE.finditer(plain):
        if cell_len(piece.group().rstrip()) > width:
            yield from _GRAPHEME.finditer(plain, *piece.span())
        elif piece.group():
            yield piece


def _padded(row: "Text", width: int) -> "Text":
    return styled("").append_text(row).append(" " * max(0, width - row.cell_len))


def _from_right(row: "Text", width: int) -> "Text":
    row = row.copy()
    row.rstrip()
    space = " " * max(0, width - row.cell_len)
    return styled(space).append(_RLI).append_text(row).append(_PDI)


def _closed(lines: Iterable["Text"]) -> Iterator["Text"]:
    """Isolates that a line's end cut, closed there and opened again on the next."""
    depth = 0
    for line in lines:
        opened = depth
        for char in line.plain:
            depth = max(0, depth + (char in _OPENERS) - (char == _PDI))
        yield styled(_FSI * opened).append_text(line).append(_PDI * depth)


def _console(*, tty: bool = False) -> "Console":
    """Draws into memory; knows nothing of the real terminal or the environment."""
    from rich.console import Console

    return Console(
        file=StringIO(),
        force_terminal=tty,
        color_system="standard" if tty else None,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
        _environ={},
    )
