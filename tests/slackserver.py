"""The wire of a Slack of our own on loopback: Web API, Socket Mode, response addresses, and their faults.

What people do there is in fakeslack.py, what it keeps in slackworkspace.py.
"""

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass
from email.utils import format_datetime
from itertools import count
from typing import Any, Self

from aiohttp import WSMsgType, web

from tests.slackfaults import REFUSALS, Fault, Faults
from tests.slackworkspace import Entry, Json, Method, Refuse, TooFast, Workspace

BOT_TOKEN = "xoxb-fake-bot-token"
APP_TOKEN = "xapp-fake-app-token"
ALL_SCOPES = (
    "chat:write,commands,channels:read,groups:read,channels:history,groups:history,"
    "im:history,im:write,files:write,users:read"
)
ACK_WITHIN = 3.0  # seconds; Slack's own
USES = 5  # of one response address


class NoAck(AssertionError):
    """The app did not acknowledge in time: people see a warning."""


@dataclass(frozen=True)
class Ack:
    """An envelope acknowledged."""

    envelope: str
    after: float  # seconds
    payload: object = None


class SlackServer(Workspace):
    """A workspace that a bot can connect to; its log is the judge."""

    def __init__(
        self,
        *,
        faults: Faults | None = None,
        slow: float = 0.5,  # seconds that a SLOW call takes
        scopes: str = ALL_SCOPES,
        **workspace: Any,
    ) -> None:
        super().__init__(**workspace)
        self.faults = faults or Faults()
        self.slow = slow
        self.scopes = scopes
        self.calls: list[str] = []  # methods, in the order asked
        self.acks: list[Ack] = []
        self.connections = 0  # sockets that were opened
        self.failing_connections = 0  # so many apps.connections.open fail from now on
        self.teams: dict[str, str] = {}  # of people of other workspaces, in a shared channel
        self.deaf_responses = 0  # so many uses of response addresses fail from now on
        self.stale_responses = 0  # so many uses of response addresses come too late from now on
        self._ids = count(1)
        self._tickets: set[str] = set()
        self._sockets: list[web.WebSocketResponse] = []
        self._connected = asyncio.Event()
        self._sent: dict[str, tuple[float, asyncio.Event]] = {}
        self._answers: dict[str, asyncio.Queue[Json]] = {}
        self._uses: dict[str, int] = {}
        self._runner: web.AppRunner | None = None
        self.port = 0

    # --- life ----------------------------------------------------------------------------------

    @property
    def api_url(self) -> str:
        """For SLACK_API_URL."""
        return f"http://127.0.0.1:{self.port}/api/"

    async def start(self) -> None:
        """Listen on a free port of 127.0.0.1."""
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self._on_api)
        app.router.add_get("/link/{ticket}", self._on_socket)
        app.router.add_post("/respond/{id}", self._on_respond)
        app.router.add_post("/upload/{id}", self._on_upload)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]
        self.upload_url = f"http://127.0.0.1:{self.port}/upload/"

    async def close(self) -> None:
        """Stop listening; `start` again listens on the same port."""
        for socket in [*self._sockets]:
            await socket.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    # --- what reaches the bot ------------------------------------------------------------------

    async def envelope(self, kind: str, payload: Json, *, times: int = 1, name: str = "") -> Ack:
        """Deliver an envelope, perhaps more than once; returns the first acknowledgement."""
        name = name or f"envelope-{next(self._ids)}"
        body = {"envelope_id": name, "type": kind, "payload": payload}
        sent, acked = self.clock.monotonic(), asyncio.Event()
        self._sent[name] = (sent, acked)
        await self.connected()
        for _ in range(times):
            await self._sockets[-1].send_json(body | {"accepts_response_payload": True})
        try:
            await asyncio.wait_for(acked.wait(), ACK_WITHIN)
        except TimeoutError:
            raise NoAck(f"{kind} {payload.get('text', '')!r} was not acknowledged") from None
        return next(ack for ack in self.acks if ack.envelope == name)

    async def connected(self, within: float = 10.0) -> None:
        """Wait until the bot listens."""
        await asyncio.wait_for(self._connected.wait(), within)

    def _response_address(self) -> tuple[asyncio.Queue[Json], str]:
        name = f"r{next(self._ids)}"
        self._answers[name] = asyncio.Queue()
        return self._answers[name], f"http://127.0.0.1:{self.port}/respond/{name}"

    # --- Slack's own doings ------------------------------------------------------------------------

    async def ask_to_reconnect(self) -> None:
        """What Slack does every few hours."""
        await self._sockets[-1].send_json({"type": "disconnect", "reason": "refresh_requested"})

    def cut_connections(self) -> None:
        """The network goes, without a goodbye."""
        for socket in [*self._sockets]:
            request = socket._req
            if request is not None and request.transport is not None:
                request.transport.abort()

    # --- the wire ----------------------------------------------------------------------------------

    async def _on_api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        self.calls.append(method)
        fault = self.faults.next(method)
        if fault is Fault.DROP_UNREAD:
            return self._drop(request)
        args = await self._args(request)
        if fault is Fault.SLOW:
            await asyncio.sleep(self.slow)
        if fault is not None and not fault.done:
            return self._failing(fault)
        answer = self._do(method, request, args)
        return answer if fault is None else self._mangled(request, fault, answer)

    async def _args(self, request: web.Request) -> Json:
        args: Json = dict(request.query)
        if request.content_type == "application/json":
            args |= json.loads(await request.read())
        elif request.method == "POST":
            args |= dict(await request.post())
        if "token" in args:
            self.violations.append("a token outside the Authorization header")
        return args

    def _do(self, method: str, request: web.Request, args: Json) -> web.Response:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        try:
            return self._json({"ok": True} | self._method(method, token)(args))
        except Refuse as refused:
            return self._json({"ok": False, "error": refused.code} | refused.more)
        except TooFast as fast:
            body = {"ok": False, "error": "ratelimited"}
            return self._json(body, 429, {"Retry-After": str(fast.after)})

    def _method(self, method: str, token: str) -> Method:
        opening = method == "apps.connections.open"
        if token != (APP_TOKEN if opening else BOT_TOKEN):
            raise Refuse("invalid_auth")
        if opening:
            return self._open_socket
        if method not in self.methods:
            raise Refuse("unknown_method")
        return self.methods[method]

    def _json(
        self, body: object, status: int = 200, more: dict[str, str] | None = None
    ) -> web.Response:
        headers = {
            "Date": format_datetime(self.now(), usegmt=True),
            "X-OAuth-Scopes": self.scopes,
        }
        return web.json_response(body, status=status, headers=headers | (more or {}))

    def _failing(self, fault: Fault) -> web.Response:
        limited = {"ok": False, "error": "ratelimited"}
        page = web.Response(text="<html>Busy</html>", content_type="text/html", status=503)
        match fault:
            case Fault.ERROR_500:
                return self._json({"ok": False, "error": "internal_error"}, 500)
            case Fault.ERROR_503:
                return page
            case Fault.LIMITED:
                return self._json(limited, 429, {"Retry-After": "1"})
            case Fault.LIMITED_NO_HEADER:
                return self._json(limited, 429)
            case Fault.LIMITED_ABSURD:
                return self._json(limited, 429, {"Retry-After": "1e12"})
            case Fault.LIMITED_NO_BODY:
                page.set_status(429)
                page.headers["Retry-After"] = "1"
                return page
            case _:
                more = {"errors": ["no [json-pointer:/blocks/0]"]}
                return self._json({"ok": False, "error": REFUSALS[fault]} | more)

    def _mangled(
        self, request: web.Request, fault: Fault, answer: web.Response
    ) -> web.StreamResponse:
        """Slack did it, but its answer goes wrong."""
        body = answer.body if isinstance(answer.body, bytes) else b""
        match fault:
            case Fault.DROP_ACCEPTED:
                return self._drop(request)
            case Fault.ERROR_500_AFTER:
                return self._json({"ok": False, "error": "internal_error"}, 500)
            case Fault.ERROR_502_AFTER:
                return web.Response(text="<html>", content_type="text/html", status=502)
            case Fault.HALF_BODY:
                return self._half(request, body)
            case Fault.BROKEN_JSON:
                answer.body = body[:-2]
            case Fault.NO_JSON_OBJECT:
                answer.body = b'["ok"]'
            case Fault.EMPTY_BODY:
                answer.body = b""
            case Fault.PLAIN_BODY:
                return web.Response(text="ok")
            case Fault.NO_TS:
                return self._json({"ok": True})
            case Fault.INTERNAL | Fault.FATAL:
                code = "internal_error" if fault is Fault.INTERNAL else "fatal_error"
                return self._json({"ok": False, "error": code})
            case _:
                pass
        return answer

    def _drop(self, request: web.Request) -> web.Response:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    def _half(self, request: web.Request, body: bytes) -> web.Response:
        """The head promises all of the body; the connection ends in the middle of it."""
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        if request.transport is not None:
            request.transport.write(head.encode() + b"\r\n\r\n" + body[: len(body) // 2])
            request.transport.close()
        return web.Response()

    async def _on_upload(self, request: web.Request) -> web.Response:
        if "Authorization" in request.headers:
            self.violations.append("upload: a token where none belongs")
        done = self.uploaded(request.match_info["id"], await request.read())
        return web.Response(text="OK", status=200 if done else 404)

    async def _on_respond(self, request: web.Request) -> web.Response:
        name = request.match_info["id"]
        if self.deaf_responses:
            self.deaf_responses -= 1
            return self._drop(request)
        if self.stale_responses:
            self.stale_responses -= 1
            return web.Response(text="expired_url", status=404)
        self._uses[name] = self._uses.get(name, 0) + 1
        if name not in self._answers or self._uses[name] > USES:
            return web.Response(text="used_url", status=404)
        body = await request.json()
        self.judge("respond", body)
        if body.get("response_type") != "ephemeral":
            self.violations.append("respond: everybody would see it")
        self.log.append(Entry("responded", name, self.stamp(), body))
        self._answers[name].put_nowait(body)
        return web.Response(text="ok")

    # --- Socket Mode ---------------------------------------------------------------------------------

    def _open_socket(self, _: Json) -> Json:
        if self.failing_connections:
            self.failing_connections -= 1
            raise Refuse("internal_error")
        ticket = f"ticket-{next(self._ids)}"
        self._tickets.add(ticket)
        return {"url": f"ws://127.0.0.1:{self.port}/link/{ticket}"}

    async def _on_socket(self, request: web.Request) -> web.StreamResponse:
        ticket = request.match_info["ticket"]
        if ticket not in self._tickets:
            return web.Response(status=404)
        self._tickets.remove(ticket)  # good for one connection only
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.connections += 1
        await socket.send_json({"type": "hello", "num_connections": 1})
        self._sockets.append(socket)
        self._connected.set()
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    self._acknowledged(json.loads(frame.data))
        finally:
            with suppress(ValueError):
                self._sockets.remove(socket)
            if not self._sockets:
                self._connected.clear()
        return socket

    def _acknowledged(self, body: Json) -> None:
        name = body["envelope_id"]
        sent, acked = self._sent[name]
        self.acks.append(Ack(name, self.clock.monotonic() - sent, body.get("payload")))
        acked.set()
