"""Split text into sentences, in time that hostile text cannot stretch."""

import re
from collections.abc import Iterable, Iterator
from unicodedata import east_asian_width

from digests.text.characters import whole_characters

_LONGEST = 4096
_QUOTED = 512  # the longest piece where quotation marks abound: their cost grows with the square
_MANY_QUOTES = 48
_QUOTES = re.compile("[\"'“”„«»‹›「『‘’(\\[{（]")
_WRAPPED = 60  # a line at least this long may have been broken by its width only
_WIDEST = 140  # columns: no screen is so wide that somebody would break Chinese or Japanese there
_ENDING = re.compile(r"""[.!?:;…。！？؟。][)"'”’»」』]*\Z""")
_ENTRY = re.compile(r"[・•●◆▼▪■□◇▶►※]|[-*–] (?=\S)")  # a list's line begins so
_CLOSERS = "…”’—"  # as wide as the writing around them
_CUT = re.compile(r"(?s).*[.!?。！？؟](?=\s|[^\x00-\xff])|.*(?=\s)")
_BEFORE_DIGITS = re.compile(r"(?<=[。！？])(?=[0-9０-９])")
# A title before a name, which no sentence ends with.
_ABBREVIATED = re.compile(
    r"(?:^|\s)(?:MM?|Mme|Mlle|Mgr|Sr|Sra|Srta|Mr|Mrs|Ms|Dr|Prof|Fa|Hr|Hrn|inkl|د|أ\.د|[A-Z]\.-[A-Z])\.\s*\Z"
)
_LONGEST_TITLE = 16  # characters, with the space around it
# A name in honour of somebody: "Музей им. А. С. Пушкина"; the same word is "to them".
_NAMED_FOR = re.compile(r"\bим\.\s*\Z")
_INITIALS = re.compile(r"[А-ЯЁ]\.\s?[А-ЯЁ]")
_IN_CODE = re.compile(r"[A-Za-z0-9]*(?:[a-z][A-Z]|[A-Za-z]\d|_|\()")  # os.RemoveAll, unix.SYS_READ
_LINK = re.compile(r"[A-Za-z0-9]+\.\Z")  # of System.IO.Stream
_LINKED = re.compile(r"\b[A-Z][A-Za-z0-9]*\.[A-Z][A-Za-z0-9]*\.\Z")
_LONGEST_LINK = 40  # characters
# What follows a Chinese quotation and belongs to it: “……！”他说。
_SAYS = re.compile(r"[^，。！？；\s]{0,8}(?:说|說|表示|写道|寫道|问道|問道|补充道|補充道)[。，]")


def split(text: str, language: str) -> list[str]:
    """The sentences of *text*, in order, each on one line and without space around it.

    A sentence never crosses a paragraph, nor a line break that ends a short line (a list), nor
    4,096 characters.
    """
    from sentencex import segment  # noqa: PLC0415 - native code; only the worker needs it

    return [
        sentence
        for block in _blocks(whole_characters(text))
        for piece in _pieces(block)
        for part in _mended(segment(language or "en", piece), language)
        if (sentence := part.strip())
    ]


def _mended(parts: list[str], language: str) -> Iterator[str]:
    """What the splitter overlooks: a full stop before a digit in Chinese and Japanese, "M. Dupont"."""
    if language in {"zh", "ja"}:
        parts = [piece for part in parts for piece in _BEFORE_DIGITS.split(part)]
    held = ""
    for part in parts:
        if held and (_is_abbreviated(held, part) or _goes_on(held, part)):
            held += part
            continue
        if held:
            yield held
        held = part
    if held:
        yield held


def _is_abbreviated(held: str, part: str) -> bool:
    """Whether the full stop at the end of what is held belongs to a word."""
    if held.endswith(".") and _is_chained(held, part):
        return True
    named_for = _INITIALS.match(part) is not None and _NAMED_FOR.search(held) is not None
    return named_for or _ABBREVIATED.search(held, max(0, len(held) - _LONGEST_TITLE)) is not None


def _is_chained(held: str, part: str) -> bool:
    """Whether a full stop without a space behind it is one of a program's."""
    if _IN_CODE.match(part) or _LINK.match(part):
        return True
    return _LINKED.search(held, max(0, len(held) - _LONGEST_LINK)) is not None


def running(sentences: Iterable[str]) -> str:
    """Sentences as one run of text: a space between them, none where Chinese or Japanese meet.

    A line break behind what has no end of its own (a heading, a standfirst), and before what a
    list's entry begins with.
    """
    text = ""
    for sentence in sentences:
        text += _between(text[-1:], sentence) + sentence
    return text


def _between(last: str, sentence: str) -> str:
    if last.isalnum() or (last and _ENTRY.match(sentence)):
        return "\n"
    return "" if not last or _meet(last, sentence[:1]) else " "


def _meet(last: str, first: str) -> bool:
    """Whether no space belongs between these characters: full width, but not Korean."""
    return _is_wide(last) or (last in _CLOSERS and _is_wide(first))


def _is_wide(char: str) -> bool:
    return east_asian_width(char or " ") in "WF" and not "가" <= char <= "힣"


def _goes_on(quoted: str, part: str) -> bool:
    """Whether a Chinese quotation goes on with who said it."""
    return quoted.endswith(("”", "」", "’", "』")) and _SAYS.match(part) is not None


def _blocks(text: str) -> list[str]:
    """Paragraphs, their wrapped lines joined."""
    blocks: list[list[str]] = []
    joined = False  # does the next line go on with the last block
    for raw in text.split("\n"):
        line = " ".join(raw.split())
        if joined and line and not _ENTRY.match(line):
            blocks[-1].append(line)
        elif line:
            blocks.append([line])
        joined = len(line) >= _WRAPPED and not (_ENDING.search(line) or _is_paragraph(line))
    return [" ".join(lines) for lines in blocks]


def _is_paragraph(line: str) -> bool:
    """Whether it is too wide to have been broken for its width; in Chinese and Japanese only."""
    wide = 0 if line.isascii() else sum(map(_is_wide, line))
    return 2 * wide > len(line) and len(line) + wide > _WIDEST


def _pieces(block: str) -> list[str]:
    """Parts short enough to be split in bounded time, cut behind a sentence if possible."""
    pieces: list[str] = []
    while len(block) > _QUOTED:
        limit = _LONGEST if _calm(block[:_LONGEST]) else _QUOTED
        if len(block) <= limit:
            break
        cut = _CUT.match(block[:limit])
        at = cut.end() if cut and cut.end() else limit
        pieces.append(block[:at])
        block = block[at:].lstrip()
    return [*pieces, block]


def _calm(piece: str) -> bool:
    return len(_QUOTES.findall(piece)) < _MANY_QUOTES
