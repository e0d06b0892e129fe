"""The embeds and buttons that we send to Discord, drawn as Discord draws them. Pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from bot.platforms.discord.render import message
from bot.preview.html import Html, joined, link, paragraph, tag, text
from digests.cards.words import words
from digests.model import Content

Json = Mapping[str, Any]

_LINK_BUTTON = 5
_STYLES = {1: "primary", 2: "grey", 3: "green", 4: "red", _LINK_BUTTON: "grey"}

_MARKDOWN = re.compile(
    r"\\(?P<literal>[!-/:-@\[-`{-~])"
    r"|`(?P<code>[^`]+)`"
    r"|\*\*(?P<bold>(?:\\.|[^\\])+?)\*\*"
    r"|\[(?P<label>(?:\\.|[^\\\[\]])+)\]\((?P<url>https?://[^\s()<>]+)\)"
    r"|<t:(?P<stamp>-?\d+)(?::(?P<style>[tTdDfFR]))?>"
    r"|<(?P<bare>https?://[^\s<>]+)>"
    r"|(?P<ping><(?:@[!&]?|#|a?:\w+:|/[^:<>]+:)\d+>|@everyone|@here)"
    r"|^(?:\#{1,3}|-\#)\s(?P<line>.+)$"
    r"|(?<![\w*])\*(?P<italic>(?! )(?:\\.|[^\\*\n])+)(?<! )\*(?![\w*])"
    r"|(?P<naked>https?://[^\s<>]+)",
    re.MULTILINE,
)


def view(content: Content, mark: str, now: datetime) -> Html:
    """The message's body."""
    body: Json = message(content, mark=mark)
    embeds = (_embed(embed, now) for embed in body.get("embeds", ()))
    rows = (_row(row["components"]) for row in body.get("components", ()))
    return joined(*_lines(body.get("content", ""), now), *embeds, *rows)


def _embed(embed: Json, now: datetime) -> Html:
    title = _markdown(embed.get("title", ""), now)
    told = tag(
        "div",
        _optional(text(embed.get("author", {}).get("name", "")), "author"),
        _optional(link(embed.get("url", ""), title) if title else title, "title"),
        *_lines(embed.get("description", ""), now),
        *(line for field in embed.get("fields", ()) for line in _field(field, now)),
        _optional(_footer(embed), "footer"),
        kind="told",
    )
    picture = _picture(embed.get("thumbnail", {}).get("url", ""))
    edge = f"border-inline-start-color: #{int(embed.get('color', 0)):06x}"
    return tag("div", told, picture, kind="embed", style=edge)


def _optional(shown: Html, kind: str) -> Html:
    return paragraph(shown, kind=kind) if shown else shown


def _lines(source: str, now: datetime) -> Sequence[Html]:
    return [
        paragraph(_markdown(line, now), kind="line") if line else tag("div", kind="gap")
        for line in (source.split("\n") if source else ())
    ]


def _field(field: Json, now: datetime) -> Sequence[Html]:
    name = paragraph(tag("b", _markdown(field["name"], now)), kind="line")
    return [tag("div", kind="gap"), name, *_lines(field["value"], now)]


def _footer(embed: Json) -> Html:
    parts = [embed.get("footer", {}).get("text", "")]
    if stamp := embed.get("timestamp"):
        parts.append(_moment(datetime.fromisoformat(stamp), "f"))
    return text(" • ".join(part for part in parts if part))


def _picture(url: str) -> Html:
    """The page loads nothing, so the picture is a box that says where it would come from."""
    return tag("div", text(urlsplit(url).hostname or ""), kind="picture") if url else joined()


def _row(components: Sequence[Json]) -> Html:
    return tag("div", *(_button(one) for one in components), kind="actions")


def _button(button: Json) -> Html:
    label = text(button.get("label", ""))
    if button["style"] == _LINK_BUTTON:
        return link(button["url"], label, Html(' <span class="out">↗</span>'), kind="button grey")
    return tag("span", label, kind=f"button {_STYLES.get(button['style'], 'grey')}")


def _markdown(source: str, now: datetime) -> Html:
    """The part of Discord's markdown that we could send; what is escaped stays text."""
    shown = []
    at = 0
    for found in _MARKDOWN.finditer(source):
        shown += [text(source[at : found.start()]), _marked(found, now)]
        at = found.end()
    return joined(*shown, text(source[at:]))


def _marked(found: re.Match[str], now: datetime) -> Html:
    match found.lastgroup:
        case "literal":
            return text(found["literal"])
        case "code":
            return tag("code", text(found["code"]))
        case "bold":
            return tag("b", _markdown(found["bold"], now))
        case "italic":
            return tag("i", _markdown(found["italic"], now))
        case "url":
            return link(found["url"], _markdown(found["label"], now))
        case "bare" | "naked":
            return link(found[found.lastgroup], text(found[found.lastgroup]))
        case "stamp" | "style":
            at = datetime.fromtimestamp(int(found["stamp"]), UTC)
            return tag("span", text(_moment(at, found["style"] or "f", now)), kind="date")
        case "line":
            return tag("span", _markdown(found["line"], now), kind="small")
        case _:  # a mention: what we must never send stands out
            return tag("span", text(found[0]), kind="ping")


def _moment(at: datetime, style: str, now: datetime | None = None) -> str:
    """A moment as a reader in UTC sees it."""
    if style == "R" and now is not None:
        return words("en").ago(now - at)
    day, clock = f"{at:%d/%m/%Y}", f"{at:%H:%M}"
    return {"d": day, "D": day, "t": clock, "T": clock}.get(style, f"{day} {clock}")
