"""A web server for 2,000 loopback hosts that serves files: `python -m benchmarks.site DIR PORT [TLS]`.

As small as may be, in a process of its own, so that only the clients are measured. A path that
begins with /bare has neither ETag nor 304. Files are read at every request, so they may change.
"""

import asyncio
import gzip
import hashlib
import ssl
import sys
from functools import lru_cache
from pathlib import Path

HOSTS = tuple(f"127.1.{number // 250}.{number % 250 + 1}" for number in range(2_000))
_LONGEST_LIFE = 3_600  # seconds; whoever started us may be gone


@lru_cache(maxsize=8_192)
def _document(path: Path, _changed: int) -> tuple[bytes, bytes]:
    """The packed file and its ETag."""
    body = gzip.compress(path.read_bytes(), 5, mtime=0)
    return body, b'"' + hashlib.blake2b(body, digest_size=8).hexdigest().encode() + b'"'


class Serving(asyncio.Protocol):
    """One connection: HTTP/1.1 with keep-alive, GET only."""

    folder = Path()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._waiting = b""

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        while b"\r\n\r\n" in self._waiting:
            request, _, self._waiting = self._waiting.partition(b"\r\n\r\n")
            self._transport.write(self._answer(request))

    def _answer(self, request: bytes) -> bytes:
        line, *headers = request.split(b"\r\n")
        way = line.split(b" ")[1].decode().partition("?")[0].strip("/").split("/")
        path = self.folder / way[-1]  # a few hundred documents stand for all hosts
        if not path.is_file():
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        body, tag = _document(path, path.stat().st_mtime_ns)
        if way[0] != "bare":
            asked = (h for h in headers if h.lower().startswith(b"if-none-match:"))
            if any(tag in header for header in asked):
                return b"HTTP/1.1 304 Not Modified\r\nETag: " + tag + b"\r\n\r\n"
        etag = b"" if way[0] == "bare" else b"ETag: " + tag + b"\r\n"
        return (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Encoding: gzip\r\n"
            + etag
            + b"Content-Length: %d\r\n\r\n" % len(body)
            + body
        )


async def main(folder: str, port: int, certificate: str = "") -> None:
    Serving.folder = Path(folder)
    tls = None
    if certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Serving, HOSTS, port, ssl=tls, backlog=512)
    async with server:
        print("ready", flush=True)
        await asyncio.sleep(_LONGEST_LIFE)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:]))
