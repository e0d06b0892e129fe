"""What feedparser's dictionaries say, as our own values; its types stop here.

Its dictionaries rename keys behind one's back and warn when asked for `updated`, so they are
read as plain dictionaries, and any value may be missing or of another type than documented.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from digests.feeds.dates import believable, read_date
from digests.feeds.entries import (
    MAX_CATEGORIES,
    MAX_PICTURES,
    RawEntry,
    escaped,
    joined,
    primary,
    seconds_of,
)
from digests.model import FeedFacts
from digests.text.plain import title_text

_Fields = Mapping[str, Any]

_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_PAGES = ("text/html", "application/xhtml+xml")
_PICTURE_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".gif")
_MAX_AUTHORS = 8
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,255}")


def facts_of(feed: _Fields, version: str, entries: int) -> FeedFacts:
    """What the channel says of itself; a document with entries is a feed, whatever its version."""
    return FeedFacts(
        title=title_text(_markup(feed, "title")),
        language=primary(_text(feed, "language")),
        ttl=_ttl(feed),
        format=version or ("unknown" if entries else ""),
    )


def raw_entry(entry: _Fields, base: str, now: datetime) -> RawEntry:
    """One entry; `base` is the document's address."""
    link = joined(base, stated) if (stated := _link(entry)) else ""
    body, body_base, language = _body(entry)
    return RawEntry(
        id=_text(entry, "id"),
        link=link,
        title=_markup(entry, "title"),
        body=body,
        # A base the document states itself; else relative addresses are relative to the page.
        base=joined(base, body_base) if body_base else (link or base),
        language=primary(language),
        author=_author(entry),
        published=_published(entry, now),
        categories=tuple(_categories(entry))[:MAX_CATEGORIES],
        pictures=tuple(_pictures(entry))[:MAX_PICTURES],
    )


def _text(fields: _Fields, key: str) -> str:
    value = dict.get(fields, key) if isinstance(fields, dict) else None
    return value.strip() if isinstance(value, str) else ""


def _dicts(fields: _Fields, key: str) -> Iterator[dict[str, Any]]:
    value = dict.get(fields, key) if isinstance(fields, dict) else None
    for one in value if isinstance(value, list) else (value,):
        if isinstance(one, dict):
            yield one


def _markup(fields: _Fields, key: str) -> str:
    """A text as markup; feedparser says beside it whether it was plain."""
    detail = next(_dicts(fields, key + "_detail"), {})
    value = _text(fields, key)
    return escaped(value) if _text(detail, "type") == "text/plain" else value


def _link(entry: _Fields) -> str:
    """The page of the entry: past FeedBurner, else the first that is given, else any alternate.

    feedparser names the last, which in some feeds belongs to a list of related stories.
    """
    original = _text(entry, "feedburner_origlink")
    if original.startswith(("http://", "https://")):
        return original
    alternates = [one for one in _dicts(entry, "links") if _text(one, "rel") == "alternate"]
    pages = [_text(one, "href") for one in alternates if _text(one, "type") in _PAGES]
    last = _text(entry, "link")
    if last in pages:
        return next(filter(None, pages), last)
    return last or next(filter(None, (_text(one, "href") for one in alternates)), "")


def _body(entry: _Fields) -> tuple[str, str, str]:
    """The longest text of the entry as markup, with its base and language."""
    texts = [_detailed(detail, _text(detail, "value")) for detail in _dicts(entry, "content")]
    summary = next(_dicts(entry, "summary_detail"), {})
    texts.append(_detailed(summary, _text(entry, "summary")))
    texts.append((_text(entry, "yandex_full-text"), "", ""))  # some write markup there
    return max(texts, key=lambda text: len(text[0]))


def _detailed(detail: dict[str, Any], value: str) -> tuple[str, str, str]:
    kind = _text(detail, "type")
    if kind == "text/plain":
        value = escaped(value)
    elif kind and not kind.startswith("text/") and not kind.endswith("xml"):
        value = ""  # a picture or an archive, in base64
    return value, _text(detail, "base"), _text(detail, "language")


def _author(entry: _Fields) -> str:
    """Names, without mail addresses; an address alone is no name.

    A single author is read from the text as given: feedparser knows endings of four letters only
    and leaves the rest of a longer address in the name.
    """
    people = [_text(person, "name") for person in _dicts(entry, "authors")][:_MAX_AUTHORS]
    stated = people if len(people) > 1 else [_text(entry, "author")]
    return ", ".join(dict.fromkeys(filter(None, map(_without_address, stated))))


def _without_address(person: str) -> str:
    """`a@b.example (Ada Quay)` and `Ada Quay <a@b.example>` are both Ada Quay."""
    name = _ADDRESS.sub("", person).replace("()", "").replace("<>", "").strip(" ,;")
    return name[1:-1] if name.startswith("(") and name.endswith(")") else name


def _published(entry: _Fields, now: datetime) -> datetime | None:
    """The first date that can be believed; `updated` is all that some feeds give."""
    for key in ("published", "created", "updated"):
        if at := believable(read_date(_text(entry, key)), now):
            return at
    return None


def _categories(entry: _Fields) -> Iterator[str]:
    for tag in _dicts(entry, "tags"):
        name = _text(tag, "label") or _text(tag, "term")
        if name and "://" not in name:
            yield name


def _pictures(entry: _Fields) -> Iterator[str]:
    for thumbnail in _dicts(entry, "media_thumbnail"):
        yield _text(thumbnail, "url")
    for media in _dicts(entry, "media_content"):
        if _text(media, "medium") == "image" or _is_picture(
            _text(media, "type"), _text(media, "url")
        ):
            yield _text(media, "url")
    for link in _dicts(entry, "links"):
        if _text(link, "rel") == "enclosure" and _is_picture(
            _text(link, "type"), _text(link, "href")
        ):
            yield _text(link, "href")
    for image in _dicts(entry, "image"):
        yield _text(image, "href")


def _is_picture(kind: str, address: str) -> bool:
    if kind:
        return kind.startswith("image/")
    return address.partition("?")[0].lower().endswith(_PICTURE_ENDINGS)


def _ttl(feed: _Fields) -> timedelta | None:
    """The longest wait that the feed asks for."""
    waits = (
        seconds_of(_number(_text(feed, "ttl")), timedelta(minutes=1)),
        _update_period(_text(feed, "sy_updateperiod"), _text(feed, "sy_updatefrequency")),
    )
    return max(filter(None, waits), default=None)


def _update_period(period: str, frequency: str) -> timedelta | None:
    unit = _PERIODS.get(period.lower())
    times = _number(frequency) if frequency else 1.0
    return seconds_of(1 / times, unit) if unit and times > 0 else None


def _number(text: str) -> float:
    return float(text) if re.fullmatch(r"\d{1,7}", text) else 0.0
