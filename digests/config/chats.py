"""Targets and people of the chat platforms, as the file names them."""

import re
from dataclasses import dataclass

from digests.config.kinds import Group, Key, ListOf, Schema, or_variable, text_of, written_text
from digests.config.settings import People
from digests.config.sheet import Refused, Sheet, nearest
from digests.config.tree import MapNode, Node, Scalar
from digests.model import Target

_SLACK_NAME = re.compile(r"#(?=[^\W_]|[-_]*[^\W_])[\w-]{1,80}")
_SLACK_PERSON = re.compile(r"@[\w][\w.-]{0,79}")
_SLACK_ID = re.compile(r"[CDG][A-Z0-9]{6,20}", re.ASCII)
_DISCORD_ID = re.compile(r"[1-9][0-9]{0,19}", re.ASCII)
_PLATFORMS = ("slack", "discord", "terminal")


@dataclass(frozen=True, slots=True)
class ToTarget:
    """A place on a platform."""

    people: bool = False  # whether people of Discord too may be named

    @property
    def accepts(self) -> str:
        """The forms."""
        more = "discord:@1234567890 (a person), " if self.people else ""
        return f"slack:#name, slack:C0123ABC, slack:@name, {more}discord:1234567890 or terminal"

    def read(self, node: Node, sheet: Sheet) -> Target:
        """The target; raises Refused."""
        _refuse_space(node)
        text = written_text(node, sheet)
        platform, colon, address = text.partition(":")
        if address.startswith(" "):
            raise Refused(
                "with a space after the colon", hint=f"write {platform}:{address.strip()}"
            )
        if platform not in _PLATFORMS:
            raise Refused(hint=_platform_hint(text))
        if platform == "terminal":
            if colon:
                raise Refused("with an address", hint="write terminal alone")
            return Target("terminal", "")
        if platform == "slack":
            return Target(platform, _slack(address))
        return Target(platform, _discord(address, people=self.people))

    def schema(self) -> Schema:
        """Its shapes."""
        pattern = r"^(?:slack:(?:#[^\s#@]{1,80}|@[^\s#@]{1,80}|[CDG][A-Z0-9]{6,20})"
        person = "@?" if self.people else ""
        pattern += rf"|discord:{person}[1-9][0-9]{{0,19}}|terminal)$"
        return or_variable({"type": "string", "pattern": pattern})


def _refuse_space(node: Node) -> None:
    """`slack: #name` is a mapping with a comment, and looks as if it were right."""
    if isinstance(node, MapNode) and len(node.pairs) == 1 and node.pairs[0][0].text in _PLATFORMS:
        raise Refused(hint="write it without a space after the colon")
    if isinstance(node, Scalar) and node.plain and not node.text:
        raise Refused(hint='write "slack:#name"; a # after a space begins a comment')


def _slack(address: str) -> str:
    if _SLACK_ID.fullmatch(address) or _SLACK_PERSON.fullmatch(address):
        return address
    if _SLACK_NAME.fullmatch(address):
        if address != address.lower():
            raise Refused("with capital letters", hint=f"write slack:{address.lower()}")
        return address
    if _SLACK_NAME.fullmatch(f"#{address}") and address == address.lower():
        raise Refused("without # or @", hint=f"write slack:#{address}")
    raise Refused


def _discord(address: str, *, people: bool) -> str:
    who = address.removeprefix("@")
    if who != address and _DISCORD_ID.fullmatch(who) and int(who) < 2**64:
        if people:
            return address
        raise Refused("which is a person", hint="write it into `to` of a watch")
    if _DISCORD_ID.fullmatch(address) and int(address) < 2**64:
        return address
    hint = "copy the id: developer mode on, right click on the channel, Copy Channel ID"
    raise Refused("which is no id of a channel", hint=hint)


def _platform_hint(text: str) -> str:
    if text.startswith(("#", "@")) or _SLACK_ID.fullmatch(text):
        return f"write slack:{text}"
    if _DISCORD_ID.fullmatch(text):
        return f"write discord:{text}"
    close = nearest(text.partition(":")[0], _PLATFORMS)
    return f"did you mean {close}?" if close else ""


@dataclass(frozen=True, slots=True)
class PersonId:
    """The id of a user, on Discord of a role too."""

    accepts: str
    pattern: re.Pattern[str]

    def read(self, node: Node, sheet: Sheet) -> str:
        """The id; raises Refused. Digits need no quotation marks: they are never counted with."""
        text = written_text(node, sheet)
        if not self.pattern.fullmatch(text):
            raise Refused
        return text

    def schema(self) -> Schema:
        """A string, or digits that YAML takes for a number."""
        text: Schema = {"type": "string", "pattern": f"^(?:{self.pattern.pattern})$"}
        digits = self.pattern.fullmatch("1") is not None
        return or_variable(
            {"anyOf": [text, {"type": "integer", "minimum": 1}]} if digits else text
        )


SLACK_PEOPLE = Key(
    "slack",
    ListOf(
        PersonId("the id of a Slack user, such as U0123ABC", re.compile(r"[UW][A-Z0-9]{2,20}")),
        "slack",
    ),
    "Slack users, by the member id of their profile.",
    example="[U0123ABC]",
)
DISCORD_PEOPLE = Key(
    "discord",
    ListOf(
        PersonId(
            "the id of a Discord user, or role: and the id of a role",
            re.compile(r"(?:role:)?[1-9][0-9]{0,19}"),
        ),
        "discord",
    ),
    "Discord users and roles, by id.",
    example='["role:4567", "1234567890"]',
)


@dataclass(frozen=True, slots=True)
class Members:
    """Lists of people by platform, or everyone."""

    name: str
    everyone: bool  # whether the word is accepted

    @property
    def group(self) -> Group:
        """The lists."""
        return Group(self.name, (SLACK_PEOPLE, DISCORD_PEOPLE))

    @property
    def accepts(self) -> str:
        """The word and the lists."""
        lists = "lists of ids: {slack: […], discord: […]}"
        return f"everyone, or {lists}" if self.everyone else lists

    def read(self, node: Node, sheet: Sheet) -> People:
        """The people; raises Refused."""
        if isinstance(node, MapNode):
            values = self.group.read(node, sheet)
            slack, discord = values.get(SLACK_PEOPLE, ()), values.get(DISCORD_PEOPLE, ())
            return People(slack=frozenset(slack), discord=frozenset(discord))
        text = text_of(node, sheet)
        if text == "everyone" and self.everyone:
            return People(everyone=True)
        close = self.everyone and nearest(text, ["everyone"])
        raise Refused(hint="did you mean everyone?" if close else "")

    def schema(self) -> Schema:
        """Either."""
        lists = self.group.schema()
        return {"anyOf": [{"const": "everyone"}, lists]} if self.everyone else lists
