"""What is sent along with a request to a publisher: headers, credentials, our name."""

import re
from dataclasses import dataclass

from digests.config.kinds import Schema, text_of
from digests.config.sheet import Refused, Sheet, Unfilled, has_variable
from digests.config.tree import MapNode, Node, Scalar
from digests.text.masks import quoted

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}", re.ASCII)
_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,2000}[\x21-\x7e])?", re.ASCII)
# Written out without harm; every other value may be a key, so it comes from the environment.
_HARMLESS = frozenset({"accept", "accept-language"})
_OURS = {
    "authorization": "write auth: ${NAME}",
    "user-agent": "write user_agent: …",
    **dict.fromkeys(
        (
            *("host", "connection", "content-length", "content-type", "transfer-encoding"),
            *("upgrade", "te", "trailer", "expect", "accept-encoding", "range", "if-range"),
            *("if-none-match", "if-modified-since", "proxy-authorization"),
        ),
        "Nightdesk sets it",
    ),
}


@dataclass(frozen=True, slots=True)
class Secret:
    """A text that only the environment knows in full; nothing of it is ever repeated."""

    accepts: str = "one line of printable ASCII with ${NAME} in it"

    def read(self, node: Node, sheet: Sheet) -> str:
        """The text, filled in; raises Refused."""
        if isinstance(node, Scalar) and node.text and not has_variable(node.text):
            hint = "write ${NAME} and put it into .env"
            raise Refused(instead="a secret written into the file", hint=hint)
        text = text_of(node, sheet)
        if not _VALUE.fullmatch(text):
            what = "with its value filled in this is no single line of printable ASCII"
            raise Unfilled(instead=what, hint="look for spaces and line ends in .env")
        return text

    def schema(self) -> Schema:
        """A string with a variable."""
        return {"$ref": "#/$defs/variable"}


@dataclass(frozen=True, slots=True)
class Headers:
    """Names and values of request headers."""

    accepts: str = "names of headers with ${NAME} as values"

    def read(self, node: Node, sheet: Sheet) -> tuple[tuple[str, str], ...]:
        """Those that could be read; notes the others. Raises Refused."""
        if not isinstance(node, MapNode):
            raise Refused
        headers: dict[str, tuple[str, str]] = {}
        for name, value in node.pairs:
            if problem := _name_problem(name.text, headers):
                message, hint = problem
                sheet.add(name.start, f"headers: {message}", hint)
                continue
            try:
                headers[name.text.lower()] = (name.text, _value(name.text, value, sheet))
            except Refused as refused:
                sheet.refuse(name.text, value, refused, Secret().accepts)
        return tuple(headers.values())

    def schema(self) -> Schema:
        """An object of any names."""
        plain = {name: {"type": "string"} for name in ("Accept", "Accept-Language")}
        return {"type": "object", "properties": plain, "additionalProperties": Secret().schema()}


def _name_problem(name: str, earlier: dict[str, tuple[str, str]]) -> tuple[str, str] | None:
    if not _NAME.fullmatch(name):
        return f"{quoted(name)} cannot be the name of a header", "letters, digits and -"
    if name.lower() in _OURS:
        return f"{name} cannot be set here", _OURS[name.lower()]
    if name.lower() in earlier:
        return f"{name} stands twice", "keep one of them"
    return None


def _value(name: str, node: Node, sheet: Sheet) -> str:
    if name.lower() not in _HARMLESS:
        return Secret().read(node, sheet)
    text = text_of(node, sheet)
    if not _VALUE.fullmatch(text):
        raise Refused
    return text
