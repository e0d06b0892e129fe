"""A digest for whoever asks, now: what came in since the period began, as its channel would see it."""

from datetime import datetime, timedelta

from digests.archive.store import Archive
from digests.cards.compose import MOST_LINES
from digests.cards.digest import by_importance, everything_since, told_together
from digests.cards.words import words
from digests.model import Channel, Listing, Pace, Story
from digests.rules.calendar import period
from digests.rules.query import parse_strict

_PAGE = 200
_PAGES = 5  # what a period brings beyond a thousand stories is counted by the search it names
_RECENT = timedelta(days=1)  # for a channel that gets each story, and outside of channels


async def digest_now(
    archive: Archive,
    channel: Channel | None,
    *,
    now: datetime,
    language: str,
    platform: str = "",
    zone: str = "UTC",
    since: datetime | None = None,
) -> Listing:
    """At most twenty lines, the most important first; `channel`: where it was asked for, if known.

    `since`: when the period began; None: as the channel's own digests have it. Nothing is owed by it and nothing changes: the channel's own digest comes as ever.
    """
    say = words(language, platform)
    only = channel.only if channel else ""
    start = since or _start(channel, now)
    stories = await _since(archive, only, start, now)
    chosen = set(by_importance(stories)[:MOST_LINES])
    return told_together(
        [story for story in stories if story.id in chosen],
        say,
        title=say.text("Digest since {start}", start=say.date(start, zone)),
        total=len(stories),
        query=everything_since(start, only),
    )


def _start(channel: Channel | None, now: datetime) -> datetime:
    if channel is None or channel.post.pace is Pace.EACH:
        return now - _RECENT
    return period(channel.post, channel.timezone, now).start


async def _since(archive: Archive, only: str, start: datetime, now: datetime) -> list[Story]:
    """What matches and came in since then, the newest first."""
    found: list[Story] = []
    until = None
    for number in range(_PAGES):
        page = await archive.search(
            parse_strict(only), now=now, limit=_PAGE, page=number, until=until
        )
        until = page.until
        fresh = [hit.story for hit in page.hits if hit.story.announced and hit.story.seen >= start]
        found += fresh
        if len(page.hits) < _PAGE or page.hits[-1].story.seen < start:
            break
    return found
