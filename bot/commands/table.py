"""The table of verbs: whatever can be asked anywhere, in the order in which help tells it."""

from bot.commands import (
    administering,
    digesting,
    feeds,
    helping,
    publishers,
    reviewing,
    saying,
    searching,
    sharing,
    stories,
    trending,
    undoing,
    watching,
    why,
)
from bot.commands.asking import Verb

VERBS: tuple[Verb, ...] = (
    *searching.VERBS,
    *stories.VERBS,
    *why.VERBS,
    *trending.VERBS,
    *digesting.VERBS,
    *watching.VERBS,
    *publishers.VERBS,
    *feeds.VERBS,
    *saying.VERBS,
    *reviewing.VERBS,
    *administering.VERBS,
    *undoing.VERBS,
    *sharing.VERBS,
    *helping.VERBS,
)
BY_NAME = {verb.name: verb for verb in VERBS}
GROUPS = {verb.name.partition(" ")[0] for verb in VERBS if " " in verb.name}
_FIRST = {group: next(v for v in VERBS if v.name.startswith(f"{group} ")) for group in GROUPS}


def listed() -> tuple[Verb, ...]:
    """What people type, without what only buttons ask."""
    return tuple(verb for verb in VERBS if verb.listed)


def find(name: str) -> Verb | None:
    """The verb of that name; a group's name alone is its first verb."""
    return BY_NAME.get(name) or _FIRST.get(name)


def split(typed: str) -> tuple[str, str]:
    """A line as typed, as a verb's name and the rest; an unknown first word is taken for a name."""
    first, *rest = typed.split(maxsplit=1) or [""]
    name, text = first.lower(), "".join(rest).strip()
    if name in GROUPS:
        second, *more = text.split(maxsplit=1) or [""]
        if (two := f"{name} {second.lower()}") in BY_NAME:
            return two, "".join(more).strip()
    return name, text
