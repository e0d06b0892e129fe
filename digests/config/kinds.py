"""Kinds of values: each reads a node, says in words what it accepts, and describes itself as schema.

A kind raises `Refused` for what it cannot take; lists and groups go on with the rest, so that all
mistakes of a file are told at once.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from digests.config.sheet import (
    Refused,
    Sheet,
    found,
    is_nothing,
    is_number,
    is_truth,
    nearest,
)
from digests.config.tree import ListNode, MapNode, Node, Scalar
from digests.text.masks import quoted

T = TypeVar("T")
D = TypeVar("D")
T_co = TypeVar("T_co", covariant=True)
Schema = dict[str, Any]

VARIABLE: Schema = {"type": "string", "pattern": r"\$\{[A-Za-z_][A-Za-z0-9_]*\}"}
# Controls, line ends, and the marks that turn or hide text.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_UNSEEN_BUT_LINES = re.compile(_UNSEEN.pattern.replace("\x00-\x1f", "\x00-\x09\x0b-\x1f"))


class Kind(Protocol[T_co]):
    """What a key of the file holds."""

    @property
    def accepts(self) -> str:
        """What is accepted, in words."""

    def read(self, node: Node, sheet: Sheet) -> T_co:
        """The value; raises Refused."""

    def schema(self) -> Schema:
        """The same as JSON Schema."""


@dataclass(frozen=True, slots=True)
class Key(Generic[T]):
    """A key of the file; the one place where it is declared."""

    name: str
    kind: Kind[T]
    about: str  # what it does, for docs and editors
    default: str = ""  # as the file would write it
    usual: str = ""  # what happens without it, where no value says that
    example: str = ""  # the value as the file writes it
    required: bool = False


@dataclass(frozen=True, slots=True)
class Values:
    """What a group of keys held, with places; a refused value is absent."""

    start: int
    values: Mapping[str, Any]
    places: Mapping[str, int]  # of the values, refused ones too

    def __contains__(self, key: Key[Any]) -> bool:
        return key.name in self.values

    def get(self, key: Key[T], default: D) -> T | D:
        """The value of a key, or the default."""
        value: T | D = self.values.get(key.name, default)
        return value

    def place(self, key: Key[Any]) -> int:
        """Where its value stands; the group itself when the key is absent."""
        return self.places.get(key.name, self.start)


def text_of(node: Node, sheet: Sheet) -> str:
    """The text of a value with its variables filled in; raises Refused."""
    text = written_text(node, sheet)
    if isinstance(node, Scalar) and (is_number(node) or is_truth(node)):
        raise Refused
    return text


def written_text(node: Node, sheet: Sheet, *, lines: bool = False) -> str:
    """As text_of, where digits alone are text too; raises Refused."""
    if not isinstance(node, Scalar):
        raise Refused
    if is_nothing(node):
        raise Refused(hint="give it a value or remove the line; # begins a comment")
    text = sheet.fill(node.text)
    unseen = (_UNSEEN_BUT_LINES if lines else _UNSEEN).search(text)
    if unseen:
        raise Refused(
            f"with a line end or an unseen character ({_name(unseen[0])})", offset=unseen.start()
        )
    return text


def _name(character: str) -> str:
    return f"U+{ord(character):04X}"


def or_variable(schema: Schema) -> Schema:
    """The schema, or a text with a variable, whose value the schema cannot know."""
    return {"anyOf": [schema, {"$ref": "#/$defs/variable"}]}


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text."""

    accepts: str
    pattern: re.Pattern[str] = field(default_factory=lambda: re.compile(r".*\S.*"))
    longest: int = 100
    hint: str = ""

    def read(self, node: Node, sheet: Sheet) -> str:
        """The text; raises Refused."""
        text = written_text(node, sheet)
        if isinstance(node, Scalar) and (is_number(node) or is_truth(node)):
            raise Refused(hint=f"for a text write {quoted(text)}, with its quotation marks")
        if len(text) > self.longest:
            raise Refused(f"longer than {self.longest} characters")
        if not self.pattern.fullmatch(text):
            raise Refused(hint=self.hint)
        return text

    def schema(self) -> Schema:
        """A string of this pattern."""
        pattern = f"^(?:{self.pattern.pattern})$"
        return or_variable({"type": "string", "pattern": pattern, "maxLength": self.longest})


@dataclass(frozen=True, slots=True)
class Flag:
    """true or false."""

    accepts: str = "true or false"

    def read(self, node: Node, _sheet: Sheet) -> bool:
        """The value; raises Refused."""
        if isinstance(node, Scalar) and is_truth(node):
            return node.text.lower() == "true"
        word = node.text.lower() if isinstance(node, Scalar) else ""
        meant = {"true": "true", "yes": "true", "on": "true", "1": "true"} | {
            "false": "false", "no": "false", "off": "false", "0": "false",
        }  # fmt: skip
        raise Refused(
            hint=f"write {meant[word]}, without quotation marks" if word in meant else ""
        )

    def schema(self) -> Schema:
        """A boolean."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Choice(Generic[T]):
    """One of a few words."""

    words: Mapping[str, T]

    @property
    def accepts(self) -> str:
        """The words."""
        return ", ".join(self.words)

    def read(self, node: Node, sheet: Sheet) -> T:
        """What the word stands for; raises Refused."""
        text = text_of(node, sheet)
        if text in self.words:
            return self.words[text]
        raise Refused(hint=did_you_mean(text, self.words))

    def schema(self) -> Schema:
        """An enumeration."""
        return or_variable({"enum": list(self.words)})


def did_you_mean(word: str, known: Mapping[str, Any] | frozenset[str]) -> str:
    """The hint with the nearest known word, "" when none is near."""
    close = nearest(word, known)
    return f"did you mean {close}?" if close else ""


@dataclass(frozen=True, slots=True)
class ListOf(Generic[T]):
    """Any number of values of one kind."""

    kind: Kind[T]
    one: str  # what a single one is called in messages
    most: int = 1000
    least: int = 0

    @property
    def accepts(self) -> str:
        """A list of the kind."""
        return f"a list; in it: {self.kind.accepts}"

    def read(self, node: Node, sheet: Sheet) -> tuple[T, ...]:
        """All that could be read; notes the others. Raises Refused when it is no list."""
        if not isinstance(node, ListNode):
            alone = isinstance(node, Scalar) and not is_nothing(node)
            raise Refused(hint=f"write it as a list: [{found(node)}]" if alone else "")
        if len(node.nodes) > self.most:
            raise Refused(f"longer than {self.most:,}")
        if len(node.nodes) < self.least:
            raise Refused("with nothing in it")
        read: list[T] = []
        for inner in node.nodes:
            try:
                read.append(self.kind.read(inner, sheet))
            except Refused as refused:
                sheet.refuse(self.one, inner, refused, self.kind.accepts)
        return tuple(read)

    def schema(self) -> Schema:
        """An array."""
        schema = {"type": "array", "items": self.kind.schema(), "maxItems": self.most}
        return schema | ({"minItems": self.least} if self.least else {})


@dataclass(frozen=True, slots=True)
class Group:
    """Keys with values, as a feed or a channel has them."""

    name: str  # with its article: "a feed"
    keys: tuple[Key[Any], ...]
    elsewhere: Mapping[str, str] = field(default_factory=dict)  # keys of other groups, and which

    @property
    def accepts(self) -> str:
        """The keys."""
        return f"the keys of {self.name}: " + ", ".join(key.name for key in self.keys)

    def read(self, node: Node, sheet: Sheet) -> Values:
        """The values that could be read; notes the others. Raises Refused when these are no keys."""
        if not isinstance(node, MapNode):
            raise Refused
        known = {key.name: key for key in self.keys}
        values: dict[str, Any] = {}
        places: dict[str, int] = {}
        for name, value in node.pairs:
            if (key := known.get(name.text)) is None:
                self._refuse_key(name, sheet)
                continue
            placed = _placed(value, name)
            places[key.name] = placed.start
            try:
                values[key.name] = key.kind.read(placed, sheet)
            except Refused as refused:
                sheet.refuse(key.name, placed, refused, key.kind.accepts)
        self._require(node, places, sheet)
        return Values(node.start, values, places)

    def schema(self) -> Schema:
        """An object."""
        described = {key.name: key.kind.schema() | _notes(key) for key in self.keys}
        schema: Schema = {"type": "object", "properties": described, "additionalProperties": False}
        required = [key.name for key in self.keys if key.required]
        return schema | ({"required": required} if required else {})

    def _refuse_key(self, name: Scalar, sheet: Sheet) -> None:
        known = {key.name: key for key in self.keys}
        message = f"unknown key {quoted(name.text)}; accepted: {self.accepts}"
        hint = did_you_mean(name.text, known)
        if name.text in self.elsewhere:
            hint = f"it belongs to {self.elsewhere[name.text]}; check the indentation"
        sheet.add(name.start, message, hint)

    def _require(self, node: MapNode, given: Mapping[str, int], sheet: Sheet) -> None:
        for key in self.keys:
            if key.required and key.name not in given:
                message = f"{self.name} without {key.name}; accepted: {key.kind.accepts}"
                sheet.add(node.start, message, f"for example {key.name}: {key.example}")


def _placed(value: Node, key: Scalar) -> Node:
    """The value; one that is missing stands behind its key, not where the next thing begins."""
    missing = isinstance(value, Scalar) and value.start == value.end
    return Scalar("", key.end, key.end) if missing else value


def _notes(key: Key[Any]) -> Schema:
    notes: Schema = {"description": key.about}
    return notes | ({"default": _plain(key.default)} if key.default else {})


def _plain(written: str) -> object:
    """The default as JSON: a number, a truth value, something empty, else a text."""
    try:
        return json.loads(written)
    except ValueError:
        return written
