"""Windows (modals) of the Slack stand-in: what Slack refuses in one, and what sending it says."""

from collections.abc import Iterator, Mapping
from typing import Any

Json = dict[str, Any]

_KEYS = {"type", "callback_id", "title", "submit", "close", "blocks", "private_metadata"}
_WORDS = 24  # of the title and of both buttons
_FIELD = {"type", "block_id", "label", "optional", "element"}


def broken_window(view: Mapping[str, Any]) -> Iterator[str]:
    """Everything for which Slack would not open it."""
    if view.get("type") != "modal" or view.keys() - _KEYS:
        yield f"a window of {sorted(view)}"
    for name in ("title", "submit", "close"):
        yield from _words(name, view.get(name), _WORDS)
    if len(view.get("callback_id", "")) > 255 or len(view.get("private_metadata", "")) > 3000:
        yield "more than a window can carry"
    blocks = view.get("blocks") or []
    if not 1 <= len(blocks) <= 100 or len({b.get("block_id") for b in blocks}) < len(blocks):
        yield "fields of a window"
    for block in blocks:
        yield from _field(block)


def sent(view: Mapping[str, Any], typed: Mapping[str, str]) -> Json:
    """The window as it comes back; raises AssertionError for what Slack would not let through."""
    values: dict[str, Json] = {}
    for block in view["blocks"]:
        text = typed.get(block["block_id"]) or None
        assert text or block["optional"], f"{block['block_id']} must be filled in"
        element = block["element"]
        assert len(text or "") <= element["max_length"], "Slack stops taking letters there"
        answer = {"type": element["type"], "value": text}
        values[block["block_id"]] = {element["action_id"]: answer}
    assert typed.keys() <= values.keys(), "there is no such field"
    return {**view, "id": "V1", "state": {"values": values}}


def _field(block: Json) -> Iterator[str]:
    if block.get("type") != "input" or block.keys() - _FIELD:
        yield f"a field of {sorted(block)}"
    if not 1 <= len(block.get("block_id", "")) <= 255:
        yield "a field's name"
    yield from _words("label", block.get("label"), 2000)
    element = block.get("element") or {}
    if element.get("type") != "plain_text_input" or not 1 <= element.get("max_length", 0) <= 3000:
        yield f"an element that is none: {element}"


def _words(name: str, text: Any, limit: int) -> Iterator[str]:
    words = text or {}
    if words.get("type") != "plain_text" or not 1 <= len(words.get("text", "").strip()) <= limit:
        yield f"{name} of a window: {text}"
