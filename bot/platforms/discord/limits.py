"""Discord's rate limits as its answers tell them: how long to wait before the next call. Pure.

Times are monotonic seconds. A route is "METHOD /path/template channel"; routes that Discord
counts together share a bucket, which its answers name.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

# Discord allows 50 calls in any second over all routes. We let out one at a time with a small
# start; where that fails, because calls left late and then together, the second is counted.
_GAP = 1 / 42
_AT_ONCE = 4
_IN_A_SECOND = 50


@dataclass(slots=True)
class _Bucket:
    size: int
    left: int
    resets: float
    window: float


class Limits:
    """What may go out when, by route and over all routes together."""

    def __init__(self) -> None:
        self._even = 0.0  # when the next call would go out if all were evenly spaced
        self._names: dict[str, str] = {}
        self._buckets: dict[str, _Bucket] = {}
        self._paused_until = 0.0
        self._under_way = 0
        self._ended: deque[float] = deque()  # when calls of the last second were answered

    def delay(self, route: str, now: float) -> float:
        """Seconds until this call may go out; 0 is now."""
        free = max(now, self._paused_until, self._even - (_AT_ONCE - 1) * _GAP)
        bucket = self._bucket(route)
        if bucket and bucket.left <= 0:
            free = max(free, bucket.resets)
        return free - now

    def take(self, route: str, at: float) -> None:
        """Count a call that goes out at that time."""
        self._even = max(self._even, at) + _GAP
        bucket = self._bucket(route)
        if bucket is None:
            return
        if at >= bucket.resets:
            bucket.left, bucket.resets = bucket.size, at + bucket.window
        bucket.left -= 1

    def crowd(self, now: float) -> float:
        """Seconds to wait, 0 when another call cannot be one too many of any second.

        Discord counts a call when it arrives, which is nowhere told: at the latest when it is
        answered. So a call counts from its leaving until a second after its answer.
        """
        while self._ended and self._ended[0] <= now - 1:
            self._ended.popleft()
        if self._under_way + len(self._ended) < _IN_A_SECOND:
            return 0.0
        return self._ended[0] + 1 - now if self._ended else _GAP

    def leaves(self) -> None:
        """A call goes out now."""
        self._under_way += 1

    def ended(self, now: float) -> None:
        """A call that went out was answered, or given up."""
        self._under_way -= 1
        self._ended.append(now)

    def learn(self, route: str, headers: Mapping[str, str], now: float) -> None:
        """Take over what an answer says of its bucket."""
        try:
            size = int(headers["X-RateLimit-Limit"])
            left = int(headers["X-RateLimit-Remaining"])
            after = float(headers["X-RateLimit-Reset-After"])
        except (KeyError, ValueError):
            return
        name = self._names.setdefault(route, headers.get("X-RateLimit-Bucket", route))
        known = self._bucket(route)
        window = max(after, known.window if known else 0.0)
        if known and known.resets > now:
            left = min(left, known.left)  # calls still under way are not in the answer yet
        self._buckets[_place(name, route)] = _Bucket(size, left, now + after, window)

    def refused(self, route: str, after: float, now: float, *, everywhere: bool) -> None:
        """A call was refused with 429: nothing of its kind before `after` seconds have passed."""
        if everywhere:
            self._paused_until = max(self._paused_until, now + after)
            return
        known = self._bucket(route)
        size, window = (known.size, known.window) if known else (1, after)
        name = self._names.setdefault(route, route)
        self._buckets[_place(name, route)] = _Bucket(size, 0, now + after, window)

    def _bucket(self, route: str) -> _Bucket | None:
        return self._buckets.get(_place(self._names.get(route, route), route))


def _place(name: str, route: str) -> str:
    """A bucket is counted for each channel by itself."""
    return f"{name} {route.rpartition(' ')[2]}"
