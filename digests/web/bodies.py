"""From the bytes on the wire to the bytes of the document, never more than were allowed.

Both sides are counted: what arrives and what it unfolds to. Decoders work in small steps with
bounded output, so a bomb costs one step over the limit and the loop is never held for long.
"""

import asyncio
import zlib
from collections.abc import AsyncIterable, Iterator
from typing import Protocol

import brotli  # type: ignore[import-untyped]  # ships no types; used here only

from digests.model import Trouble
from digests.web.targets import NoDocument

STEP = 64 * 1024  # bytes of output at once: about 0.3 ms of work
_SLICE = 16 * 1024  # bytes of input at once: what a member's end makes zlib copy
_MOST_MEMBERS = 1000  # of one gzip body; real ones have one, block-compressed ones some hundred
_GZIP = b"\x1f\x8b"


class NotCoded(Exception):
    """The header promised a coding and the body has none: worth asking for it plain."""


class Decoder(Protocol):
    """Takes a body piece by piece."""

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """The document's next bytes, in pieces of about STEP; raises NoDocument, NotCoded."""

    def finish(self) -> bytes:
        """What was left; raises NoDocument when the body ended early."""


def decoder_for(content_encoding: str) -> Decoder:
    """The decoder for the header's value; raises NoDocument(BAD_CODING) for what we never ask."""
    codings = [c for c in (part.strip().lower() for part in content_encoding.split(",")) if c]
    match [coding for coding in codings if coding != "identity"]:
        case []:
            return _Plain()
        case ["gzip" | "x-gzip"]:
            return _Gzip()
        case ["br"]:
            return _Brotli()
        case others:
            named = ", ".join(others)[:60]
            raise NoDocument(Trouble.BAD_CODING, f"it came coded as {named}, which nobody asked")


async def read_body(chunks: AsyncIterable[bytes], decoder: Decoder, limit: int) -> bytes:
    """The whole document, at most `limit` bytes on either side of the decoder."""
    pieces: list[bytes] = []
    arrived = size = 0
    async for chunk in chunks:
        arrived += len(chunk)
        _check(arrived, limit)
        for piece in decoder.feed(chunk):
            size += len(piece)
            _check(size, limit)
            pieces.append(piece)
            await asyncio.sleep(0)  # one chunk may unfold a thousandfold: let others run
    pieces.append(decoder.finish())
    _check(size + len(pieces[-1]), limit)
    return b"".join(pieces)


def too_large(limit: int) -> NoDocument:
    """The document is larger than we take."""
    return NoDocument(Trouble.TOO_LARGE, f"it is larger than {limit / 2**20:g} MB")


def _check(size: int, limit: int) -> None:
    if size > limit:
        raise too_large(limit)


def _broken(what: str) -> NoDocument:
    return NoDocument(Trouble.BROKEN_BODY, f"its body {what}")


class _Plain:
    def feed(self, chunk: bytes) -> Iterator[bytes]:
        yield chunk

    def finish(self) -> bytes:
        return b""


class _Gzip:
    """One member or several in a row; zeros or rubbish after the last are ignored as gzip does."""

    def __init__(self) -> None:
        self._head = b""  # until two bytes tell whether this is gzip at all
        self._member: zlib._Decompress | None = None
        self._members = 0
        self._over = False

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        if self._members == 0:
            chunk, self._head = self._head + chunk, b""
            if len(chunk) < len(_GZIP):
                self._head = chunk
                return
            if not chunk.startswith(_GZIP):
                raise NotCoded
        for start in range(0, len(chunk), _SLICE):
            yield from self._unfold(chunk[start : start + _SLICE])

    def finish(self) -> bytes:
        if self._member is None:
            if self._head:
                raise NotCoded
            return b""
        left = self._member.flush()  # at most one match: 258 bytes
        if not self._member.eof:
            raise _broken("ends early")
        return left

    def _unfold(self, data: bytes) -> Iterator[bytes]:
        while data and not self._over:
            if self._member is None or self._member.eof:
                self._next_member(data)
                continue
            try:
                piece = self._member.decompress(data, STEP)
            except zlib.error:
                raise _broken("is damaged") from None
            if piece:
                yield piece
            data = self._member.unconsumed_tail or self._member.unused_data

    def _next_member(self, data: bytes) -> None:
        if self._member is not None and data[:1] != _GZIP[:1]:
            self._over = True
            return
        self._members += 1
        if self._members > _MOST_MEMBERS:  # empty members are 20 bytes of pure work
            raise _broken("is cut into too many pieces")
        self._member = zlib.decompressobj(wbits=31)


class _Brotli:
    def __init__(self) -> None:
        self._inner = brotli.Decompressor()
        self._arrived = self._unfolded = False

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        self._arrived = self._arrived or bool(chunk)
        while not self._inner.is_finished():
            piece = self._step(chunk)
            chunk = b""
            if piece:
                self._unfolded = True
                yield piece
            elif self._inner.can_accept_more_data():  # also true with output pending: ask first
                return

    def finish(self) -> bytes:
        if self._arrived and not self._inner.is_finished():
            raise _broken("ends early")
        return b""

    def _step(self, chunk: bytes) -> bytes:
        try:
            piece: bytes = self._inner.process(chunk, output_buffer_limit=STEP)
        except brotli.error:
            if not self._unfolded:  # brotli has no signature: failing at once is all there is
                raise NotCoded from None
            raise _broken("is damaged") from None
        return piece
