"""When the database refuses: said once as it begins and once when it is over, not at each attempt."""

import threading
from dataclasses import dataclass, field

CALM = 30.0  # seconds without a refusal: on a full disk small things still go through


@dataclass(slots=True)
class Trouble:
    """Of one kind of work: `doing` is "written" or "read". Used by several threads."""

    doing: str
    _reason: str = ""
    _refused: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def after(self, reason: str, now: float) -> str:
        """What is worth saying after one more attempt, mostly ""; no reason means it went well.

        `now`: monotonic seconds.
        """
        with self._lock:
            return self._refusal(reason, now) if reason else self._success(now)

    def _refusal(self, reason: str, now: float) -> str:
        known, self._reason, self._refused = self._reason, reason, now
        if reason == known:
            return ""
        return f"cannot be {self.doing}: {reason}. Nothing is lost: the bot tries until it works"

    def _success(self, now: float) -> str:
        if not self._reason or now - self._refused < CALM:
            return ""
        self._reason = ""
        return f"is {self.doing} again"
