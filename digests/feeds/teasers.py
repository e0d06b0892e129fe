"""Does a feed's text end before the article does? Then the page is worth reading. Pure."""

import re

_SHORT = (
    600  # characters; what feeds call a description is rarely longer, an article rarely shorter
)
_SHORT_DENSE = 250  # where a character says as much as a word
_DENSE = frozenset({"zh", "ja"})
_TAIL = 160  # characters looked at

_ELLIPSIS = re.compile(r"(?:\[\s?(?:…|\.{3}|&hellip;)\s?\]|\(\s?(?:…|\.{3})\s?\)|…|\.{3,})\s*$")
# A link's words that were left over when its markup went: "Continue reading on Example →".
_READ_ON = re.compile(
    r"(?:\A|(?<=[.!?…。！？؟»”\"')\]\n])|\s(?=[(\[]?(?-i:[A-ZА-Я\u0600-\uffff])))"  # not mid-sentence
    r"\s*(?:[(\[]\s?)?(?:"
    r"continue reading|read (?:more|on|the (?:full|rest|original|whole|complete)|full)|(?:see|view) more"
    r"|learn more|keep reading|weiterlesen|(?:den )?(?:ganzen|vollständigen) (?:artikel|beitrag)"
    r"|mehr lesen|lire la suite|lire (?:plus|l['’]article)|leer más|seguir leyendo|sigue leyendo"
    r"|leia mais|continuar lendo|leggi tutto|continua a leggere|lees verder|läs mer|læs mere"
    r"|читать (?:далее|дальше|полностью)|подробнее|阅读(?:全文|原文|更多)|查看全文|閱讀更多|続きを読む|続きは"
    r"|اقرأ المزيد|متابعة القراءة)"
    r"[^.!?。！？؟\n]{0,80}[.…→»>\])\s]*$",
    re.IGNORECASE,
)


def without_invitation(text: str) -> tuple[str, bool]:
    """The text without words that only lead to the page, and whether it is cut off there.

    A mark of truncation stays in the text, so that nobody takes the sentence for a whole one.
    """
    head, tail = text[:-_TAIL], text[-_TAIL:]
    invited = _READ_ON.search(tail)
    if invited:
        tail = tail[: invited.start()].rstrip()
    truncated = invited is not None or _ELLIPSIS.search(tail) is not None
    return (head + tail).rstrip(), truncated


def is_short(text: str, language: str) -> bool:
    """Whether a text is shorter than articles are."""
    return len(text) < (_SHORT_DENSE if language in _DENSE else _SHORT)
