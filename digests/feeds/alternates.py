"""Where a web page says its feeds are, for people who gave the page's address. Pure."""

import html
import re

from digests.feeds.entries import joined
from digests.text.links import shown

_LOOKED_THROUGH = 512 * 1024
_MAX_FEEDS = 20
_TAG = re.compile(r"<(link|base)\s([^<>]{1,4096})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"([a-z-]{1,20})\s{0,8}=\s{0,8}(?:\"([^\"]{0,4096})\"|'([^']{0,4096})'|([^\s\"'>]{1,4096}))",
    re.IGNORECASE,
)
_FEED_TYPES = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/feed+json",
        "application/json",
    }
)


def feeds_of_page(page: bytes, url: str) -> tuple[str, ...]:
    """Addresses of the feeds that a page links to, absolute, in its order, each once."""
    base = url
    found: dict[str, None] = {}
    for tag in _TAG.finditer(page[:_LOOKED_THROUGH].decode("utf-8", "replace")):
        attributes = _attributes(tag[2])
        if tag[1].lower() == "base":
            base = joined(url, attributes.get("href", ""))
        elif _is_feed(attributes) and (address := shown(attributes.get("href", ""), base)):
            found[address] = None
    return tuple(found)[:_MAX_FEEDS]


def _attributes(text: str) -> dict[str, str]:
    return {
        name.lower(): html.unescape(double or single or bare).strip()
        for name, double, single, bare in _ATTRIBUTE.findall(text)
    }


def _is_feed(attributes: dict[str, str]) -> bool:
    kind = attributes.get("type", "").partition(";")[0].strip().lower()
    return "alternate" in attributes.get("rel", "").lower().split() and kind in _FEED_TYPES
