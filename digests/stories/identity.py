"""Which entry is which: recognising what a feed showed before, whatever it does to its ids. Pure.

Publishers leave ids out, give all entries the same one, give one entry ten, or a new one at every
poll; links lead to the home page, or carry a session. So evidence is weighed in steps, surest
first, and what one step has recognised is out of reach for the next (see _STEPS).
"""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from unicodedata import normalize

from digests.model import Draft, EntryId, SeenEntry
from digests.text.tokens import folded_words


@dataclass(frozen=True, slots=True)
class New:
    """Never seen in this feed."""


@dataclass(frozen=True, slots=True)
class Same:
    """Known: an entry of the archive, or (`of`) an earlier draft of the same document."""

    entry: EntryId | None = None
    of: int | None = None


@dataclass(frozen=True, slots=True)
class Edited:
    """Known, with other words."""

    entry: EntryId


Verdict = New | Same | Edited

_SPACELESS = frozenset({"zh", "ja"})
# "12 comments", "3,204 views", and "Comments: 57", "Points: 155", in lower case. Each pattern begins
# with what is rare, and looks behind it only then: a word's beginning is everywhere.
_COUNTED = re.compile(
    r"\d(?<!\w\d)[\d.,]{0,12}\s?(?:comments?|replies|views|reads|likes|kommentare?"
    r"|commentaires?|comentarios?|комментари\w{1,4})\b"
)
_LABELLED = re.compile(
    r"\b(?:comments?|replies|views|likes|points|votes|kommentare?|commentaires?|comentarios?)"
    r"\s?[:(]\s?\d[\d.,]{0,12}"
)
_LABEL_END = re.compile(r"[:(]\s?\d")
_WORD = re.compile(r"[^\W_]+")
_ASCII_WORDS = bytes(code if chr(code).isalnum() else 0x20 for code in range(128)).ljust(256)
_SPECIFIC_WORDS = 4
_SPECIFIC_LENGTH = 16  # letters; of Chinese characters half as many say as much
_POSITION = re.compile(r"\d{1,3}")
_HOME = re.compile(r"https://[^/?#]+(?:/(?:index|default|home)(?:\.[a-z]{3,5})?)?")


def title_key(title: str, language: str = "") -> str:
    """A headline reduced to its words: equal when only case, accents, signs or spacing differ.

    Words are not stemmed, since two feeds with one headline may be taken for two languages. Where
    spaces between words mean nothing (zh, ja), they do not count.
    """
    return ("" if language in _SPACELESS else " ").join(folded_words(title))


def is_specific(key: str) -> bool:
    """Whether a title key says enough to mean one event, unlike "Weekly update"."""
    letters = len(key) - key.count(" ")
    if not key.isascii() and max(key) >= "\u2e80":
        return letters * 2 >= _SPECIFIC_LENGTH
    return key.count(" ") + 1 >= _SPECIFIC_WORDS and letters >= _SPECIFIC_LENGTH


def words_hash(title: str, text: str) -> bytes:
    """A fingerprint of the words: markup, spacing, case, signs and counters do not count."""
    return hashlib.blake2b(_words(title) + b"\n" + _words(text), digest_size=16).digest()


def _words(text: str) -> bytes:
    """The folded words of a text with spaces between, in UTF-8."""
    text = _COUNTED.sub(" ", text.lower())
    if _LABEL_END.search(text):
        text = _LABELLED.sub(" ", text)
    if text.isascii():
        return b" ".join(text.encode().translate(_ASCII_WORDS).split())
    folded = normalize("NFKC", text).casefold()
    return " ".join(_WORD.findall(folded)).encode("utf-8", "surrogatepass")


def same_words(draft: Draft, entry: SeenEntry) -> bool:
    """Whether the draft says what the archive remembers; so when a fingerprint is missing."""
    known = draft.words_hash and entry.words_hash
    return not known or draft.words_hash == entry.words_hash


def is_home(link: str) -> bool:
    """Whether this canonical link is the front page of a site, which identifies nothing."""
    return _HOME.fullmatch(link) is not None


def story_link(draft: Draft, drafts: Sequence[Draft], seen: Sequence[SeenEntry] = ()) -> str:
    """The canonical link when it may identify the story across feeds, else "".

    Not for a front page, and not when the feed uses the link for several entries: *drafts* is the
    document, *seen* what the archive remembers of its ids, links and titles. Entries that share an
    id are one advisory told for several products; their common link is good.
    """
    entries: tuple[Draft | SeenEntry, ...] = (*drafts, *seen)
    return _LinkUses((draft, *(one for one in entries if one.link == draft.link))).of(draft)


def story_links(drafts: Sequence[Draft], seen: Sequence[SeenEntry] = ()) -> tuple[str, ...]:
    """`story_link` for a whole document, in time that grows with its length only."""
    uses = _LinkUses((*drafts, *seen))
    return tuple(uses.of(draft) for draft in drafts)


class _LinkUses:
    """Which entries, by id and headline, a feed uses each of its links for."""

    def __init__(self, entries: Iterable[Draft | SeenEntry]) -> None:
        used = {(entry.link, entry.id, entry.title_key) for entry in entries}
        self._all = Counter(link for link, _, _ in used)
        self._of_id = Counter((link, name) for link, name, _ in used)
        self._of_title = Counter((link, title) for link, _, title in used)

    def of(self, draft: Draft) -> str:
        link = draft.link
        if not link or is_home(link):
            return ""
        ours = self._of_title[link, draft.title_key]
        if draft.id:
            ours += self._of_id[link, draft.id] - 1  # itself is counted under both
        return link if ours == self._all[link] else ""


def classify(drafts: Sequence[Draft], seen: Sequence[SeenEntry]) -> tuple[Verdict, ...]:
    """One verdict for each draft; the order of the document decides only who of equals is first.

    *seen*: everything remembered of this feed under one of the drafts' ids, links or title keys.
    An edit is a change of words; never of an entry that is not alone under its id.
    """
    units = _units(drafts)
    archive = _Archive(seen)
    document = _Document(units)
    for step in _STEPS:
        for unit in units:
            if unit.entry is None:
                archive.claim(unit, step(unit, document, archive))
    verdicts: list[Verdict] = [New()] * len(drafts)
    for unit in units:
        verdicts[unit.members[0]] = _verdict(unit, document, archive)
    _tell_repeats(units, verdicts)
    return tuple(verdicts)


# --- a document as units: drafts that cannot be told apart --------------------------------------


@dataclass(slots=True)
class _Unit:
    """Drafts of one document with the same id, link and headline; their texts may differ."""

    draft: Draft  # the first of them
    members: list[int] = field(default_factory=list)  # indexes, ascending
    texts: dict[bytes, Draft] = field(default_factory=dict)  # by fingerprint
    entry: SeenEntry | None = None  # what it was recognised as

    def add(self, index: int, draft: Draft) -> None:
        self.members.append(index)
        self.texts[draft.words_hash] = draft

    def says(self, entry: SeenEntry) -> bool:
        return any(same_words(draft, entry) for draft in self.texts.values())

    @property
    def key(self) -> tuple[str, str, str]:
        return _key(self.draft)

    @property
    def page(self) -> tuple[str, str]:
        return self.draft.link, self.draft.title_key


def _key(one: Draft | SeenEntry) -> tuple[str, str, str]:
    return one.id, one.link, one.title_key or one.words_hash.hex()


def _units(drafts: Sequence[Draft]) -> list[_Unit]:
    units: dict[tuple[str, str, str], _Unit] = {}
    for index, draft in enumerate(drafts):
        units.setdefault(_key(draft), _Unit(draft)).add(index, draft)
    return list(units.values())


class _Document:
    """How often each piece of evidence occurs in the document."""

    def __init__(self, units: Iterable[_Unit]) -> None:
        drafts = [unit.draft for unit in units]
        self.ids = Counter(draft.id for draft in drafts)
        self.links = Counter(draft.link for draft in drafts)
        self.titles = Counter(draft.title_key for draft in drafts)
        self.pages = Counter((draft.link, draft.title_key) for draft in drafts)
        self.named_links = Counter((draft.id, draft.link) for draft in drafts)


_K = TypeVar("_K", bound=Hashable)


@dataclass(slots=True)
class _Archive:
    """What is remembered, by each piece of evidence; an entry can be claimed once."""

    seen: Sequence[SeenEntry]
    taken: set[EntryId] = field(default_factory=set)
    keys: dict[tuple[str, str, str], list[SeenEntry]] = field(init=False)
    ids: dict[str, list[SeenEntry]] = field(init=False)
    links: dict[str, list[SeenEntry]] = field(init=False)
    titles: dict[str, list[SeenEntry]] = field(init=False)
    pages: dict[tuple[str, str], list[SeenEntry]] = field(init=False)

    def __post_init__(self) -> None:
        self.seen = sorted(self.seen, key=lambda entry: entry.entry)
        self.keys = self._by(_key)
        self.ids = self._by(lambda entry: entry.id)
        self.links = self._by(lambda entry: entry.link)
        self.titles = self._by(lambda entry: entry.title_key)
        self.pages = self._by(lambda entry: (entry.link, entry.title_key))

    def _by(self, evidence: Callable[[SeenEntry], _K]) -> dict[_K, list[SeenEntry]]:
        found: dict[_K, list[SeenEntry]] = defaultdict(list)
        for entry in self.seen:
            found[evidence(entry)].append(entry)
        return found

    def claim(self, unit: _Unit, entry: SeenEntry | None) -> None:
        if entry is not None:
            unit.entry = entry
            self.taken.add(entry.entry)

    def only(self, entries: Sequence[SeenEntry] | None) -> SeenEntry | None:
        """The one entry of a list, if it is alone there and nobody's yet."""
        if entries and len(entries) == 1 and entries[0].entry not in self.taken:
            return entries[0]
        return None


# --- the steps, surest first --------------------------------------------------------------------


def _exactly(unit: _Unit, _document: _Document, archive: _Archive) -> SeenEntry | None:
    """Id, link and headline are as they were."""
    known = archive.keys.get(unit.key)
    return known[0] if known else None


def _by_page(unit: _Unit, document: _Document, archive: _Archive) -> SeenEntry | None:
    """The id changed, link and headline did not."""
    if not all(unit.page) or document.pages[unit.page] > 1:
        return None
    entry = archive.only(archive.pages.get(unit.page))
    if entry and is_home(unit.draft.link) and not unit.says(entry):
        return None  # the next episode of a show that has one page and one headline
    return entry


def _by_id(unit: _Unit, document: _Document, archive: _Archive) -> SeenEntry | None:
    """The id names one entry here and one there, whatever else changed."""
    draft = unit.draft
    if not draft.id or document.ids[draft.id] > 1:
        return None
    entry = archive.only(archive.ids.get(draft.id))
    if entry and _POSITION.fullmatch(draft.id):  # "1", "2": perhaps places in a list
        return entry if draft.link == entry.link or draft.title_key == entry.title_key else None
    return entry


def _by_named_link(unit: _Unit, document: _Document, archive: _Archive) -> SeenEntry | None:
    """One id for many entries: they differ by their links."""
    name = (unit.draft.id, unit.draft.link)
    if not all(name) or document.named_links[name] > 1 or is_home(unit.draft.link):
        return None
    same = [entry for entry in archive.links.get(name[1], ()) if entry.id == name[0]]
    return archive.only(same)


def _by_link(unit: _Unit, document: _Document, archive: _Archive) -> SeenEntry | None:
    """Without an id on one side, the link alone, if it is no entry's but this one's."""
    link = unit.draft.link
    if not link or is_home(link) or document.links[link] > 1:
        return None
    entry = archive.only(archive.links.get(link))
    return entry if entry and not (entry.id and unit.draft.id) else None


def _by_title(unit: _Unit, document: _Document, archive: _Archive) -> SeenEntry | None:
    """Id and link are gone or others at every poll: the same headline over the same words.

    A headline alone is not enough when both have ids and links: "Introduction" comes every year.
    """
    title = unit.draft.title_key
    if not title or document.titles[title] > 1:
        return None
    entry = archive.only(archive.titles.get(title))
    if entry is None or not unit.says(entry):
        return None
    anonymous = not (entry.id and unit.draft.id) and not (entry.link and unit.draft.link)
    told = any(draft.text for draft in unit.texts.values()) and is_specific(title)
    return entry if anonymous or told else None


_Step = Callable[[_Unit, _Document, _Archive], SeenEntry | None]
_STEPS: tuple[_Step, ...] = (_exactly, _by_page, _by_id, _by_named_link, _by_link, _by_title)


# --- verdicts -----------------------------------------------------------------------------------


def _verdict(unit: _Unit, document: _Document, archive: _Archive) -> Verdict:
    if unit.entry is None:
        return New()
    crowded = (
        len(unit.members) > 1
        or (unit.draft.id and document.ids[unit.draft.id] > 1)
        or (unit.entry.id and len(archive.ids[unit.entry.id]) > 1)
        or len(archive.keys[_key(unit.entry)]) > 1
    )
    if crowded or unit.says(unit.entry):
        return Same(entry=unit.entry.entry)
    return Edited(unit.entry.entry)


def _tell_repeats(units: Sequence[_Unit], verdicts: list[Verdict]) -> None:
    """Repeats inside the document: under one key, or word for word on one page with another id."""
    originals: dict[tuple[str, str, bytes], _Unit] = {}
    for unit in sorted(units, key=lambda unit: (unit.entry is None, unit.members[0])):
        original, repeats = unit, unit.members[1:]
        if all(unit.page) and not is_home(unit.draft.link) and len(unit.texts) == 1:
            copied = originals.setdefault((*unit.page, unit.draft.words_hash), unit)
            if copied is not unit and unit.entry is None:
                original, repeats = copied, unit.members
        for repeat in repeats:
            verdicts[repeat] = _repeats(original)


def _repeats(original: _Unit) -> Same:
    if original.entry is None:
        return Same(of=original.members[0])
    return Same(entry=original.entry.entry)
