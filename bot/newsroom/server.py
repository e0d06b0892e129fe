"""The newsroom on loopback: feeds with validators, article pages, and a next version to publish.

Beside its publishers stands a catalog of known exploited vulnerabilities, which one enters late.
"""

import hashlib
import socket
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self

from aiohttp import web

from bot.newsroom import documents
from bot.newsroom.pages import page
from bot.newsroom.publishers import PUBLISHERS
from bot.newsroom.stories import Publisher
from digests.model import Clock, Feed

LAST = 3  # the newest version that anybody has something for
_HOME = "127.0.0.1"
_BY_DOMAIN = {one.domain: one for one in PUBLISHERS}


@dataclass(frozen=True, slots=True)
class _Shelf:
    """A feed document as it is handed out now, with its validators."""

    body: bytes
    kind: str
    etag: str
    changed: datetime


class Newsroom:
    """Serves all publishers while the context is open, each from a loopback address of its own.

    Requests to one host are spaced out, so thirteen publishers on one host would seem asleep.
    """

    def __init__(self, clock: Clock | datetime) -> None:
        """A moment instead of a clock makes all versions come out at that moment."""
        self._clock = clock
        self._moments: list[datetime] = []
        self._bases: dict[str, str] = {}
        self._shelves: dict[str, _Shelf] = {}
        self._open = AsyncExitStack()
        self._home = ""

    async def __aenter__(self) -> Self:
        """Listen, and publish the first version."""
        app = web.Application()
        app.router.add_get("/exploited.json", self._catalog)
        app.router.add_get("/{domain}/feed", self._feed)
        app.router.add_get("/{domain}/{slug}", self._page)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        async with AsyncExitStack() as stack:
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            home, sockets = _listening(len(PUBLISHERS))
            self._home = f"http://{_HOME}:{home.getsockname()[1]}"
            for one in dict.fromkeys((home, *sockets)):
                await web.SockSite(runner, one).start()
            self._open = stack.pop_all()
        for publisher, one in zip(PUBLISHERS, sockets, strict=True):
            host, port = one.getsockname()
            self._bases[publisher.domain] = f"http://{host}:{port}"
        self.publish()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop listening."""
        await self._open.aclose()

    @property
    def version(self) -> int:
        """The version that the feeds are in."""
        return len(self._moments)

    @property
    def feeds(self) -> tuple[Feed, ...]:
        """The feeds as a file would configure them."""
        return tuple(
            Feed(
                url=f"{self._bases[one.domain]}/{one.domain}/feed",
                name=one.name,
                publisher=one.domain,
                country=one.country,
                language=one.language,
                topics=one.topics,
                security=True,
            )
            for one in PUBLISHERS
        )

    @property
    def environment(self) -> dict[str, str]:
        """Where knowledge comes from: nothing leaves this machine."""
        off = {"NIGHTDESK_EPSS": "off", "NIGHTDESK_CVE": "off"}
        return {"NIGHTDESK_KEV": f"{self._home}/exploited.json", **off}

    def publish(self, version: int | None = None) -> None:
        """Move on to a version (else the next): new entries, edits and mended documents appear."""
        now = self._clock if isinstance(self._clock, datetime) else self._clock.now()
        for _ in range(self.version, version or self.version + 1):
            self._moments.append(now)
        for one in PUBLISHERS:
            self._stock(one, now)

    def config(self, text: str = "") -> str:
        """A feeds.yaml with these feeds and one terminal channel; `text` is added at its end."""
        lines = [
            "network: {allow: [127.0.0.0/8]}",
            "defaults: {welcome: first, first: 3, every: 1m}",
            "channels:",
            "  - {name: desk, to: terminal}",
            "feeds:",
            *map(_configured, self.feeds),
        ]
        return "\n".join(lines) + f"\n{text}"

    def _stock(self, publisher: Publisher, now: datetime) -> None:
        base = self._bases[publisher.domain]
        text, kind = documents.feed(publisher, base, self.version, self._moments)
        body = text.encode()
        etag = hashlib.blake2b(body, digest_size=8).hexdigest()
        old = self._shelves.get(publisher.domain)
        if old is None or old.etag != etag:
            self._shelves[publisher.domain] = _Shelf(body, kind, etag, now.replace(microsecond=0))

    async def _feed(self, request: web.Request) -> web.StreamResponse:
        shelf = self._shelves[_asked(request).domain]
        known = _known(request, shelf)
        answer = web.Response(status=304) if known else web.Response(body=shelf.body)
        if not known:
            answer.headers["Content-Type"] = f"{shelf.kind}; charset=utf-8"
        answer.etag = shelf.etag
        answer.last_modified = shelf.changed
        return answer

    async def _catalog(self, _request: web.Request) -> web.StreamResponse:
        return web.json_response(text=documents.catalog(self.version, self._moments[-1]))

    async def _page(self, request: web.Request) -> web.StreamResponse:
        publisher, slug = _asked(request), request.match_info["slug"]
        base = self._bases[publisher.domain]
        for tale in publisher.tales:
            if tale.slug == slug and tale.version <= self.version:
                ready = documents.printed(publisher, tale, base, self.version, self._moments)
                return web.Response(text=page(publisher, ready), content_type="text/html")
        raise web.HTTPNotFound


def _asked(request: web.Request) -> Publisher:
    publisher = _BY_DOMAIN.get(request.match_info["domain"])
    if publisher is None:
        raise web.HTTPNotFound
    return publisher


def _known(request: web.Request, shelf: _Shelf) -> bool:
    """Whether the reader has this document; the tag decides where both are sent."""
    if request.if_none_match is not None:
        return any(tag.value in (shelf.etag, "*") for tag in request.if_none_match)
    since = request.if_modified_since
    return since is not None and shelf.changed <= since


def _listening(count: int) -> tuple[socket.socket, list[socket.socket]]:
    """The first socket, and one for each publisher on its port, or the first where none is had."""
    home = socket.create_server((_HOME, 0))
    port = home.getsockname()[1]
    return home, [_bound(f"127.0.0.{number + 2}", port) or home for number in range(count)]


def _bound(host: str, port: int) -> socket.socket | None:
    try:
        return socket.create_server((host, port))
    except OSError:  # not bindable on this system, or taken by somebody: the first one serves
        return None


def _configured(feed: Feed) -> str:
    topics = ", ".join(feed.topics)
    return (
        f'  - {{url: "{feed.url}", name: "{feed.name}", publisher: {feed.publisher}, '
        f"country: {feed.country}, language: {feed.language}, topics: [{topics}], security: true}}"
    )
