"""How each host is asked: one request at a time, spaced, and not at all while it wants peace."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from urllib.parse import urlsplit

from digests.feeds.pace import CLOCK_SLACK, LONGEST_RETRY, host_pause, retry_after
from digests.model import Clock, FetchFailed, FetchOutcome, Trouble
from digests.text.links import registrable_domain

SPACING = 2.0  # seconds between two requests to one host: a person clicks faster
# When so many hosts of one service limit us, the service does, under whatever names it stands.
_HOSTS_OF_A_SERVICE = 3
# A bridge serves other people's feeds: one that is unavailable says nothing of the others yet.
_FEEDS_OF_A_BRIDGE = 2
_MOST_GATES = 512  # article pages lead to hosts that are never asked again


@dataclass
class _Gate:
    """The queue before one host."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0  # who wait or are at it
    ready_at: float = float("-inf")  # monotonic


class Hosts:
    """The memory of how hosts want to be asked; pauses outlive a restart when they are saved.

    A pause is known by its host (with the port when it is written), or by `*.` and the domain
    when it holds for all hosts of a service.
    """

    def __init__(
        self,
        clock: Clock,
        random: Random,
        *,
        spacing: float = SPACING,
        pauses: Mapping[str, datetime] | None = None,
    ) -> None:
        self._clock = clock
        self._random = random
        self._spacing = spacing
        self._pauses = dict(pauses or {})
        self._gates: dict[str, _Gate] = {}
        self._limits: dict[str, int] = {}  # 429s in a row, by host
        self._unavailable: dict[str, dict[str, datetime]] = {}  # host, URL: until when

    @property
    def pauses(self) -> Mapping[str, datetime]:
        """Every pause that is not over; one longer than any we keep means that the clock jumped."""
        now = self._clock.now()
        longest = now + LONGEST_RETRY + CLOCK_SLACK
        self._pauses = {n: until for n, until in self._pauses.items() if now < until <= longest}
        return self._pauses

    def paused_until(self, url: str) -> datetime | None:
        """Until when nothing of this URL's host may be asked; None when it may be now."""
        pauses = self.pauses
        found = pauses.get(host_of(url))
        if any(name.startswith("*.") for name in pauses):  # rare, and domains cost a long list
            others = pauses.get(_service(url))
            found = max((until for until in (found, others) if until), default=None)
        return found

    @asynccontextmanager
    async def turn(self, url: str) -> AsyncIterator[datetime | None]:
        """Wait for our turn at the host; the next one's comes a while after we are done.

        Gives the end of the host's pause when it is on one: then nothing may be asked.
        """
        gate = self._gates.setdefault(host_of(url), _Gate())
        gate.users += 1
        try:
            async with gate.lock:
                until = self.paused_until(url)  # maybe since we began to wait
                if until is not None:
                    yield until
                    return
                await self._clock.sleep(gate.ready_at - self._clock.monotonic())
                try:
                    yield None
                finally:
                    gate.ready_at = self._clock.monotonic() + self._spacing
        finally:
            gate.users -= 1
            self._forget_idle()

    def heard(self, url: str, outcome: FetchOutcome) -> datetime | None:
        """Learn from an answer of the host; until when it is left alone for it, if at all."""
        host = host_of(url)
        until = host_pause(
            outcome,
            failures=self._limits.get(host, 0),
            now=self._clock.now(),
            jitter=self._random.random(),
        )
        if until is not None:
            self._limits[host] = self._limits.get(host, 0) + 1
            self._pause(host, until)
            self._pause_service(url, until)
            return until
        self._limits.pop(host, None)
        self._note_unavailable(host, url, outcome)
        return None

    def _pause(self, name: str, until: datetime) -> None:
        self._pauses[name] = max(until, self._pauses.get(name, until))

    def _pause_service(self, url: str, until: datetime) -> None:
        service = _service(url)
        hosts = [name for name in self.pauses if not name.startswith("*.")]
        if sum(_service(f"https://{host}/") == service for host in hosts) >= _HOSTS_OF_A_SERVICE:
            self._pause(service, until)

    def _note_unavailable(self, host: str, url: str, outcome: FetchOutcome) -> None:
        now = self._clock.now()
        before = self._unavailable.pop(host, {})
        feeds = {feed: until for feed, until in before.items() if until > now and feed != url}
        wait = _asked_wait(outcome)
        if wait is not None:
            feeds[url] = now + wait
        if feeds:
            self._unavailable[host] = feeds
        if len(feeds) >= _FEEDS_OF_A_BRIDGE:
            self._pause(host, max(feeds.values()))

    def _forget_idle(self) -> None:
        if len(self._gates) <= _MOST_GATES:
            return
        now = self._clock.monotonic()
        self._gates = {h: g for h, g in self._gates.items() if g.users or g.ready_at > now}


def _asked_wait(outcome: FetchOutcome) -> timedelta | None:
    """How long an unavailable feed asked us to stay away, within reason."""
    if isinstance(outcome, FetchFailed) and outcome.trouble is Trouble.UNAVAILABLE:
        return retry_after(outcome.hints)
    return None


def host_of(url: str) -> str:
    """The host as the server sees it, with its port when one is written."""
    return urlsplit(url).netloc.rpartition("@")[2].lower()


def _service(url: str) -> str:
    return f"*.{registrable_domain(url)}"
