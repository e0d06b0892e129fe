"""Whom a channel's cards may mention: names that the file alone can give, never a text from outside."""

import re
from dataclasses import dataclass

from digests.config.kinds import Group, Key, Schema, or_variable, written_text
from digests.config.sheet import Refused, Sheet
from digests.config.tree import ListNode, Node
from digests.config.values import Rule
from digests.model import Mention

_SLACK = re.compile(r"@here|@channel|[UWS][A-Z0-9]{2,20}", re.ASCII)
_DISCORD = re.compile(r"@here|@everyone|(?:role:)?[1-9][0-9]{0,19}", re.ASCII)
_FORMS = {"slack": _SLACK, "discord": _DISCORD}
FORMS = {
    "slack": "@here, @channel, the id of a user (U0123ABC) or of a user group (S0123ABC)",
    "discord": "@here, @everyone, the id of a user, or role: and the id of a role",
}
_MOST = 10


def fits(who: str, platform: str) -> bool:
    """Whether the platform knows such a name."""
    return platform in _FORMS and _FORMS[platform].fullmatch(who) is not None


@dataclass(frozen=True, slots=True)
class Whom:
    """One name, or a list of them."""

    accepts: str = f"on Slack {FORMS['slack']}; on Discord {FORMS['discord']}; or a list of these"

    def read(self, node: Node, sheet: Sheet) -> tuple[str, ...]:
        """The names; raises Refused."""
        nodes = node.nodes if isinstance(node, ListNode) else (node,)
        if not 1 <= len(nodes) <= _MOST:
            raise Refused(f"with {len(nodes)} names", hint=f"name one to {_MOST}")
        return tuple(dict.fromkeys(_name(one, sheet) for one in nodes))

    def schema(self) -> Schema:
        """A name or a list of names."""
        pattern = f"^(?:{_SLACK.pattern}|{_DISCORD.pattern})$"
        number: Schema = {"type": "integer", "minimum": 1}
        one = or_variable({"anyOf": [{"type": "string", "pattern": pattern}, number]})
        return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1, "maxItems": _MOST}]}


def _name(node: Node, sheet: Sheet) -> str:
    text = written_text(node, sheet)
    if any(fits(text, platform) for platform in _FORMS):
        return text
    if fits(f"@{text}", "slack") or fits(f"@{text}", "discord"):
        raise Refused(hint=f'write "@{text}"')
    if text.startswith("@"):
        raise Refused(hint="people and groups are named by their id, which their profile shows")
    raise Refused


WHEN = Key(
    "when",
    Rule(),
    "Of which stories, in the query language.",
    example="topic:ransomware",
    required=True,
)
WHO = Key("who", Whom(), "Who is mentioned.", example='"@here"', required=True)
GROUP = Group("mention", (WHEN, WHO))


@dataclass(frozen=True, slots=True)
class ReadMention:
    """A query and names."""

    accepts: str = 'a query and names, {when: "topic:ransomware", who: "@here"}'

    def read(self, node: Node, sheet: Sheet) -> Mention | None:
        """The mention, None when a part of it was refused; raises Refused."""
        values = GROUP.read(node, sheet)
        if WHEN not in values or WHO not in values:
            return None
        return Mention(values.get(WHEN, ""), values.get(WHO, ()))

    def schema(self) -> Schema:
        """An object."""
        return GROUP.schema()
