"""The file while it is read: its text, its variables, and every problem found so far."""

import difflib
import re
from collections.abc import Collection, Mapping

from digests.config.places import Lines, inside
from digests.config.tree import ListNode, MapNode, Node, Scalar
from digests.errors import ConfigError, Problem
from digests.text.masks import masked, quoted

_MOST = 100  # problems told at once; a file that is no feeds.yaml at all has thousands
_LONGEST_HINT = 200  # it may repeat what stands in the file
_VARIABLE = re.compile(r"\$\{([^{}]*)(\}?)")
_VARIABLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}", re.ASCII)
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUTH = frozenset({"true", "True", "TRUE", "false", "False", "FALSE"})
_NUMBER = re.compile(
    r"[-+]?(?:[0-9]+|[0-9]*\.[0-9]+(?:[eE][-+]?[0-9]+)?|[0-9]+\.?(?:[eE][-+]?[0-9]+)?|\.inf)"
    r"|0o[0-7]+|0x[0-9A-Fa-f]+|\.nan",
    re.ASCII | re.IGNORECASE,
)


class Refused(Exception):
    """A value that cannot be taken.

    `why` follows what was found ("below the floor of 1m"); `instead` replaces the whole sentence.
    `offset` is the place inside the value's text, None for its beginning.
    """

    def __init__(
        self, why: str = "", *, hint: str = "", offset: int | None = None, instead: str = ""
    ) -> None:
        super().__init__(why or instead)
        self.why = why
        self.hint = hint
        self.offset = offset
        self.instead = instead


class Unfilled(Refused):
    """A variable without a usable value; the message never holds it, so it is told as it is."""


class Sheet:
    """One file under reading."""

    def __init__(self, file: str, text: str, env: Mapping[str, str]) -> None:
        self.file = file
        self.text = text
        self.lines = Lines(text)
        self._env = env
        self._problems: dict[Problem, None] = {}  # an alias is read twice, and told once

    def add(self, index: int, message: str, hint: str = "") -> None:
        """Note a problem at an index of the text."""
        line, column = self.lines.place(index)
        hint = masked(hint)
        hint = hint if len(hint) <= _LONGEST_HINT else hint[: _LONGEST_HINT - 1] + "…"
        self._problems[Problem(self.file, line, column, masked(message), hint)] = None

    def refuse(self, name: str, node: Node, refused: Refused, accepts: str) -> None:
        """Note that the value of a key was refused: what was found, what is accepted, the cure."""
        index = node.start
        if refused.offset is not None and isinstance(node, Scalar):
            index += inside(self.text[node.start : node.end], node.text, refused.offset)
        if isinstance(refused, Unfilled):
            self.add(index, f"{name}: {refused.instead}", refused.hint)
        elif isinstance(node, Scalar) and has_variable(node.text):
            # Neither words nor hint of the refusal: they may repeat what the environment holds.
            message = f"{name}: found {found(node)}, refused with its value filled in"
            self.add(node.start, f"{message}; accepted: {accepts}")
        else:
            why = f", {refused.why}" if refused.why else ""
            message = refused.instead or f"found {found(node)}{why}; accepted: {accepts}"
            self.add(index, f"{name}: {message}", refused.hint)

    def fill(self, text: str) -> str:
        """The text with every ${NAME} replaced by its value; raises Unfilled."""
        if "${" not in text:
            return text
        return _VARIABLE.sub(self._value, text)

    def error(self) -> ConfigError | None:
        """All problems by their place, None without any."""
        if not self._problems:
            return None
        problems = sorted(self._problems, key=lambda p: (p.line, p.column, p.message))
        more = len(problems) - _MOST
        if more > 0:
            last = Problem(self.file, 0, 1, f"{more:,} more problems")
            problems = [*problems[:_MOST], last]
        return ConfigError(tuple(problems))

    def _value(self, match: re.Match[str]) -> str:
        name, closed = match.groups()
        if not closed or not _VARIABLE_NAME.fullmatch(name):
            raise Unfilled(
                instead="${ begins a variable, and this is none",
                hint="write ${NAME}: letters, digits and _",
                offset=match.start(),
            )
        if name not in self._env:
            close = nearest(name, self._env)
            raise Unfilled(
                instead=f"the variable {quoted(name)} is not set",
                hint=f"did you mean {close}?" if close else "put it into .env",
                offset=match.start(),
            )
        if not self._env[name]:
            what = f"the variable {quoted(name)} is empty"
            raise Unfilled(instead=what, hint="give it a value in .env", offset=match.start())
        return self._env[name]


def has_variable(text: str) -> bool:
    """Whether the environment has a part in this text."""
    return "${" in text


def found(node: Node) -> str:
    """What stands there, for a message."""
    match node:
        case ListNode():
            return "a list"
        case MapNode():
            return "keys with values"
        case Scalar() if is_nothing(node):
            return "nothing"
        case Scalar() if is_truth(node):
            return node.text
        case Scalar() if is_number(node):
            return f"the number {masked(node.text)[:40]}"
        case Scalar():
            return quoted(node.text)


def is_nothing(node: Scalar) -> bool:
    """A key without a value."""
    return node.plain and node.text in _NULL


def is_truth(node: Scalar) -> bool:
    """`true` or `false`, as YAML 1.2 has them."""
    return node.plain and node.text in _TRUTH


def is_number(node: Scalar) -> bool:
    """What YAML 1.2 takes for a number."""
    return node.plain and _NUMBER.fullmatch(node.text) is not None


def nearest(word: str, known: Collection[str], *, alike: float = 0.7) -> str:
    """The known word that was probably meant, "" when none is near; `alike` goes up to 1."""
    if len(word) > 40:  # noqa: PLR2004 - no word of ours is that long
        return ""
    by_lower = {candidate.casefold(): candidate for candidate in known}
    close = difflib.get_close_matches(word.casefold(), by_lower, n=1, cutoff=alike)
    return by_lower[close[0]] if close else ""
