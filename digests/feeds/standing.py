"""How a feed stands after a poll: what its document said of it, and why it could not be read. Pure."""

import hashlib
from dataclasses import replace
from datetime import datetime

from digests.feeds.pace import FeedState, learned_rate, polled
from digests.model import Feed, Fetched, FetchFailed, Reading, Trouble


def jitter(feed: Feed) -> float:
    """In [0, 1), the same for the life of a feed."""
    digest = hashlib.blake2b(feed.url.encode("utf-8", "surrogatepass"), digest_size=4).digest()
    return int.from_bytes(digest) / 2**32


def failed_word(outcome: FetchFailed) -> str:
    """In one word how a poll failed, for a report."""
    if outcome.trouble is Trouble.GONE:
        return "gone"
    refused = (Trouble.BLOCKED_ADDRESS, Trouble.BAD_URL, Trouble.DOWNGRADE)
    return "refused" if outcome.trouble in refused else "failed"


def no_feed(found: Reading, outcome: Fetched) -> FetchFailed:
    """The failure of an address that leads to no feed, with those that it offers."""
    offered = ", ".join(found.facts.alternates[:5])
    words = f"a page, not a feed; it offers {offered}" if offered else "not a feed"
    return FetchFailed(Trouble.NOT_A_FEED, words, outcome.document.status, outcome.hints)


def after_reading(
    feed: Feed, before: FeedState, found: Reading, outcome: Fetched, now: datetime
) -> FeedState:
    """What the document says of itself, and when it may be asked for again."""
    facts = found.facts
    known = replace(
        before,
        first_poll_done=True,
        announce_first=True,
        title=facts.title,
        format=facts.format,
        ttl=facts.ttl,
        skip_hours=facts.skip_hours,
        skip_days=facts.skip_days,
        entries=found.total,
    )
    return polled(known, outcome, now=now, every=feed.every, jitter=jitter(feed))


def after_news(before: FeedState, after: FeedState, found: Reading, now: datetime) -> FeedState:
    """How often it publishes, and when it did last: by its own dates when we see it first."""
    dates = [draft.published for draft in found.drafts if draft.published]
    first = not before.first_poll_done
    newest = min(max(dates, default=now), now) if first else now
    rate = learned_rate(before.rate, dates if before.newest is None else [before.newest, *dates])
    return replace(after, newest=newest, rate=rate)
