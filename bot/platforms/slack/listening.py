"""Socket Mode: the connection on which commands and button presses arrive.

An envelope is acknowledged the moment it is read, before anything is done about it: Slack gives
three seconds, and slack_bolt drops an acknowledgement that comes later without a word. Posting
never depends on this connection.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Coroutine, Mapping
from random import Random
from typing import Any

import aiohttp

from bot.platforms.slack.client import Web
from bot.platforms.slack.errors import Failure
from digests.model import Clock

log = logging.getLogger(__name__)

PING = 3.0  # seconds; a dead connection is noticed within half of it more

_STEADY = 10.0  # seconds; a connection that lived so long was a good one
_FIRST_WAIT = 0.25
_LONGEST_WAIT = 60.0
_REMEMBERED = 2_000  # envelopes, against repeated deliveries

Payload = Mapping[str, Any]
Handle = Callable[[str, Payload], Coroutine[Any, Any, None]]


class Listener:
    """Keeps one connection open and hands each new envelope on, once."""

    def __init__(
        self, web: Web, app_token: str, handle: Handle, clock: Clock, random: Random
    ) -> None:
        self._web = web
        self._app_token = app_token
        self._handle = handle
        self._clock = clock
        self._random = random
        self._seen: dict[str, None] = {}
        self._answering: set[asyncio.Task[None]] = set()
        self.connected = False

    async def run(self) -> None:
        """Connect, listen, and connect again when the connection ends; until cancelled."""
        failures = 0
        try:
            while True:
                began = self._clock.monotonic()
                reason = await self._listen()
                steady = self._clock.monotonic() - began >= _STEADY
                failures = 0 if steady else failures + 1
                # Slack renews each connection every few hours; only one that never was is news.
                level = logging.INFO if self.connected else logging.WARNING
                log.log(level, "slack: not listening for commands: %s", reason)
                self.connected = False
                await self._clock.sleep(self._wait(failures))
        finally:
            self.connected = False
            await self._stop_answering()

    async def _listen(self) -> str:
        """One connection from its opening to its end; returns why it ended."""
        opened = await self._web.ask(lambda c: c.apps_connections_open(app_token=self._app_token))
        if isinstance(opened, Failure):
            return f"SLACK_APP_TOKEN: {opened.reason}"
        try:
            async with self._web.session.ws_connect(opened.text("url"), heartbeat=PING) as socket:
                async for frame in socket:
                    if frame.type is aiohttp.WSMsgType.TEXT:
                        ended = await self._read(socket, frame.data)
                        if ended:
                            return ended
                return f"closed by Slack ({socket.close_code})"
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return type(error).__name__  # the message would name the one-time address

    async def _read(self, socket: aiohttp.ClientWebSocketResponse, text: str) -> str:
        """Take one message in; returns why the connection ends, "" when it goes on."""
        body = json.loads(text)
        kind = body.get("type", "")
        if kind == "hello":
            self.connected = True
            log.info("slack: listening for commands")
        elif kind == "disconnect":
            return str(body.get("reason", "disconnect"))
        elif envelope := body.get("envelope_id"):
            await socket.send_str(json.dumps({"envelope_id": envelope}))
            payload = body.get("payload") or {}
            once = payload.get("trigger_id") or payload.get("event_id") or envelope
            if self._is_new(str(envelope), str(once)):
                task = asyncio.create_task(self._handle(kind, payload))
                self._answering.add(task)
                task.add_done_callback(self._answering.discard)
        return ""

    def _is_new(self, *ids: str) -> bool:
        """Slack delivers an envelope again when it missed our acknowledgement."""
        new = not any(i in self._seen for i in ids)
        self._seen |= dict.fromkeys(ids)
        while len(self._seen) > _REMEMBERED:
            del self._seen[next(iter(self._seen))]
        return new

    def _wait(self, failures: int) -> float:
        if not failures:
            return 0.0
        longest = min(_FIRST_WAIT * 2.0 ** min(failures - 1, 16), _LONGEST_WAIT)
        return longest * self._random.uniform(0.5, 1.0)

    async def _stop_answering(self) -> None:
        for task in self._answering:
            task.cancel()
        await asyncio.gather(*self._answering, return_exceptions=True)
