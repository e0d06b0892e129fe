"""A publisher's document made tame: no prolog, its end mended, small faults repaired.

Every scan here is linear in the document; the parsers that come after are not. Pure.
"""

import html.entities
import re
from dataclasses import dataclass

_DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>\n'
_FEED_ROOTS = frozenset({"rss", "feed", "rdf"})
_PAGE_ROOTS = frozenset({"html", "head", "body"})
_SKIPPED = re.compile(
    rb"<!--.*?-->|<\?.*?\?>|<!DOCTYPE[^\[>]*+(?:\[.*?\]\s*+)?>|<!(?!--|DOCTYPE)[^>]*>",
    re.DOTALL | re.IGNORECASE,
)
_NAME = re.compile(rb"[A-Za-z_][\w.-]{0,60}(?::[\w.-]{1,60})?")
_ROOT_LATER = re.compile(rb"<(?:rss|feed|(?:\w{1,16}:)?RDF)[\s>]")
_SEARCHED_FOR_ROOT = 64 * 1024
_ENTRY_START = re.compile(rb"<(?:\w{1,16}:)?(?:item|entry)[\s>/]")
_ENTRY_END = re.compile(rb"</(?:\w{1,16}:)?(?:item|entry)\s*>")

_NOT_XML = bytes(range(9)) + b"\x0b\x0c" + bytes(range(0x0E, 0x20))
_NAMED = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,30});")
_NUMBERED = re.compile(rb"&#([0-9]{1,40}|[xX][0-9A-Fa-f]{1,40});")
_IN_EVERY_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})
_REPLACEMENT = b"&#65533;"
_XML_CHARACTERS = (
    (9, 10, 13),
    range(0x20, 0xD800),
    range(0xE000, 0xFFFE),
    range(0x10000, 0x110000),
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A document from its root element on."""

    root: str  # local name, lower case; "" when there is no element at all
    tag: bytes  # as written, with its prefix
    body: bytes  # an XML declaration of ours, then the root element

    @property
    def is_page(self) -> bool:
        """Whether this is a web page and no feed."""
        return self.root in _PAGE_ROOTS


def opened(body: bytes) -> Opened:
    """Find the root element and leave out all that stands before it.

    Nothing in a prolog matters to us (declaration, style sheets, comments, DOCTYPE), and all of
    it has been used against parsers: entity bombs, megabytes of blanks, comments that hide both.
    """
    at = _first_element(body)
    if at < 0:
        return Opened("", b"", b"")
    tag = _tag_at(body, at)
    if _local(tag) not in _FEED_ROOTS | _PAGE_ROOTS:
        # A warning that a broken site printed first, as markup, before the feed itself.
        later = _ROOT_LATER.search(body, at, at + _SEARCHED_FOR_ROOT)
        at = later.start() if later else at
        tag = _tag_at(body, at)
    return Opened(_local(tag), tag, _DECLARATION + body[at:])


def _first_element(body: bytes) -> int:
    """Where the first element starts; -1 when there is none."""
    at = body.find(b"<")
    while at >= 0:
        skipped = _SKIPPED.match(body, at)
        if skipped:
            at = body.find(b"<", skipped.end())
        elif _NAME.match(body, at + 1):
            return at
        elif body[at + 1 : at + 2] in (b"!", b"?"):  # it never ends, so nothing comes after it
            return -1
        else:
            at = body.find(b"<", at + 1)
    return -1


def _tag_at(body: bytes, at: int) -> bytes:
    found = _NAME.match(body, at + 1)
    return found[0] if found else b""


def _local(tag: bytes) -> str:
    return tag.rpartition(b":")[2].decode("ascii", "replace").lower()


@dataclass(frozen=True, slots=True)
class Ended:
    """A document that ends as it should, or was made to."""

    body: bytes
    whole: bool = True
    torn: bool = False  # the cut went through an entry; that entry is left out


def ended(document: Opened) -> Ended:
    """Close a document that was cut off, after its last whole entry.

    Half an entry would be told now and look like an edit later, so it waits until it is whole.
    """
    body = document.body
    if document.root not in _FEED_ROOTS or b"</" + document.tag in body or _is_empty(body):
        return Ended(body)
    end = max((found.end() for found in _ENTRY_END.finditer(body)), default=0)
    torn = _ENTRY_START.search(body, end)
    if not end and not torn:
        return Ended(body, whole=False)
    kept = body[:end] if end else body[: torn.start() if torn else 0]
    channel = b"</channel>" if document.root == "rss" else b""
    return Ended(kept + channel + b"</" + document.tag + b">", whole=False, torn=torn is not None)


def _is_empty(body: bytes) -> bool:
    """Whether the root element closes itself, as in `<rss/>`."""
    return body.rstrip().endswith(b"/>") and body.count(b"<", len(_DECLARATION)) == 1


def mended(body: bytes) -> bytes:
    """Repair what XML forbids and HTML allows; the same object when there is nothing to repair.

    Control characters go, named HTML entities become numbers, and numbers that are no character
    become the replacement character (the parser we feed raises on some of them).
    """
    tamed = body.translate(None, _NOT_XML)
    tamed = _NUMBERED.sub(_believable_number, _NAMED.sub(_by_number, tamed))
    return body if tamed == body else tamed


def _by_number(found: re.Match[bytes]) -> bytes:
    name = found[1].decode("ascii")
    code = html.entities.name2codepoint.get(name)
    return found[0] if code is None or name in _IN_EVERY_XML else b"&#%d;" % code


def _believable_number(found: re.Match[bytes]) -> bytes:
    digits = found[1].decode("ascii")
    code = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
    return found[0] if _is_xml_character(code) else _REPLACEMENT


def _is_xml_character(code: int) -> bool:
    return any(code in characters for characters in _XML_CHARACTERS)
