"""How a feed stands, as a value that can be put into the words of any language."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from digests.model.acquiring import Trouble


class Condition(StrEnum):
    """How a feed stands; the first that applies, from the top."""

    NEW = "new"  # never asked
    PAUSED = "paused"  # by an editor
    GONE = "gone"  # 410
    BLOCKED = "blocked"  # by a bot wall
    CLOSED = "closed"  # 401, 403: credentials
    REFUSED = "refused"  # we do not go there: address rules, a downgrade, a bad address
    NO_FEED = "no feed"  # a page, or something unreadable
    MISSING = "missing"  # 404
    WAITING = "waiting"  # the host asked for peace
    FAILING = "failing"  # anything else, since
    ASTRAY = "astray"  # redirects for good to another feed
    MOVED = "moved"  # asked at its new address
    SLOW = "slow"  # was killed in the worker before
    SILENT = "silent"  # nothing new for much longer than usual
    WELL = "well"


@dataclass(frozen=True, slots=True)
class Health:
    """How a feed stands, and what its words need; see cards/health.py."""

    condition: Condition
    since: datetime | None = None
    trouble: Trouble | None = None
    reason: str = ""  # of the trouble, one line
    failures: int = 0  # in a row
    url: str = ""  # as the file has it
    target: str = ""  # where it redirects to
    until: datetime | None = None  # its host asked to wait
    apart: timedelta | None = None  # its entries are usually
