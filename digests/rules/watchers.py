"""All watches in memory: which owners are owed a story. Pure but for its memory.

Every story asks the inverted index of watching.py for the watches that it matches. The watches of
one owner make one rule, so that a story is told to its owner once, however many of them match.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from digests.errors import QueryError
from digests.model import Channel, Habits, Watch, WatchId
from digests.model.watching import is_watching, owner_of, told_at
from digests.rules.match import Subject
from digests.rules.query import Everything, parse_strict
from digests.rules.routing import Rule
from digests.rules.watching import Watchlist
from digests.text.plain import clip

_NAMED = 3  # watches that a card names
_CALLED = 200  # characters of their names together
_WIDEST = 500  # characters of a query that looks for what all watches of one owner look for


@dataclass(slots=True)
class Watchers:
    """Watches by id, their owners' habits, and the index over them."""

    platforms: Collection[str] | None = None  # those that can be written to; None: all
    served: Collection[str] | None = None  # those of the file, where owners can end their watches
    admits: Mapping[str, Collection[str]] | None = None  # readers by platform; None: everyone
    _watches: dict[WatchId, Watch] = field(default_factory=dict)
    _habits: dict[str, Habits] = field(default_factory=dict)
    _of_file: dict[str, Channel] = field(default_factory=dict)  # by the name of the channel
    _under: dict[str, dict[WatchId, None]] = field(default_factory=dict)  # by the same name
    _index: Watchlist[WatchId] = field(default_factory=Watchlist)

    def __len__(self) -> int:
        """How many watches there are."""
        return len(self._watches)

    def start_over(self, watches: Iterable[Watch], habits: Iterable[Habits]) -> None:
        """Take what the archive holds of people, for all that is known of them."""
        for known in [one for one in self._watches.values() if not one.of_file]:
            self.drop(known.id)
        self._habits = {one.owner: one for one in habits}
        for one in watches:
            if not one.of_file:
                self.put(one)

    def configure(self, watches: Iterable[Watch], channels: Iterable[Channel]) -> None:
        """Take up the watches of the file, as the archive keeps them, and their channels."""
        for known in [one for one in self._watches.values() if one.of_file]:
            self.drop(known.id)
        self._of_file = {one.name: one for one in channels}
        for one in watches:
            if one.channel in self._of_file:
                self.put(one)

    def put(self, watch: Watch) -> None:
        """Watch for this from now on; a known id gets the new query and end."""
        try:
            query = parse_strict(watch.query)
        except QueryError:  # of a version that knew more fields: it matches nothing here
            return
        self._watches[watch.id] = watch
        self._under.setdefault(watch.channel, {})[watch.id] = None
        self._index.add(watch.id, query)

    def told_so(self, habits: Habits) -> None:
        """An owner wants to be told so from now on."""
        self._habits[habits.owner] = habits

    def habits(self, owner: str) -> Habits | None:
        """How an owner wants to be told; None when the owner never said."""
        return self._habits.get(owner)

    def drop(self, this: WatchId) -> None:
        """Watch for this no more."""
        known = self._watches.pop(this, None)
        if known is not None:
            self._index.remove(this)
            del self._under[known.channel][this]
            if not self._under[known.channel]:
                del self._under[known.channel]

    def forget(self, owner: str) -> None:
        """Nothing of this owner any more."""
        self._habits.pop(owner, None)
        for one in [one for one in self._watches.values() if one.owner == owner]:
            self.drop(one.id)

    def channel(self, name: str) -> Channel | None:
        """The channel of an owner's watches, also when the last of them is gone; None: no such."""
        if not is_watching(name):
            return None
        owner = owner_of(name)
        habits = self._habits.get(owner) or Habits(owner)
        found = self._of_file.get(name) or habits.channel(told_at(name), name)
        return replace(found, only=self._query(name))

    def rule(self, name: str, watches: Collection[Watch] = ()) -> Rule | None:
        """The rule of a channel of watches, which has asked already whether a story matches."""
        channel = self.channel(name)
        if channel is None:
            return None
        born = min((one.since for one in watches), default=None)
        called = " · ".join([one.name for one in watches][:_NAMED])
        return Rule(channel, Everything(), born=born, watches=clip(called, _CALLED))

    def matching(self, seen: Subject, now: datetime) -> Iterator[Rule]:
        """A rule for each channel of which a watch matches, in a lasting order."""
        found: defaultdict[str, list[Watch]] = defaultdict(list)
        for this in sorted(self._index.matching(seen)):
            one = self._watches[this]
            if one.since <= seen.story.seen and not one.is_over(now) and self._may_tell(one):
                found[one.channel].append(one)
        for name, watches in found.items():
            rule = self.rule(name, watches)
            if rule is not None:
                yield rule

    def _query(self, name: str) -> str:
        """What all watches of a channel look for together; "" when that is too long to search for."""
        asked = [self._watches[this].query for this in self._under.get(name, ())]
        whole = " OR ".join(f"({one})" for one in asked) if len(asked) > 1 else "".join(asked)
        return whole if len(whole) <= _WIDEST else ""

    def _may_tell(self, watch: Watch) -> bool:
        """Whether its platform can be written to, and its owner may still read there."""
        if self.platforms is not None and watch.to.platform not in self.platforms:
            return False
        if self.served is not None and not watch.of_file and watch.to.platform not in self.served:
            return False
        if self.admits is None or watch.of_file or watch.to.platform not in self.admits:
            return True
        named = self.admits[watch.to.platform]
        # Roles are not known here: whoever may be a reader by one was asked when the watch was made.
        by_role = any(one.startswith("role:") for one in named)
        return by_role or watch.owner.partition(":")[2] in named
