"""Scan untrusted markup once, left to right: text, breaks, links and pictures come out.

No tree is built, so depth costs nothing, and nothing is ever scanned again: each search that
could fail is made at most once (a closer that was not found will not be found further on).
Browsers hide what is malformed; here it stays readable text, because the text is what we are for.
"""

import html
import re
from dataclasses import dataclass, field


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


PARAGRAPH = "\x01"
LINE = "\x02"
CODE, PROSE = "\x03", "\x04"  # around what stands in <pre>

_BLOCKS = _names(
    """
    address article aside blockquote body caption center dd details dialog dir div dl dt
    fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li
    main menu nav ol optgroup p pre section summary table tbody tfoot thead tr ul
    """
)
# Their content is not prose, or is a fallback for what we do not show.
_UNREAD = _names(
    """
    applet audio canvas head iframe math noembed noframes object script select style svg
    template video
    """
)
_INLINE = _names(
    """
    a abbr acronym area b base basefont bdi bdo big blink br button cite code col colgroup
    data datalist del dfn em embed font frame frameset i img input ins isindex kbd keygen
    label link map mark marquee meta meter nobr noscript option output param picture
    plaintext progress q rb rp rt rtc ruby s samp slot small source spacer span strike
    strong sub sup td textarea th time title track tt u var wbr xmp
    """
)
_KNOWN = _BLOCKS | _UNREAD | _INLINE
_BREAKS = dict.fromkeys(_BLOCKS, PARAGRAPH) | {"br": LINE, "td": " ", "th": " "}
# Most tags are these, letter for letter: what each leaves in the text.
_WHOLE = {
    f"<{slash}{name}>": _BREAKS.get(name, "")
    for name in (_BLOCKS | _INLINE) - {"pre"}
    for slash in ("", "/")
    if slash or name not in ("a", "img")
}

_MARK = re.compile(
    r"<(?:(?P<closing>/?)(?P<name>[a-zA-Z][a-zA-Z0-9:_-]{0,31})(?=[\s/>])"
    r"|(?P<comment>!--)|(?P<cdata>!\[CDATA\[)|(?P<other>[!?]))"
)
_TAG_REST = re.compile(  # to the ">" that is not inside a quoted value
    r"""(?:[^>"'=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+|["'])*+>"""
)
_ATTRIBUTE = re.compile(
    r"""([^\s"'<>/=]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>][^\s>]*+)))?+"""
)
_CLOSERS = {name: re.compile(rf"(?i)</{name}(?=[\s/>])") for name in _UNREAD}
_MAX_ATTRIBUTES = 40

_LEADING_ZEROS = re.compile(r"&#([xX]?)0++(?=[0-9a-fA-F])")
_HUGE_REFERENCE = re.compile(r"&#(?:[0-9]{8,}+|[xX][0-9a-fA-F]{7,}+);?")


def entities(text: str) -> str:
    """Decode character references once; numbers that are no character become U+FFFD."""
    if "&" not in text:
        return text
    if "&#" in text:  # the standard decoder raises on very long numbers
        text = _HUGE_REFERENCE.sub("\ufffd", _LEADING_ZEROS.sub(r"&#\1", text))
    return html.unescape(text)


@dataclass(slots=True)
class Scan:
    """What one pass over a piece of markup found.

    `text` has PARAGRAPH and LINE where breaks belong, CODE and PROSE around what is set as it is,
    and references not yet decoded.
    """

    source: str
    cut: bool = False  # the source is the beginning of something longer
    marked: bool = False  # there was markup at all
    links: list[str] = field(default_factory=list)  # attributes of each <a>, as written
    pictures: list[str] = field(default_factory=list)  # attributes of each <img>, as written
    _out: list[str] = field(default_factory=list)
    _verbatim: bool = False  # inside <pre>
    _quotes_balance: bool = True
    _absent: set[str] = field(default_factory=set)  # closers that do not come any more

    @property
    def text(self) -> str:
        """The readable part."""
        return "".join(self._out)

    def run(self) -> "Scan":
        """Scan the whole source."""
        source, position = self.source, 0
        while mark := _MARK.search(source, position):
            start, end = mark.span()
            self._add(source[position:start])
            left = _WHOLE.get(source[start : end + 1])
            if left is None:
                position = self._after(mark)
            else:
                self.marked, position = True, end + 1
                if left:
                    self._out.append(left)
        self._add(source[position:])
        return self

    def _add(self, text: str) -> None:
        self._out.append(text.replace("\n", LINE) if self._verbatim else text)

    def _after(self, mark: re.Match[str]) -> int:
        """Handle one mark; where to go on."""
        if name := mark["name"]:
            return self._tag(mark, name.lower())
        if mark["cdata"]:  # wrapped once too often: the content is what was meant
            self.marked = True
            return mark.end()
        if mark["comment"]:
            return self._comment(mark)
        return self._bogus(mark)

    def _tag(self, mark: re.Match[str], name: str) -> int:
        if name not in _KNOWN and ":" not in name and "-" not in name:
            return self._literal(mark)  # <username>, List<String>: words, not markup
        bare = self.source[mark.end()] == ">"  # most have no attributes
        end = mark.end() + 1 if bare else self._tag_end(mark.end())
        if end < 0:
            return self._literal(mark)
        self.marked = True
        if name in _BREAKS:
            self._out.append(_BREAKS[name])
        closing = bool(mark["closing"])
        if name == "pre":
            self._verbatim = not closing
            self._out.append(PROSE if closing else CODE)
        elif not closing:
            return self._opened(name, mark.end(), end)
        return end

    def _opened(self, name: str, start: int, end: int) -> int:
        if name in _UNREAD:
            return self._skip(name, end)
        if name == "a":
            self.links.append(self.source[start:end])
        elif name == "img":
            self.pictures.append(self.source[start:end])
        return end

    def _tag_end(self, position: int) -> int:
        """Just behind the tag; -1 when it does not end."""
        if self._quotes_balance:
            rest = _TAG_REST.match(self.source, position)
            if rest:
                return rest.end()
            self._quotes_balance = False  # from here on a tag ends at its first ">"
        return self._find(">", position)

    def _find(self, what: str, position: int) -> int:
        """Just behind the next *what*; -1 when there is none, which is then remembered."""
        if what in self._absent:
            return -1
        found = self.source.find(what, position)
        if found < 0:
            self._absent.add(what)
            return -1
        return found + len(what)

    def _skip(self, name: str, position: int) -> int:
        """Behind the content of an element that is not read; only its tag when it never closes."""
        if name not in self._absent:
            closer = _CLOSERS[name].search(self.source, position)
            if closer:
                return max(self._tag_end(closer.end()), closer.end())
            self._absent.add(name)
        return len(self.source) if self.cut else position

    def _comment(self, mark: re.Match[str]) -> int:
        end = self._find("-->", mark.start() + 2)  # "<!-->" is a whole comment
        return self._bogus(mark) if end < 0 else self._hidden(end)

    def _bogus(self, mark: re.Match[str]) -> int:
        """<!doctype>, <?xml>, a comment that never closes: hidden up to the next ">"."""
        end = self._find(">", mark.end())
        return self._literal(mark) if end < 0 else self._hidden(end)

    def _hidden(self, end: int) -> int:
        self.marked = True
        return end

    def _literal(self, mark: re.Match[str]) -> int:
        self._add("<")
        return mark.start() + 1


def href_of(tag: str) -> str:
    """Where the attributes of an `<a>` lead; "" when nowhere or to a place on the same page."""
    href = _attributes(tag).get("href", "")
    return "" if href.startswith("#") else href


def picture_of(tag: str) -> str:
    """The address in the attributes of an `<img>`; "" for one that counts readers, shows nothing."""
    found = _attributes(tag)
    if {found.get("width", ""), found.get("height", "")} & {"0", "1", "2", "1px"}:
        return ""
    names = ("src", "data-src", "data-lazy-src", "data-original")
    sources = (found.get(name, "") for name in names)
    return next((one for one in sources if one and not one.lower().startswith("data:")), "")


def _attributes(tag: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, attribute in enumerate(_ATTRIBUTE.finditer(tag)):
        if number == _MAX_ATTRIBUTES:
            break
        name, *values = attribute.groups(default="")
        found.setdefault(name.lower(), entities("".join(values)).strip())
    return found
