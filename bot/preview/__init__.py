"""Cards as Slack, as Discord and as the terminal show them, in one page that needs nothing else.

What is drawn is what is sent: the bodies that the platforms' own renderers make, and the
terminal's own output. The page loads nothing, runs nothing, and takes no text for markup. Pure.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.preview import discord, slack, terminal
from bot.preview.html import Html, joined, tag, text
from bot.preview.style import STYLE
from digests.model import Card, Content

__all__ = ["THEMES", "page"]

THEMES = ("light", "dark")

# Even if some text were taken for markup, the browser would neither load nor run anything.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page(
    contents: Sequence[Content], *, now: datetime, mark: str = "m4rk", title: str = "Nightdesk"
) -> str:
    """One HTML page with a section for each content; each view has an id like `slack-dark-1`.

    `now` is the moment at which it is looked at, `mark` stands for the mark of a post.
    """
    sections = (_section(number, content, mark, now) for number, content in enumerate(contents, 1))
    head = joined(
        Html('<meta charset="utf-8">'),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'),
        Html('<meta name="viewport" content="width=device-width">'),
        tag("title", text(title)),
        tag("style", Html(STYLE)),
    )
    body = tag("body", tag("h1", text(title)), *sections)
    return f'<!doctype html>\n<html lang="en">{tag("head", head)}{body}</html>\n'


def _section(number: int, content: Content, mark: str, now: datetime) -> Html:
    name = content.headline if isinstance(content, Card) else content.title
    views = (
        _view(platform, theme, number, shown)
        for platform, shown in (
            ("slack", _post(slack.view(content, mark), now)),
            ("discord", _post(discord.view(content, mark, now), now)),
            ("terminal", terminal.view(content, now)),
        )
        for theme in THEMES
    )
    heading = tag("h2", text(name), dir="auto")
    return tag("section", heading, tag("div", *views, kind="views"))


def _view(platform: str, theme: str, number: int, shown: Html) -> Html:
    caption = tag("figcaption", text(f"{platform.capitalize()}, {theme}"))
    box = tag("div", shown, kind=f"view {platform} {theme}", id=f"{platform}-{theme}-{number}")
    return tag("figure", caption, box)


def _post(shown: Html, now: datetime) -> Html:
    """The message with the bot that wrote it, as chat clients show both."""
    who = tag(
        "div",
        tag("b", text("Nightdesk")),
        tag("span", text("APP"), kind="app"),
        tag("span", text(f"{now:%H:%M}"), kind="when"),
        kind="who",
    )
    face = tag("div", text("N"), kind="face")
    return tag("div", face, tag("div", who, shown, kind="body"), kind="post")
