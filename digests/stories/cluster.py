"""Which entries tell one story: the window of recent stories, asked and reserved without a pause.

Now by canonical link, or by an equal headline within three days; deeper grouping comes behind the
same `find`. Synchronous and in memory, so that nothing can come between a decision and its
reservation.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from digests.model import Key, StoryId

SAME_TITLE_WITHIN = timedelta(days=3)
_SPECIFIC = 4  # terms a headline needs to be more than "Weekly update"


@dataclass(frozen=True, slots=True)
class StoryRef:
    """What of a story is needed to recognise it."""

    id: StoryId
    key: Key
    link_keys: tuple[str, ...]
    title_key: str
    seen: datetime
    publishers: frozenset[str] = frozenset()


class Window:
    """The stories a new entry may belong to."""

    def __init__(self) -> None:
        self._refs: dict[StoryId, StoryRef] = {}
        self._links: dict[str, StoryId] = {}
        self._titles: dict[str, StoryId] = {}

    def find(self, link: str, title_key: str, at: datetime) -> StoryRef | None:
        """The story with this link, or with this headline seen within three days of `at`."""
        if link and link in self._links:
            return self._refs[self._links[link]]
        ref = self._refs.get(self._titles.get(title_key, StoryId(0)))
        if ref and abs(at - ref.seen) <= SAME_TITLE_WITHIN:
            return ref
        return None

    def add(self, ref: StoryRef) -> None:
        """Reserve a story, or replace what is known of it."""
        self._refs[ref.id] = ref
        for link in ref.link_keys:
            self._links.setdefault(link, ref.id)
        if len(ref.title_key.split()) >= _SPECIFIC or len(ref.title_key) >= 24:  # noqa: PLR2004 - CJK
            self._titles[ref.title_key] = ref.id

    def drop(self, story: StoryId) -> None:
        """Take a story out again."""
        ref = self._refs.pop(story, None)
        if ref is None:
            return
        for link in ref.link_keys:
            if self._links.get(link) == story:
                del self._links[link]
        if self._titles.get(ref.title_key) == story:
            del self._titles[ref.title_key]

    def forget(self, before: datetime) -> None:
        """Take out what was seen before; the archive still finds it by its link."""
        for ref in [r for r in self._refs.values() if r.seen < before]:
            self.drop(ref.id)
