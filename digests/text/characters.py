"""Tame characters: what must not reach a card is removed, what is too long is cut well."""

import re

import regex  # knows marks and grapheme clusters, which the standard library does not

# Controls, soft hyphen, direction marks, overrides and isolates, invisible operators and fillers,
# annotation marks, noncharacters, tag characters: none of them is read, all of them can hide text.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e"
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufdd0-\ufdef\ufeff\uffa0"
    "\ufff0-\ufffb\ufffe\uffff]"
)
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")  # a class across planes is ten times as slow
_UNSEEN_ASTRAL = re.compile(
    "[\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
    + "".join(
        f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 17)
    )
    + "]"
)
# What only looks like itself: Latin, Greek, Cyrillic, Chinese, Japanese and Korean letters, the usual
# punctuation. A text of nothing else needs none of the rules below, and one look tells.
_HARMLESS = re.compile(
    "[\n -~\xa0-\xac\xae-\u02ff\u0370-\u0482\u048a-\u052f\u1e00-\u1fff\u2010-\u2027\u2030-\u205e"
    "\u2070-\u20bf\u2100-\u27ff\u3000-\u3029\u3030-\u303f\u3041-\u3096\u309b-\u30ff\u3400-\u9fff"
    "\uac00-\ud7a3\uff01-\uff9f]*+"
)
# Scripts whose spelling needs joiners (Arabic to Sinhala, Myanmar, Khmer, Mongolian), and emoji.
_JOINED = (
    "\u0600-\u0dff\u1000-\u109f\u1780-\u18af\ufb50-\ufdcf\ufdf0-\ufdff\ufe0f\ufe70-\ufefc"
    "\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
)
_STRAY_JOINER = re.compile(f"(?<![{_JOINED}])[\u200c\u200d]|[\u200c\u200d](?![{_JOINED}])")
_MARK = regex.compile(r"[\p{M}\u200c\u200d]")
_BASELESS_MARKS = regex.compile(r"(?<!\S)[\p{M}\u200c\u200d]+")
_MARKS_TOO_MANY = regex.compile(r"([\p{M}\u200c\u200d]{6})[\p{M}\u200c\u200d]++")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_END = re.compile("[\x0b\x0c\x85\u2028\u2029]")
_ASCII = {code: None for code in range(32) if code not in b"\t\n"} | {0x7F: None} | {
    0x0B: "\n",
    0x0C: "\n",
}  # fmt: skip
_BREAKS = re.compile("\n{3,}")
_GRAPHEME = regex.compile(r"\X")
_LOOSE_END = " \t\r\n,;:-–—([«„"  # not left standing before an ellipsis
_WIDE = 8  # code points that a character may have on average


def clean(text: str) -> str:
    """Keep what people read: no unseen characters, bounded marks, collapsed whitespace.

    One line break stays one, more of them become one blank line. Lone surrogates become U+FFFD.
    Cleaning twice changes nothing.
    """
    text = _seen_ascii(text) if text.isascii() else _seen(whole_characters(text))
    if "\n" not in text:
        return " ".join(text.split())
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return _BREAKS.sub("\n\n", "\n".join(lines)).strip("\n")


def _seen_ascii(text: str) -> str:
    """Most texts, the short way."""
    return text if text.isprintable() else _one_line_end(text).translate(_ASCII)


def _seen(text: str) -> str:
    if _HARMLESS.fullmatch(text):
        return text
    text = _UNSEEN.sub("", _LINE_END.sub("\n", _one_line_end(text)))
    if _ASTRAL.search(text):
        text = _UNSEEN_ASTRAL.sub("", text)
    if _MARK.search(text):
        text = _MARKS_TOO_MANY.sub(r"\1", _BASELESS_MARKS.sub("", text))
        text = _STRAY_JOINER.sub("", text)
    return text


def _one_line_end(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def whole_characters(text: str) -> str:
    """Surrogates joined where they are pairs, else replaced: only then can text be encoded."""
    if _SURROGATE.search(text):
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def lower_in_place(text: str) -> str:
    """Lower case with every character at its place, and no lone surrogates."""
    lower = text.lower()
    if len(lower) != len(text):  # İ becomes two
        lower = "".join(small if len(small := one.lower()) == 1 else one for one in text)
    return lower if lower.isascii() else _SURROGATE.sub("\ufffd", lower)


def clip(text: str, limit: int) -> str:
    """At most *limit* code points, the ellipsis included; whole graphemes, whole words if possible."""
    if len(text) <= limit:
        return text
    if limit < 1:
        return ""
    kept = text[: _boundary(text, limit - 1)]
    if not text[len(kept)].isspace():
        kept = _whole_words(kept)
    return kept.rstrip(_LOOSE_END) + "…"


def _boundary(text: str, at: int) -> int:
    """The last position not after *at* where no grapheme is cut.

    Only the last 512 code points are looked at: finding graphemes is quadratic in a row of flags.
    """
    start = max(0, at - 512)
    window = text[start : at + 1]
    if window.isascii():
        return at
    end = 0
    for grapheme in _GRAPHEME.finditer(window):
        if start + grapheme.end() > at:
            break
        end = grapheme.end()
    return start + end


def _whole_words(text: str) -> str:
    """Drop a word that was cut, unless that would cost half of the text (Chinese has no spaces)."""
    space = max(text.rfind(" "), text.rfind("\n"))
    return text[:space] if space * 2 >= len(text) else text


def first_graphemes(text: str, count: int) -> str:
    """The first *count* characters as people count them; fewer when they are huge ones."""
    if len(text) <= count:
        return text
    window = text[: _WIDE * count]
    if window.isascii():
        return window[:count]
    end = 0
    for number, grapheme in enumerate(_GRAPHEME.finditer(window)):
        if number == count or (grapheme.end() == len(window) < len(text)):
            break
        end = grapheme.end()
    return text[:end]
