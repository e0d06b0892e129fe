"""One call to Discord's REST interface, sent once, with a typed end.

Not through discord.py's own HTTP client: that one answers a 429 or a 5xx by sleeping and sending
again, holds a good answer back until its bucket is free, and after a cancelled wait for a global
limit never sends again. The outbox has to know what happened to each single request.
"""

import asyncio
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from email.utils import parsedate_to_datetime

import aiohttp

from bot.platforms.discord.errors import Answer, Lost, NotSent, Result, failed, pause
from bot.platforms.discord.limits import Limits
from digests.model import Clock

API = "https://discord.com/api/v10"
_AGENT = "DiscordBot (https://nightdesk.example, 0.1)"  # the form Discord asks for

TIMEOUT = 10.0
_CONNECT = 0.5  # of the time-out, until the first byte can go out
_PATIENCE = 0.5  # of the time-out, waiting for our own limits; who has to wait longer comes back
_LONGEST_GUESS = 60.0  # seconds to wait after 429s that do not say how long


class Rest:
    """The way out to Discord; safe to use from many tasks at once."""

    def __init__(
        self,
        token: str,
        clock: Clock,
        *,
        api: str = "",
        proxy: str = "",
        timeout: float = TIMEOUT,
    ) -> None:
        """`timeout`: seconds for one call, waiting for our own limits included."""
        self._token = token.strip()
        self._clock = clock
        self._api = (api or API).rstrip("/")
        self._proxy = proxy or None
        self._timeout = timeout
        self._limits = Limits()
        self._guesses = 0  # 429s in a row that did not say how long to wait
        self._session: aiohttp.ClientSession | None = None
        self.skew = timedelta()  # Discord's clock minus ours, as of the last answer

    def __repr__(self) -> str:
        """Without the token."""
        return f"Rest({self._api!r})"

    async def close(self) -> None:
        """Let go of the connections; a later call opens new ones."""
        session, self._session = self._session, None
        if session:
            await session.close()

    async def call(
        self,
        method: str,
        path: str,
        *,
        json_body: object = None,
        form: aiohttp.FormData | None = None,
        query: Mapping[str, str] | None = None,
        within: float | None = None,
    ) -> Result:
        """Send once and say how it ended. Raises nothing but cancellation."""
        route = _route(method, path)
        within = self._timeout if within is None else within
        began = self._clock.monotonic()
        if route and (delay := await self._held_up(route, within * _PATIENCE)):
            return NotSent("waiting for Discord's rate limit", timedelta(seconds=delay))
        try:
            async with asyncio.timeout(within - (self._clock.monotonic() - began)):
                with self._counted(route):
                    answer = await self._send(method, path, json_body, query, form)
        except (aiohttp.ClientError, ValueError) as error:
            return failed(error)
        except TimeoutError:
            return Lost(f"no answer within {within:g} s")
        except OSError as error:
            return failed(error)
        self._learn(route, answer)
        return answer

    async def _held_up(self, route: str, most: float) -> float:
        """Wait until our limits let the call out; 0, or seconds to come back in: not in time."""
        began = self._clock.monotonic()
        delay = self._limits.delay(route, began)
        if delay > most:
            return delay
        self._limits.take(route, began + delay)
        await self._clock.sleep(delay)
        while crowd := self._limits.crowd(now := self._clock.monotonic()):
            if now - began + crowd > most:
                return crowd
            await self._clock.sleep(crowd)
        return 0.0

    @contextmanager
    def _counted(self, route: str) -> Iterator[None]:
        """Around a call, however it ends: what is of no route counts in no second."""
        if not route:
            yield
            return
        self._limits.leaves()
        try:
            yield
        finally:
            self._limits.ended(self._clock.monotonic())

    async def _send(
        self,
        method: str,
        path: str,
        body: object,
        query: Mapping[str, str] | None,
        form: aiohttp.FormData | None,
    ) -> Answer:
        headers = {"Authorization": f"Bot {self._token}"} if _route(method, path) else {}
        async with self._open().request(
            method,
            self._api + path,
            json=body,
            data=form,
            params=query,
            headers=headers,
            proxy=self._proxy,
            allow_redirects=False,
        ) as response:
            raw = await response.read()
            return Answer(response.status, _decoded(raw), response.headers)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=None, connect=self._timeout * _CONNECT),
                headers={"User-Agent": _AGENT},
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    def _learn(self, route: str, answer: Answer) -> None:
        self._set_skew(answer.headers.get("Date", ""))
        if not route:
            return
        now = self._clock.monotonic()
        self._limits.learn(route, answer.headers, now)
        if answer.status == 429:  # noqa: PLR2004 - HTTP
            scope = answer.headers.get("X-RateLimit-Scope", "")
            # Without Discord's own body it is the front of the whole site that refuses us.
            everywhere = scope == "global" or not isinstance(answer.payload, dict)
            self._limits.refused(route, self._pause(answer), now, everywhere=everywhere)
        else:
            self._guesses = 0

    def _pause(self, answer: Answer) -> float:
        asked = pause(answer)
        if asked:
            return asked.total_seconds()
        self._guesses += 1
        return min(_LONGEST_GUESS, 0.5 * 2.0**self._guesses)

    def _set_skew(self, date: str) -> None:
        try:
            self.skew = parsedate_to_datetime(date) - self._clock.now()
        except (TypeError, ValueError):  # absent, broken, or without a zone
            return


def _route(method: str, path: str) -> str:
    """What Discord counts together; "" for interactions, which carry their own token.

    Those are outside the bot's limits: a flood of cards must not hold up an answer to a person.
    """
    head, *rest = path.strip("/").split("/")
    if head in {"interactions", "webhooks"}:
        return ""
    template = "/".join([head, *("*" if part.isdigit() else part for part in rest)])
    return f"{method} {template} {rest[0] if rest else '-'}"


def _decoded(raw: bytes) -> object:
    try:
        decoded: object = json.loads(raw)
    except (ValueError, RecursionError):  # a broken or hostile body; the status still counts
        return None
    return decoded
