"""An answer as JSON, for programs: what it says, without how a platform would lay it out. PURE."""

from typing import Any, assert_never

from digests.model import Card, Content, Line, Listing, Notice


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
