"""Places in a file: from an index into its text to line and column, and into a YAML scalar."""

import re
from bisect import bisect_right
from collections.abc import Iterator

_LINE_END = re.compile(r"\r\n|\r|\n")
_ESCAPED = re.compile(r"\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|\r\n|.)|.", re.DOTALL)
_DOUBLED = re.compile(r"''|.", re.DOTALL)
_CHARACTER = re.compile(r".", re.DOTALL)


class Lines:
    """The lines of a text, to say where an index lies; both numbers count from 1."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(text))]
        self._length = len(text)

    def place(self, index: int) -> tuple[int, int]:
        """Line and column, in characters; an index behind the end is the end."""
        index = min(index, self._length)
        line = bisect_right(self._starts, index)
        return line, index - self._starts[line - 1] + 1


def inside(written: str, value: str, offset: int) -> int:
    """Where the character `value[offset]` stands in the scalar as it was written.

    `written` includes quotation marks or the head of a block; line folding, indentation and
    escapes are stepped over. Exact but for blocks whose own lines begin with spaces.
    """
    reached = 0
    for index, piece in _pieces(written):
        if reached < len(value) and _stands_for(piece, value[reached]):
            if reached == offset:
                return index
            reached += 1
    return len(written)


def _pieces(written: str) -> Iterator[tuple[int, str]]:
    """What each character of the value was written as, from the first one on."""
    pattern, begin, end = _CHARACTER, 0, len(written)
    if written[:1] in {"'", '"'}:
        pattern, begin, end = (_ESCAPED if written[0] == '"' else _DOUBLED), 1, end - 1
    elif written[:1] in {"|", ">"}:
        head = _LINE_END.search(written)
        begin = head.end() if head else end
    for match in pattern.finditer(written, begin, end):
        yield match.start(), match[0]


def _stands_for(piece: str, character: str) -> bool:
    if piece in {"\r", "\n"}:  # folded into a space, or kept
        return character in {" ", "\n"}
    if piece == "''":
        return character == "'"
    if len(piece) > 1:  # an escape; an escaped line end stands for nothing
        return piece[1] not in {"\r", "\n"}
    return piece == character
