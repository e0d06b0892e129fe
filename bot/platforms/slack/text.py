"""Untrusted text and links made safe for Slack: escaped, within limits, unable to ping. PURE."""

import re
from datetime import datetime
from typing import NewType
from urllib.parse import quote, urlsplit

from digests.text.plain import clip

Escaped = NewType("Escaped", str)  # mrkdwn in which only what we wrote ourselves has a meaning

LINK_LIMIT = 3000  # Slack's own, for the address behind a button or a picture

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
# Control characters make a body unreadable for Slack, a lone surrogate cannot even be sent.
_UNSENDABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_ID = re.compile(r"[UWS][A-Z0-9]{2,20}", re.ASCII)  # of a user or a user group
_OPEN, _CLOSE = "\u2066\u2067\u2068", "\u2069"
_KEPT_IN_LINKS = "%/:=&?~#+!$,;'@()*[]-._"  # what `quote` must leave alone; all else is encoded


def escape(text: str) -> Escaped:
    """Plain text as mrkdwn: `<!here>`, `<@U1>` and `<url|label>` are shown, not obeyed."""
    return Escaped(text.translate(_ENTITIES))


def ping(who: str) -> Escaped:
    """A name out of feeds.yaml as a mention; "" for whatever else."""
    if who in ("@here", "@channel"):
        return Escaped(f"<!{who[1:]}>")
    if not _ID.fullmatch(who):
        return Escaped("")
    return Escaped(f"<!subteam^{who}>" if who.startswith("S") else f"<@{who}>")


def date(at: datetime, pattern: str) -> Escaped:
    """A moment, shown on the clock and in the language of whoever reads it."""
    if at.timestamp() < 1:
        return escape(fallback(at))
    return Escaped(f"<!date^{int(at.timestamp())}^{pattern}|{fallback(at)}>")


def fallback(at: datetime) -> str:
    """The moment for readers whose Slack cannot show it on their own clock."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def cost(text: str) -> int:
    """Its length as Slack may count it at worst: escaped, in UTF-16 units."""
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    return units + 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))


def tame(text: str) -> str:
    """Without the characters that cannot be sent."""
    return _UNSENDABLE.sub("", text)


def fit(text: str, limit: int) -> str:
    """Cut so that its cost is at most `limit`; isolates that the cut left open are closed.

    Text in which nothing can be seen becomes "": Slack refuses blocks without text.
    """
    text = tame(text).strip()
    if not any(char.isprintable() and not char.isspace() for char in text):
        return ""
    room = limit
    while cost(cut := _closed(clip(text, room))) > limit and room > 1:
        room -= max(1, (cost(cut) - limit) // 6)  # no character costs more than six
    return cut


def web_link(url: str, limit: int = LINK_LIMIT) -> str:
    """The address as Slack accepts it; "" when it is not plain http(s) or is too long."""
    try:
        parts = urlsplit(url.strip())
        usable = parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc
    except ValueError:  # brackets that enclose no address
        return ""
    encoded = quote(url.strip(), safe=_KEPT_IN_LINKS, errors="replace")
    return encoded if usable and len(encoded) <= limit else ""


def _closed(text: str) -> str:
    depth = 0
    for char in text:
        if char in _OPEN:
            depth += 1
        elif char == _CLOSE and depth:
            depth -= 1
    return text + _CLOSE * depth
