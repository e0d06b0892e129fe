"""The few kinds of Slack blocks we draw with; each vanishes when it has nothing to say. PURE.

Text from outside stands in `plain_text` and `rich_text` only, where Slack obeys no markup: it
cannot ping, format, or hide the target of a link.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from bot.platforms.slack.text import cost, date, fallback, fit, ping, tame, web_link
from digests.text.portions import portions

Json = dict[str, Any]

_SECTION = 2900  # Slack allows 3000
_SECTIONS = 3
_SMALL = 250  # one element of a context line; Slack allows ten elements
_LABEL = 75
_ALT = 250
_BLOCK_ID = 255
_DATE_FORMAT = "{date_short_pretty} {time}"


def rich(elements: Sequence[Json]) -> list[Json]:
    """A paragraph of runs, links and dates."""
    section = {"type": "rich_text_section", "elements": list(elements)}
    return [{"type": "rich_text", "elements": [section]}] if elements else []


def run(text: str, *, bold: bool = False) -> list[Json]:
    """Text within a paragraph, as it is: fitted by the caller."""
    text = tame(text)
    return [{"type": "text", "text": text} | _style(bold)] if text else []


def linked(text: str, url: str, *, longest_link: int) -> list[Json]:
    """Bold text that opens an address; the text alone when the address cannot be used here."""
    link = web_link(url, longest_link)
    element: Json = {"type": "link", "url": link} if link else {"type": "text"}
    return [element | {"text": text} | _style(bold=True)] if text else []


def moment(at: datetime) -> list[Json]:
    """A date within a paragraph, on the reader's own clock."""
    if at.timestamp() < 1:
        return run(fallback(at))
    stamp = int(at.timestamp())
    return [{"type": "date", "timestamp": stamp, "format": _DATE_FORMAT, "fallback": fallback(at)}]


def section(text: str, *, picture: str = "", alt: str = "") -> list[Json]:
    """A paragraph, with a picture beside it.

    The picture is an accessory because Slack refuses a message when it cannot load the picture
    of an image block, but not when it cannot load this one.
    """
    shown = fit(text, _SECTION)
    if not shown:
        return []
    return [{"type": "section", "text": _plain(shown)} | _accessory(web_link(picture), alt)]


def sections(text: str) -> list[Json]:
    """A text of many lines, in as few paragraphs as hold it, at most three: Slack takes no more."""
    return [block for one in portions(text, _SECTION, _SECTIONS, cost) for block in section(one)]


def context(*texts: str, when: datetime | None = None, block_id: str = "") -> list[Json]:
    """A small grey line: at most nine texts, and a date after the first of them."""
    elements = [_plain(shown) for text in texts[:9] if (shown := fit(text, _SMALL))]
    if when is not None:
        elements.insert(1, {"type": "mrkdwn", "text": date(when, _DATE_FORMAT)})
    named = {"block_id": fit(block_id, _BLOCK_ID)} if block_id else {}
    return [{"type": "context", "elements": elements} | named] if elements else []


def packed(words: Iterable[str]) -> list[str]:
    """Words with dots between, in as few texts of a grey line as hold them whole."""
    texts: list[str] = []
    for word in filter(None, words):
        joined = f"{texts[-1]} · {word}" if texts else word
        if texts and cost(joined) <= _SMALL:
            texts[-1] = joined
        else:
            texts.append(word)
    return texts


def mentions(names: Iterable[str]) -> list[Json]:
    """A line that pings whom the file names."""
    text = " ".join(filter(None, map(ping, names)))
    return [{"type": "section", "text": {"type": "mrkdwn", "text": text}}] if text else []


def row(buttons: Iterable[Json]) -> list[Json]:
    """A row of buttons."""
    elements = list(buttons)
    return [{"type": "actions", "elements": elements}] if elements else []


def button(action: str, label: str, *, url: str = "", value: str = "") -> list[Json]:
    """A button that opens an address or carries a value back to us."""
    text = fit(label, _LABEL)
    carried = {"url": url} if url else {"value": value}
    body: Json = {"type": "button", "action_id": action, "text": _plain(text)}
    return [body | carried] if text and (url or value) else []


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": False}


def _style(bold: bool) -> Json:
    return {"style": {"bold": True}} if bold else {}


def _accessory(url: str, alt: str) -> Json:
    if not url:
        return {}
    return {"accessory": {"type": "image", "image_url": url, "alt_text": fit(alt, _ALT) or "…"}}
