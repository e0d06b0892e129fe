"""The stand-in's gateway: sessions that resume, events compressed as one stream, and its faults."""

import asyncio
import contextlib
import json
import zlib
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.fakediscord.shapes import guild_object, ready
from tests.fakediscord.world import World

_PRIVILEGED = (1 << 1) | (1 << 8) | (1 << 15)


@dataclass
class Session:
    """What the server remembers of a client between two connections."""

    id: str
    sequence: int = 0
    sent: list[str] = field(default_factory=list)  # for RESUME


class _Connection:
    def __init__(self, socket: web.WebSocketResponse, *, compress: bool) -> None:
        self.socket = socket
        self.session: Session | None = None
        self._zlib = zlib.compressobj() if compress else None

    async def send(self, text: str) -> None:
        with contextlib.suppress(ConnectionError):  # it may be gone; RESUME tells it again
            if self._zlib is None:
                await self.socket.send_str(text)
                return
            packed = self._zlib.compress(text.encode()) + self._zlib.flush(zlib.Z_SYNC_FLUSH)
            await self.socket.send_bytes(packed)


class Gateway:
    """Where events go out. Set `refuse`, `double` or `late` before something is told."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._sessions: dict[str, Session] = {}
        self._open: list[_Connection] = []
        self.url = ""
        self.refuse = False  # answer 503 to whoever connects
        self.double = False  # tell every event twice
        self.late = 0.0  # seconds before an event is told
        self.heartbeat = 41.25
        self.identified = asyncio.Event()
        self.identifies: list[dict[str, Any]] = []
        self.resumes = 0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One connection."""
        if self.refuse:
            return web.Response(status=503)
        socket = web.WebSocketResponse(autoping=True)
        await socket.prepare(request)
        connection = _Connection(socket, compress=request.query.get("compress") == "zlib-stream")
        self._open.append(connection)
        try:
            await self._control(connection, 10, {"heartbeat_interval": self.heartbeat * 1000})
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    await self._receive(connection, json.loads(frame.data))
        finally:
            self._open.remove(connection)
        return socket

    async def dispatch(self, event: str, data: object) -> None:
        """Tell an event to every session that is connected; remember it for the others."""
        await asyncio.sleep(self.late)
        for _ in range(2 if self.double else 1):
            for session in self._sessions.values():
                await self._tell(session, event, data)

    # --- faults -------------------------------------------------------------------------

    async def reconnect(self) -> None:
        """Ask the clients to connect again (op 7)."""
        await self._all(7, None)

    async def invalidate(self, *, resumable: bool) -> None:
        """End the sessions (op 9)."""
        if not resumable:
            self._sessions.clear()
        await self._all(9, resumable)

    async def close(self, code: int) -> None:
        """Close every connection with a code."""
        for connection in list(self._open):
            await connection.socket.close(code=code)

    def abort(self) -> None:
        """Cut every connection without a goodbye."""
        for connection in list(self._open):
            transport = connection.socket._req.transport if connection.socket._req else None
            if transport is not None:
                transport.abort()

    async def garbage(self) -> None:
        """Tell an event that the library cannot parse."""
        await self.dispatch("INTERACTION_CREATE", {"type": 3})

    # --- the protocol -------------------------------------------------------------------

    async def _receive(self, connection: _Connection, frame: dict[str, Any]) -> None:
        match frame["op"]:
            case 1:
                await self._control(connection, 11, None)
            case 2:
                await self._identify(connection, frame["d"])
            case 6:
                await self._resume(connection, frame["d"])

    async def _identify(self, connection: _Connection, asked: dict[str, Any]) -> None:
        self._world.note("identify", "asked", body={"intents": asked["intents"]})
        self.identifies.append(asked)
        if asked["token"] != self._world.token or not self._world.token_valid:
            await connection.socket.close(code=4004)
            return
        if asked["intents"] & _PRIVILEGED:
            self._world.violations.append(f"privileged intents asked: {asked['intents']}")
            await connection.socket.close(code=4014)
            return
        session = Session(f"session{len(self.identifies)}")
        self._sessions = {session.id: session}
        connection.session = session
        await self._tell(session, "READY", ready(self._world, session.id, self.url))
        for guild in self._world.guilds:
            await self._tell(session, "GUILD_CREATE", guild_object(self._world, guild))
        self.identified.set()

    async def _resume(self, connection: _Connection, asked: dict[str, Any]) -> None:
        session = self._sessions.get(asked["session_id"])
        self._world.note("resume", "known" if session else "unknown")
        if session is None:
            await self._control(connection, 9, data=False)
            return
        self.resumes += 1
        connection.session = session
        for text in session.sent[asked["seq"] or 0 :]:
            await connection.send(text)
        await self._tell(session, "RESUMED", {})

    async def _tell(self, session: Session, event: str, data: object) -> None:
        session.sequence += 1
        text = json.dumps({"op": 0, "t": event, "s": session.sequence, "d": data})
        session.sent.append(text)
        for connection in [c for c in self._open if c.session is session]:
            await connection.send(text)

    async def _all(self, op: int, data: object) -> None:
        for connection in list(self._open):
            await self._control(connection, op, data)

    async def _control(self, connection: _Connection, op: int, data: object) -> None:
        await connection.send(json.dumps({"op": op, "d": data, "s": None, "t": None}))
