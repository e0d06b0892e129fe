"""Feeds written into the text of feeds.yaml, or taken out: no other character of it changes.

The file is a person's, with comments and an order of its own. So nothing is dumped anew: lines are
put in or taken out at places that the tree knows, and the result is read again before it counts.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from digests.config.feed_keys import OfFeed
from digests.config.keys import OfFile
from digests.config.loader import parse
from digests.config.places import Lines
from digests.config.sheet import Refused, has_variable
from digests.config.tree import ListNode, MapNode, Node, Scalar, Unreadable, compose
from digests.config.urls import normal_url
from digests.errors import ConfigError, Problem
from digests.text.links import canonical

_DASH = re.compile(r"[ ]*-[ ]+")
_LONGEST_NAME = 100
_EMPTY = "feeds:\n"
_HINT = "edit the file by hand"


@dataclass(frozen=True, slots=True)
class NewFeed:
    """What is written for a feed; `name` "" leaves it out."""

    url: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class _Place:
    """A feed in the text: its first line, and the line behind its last; from 0."""

    url: str  # as written
    first: int
    behind: int


def with_feeds(text: str, file: str, env: Mapping[str, str], new: Sequence[NewFeed]) -> str:
    """The text with these feeds behind the others; raises ConfigError when that cannot be done."""
    text = text if text.strip() else _EMPTY
    lines = text.splitlines(keepends=True)
    places = _places(text, file)
    if places:
        at, indent = places[-1].behind, _indent(lines[places[-1].first])
    else:
        at, indent = _behind_key(text, lines, file), "  "
    if at and not lines[at - 1].endswith(("\n", "\r")):
        lines[at - 1] += "\n"
    lines[at:at] = [line for feed in new for line in lines_of(feed, indent)]
    changed = "".join(lines)
    _prove(changed, file, env, [p.url for p in places] + [feed.url for feed in new])
    return changed


def without_feed(text: str, file: str, env: Mapping[str, str], url: str) -> str:
    """The text without one feed and its lines; raises ConfigError when that cannot be done."""
    places = _places(text, file)
    found = [place for place in places if same_address(place.url, url)]
    if not found:
        raise _refused(file, f"no feed has the address {url}", "`nightdesk feeds list` shows them")
    lines = text.splitlines(keepends=True)
    del lines[found[0].first : found[0].behind]
    changed = "".join(lines)
    _prove(changed, file, env, [place.url for place in places if place is not found[0]])
    return changed


def written_urls(text: str, file: str) -> tuple[str, ...]:
    """The addresses of the feeds as the file has them, variables not filled in."""
    return tuple(place.url for place in _places(text, file))


def lines_of(feed: NewFeed, indent: str = "  ") -> list[str]:
    """A feed as lines of feeds.yaml."""
    name = " ".join(feed.name.replace("${", "").split())[:_LONGEST_NAME].strip()
    lines = [f"{indent}- url: {_scalar(feed.url)}\n"]
    return [*lines, f"{indent}  name: {_scalar(name)}\n"] if name else lines


def pair(key: str, value: str) -> str:
    """A key with a text, as a line of feeds.yaml."""
    return f"{key}: {_scalar(value)}"


def addable(url: str) -> str:
    """The address in its normal form; raises Refused with the words for people."""
    if has_variable(url):
        raise Refused("with a variable in it")
    return normal_url(url)


def same_address(one: str, other: str) -> bool:
    """Whether two addresses are one feed's, as the check of the file has it."""
    return one == other or bool(canonical(one) and canonical(one) == canonical(other))


def _scalar(text: str) -> str:
    """In quotation marks where YAML or a reader could take it for something else."""
    plain = re.fullmatch(r"[A-Za-z][\w .,/()+&-]*(?<! )|https?://[\w./?=&%~+-]+", text, re.ASCII)
    alone = text.casefold() not in ("true", "false", "null", "yes", "no", "on", "off")
    return text if plain and alone else json.dumps(text, ensure_ascii=False)


def _places(text: str, file: str) -> list[_Place]:
    listed = _value(_root(text, file), OfFile.FEEDS.name)
    if listed is None or isinstance(listed, Scalar):
        return []
    if not isinstance(listed, ListNode):
        raise _refused(file, "feeds is no list", _HINT)
    lines = Lines(text)
    return [_place(node, text, lines, file) for node in listed.nodes]


def _place(node: Node, text: str, lines: Lines, file: str) -> _Place:
    """Where a feed stands; refuses one that shares its lines with others."""
    written = _value(node, OfFeed.URL.name)
    first, column = lines.place(node.start)
    before = text[node.start - column + 1 : node.start]
    if not isinstance(written, Scalar) or not _DASH.fullmatch(before):
        raise _refused(file, f"line {first} is not written as `- url: …`", _HINT)
    last = max(lines.place(max(one.end - 1, one.start))[0] for one in _scalars(node))
    return _Place(written.text, first - 1, last)


def _scalars(node: Node) -> Iterator[Scalar]:
    match node:
        case Scalar():
            yield node
        case ListNode(nodes=nodes):
            for one in nodes:
                yield from _scalars(one)
        case MapNode(pairs=pairs):
            for key, value in pairs:
                yield key
                yield from _scalars(value)


def _root(text: str, file: str) -> Node | None:
    try:
        root, complaints = compose(text, Lines(text))
    except Unreadable as error:
        root, complaints = None, [error.complaint]
    if complaints:
        line, column = Lines(text).place(complaints[0].index)
        problem = Problem(file, line, column, complaints[0].message, complaints[0].hint)
        raise ConfigError((problem,))
    return root


def _value(node: Node | None, name: str) -> Node | None:
    pairs = node.pairs if isinstance(node, MapNode) else ()
    return next((value for key, value in pairs if key.text == name), None)


def _behind_key(text: str, lines: list[str], file: str) -> int:
    """The line behind `feeds:` in a file that has none yet; the key is put at the end if need be."""
    root = _root(text, file)
    pairs = root.pairs if isinstance(root, MapNode) else ()
    for key, _ in pairs:
        if key.text == OfFile.FEEDS.name:
            return Lines(text).place(key.start)[0]
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    lines.append(_EMPTY)
    return len(lines)


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" "))]


def _prove(text: str, file: str, env: Mapping[str, str], urls: Sequence[str]) -> None:
    """The changed file must be good, and hold these feeds and no others, in this order."""
    parse(text, file, env)
    if list(written_urls(text, file)) != list(urls):
        raise _refused(file, "the change would touch other feeds", _HINT)


def _refused(file: str, message: str, hint: str) -> ConfigError:
    return ConfigError((Problem(file, 0, 1, message, hint),))
