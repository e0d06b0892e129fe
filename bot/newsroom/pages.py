"""The article page of a tale, with the clutter that real ones have around the text. Pure."""

from html import escape

from bot.newsroom.documents import Printed
from bot.newsroom.stories import Publisher

_SECTIONS = ("Latest", "Flaws", "Incidents", "Policy", "Archive")
_COOKIES = (
    "We and our 312 partners use cookies to remember you. "
    "By reading on you agree that we also remember what you read."
)


def page(publisher: Publisher, tale: Printed) -> str:
    """The whole page: navigation, cookie banner, text, related links, footer."""
    sides = "rtl" if publisher.language == "ar" else "ltr"
    return (
        f'<!doctype html>\n<html lang="{publisher.language}" dir="{sides}">\n'
        f"<head>{_head(publisher, tale)}</head>\n<body>\n{_top(publisher)}"
        f"<main>\n<article>\n<h1>{escape(tale.title)}</h1>\n"
        f'<p class="byline">{escape(publisher.author)}, '
        f'<time datetime="{tale.at.isoformat()}">{tale.at:%Y-%m-%d}</time></p>\n'
        f'<div class="article-body">\n{tale.markup}</div>\n</article>\n</main>\n'
        f"{_bottom(publisher, tale)}</body>\n</html>\n"
    )


def _head(publisher: Publisher, tale: Printed) -> str:
    return (
        '<meta charset="utf-8">\n'
        f"<title>{escape(tale.title)} | {escape(publisher.name)}</title>\n"
        f'<link rel="canonical" href="{tale.link}">\n'
        f'<meta name="author" content="{escape(publisher.author)}">\n'
        f'<meta property="article:published_time" content="{tale.at.isoformat()}">\n'
        "<style>nav a { margin: 0 1em } .cookies { position: fixed; bottom: 0 }</style>\n"
    )


def _top(publisher: Publisher) -> str:
    links = "".join(f'<li><a href="#{name.lower()}">{name}</a></li>' for name in _SECTIONS)
    return (
        f'<div class="cookies" role="dialog"><p>{_COOKIES}</p><button>Accept all</button></div>\n'
        f"<header><p>{escape(publisher.name)}</p><nav><ul>{links}</ul></nav></header>\n"
    )


def _bottom(publisher: Publisher, tale: Printed) -> str:
    others = "".join(
        f'<li><a href="{other.slug}">{escape(other.title)}</a></li>'
        for other in publisher.told_by(version=1)
        if other.slug != tale.slug
    )
    return (
        f'<aside class="related"><ul>{others}</ul></aside>\n'
        f"<footer><p>{escape(publisher.name)} is made up, and so is all that it tells.</p></footer>\n"
    )
