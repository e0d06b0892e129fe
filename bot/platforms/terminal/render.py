"""Content as lines of text for a terminal. Pure; nothing from outside can move the cursor."""

import textwrap
import unicodedata
from datetime import datetime

from digests.cards.words import words
from digests.model import Card, Content, Line, Listing, Notice

_WIDEST = 96
_ISOLATES = dict.fromkeys("\u2066\u2067\u2068\u2069")


def text(content: Content, *, now: datetime, width: int = 80) -> str:
    """The content, wrapped; ends with a line break."""
    width = max(30, min(width, _WIDEST))
    return "\n".join(harmless(line) for line in _lines(content, now, width)) + "\n"


def _lines(content: Content, now: datetime, width: int) -> list[str]:
    match content:
        case Card():
            return _card(content, now, width)
        case Listing():
            return _listing(content, now, width)
        case Notice():
            return [content.title, "", *content.text.splitlines()]


def harmless(line: str) -> str:
    """Without control characters: an escape sequence in a headline must not reach the terminal."""
    return "".join(c for c in line if unicodedata.category(c) != "Cc" and c not in _ISOLATES)


def _card(card: Card, now: datetime, width: int) -> list[str]:
    say = words(card.language)
    told = " · ".join(filter(None, (card.publisher, card.byline, say.ago(now - card.at))))
    lines = ["─" * width, *_wrap(card.headline, width), told, ""]
    lines += _wrap(" ".join(card.sentences), width)
    rest = (card.reading_time, " · ".join(card.chips), card.also)
    lines += ["", *(piece for line in rest if line for piece in _wrap(line, width))]
    if card.url:
        lines.append(f"{card.read_label}: {card.url}")
    return [*lines, card.footer]


def _listing(listing: Listing, now: datetime, width: int) -> list[str]:
    lines = ["─" * width, listing.title]
    lines += [piece for note in listing.notes for piece in _wrap(note, width)]
    if not listing.lines:
        return [*lines, "", *_wrap(listing.empty, width)]
    for number, line in enumerate(listing.lines, 1):
        lines += ["", *_line(number, line, listing.language, now, width)]
    return [*lines, "", listing.footer] if listing.footer else lines


def _line(number: int, line: Line, language: str, now: datetime, width: int) -> list[str]:
    ago = words(language).ago(now - line.at)
    head = _wrap(f"{number:>2}. {line.headline}", width, "    ")
    told = f"    {line.publisher} · {ago} · {line.key}"
    excerpt = "".join(f"[{span.text}]" if span.hit else span.text for span in line.excerpt)
    body = _wrap(f"    {excerpt}", width, "    ") if excerpt else []
    return [*head, told, *body, *([f"    {line.url}"] if line.url else [])]


def _wrap(text_: str, width: int, indent: str = "") -> list[str]:
    return textwrap.wrap(text_, width, subsequent_indent=indent, break_long_words=False) or [""]
