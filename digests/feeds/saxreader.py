"""The XML reader that feedparser is given: the standard one, with text in whole pieces.

Python's own driver hands every line and every character reference over on its own; feedparser
looks up four things for each. In whole pieces a parse costs a fifth less, with the same result.
"""

from typing import Any
from xml.sax.expatreader import ExpatParser

_PIECE = 64 * 1024  # bytes


class WholeTextParser(ExpatParser):
    """The standard driver over an expat that joins neighbouring pieces of text."""

    _parser: Any  # the standard library does not say what it is

    def reset(self) -> None:
        """Start over with a new expat."""
        super().reset()
        self._parser.buffer_text = True
        self._parser.buffer_size = _PIECE


def create_parser() -> WholeTextParser:
    """What `xml.sax.make_parser` calls by this name."""
    return WholeTextParser()
