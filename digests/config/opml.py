"""Lists of feeds as OPML, in and out. A list from elsewhere is a stranger's file: read strictly.

No entity is declared and nothing outside is fetched; size, depth and number are bounded.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from digests.errors import ConfigError, Problem

LARGEST = 5 * 2**20  # bytes; the largest public list of security feeds has 0.4 MB
MOST_OUTLINES = 20_000
DEEPEST = 32
_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n<opml version="2.0">\n<head>'


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed of a list; title "" when it has none."""

    url: str
    title: str = ""


class _Refused(Exception):
    """Ends the parse from inside a handler."""


@dataclass(slots=True)
class _Reader:
    depth: int = 0
    outlines: int = 0
    is_opml: bool = False
    found: dict[str, Outline] = field(default_factory=dict)

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise _Refused(f"nested deeper than {DEEPEST}")
        if self.depth == 1:
            self.is_opml = name.lower() == "opml"
        if not self.is_opml:
            raise _Refused(f"it is no OPML: its first element is {name[:40]}")
        if name.lower() == "outline":
            self._outline({key.lower(): value for key, value in attributes.items()})

    def end(self, _name: str) -> None:
        self.depth -= 1

    def _outline(self, attributes: dict[str, str]) -> None:
        self.outlines += 1
        if self.outlines > MOST_OUTLINES:
            raise _Refused(f"it has more than {MOST_OUTLINES:,} outlines")
        url = attributes.get("xmlurl", "").strip()
        if url:
            title = attributes.get("title") or attributes.get("text") or ""
            self.found.setdefault(url, Outline(url, " ".join(title.split())))

    def refuse(self, *_: object) -> None:
        raise _Refused("it has a document type or entities, which no feed list needs")


def read_opml(body: bytes, file: str) -> tuple[Outline, ...]:
    """The feeds of a list in its order, each address once; raises ConfigError with the place."""
    if len(body) > LARGEST:
        raise ConfigError((Problem(file, 0, 1, f"larger than {LARGEST // 2**20} MB"),))
    parser = expat.ParserCreate(namespace_separator=None)
    reader = _Reader()
    parser.StartElementHandler = reader.begin
    parser.EndElementHandler = reader.end
    parser.StartDoctypeDeclHandler = reader.refuse
    parser.EntityDeclHandler = reader.refuse
    try:
        parser.Parse(body.lstrip(), True)
    except expat.ExpatError as error:
        what = expat.errors.messages.get(error.code, "not XML")
        problem = Problem(file, error.lineno, error.offset + 1, f"not readable as XML: {what}")
        raise ConfigError((problem,)) from None
    except (_Refused, ValueError, LookupError) as refused:
        line, column = parser.CurrentLineNumber, parser.CurrentColumnNumber + 1
        raise ConfigError((Problem(file, line, column, str(refused)),)) from None
    return tuple(reader.found.values())


def write_opml(outlines: Sequence[Outline], title: str) -> str:
    """A list that other readers take."""
    lines = [f"{_HEAD}<title>{_escaped(title)}</title></head>", "<body>"]
    for one in outlines:
        text = quoteattr(_writable(one.title or one.url))
        url = quoteattr(_writable(one.url))
        lines.append(f'<outline type="rss" text={text} title={text} xmlUrl={url}/>')
    return "\n".join([*lines, "</body>", "</opml>", ""])


def _writable(text: str) -> str:
    """Without what XML cannot hold at all."""
    return "".join(c for c in text if c >= " " and not "\ud800" <= c <= "\udfff" and c < "\ufffe")


def _escaped(text: str) -> str:
    return quoteattr(_writable(text))[1:-1]
