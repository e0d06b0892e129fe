"""The table of verbs as Discord wants it declared: `/digest` with its subcommands. Pure."""

from typing import Any

from bot.commands.asking import Option, Source, Verb
from bot.commands.table import TABLE
from digests.cards.words import words

_Json = dict[str, Any]

NAME = "digest"
_SUBCOMMAND, _GROUP, _STRING = 1, 2, 3  # option types
_IN_GUILD, _IN_DIRECT_MESSAGE = 0, 1
_SAYS = 100  # characters of a description
_CHOICES = 25
_ABOUT = "Search and read what the news desk told"
# Discord's names for the languages of our catalogs; English is what stands there without one.
_LOCALES = {
    "ar": "ar", "de": "de", "es": "es-ES", "fr": "fr", "ja": "ja", "ru": "ru", "zh": "zh-CN",
}  # fmt: skip


def commands() -> list[_Json]:
    """What is registered: one command, a subcommand for each verb that people type."""
    options: dict[str, _Json] = {}
    for verb in TABLE.listed():
        first, _, second = verb.name.partition(" ")
        if not second:
            options[first] = _subcommand(verb, first)
            continue
        group = {"type": _GROUP, "name": first, "description": verb.says[:_SAYS], "options": []}
        options.setdefault(first, group)["options"].append(_subcommand(verb, second))
    return [
        {
            "name": NAME,
            "type": 1,
            "description": _ABOUT,
            "integration_types": [0],
            "contexts": [_IN_GUILD, _IN_DIRECT_MESSAGE],
            "options": list(options.values()),
        }
    ]


def _subcommand(verb: Verb, name: str) -> _Json:
    body = {"type": _SUBCOMMAND, "name": name, **_described(verb.says)}
    # A verb with a form must be sendable without words, or nobody would ever see the form.
    options = [_option(one, required=one.required and not verb.form) for one in verb.options]
    return body | ({"options": options} if options else {})


def _option(option: Option, *, required: bool) -> _Json:
    body: _Json = {"type": _STRING, "name": option.name, **_described(option.says)}
    body["max_length"] = option.longest
    if required:
        body["required"] = True
    if option.choices:
        body["choices"] = [{"name": one, "value": one} for one in option.choices[:_CHOICES]]
    elif option.source is not Source.NOTHING:
        body["autocomplete"] = True
    return body


def _described(says: str) -> _Json:
    told = {_LOCALES[one]: words(one).text(says)[:_SAYS] for one in _LOCALES}
    others = {locale: text for locale, text in told.items() if text != says}
    return {"description": says[:_SAYS]} | (
        {"description_localizations": others} if others else {}
    )
