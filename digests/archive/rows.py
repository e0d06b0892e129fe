"""Rows to the nouns of digests.model, and back."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row

from digests.archive.columns import compact, decoded
from digests.archive.insight import insight_from, insight_text
from digests.archive.records import StoryRecord
from digests.archive.schema import feed, story
from digests.feeds.pace import FeedState
from digests.model import Key, Source, Story, StoryId, Trouble, Validators

AnyRow = Row[*tuple[Any, ...]]  # of whatever columns

STORY_COLUMNS = tuple(c for c in story.c if c.name not in ("number", "title_key"))
FEED_COLUMNS = tuple(c for c in feed.c if c.name != "id")
_STORY_NAMES = tuple(c.name for c in STORY_COLUMNS)


def story_from(row: AnyRow) -> Story:
    """A row of STORY_COLUMNS."""
    found: dict[str, Any] = dict(zip(_STORY_NAMES, row, strict=True))  # `_asdict` looks names up
    found["id"] = StoryId(found["id"])
    found["key"] = Key(found["key"])
    found["also"] = sources_from(found["also"])
    insight = insight_from(found.pop("insight"))
    return Story(**found, **insight)


def story_row(record: StoryRecord) -> dict[str, Any]:
    """The columns of table `story`."""
    told = record.story
    row = {c.name: getattr(told, c.name) for c in STORY_COLUMNS if c.name != "insight"}
    row["insight"] = insight_text(told)
    row["also"] = _sources_text(told.also)
    row["number"] = record.number
    row["title_key"] = record.title_key
    return row


def sources_from(text: str) -> tuple[Source, ...]:
    """The other tellings of a story."""
    if text == "[]":
        return ()
    return tuple(
        Source(publisher, name, headline, url, datetime.fromtimestamp(at, UTC))
        for publisher, name, headline, url, at in decoded(text)
    )


def _sources_text(sources: Sequence[Source]) -> str:
    if not sources:
        return "[]"
    lists = [(s.publisher, s.feed, s.headline, s.url, s.at.timestamp()) for s in sources]
    return compact(lists)


def feed_state_from(row: AnyRow) -> FeedState:
    """A row of FEED_COLUMNS."""
    found = row._asdict()
    found["validators"] = Validators(found.pop("etag"), found.pop("last_modified"))
    found["trouble"] = Trouble(found["trouble"]) if found["trouble"] else None
    return FeedState(**found)


def feed_row(state: FeedState) -> Mapping[str, Any]:
    """The columns of table `feed`, without its id."""
    special = {
        "etag": state.validators.etag,
        "last_modified": state.validators.last_modified,
        "trouble": state.trouble.value if state.trouble else None,
    }
    plain = {c.name: getattr(state, c.name) for c in FEED_COLUMNS if c.name not in special}
    return plain | special
