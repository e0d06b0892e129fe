"""Bytes in any charset to UTF-8, once, before anything else looks at a document. Pure."""

import codecs
import re

# Aliases that feeds declare mean more than their standard says; the superset reads all of both.
_SUPERSETS = {
    "ascii": "cp1252",
    "big5": "big5hkscs",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859-1": "cp1252",
    "shift_jis": "cp932",
    "utf-8-sig": "utf-8",
}
_ALIASES = {"x-sjis": "cp932", "x-gbk": "gb18030", "x-euc-jp": "euc_jp", "x-big5": "big5hkscs"}
# Text codecs that no publisher means: they raise, are slow, or turn letters into markup.
_NOT_CHARSETS = frozenset(
    {"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"}
)
# Declarations that real UTF-8 documents carry by mistake of a server or a template.
_LIKELY_UTF8 = frozenset({"", "utf-8", "cp1252"})

_MIXED = "utf-8, else cp1252"  # each sequence as UTF-8 where it is, as windows-1252 where not
_MOST_MIXED = 5_000  # faults: each is a call

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its first two bytes are the same
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE_STARTS = (  # "<" in the wide encodings, when the mark is missing
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,40}")
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([^\"'>]{1,41})[\"']")
_HTTP = re.compile(r"charset\s*=\s*[\"']?([^\"';,\s]{1,41})", re.IGNORECASE)
_META = re.compile(rb"<meta\s[^>]{0,200}?charset\s*=\s*[\"']?([^\"'>\s;/]{1,41})", re.IGNORECASE)
_LOST = "\ufffd".encode()
_DECLARATION_WITHIN = 1024
_META_WITHIN = 4096


def to_utf8(body: bytes, content_type: str = "") -> bytes:
    """The document in UTF-8, without a byte order mark; never raises.

    Order of belief: byte order mark, the look of wide characters, UTF-8 that is valid and not
    contradicted, charset of the Content-Type header, XML declaration or meta element, UTF-8 with
    a few faults, and windows-1252, which reads everything.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return _recode(body[len(mark) :], name)
    for start, name in _WIDE_STARTS:
        if body.startswith(start):
            return _recode(body, name)
    names = (_codec(http_charset(content_type)), _codec(_declared(body)))
    if _LIKELY_UTF8.issuperset(names) and is_utf8(body):
        return body
    for name in filter(None, names):
        try:
            return body.decode(name).encode()
        except (UnicodeError, LookupError):
            continue
    return _recode(body, _best_guess(body, names))


def remarks(body: bytes, content_type: str, decoded: bytes) -> tuple[str, ...]:
    """What a publisher may want to know: charsets that contradict each other, characters lost."""
    notes = []
    header, declared = http_charset(content_type), _declared(body)
    if header and declared and _codec(header) != _codec(declared):
        notes.append(f"its header says {header}, the document {declared}")
    lost = decoded.count(_LOST) - body.count(_LOST)
    if lost > 0:
        notes.append(f"{lost} character{'s' if lost > 1 else ''} could not be read")
    return tuple(notes)


def http_charset(content_type: str) -> str:
    """The charset that a Content-Type header names, "" when it names none."""
    found = _HTTP.search(content_type[:1024])
    return found[1] if found else ""


def is_utf8(body: bytes) -> bool:
    """Whether every byte of it makes sense as UTF-8."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _declared(body: bytes) -> str:
    """What an XML declaration says, or the meta element of a page."""
    found = _DECLARED.search(body[:_DECLARATION_WITHIN]) or _META.search(body[:_META_WITHIN])
    return found[1].decode("ascii", "replace") if found else ""


def _codec(name: str) -> str:
    """The codec to read this charset with, "" when unknown or not a charset."""
    if not _NAME.fullmatch(name):
        return ""
    try:
        found = codecs.lookup(_ALIASES.get(name.lower(), name)).name
        b"a".decode(found, "replace")  # refuses what turns bytes into bytes: base64, hex, zlib
    except (LookupError, UnicodeError):
        return ""
    if found in _NOT_CHARSETS:
        return ""
    return _SUPERSETS.get(found, found)


def _best_guess(body: bytes, names: tuple[str, ...]) -> str:
    """What loses least of a document that is not valid in any charset it claims.

    One broken character (a description cut in its middle) must not turn the rest into mojibake.
    Where broken ones are many among few, some of the document is in an older charset: _MIXED.
    """
    for name in (*names, "utf-8"):
        if not name or name == "cp1252":
            continue
        text = _decode(body, name)
        faults = text.count("\ufffd")
        foreign = len(text) - len(text.encode("ascii", "ignore"))
        if faults * 10 <= foreign:
            return name
        if name == "utf-8" and faults <= _MOST_MIXED:
            return _MIXED
    return "cp1252"


def _older(fault: UnicodeError) -> tuple[str, int]:
    """For bytes that are no UTF-8: what they mean in windows-1252."""
    assert isinstance(fault, UnicodeDecodeError)
    return fault.object[fault.start : fault.end].decode("cp1252", "replace"), fault.end


codecs.register_error("digests-older", _older)


def _recode(body: bytes, name: str) -> bytes:
    return _decode(body, name).encode("utf-8", "replace")


def _decode(body: bytes, name: str) -> str:
    if name == _MIXED:
        return body.decode("utf-8", "digests-older")
    try:
        return body.decode(name, "replace")
    except (UnicodeError, LookupError):  # base64 and its like have no "replace"
        return body.decode("cp1252", "replace")
