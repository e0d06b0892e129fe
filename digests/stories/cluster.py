"""Which entries tell one story: the window of recent stories, asked and reserved without a pause.

Synchronous and in memory, so that nothing can come between a decision and its reservation: twelve
feeds with one story make one card. `Window.find` knows a story by its link or headline,
`Window.judge` by what it tells (events.py). `group` does the same for a list of titles.
"""

import math
from collections.abc import Container, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from digests.model import Key, StoryId
from digests.stories.events import NOTHING, SAME, UNSEEN, WITHIN, Events, Evidence, Kinship
from digests.stories.identity import is_specific
from digests.stories.likeness import Groups, vector
from digests.text.indicators import cves
from digests.text.language import detect
from digests.text.tokens import terms

SAME_TITLE_WITHIN = timedelta(days=3)
# Where only headlines are compared and missing a pair is as bad as joining one too many: enough for
# what is told in the same minute. The longer nobody told of an event, the nearer the bar comes to SAME.
SAME_HEADLINES = 0.09
_SPAN = timedelta(hours=8)  # in which it comes closer by 1 - 1/e

_LEAD = 400  # characters of a text that say what it is about
_TOLD_LANGUAGE = 2_000  # characters of headlines


@dataclass(frozen=True, slots=True)
class StoryRef:
    """What of a story is needed to recognise it."""

    id: StoryId
    key: Key
    link_keys: tuple[str, ...]  # canonical, none that several stories share
    title_key: str
    seen: datetime
    publishers: frozenset[str] = frozenset()
    evidence: Evidence = UNSEEN  # to be added; the window gives it back no more


def group(items: Sequence[tuple[str, str, datetime]]) -> list[int]:
    """The event of each entry (title, text, time), in order of arrival, as a number from 0.

    One pass, as on the desk: an entry joins the event it is most like (events.py, likeness.py), or
    begins one; nothing moves afterwards. An event takes nothing beyond 72 hours, and nothing that
    names other CVEs. Where texts are empty the headlines decide, with a lower bar (`headlines_bar`):
    this is for measuring, and B-cubed F1 asks for as many pairs as possible. For the desk see
    `events.SAME`.
    """
    language = detect(" ".join(title for title, _, _ in items)[:_TOLD_LANGUAGE])
    groups: Groups[int] = Groups()
    known: list[_Told] = []
    numbers: list[int] = []
    for title, text, at in items:
        one = vector(terms(title, language).split(), terms(text[:_LEAD], language).split())
        ours = frozenset(cves(f"{title}\n{text}"))
        clear = {}  # how many times as alike as is enough
        for likeness, near in groups.nearest(one):
            enough = SAME if text.strip() else headlines_bar(at - known[near].last)
            if likeness >= enough and known[near].may_take(ours, at):
                clear[near] = likeness / enough
        number = max(clear, key=clear.__getitem__, default=len(known))
        if number == len(known):
            known.append(_Told(at, at))
        known[number].take(ours, at)
        groups.add(number, one)
        numbers.append(number)
    return numbers


def headlines_bar(silence: timedelta) -> float:
    """The likeness of headlines that is enough when an event was last told of so long ago.

    Events are told of in bursts, and a word in common says less the longer the pause: topic
    detection has long weighed time so (Yang, Pierce and Carbonell, SIGIR 1998).
    """
    pauses = abs(silence) / _SPAN
    return SAME - (SAME - SAME_HEADLINES) * math.exp(-pauses)


@dataclass(slots=True)
class _Told:
    """What `group` knows of an event beside its words."""

    first: datetime
    last: datetime
    cves: set[str] = field(default_factory=set)

    def may_take(self, cves: frozenset[str], at: datetime) -> bool:
        others = bool(cves and self.cves and not cves & self.cves)
        return abs(at - self.first) <= WITHIN and not others

    def take(self, cves: frozenset[str], at: datetime) -> None:
        self.last = at
        self.cves |= cves


class Window:
    """The stories a new entry may belong to. As large as what was added and not forgotten."""

    def __init__(self) -> None:
        self._refs: dict[StoryId, StoryRef] = {}
        self._links: dict[str, StoryId] = {}
        self._titles: dict[str, list[StoryId]] = {}
        self._events = Events()

    def __len__(self) -> int:
        return len(self._refs)

    def find(
        self, link: str, title_key: str, at: datetime, *, publisher: str = ""
    ) -> StoryRef | None:
        """The story with this link, or with this headline seen within three days of *at*.

        A publisher's own headline is no evidence against another link of the same publisher: some
        announce a new event every other day under one standing headline.
        """
        if link and link in self._links:
            return self._refs[self._links[link]]
        for story in reversed(self._titles.get(title_key, ())):
            ref = self._refs[story]
            standing = link and ref.link_keys and publisher in ref.publishers
            if abs(at - ref.seen) <= SAME_TITLE_WITHIN and not standing:
                return ref
        return None

    def get(self, story: StoryId) -> StoryRef | None:
        """A story that is still in the window."""
        return self._refs.get(story)

    def judge(self, evidence: Evidence, at: datetime) -> tuple[Kinship, ...]:
        """The stories that tell the same event as an entry seen then, or a related one."""
        return self._events.judge(evidence, at) if evidence.title else NOTHING

    def grow(self, story: StoryId, evidence: Evidence, at: datetime) -> None:
        """Another entry of a known story: the next ones are compared with it too."""
        if evidence.title and story in self._refs:
            self._events.add(story, evidence, at)

    def add(self, ref: StoryRef) -> None:
        """Reserve a story, or replace what is known of it. A link stays with its first story."""
        known = self._refs.get(ref.id)
        self._take_out(ref.id)
        # The events keep what they need of its evidence; an old story has none to begin with.
        self._refs[ref.id] = ref if ref.evidence is UNSEEN else replace(ref, evidence=UNSEEN)
        if known is None:
            self.grow(ref.id, ref.evidence, ref.seen)
        for link in ref.link_keys:
            self._links.setdefault(link, ref.id)
        if is_specific(ref.title_key):
            self._titles.setdefault(ref.title_key, []).append(ref.id)

    def drop(self, story: StoryId) -> None:
        """Take a story out again."""
        self._take_out(story)
        self._events.drop(story)

    def _take_out(self, story: StoryId) -> None:
        ref = self._refs.pop(story, None)
        if ref is None:
            return
        for link in ref.link_keys:
            if self._links.get(link) == story:
                del self._links[link]
        self._forget_title(ref)

    def forget(self, before: datetime, keep: Container[StoryId] = ()) -> None:
        """Take out what was seen before, but for some; the archive still finds it by its link."""
        for ref in [ref for ref in self._refs.values() if ref.seen < before]:
            if ref.id not in keep:
                self.drop(ref.id)

    def _forget_title(self, ref: StoryRef) -> None:
        stories = self._titles.get(ref.title_key, [])
        if ref.id in stories:
            stories.remove(ref.id)
        if not stories:
            self._titles.pop(ref.title_key, None)
