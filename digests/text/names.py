"""Actors, malware, tools, vendors and products that a text names, each by its first name.

The list (names.tsv, see names.licence.md) is MISP's galaxy of 5,000 things under 9,000 spellings.
Looked for anywhere in any case, half of all general news would hold one ("Play", "One", "Lead"),
so each spelling has a tier by how common its words are: in any case of letters; as written; as
written in a text that speaks of security; or as written beside a word for its kind ("Play
ransomware", "группировка Silence"). Vendors and products are of the third tier, since everybody
names Microsoft.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from digests.model import Name
from digests.text.characters import lower_in_place
from digests.text.indicators import SAME_LENGTH

MOST = 60  # of one text: more is a catalog
_LOOKED_AT = 5_000  # spellings found in one text, most of them parts of other words

_LIST = Path(__file__).with_name("names.tsv")
_ANY, _EXACT, _TRADE, _BESIDE = range(4)
_LATIN = re.compile(r"[0-9A-Za-z_\u00c0-\u024f]")
_WORD = re.compile(r"[^\W_]+")
_BRANDS = frozenset({"vendor", "product"})  # a product's name may hold its maker's
_ADDRESS_HEAD = re.compile(r"(?:://|@)[\w.~/?#&=%+:-]*+\Z", re.ASCII)
_ADDRESS = 200  # characters of an address before a name in it
_NO_NAME = "word"  # of the list: a term that holds a name and does not mean it ("padding oracle")
_CONTEXT = 32  # characters on each side that may hold the word for its kind


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_MALWARE_WORDS = frozenset(
    _words("""ransomware malware trojan trojaner botnet backdoor stealer infostealer rat loader worm
    spyware wiper rootkit dropper keylogger cryptominer adware downloader implant rançongiciel
    malwares ransomwares maliciel erpressungstrojaner schadsoftware вымогатель вымогателя
    шифровальщик шифровальщика троян трояна бэкдор ботнет стилер вредонос برمجية فيروس""")
)
_ACTOR_WORDS = frozenset(
    _words("""hackers hacker hacking gang apt crew threat cybercriminals extortionists hackergruppe
    hackergruppen hacktivists pirates cybercriminel ciberdelincuentes группировка группировки
    группировку хакеры хакеров قراصنة""")
)
_GROUP_WORDS = frozenset({"group", "gruppe", "groupe", "grupo", "группа", "группы", "مجموعة"})
_KINDS_OF_GROUP = frozenset(
    _words("""hacking hacker hackers threat espionage cyberespionage ransomware extortion apt cybercrime
    hacktivist intrusion cyber state sponsored pirates хакерская хакерской""")
)
_SPACELESS = re.compile(r"\s?(?:勒索|恶意|木马|组织|黑客|ランサムウェア|マルウェア|グループ)")
# Beginnings of words; "_" is a space.
_ABOUT_SECURITY = _words("""vulnerabilit malware ransomware phishing hacker hacked hacking cyberattack cyber-attack
    cybersecurity cybercrim cyberspac infosec security_flaw security_hole security_bug
    security_update security_patch security_advisor security_fix zero-day _0-day zero_day cve-
    cve_ cvss backdoor spyware botnet trojan infostealer data_breach data_leak remote_code
    privilege_escalation denial-of-service ddos exploited_in actively_exploit exploit_code
    exploit_kit exploit_chain proof-of-concept under_attack sicherheitslücke schwachstelle
    schadsoftware cyberangriff hackerangriff datenleck vulnérabilit rançongiciel cyberattaque
    piratage faille_de_sécurité ciberataque vulnerabilidad secuestro_de_datos уязвимост вредонос
    кибератак хакер вымогател 漏洞 勒索 恶意软件 黑客 网络攻击 脆弱性 ランサムウェア マルウェア
    不正アクセス サイバー攻撃 ثغرة ثغرات برمجيات_خبيثة قراصنة هجوم_إلكتروني هجوم_سيبراني
    اختراق""")


class _Meaning(NamedTuple):
    """What a spelling stands for, and what must be seen with it."""

    kind: str
    name: str
    tier: int
    shapes: frozenset[str]  # with these capitals


def find(text: str) -> list[Name]:
    """The known names in *text*, in order of appearance, each once, `alias` as the text has it.

    `APT28`, `Sofacy` and `Fancy Bear` all give `APT28`. At most 60; linear in the text's length.
    """
    flat = text if text.isascii() else text.translate(SAME_LENGTH)
    known = _known()
    found: dict[tuple[str, str], Name] = {}
    security: bool | None = None
    last = 0
    for start, end, meanings in known.spellings(flat):
        if start < last:
            continue  # part of a longer name
        if security is None:
            security = known.speaks_of_security(flat)
        for one in meanings:
            if one.kind == _NO_NAME:
                last = end
            elif _counts(one, flat, start, end, security=security):
                last = last if one.kind in _BRANDS else end
                found.setdefault((one.kind, one.name), Name(one.kind, one.name, text[start:end]))
    return list(found.values())[:MOST]


def canonical(kind: str, spelling: str) -> str:
    """The first name of what *spelling* stands for, whatever its case; itself when unknown.

    For people who ask for `actor:sofacy`. *kind* is one of those of Name.
    """
    for one in _known().meanings.get(spelling.lower(), ()):
        if one.kind == kind:
            return one.name
    return spelling


@cache
def first_names(kind: str) -> tuple[str, ...]:
    """Everything of one kind that is known, by its first name, sorted; for completion."""
    meanings = (one for same in _known().meanings.values() for one in same)
    return tuple(sorted({one.name for one in meanings if one.kind == kind}, key=str.casefold))


def _counts(one: _Meaning, text: str, start: int, end: int, *, security: bool) -> bool:
    if one.tier == _ANY:
        return True
    if text[start:end] not in one.shapes:
        return False
    if one.tier == _EXACT or (one.tier == _TRADE and security):
        return True
    return one.tier == _BESIDE and _beside(one.kind, text, start, end)


def _beside(kind: str, text: str, start: int, end: int) -> bool:
    """Whether a word for this kind of thing stands next to it."""
    behind = text[end : end + _CONTEXT]
    after = _WORD.findall(_clause(behind))[:2]
    before = _WORD.findall(_clause(text[max(start - _CONTEXT, 0) : start], last=True))[-2:]
    words = [word.lower() for word in (*reversed(before), *after)]
    near = {word.lower() for word in (*before[-1:], *after[:1])}
    if _SPACELESS.match(behind):
        return True
    if kind != "actor":
        return not _MALWARE_WORDS.isdisjoint(near)
    if not _ACTOR_WORDS.isdisjoint(near):
        return True
    return not _GROUP_WORDS.isdisjoint(near) and not _KINDS_OF_GROUP.isdisjoint(words)


def _clause(text: str, *, last: bool = False) -> str:
    """The part of a context that belongs to the name: up to the next mark of a sentence."""
    parts = re.split(r"[.,;:!?()\n]", text)
    return parts[-1 if last else 0]


class _Known:
    """The list, ready to look for all of it at once (Aho and Corasick 1975)."""

    def __init__(self, meanings: dict[str, tuple[_Meaning, ...]]) -> None:
        from ahocorasick_rs import AhoCorasick  # noqa: PLC0415 - only where texts are understood

        self.meanings = meanings
        self._spelled = list(meanings.values())
        self._automaton: AhoCorasick = AhoCorasick(list(meanings))
        self._security: AhoCorasick = AhoCorasick(
            [word.replace("_", " ") for word in _ABOUT_SECURITY]
        )

    def spellings(self, text: str) -> Iterator[tuple[int, int, tuple[_Meaning, ...]]]:
        """Where names stand as whole words; of those at one place the longest first."""
        lower = lower_in_place(text)
        hits = self._automaton.find_matches_as_indexes(lower, overlapping=True)
        hits = sorted(hits[:_LOOKED_AT], key=lambda hit: (hit[1], -hit[2]))
        for which, start, end in hits:
            if _whole(lower, start, end) and not _in_address(lower, start, end):
                yield start, end, self._spelled[which]

    def speaks_of_security(self, text: str) -> bool:
        """Whether a word of the trade is in the text."""
        return bool(self._security.find_matches_as_indexes(lower_in_place(text)))


def _whole(text: str, start: int, end: int) -> bool:
    """Whether a spelling is no part of a longer Latin word; other scripts write without spaces."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (_LATIN.match(before) or _LATIN.match(after))


def _in_address(text: str, start: int, end: int) -> bool:
    """Whether a spelling is part of a link, a mail address or somebody's @handle."""
    if "@" not in (text[start - 1 : start], text[end : end + 1]):
        before = _ADDRESS_HEAD.search(text, max(start - _ADDRESS, 0), start)
        return before is not None
    return True


def _shapes(written: str) -> frozenset[str]:
    """The capitals a spelling may have: as listed, all, of each word, none in its last word."""
    shapes = {written, written.upper()}
    head, space, last = written.rpartition(" ")
    if space:
        shapes |= {written.title()}
    if last.lower() in _MALWARE_WORDS | _GROUP_WORDS:
        shapes |= {f"{head} {last.lower()}"}
    return frozenset(shapes)


@cache
def _known() -> _Known:
    meanings: dict[str, tuple[_Meaning, ...]] = {}
    for line in _LIST.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        kind, name, *tiers = line.split("\t")
        for tier, spellings in enumerate(tiers):
            for written in filter(None, spellings.split("|")):
                one = _Meaning(kind, name, tier, _shapes(written))
                meanings[written.lower()] = (*meanings.get(written.lower(), ()), one)
    return _Known(meanings)
