"""A publisher's page to the text of its article, with what the page says of itself.

trafilatura finds the text, favouring precision: a line of furniture on a card costs more than a
lost tail. Facts come from the page's own declarations only (JSON-LD, then OpenGraph, then meta);
no byline does less harm than somebody else's. Nothing here raises, and nothing touches the network.
"""

import logging
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from digests.feeds.charsets import to_utf8
from digests.feeds.metadata import Declared, declared_by
from digests.text.plain import clean

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_PAGE = 2 * 1024 * 1024  # bytes; real articles of 181 publishers end at 1.5 MB
MAX_TAGS = 25_000  # the extractor is quadratic in some of them; real pages have 3,000

_SHORT = 250  # characters: then precision has thrown the article away
_DOUBTFUL = 1_000  # it may have kept a notice instead, which shows when a second look finds
_FAR_MORE = 4  # times as much
_TITLE_LINES = 3  # the headline stands in the first lines, if it stands in the text at all
_FURNITURE = re.compile(  # whole lines that belong to a page and to no article
    r"https?://\S+|(?:©|\(c\)|copyright)\b.{0,300}|this copy is for your personal.{0,400}"
    r"|[-\s]*(?:advertisement|order reprints|print (?:this )?article|share this(?: article)?|thank you"
    r"|sign up(?: now)?|subscribe(?: now)?|you may also like|related (?:posts?|articles?|stories))[.:]?",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")
_CODE = "\u2e3f"  # a mark of medieval scribes, which the extractor lets pass


@dataclass(frozen=True, slots=True)
class Page:
    """What a page holds; anything may be empty."""

    text: str = ""  # paragraphs separated by a blank line
    prose: str = ""  # the same without code, when there is some
    title: str = ""
    byline: str = ""
    canonical: str = ""
    language: str = ""
    picture: str = ""
    date: datetime | None = None


def extract(html: bytes, url: str, *, language: str = "", content_type: str = "") -> Page:
    """Text and facts of a page. `language` is what to assume when the page does not say."""
    page = to_utf8(html[:MAX_PAGE], content_type)
    if page.count(b"<") > MAX_TAGS:
        return Page(language=language)
    tree = _tree(page.decode("utf-8", "replace"))
    if tree is None:
        return Page(language=language)
    said = _declared(tree, url)
    _mark_code(tree)
    text, prose = _unmarked(_without_title(_text(tree), said.title))
    return Page(
        text=text,
        prose=prose,
        title=said.title,
        byline=said.byline,
        canonical=said.canonical,
        language=said.language or language,
        picture=said.picture,
        date=said.date,
    )


def _tree(page: str) -> "HtmlElement | None":
    from trafilatura.utils import load_html  # noqa: PLC0415 - 40 MB that only a worker needs

    _silence()
    try:
        tree: HtmlElement | None = load_html(page)
    except Exception:  # noqa: BLE001 - a hostile page may make a foreign parser raise anything
        return None
    return tree


def _silence() -> None:
    """What trafilatura thinks of a page is no news for an operator."""
    logger = logging.getLogger("trafilatura")
    logger.propagate = False
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())


def _declared(tree: "HtmlElement", url: str) -> Declared:
    try:
        return declared_by(tree, url)
    except Exception:  # noqa: BLE001 - facts are a luxury; the text may still be good
        return Declared()


def _mark_code(tree: "HtmlElement") -> None:
    """A sign before each line of what is set as it is, since the extractor keeps no other."""
    for block in list(tree.iter("pre")):
        for line_break in block.iter("br"):
            line_break.tail = f"\n{line_break.tail or ''}"
        lines = "".join(block.itertext()).splitlines()
        del block[:]
        block.text = "\n".join(_CODE + line for line in lines if line.strip())


def _unmarked(text: str) -> tuple[str, str]:
    """A text without these signs, and without the lines that had one."""
    if _CODE not in text:
        return text, ""
    lines = text.split("\n\n")
    prose = "\n\n".join(line for line in lines if not line.startswith(_CODE))
    return "\n\n".join(line.removeprefix(_CODE) for line in lines), prose


def _text(tree: "HtmlElement") -> str:
    """The article: precise, unless that left next to nothing of a page with much to read."""
    precise = _extracted(tree, precision=True)
    if len(precise) >= _DOUBTFUL:
        return precise
    full = _extracted(tree, precision=False)
    enough = len(precise) if len(precise) < _SHORT else _FAR_MORE * len(precise)
    return full if len(full) > enough else precise


def _extracted(tree: "HtmlElement", *, precision: bool) -> str:
    import trafilatura  # noqa: PLC0415 - as above

    try:
        found = trafilatura.extract(
            tree,
            include_comments=False,
            include_tables=True,
            favor_precision=precision,
            with_metadata=False,
        )
    except Exception:  # noqa: BLE001 - as above; the caller falls back
        return ""
    lines = (clean(line) for line in (found or "").splitlines())
    return "\n\n".join(line for line in lines if line and not _FURNITURE.fullmatch(line))


def _without_title(text: str, title: str) -> str:
    """The text without a line that only repeats the headline."""
    wanted = _words(title)
    if not wanted:
        return text
    lines = text.split("\n\n")
    first = [line for line in lines[:_TITLE_LINES] if _words(line) != wanted]
    return "\n\n".join(first + lines[_TITLE_LINES:])


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
