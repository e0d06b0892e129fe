"""A form as Slack shows it, a window with a field for each option, and what comes back. PURE.

Nothing says where a window was opened, so it carries the place and the address of the answer with
it; people see neither, and what comes back is what Slack was given.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.commands import Form
from bot.commands.asking import Option
from bot.platforms.slack.text import fit

Json = dict[str, Any]

FORM = "nightdesk:form:"  # a window's name: this, and the verb
_TITLE = 24  # Slack's own limit, also for the words on the two buttons
_LABEL = 150
_FIELD = 3_000
_PARAGRAPHS = range(200, 2000)  # characters of what is written rather than typed
_ANSWER = "answer"  # the one element of each field


@dataclass(frozen=True, slots=True)
class Filled:
    """A form that somebody sent."""

    verb: str
    options: Mapping[str, str]  # by name, without the empty ones
    channel: str
    url: str  # where the answer goes
    state: str = ""  # what was known before it was opened


def view(form: Form, *, channel: str, url: str) -> Json:
    """The window; the first field must be filled in, the others may be."""
    return {
        "type": "modal",
        "callback_id": f"{FORM}{form.verb}",
        "title": _plain(form.title, _TITLE),
        "submit": _plain(form.submit, _TITLE),
        "close": _plain(form.cancel, _TITLE),
        "blocks": [_field(one, optional=at > 0) for at, one in enumerate(form.fields)],
        "private_metadata": json.dumps({"channel": channel, "url": url, "state": form.state}),
    }


def filled(window: Mapping[str, Any]) -> Filled:
    """What stands in a window that was sent; what is none of ours has an empty verb."""
    name = str(window.get("callback_id", ""))
    fields = ((window.get("state") or {}).get("values") or {}).items()
    typed = {str(field): _typed(elements) for field, elements in fields}
    carried = _carried(str(window.get("private_metadata", "")))
    return Filled(
        name.removeprefix(FORM) if name.startswith(FORM) else "",
        {field: text for field, text in typed.items() if text.strip()},
        str(carried.get("channel", "")),
        str(carried.get("url", "")),
        str(carried.get("state", "")),
    )


def _field(option: Option, *, optional: bool) -> Json:
    longest = min(option.longest, _FIELD)
    element: Json = {"type": "plain_text_input", "action_id": _ANSWER, "max_length": longest}
    if option.longest in _PARAGRAPHS:
        element["multiline"] = True
    return {
        "type": "input",
        "block_id": option.name,
        "label": _plain(option.says or option.name, _LABEL),
        "optional": optional,
        "element": element,
    }


def _typed(elements: object) -> str:
    answer = elements.get(_ANSWER) if isinstance(elements, dict) else None
    return str((answer or {}).get("value") or "")


def _carried(text: str) -> Json:
    try:
        carried = json.loads(text)
    except ValueError:
        return {}
    return carried if isinstance(carried, dict) else {}


def _plain(text: str, limit: int) -> Json:
    return {"type": "plain_text", "text": fit(text, limit) or "…", "emoji": False}
