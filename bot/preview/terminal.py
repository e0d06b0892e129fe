"""The terminal's own output, escape sequences and all, as HTML. Pure."""

import re
from collections.abc import Iterator
from datetime import datetime

from bot.platforms.terminal.render import text as drawn
from bot.preview.html import Html, joined, link, tag, text
from digests.model import Content

COLUMNS = 80

_ESCAPE = re.compile(r"\x1b\[(?P<codes>[0-9;]*)m|\x1b\]8;[^;\x1b]*;(?P<url>[^\x1b]*)\x1b\\")
_CLASSES = {
    "1": "bold",
    "2": "dim",
    "31": "red",
    "33": "yellow",
    "34": "blue",
    "35": "magenta",
    "36": "cyan",
}


def view(content: Content, now: datetime) -> Html:
    """What stands on an 80-column terminal."""
    return tag("pre", *_runs(drawn(content, now=now, width=COLUMNS, tty=True)), dir="ltr")


def _runs(output: str) -> Iterator[Html]:
    """Runs of one look each."""
    look: set[str] = set()
    url = ""
    at = 0
    for escape in _ESCAPE.finditer(output):
        yield _run(output[at : escape.start()], look, url)
        at = escape.end()
        if escape["codes"] is None:
            url = escape["url"]
        else:
            look = _after(look, escape["codes"])
    yield _run(output[at:], look, url)


def _after(look: set[str], codes: str) -> set[str]:
    for code in codes.split(";"):
        look = look | {_CLASSES[code]} if code in _CLASSES else set()
    return look


def _run(run: str, look: set[str], url: str) -> Html:
    if not run:
        return joined()
    shown = text(run)
    kind = " ".join(sorted(look))
    if url:
        return link(url, shown, kind=kind)
    return tag("span", shown, kind=kind) if kind else shown
