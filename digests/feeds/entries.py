"""Entries as a feed gave them, before we understand them: strings of markup, bounded. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urljoin

from digests.feeds.slices import MAX_ENTRIES, fingerprint
from digests.model import FeedFacts, Refusal

MAX_CATEGORIES = 24
MAX_PICTURES = 4
LONGEST_TTL = timedelta(days=7)

WAITING = Refusal("an entry after very many new ones", "the next poll reads on")
TORN = Refusal("the last entry", "the document was cut off in the middle of it")


@dataclass(frozen=True, slots=True)
class RawEntry:
    """One entry, untrusted. `title` and `body` are markup; what was plain text is escaped."""

    id: str = ""
    link: str = ""
    title: str = ""
    body: str = ""
    base: str = ""  # against which relative addresses in the body are meant
    language: str = ""  # as declared
    author: str = ""
    published: datetime | None = None
    categories: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()  # candidates, best first


@dataclass(frozen=True, slots=True)
class Parsed:
    """A feed document, taken apart."""

    facts: FeedFacts
    entries: tuple[RawEntry, ...] = ()
    positions: tuple[int, ...] = ()  # of the entries, in the document
    refused: tuple[Refusal, ...] = ()
    slices: tuple[bytes, ...] = ()
    unchanged: int = 0
    whole: bool = True


@dataclass(slots=True)
class _Selection:
    entries: list[RawEntry] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    slices: list[bytes] = field(default_factory=list)
    unchanged: int = 0
    surplus: int = 0


def selected(
    facts: FeedFacts,
    raws: Iterable[tuple[int, RawEntry]],
    known: frozenset[bytes],
    *,
    refused: Sequence[Refusal] = (),
) -> Parsed:
    """Leave out what is known already, for documents that cannot be sliced before parsing.

    `raws` are entries with their positions in the document.

    The fingerprint is of the entry as we read it, so it differs from the slice of the same entry;
    a document that changes from one way to the other is compared entry by entry once more.
    """
    chosen = _Selection()
    for position, raw in raws:
        mark = fingerprint(repr(raw).encode("utf-8", "replace"))
        if mark in known:
            chosen.unchanged += 1
        elif len(chosen.entries) < MAX_ENTRIES:
            chosen.entries.append(raw)
            chosen.positions.append(position)
        else:
            chosen.surplus += 1
            continue
        chosen.slices.append(mark)
    return Parsed(
        facts,
        entries=tuple(chosen.entries),
        positions=tuple(chosen.positions),
        refused=(*refused, *beyond_limit(chosen.surplus)),
        slices=tuple(chosen.slices),
        unchanged=chosen.unchanged,
        whole=not chosen.surplus,
    )


def beyond_limit(surplus: int) -> tuple[Refusal, ...]:
    """One refusal for every entry that has to wait; the same value, so that many cost little."""
    return (WAITING,) * surplus


def escaped(text: str) -> str:
    """Plain text as markup.

    Ampersands stay: publishers escape twice more often than they write `&amp;` as an example.
    """
    return text.replace("<", "&lt;")


def joined(base: str, address: str) -> str:
    """An address made absolute; what cannot be joined stays as it is, to be refused when shown."""
    if address.startswith(("https://", "http://")):
        return address
    try:
        return urljoin(base, address)
    except ValueError:
        return address


def primary(tag: str) -> str:
    """The language of a tag, without region or script: `en-US` and `EN_us` are `en`."""
    language = re.split(r"[-_,;\s]", tag.strip()[:40], maxsplit=1)[0].lower()
    return language if re.fullmatch(r"[a-z]{2,3}", language) else ""


def seconds_of(amount: float, unit: timedelta) -> timedelta | None:
    """A wait the publisher asks for, None when it asks for none; a year is taken as a long wait."""
    return unit * min(amount, LONGEST_TTL / unit) if amount > 0 else None
