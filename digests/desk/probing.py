"""One look at a feed before it is taken up, or to see what is wrong with it: nothing is kept."""

from dataclasses import dataclass, replace
from datetime import datetime

from digests.cards.health import advice
from digests.cards.words import words
from digests.desk.portions import read_in_portions
from digests.desk.summaries import Worker
from digests.errors import WorkerError
from digests.feeds.fetch import Fetcher
from digests.feeds.health import health
from digests.feeds.pace import FeedState, polled
from digests.model import (
    Clock,
    Document,
    Feed,
    Fetched,
    FetchFailed,
    NotModified,
    Reading,
    Trouble,
    Validators,
)


@dataclass(frozen=True, slots=True)
class Probe:
    """What one request to an address found. `trouble` is None when it is a feed that can be read."""

    url: str
    trouble: Trouble | None = None
    reason: str = ""
    advice: str = ""
    format: str = ""
    title: str = ""
    entries: int = 0
    refused: int = 0  # entries that could not be understood
    newest: datetime | None = None
    etag: bool = False
    last_modified: bool = False
    moved_to: str = ""
    feeds: tuple[str, ...] = ()  # what a page offers
    notes: tuple[str, ...] = ()

    @property
    def outcome(self) -> str:
        """`ok`, `page` (which offers feeds), or `failed`."""
        if self.trouble is None:
            return "ok"
        return "page" if self.feeds else "failed"


async def probe(feed: Feed, fetcher: Fetcher, worker: Worker, clock: Clock) -> Probe:
    """Ask for it once, read it, and say what it is. Never raises for what a publisher does."""
    outcome = await fetcher.fetch(feed, FeedState(feed.url))
    match outcome:
        case FetchFailed():
            return _failed(feed, outcome, clock.now())
        case NotModified():
            unasked = FetchFailed(Trouble.PROTOCOL, "it says nothing changed, unasked", 304)
            return _failed(feed, unasked, clock.now())
        case Fetched(document=document):
            return await _read(feed, outcome, document, worker, clock.now())


async def _read(
    feed: Feed, outcome: Fetched, document: Document, worker: Worker, now: datetime
) -> Probe:
    try:
        found = await read_in_portions(worker, document, frozenset(), feed, now)
    except WorkerError as error:
        unreadable = FetchFailed(Trouble.UNREADABLE, error.reason, document.status)
        return _failed(feed, unreadable, now)
    if found.facts.format:
        return _described(feed, outcome, found)
    what = "a page, not a feed" if found.facts.alternates else "not a feed"
    failed = _failed(feed, FetchFailed(Trouble.NOT_A_FEED, what, document.status), now)
    return replace(failed, feeds=found.facts.alternates, moved_to=outcome.moved_to)


def _described(feed: Feed, outcome: Fetched, found: Reading) -> Probe:
    dates = (draft.published for draft in found.drafts if draft.published)
    torn = () if found.whole else ("the document is cut off",)
    uncached = outcome.validators == Validators()
    unasked = ("it sends no validators, so it is asked for hourly at most",) if uncached else ()
    return Probe(
        feed.url,
        format=found.facts.format,
        title=found.facts.title,
        entries=found.total,
        refused=len(found.refused),
        newest=max(dates, default=None),
        etag=bool(outcome.validators.etag),
        last_modified=bool(outcome.validators.last_modified),
        moved_to=outcome.moved_to,
        notes=(*found.facts.notes, *torn, *unasked),
    )


def _failed(feed: Feed, outcome: FetchFailed, now: datetime) -> Probe:
    state = polled(FeedState(feed.url), outcome, now=now, every=feed.every)
    asked = replace(state, last_poll=now, trouble=outcome.trouble, reason=outcome.reason)
    said = advice(health(feed, asked, now), words("en"))
    return Probe(feed.url, outcome.trouble, outcome.reason, said)
