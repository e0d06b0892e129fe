"""Which entries tell one story: the window of recent stories, asked and reserved without a pause.

Synchronous and in memory, so that nothing can come between a decision and its reservation: twelve
feeds with one story make one card. What counts as the same is decided in `Window.find` alone; a
deeper grouping (words, names, vectors) comes behind the same call, and callers need not change.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from digests.model import Key, StoryId
from digests.stories.identity import is_specific

SAME_TITLE_WITHIN = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class StoryRef:
    """What of a story is needed to recognise it."""

    id: StoryId
    key: Key
    link_keys: tuple[str, ...]  # canonical, none that several stories share
    title_key: str
    seen: datetime
    publishers: frozenset[str] = frozenset()


class Window:
    """The stories a new entry may belong to. As large as what was added and not forgotten."""

    def __init__(self) -> None:
        self._refs: dict[StoryId, StoryRef] = {}
        self._links: dict[str, StoryId] = {}
        self._titles: dict[str, list[StoryId]] = {}

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

    def add(self, ref: StoryRef) -> None:
        """Reserve a story, or replace what is known of it. A link stays with its first story."""
        self.drop(ref.id)
        self._refs[ref.id] = ref
        for link in ref.link_keys:
            self._links.setdefault(link, ref.id)
        if is_specific(ref.title_key):
            self._titles.setdefault(ref.title_key, []).append(ref.id)

    def drop(self, story: StoryId) -> None:
        """Take a story out again."""
        ref = self._refs.pop(story, None)
        if ref is None:
            return
        for link in ref.link_keys:
            if self._links.get(link) == story:
                del self._links[link]
        self._forget_title(ref)

    def forget(self, before: datetime) -> None:
        """Take out what was seen before; the archive still finds it by its link."""
        for ref in [ref for ref in self._refs.values() if ref.seen < before]:
            self.drop(ref.id)

    def _forget_title(self, ref: StoryRef) -> None:
        stories = self._titles.get(ref.title_key, [])
        if ref.id in stories:
            stories.remove(ref.id)
        if not stories:
            self._titles.pop(ref.title_key, None)
