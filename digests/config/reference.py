"""The table of keys as Markdown: the part of docs/configure.md that nobody writes by hand."""

from typing import Any

from digests.config.chats import DISCORD_PEOPLE, SLACK_PEOPLE
from digests.config.keys import CHANNEL, DEFAULTS, FEED, FILE, NETWORK, WATCH
from digests.config.kinds import Group, Key, ListOf
from digests.config.mentions import GROUP as MENTION
from digests.config.models import SUMMARISER

BEGIN = "<!-- made from the table of keys: begin -->"
END = "<!-- made from the table of keys: end -->"

_PEOPLE = Group("a list of people", (SLACK_PEOPLE, DISCORD_PEOPLE))
_TITLES = (
    ("The file", FILE),
    ("`defaults`", DEFAULTS),
    ("A feed, in `feeds`", FEED),
    ("A channel, in `channels`", CHANNEL),
    ("`mention` of a channel", MENTION),
    ("A watch, in `watches`", WATCH),
    ("People, in `readers` and `editors`", _PEOPLE),
    ("`network`", NETWORK),
    ("`summariser`", SUMMARISER),
)


def reference() -> str:
    """Every key with what it does, what it accepts, its default and an example."""
    return "\n".join(
        f"### {title}\n\n" + "\n".join(map(_entry, group.keys)) for title, group in _TITLES
    )


def renewed(page: str) -> str:
    """The page with its made part as it should be."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{reference()}\n{END}{after}"


def _entry(key: Key[Any]) -> str:
    grouped = isinstance(key.kind, Group) or _holds_groups(key)
    accepted = "" if grouped else f"Accepted: {key.kind.accepts}."
    facts = " ".join(part for part in (accepted, _default(key)) if part)
    example = f"```yaml\n{key.name}: {key.example}\n```\n"
    return "\n\n".join(filter(None, (f"#### `{key.name}`", key.about, facts, example)))


def _holds_groups(key: Key[Any]) -> bool:
    return isinstance(key.kind, ListOf) and isinstance(key.kind.kind, Group)


def _default(key: Key[Any]) -> str:
    if key.required:
        return "Required."
    if key.default:
        return f"Default: `{key.default}`."
    return f"Default: {key.usual}." if key.usual else ""
