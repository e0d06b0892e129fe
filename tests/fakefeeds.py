"""A publisher on loopback: documents in versions, validators, and every fault publishers have.

async with FakeFeeds({"/feed": rss("First story")}) as publisher:   # in the test's own loop
with FakeFeeds(folder).in_background() as publisher:                # beside another process

publisher.publish("/feed", rss("Second story", "First story"))      # the next version
publisher.fault("/feed", rate_limited("120"), times=1)
assert [asked.status for asked in publisher.asked("/feed")] == [200, 304, 429]
"""

import asyncio
import contextlib
import gzip
import hashlib
import itertools
import mimetypes
import ssl
import threading
import time
import zlib
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path
from typing import Self

import brotli
from aiohttp import web

RSS = "application/rss+xml; charset=utf-8"
HTML = "text/html; charset=utf-8"
FIRST = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)  # Last-Modified of every first version

Fault = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Version:
    """What a path serves between two publications."""

    body: bytes
    content_type: str = RSS
    etag: str = ""
    last_modified: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Asked:
    """One request, as it arrived, and the status it got (0: none yet, or no HTTP at all)."""

    at: float  # time.monotonic()
    method: str
    path: str  # with its query
    raw_headers: tuple[tuple[bytes, bytes], ...]
    status: int = 0

    def header(self, name: str) -> bytes | None:
        """The header's bytes, None when it was not sent."""
        return next((v for k, v in self.raw_headers if k.lower() == name.lower().encode()), None)

    @property
    def conditional(self) -> bool:
        """Whether the asker sent validators."""
        return bool(self.header("If-None-Match") or self.header("If-Modified-Since"))


@dataclass
class _Place:
    versions: list[Version]
    current: int = 0
    faults: list[tuple[Fault, Iterator[object]]] = field(default_factory=list)


class FakeFeeds:
    """Serves a mapping of path to document (or to successive documents), or a folder.

    `hosts`: addresses of 127.0.0.0/8 to listen on; each is another publisher to a poller.
    """

    def __init__(
        self,
        documents: Mapping[str, bytes | str | Sequence[bytes | str]] | Path | None = None,
        *,
        tls: ssl.SSLContext | None = None,
        hosts: Sequence[str] = ("127.0.0.1",),
    ) -> None:
        self._hosts = hosts
        self._places: dict[str, _Place] = {}
        self._folder = documents if isinstance(documents, Path) else None
        self._log: list[Asked] = []
        self._tls = tls
        self._runner: web.AppRunner | None = None
        self.port = 0
        if not isinstance(documents, Path):
            for path, bodies in (documents or {}).items():
                self.serve(path, *([bodies] if isinstance(bodies, bytes | str) else bodies))

    # --- what the test does -------------------------------------------------------------

    def url(self, path: str = "/feed", *, host: str = "127.0.0.1") -> str:
        """The address of a path."""
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}{path}"

    def forget(self) -> None:
        """Let go of what was asked and of versions that are served no more."""
        self._log.clear()
        for place in self._places.values():
            del place.versions[: place.current]
            place.current = 0

    def serve(
        self,
        path: str,
        *bodies: bytes | str,
        content_type: str = RSS,
        etag: bool | str = True,
        last_modified: bool | str = True,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Successive versions of a path; the first one stands until `advance` or `publish`."""
        made = [
            _version(i, body, content_type, etag, last_modified, headers or {})
            for i, body in enumerate(bodies)
        ]
        self._places[path] = _Place(made)

    def publish(self, path: str, body: bytes | str, **how) -> None:
        """A further version, at once; `how` as in `serve`."""
        place = self._places.get(path)
        if place is None:
            self.serve(path, body, **how)
            return
        kind = how.get("content_type", place.versions[-1].content_type)
        place.versions.append(
            _version(
                len(place.versions),
                body,
                kind,
                how.get("etag", True),
                how.get("last_modified", True),
                how.get("headers") or {},
            )
        )
        place.current = len(place.versions) - 1

    def advance(self, path: str) -> bool:
        """Go to the next version; False when the last one already stands."""
        place = self._places[path]
        if place.current + 1 >= len(place.versions):
            return False
        place.current += 1
        return True

    def page(self, path: str, html: str) -> None:
        """An article page."""
        self.serve(path, html, content_type=HTML)

    def fault(self, path: str, fault: Fault, *, times: int | None = None) -> None:
        """Answer the next `times` requests (None: all) with a fault; faults queue up."""
        place = self._places.setdefault(path, _Place([Version(b"")]))
        left = itertools.repeat(None) if times is None else itertools.repeat(None, times)
        place.faults.append((fault, left))

    def version(self, path: str) -> Version:
        """What an honest answer for a path would be now."""
        place = self._places[path]
        return place.versions[place.current]

    def heal(self, path: str) -> None:
        """Forget the faults of a path."""
        self._places[path].faults.clear()

    def asked(self, path: str | None = None) -> list[Asked]:
        """Every request so far, or those for one path (query apart)."""
        return [a for a in self._log if path is None or a.path.partition("?")[0] == path]

    # --- life ---------------------------------------------------------------------------

    async def start(self) -> None:
        """Listen on a free port of 127.0.0.1."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1
        )
        await self._runner.setup()
        for host in self._hosts:  # all on one port
            site = web.TCPSite(self._runner, host, self.port, ssl_context=self._tls)
            await site.start()
            self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Close; hanging answers are cut."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_) -> None:
        await self.stop()

    @contextlib.contextmanager
    def in_background(self) -> Iterator[Self]:
        """In a thread with a loop of its own, for tests whose bot is another process."""
        ready = threading.Event()
        life: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
        failed: list[BaseException] = []

        async def live() -> None:
            async with self:
                done = asyncio.Event()
                life.append((asyncio.get_running_loop(), done))
                ready.set()
                await done.wait()

        def run() -> None:
            try:
                asyncio.run(live())
            except BaseException as error:  # noqa: BLE001 - told to the test below
                failed.append(error)
            finally:
                ready.set()

        thread = threading.Thread(target=run, name="fakefeeds", daemon=True)
        thread.start()
        ready.wait(10)
        if failed:
            raise failed[0]
        try:
            yield self
        finally:
            loop, done = life[0]
            loop.call_soon_threadsafe(done.set)
            thread.join(10)

    # --- answering ----------------------------------------------------------------------

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        asked = Asked(time.monotonic(), request.method, request.path_qs, request.raw_headers)
        self._log.append(asked)
        response = await self._made(request)
        asked.status = response.status
        return response

    async def _made(self, request: web.Request) -> web.StreamResponse:
        place = self._places.get(request.path) or self._from_folder(request.path)
        if place is None:
            return web.Response(status=404, text="nothing here")
        while place.faults:
            fault, left = place.faults[0]
            if next(left, place) is place:  # used up
                place.faults.pop(0)
                continue
            return await fault(request)
        return plain_answer(request, place.versions[place.current])

    def _from_folder(self, path: str) -> _Place | None:
        if self._folder is None:
            return None
        file = (self._folder / path.lstrip("/")).resolve()
        if not file.is_relative_to(self._folder.resolve()) or not file.is_file():
            return None
        kind = mimetypes.guess_type(file.name)[0] or RSS
        return _Place([_version(0, file.read_bytes(), kind, True, True, {})])


def plain_answer(request: web.Request, version: Version) -> web.Response:
    """What an honest server does: 304 when the validators match, else the document, coded."""
    headers = dict(version.headers)
    if version.etag:
        headers["ETag"] = version.etag
    if version.last_modified:
        headers["Last-Modified"] = version.last_modified
    if _unchanged(request, version):
        return web.Response(status=304, headers=headers)
    body = version.body
    codings = request.headers.get("Accept-Encoding", "")
    if "Content-Encoding" not in headers and len(body) > 200:
        if "br" in codings:
            body, headers["Content-Encoding"] = brotli.compress(body, quality=4), "br"
        elif "gzip" in codings:
            body, headers["Content-Encoding"] = gzip.compress(body, 4), "gzip"
    headers["Content-Type"] = version.content_type
    return web.Response(body=body, headers=headers)


def _unchanged(request: web.Request, version: Version) -> bool:
    """If-None-Match wins over If-Modified-Since when both are sent (RFC 9110, 13.2.2)."""
    tag = request.headers.get("If-None-Match")
    if tag is not None:
        return bool(version.etag) and tag.removeprefix("W/") == version.etag.removeprefix("W/")
    since = request.headers.get("If-Modified-Since")
    return bool(version.last_modified) and since == version.last_modified


def _version(
    number: int,
    body: bytes | str,
    content_type: str,
    etag: bool | str,
    last_modified: bool | str,
    headers: Mapping[str, str],
) -> Version:
    body = body.encode() if isinstance(body, str) else body
    if etag is True:
        etag = f'"{hashlib.blake2b(body, digest_size=8).hexdigest()}"'
    if last_modified is True:
        last_modified = format_datetime(FIRST + timedelta(minutes=number), usegmt=True)
    return Version(body, content_type, etag or "", last_modified or "", headers)


# --- documents -------------------------------------------------------------------------------


def item(
    title: str,
    *,
    link: str = "",
    guid: str | None = None,
    text: str = "",
    published: datetime | None = None,
) -> str:
    """One RSS item; its link and guid follow from the title unless given (guid "" leaves it out)."""
    slug = "-".join(title.lower().split())
    parts = [f"<title>{escape(title)}</title>"]
    parts.append(f"<link>{escape(link or f'https://news.example/{slug}')}</link>")
    if guid != "":
        parts.append(f'<guid isPermaLink="false">{escape(guid or slug)}</guid>')
    if published is not None:
        parts.append(f"<pubDate>{format_datetime(published, usegmt=True)}</pubDate>")
    if text:
        parts.append(f"<description>{escape(text)}</description>")
    return f"<item>{''.join(parts)}</item>"


def rss(*items: str, title: str = "Example News", extra: str = "") -> bytes:
    """A feed document; each item is a title or the result of `item`."""
    made = [i if i.startswith("<item>") else item(i) for i in items]
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>'
        f"<title>{escape(title)}</title><link>https://news.example/</link>"
        f"<description>{escape(title)}</description>{extra}\n"
        + "\n".join(made)
        + "\n</channel></rss>\n"
    ).encode()


# --- faults ----------------------------------------------------------------------------------


def status(code: int, body: str = "", **headers: str) -> Fault:
    """Any status; header names with `_` for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=code, text=body, headers=named)

    return answer


def rate_limited(retry_after: str | None = None, **headers: str) -> Fault:
    """429, with or without a time to come back."""
    return status(429, **({} if retry_after is None else {"Retry_After": retry_after}), **headers)


def redirect(to: str, code: int = 301) -> Fault:
    """A redirect of any kind."""
    return status(code, Location=to)


def html_page(body: str = "<html><title>Please log in</title></html>") -> Fault:
    """A page where a feed was."""

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(text=body, content_type="text/html")

    return answer


def hang() -> Fault:
    """Accepts and never answers."""

    async def answer(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(60)
        return web.Response(status=504)

    return answer


def slow(body: bytes = b"<rss/>" * 100, *, every: float = 0.05, step: int = 1) -> Fault:
    """A body in drops: `step` bytes `every` so many seconds."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(len(body))})
        await response.prepare(request)
        for start in range(0, len(body), step):
            await response.write(body[start : start + step])
            await asyncio.sleep(every)
        return response

    return answer


def endless(chunk: bytes = b"<item/>" * 9000) -> Fault:
    """A chunked body that never ends."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(chunk)

    return answer


def raw(data: bytes) -> Fault:
    """These bytes instead of HTTP made by a library, then the end of the connection."""

    async def answer(_: web.Request) -> web.StreamResponse:
        return _Raw(data)

    return answer


def truncated(body: bytes = b"<rss/>" * 100, *, missing: int = 100) -> Fault:
    """A body that ends before its Content-Length."""
    return raw(http(body[:-missing], length=len(body)))


def unfinished_chunks(body: bytes = b"<rss/>") -> Fault:
    """A chunked body without its end."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    return raw(head + f"{len(body):x}\r\n".encode() + body + b"\r\n")


def coded(body: bytes, coding: str) -> Fault:
    """A body under any Content-Encoding, true or not, asked for or not."""
    return raw(http(body, **{"Content-Encoding": coding, "Content-Type": RSS}))


def mislabelled(body: bytes, coding: str = "gzip") -> Fault:
    """Says gzip and sends plain, unless it was asked for identity."""

    async def answer(request: web.Request) -> web.StreamResponse:
        asked = request.headers.get("Accept-Encoding", "")
        headers = {} if asked == "identity" else {"Content-Encoding": coding}
        return _Raw(http(body, **headers))

    return answer


def http(body: bytes, *, code: str = "200 OK", length: int | None = None, **headers: str) -> bytes:
    """A whole answer on the wire; `length` may lie."""
    size = len(body) if length is None else length
    lines = [f"HTTP/1.1 {code}", f"Content-Length: {size}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape") + body


class _Raw(web.StreamResponse):
    """Writes its bytes and nothing else."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self._data = data
        self.force_close()

    async def prepare(self, request: web.BaseRequest):
        if request.transport is not None and not request.transport.is_closing():
            request.transport.write(self._data)

    async def write_eof(self, data: bytes = b"") -> None:
        """Nothing follows."""


# --- bombs -----------------------------------------------------------------------------------


def gzip_bomb(size: int = 256 * 2**20) -> bytes:
    """Zeros that unfold a thousandfold."""
    return _bomb(zlib.compressobj(9, zlib.DEFLATED, 31), size)


def brotli_bomb(size: int = 256 * 2**20) -> bytes:
    """Zeros that unfold half a million times."""
    press = brotli.Compressor(quality=5, lgwin=22)
    block = bytes(2**20)
    parts = [press.process(block) for _ in range(size // len(block))]
    return b"".join([*parts, press.finish()])


def many_members(count: int = 100_000) -> bytes:
    """That many empty gzip members, one after the other."""
    return gzip.compress(b"", mtime=0) * count


def _bomb(press, size: int) -> bytes:
    block = bytes(2**20)
    parts = [press.compress(block) for _ in range(size // len(block))]
    return b"".join([*parts, press.flush()])
