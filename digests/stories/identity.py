"""Which entry is which: recognising what a feed showed before, whatever it does to its ids. Pure."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from digests.model import Draft, EntryId, SeenEntry
from digests.text.links import canonical
from digests.text.tokens import terms


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


def title_key(title: str, language: str) -> str:
    """A headline reduced to its terms: equal for two publishers printing the same one."""
    return terms(title, language)


def words_hash(title: str, text: str) -> bytes:
    """A fingerprint of the words alone: markup, spacing, case and comment counters do not count."""
    words = "\n".join(terms(part, "") for part in (title, text))
    return hashlib.blake2b(words.encode(), digest_size=16).digest()


def classify(drafts: Sequence[Draft], seen: Sequence[SeenEntry]) -> tuple[Verdict, ...]:
    """One verdict for each draft.

    An id is trusted only while it names one entry: where a document uses it several times, the
    link decides if the links differ, else the headline. An edit is a change of words under an id
    that names one entry, here and in the archive.
    """
    memory = _Memory(drafts, seen)
    verdicts: list[Verdict] = []
    first: dict[tuple[str, str, str], int] = {}
    for index, draft in enumerate(drafts):
        name = memory.name(draft)
        if name in first:
            verdicts.append(Same(of=first[name]))
            continue
        first[name] = index
        verdicts.append(memory.verdict(draft))
    return tuple(verdicts)


def story_link(draft: Draft, drafts: Sequence[Draft]) -> str:
    """The link that may identify the story across feeds; "" for home pages and shared links."""
    if not draft.link or _is_home(draft.link):
        return ""
    others = [d for d in drafts if d.link == draft.link]
    ids = {d.id for d in others if d.id}
    titles = {d.title_key for d in others}
    return "" if len(ids) > 1 and len(titles) > 1 else draft.link


class _Memory:
    """The document and the archive, looked at by id, by link and by headline."""

    def __init__(self, drafts: Sequence[Draft], seen: Sequence[SeenEntry]) -> None:
        self._ids = Counter(draft.id for draft in drafts if draft.id)
        self._links = Counter(draft.link for draft in drafts if draft.link)
        self._links_of = defaultdict(set)
        for draft in drafts:
            self._links_of[draft.id].add(draft.link)
        self._by_id: dict[str, list[SeenEntry]] = defaultdict(list)
        self._by_link: dict[str, list[SeenEntry]] = defaultdict(list)
        self._by_title: dict[str, list[SeenEntry]] = defaultdict(list)
        for entry in seen:
            self._by_id[entry.id].append(entry)
            self._by_link[entry.link].append(entry)
            self._by_title[entry.title_key].append(entry)

    def name(self, draft: Draft) -> tuple[str, str, str]:
        """What two drafts of one document must share to be one entry."""
        if not draft.id:
            return ("", draft.link, draft.title_key)
        if self._ids[draft.id] == 1:
            return (draft.id, "", "")
        if len(self._links_of[draft.id]) > 1:
            return (draft.id, draft.link, draft.title_key if self._links[draft.link] > 1 else "")
        return (draft.id, "", draft.title_key)

    def verdict(self, draft: Draft) -> Verdict:
        """Against the archive alone."""
        known = self._by_id[draft.id] if draft.id else []
        if len(known) == 1 and self._ids[draft.id] == 1:
            return _same_or_edited(draft, known[0])
        if known:
            return _among(draft, known)
        return self._without_id(draft)

    def _without_id(self, draft: Draft) -> Verdict:
        """No id, or one never seen: the link with the headline, then either alone."""
        by_link = self._by_link[draft.link] if draft.link else []
        for entry in by_link:
            if entry.title_key == draft.title_key:
                return _same_or_edited(draft, entry) if not draft.id else Same(entry.entry)
        if draft.id:
            return New()
        if len(by_link) == 1 and self._links[draft.link] == 1 and not by_link[0].id:
            return _same_or_edited(draft, by_link[0])
        if not draft.link:
            for entry in self._by_title[draft.title_key]:
                if not entry.link and not entry.id:
                    return _same_or_edited(draft, entry)
        return New()


def _same_or_edited(draft: Draft, entry: SeenEntry) -> Verdict:
    return Same(entry.entry) if entry.words_hash == draft.words_hash else Edited(entry.entry)


def _among(draft: Draft, known: Sequence[SeenEntry]) -> Verdict:
    """One of several entries under a repeated id; never an edit."""
    for entry in known:
        if entry.title_key == draft.title_key and entry.link == draft.link:
            return Same(entry.entry)
    for entry in known:
        if entry.words_hash == draft.words_hash:
            return Same(entry.entry)
    return New()


def _is_home(link: str) -> bool:
    rest = canonical(link).partition("://")[2]
    return "/" not in rest.rstrip("/") and "?" not in rest and "#" not in rest
