"""HTML made so that text can only ever be text. Pure."""

import html
import re
from typing import NewType

Html = NewType("Html", str)

# What HTML cannot carry, and what would turn the direction of all that follows.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ADDRESS = re.compile(r"https?://[!-~]+", re.IGNORECASE)


def text(run: str) -> Html:
    """Text as HTML shows it; nothing in it is markup."""
    return Html(html.escape(_SURROGATE.sub("\ufffd", _UNFIT.sub("", run))))


def tag(name: str, *children: Html, kind: str = "", **attributes: str) -> Html:
    """An element; `kind` is its class. Attributes are escaped, empty ones left out."""
    given = {"class": kind, **attributes}
    written = "".join(f' {key}="{text(value)}"' for key, value in given.items() if value)
    return Html(f"<{name}{written}>{joined(*children)}</{name}>")


def joined(*parts: Html) -> Html:
    """One after the other."""
    return Html("".join(parts))


def link(url: str, *children: Html, kind: str = "") -> Html:
    """A link that tells the other side nothing; without a web address only its words."""
    if not _ADDRESS.fullmatch(url):
        return tag("span", *children, kind=kind)
    return tag("a", *children, kind=kind, href=url, rel="noopener noreferrer nofollow")


def paragraph(*children: Html, kind: str = "") -> Html:
    """A block that runs in the direction of its first letter, as chat clients lay it out."""
    return tag("div", *children, kind=kind, dir="auto")
