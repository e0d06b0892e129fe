"""Cut a feed down to the entries that are not yet known, so that the full parser sees little.

expat tells where each entry starts and ends; a fingerprint of its bytes tells whether we had it.
What is dropped was committed before; what is kept stays inside its own channel, so namespaces,
bases and languages still apply. Whoever parses what is left must count: as many entries as
slices were kept, or the whole document has to be parsed.
"""

import hashlib
import re
from dataclasses import dataclass
from xml.parsers import expat

MAX_ENTRIES = 500  # read at a time: even small ones cost a worker a millisecond each
MAX_COUNTED = 100_000
MAX_DEPTH = 256
MAX_ATTRIBUTES = 512  # of one element: the parser behind is quadratic in them
MAX_NAMESPACES = 256  # different ones: each is compared with every element
MAX_TOPICS = 1_000  # of one entry: each is compared with all before it
MAX_WORD = 256  # of a person's name: the parser behind looks through it quadratically

_FINGERPRINT_BYTES = 12
_NAMESPACES = (
    "",
    "http://www.w3.org/2005/Atom ",
    "http://purl.org/atom/ns# ",
    "http://purl.org/rss/1.0/ ",
    "http://my.netscape.com/rdf/simple/0.9/ ",
    "http://channel.netscape.com/rdf/simple/0.9/ ",
    "http://backend.userland.com/rss ",
    "http://backend.userland.com/rss2 ",
    "http://blogs.law.harvard.edu/tech/rss ",
)
_ENTRIES = frozenset(space + name for space in _NAMESPACES for name in ("item", "entry"))
_DUBLIN_CORE = "http://purl.org/dc/elements/1.1/ "
_MEDIA = "http://search.yahoo.com/mrss/ "
_ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd "
_PEOPLE = frozenset(
    [space + name for space in _NAMESPACES for name in ("author", "managingEditor", "webMaster")]
    + [_DUBLIN_CORE + name for name in ("author", "creator", "publisher")]
    + [_ITUNES + "author"]
)
_TOPICS = frozenset(
    [space + name for space in _NAMESPACES for name in ("category", "keywords", "tags")]
    + [_DUBLIN_CORE + "subject", _MEDIA + "category", _MEDIA + "keywords"]
    + [_ITUNES + "category", _ITUNES + "keywords"]
)
_NOTED = _PEOPLE | _TOPICS
_OF_INTEREST = _ENTRIES | _NOTED
_TAG = re.compile(rb"<(?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+>")
_LONG_WORD = re.compile(rb"[\w.+@-]{%d}" % MAX_WORD)


@dataclass(frozen=True, slots=True)
class Cut:
    """A document without the entries that were known, and what was counted on the way."""

    body: bytes
    slices: tuple[bytes, ...]  # fingerprints of the known and the kept, in document order
    kept: int
    unchanged: int
    positions: tuple[int, ...] = ()  # in the document, of those kept
    surplus: int = 0  # new entries beyond MAX_ENTRIES: left out, and not in `slices`


@dataclass(frozen=True, slots=True)
class TooMuch:
    """A document that no honest publisher makes and that would stop the parser."""

    reason: str


class _Stop(Exception):
    """Leaves expat's callbacks and never this file; its text is the reason to refuse the document."""


def fingerprint(slice_: bytes) -> bytes:
    """What is remembered of an entry's bytes (12 bytes of BLAKE2b)."""
    return hashlib.blake2b(slice_, digest_size=_FINGERPRINT_BYTES).digest()


def cut(body: bytes, known: frozenset[bytes]) -> Cut | TooMuch | None:
    """Drop the entries of a UTF-8 document whose fingerprints are known.

    None: it cannot be sliced (not well-formed, entities are declared, or no entry of a namespace
    we know); parse it whole. TooMuch: do not parse it at all.
    """
    survey = _Survey(body)
    try:
        survey.run()
    except _Stop as stop:
        return TooMuch(str(stop)) if str(stop) else None
    except (expat.ExpatError, ValueError):  # ValueError: an encoding that expat does not know
        return None
    return _without_known(body, survey.spans, known) if survey.spans else None


class _Survey:
    """One pass of expat over a document: where the outermost entries lie, and the limits."""

    def __init__(self, body: bytes) -> None:
        self.spans: list[tuple[int, int]] = []
        self._body = body
        self._depth = 0
        self._entry = -1  # where the open entry starts
        self._entry_depth = 0
        self._noted = -1  # where the open element about people or topics starts
        self._topics = 0
        self._namespaces: set[tuple[str | None, str | None]] = set()
        self._parser = expat.ParserCreate(namespace_separator=" ")

    def run(self) -> None:
        """Walk through the whole document; raises what expat raises, and _Stop."""
        parser = self._parser
        parser.ordered_attributes = True  # a list of names and values: cheaper than a dict
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartNamespaceDeclHandler = self._namespace
        parser.EntityDeclHandler = self._entity
        parser.Parse(self._body, True)

    def _start(self, name: str, attributes: list[str]) -> None:
        self._depth += 1
        if name in _OF_INTEREST:
            if name in _NOTED:
                self._noted = self._parser.CurrentByteIndex
            elif self._entry < 0:
                self._entry = self._parser.CurrentByteIndex
                self._entry_depth = self._depth
        if self._depth > MAX_DEPTH:
            raise _Stop(f"elements are nested deeper than {MAX_DEPTH}")
        if len(attributes) > 2 * MAX_ATTRIBUTES:
            raise _Stop(f"an element has more than {MAX_ATTRIBUTES} attributes")

    def _end(self, name: str) -> None:
        if self._depth == self._entry_depth:
            self._close_entry()
        elif self._noted >= 0 and name in _NOTED:
            self._check(name in _PEOPLE)
        self._depth -= 1

    def _close_entry(self) -> None:
        end = _end_of_element(self._body, self._entry, self._parser.CurrentByteIndex)
        self.spans.append((self._entry, end))
        self._entry, self._entry_depth, self._topics = -1, 0, 0
        if len(self.spans) > MAX_COUNTED:
            raise _Stop(f"there are more than {MAX_COUNTED} entries")

    def _check(self, is_person: bool) -> None:
        """Whether the element that ends is one that the parser behind can bear."""
        end = self._parser.CurrentByteIndex
        if is_person and _LONG_WORD.search(self._body, self._noted, end):
            raise _Stop(f"a name has a word of more than {MAX_WORD} characters")
        if not is_person:
            self._topics += 1 + self._body.count(b",", self._noted, end)
            if self._topics > MAX_TOPICS:
                raise _Stop(f"an entry has more than {MAX_TOPICS} topics")
        self._noted = -1

    def _namespace(self, prefix: str | None, uri: str | None) -> None:
        self._namespaces.add((prefix, uri))
        if len(self._namespaces) > MAX_NAMESPACES:
            raise _Stop(f"there are more than {MAX_NAMESPACES} namespaces")

    def _entity(self, *_declaration: object) -> None:
        raise _Stop  # entities reach into entries; the prolog is to be taken off first


def _end_of_element(body: bytes, start: int, end_tag: int) -> int:
    """Behind an element. One that closes itself has no end tag, and expat points elsewhere."""
    opening = _TAG.match(body, start)
    if opening and opening[0].endswith(b"/>"):
        return opening.end()
    return body.index(b">", end_tag) + 1


def _without_known(body: bytes, spans: list[tuple[int, int]], known: frozenset[bytes]) -> Cut:
    """The document without known entries, and without new ones beyond the limit."""
    left: list[bytes] = []
    slices: list[bytes] = []
    positions: list[int] = []
    after = surplus = 0
    for position, (start, end) in enumerate(spans):
        print_ = fingerprint(body[start:end])
        is_new = print_ not in known
        if is_new and len(positions) < MAX_ENTRIES:
            positions.append(position)
        else:
            left.append(body[after:start])
            after = end
        if is_new and not (positions and positions[-1] == position):
            surplus += 1
        else:
            slices.append(print_)
    left.append(body[after:])
    return Cut(
        body=b"".join(left),
        slices=tuple(slices),
        kept=len(positions),
        unchanged=len(spans) - len(positions) - surplus,
        positions=tuple(positions),
        surplus=surplus,
    )
