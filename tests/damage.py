"""Feeds damaged by chance, seeded: faults that publishers, proxies and attackers make."""

import re
from collections.abc import Sequence
from pathlib import Path
from random import Random

from tests.corpus import SHARED, corpus

_ENTRY = re.compile(rb"<(item|entry)[\s>].*?</\1\s*>", re.DOTALL)
_SMALL = 5_000  # bytes: a fuzzed document costs as much as it is long, and small ones say as much
_OWN = Path(__file__).parent / "golden" / "feeds"

# What goes wrong inside one entry and leaves its neighbours alone.
_INSIDE = (
    *(b"\x00", b"\x0b", b"\x1b[31m", b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"),
    *(b" & ", b"&", b"&;", b"&nosuch;", b"&nbsp;", b"&#0;", b"&#xD800;", b"&#99999999999;"),
    *(b"&#x;", b"&amp;amp;lt;", b"&lt;script&gt;", b"< ", b" <3 ", b"\xe2\x80\xae", b"%s%n"),
    *(b"<br>", b"<p>", b"</p>", b"<b/>", b"<x:y/>", b"]]>", b"<category/>", b"<guid/>"),
    *(b"<pubDate>soon</pubDate>", b"<link>javascript:x</link>", b"<author>a@b</author>"),
    *("\U0001f600".encode(), "\u0301".encode() * 30, "\u202e\u2066".encode(), b"{{7*7}}"),
)
# What may ruin a whole document.
_ANYWHERE = (
    *_INSIDE,
    *(b"<item>", b"</item>", b"<entry>", b"</entry>", b"<title>", b"</title>", b"</channel>"),
    *(b"<!--", b"-->", b"<![CDATA[", b"<?", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"<?xml?>"),
    *(b"<rss>", b"</rss>", b"</feed>", b"<html>", b"xmlns:a='b'", b"xml:base='//x'", b"\n" * 200),
)


def documents() -> list[bytes]:
    """Our own small feeds, and small parts of real ones where they lie beside the project."""
    own = [path.read_bytes() for path in sorted(_OWN.iterdir())]
    if SHARED is None:
        return own
    real = [p for p in sorted(corpus("feeds").iterdir()) if p.suffix != ".tsv"]
    return own + [shortened(path.read_bytes()) for path in real]


def shortened(body: bytes) -> bytes:
    """The head of a document, its first few entries, and its end."""
    if len(body) <= _SMALL:
        return body
    spans = [found.span() for found in _ENTRY.finditer(body)]
    if not spans:
        return body[:_SMALL]
    kept = [s for s in spans[:3] if s[1] - s[0] < _SMALL] or spans[:1]
    entries = b"".join(body[start:end] for start, end in kept)
    return body[: spans[0][0]] + entries[: 4 * _SMALL] + body[spans[-1][1] :]


def anywhere(body: bytes, chance: Random, pieces: Sequence[bytes] = _ANYWHERE) -> bytes:
    """One to six faults: flipped and lost bytes, cuts, doubled and moved parts, foreign pieces."""
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(body) + 1)
        end = min(len(body), at + chance.randrange(1, 200))
        match chance.randrange(7):
            case 0:
                body = body[:at] + bytes([chance.randrange(256)]) + body[at + 1 :]
            case 1:
                body = body[:at] or body
            case 2:
                body = body[:at] + body[end:]
            case 3:
                body = body[:end] + body[at:]
            case 4:
                body = body[end:] + body[at:end]
            case 5:
                body = body[:at] + chance.choice(pieces) + body[at:]
            case _:
                old, new = chance.choice(pieces), chance.choice(pieces)
                body = body.replace(old, new, chance.randrange(1, 4))
    return body


def inside(body: bytes, chance: Random) -> tuple[bytes, int] | None:
    """Faults in the text of one entry, and which one it is; None when there are not two entries."""
    spans = [found.span() for found in _ENTRY.finditer(body)]
    if len(spans) < 2:
        return None
    chosen = chance.randrange(len(spans))
    start, end = spans[chosen]
    entry = body[start:end]
    for _ in range(chance.randint(1, 3)):
        texts = [found.end() for found in re.finditer(rb">[^<]*", entry[:-8])]
        at = chance.choice(texts)
        entry = entry[:at] + chance.choice(_INSIDE) + entry[at:]
    return body[:start] + entry + body[end:], chosen
