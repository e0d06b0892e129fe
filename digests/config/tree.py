"""YAML to a tree of nodes that know their places; the only import of ruamel.yaml.

We take the library's events, not its objects: every scalar stays as it was written (NO is a
country, 12:30 is no number), and depth, size and aliases are bounded before anything is built.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.scanner import Scanner, ScannerError

from digests.config.complaints import in_our_words
from digests.config.places import Lines
from digests.text.masks import quoted

MAX_DEPTH = 32
MAX_NODES = 50_000  # about 3,000 feeds; aliases count as what they stand for
MAX_ALIASES = 50


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value; `text` has quotes, escapes and folding taken away."""

    text: str
    start: int  # index into the file's text
    end: int
    plain: bool = True  # written without quotation marks and not as a block

    @property
    def weight(self) -> int:
        """Number of nodes, with what aliases stand for."""
        return 1


@dataclass(frozen=True, slots=True)
class ListNode:
    """Values in a row."""

    nodes: tuple["Node", ...]
    start: int
    weight: int = 1


@dataclass(frozen=True, slots=True)
class MapNode:
    """Keys with values, each key once."""

    pairs: tuple[tuple[Scalar, "Node"], ...]
    start: int
    weight: int = 1


Node = Scalar | ListNode | MapNode


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something that cannot be read, at an index of the text."""

    index: int
    message: str
    hint: str = ""


class Unreadable(Exception):
    """No tree can be made."""

    def __init__(self, complaint: Complaint) -> None:
        super().__init__(complaint.message)
        self.complaint = complaint


def compose(text: str, lines: Lines) -> tuple[Node | None, list[Complaint]]:
    """The tree of the one document in the text, and what is wrong but can be stepped over.

    None for a text without content. Raises Unreadable where reading cannot go on.
    """
    builder = _Builder(lines)
    for event in _events(text):
        builder.take(event)
    return builder.root, builder.complaints


def _events(text: str) -> Iterator[Event]:
    yaml = YAML(typ="safe", pure=True)
    yaml.Scanner = _BoundedScanner
    last = 0
    try:
        for event in yaml.parse(text):
            last = event.end_mark.index
            yield event
    except MarkedYAMLError as error:
        raise Unreadable(_complaint(error, last)) from None
    except (YAMLError, ValueError, OverflowError, AssertionError):
        # Escapes beyond Unicode end in chr(); other faults of the library are its own asserts.
        raise Unreadable(Complaint(last, "no valid YAML after this place")) from None


def _complaint(error: MarkedYAMLError, last: int) -> Complaint:
    problem = str(error.problem or "").partition("\n")[0]
    words = in_our_words(problem, str(error.context or ""))
    mark = error.context_mark if words.at_start and error.context_mark else error.problem_mark
    return Complaint(mark.index if mark else last, words.message, words.hint)


class _BoundedScanner(Scanner):
    """The library looks ahead through all open brackets at once: bound them while scanning."""

    def fetch_flow_collection_start(self, *args: Any, **named: Any) -> None:
        self._check_depth()
        super().fetch_flow_collection_start(*args, **named)

    def add_indent(self, column: int) -> bool:
        self._check_depth()
        return bool(super().add_indent(column))

    def fetch_directive(self) -> None:
        raise ScannerError(None, None, "a directive", self.reader.get_mark())

    def _check_depth(self) -> None:
        if self.flow_level + len(self.indents) > MAX_DEPTH:
            raise ScannerError(None, None, "too deep", self.reader.get_mark())


@dataclass(slots=True)
class _Open:
    """A list or a mapping whose end was not seen yet."""

    start: int
    anchor: str
    children: list[Node] = field(default_factory=list)

    def weight(self) -> int:
        return 1 + sum(child.weight for child in self.children)


@dataclass(slots=True)
class _Builder:
    """Events in, a tree out, without recursion."""

    lines: Lines
    root: Node | None = None
    complaints: list[Complaint] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    anchors: dict[str, Node] = field(default_factory=dict)
    documents: int = 0
    aliases: int = 0
    total: int = 0  # nodes so far, aliases unfolded

    def take(self, event: Event) -> None:
        start = event.start_mark.index
        match event:
            case ScalarEvent():
                self._scalar(event, start)
            case SequenceStartEvent() | MappingStartEvent():
                self._refuse_tag(event, start)
                self._count(1, start)
                self.stack.append(_Open(start, event.anchor or ""))
            case SequenceEndEvent():
                top = self.stack.pop()
                self._place(ListNode(tuple(top.children), top.start, top.weight()), top.anchor)
            case MappingEndEvent():
                top = self.stack.pop()
                pairs = tuple(self._pairs(top.children))
                self._place(MapNode(pairs, top.start, top.weight()), top.anchor)
            case AliasEvent():
                self._alias(event.anchor, start)
            case DocumentStartEvent():
                self._document(start)
            case _:  # the ends of documents and of the stream
                pass

    def _document(self, start: int) -> None:
        self.documents += 1
        if self.documents > 1:
            hint = "remove the line with ---"
            raise Unreadable(Complaint(start, "a second document begins here", hint))

    def _scalar(self, event: ScalarEvent, start: int) -> None:
        self._refuse_tag(event, start)
        self._count(1, start)
        node = Scalar(event.value, start, event.end_mark.index, plain=not event.style)
        self._place(node, event.anchor or "")

    def _refuse_tag(self, event: Any, start: int) -> None:
        if event.tag is not None:
            self.complaints.append(
                Complaint(start, "a YAML tag (!); none is understood", "remove it")
            )

    def _alias(self, name: str, start: int) -> None:
        self.aliases += 1
        if self.aliases > MAX_ALIASES:
            hint = "put what many feeds share under defaults"
            raise Unreadable(Complaint(start, f"more than {MAX_ALIASES} aliases (*)", hint))
        node = self.anchors.get(name)
        if node is None:
            hint = "its anchor (&) stands above it; text that begins with * needs quotation marks"
            raise Unreadable(Complaint(start, "an alias (*) of nothing", hint))
        self._count(node.weight, start)
        self._place(node, "")

    def _count(self, nodes: int, start: int) -> None:
        self.total += nodes
        if self.total > MAX_NODES:
            hint = "an alias counts as all that it stands for"
            raise Unreadable(Complaint(start, f"more than {MAX_NODES:,} values", hint))

    def _place(self, node: Node, anchor: str) -> None:
        if anchor:
            self.anchors[anchor] = node
        if self.stack:
            self.stack[-1].children.append(node)
        else:
            self.root = node

    def _pairs(self, children: list[Node]) -> Iterator[tuple[Scalar, Node]]:
        seen: dict[str, Scalar] = {}
        for key, value in zip(children[::2], children[1::2], strict=True):
            if not isinstance(key, Scalar):
                self.complaints.append(Complaint(key.start, "a key must be a single word"))
            elif key.plain and key.text == "<<":
                hint = "write the lines out, or put them under defaults"
                what = "merge keys (<<) are not understood"
                self.complaints.append(Complaint(key.start, what, hint))
            elif key.text in seen:
                line, _ = self.lines.place(seen[key.text].start)
                what = f"{quoted(key.text)} stands twice, first in line {line}"
                self.complaints.append(Complaint(key.start, what, "keep one of them"))
            else:
                seen[key.text] = key
                yield key, value
