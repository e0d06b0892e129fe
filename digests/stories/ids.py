"""Names of stories: time-ordered numbers inside, short keys for people.

A story id is `seconds << 20 | counter`: newest-first is then the order of the numbers, and a span
of dates is a span of ids. One process hands them out, so uniqueness needs no database.
"""

from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from statistics import median

from digests.model import Key, StoryId

_BITS = 20
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: no i, l, o, u to misread
_SHORTEST = 4
_SPREAD = 0x9E3779B1  # odd, so multiplying by it permutes any power of two
_SEVERAL = 3  # one or two publishers may be wrong themselves
_REMEMBERED = 1_000  # seconds with stories; what is older is stored, and `learn` knows it
_TRUST = timedelta(days=1)  # how far the wall clock may stray from the publishers'


def first_id(at: datetime) -> StoryId:
    """The smallest id a story of this second can have; bounds a span of dates."""
    return StoryId(int(at.timestamp()) << _BITS)


def time_of(story: StoryId) -> datetime:
    """The second an id stands for."""
    return datetime.fromtimestamp(story >> _BITS, UTC)


def key_of(number: int) -> Key:
    """The short name of the number-th story: four characters up to a million stories, then five.

    Neighbours look different, so that a mistyped key is rarely another story of the same day.
    """
    width = max(_SHORTEST, -(-number.bit_length() // 5))
    mixed = number * _SPREAD % (1 << 5 * width)
    return Key("".join(_ALPHABET[mixed >> 5 * place & 31] for place in reversed(range(width))))


class IdClock:
    """Hands out story ids and keys. Not thread-safe: it belongs to the loop."""

    def __init__(self, last_id: int = 0, last_number: int = 0) -> None:
        self._last = last_id
        self._number = last_number
        self._highest: dict[int, int] = {}  # second -> highest id handed out or stored
        self._seen: dict[int, int] = {}  # the same of stories seen lately, stored or not yet
        self._offsets: deque[float] = deque(maxlen=15)
        self._stepped = False

    def observe(self, date: datetime, now: datetime) -> None:
        """Take note of a publisher's own clock, to notice when ours is wrong."""
        self._offsets.append((date - now).total_seconds())

    def stepped(self) -> None:
        """Our wall clock was set, or we slept: what was noted before says nothing about it now.

        From here on the first publisher that answers is believed, until there are more.
        """
        self._offsets.clear()
        self._stepped = True

    def confirmed(self, now: datetime) -> datetime | None:
        """`believed`, for what cannot be undone; None while too few publishers have answered."""
        return self.believed(now) if len(self._offsets) >= _SEVERAL else None

    def believed(self, now: datetime) -> datetime:
        """Our wall clock, or the publishers' when ours is more than a day away from most of them.

        An id can never change: an hour at ten years ahead would pin its stories to the top of
        every list for ten years.
        """
        if len(self._offsets) < (1 if self._stepped else _SEVERAL):
            return now
        offset = timedelta(seconds=median(self._offsets))
        return now if abs(offset) <= _TRUST else now + offset

    def next_seen(self, now: datetime) -> StoryId:
        """An id for a story seen now; later than every one before it."""
        now_first = first_id(self.believed(now))
        taken = self._highest.get(now_first >> _BITS, 0)  # by what was published this second
        self._last = max(self._last + 1, now_first, taken + 1)
        self._seen[self._last >> _BITS] = self._last
        if len(self._seen) > _REMEMBERED:
            del self._seen[next(iter(self._seen))]
        return StoryId(self._last)

    def learn(self, highest: Mapping[int, int]) -> None:
        """Take note of the highest stored id of some seconds (from the archive)."""
        for second, story in highest.items():
            self._highest[second] = max(story, self._highest.get(second, 0))

    def next_published(self, at: datetime) -> StoryId:
        """An id for a story that is never announced; `learn` its second first."""
        second = int(at.timestamp())
        taken = max(self._highest.get(second, 0), self._seen.get(second, 0))
        story = max(taken + 1, second << _BITS)
        self._highest[second] = story
        return StoryId(story)

    def next_key(self) -> tuple[int, Key]:
        """The next number and its key."""
        self._number += 1
        return self._number, key_of(self._number)
