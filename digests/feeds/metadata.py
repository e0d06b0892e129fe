"""What a page declares about its article: JSON-LD first, then OpenGraph, then meta."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from digests.feeds.dates import read_date
from digests.feeds.entries import primary
from digests.text.links import shown
from digests.text.plain import title_text

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_MAX_JSON = 256 * 1024  # characters of one script
_MAX_SCRIPTS = 20
_MAX_OBJECTS = 400
_MAX_METAS = 400
_LONGEST_NAME = 60
_MOST_WORDS = 6
_MOST_AUTHORS = 4

_ARTICLE = re.compile(r"(?:article|posting|report|review)$", re.IGNORECASE)
_AUTHOR_METAS = (
    "author",
    "article:author",
    "dc.creator",
    "parsely-author",
    "sailthru.author",
    "byl",
)
_DATE_METAS = ("article:published_time", "og:article:published_time", "datepublished", "dc.date")
_PICTURE_METAS = ("og:image:secure_url", "og:image", "twitter:image")
_BY = re.compile(r"^(?:by|von|por|par|di|written by)\s+", re.IGNORECASE)
# A desk, a role or an account is nobody's name.
_NOBODY = re.compile(
    r"\b(?:admin|administrator|author|blog|contributors?|correspondents?|desk|editors?|editorial"
    r"|guest|media|news|newsroom|office|online|press|redaktion|redacci[oó]n|r[eé]daction|report(?:er)?s?"
    r"|security|staff|support|team|unknown|web(?:master)?|writers?)\b",
    re.IGNORECASE,
)
_NOT_IN_NAMES = re.compile(r"[@/\\<>{}\[\]|_=\d]|\.(?:com|org|net|de)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Declared:
    """Plain values; anything may be empty."""

    title: str = ""
    byline: str = ""
    canonical: str = ""
    language: str = ""
    picture: str = ""
    date: datetime | None = None


def declared_by(tree: "HtmlElement", url: str) -> Declared:
    """The declarations of a parsed page; addresses are made absolute with its `url`."""
    metas = _metas(tree)
    article = next(_articles(tree), {})
    site = metas.get("og:site_name", "") or _name(article.get("publisher"))
    return Declared(
        title=_title(tree, article, metas),
        byline=_byline(article, metas, site),
        canonical=_canonical(tree, metas, url),
        language=primary(tree.get("lang") or metas.get("og:locale", "")),
        picture=_picture(article, metas, url),
        date=_date(article, metas),
    )


def _metas(tree: "HtmlElement") -> dict[str, str]:
    """Names and properties with their contents; the first of each."""
    found: dict[str, str] = {}
    for number, meta in enumerate(tree.iter("meta")):
        if number >= _MAX_METAS:
            break
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        content = (meta.get("content") or "").strip()
        if name and content:
            found.setdefault(name.strip().lower(), content)
    return found


def _articles(tree: "HtmlElement") -> Iterator[Mapping[str, object]]:
    """Objects of the page's JSON-LD that are articles."""
    for number, script in enumerate(tree.iter("script")):
        if number >= _MAX_SCRIPTS * 10:
            return
        if "ld+json" not in (script.get("type") or "") or not script.text:
            continue
        try:
            top = json.loads(script.text[:_MAX_JSON], strict=False)
        except (ValueError, RecursionError):
            continue
        yield from (one for one in _objects(top) if _is_article(one))


def _objects(top: object) -> Iterator[Mapping[str, object]]:
    """The objects of a JSON-LD value, breadth first and bounded; @graph and lists are opened."""
    waiting = [top]
    for _ in range(_MAX_OBJECTS):
        if not waiting:
            return
        one = waiting.pop(0)
        if isinstance(one, list):
            waiting.extend(one[:_MAX_OBJECTS])
        elif isinstance(one, dict):
            yield one
            waiting.extend(one[key] for key in ("@graph", "mainEntity") if key in one)


def _is_article(one: Mapping[str, object]) -> bool:
    kinds = one.get("@type")
    return any(
        isinstance(kind, str) and _ARTICLE.search(kind)
        for kind in (kinds if isinstance(kinds, list) else [kinds])
    )


def _title(tree: "HtmlElement", article: Mapping[str, object], metas: Mapping[str, str]) -> str:
    stated = (
        _string(article.get("headline")) or metas.get("og:title") or metas.get("twitter:title")
    )
    if not stated:
        element = next(tree.iter("title"), None)
        stated = (element.text or "") if element is not None else ""
    return title_text(stated)


def _byline(article: Mapping[str, object], metas: Mapping[str, str], site: str) -> str:
    """Names of people, or nothing: a name of a desk or of the site is no byline."""
    names = [name for name in _people(article.get("author")) if _is_person(name, site)]
    if not names:
        stated = (title_text(metas.get(key, "")) for key in _AUTHOR_METAS)
        names = [name for name in map(_without_by, stated) if _is_person(name, site)][:1]
    return ", ".join(dict.fromkeys(names[:_MOST_AUTHORS]))


def _people(author: object) -> Iterator[str]:
    for one in author if isinstance(author, list) else [author]:
        if isinstance(one, dict) and one.get("@type") == "Organization":
            continue
        yield _without_by(title_text(_name(one)))


def _without_by(name: str) -> str:
    return _BY.sub("", name).strip(" ,;")


def _is_person(name: str, site: str) -> bool:
    return bool(
        name
        and len(name) <= _LONGEST_NAME
        and len(name.split()) <= _MOST_WORDS
        and not _NOT_IN_NAMES.search(name)
        and not _NOBODY.search(name)
        and name.casefold() not in site.casefold()
    )


def _canonical(tree: "HtmlElement", metas: Mapping[str, str], url: str) -> str:
    for link in tree.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split():
            return shown(link.get("href") or "", url)
    return shown(metas.get("og:url", ""), url)


def _picture(article: Mapping[str, object], metas: Mapping[str, str], url: str) -> str:
    stated = [metas.get(key, "") for key in _PICTURE_METAS]
    image = article.get("image")
    first = image[0] if isinstance(image, list) and image else image
    stated.append(_string(first.get("url")) if isinstance(first, dict) else _string(first))
    safe = (shown(address, url) for address in stated if address)
    return next((address for address in safe if address.startswith("https://")), "")


def _date(article: Mapping[str, object], metas: Mapping[str, str]) -> datetime | None:
    stated = [_string(article.get("datePublished"))] + [metas.get(key, "") for key in _DATE_METAS]
    return next(filter(None, map(read_date, stated)), None)


def _name(value: object) -> str:
    return _string(value.get("name")) if isinstance(value, dict) else _string(value)


def _string(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
