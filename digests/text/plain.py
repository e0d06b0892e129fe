"""Untrusted HTML, or plain text, to plain text; in time that grows with the length only."""

import re
from dataclasses import dataclass

from digests.text.characters import clean, clip, first_graphemes
from digests.text.links import shown
from digests.text.markup import LINE, PARAGRAPH, Scan, entities

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
_OUR_SIGNS = re.compile(f"[{PARAGRAPH}{LINE}\x1c-\x1f]")  # and separators that pass for spaces
_TITLE_ROUNDS = 3  # some publishers escape twice; nobody was seen to do so three times


@dataclass(frozen=True, slots=True)
class Plain:
    """Readable text and what it pointed to.

    Paragraphs are separated by a blank line; a forced line break inside one stays a line break.
    """

    text: str
    links: tuple[str, ...] = ()  # addresses that may be opened, in order, each once
    pictures: tuple[str, ...] = ()


def to_plain(html: str, *, base: str = "") -> Plain:
    """Readable text of a piece of HTML, or of plain text, which may contain "<" and "&".

    References are decoded once: a payload quoted as `&lt;script&gt;` stays readable text.
    At most 256 Ki characters are read. Relative addresses are resolved against *base*.
    """
    scan = _scan(html)
    if not scan.marked:  # its line breaks mean something
        return Plain(clean(entities(scan.source)))
    flat = " ".join(scan.text.split())
    text = entities(flat.replace(PARAGRAPH, "\n\n").replace(LINE, "\n"))
    return Plain(
        clean(text),
        _addresses(scan.links, base, _MAX_LINKS),
        _addresses(scan.pictures, base, _MAX_PICTURES),
    )


def _scan(html: str) -> Scan:
    cut = len(html) > MAX_INPUT
    if cut:
        html = html[:MAX_INPUT]
        if html.rfind("<") > html.rfind(">"):  # the cut went through a tag
            html = html[: html.rfind("<")]
    return Scan(_OUR_SIGNS.sub("", html), cut=cut).run()


def _addresses(written: list[str], base: str, limit: int) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for address in written[:_MAX_TRIES]:
        if len(found) == limit:
            break
        if usable := shown(address, base):
            found[usable] = None
    return tuple(found)


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
