"""An answer as JSON, for programs: what it says, without how a platform would lay it out. PURE."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, assert_never

from bot.commands.asking import Reply
from digests.archive.records import Act, Trend
from digests.model import Card, Comment, Line, Listing, Notice, Post, Rating, Story
from digests.model.watching import is_personal
from digests.stories.quality import Standing


def as_object(reply: Reply) -> dict[str, Any]:
    """The answer with its kind first: `card`, `list`, `notice`, `trends` or `publishers`."""
    if reply.figures:
        return dict(reply.figures)
    match reply.content:
        case Card():
            return _card(reply.content)
        case Listing() as content:
            return {
                "kind": "list",
                "title": content.title,
                "notes": list(content.notes),
                "stories": [_line(line) for line in content.lines],
                "footer": content.footer or content.empty,
            }
        case Notice() as content:
            return {"kind": "notice", "title": content.title, "text": content.text}
        case _:
            assert_never(reply.content)


def trends(found: Trend, query: str) -> dict[str, Any]:
    """How often what a query finds was told, in steps of time, and whom and what it names most."""
    facets = found.facets
    named = {
        "actors": facets.actors,
        "malware": facets.malware,
        "products": facets.products,
        "publishers": facets.publishers,
        "topics": facets.topics,
    }
    return {
        "kind": "trends",
        "query": query,
        "total": found.total,
        "before": found.before,  # in as long a time before
        "steps": [
            {
                "start": one.start.isoformat(),
                "end": one.end.isoformat(),
                "stories": one.stories,
            }
            for one in found.buckets
        ],
        # Of the newest matches alone, where there are more than are looked into.
        "counted": facets.stories,
        **{name: [asdict(one) for one in shares] for name, shares in named.items()},
    }


def publishers(
    ranked: Sequence[tuple[int, Standing]], rated: Mapping[str, Rating], total: int
) -> dict[str, Any]:
    """Publishers with their places among all, their scores, and what these are made of."""
    return {
        "kind": "publishers",
        "total": total,
        "publishers": [_publisher(place, one, rated[one.publisher]) for place, one in ranked],
    }


def _publisher(place: int, one: Standing, rating: Rating) -> dict[str, Any]:
    return {
        "place": place,
        "publisher": one.publisher,
        "country": one.country,
        "score": rating.score,
        "rank": rating.rank,  # in its country; null with fewer than ten stories
        "stories": one.stories,
        "first": one.first,
        "shared": one.shared,
        "useful": one.useful,
        "noise": one.noise,
        "reasons": [asdict(part) for part in rating.parts],
    }


def trail(found: Sequence[Act]) -> list[dict[str, str]]:
    """What editors did, in the order given."""
    return [asdict(one) | {"at": one.at.isoformat()} for one in found]


def waiting(
    comments: Sequence[Comment], told: Sequence[Story], held: Sequence[Post]
) -> dict[str, list[dict[str, str]]]:
    """The comments, with the stories that they are about, and the posts that wait for an editor."""
    keys = {one.id: one.key for one in told}
    return {
        "comments": [
            {
                "id": f"c{one.id}",
                "story": keys.get(one.story, ""),
                "person": one.person,
                "name": one.name,
                "at": one.at.isoformat(),
                "text": one.text,
            }
            for one in comments
        ],
        "held": [
            {
                "id": str(one.id),
                "to": "direct messages" if is_personal(one.channel) else one.channel,
                "queued": one.queued_at.isoformat(),
                "reason": one.reason,
            }
            for one in held
        ],
    }


def _card(card: Card) -> dict[str, Any]:
    return {
        "kind": "card",
        "key": card.key,
        "headline": card.headline,
        "url": card.url,
        "publisher": card.publisher,
        "byline": card.byline,
        "at": card.at.isoformat(),
        "sentences": list(card.sentences),
        "exploitation": card.exploitation,
        "quality": card.quality,
        "also": card.also,
        "chips": list(card.chips),
        "topics": [one.code for one in card.topics],
        "indicators": card.indicators,
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "key": line.key,
        "headline": line.headline,
        "url": line.url,
        "publisher": line.publisher,
        "at": line.at.isoformat(),
        "excerpt": "".join(span.text for span in line.excerpt),
    }
