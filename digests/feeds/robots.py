"""Whether a host's robots.txt lets us read an article page: remembered a day, judged in the worker.

Feeds themselves are not subject to it: an operator asks for each by name, as a person would with
a reader. Pages are found by a program, and that is what robots.txt is for.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from digests.model import Clock, Fetched, FetchFailed, FetchOutcome, Trouble

AGENT = "Nightdesk"  # the name that robots.txt calls us by; the beginning of our User-Agent
MAX_RULES = 512 * 1024  # bytes; RFC 9309 (2.5) wants at least 500 KiB to be read
LIFE = timedelta(hours=24)  # RFC 9309 (2.4): no longer
AFTER_FAILURE = timedelta(hours=1)
MOST_HOSTS = 128  # pages of a desk lead to few; the oldest is forgotten first
_NO_RULES = b""
# Answers that say "there are none", as RFC 9309 (2.3.1.3) has it; any other failure closes.
_NONE_THERE = range(400, 500)


@dataclass(frozen=True, slots=True)
class Rules:
    """A host's file, or (`closed`) why nothing of the host may be read now."""

    until: datetime
    body: bytes = _NO_RULES
    closed: str = ""


@dataclass(slots=True)
class Robots:
    """The rules of hosts, each asked for once however many pages wait for it."""

    ask: Callable[[str], Awaitable[FetchOutcome]]
    clock: Clock
    _known: dict[str, Rules] = field(default_factory=dict)
    _locks: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def rules_for(self, url: str) -> Rules:
        """The rules of this page's host, fresh enough."""
        host = robots_url(url)
        async with self._locks.setdefault(host, asyncio.Lock()):
            known, now = self._known.get(host), self.clock.now()
            if known is None or not now < known.until <= now + LIFE:
                known = _rules(await self.ask(host), now)
                self._remember(host, known)
        return known

    def _remember(self, host: str, rules: Rules) -> None:
        self._known.pop(host, None)
        self._known[host] = rules
        while len(self._known) > MOST_HOSTS:
            oldest = next(iter(self._known))
            del self._known[oldest]
            if not self._locks[oldest].locked():
                del self._locks[oldest]


def robots_url(url: str) -> str:
    """Where the rules for a page stand; scheme, host and port are its own."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/robots.txt"


def permits(body: bytes, url: str) -> bool:
    """Whether rules let us read a page. Runs in the worker: patterns are a stranger's."""
    from protego import Protego  # noqa: PLC0415 - only the worker needs it

    return bool(Protego.parse(body.decode("utf-8", "replace")).can_fetch(url, AGENT))


def _rules(outcome: FetchOutcome, now: datetime) -> Rules:
    match outcome:
        case Fetched(document=document):
            return Rules(now + LIFE, document.body)
        case FetchFailed(trouble=Trouble.EMPTY):
            return Rules(now + LIFE)
        case FetchFailed(status=status, trouble=trouble) if (
            status in _NONE_THERE and trouble is not Trouble.RATE_LIMITED
        ):
            return Rules(now + LIFE)
        case FetchFailed(reason=reason):
            return Rules(now + AFTER_FAILURE, closed=f"its robots.txt could not be read: {reason}")
        case _:
            return Rules(now + AFTER_FAILURE, closed="its robots.txt made no sense")
