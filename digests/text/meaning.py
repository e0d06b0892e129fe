"""What an English text is about, as a short vector: texts that say alike in other words lie near.

The sum of its words' vectors, each as long as the word is rare and telling (static embeddings:
Mitchell and Lapata, "Vector-based Models of Semantic Composition", 2008), brought to one length.
The table of words, digests/weights/meaning.bin, was made by benchmarks/training/meaning.py, which
says from what. Words are terms of the index (tokens.py), known by a hash. Without numpy: the
vectors of a text are added as whole numbers of two thousand bits, a lane for each dimension.
"""

import json
import struct
import sys
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Iterable
from functools import cache, lru_cache
from math import sqrt
from operator import mul
from pathlib import Path
from typing import NamedTuple

VERSION = 1  # raise it when the same words would give another vector
DIMENSIONS = 64
LENGTH = 250.0  # of each vector, so that hardly a component has to be cut at what a byte holds

_TABLE = Path(__file__).parents[1] / "weights" / "meaning.bin"
_LEAST = 2  # known words, of which a text is worth comparing
_MOST = 4_000  # words that are added up
_LANE = 4  # bytes: so many sums of so many words
_ZERO = 128  # what a byte of the table holds for 0
_LARGEST = 127
_REMEMBERED = 4_096  # words


class _Words(NamedTuple):
    """The table: hashes in order, and as many vectors of unsigned bytes one after the other."""

    hashes: "array[int]"
    vectors: memoryview


@cache
def _table() -> _Words:
    head, _, rest = _TABLE.read_bytes().partition(b"\n")
    size = 4 * json.loads(head)["count"]
    hashes = array("I", rest[:size])
    if sys.byteorder == "big":
        hashes.byteswap()
    return _Words(hashes, memoryview(rest)[size:])


@lru_cache(maxsize=_REMEMBERED)
def _lanes(word: str) -> int:
    """A word's vector in lanes; 0 for a word that the table does not know."""
    words, wanted = _table(), hash_of(word)
    at = bisect_left(words.hashes, wanted)
    if at == len(words.hashes) or words.hashes[at] != wanted:
        return 0
    wide = bytearray(_LANE * DIMENSIONS)
    wide[::_LANE] = words.vectors[at * DIMENSIONS : (at + 1) * DIMENSIONS]
    return int.from_bytes(wide, "little")


def hash_of(word: str) -> int:
    """By which the table knows a word."""
    return zlib.crc32(word.encode("utf-8", "replace"))


def meaning(words: Iterable[str]) -> bytes:
    """The vector of a text by its English terms; empty where too few of them are known.

    `DIMENSIONS` signed bytes, a vector of `LENGTH`.
    """
    known = [
        lanes for _, word in zip(range(_MOST), words, strict=False) if (lanes := _lanes(word))
    ]
    if len(known) < _LEAST:
        return b""
    sums = struct.unpack(f"<{DIMENSIONS}I", sum(known).to_bytes(_LANE * DIMENSIONS, "little"))
    return scaled([one - _ZERO * len(known) for one in sums])


def scaled(components: Iterable[float]) -> bytes:
    """A vector brought to `LENGTH`, as signed bytes; empty when it has no direction."""
    components = list(components)
    length = sqrt(sum(map(mul, components, components)))
    if not length:
        return b""
    by = LENGTH / length
    return array(
        "b", [max(-_LARGEST, min(_LARGEST, round(one * by))) for one in components]
    ).tobytes()


def likeness(one: bytes, other: bytes) -> float:
    """How alike two texts are, about -1 to 1 (the cosine); 0 when one of them has no vector."""
    pair = memoryview(one).cast("b"), memoryview(other).cast("b")
    product: int = sum(map(mul, *pair))
    return product / (LENGTH * LENGTH)
