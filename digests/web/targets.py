"""From the text of an address to one that can be asked for; and back to words for people."""

import re
from functools import lru_cache
from urllib.parse import quote, urljoin, urlsplit

from yarl import URL

from digests.model import FetchFailed, Trouble

LONGEST = 8192  # redirects carry long tokens; beyond this it is an attack or a mistake
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.ASCII)
_AS_WRITTEN = "!$%&'()*+,/:;=?@[]~"  # publishers sign their URLs: nothing is requoted


class NoDocument(Exception):
    """Ends an attempt from any depth; `outcome` says how."""

    def __init__(self, trouble: Trouble, reason: str, status: int = 0) -> None:
        super().__init__(reason)
        self.outcome = FetchFailed(trouble, reason, status)


@lru_cache(maxsize=2048)  # feeds are asked for again and again
def parse_target(url: str) -> URL:
    """The address to ask for; raises NoDocument(BAD_URL) for what no publisher has.

    Path and query go out as they were written; only what cannot be sent is percent-encoded. The
    fragment is dropped.
    """
    if len(url) > LONGEST or _CONTROL.search(url):
        raise _bad("is too long or holds control characters")
    try:
        parsed, raw = URL(url), urlsplit(url)
    except ValueError:  # UnicodeError of an impossible label is one too
        raise _bad("cannot be read") from None
    if parsed.scheme not in {"http", "https"}:
        raise _bad(f"must begin with http or https, not {parsed.scheme[:20] or 'nothing'}")
    return URL.build(
        scheme=parsed.scheme,
        host=_checked_host(parsed.raw_host or ""),
        port=parsed.explicit_port,
        user=parsed.raw_user,
        path=_sendable(raw.path) or "/",
        query_string=_sendable(raw.query),
        encoded=True,
    )


def redirect_target(current: URL, location: str) -> URL:
    """Where a redirect leads; raises NoDocument(REDIRECTS) when no document can be there."""
    try:
        return parse_target(urljoin(str(current), location.strip()))
    except (NoDocument, ValueError):
        scheme = location.partition(":")[0].strip()[:20]
        raise NoDocument(
            Trouble.REDIRECTS, f"{bare(current)} redirects to what cannot be followed ({scheme}…)"
        ) from None


def same_place(one: URL, other: URL) -> bool:
    """Whether credentials for `one` may be shown to `other`: one origin, or its step to https."""
    if one.origin() == other.origin():
        return True
    upgraded = (one.scheme, other.scheme) == ("http", "https")
    return upgraded and one.host == other.host and one.is_default_port() == other.is_default_port()


def bare(url: URL) -> str:
    """For messages: without user, query and fragment, where secrets live; at most 120 signs."""
    text = str(url.with_user(None).with_query(None).with_fragment(None))
    return text if len(text) <= 120 else text[:119] + "…"  # noqa: PLR2004 - as the docstring says


def _checked_host(host: str) -> str:
    if not host:
        raise _bad("names no host")
    if ":" in host:  # an IPv6 literal, judged by the address rules
        return f"[{host}]"
    labels = host.removesuffix(".").split(".")
    if len(host) > 254 or not all(_LABEL.fullmatch(label) for label in labels):  # noqa: PLR2004 - DNS
        raise _bad("names a host that cannot exist")
    return host


def _sendable(part: str) -> str:
    return quote(part, safe=_AS_WRITTEN, errors="surrogateescape")


def _bad(what: str) -> NoDocument:
    return NoDocument(Trouble.BAD_URL, f"the address {what}")
