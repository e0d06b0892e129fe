"""JSON Feed 1.0 and 1.1, read leniently: wrong types count as absent. Pure."""

import json
from collections.abc import Iterator
from datetime import datetime

from digests.feeds.dates import believable, read_date
from digests.feeds.entries import (
    MAX_CATEGORIES,
    MAX_PICTURES,
    Parsed,
    RawEntry,
    escaped,
    primary,
    selected,
)
from digests.feeds.slices import MAX_COUNTED
from digests.model import FeedFacts, Refusal
from digests.text.links import shown
from digests.text.plain import title_text

_VERSION = "jsonfeed.org/version/"
_MAX_AUTHORS = 8


def looks_like_json(body: bytes) -> bool:
    """Whether to try this reader at all."""
    return body[:1024].lstrip()[:1] == b"{"


def parse_json(body: bytes, base: str, known: frozenset[bytes], now: datetime) -> Parsed:
    """A JSON Feed document; `format` is "" when it is something else."""
    try:
        top = json.loads(body)
    except (ValueError, RecursionError) as fault:
        return _no_feed(f"not readable as JSON: {type(fault).__name__}")
    if not isinstance(top, dict) or _VERSION not in _text(top, "version"):
        return _no_feed("JSON, but no JSON Feed")
    listed = top.get("items")
    objects = listed if isinstance(listed, list) else []
    if len(objects) > MAX_COUNTED:
        return _no_feed(f"there are more than {MAX_COUNTED} entries")
    refused = tuple(
        Refusal(f"entry {number}", "not a JSON object")
        for number, entry in enumerate(objects, start=1)
        if not isinstance(entry, dict)
    )
    facts = FeedFacts(
        title=title_text(_text(top, "title")),
        language=primary(_text(top, "language")),
        format="json1",
    )
    authors = ", ".join(_authors(top))
    raws = (
        (position, _entry(entry, base, authors, now))
        for position, entry in enumerate(objects)
        if isinstance(entry, dict)
    )
    return selected(facts, raws, known, refused=refused)


def _no_feed(reason: str) -> Parsed:
    return Parsed(FeedFacts(), refused=(Refusal("the document", reason),))


def _entry(entry: dict[str, object], base: str, authors: str, now: datetime) -> RawEntry:
    link = shown(_text(entry, "url") or _text(entry, "external_url"), base)
    dates = (read_date(_text(entry, key)) for key in ("date_published", "date_modified"))
    return RawEntry(
        id=_text(entry, "id"),
        link=link,
        title=escaped(_text(entry, "title")),
        body=_body(entry),
        base=link or base,
        language=primary(_text(entry, "language")),
        author=", ".join(_authors(entry)) or authors,
        published=next(filter(None, (believable(date, now) for date in dates)), None),
        categories=tuple(_texts(entry.get("tags")))[:MAX_CATEGORIES],
        pictures=tuple(_pictures(entry))[:MAX_PICTURES],
    )


def _body(entry: dict[str, object]) -> str:
    """The longest of its texts, as markup."""
    texts = (
        _text(entry, "content_html"),
        escaped(_text(entry, "content_text")),
        escaped(_text(entry, "summary")),
    )
    return max(texts, key=len)


def _authors(holder: dict[str, object]) -> Iterator[str]:
    listed = holder.get("authors")
    people = listed[:_MAX_AUTHORS] if isinstance(listed, list) else [holder.get("author")]
    for person in people:
        if isinstance(person, dict) and (name := _text(person, "name")):
            yield name


def _pictures(entry: dict[str, object]) -> Iterator[str]:
    for key in ("image", "banner_image"):
        if address := _text(entry, key):
            yield address
    attached = entry.get("attachments")
    for attachment in attached[:MAX_CATEGORIES] if isinstance(attached, list) else ():
        if isinstance(attachment, dict) and _text(attachment, "mime_type").startswith("image/"):
            yield _text(attachment, "url")


def _texts(value: object) -> Iterator[str]:
    for text in value if isinstance(value, list) else ():
        if isinstance(text, str):
            yield text


def _text(holder: dict[str, object], key: str) -> str:
    """A string, or a number written as one (ids often are); else ""."""
    value = holder.get(key)
    if isinstance(value, bool):
        return ""
    return str(value).strip() if isinstance(value, (str, int, float)) else ""
