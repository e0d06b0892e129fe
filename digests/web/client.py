"""The one HTTP client that goes out to publishers: polite, bounded, and never surprised.

Every attempt ends in a FetchOutcome. Whatever a publisher, a resolver or a man in the middle
does, nothing is raised but cancellation.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from types import MappingProxyType, TracebackType
from typing import Self

import aiohttp
from yarl import URL

from digests.model import (
    Clock,
    Document,
    Fetched,
    FetchFailed,
    FetchOutcome,
    NotModified,
    Trouble,
    Validators,
)
from digests.web import wire
from digests.web.addresses import AddressRules
from digests.web.answers import failure_of, hints_of, validators_of
from digests.web.bodies import NotCoded, decoder_for, read_body, too_large
from digests.web.targets import NoDocument, bare, parse_target, redirect_target, same_place

MAX_BODY = 10 * 2**20  # bytes; the largest honest feed of our corpus has 6.4 MB
MAX_REDIRECTS = 5
IN_FLIGHT = 64  # where throughput stops growing (measured), and sockets stay few

_NOTHING: Mapping[str, str] = MappingProxyType({})
_PERMANENT = frozenset({301, 308})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NO_BODY = frozenset({204, 205})
# What may be shown to any host; every other header of a feed may be a key to it.
_PUBLIC = frozenset({"accept", "accept-language", "user-agent"})
_UNSENDABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect one address, to the answer's headers, to the document's last byte."""

    connect: float = 10.0
    first_byte: float = 20.0
    total: float = 30.0


@dataclass(frozen=True, slots=True)
class _Wish:
    """One document that is wanted, and what may be done for it."""

    url: str
    target: URL
    public: Mapping[str, str]
    secret: Mapping[str, str]  # for the first place only
    conditional: bool
    downgrade: bool
    max_body: int
    codings: str = "gzip, br"


@dataclass(frozen=True, slots=True)
class _Trail:
    """The places an attempt came through; the last one is where it stands."""

    places: tuple[URL, ...]
    permanent: bool = True  # every step so far

    @property
    def here(self) -> URL:
        return self.places[-1]

    @property
    def moved_to(self) -> str:
        return str(self.here) if self.permanent and len(self.places) > 1 else ""


class Client:
    """Asks publishers, within the address rules.

    `environment` names proxies (HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY) and certificates
    (SSL_CERT_FILE, SSL_CERT_DIR) in the usual way. Through a proxy only names and addresses as
    written can be judged: where they lead is the proxy's to decide.
    """

    def __init__(
        self,
        rules: AddressRules,
        clock: Clock,
        *,
        user_agent: str,
        timeouts: Timeouts = Timeouts(),
        max_body: int = MAX_BODY,
        environment: Mapping[str, str] = _NOTHING,
        lookup: wire.Lookup | None = None,
    ) -> None:
        self._rules = rules
        self._clock = clock
        self._user_agent = user_agent
        self._timeouts = timeouts
        self._max_body = max_body
        self._environment = environment
        self._proxies = _proxies(environment)
        self._lookup = lookup
        self._slots = asyncio.Semaphore(IN_FLIGHT)
        self._direct: aiohttp.ClientSession | None = None
        self._proxied: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Open the sessions; needs the running loop."""
        tls = wire.tls_context(self._environment)
        connect = self._timeouts.connect
        guarded = wire.connector(self._rules, self._lookup, tls)
        self._direct = wire.session(guarded, self._user_agent, connect)
        if self._proxies:
            self._proxied = wire.session(wire.proxy_connector(tls), self._user_agent, connect)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close every connection."""
        for session in (self._direct, self._proxied):
            if session is not None:
                await session.close()

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] = _NOTHING,
        validators: Validators | None = None,
        allow_http_downgrade: bool = False,
        max_body: int | None = None,
        credentials: str = "",
        user_agent: str = "",
    ) -> FetchOutcome:
        """The document at `url`, or why there is none.

        `credentials` is the value of Authorization. It and all `headers` but the harmless ones
        are shown to the first place only, never to another origin that redirects lead to.
        """
        try:
            wish = _Wish(
                url=url,
                target=parse_target(url),
                public=_public(headers, user_agent, validators or Validators()),
                secret=_secret(headers, credentials),
                conditional=validators is not None and validators != Validators(),
                downgrade=allow_http_downgrade,
                max_body=self._max_body if max_body is None else max_body,
            )
        except NoDocument as end:
            return end.outcome
        async with self._slots:
            return await self._bounded(wish)

    async def _bounded(self, wish: _Wish) -> FetchOutcome:
        """Within the whole time; foreign errors become outcomes here."""
        try:
            async with asyncio.timeout(self._timeouts.total):
                return await self._decoded(wish)
        except TimeoutError as late:
            if isinstance(late, aiohttp.ServerTimeoutError):
                return wire.failure_of_wire(late)
            return FetchFailed(
                Trouble.TIMEOUT, f"it did not come to its end within {self._timeouts.total:g} s"
            )
        except NoDocument as end:
            return end.outcome
        except Exception as error:  # noqa: BLE001 - a corner of a library costs a poll, no more
            return wire.failure_of_wire(error)

    async def _decoded(self, wish: _Wish) -> FetchOutcome:
        try:
            return await self._followed(wish)
        except NotCoded:  # a server that labels everything: it may know better when told not to
            try:
                return await self._followed(replace(wish, codings="identity"))
            except NotCoded:
                raise NoDocument(
                    Trouble.BAD_CODING, "its body is not coded as its header says"
                ) from None

    async def _followed(self, wish: _Wish) -> FetchOutcome:
        trail = _Trail((wish.target,))
        while True:
            async with self._asked(wish, trail) as answer:
                if answer.status not in _REDIRECTS or "Location" not in answer.headers:
                    return await self._understood(wish, trail, answer)
                trail = _onwards(wish, trail, answer.status, answer.headers["Location"])

    @asynccontextmanager
    async def _asked(self, wish: _Wish, trail: _Trail) -> AsyncIterator[aiohttp.ClientResponse]:
        """The answer's headers; its body is still on the wire and is dropped at the end."""
        self._admit(trail.here)
        session, proxy = self._way_to(trail.here)
        secret = wish.secret if same_place(wish.target, trail.here) else {}
        try:
            async with asyncio.timeout(self._timeouts.first_byte):
                answer = await session.get(
                    trail.here,
                    headers={**wish.public, **secret, "Accept-Encoding": wish.codings},
                    allow_redirects=False,
                    proxy=proxy,
                )
        except TimeoutError as late:
            if isinstance(late, aiohttp.ServerTimeoutError):
                raise
            raise NoDocument(
                Trouble.TIMEOUT, f"it did not answer within {self._timeouts.first_byte:g} s"
            ) from None
        async with answer:
            yield answer

    def _admit(self, target: URL) -> None:
        """Judges the address as written; where a name really leads is judged at the socket."""
        refusal = self._rules.refused_name(target.host or "", target.port or 0)
        if refusal:
            raise NoDocument(Trouble.BLOCKED_ADDRESS, refusal)
        if target.user is not None:
            raise NoDocument(
                Trouble.BAD_URL, "the address carries a name or password; use auth for these"
            )

    def _way_to(self, target: URL) -> tuple[aiohttp.ClientSession, str | None]:
        assert self._direct is not None, "the client is used inside `async with`"
        proxy = self._proxies.get(target.scheme)
        if proxy is None or _bypassed(target.host or "", self._proxies["no"]):
            return self._direct, None
        assert self._proxied is not None
        return self._proxied, proxy

    async def _understood(
        self, wish: _Wish, trail: _Trail, answer: aiohttp.ClientResponse
    ) -> FetchOutcome:
        status, headers = answer.status, answer.headers
        hints = hints_of(headers, self._clock.now())
        if status == 304:  # noqa: PLR2004 - HTTP
            _drop_surplus(answer)
            if not wish.conditional:
                return FetchFailed(
                    Trouble.PROTOCOL, "it says nothing changed, unasked", status, hints
                )
            return NotModified(validators_of(headers), hints, trail.moved_to)
        if not 200 <= status < 300 or "x-amzn-waf-action" in headers:  # noqa: PLR2004 - HTTP
            return failure_of(status, headers, self._clock.now())
        body = b"" if status in _NO_BODY else await _body(wish, answer)
        if not body or body.isspace():
            return FetchFailed(Trouble.EMPTY, "its body is empty", status, hints)
        document = Document(
            url=wish.url,
            final_url=str(trail.here),
            body=body,
            content_type=headers.get("Content-Type", ""),
            content_location=headers.get("Content-Location", ""),
            status=status,
        )
        return Fetched(document, validators_of(headers), hints, trail.moved_to)


async def _body(wish: _Wish, answer: aiohttp.ClientResponse) -> bytes:
    if (answer.content_length or 0) > wish.max_body:
        raise too_large(wish.max_body)
    codings = ",".join(answer.headers.getall("Content-Encoding", []))
    return await read_body(answer.content.iter_any(), decoder_for(codings), wish.max_body)


def _drop_surplus(answer: aiohttp.ClientResponse) -> None:
    """A 304 has no body; a server that sends one would spoil the next answer on this line."""
    if answer.headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in answer.headers:
        answer.close()


def _onwards(wish: _Wish, trail: _Trail, status: int, location: str) -> _Trail:
    target = redirect_target(trail.here, location)
    chain = " → ".join(bare(place) for place in (*trail.places, target))
    if target in trail.places:
        raise NoDocument(Trouble.REDIRECTS, f"it redirects in a circle: {chain}", status)
    if len(trail.places) > MAX_REDIRECTS:
        raise NoDocument(Trouble.REDIRECTS, f"it redirects too often: {chain}", status)
    if trail.here.scheme == "https" and target.scheme == "http" and not wish.downgrade:
        raise NoDocument(
            Trouble.DOWNGRADE, f"it redirects from https to http: {chain}; see allow_http", status
        )
    return _Trail((*trail.places, target), trail.permanent and status in _PERMANENT)


def _public(headers: Mapping[str, str], user_agent: str, known: Validators) -> dict[str, str]:
    """Validators go all the way: most feeds behind a redirect would else never answer 304."""
    ours = {
        "User-Agent": user_agent,
        "If-None-Match": known.etag,
        "If-Modified-Since": known.last_modified,
    }
    harmless = {key: value for key, value in headers.items() if key.lower() in _PUBLIC}
    said = {key: value for key, value in ours.items() if value}
    return _sendable({"Accept": "*/*"} | harmless | said)


def _secret(headers: Mapping[str, str], credentials: str) -> dict[str, str]:
    theirs = {key: value for key, value in headers.items() if key.lower() not in _PUBLIC}
    return _sendable(theirs | ({"Authorization": credentials} if credentials else {}))


def _sendable(headers: dict[str, str]) -> dict[str, str]:
    """Header injection ends here, with the header's name and without its value."""
    for key, value in headers.items():
        if _UNSENDABLE.search(key + value) or not key.isascii():
            shown = _UNSENDABLE.sub("?", key)[:40]
            raise NoDocument(
                Trouble.PROTOCOL, f"the header {shown} holds what cannot be sent, like a line end"
            )
    return headers


def _proxies(environment: Mapping[str, str]) -> dict[str, str]:
    """Proxies by scheme, and under `no` the hosts to reach without one."""
    lower = {key.lower(): value for key, value in environment.items() if value}
    every = lower.get("all_proxy", "")
    named = {scheme: lower.get(f"{scheme}_proxy", every) for scheme in ("http", "https")}
    proxies = {scheme: proxy for scheme, proxy in named.items() if proxy}
    return proxies | {"no": lower.get("no_proxy", "")} if proxies else {}


def _bypassed(host: str, no_proxy: str) -> bool:
    names = [name.strip().lower().lstrip(".") for name in no_proxy.split(",")]
    return any(name in ("*", host) or host.endswith(f".{name}") for name in names if name)
