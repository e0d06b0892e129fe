"""The border to aiohttp: connections that are guarded, headers that keep their bytes, TLS.

Everything that knows the library's inside is here and in `client.py`; its errors end in
`failure_of_wire`.
"""

import asyncio
import functools
import os
import re
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.client_proto import ResponseHandler

from digests.model import FetchFailed, Trouble
from digests.web.addresses import AddressRules

Lookup = Callable[[str, int], Awaitable[Sequence[str]]]  # host, port -> addresses

_PARALLEL_LOOKUPS = 16  # threads; a dead name server holds each for many seconds
_MOST_ADDRESSES = 4  # of one host; an answer with forty would keep us connecting for minutes
_HEADER_FIELD = 16 * 1024  # bytes; security policies and signed redirects pass aiohttp's 8 KB
_E = TypeVar("_E", bound=BaseException)
_NOT_MODIFIED = (b"HTTP/1.1 304", b"HTTP/1.0 304")
# Seconds an idle connection is kept: for a redirect within the host. Each TLS connection holds
# 0.3 MB; kept for the usual 15 s, 2,000 feeds cost 640 MB instead of 80 (and more CPU).
_IDLE = 0.05


class AddressRefused(OSError):
    """The rules forbid the address. All read alike: aiohttp then keeps the error's type."""

    def __init__(self, refusal: str) -> None:
        super().__init__("refused by the address rules")
        self.refusal = refusal


def guarded_sockets(rules: AddressRules) -> Callable[[Any], socket.socket]:
    """A socket factory that sees each address really connected, before a byte leaves.

    Names, redirects, old spellings and changed DNS answers all pass here.
    """

    def create(addr_info: Any) -> socket.socket:
        family, kind, proto, _, address = addr_info
        refusal = rules.refusal(str(address[0]), address[1])
        if refusal:
            raise AddressRefused(refusal)
        return socket.socket(family, kind, proto)

    return create


class GuardedResolver(AbstractResolver):
    """Looks names up; refuses an answer that names any closed address, not only that address."""

    def __init__(self, rules: AddressRules, lookup: Lookup | None = None) -> None:
        self._rules = rules
        self._lookup = lookup or SystemLookup()

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002 - aiohttp's interface
    ) -> list[ResolveResult]:
        """At most four addresses, both families among them when there are both."""
        found = await self._lookup(host, port)
        for ip in found:
            refusal = self._rules.refusal(ip, port)
            if refusal:
                raise AddressRefused(f"{host} is {refusal}"[:200])
        return [_resolved(host, port, ip) for ip in _some_of_each(found)]

    async def close(self) -> None:
        """Nothing is held."""


class SystemLookup:
    """The machine's resolver, in threads of its own that hold nobody at exit.

    The loop's own threads are few and shared; a dead name server would starve everybody else.
    """

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(_PARALLEL_LOOKUPS)

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Addresses in the system's order; raises OSError."""
        async with self._free:
            loop = asyncio.get_running_loop()
            answer: asyncio.Future[Sequence[str]] = loop.create_future()
            threading.Thread(
                target=_look_up, args=(host, port, loop, answer), name="lookup", daemon=True
            ).start()
            return await answer


def connector(rules: AddressRules, lookup: Lookup | None, tls: ssl.SSLContext) -> Any:
    """Connections that obey the rules twice: at the answer of DNS and at the socket."""
    return _Connector(
        resolver=GuardedResolver(rules, lookup),
        socket_factory=guarded_sockets(rules),
        use_dns_cache=False,  # the system has one; a second only hides what changed
        ssl=tls,
        limit=0,  # the client counts
        keepalive_timeout=_IDLE,
    )


def proxy_connector(tls: ssl.SSLContext) -> Any:
    """Connections to the operator's own proxy, which stands where the operator put it."""
    return _Connector(ssl=tls, limit=0, keepalive_timeout=_IDLE)


def session(connections: Any, user_agent: str, connect: float) -> aiohttp.ClientSession:
    """A session that remembers no cookies, follows nothing and unfolds nothing by itself."""
    return aiohttp.ClientSession(
        connector=connections,
        headers={"User-Agent": user_agent},
        cookie_jar=aiohttp.DummyCookieJar(),
        request_class=_ExactRequest,
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=connect),
        auto_decompress=False,
        max_line_size=_HEADER_FIELD,
        max_field_size=_HEADER_FIELD,
    )


def tls_context(env: Mapping[str, str]) -> ssl.SSLContext:
    """One context for all: certificates and names are checked, TLS 1.2 at least."""
    return ssl.create_default_context(
        cafile=env.get("SSL_CERT_FILE") or None, capath=env.get("SSL_CERT_DIR") or None
    )


def failure_of_wire(error: BaseException) -> FetchFailed:
    """What went wrong between us and the publisher, in words."""
    refused = _caused_by(error, AddressRefused)
    if refused is not None:
        return FetchFailed(Trouble.BLOCKED_ADDRESS, refused.refusal)
    if isinstance(error, aiohttp.ServerTimeoutError):
        return FetchFailed(Trouble.TIMEOUT, "it could not be connected in time")
    certificate = _caused_by(error, ssl.SSLCertVerificationError)
    if certificate is not None:
        return FetchFailed(Trouble.TLS, _certificate_words(certificate))
    if (tls := _caused_by(error, ssl.SSLError)) is not None:
        return FetchFailed(Trouble.TLS, _tls_words(tls))
    broken = _caused_by(error, ConnectionResetError)
    if broken is not None and isinstance(error, aiohttp.ClientConnectorError):
        return FetchFailed(Trouble.TLS, "it broke off the TLS handshake")
    return FetchFailed(*_plain_words(error))


def _plain_words(error: BaseException) -> tuple[Trouble, str]:
    match error:
        case aiohttp.ClientConnectorDNSError():
            return Trouble.DNS, _lookup_words(_caused_by(error, socket.gaierror))
        case aiohttp.ClientPayloadError():
            return Trouble.BROKEN_BODY, "its body ends early or is framed wrongly"
        case aiohttp.ServerDisconnectedError():
            return Trouble.PROTOCOL, "it closed the connection without an answer"
        case aiohttp.ClientHttpProxyError(status=status):
            return Trouble.CONNECT, f"the proxy answered {status}"
        case aiohttp.ClientResponseError():
            return Trouble.PROTOCOL, "its answer is not HTTP as we know it"
        case OSError(errno=int(number)) if number > 0:  # the loop words it with its own call
            return Trouble.CONNECT, f"the connection failed: {os.strerror(number)}"
        case OSError(strerror=str(words)):
            return Trouble.CONNECT, f"the connection failed: {words}"
        case _:
            return Trouble.PROTOCOL, f"the exchange failed: {type(error).__name__}"


def _lookup_words(error: socket.gaierror | None) -> str:
    if error is not None and error.errno == socket.EAI_AGAIN:
        return "its name cannot be looked up just now"
    return "there is no host of this name"


# The verifier's own numbers (X509_V_ERR_*); Python names none of them.
_CERTIFICATES = {
    9: "its certificate is not valid yet",
    10: "its certificate has expired",
    18: "its certificate is signed by itself",
    19: "its certificate is signed by nobody we know",
    20: "its certificate is signed by nobody we know",
    62: "its certificate is for another name",
    64: "its certificate is for another address",
}


def _certificate_words(error: ssl.SSLCertVerificationError) -> str:
    return _CERTIFICATES.get(error.verify_code, f"its certificate fails: {error.verify_message}")


def _tls_words(error: ssl.SSLError) -> str:
    reason = error.reason or ""
    if "WRONG_VERSION_NUMBER" in reason or "HTTP_REQUEST" in reason:
        return "it does not speak TLS at this port"
    if "PROTOCOL" in reason or "VERSION" in reason:
        return "it speaks only TLS versions that are no longer safe"
    return f"TLS failed: {reason.lower().replace('_', ' ') or 'the connection broke off'}"


def _caused_by(error: BaseException, kind: type[_E]) -> _E | None:
    """The first error of this kind in the chain of causes, leaving out aiohttp's wrappings."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, kind) and not isinstance(cause, aiohttp.ClientError):
            return cause
        cause = cause.__cause__
    return None


def _resolved(host: str, port: int, ip: str) -> ResolveResult:
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    return ResolveResult(hostname=host, host=ip, port=port, family=family, proto=0, flags=flags)


def _some_of_each(found: Sequence[str]) -> list[str]:
    six = [ip for ip in found if ":" in ip]
    four = [ip for ip in found if ":" not in ip]
    half = _MOST_ADDRESSES // 2
    return [*six[:half], *four[:half]] if six and four else list(found[:_MOST_ADDRESSES])


def _look_up(
    host: str, port: int, loop: asyncio.AbstractEventLoop, answer: "asyncio.Future[Sequence[str]]"
) -> None:
    """Runs in its own thread."""
    error: OSError | None = None
    found: list[str] = []
    try:
        infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
        found = list(dict.fromkeys(str(info[4][0]) for info in infos))
    except OSError as failed:
        error = failed
    except UnicodeError:  # a label that IDNA cannot encode
        error = socket.gaierror(socket.EAI_NONAME, "no such name")
    try:
        loop.call_soon_threadsafe(_settle, answer, found, error)
    except RuntimeError:  # the loop has ended meanwhile; nobody waits any more
        return


def _settle(
    answer: "asyncio.Future[Sequence[str]]", found: list[str], error: Exception | None
) -> None:
    if answer.done():  # the asker gave up
        return
    if error is None:
        answer.set_result(found)
    else:
        answer.set_exception(error)


# --- a 304 that carries a body -----------------------------------------------------------------
# It must not, some do, and aiohttp then takes the body for a broken second answer. What follows
# the head is cut off and the connection not used again.


class _Connector(aiohttp.TCPConnector):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        make: type[ResponseHandler] = _Handler
        self._factory = functools.partial(make, loop=self._loop)


class _Handler(ResponseHandler):
    def data_received(self, data: bytes) -> None:
        if data.startswith(_NOT_MODIFIED):
            head, end, surplus = data.partition(b"\r\n\r\n")
            if surplus:
                self.force_close()
                data = head + end
        super().data_received(data)


# --- headers that keep their bytes -----------------------------------------------------------
# aiohttp decodes header bytes with surrogateescape, but its writer drops lone surrogates, so an
# 8-bit ETag would come back to the publisher changed and never match. We send a private-use
# character for each such byte and put the byte back when the request's head is written.

_BYTE_MARKS = {0xDC00 + byte: chr(0xF700 + byte) for byte in range(0x80, 0x100)}
_LONE = re.compile("[\ud800-\udfff]")
_MARKED = re.compile(rb"\xef\x9e[\x80-\xbf]|\xef\x9f[\x80-\xbf]")


class _ExactRequest(aiohttp.ClientRequest):
    async def send(self, conn: Any) -> aiohttp.ClientResponse:
        odd = {key: value for key, value in self.headers.items() if not _is_utf8(value)}
        if not odd:
            return await super().send(conn)
        for key, value in odd.items():
            self.headers[key] = value.translate(_BYTE_MARKS)
        return await super().send(cast("Any", _ExactConnection(conn)))


class _Stand:
    """Stands before an object and answers for all of it but one attribute."""

    def __init__(self, behind: Any) -> None:
        self._behind = behind

    def __getattr__(self, name: str) -> Any:
        return getattr(self._behind, name)


class _ExactConnection(_Stand):
    @property
    def protocol(self) -> Any:
        return _ExactProtocol(self._behind.protocol)


class _ExactProtocol(_Stand):
    @property
    def transport(self) -> Any:
        return _ExactTransport(self._behind.transport)


class _ExactTransport(_Stand):
    def write(self, chunk: bytes) -> None:
        self._behind.write(_MARKED.sub(_as_byte, bytes(chunk)))


def _is_utf8(value: str) -> bool:
    return value.isascii() or not _LONE.search(value)


def _as_byte(marked: re.Match[bytes]) -> bytes:
    return bytes([ord(marked[0].decode()) - 0xF700])
