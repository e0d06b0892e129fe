"""Which stories of these days tell the event that an entry tells: same, related, or apart. Pure.

A false merge hides a story from its readers, a missed one costs them one more card, so the desk
merges only what is clearly one event (SAME), links what is close (RELATED), and never merges

* beyond 72 hours from the story's first entry: pairs as alike as that, a month apart, were never
  one event (patch days, tax-season scams, ransomware trends);
* what names other CVEs, or patches of other makers: the series of one day;
* a headline that names its CVE, with what does not name it: the record of one flaw;
* the same headline with other numbers: the next issue of a series;
* two entries of one publisher: it knows that they are two.

A shared CVE or threat that is not on everybody's lips makes up for other words.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from digests.model import Name, StoryId
from digests.stories.likeness import Groups, Vector, vector

ALGORITHM = 2  # raise it when the same entries would be judged otherwise; stored with every score
SAME = 0.40
RELATED = 0.30
WITHIN = timedelta(hours=72)

_SHARED_CVE, _SHARED_THREAT = 0.10, 0.05
_FEW = 5  # CVEs: a patch round shares some with everybody
_MOST_RELATED = 3
_HEADLINES = 8  # of a story, that a new one is compared with
_SAME_WORDS = 0.8  # share of all their words that two headlines of one series have in common
_PATCH = re.compile(
    r"(?i)\b(?:patch\w*|updates?|fix(?:es|ed)?|advisor(?:y|ies)|bulletins?|sicherheitsupdates?"
    r"|correctifs?|mises? à jour|parches?|actualizaci\w+|обновлени\w+|исправлени\w+)\b"
    r"|补丁|更新|修复|修正|アップデート|パッチ|تحديث|تصحيح"
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an entry shows of its event."""

    title: tuple[str, ...] = ()  # terms of the headline
    text: tuple[str, ...] = ()  # and of the first sentences
    cves: frozenset[str] = frozenset()
    threats: frozenset[str] = frozenset()  # actors, malware, tools, by their first names
    makers: frozenset[str] = frozenset()
    patches: bool = False  # its headline announces a remedy
    publisher: str = ""
    vector: Vector | None = field(default=None, compare=False, repr=False)  # see `measured`

    def measured(self) -> "Evidence":
        """With its vector, for whoever compares it more than once; too large to be kept."""
        return replace(self, vector=vector(self.title, self.text))

    @property
    def numbers(self) -> frozenset[str]:
        """The terms of the headline that hold a digit."""
        return frozenset(term for term in self.title if not term.isalpha())

    @property
    def own_cves(self) -> frozenset[str]:
        """Those that the headline names."""
        return frozenset(cve for cve in self.cves if cve.lower().replace("-", "") in self.title)

    @property
    def words(self) -> frozenset[str]:
        """The other ones."""
        return frozenset(term for term in self.title if term.isalpha())


@dataclass(frozen=True, slots=True)
class Kinship:
    """How a story stands to an entry."""

    story: StoryId
    score: float  # 0 to 1
    same: bool  # False: related


NOTHING: tuple[Kinship, ...] = ()
UNSEEN = Evidence()  # of stories that are not compared


def evidence(
    headline: str,
    terms: tuple[str, str],
    *,
    cves: Iterable[str] = (),
    names: Sequence[Name] = (),
    publisher: str = "",
) -> Evidence:
    """From what the worker made of an entry; *terms*: the index's, of headline and text."""
    return Evidence(
        title=tuple(terms[0].split()),
        text=tuple(terms[1].split()),
        cves=frozenset(cves),
        threats=frozenset(n.name for n in names if n.kind in {"actor", "malware", "tool"}),
        makers=frozenset(n.name for n in names if n.kind == "vendor"),
        patches=_PATCH.search(headline) is not None,
        publisher=publisher,
    )


@dataclass(slots=True)
class _Event:
    """What is known of a story from all its entries."""

    first: datetime
    cves: frozenset[str] = frozenset()
    threats: frozenset[str] = frozenset()
    makers: frozenset[str] = frozenset()
    publishers: frozenset[str] = frozenset()
    patches: bool = False
    headlines: tuple[Evidence, ...] = ()

    def grow(self, one: Evidence) -> None:
        self.headlines = (*self.headlines, one)[:_HEADLINES]
        self.cves |= one.cves
        self.threats |= one.threats
        self.makers |= one.makers
        self.publishers |= {one.publisher}
        self.patches = self.patches or one.patches


class Events:
    """The events of these days. As large as what was added and not dropped."""

    def __init__(self) -> None:
        self._groups: Groups[StoryId] = Groups()
        self._events: dict[StoryId, _Event] = {}

    def add(self, story: StoryId, one: Evidence, at: datetime) -> None:
        """Another entry of a story, seen then; the first one makes it."""
        self._events.setdefault(story, _Event(at)).grow(replace(one, text=(), vector=None))
        self._groups.add(story, _vector(one))

    def drop(self, story: StoryId) -> None:
        """Forget a story."""
        self._groups.drop(story)
        self._events.pop(story, None)

    def judge(self, one: Evidence, at: datetime) -> tuple[Kinship, ...]:
        """The same story first if there is one, then at most three related ones, closest first."""
        kinships: list[Kinship] = []
        for likeness, story in self._groups.nearest(_vector(one)):
            event = self._events[story]
            score = round(likeness + _bonus(one, event), 3)
            if score >= RELATED and abs(at - event.first) <= WITHIN:
                same = score >= SAME and not _apart(one, event)
                kinships.append(Kinship(story, score, same))
        kinships.sort(key=lambda kinship: (-kinship.same, -kinship.score))
        best = kinships[:1] if kinships and kinships[0].same else []
        others = [Kinship(v.story, v.score, same=False) for v in kinships[len(best) :]]
        return (*best, *others[:_MOST_RELATED])


def _vector(one: Evidence) -> Vector:
    return vector(one.title, one.text) if one.vector is None else one.vector


def _bonus(one: Evidence, event: _Event) -> float:
    cve = len(one.cves) <= _FEW and len(event.cves) <= _FEW and bool(one.cves & event.cves)
    threat = bool(one.threats & event.threats)
    return _SHARED_CVE * cve + _SHARED_THREAT * threat


def _apart(one: Evidence, event: _Event) -> bool:
    """Whether something says that these are two events, however alike they sound."""
    if one.publisher and one.publisher in event.publishers:
        return True
    if one.cves and event.cves and not one.cves & event.cves:
        return True
    if _another_flaw(one, event):
        return True
    if any(_next_issue(one, known) for known in event.headlines):
        return True
    series = one.patches and event.patches
    return bool(series and one.makers and event.makers and not one.makers & event.makers)


def _another_flaw(one: Evidence, event: _Event) -> bool:
    """Whether either side's headline names a CVE that the other does not tell of."""
    theirs = frozenset(cve for known in event.headlines for cve in known.own_cves)
    ours = one.own_cves
    return bool(ours and not ours & event.cves) or bool(theirs and not theirs & one.cves)


def _next_issue(one: Evidence, other: Evidence) -> bool:
    """Whether two headlines differ in nothing but their numbers."""
    if one.numbers <= other.numbers or other.numbers <= one.numbers:
        return False
    both = one.words | other.words
    return len(one.words & other.words) >= _SAME_WORDS * len(both)
