"""Buttons and forms of Discord: rows of components, and what their custom_id says. Pure."""

from collections.abc import Sequence

from bot.commands import Form, Reply
from bot.commands.asking import Option
from bot.platforms.discord.escape import address, fit, verbatim
from digests.cards.words import words
from digests.model import Button, Card, Content, Listing

Body = dict[str, object]  # what goes out as JSON

BUTTON_ADDRESS = 512
LABEL = 80
CUSTOM_ID = 100

# What a custom_id begins with.
TURN = "nd:turn:"  # turns pages: this, "<" or ">", the state
ACT = "nd:act:"  # a card's or an answer's button: this, the verb, ":", the state
FORM = "nd:form:"  # a form: this, the verb, ":", the state

_ROW, _BUTTON, _TEXT = 1, 2, 4  # component types
_LABEL_OF_FIELD, _FIELD = 45, 4000
_SHORT, _PARAGRAPH = 1, 2  # styles of a field
_PARAGRAPHS = range(200, 2000)  # characters of what is written rather than typed
_GREY, _LINK = 2, 5  # button styles
_A_ROW, _ROWS = 5, 2  # Discord takes five buttons in a row, and five rows


def under(content: Content) -> list[Body]:
    """The rows of buttons under a card."""
    if isinstance(content, Listing):
        return []
    acts = {act["custom_id"]: act for one in content.buttons if (act := _act(one))}
    buttons = [*(_read(content) if isinstance(content, Card) else ()), *acts.values()]
    return _rows(buttons)


def beside(answer: Reply) -> list[Body]:
    """The rows of buttons under an answer: to turn pages, and what it offers."""
    return _rows([*_turns(answer), *(act for one in answer.buttons if (act := _act(one)))])


def form(asked: Form) -> Body:
    """A window with a field for each option."""
    fields = [_field(one, at == 0) for at, one in enumerate(asked.fields)]
    return {
        "title": asked.title,
        "custom_id": f"{FORM}{asked.verb}:{asked.state}",
        "components": fields,
    }


def _field(option: Option, first: bool) -> Body:
    return _row(
        [
            {
                "type": _TEXT,
                "custom_id": option.name,
                "label": fit(option.says, _LABEL_OF_FIELD, verbatim) or option.name,
                "style": _PARAGRAPH if option.longest in _PARAGRAPHS else _SHORT,
                "required": first,
                "max_length": min(option.longest, _FIELD),
            }
        ]
    )


def _read(card: Card) -> list[Body]:
    url = address(card.url, BUTTON_ADDRESS)
    label = fit(card.read_label, LABEL, verbatim)
    if not (url and label):
        return []
    return [{"type": _BUTTON, "style": _LINK, "label": label, "url": url}]


def _act(button: Button) -> Body:
    label = fit(button.label, LABEL, verbatim)
    custom_id = f"{ACT}{button.action}:{button.state}"
    if not label or len(custom_id) > CUSTOM_ID:
        return {}
    return {"type": _BUTTON, "style": _GREY, "label": label, "custom_id": custom_id}


def _turns(answer: Reply) -> list[Body]:
    say = words(answer.content.language)
    labels = (say.text("Previous"), say.text("Next"))
    states = (("<", answer.previous), (">", answer.next))
    return [
        {"type": _BUTTON, "style": _GREY, "label": label, "custom_id": custom_id}
        for label, (sign, state) in zip(labels, states, strict=True)
        if state and len(custom_id := f"{TURN}{sign}{state}") <= CUSTOM_ID
    ]


def _rows(buttons: Sequence[Body]) -> list[Body]:
    return [_row(buttons[at : at + _A_ROW]) for at in range(0, len(buttons), _A_ROW)][:_ROWS]


def _row(components: Sequence[Body]) -> Body:
    return {"type": _ROW, "components": list(components)}
