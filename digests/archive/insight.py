"""What was understood of a story, as one JSON object in one column; nothing understood is "{}".

One column, since it is only ever read whole, with its story: what searches look for stands in the
index as well.
"""

from typing import Any, TypedDict

from digests.archive.columns import compact, decoded
from digests.model import Indicator, Name, Part, Quality, Relevance, Story, StoryId


class Insight(TypedDict):
    """The fields of a Story that lie in this column."""

    names: tuple[Name, ...]
    indicators: tuple[Indicator, ...]
    relevance: Relevance | None
    quality: Quality | None
    related: tuple[StoryId, ...]
    origin: str


FIELDS = frozenset(Insight.__annotations__)
_NOTHING = Insight(
    names=(), indicators=(), relevance=None, quality=None, related=(), origin=""
)  # most of an archive was never announced, so never told


def insight_text(told: Story) -> str:
    """The column's text; empty parts are left out."""
    parts = {
        "names": [(one.kind, one.name, one.alias) for one in told.names],
        "indicators": [(one.kind, one.value) for one in told.indicators],
        "relevance": _relevance_list(told.relevance),
        "quality": _quality_list(told.quality),
        "related": told.related,
        "origin": told.origin,
    }
    return compact({name: part for name, part in parts.items() if part})


def insight_from(text: str) -> Insight:
    """The column's text, read."""
    if text == "{}":
        return _NOTHING.copy()
    found: dict[str, Any] = decoded(text)
    relevance, quality = found.get("relevance"), found.get("quality")
    return {
        "names": tuple(Name(*one) for one in found.get("names", ())),
        "indicators": tuple(Indicator(*one) for one in found.get("indicators", ())),
        "relevance": Relevance(relevance[0], relevance[1], tuple(relevance[2]))
        if relevance
        else None,
        "quality": Quality(quality[0], tuple(Part(*one) for one in quality[1]))
        if quality
        else None,
        "related": tuple(StoryId(one) for one in found.get("related", ())),
        "origin": found.get("origin", ""),
    }


def _relevance_list(relevance: Relevance | None) -> list[Any]:
    if relevance is None:
        return []
    return [round(relevance.score, 4), relevance.relevant, relevance.reasons]


def _quality_list(quality: Quality | None) -> list[Any]:
    if quality is None:
        return []
    return [quality.score, [(one.code, one.points, one.detail) for one in quality.parts]]
