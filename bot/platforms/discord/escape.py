"""Text from outside, made harmless for Discord's markdown and cut to Discord's limits."""

import re
from collections.abc import Callable
from urllib.parse import quote

from digests.text.plain import clip

# A backslash before any of these shows the character itself and nothing else. Mentions, custom
# emoji, timestamps, command links and <id:browse> all begin with "<"; a masked link needs "[".
_ANYWHERE = re.compile(
    r"[\\*_~`|<>\[\]@]"
    r"|:(?=//)"  # an address in running text shall not become a link
    r"|:(?=[\w+-]{1,40}:)"  # :smile: would become a picture
    r"|(?<=discord)\.|(?<=discordapp)\.",  # an invitation would unfold into a card
    re.IGNORECASE,
)
_LINE_START = re.compile(
    r"^(?P<blank>[^\S\n]*)(?P<number>\d{0,9})(?P<sign>(?<=\d)\.|(?<!\d)[-+#])(?=[\s#])",
    re.MULTILINE,
)

_NEWLINES = re.compile(r"\s*[\n\r\x0b\x0c\x85\u2028\u2029]\s*")
_UNSEEN = re.compile(
    # C0 and C1 except the newline, embeddings and overrides, tag characters, byte order mark
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\ufeff\U000e0000-\U000e007f]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_INVISIBLE = re.compile(
    "[\\s\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2060-\u206f\u3164\uffa0]+"
)
_OPENERS, _PDI = "\u2066\u2067\u2068", "\u2069"

ADDRESS = 2048

# Only what RFC 3986 allows, a host with a dot in it, no user before the host.
_HTTP = re.compile(
    r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d{1,5})?"
    r"(?:[/?#](?:[a-z0-9/?:@!$&'()*+,;=._~#-]|%[0-9a-f]{2})*)?",
    re.IGNORECASE,
)


def escape(text: str) -> str:
    """The text with a backslash before whatever Discord would format, link, ping or unfold."""
    escaped = _ANYWHERE.sub(r"\\\g<0>", text)
    return _LINE_START.sub(r"\g<blank>\g<number>\\\g<sign>", escaped)


def verbatim(text: str) -> str:
    """As it is: for places where Discord reads no markdown (author, footer, button)."""
    return text


def fit(
    text: str, limit: int, dress: Callable[[str], str] = escape, *, lines: bool = False
) -> str:
    """The longest readable beginning whose dressed form has at most `limit` UTF-16 code units.

    Discord's documents do not say what they count; UTF-16 units are never fewer than the rest.
    "" when nothing of the text can be seen. Line breaks become spaces unless `lines`.
    """
    tame = _tame(text.replace("\r\n", "\n") if lines else _NEWLINES.sub(" ", text))
    if not _INVISIBLE.sub("", tame):
        return ""
    shown = clip(tame, limit)
    while (excess := units(dress(_closed(shown))) - limit) > 0:
        # An escape or a surrogate pair counts double, so half the excess is never too much.
        shown = clip(shown, max(1, len(shown) - max(1, excess // 2)))
    return dress(_closed(shown))


def units(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text) + sum(char > "\uffff" for char in text)


def _tame(text: str) -> str:
    return _SURROGATE.sub("\ufffd", _UNSEEN.sub("", text)).strip()


def _closed(text: str) -> str:
    """With every direction isolate closed, so that none reaches into our own words."""
    depth = 0
    for char in text:
        depth = depth + 1 if char in _OPENERS else max(0, depth - (char == _PDI))
    return text + _PDI * depth


def address(url: str, limit: int = ADDRESS) -> str:
    """The address as Discord takes it, "" when it does not or when it may not be trusted."""
    encoded = quote(url.strip(), safe="%/:?#@!$&'()*+,;=._~-", errors="replace")
    fits = len(encoded) <= limit and _HTTP.fullmatch(encoded)
    return encoded if fits else ""
