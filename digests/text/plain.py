"""Untrusted HTML, or plain text, to plain text; in time that grows with the length only."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from digests.text.characters import clean, clip, first_graphemes
from digests.text.links import shown
from digests.text.markup import (
    CODE,
    LINE,
    PARAGRAPH,
    PROSE,
    Scan,
    entities,
    href_of,
    picture_of,
)

__all__ = ["MAX_INPUT", "Plain", "clean", "clip", "title_text", "to_plain"]

MAX_INPUT = 256 * 1024  # characters; what lies behind is not read
_MAX_TITLE = 300  # graphemes
_MAX_LINKS = 100
_MAX_PICTURES = 20
_MAX_TRIES = 500  # addresses looked at in one text, usable or not

# A headline is plain words with a little emphasis at most; any other tag in it is its subject
# ("XSS through <script> in ..."), and so is emphasis that does not close.
_EMPHASIS = re.compile(
    r"(?i)<(/?)(a|abbr|b|big|cite|code|em|font|i|kbd|mark|p|q|s|samp|small|span|strike|strong|sub"
    r"|sup|tt|u)(?:\s[^<>]{0,500})?>"
)
_LINE_BREAK = re.compile(r"(?i)<(?:br|wbr)\s{0,9}/?>")
# And separators that pass for spaces.
_OUR_SIGNS = (PARAGRAPH, LINE, CODE, PROSE, *"\x1c\x1d\x1e\x1f")
_CODE = re.compile(rf"{CODE}[^{PROSE}]*+{PROSE}?")
_CODE_MARKS = str.maketrans("", "", CODE + PROSE)
_TITLE_ROUNDS = 3  # some publishers escape twice; nobody was seen to do so three times


@dataclass(frozen=True, slots=True)
class Plain:
    """Readable text and what it pointed to.

    Paragraphs are separated by a blank line; a forced line break inside one stays a line break.
    Addresses are read from their tags when they are asked for: most texts are never asked.
    """

    text: str
    _link_tags: tuple[str, ...] = field(default=(), repr=False)
    _picture_tags: tuple[str, ...] = field(default=(), repr=False)
    _base: str = field(default="", repr=False)
    prose: str = ""  # the text without code, when there is some

    @property
    def links(self) -> tuple[str, ...]:
        """Addresses that may be opened, in order, each once, at most 100."""
        return usable(map(href_of, self._link_tags), self._base, _MAX_LINKS)

    def written_links(self, most: int) -> tuple[str, ...]:
        """The first of them as they are written, for `usable`: most texts are never asked."""
        return tuple(filter(None, map(href_of, self._link_tags[:most])))

    @property
    def pictures(self) -> tuple[str, ...]:
        """Addresses of pictures, in order, each once, at most 20."""
        return usable(map(picture_of, self._picture_tags), self._base, _MAX_PICTURES)


def to_plain(html: str, *, base: str = "") -> Plain:
    """Readable text of a piece of HTML, or of plain text, which may contain "<" and "&".

    References are decoded once: a payload quoted as `&lt;script&gt;` stays readable text.
    At most 256 Ki characters are read. Relative addresses are resolved against *base*.
    """
    scan = _scan(html)
    if not scan.marked:  # its line breaks mean something
        return Plain(clean(entities(scan.source)))
    flat = " ".join(scan.text.split())
    prose = _readable(_CODE.sub("", flat)) if CODE in flat else ""
    links, pictures = tuple(scan.links[:_MAX_TRIES]), tuple(scan.pictures[:_MAX_TRIES])
    return Plain(_readable(flat.translate(_CODE_MARKS)), links, pictures, base, prose)


def _readable(flat: str) -> str:
    return clean(entities(flat.replace(PARAGRAPH, "\n\n").replace(LINE, "\n")))


def _scan(html: str) -> Scan:
    cut = len(html) > MAX_INPUT
    if cut:
        html = html[:MAX_INPUT]
        if html.rfind("<") > html.rfind(">"):  # the cut went through a tag
            html = html[: html.rfind("<")]
    for sign in _OUR_SIGNS:
        html = html.replace(sign, "")
    return Scan(html, cut=cut).run()


def usable(written: Iterable[str], base: str, most: int) -> tuple[str, ...]:
    """The first of some addresses that may be opened, each once, resolved against *base*."""
    return tuple(islice(_addresses(written, base), most))


def _addresses(written: Iterable[str], base: str) -> Iterator[str]:
    found: set[str] = set()
    for address in filter(None, written):
        usable = shown(address, base)
        if usable and usable not in found:
            found.add(usable)
            yield usable


def title_text(raw: str) -> str:
    """A headline on one line, at most 300 graphemes; emphasis dropped, references resolved.

    References are decoded until nothing changes (three rounds at most), since headlines are often
    escaped twice; the result is shown as plain text and never read as markup again.
    """
    text = raw[:MAX_INPUT].removeprefix("<![CDATA[").removesuffix("]]>")
    for _ in range(_TITLE_ROUNDS):
        before = text
        text = entities(_without_emphasis(text))
        if text == before:
            break
    return first_graphemes(clean(text).replace("\n\n", " ").replace("\n", " "), _MAX_TITLE)


def _without_emphasis(text: str) -> str:
    text = _LINE_BREAK.sub(" ", text)
    if "</" not in text:
        return text
    tags = {(tag[1], tag[2].lower()) for tag in _EMPHASIS.finditer(text)}
    paired = {name for slash, name in tags if slash and ("", name) in tags}
    return _EMPHASIS.sub(lambda tag: "" if tag[2].lower() in paired else tag[0], text)
