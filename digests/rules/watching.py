"""Which of many queries does a story match? An inverted index over the queries. Pure.

Each query stands under clues: words, beginnings of words, traits, numbers, of which a story that
matches has at least one. A story then asks only the queries under its own clues. Where a query
asks for all of several things, it stands under the one that the fewest others stand under.
The answer is that of match.py for each query: its tests are used.
"""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from digests.rules import fields
from digests.rules.match import Leaf, Subject, Test, is_prefix, positions_of, test_of
from digests.rules.query import And, Everything, Not, Or, Query
from digests.rules.query import Field as Asked
from digests.rules.traits import trait

K = TypeVar("K", bound=Hashable)
Clue = tuple[str, ...]  # ("word", term) | ("start", letters) | (a trait) | ("number", name)

_WORD, _START, _TRAIT, _NUMBER = "word", "start", "trait", "number"
# What many stories have; in units of "one more query under the same clue".
_COMMON = {"language": 10_000, "country": 3_000, "has": 5_000, "is": 300, _NUMBER: 5_000}
_SHORT = 4  # letters of a word that may well be common, or of a beginning


@dataclass(frozen=True, slots=True)
class _Guard:
    """Clues, one of which every match has; `exact`: what has one does match."""

    clues: frozenset[Clue]
    exact: bool = False


@dataclass(slots=True, eq=False)
class _Watch(Generic[K]):
    """One query, and everybody who asks it."""

    test: Test | None  # None: its clues say it all
    clues: frozenset[Clue] | None  # None: it may match any story
    keys: set[K] = field(default_factory=set)


class Watchlist(Generic[K]):
    """Queries under keys of the caller's. Asking is made cheap, not adding."""

    def __init__(self, queries: Mapping[K, Query] | None = None) -> None:
        self._queries: dict[K, Query] = {}
        self._watches: dict[Query, _Watch[K]] = {}
        self._under: dict[Clue, dict[_Watch[K], None]] = {}
        self._always: dict[_Watch[K], None] = {}
        self._lengths: dict[int, int] = {}  # of the beginnings -> how many clues have it
        for key, query in (queries or {}).items():
            self.add(key, query)

    def __len__(self) -> int:
        """How many keys there are."""
        return len(self._queries)

    def add(self, key: K, query: Query) -> None:
        """Watch for this; a key that is there already gets the new query."""
        self.remove(key)
        self._queries[key] = query
        watch = self._watches.get(query)
        if watch is None:
            watch = self._watches[query] = self._new(query)
        watch.keys.add(key)

    def remove(self, key: K) -> None:
        """Watch no more; an unknown key is none the worse."""
        query = self._queries.pop(key, None)
        if query is None:
            return
        watch = self._watches[query]
        watch.keys.discard(key)
        if not watch.keys:
            del self._watches[query]
            self._take_out(watch)

    def matching(self, seen: Subject) -> set[K]:
        """The keys of all queries that the story matches."""
        found: set[K] = set()
        for watch in self._candidates(seen):
            if watch.test is None or watch.test(seen):
                found |= watch.keys
        return found

    def _candidates(self, seen: Subject) -> dict[_Watch[K], None]:
        candidates = dict(self._always)
        under = self._under
        for clue in _clues_of(seen, self._lengths):
            if clue in under:
                candidates |= under[clue]
        return candidates

    def _new(self, query: Query) -> _Watch[K]:
        guard = self._guard(query, negated=False)
        # Not the cached test: ten thousand queries would only push each other out.
        test = None if guard and guard.exact else test_of.__wrapped__(query)
        watch: _Watch[K] = _Watch(test, guard.clues if guard else None)
        if watch.clues is None:
            self._always[watch] = None
            return watch
        for clue in watch.clues:
            if clue not in self._under and clue[0] == _START:
                self._lengths[len(clue[1])] = self._lengths.get(len(clue[1]), 0) + 1
            self._under.setdefault(clue, {})[watch] = None
        return watch

    def _take_out(self, watch: _Watch[K]) -> None:
        self._always.pop(watch, None)
        for clue in watch.clues or ():
            del self._under[clue][watch]
            if not self._under[clue]:
                del self._under[clue]
                if clue[0] == _START:
                    self._lengths[len(clue[1])] -= 1

    def _guard(self, query: Query, *, negated: bool) -> _Guard | None:
        match query:
            case Not(inner):
                return self._guard(inner, negated=not negated)
            case And(queries) | Or(queries):
                guards = [self._guard(one, negated=negated) for one in queries]
                if isinstance(query, And) == negated:  # "not all of" is "any that is not"
                    return _any_of(guards)
                return self._best([guard for guard in guards if guard is not None])
            case Everything():
                return _Guard(frozenset(), exact=True) if negated else None
            case leaf:
                return None if negated else self._leaf_guard(leaf)

    def _leaf_guard(self, leaf: Leaf) -> _Guard:
        match leaf:
            case Asked(name) if name in fields.NUMBERS:
                return _Guard(frozenset({(_NUMBER, name)}))
            case Asked(name, value) if name != "title":
                return _Guard(frozenset({(_TRAIT, *trait(name, value))}), exact=True)
        positions = positions_of(leaf)
        if not positions:
            return _Guard(frozenset(), exact=True)  # it matches nothing
        kinds = [_WORD] * len(positions)
        if is_prefix(leaf):
            kinds[-1] = _START
        guards = [
            _Guard(frozenset((kind, term) for term in position))
            for kind, position in zip(kinds, positions, strict=True)
        ]
        if len(guards) == 1 and not isinstance(leaf, Asked):
            return _Guard(guards[0].clues, exact=True)
        return self._best(guards) or guards[0]

    def _best(self, guards: list[_Guard]) -> _Guard | None:
        """Of several things that must all be there, the one that the fewest stories will have."""
        if not guards:
            return None
        chosen = min(guards, key=lambda guard: sum(map(self._load, guard.clues)))
        return _Guard(chosen.clues, exact=not chosen.clues)

    def _load(self, clue: Clue) -> int:
        there = len(self._under.get(clue, ()))
        return there + _COMMON.get(clue[1] if clue[0] == _TRAIT else clue[0], _shortness(clue))


def _any_of(guards: list[_Guard | None]) -> _Guard | None:
    """Of several things of which one must be there: all their clues."""
    known = [guard for guard in guards if guard is not None]
    if len(known) < len(guards):
        return None
    clues = frozenset[Clue]().union(*(guard.clues for guard in known))
    return _Guard(clues, exact=all(guard.exact for guard in known))


def _shortness(clue: Clue) -> int:
    return 50 if clue[0] in (_WORD, _START) and len(clue[1]) <= _SHORT else 1


def _clues_of(seen: Subject, lengths: Mapping[int, int]) -> Iterator[Clue]:
    """All clues of a story; beginnings only of the lengths that somebody asks for."""
    for term in seen.words:
        yield _WORD, term
    for one in seen.traits:
        yield _TRAIT, *one
    for name in seen.numbers:
        yield _NUMBER, name
    wanted = [length for length, count in lengths.items() if count]
    starts = {term[:length] for term in seen.words for length in wanted}
    for start in starts:
        yield _START, start
