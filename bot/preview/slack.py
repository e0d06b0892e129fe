"""The blocks that we send to Slack, drawn as Slack draws them. Pure."""

import html
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from bot.platforms.slack.render import blocks
from bot.preview.html import Html, joined, link, paragraph, tag, text
from digests.model import Content

Json = Mapping[str, Any]

_MRKDWN = re.compile(
    r"<!date\^(?P<stamp>\d+)\^(?P<pattern>[^|>^]*)(?:\^[^|>]*)?\|(?P<fallback>[^>]*)>"
    r"|<(?P<url>https?://[^|>\s]+)(?:\|(?P<label>[^>]*))?>"
    r"|<(?P<other>[^>]*)>"
    r"|\*(?P<bold>[^*\n]+)\*|_(?P<italic>[^_\n]+)_|`(?P<code>[^`\n]+)`"
)


def view(content: Content, mark: str) -> Html:
    """The message's body."""
    return joined(*(_block(block) for block in blocks(content, mark=mark)))


def _block(block: Json) -> Html:
    match block["type"]:
        case "rich_text":
            return joined(*(_rich(section["elements"]) for section in block["elements"]))
        case "header":
            return paragraph(text(block["text"]["text"]), kind="header")
        case "section":
            return _section(block)
        case "context":
            return tag("div", *(_small(element) for element in block["elements"]), kind="context")
        case "actions":
            return tag("div", *(_button(button) for button in block["elements"]), kind="actions")
        case "divider":
            return Html("<hr>")
        case _:
            return tag("div", text(f"[{block['type']}]"), kind="unknown")


def _rich(elements: Sequence[Json]) -> Html:
    return paragraph(*(_element(element) for element in elements), kind="rich")


def _element(element: Json) -> Html:
    match element["type"]:
        case "link":
            shown = link(element["url"], text(element.get("text") or element["url"]))
        case "date":
            shown = tag("span", text(_date(element["timestamp"], element["format"])), kind="date")
        case _:
            shown = text(element.get("text", ""))
    return tag("b", shown) if element.get("style", {}).get("bold") else shown


def _section(block: Json) -> Html:
    told = paragraph(_text(block["text"]), kind="told")
    beside = block.get("accessory", {})
    picture = _picture(beside) if beside.get("type") == "image" else joined()
    return tag("div", told, picture, kind="section")


def _picture(image: Json) -> Html:
    """The page loads nothing, so the picture is a box that says where it would come from."""
    host = urlsplit(image["image_url"]).hostname or ""
    return tag("div", text(host), kind="picture", title=image["alt_text"])


def _small(element: Json) -> Html:
    if element["type"] == "image":
        return _picture(element)
    return paragraph(_text(element))


def _button(button: Json) -> Html:
    return link(button.get("url", ""), _text(button["text"]), kind="button")


def _text(element: Json) -> Html:
    if element["type"] == "mrkdwn":
        return _mrkdwn(element["text"])
    return text(element["text"])


def _mrkdwn(source: str) -> Html:
    """The part of Slack's markup that we could send; what is escaped stays text."""
    shown = []
    at = 0
    for found in _MRKDWN.finditer(source):
        shown += [_entities(source[at : found.start()]), _marked(found)]
        at = found.end()
    return joined(*shown, _entities(source[at:]))


def _marked(found: re.Match[str]) -> Html:
    match found.lastgroup:
        case "fallback":
            return text(_date(int(found["stamp"]), found["pattern"]))
        case "url" | "label":
            return link(html.unescape(found["url"]), _entities(found["label"] or found["url"]))
        case "bold":
            return tag("b", _mrkdwn(found["bold"]))
        case "italic":
            return tag("i", _mrkdwn(found["italic"]))
        case "code":
            return tag("code", _entities(found["code"]))
        case _:  # a mention or a channel: what we must never send stands out
            return tag("span", text(found[0]), kind="ping")


def _entities(source: str) -> Html:
    return text(html.unescape(source))


def _date(stamp: int, pattern: str) -> str:
    """A date as a reader in UTC sees it."""
    at = datetime.fromtimestamp(stamp, UTC)
    day = f"{at:%b} {at.day}, {at.year}"
    return pattern.replace("{date_short_pretty}", day).replace("{time}", f"{at:%H:%M}")
