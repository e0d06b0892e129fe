"""What can go wrong on the way: planned for the next calls, or by seeded chance."""

import asyncio
import json
from collections import deque
from collections.abc import Mapping
from random import Random

from aiohttp import web

# The message is accepted, and the answer does not tell.
AFTER = (
    "drop_after",
    "half",
    "broken",
    "no_id",
    "half_closed",
    "late",
    "500_after",
    "502_after",
    "503_after",
    "504_after",
)
# Nothing is accepted.
BEFORE = (
    "drop_before",
    "500_before",
    "502_before",
    "503_before",
    "504_before",
    "429",
    "429_global",
    "429_shared",
    "429_cloudflare",
    "429_bare",
    "429_absurd",
    "429_broken",
)
SLOW = ("slow",)  # accepted only when the client has left
FLIPS = ("400", "401", "403", "404", "teapot", "html_403")
ALL = (*BEFORE, *AFTER, *SLOW, *FLIPS)

_ERRORS = {
    "400": (400, 50035, "Invalid Form Body"),
    "401": (401, 0, "401: Unauthorized"),
    "403": (403, 50001, "Missing Access"),
    "404": (404, 10003, "Unknown Channel"),
    "teapot": (418, 999999, "Something new"),
}


class Faults:
    """Which fault the next call of a kind suffers; "" is none."""

    def __init__(
        self, seed: int, rates: Mapping[str, float], *, pause: float, slow: float
    ) -> None:
        self._random = Random(seed)
        self.rates = dict(rates)
        self.pause = pause  # seconds a 429 asks for
        self.slow = slow  # seconds until a slow accept, longer than the client waits
        self._planned: dict[str, deque[str]] = {}

    def plan(self, *names: str, on: str = "create") -> None:
        """The next calls of this kind suffer these, in order; "" spares one."""
        assert all(name in ALL or not name for name in names), names
        self._planned.setdefault(on, deque()).extend(names)

    def next(self, kind: str) -> str:
        """The fault of this call."""
        planned = self._planned.get(kind)
        if planned:
            return planned.popleft()
        if kind != "create" and not self.rates.get(f"{kind}:"):
            return ""
        dice = self._random.random()
        for name, rate in self.rates.items():
            if name not in ALL:
                continue
            dice -= rate
            if dice < 0:
                return name
        return ""

    async def before(self, name: str, request: web.Request) -> web.StreamResponse | None:
        """The answer of a fault that accepts nothing, None when the call goes on."""
        if name == "drop_before":
            return drop(request)
        if name.endswith("_before"):
            return error(int(name[:3]), 0, "upstream")
        if name.startswith("429"):
            return self._limited(name)
        if name == "html_403":
            return web.Response(status=403, text="<html>blocked</html>", content_type="text/html")
        if name in _ERRORS:
            return error(*_ERRORS[name])
        if name == "slow":
            await asyncio.sleep(self.slow)
        return None

    async def after(
        self, name: str, request: web.Request, answer: web.Response
    ) -> web.StreamResponse:
        """The good answer, or what is left of it."""
        if name == "drop_after":
            return drop(request)
        if name == "half_closed":
            assert request.transport is not None
            request.transport.write_eof()
            await asyncio.sleep(self.slow)
            return drop(request)
        if name == "late":
            await asyncio.sleep(self.slow)
        if name.endswith("_after"):
            return error(int(name[:3]), 0, "upstream")
        if name == "half":
            return await _half(request, answer)
        if name == "broken":
            return web.Response(body=b'{"id": "12', content_type="application/json")
        if name == "no_id":
            return web.Response(body=b"{}", content_type="application/json")
        return answer

    def _limited(self, name: str) -> web.Response:
        if name == "429_bare":
            return web.Response(status=429)
        if name == "429_cloudflare":
            headers = {"Retry-After": str(self.pause)}
            return web.Response(status=429, text="<html>1015</html>", headers=headers)
        said: object = {"429_absurd": 1e12, "429_broken": "soon"}.get(name, self.pause)
        scope = {"429_global": "global", "429_shared": "shared"}.get(name, "user")
        return limited(said, scope)


def json_response(
    payload: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    """JSON as Discord sends it: without a charset, which discord.py would not take for JSON."""
    body = json.dumps(payload).encode()
    return web.Response(body=body, status=status, headers=headers, content_type="application/json")


def error(status: int, code: int, message: str, errors: object = None) -> web.Response:
    """Discord's error object."""
    more = {"errors": errors} if errors else {}
    return json_response({"message": message, "code": code, **more}, status)


def limited(after: object, scope: str) -> web.Response:
    """A 429 in Discord's own form."""
    headers = {"Via": "1.1 google", "Retry-After": str(after), "X-RateLimit-Scope": scope}
    said = {
        "message": "You are being rate limited.",
        "retry_after": after,
        "global": scope == "global",
    }
    return json_response(said, 429, headers)


def drop(request: web.Request) -> web.Response:
    """Cut the connection without a word."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _half(request: web.Request, answer: web.Response) -> web.StreamResponse:
    body = answer.body
    assert isinstance(body, bytes)
    headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    stream = web.StreamResponse(headers=headers)
    await stream.prepare(request)
    await stream.write(body[: len(body) // 2])
    return drop(request)
