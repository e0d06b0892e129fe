"""Bytes of a feed to raw entries; the only import of feedparser, and of what it does badly.

The way of a document: charset -> tame -> slices -> feedparser on what is new. Whatever happens
on the way, the end is a `Parsed`: feedparser's complaints never drop a feed, and what it raises
becomes a refusal with a reason.
"""

import io
from dataclasses import replace
from datetime import datetime
from typing import Any

from digests.feeds.alternates import feeds_of_page
from digests.feeds.charsets import remarks, to_utf8
from digests.feeds.documents import Ended, ended, mended, opened
from digests.feeds.entries import TORN, Parsed, RawEntry, beyond_limit, joined, selected
from digests.feeds.fields import facts_of, raw_entry
from digests.feeds.jsonfeed import looks_like_json, parse_json
from digests.feeds.skips import skips_of
from digests.feeds.slices import Cut, TooMuch, cut
from digests.model import Document, FeedFacts, Refusal

__all__ = ["Parsed", "RawEntry", "parse"]

_MOST_SINGLY = 200  # entries; each costs a pass over the whole document
_NEVER_RENAMED = frozenset({"type", "base64", "mode", "language", "base"})


def parse(document: Document, known: frozenset[bytes], now: datetime) -> Parsed:
    """Take a document apart. Entries whose fingerprint is in `known` are counted, not parsed."""
    base = joined(document.final_url, document.content_location)
    whole = to_utf8(document.body, document.content_type)
    parsed = _parse(whole.lstrip(), base, known, now)
    notes = remarks(document.body, document.content_type, whole)
    return replace(parsed, facts=replace(parsed.facts, notes=notes)) if notes else parsed


def _parse(body: bytes, base: str, known: frozenset[bytes], now: datetime) -> Parsed:
    if looks_like_json(body):
        return parse_json(body, base, known, now)
    tame = opened(body)
    if tame.is_page:
        return Parsed(FeedFacts(alternates=feeds_of_page(body, base)))
    if not tame.root:
        return _unread("neither XML nor JSON")
    return _parse_xml(ended(tame), base, known, now)


def _parse_xml(document: Ended, base: str, known: frozenset[bytes], now: datetime) -> Parsed:
    """Slice first, and believe the slices only when feedparser counts the same."""
    body, part = _sliced(document.body, known)
    if isinstance(part, TooMuch):
        return _unread(part.reason)
    parsed = _parse_slices(body, part, base, now) if part else None
    if parsed is None:
        parsed = _parse_whole(body, base, known, now)
    hours, days = skips_of(document.body)
    if hours or days:
        facts = replace(parsed.facts, skip_hours=hours, skip_days=days)
        parsed = replace(parsed, facts=facts)
    if document.whole:
        return parsed
    torn = (TORN,) if document.torn else ()
    return replace(parsed, refused=(*parsed.refused, *torn), whole=False)


def _sliced(body: bytes, known: frozenset[bytes]) -> tuple[bytes, Cut | TooMuch | None]:
    """The cut, and the body that a full parse is to see: mended when it did not slice."""
    part = cut(body, known)
    if part is not None:
        return body, part
    repaired = mended(body)
    return repaired, None if repaired is body else cut(repaired, known)


def _parse_slices(body: bytes, part: Cut, base: str, now: datetime) -> Parsed | None:
    """What is new of a sliced document; None when slices and entries do not match."""
    result = _ask_feedparser(part.body)
    if isinstance(result, str):
        return _parse_singly(body, part, base, now)
    if len(result["entries"]) != part.kept:
        return None
    return Parsed(
        facts_of(result["feed"], result["version"], len(part.slices)),
        entries=tuple(raw_entry(entry, base, now) for entry in result["entries"]),
        positions=part.positions,
        refused=beyond_limit(part.surplus),
        slices=part.slices,
        unchanged=part.unchanged,
        whole=not part.surplus,
    )


def _parse_singly(body: bytes, part: Cut, base: str, now: datetime) -> Parsed | None:
    """Each new entry alone, when something in one of them makes feedparser raise.

    Otherwise a single odd entry would keep its whole feed silent until it is gone.
    """
    if part.kept > _MOST_SINGLY or part.surplus:
        return None
    facts, raws, refused = FeedFacts(), dict[int, RawEntry](), list[Refusal]()
    for position in part.positions:
        alone = cut(body, frozenset(part.slices) - {part.slices[position]})
        result = _ask_feedparser(alone.body) if isinstance(alone, Cut) else "lost on the way"
        if isinstance(result, str):
            refused.append(Refusal(f"entry {position + 1}", result))
        elif not result["entries"]:
            refused.append(Refusal(f"entry {position + 1}", "no entry to the parser"))
        else:
            facts = facts_of(result["feed"], result["version"], len(part.slices))
            raws[position] = raw_entry(result["entries"][0], base, now)
    if not raws:
        return None
    return Parsed(
        facts, tuple(raws.values()), tuple(raws), tuple(refused), part.slices, part.unchanged
    )


def _parse_whole(body: bytes, base: str, known: frozenset[bytes], now: datetime) -> Parsed:
    result = _ask_feedparser(body)
    if isinstance(result, str):
        return _unread(result)
    entries = result["entries"]
    facts = facts_of(result["feed"], result["version"], len(entries))
    if not facts.format:
        return _unread("no feed: neither RSS nor Atom")
    raws = (raw_entry(entry, base, now) for entry in entries)
    return selected(facts, enumerate(raws), known)


def _ask_feedparser(body: bytes) -> dict[str, Any] | str:
    """The result of feedparser, or why there is none.

    Bytes in a stream, never a string: a string may be an address or a file to it. The body is
    UTF-8 by now; said so, or its own guesses would win. Sanitizing and resolving are quadratic
    and not needed, as no markup of a feed is ever passed on. It is not told the document's
    address either: it would join it once for every element, a quarter of all its time.
    """
    import feedparser  # noqa: PLC0415 - 20 MB that only a worker needs

    feedparser.api.PREFERRED_XML_PARSERS = ["digests.feeds.saxreader"]
    feedparser.FeedParserDict.__deepcopy__ = _copied
    feedparser.FeedParserDict.get = _got
    headers = {"content-type": "application/xml; charset=utf-8"}
    try:
        result: dict[str, Any] = feedparser.parse(
            io.BytesIO(body),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as fault:  # noqa: BLE001 - hostile input makes it raise nearly anything
        return f"the parser gave up: {type(fault).__name__}"
    return result


def _copied(values: Any, _memo: dict[int, Any]) -> Any:
    """A deep copy of what feedparser copies for every text: a dictionary of strings.

    It has none of its own, and finding that out costs the standard way a tenth of all parsing.
    """
    return type(values)(values)


def _got(values: Any, key: str, default: Any = None) -> Any:
    """What feedparser asks itself most often, without its detour by renamed keys."""
    if key in _NEVER_RENAMED:
        return dict.get(values, key, default)
    try:
        return values[key]
    except KeyError:
        return default


def _unread(reason: str) -> Parsed:
    return Parsed(FeedFacts(), refused=(Refusal("the document", reason),))
