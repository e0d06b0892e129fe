"""An answer as JSON, for programs: what it says, without how a platform would lay it out."""

from dataclasses import asdict
from typing import Any, assert_never

from bot.commands.administering import LINES
from digests.archive.store import Archive
from digests.model import Card, Content, Line, Listing, Notice, PostState
from digests.model.watching import is_personal


def as_object(content: Content) -> dict[str, Any]:
    """The content with its kind first: `card`, `list` or `notice`."""
    match content:
        case Card():
            return _card(content)
        case Listing():
            return {
                "kind": "list",
                "title": content.title,
                "notes": list(content.notes),
                "stories": [_line(line) for line in content.lines],
                "footer": content.footer or content.empty,
            }
        case Notice():
            return {"kind": "notice", "title": content.title, "text": content.text}
        case _:
            assert_never(content)


async def trail(archive: Archive, page: int) -> list[dict[str, str]]:
    """A page of what editors did, the newest first; pages as in words, from 0."""
    found = await archive.acts.trail(LINES, skip=page * LINES)
    return [asdict(one) | {"at": one.at.isoformat()} for one in found]


async def waiting(archive: Archive) -> dict[str, list[dict[str, str]]]:
    """The comments and the posts that wait for an editor, oldest first."""
    comments = await archive.readers.waiting()
    told = await archive.stories([one.story for one in comments])
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
            for one in await archive.outbox.in_state(PostState.HELD)
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
