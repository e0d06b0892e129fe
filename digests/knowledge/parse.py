"""Published knowledge, bytes to values: KEV (JSON), EPSS (CSV, perhaps gzipped), CVE records.

Runs in the worker: a mirror is as much a stranger as a feed. What is malformed in one row is left
out; a document that is none of its kind raises KnowledgeError.
"""

import json
import math
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from digests.errors import KnowledgeError
from digests.model import CveFacts
from digests.text.characters import clean, clip

_CVE = re.compile(r"CVE-[12][0-9]{3}-[0-9]{4,19}")
_LONGEST = 200  # characters of a title or product
_LARGEST = 128 * 2**20  # bytes of an unpacked list; EPSS has 12 MB
_PIECE = 2**18
_VERSIONS = ("cvssV4_0", "cvssV3_1", "cvssV3_0", "cvssV2_0")  # newest first
_HIGHEST_SCORE = 10.0


def kev(body: bytes) -> tuple[CveFacts, ...]:
    """CISA's catalog: what is exploited, since when it is listed, whether for ransom."""
    rows = _object(body, "a KEV catalog").get("vulnerabilities")
    if not isinstance(rows, list) or not rows:
        raise KnowledgeError("a KEV catalog without vulnerabilities")
    return tuple(one for row in rows if (one := _exploited(row)))


def _exploited(row: object) -> CveFacts | None:
    if not isinstance(row, dict):
        return None
    name, since = _cve(row.get("cveID")), _day(row.get("dateAdded"))
    if not name or since is None:
        return None
    maker, product = _line(row.get("vendorProject")), _line(row.get("product"))
    return CveFacts(
        name,
        kev_since=since,
        ransomware=str(row.get("knownRansomwareCampaignUse")).casefold() == "known",
        title=_line(row.get("vulnerabilityName")),
        product=product if product.startswith(maker) else f"{maker} {product}".strip(),
    )


def epss(body: bytes, wanted: frozenset[str]) -> dict[str, float]:
    """The scores, 0 to 1, of the wanted CVEs; the list is read piece by piece."""
    found: dict[str, float] = {}
    header = False
    for line in _lines(body):
        name, _, rest = line.partition(b",")
        if name in (b"cve", b'"cve"'):
            header = True
        cve = name.decode("ascii", "replace")
        if cve in wanted:
            score = _number(rest.partition(b",")[0].decode("ascii", "replace"))
            if score is not None and score <= 1:
                found[cve] = score
    if not header:
        raise KnowledgeError("a list of EPSS scores without its header")
    return found


def _lines(body: bytes) -> Iterator[bytes]:
    rest = b""
    for piece in _unpacked(body):
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole
        if len(rest) > _PIECE:
            raise KnowledgeError("a list of EPSS scores with endless lines")
    yield rest


def _unpacked(body: bytes) -> Iterator[bytes]:
    if not body.startswith(b"\x1f\x8b"):
        yield body
        return
    unpacker, total = zlib.decompressobj(zlib.MAX_WBITS | 16), 0
    packed = body
    while packed and not unpacker.eof:
        try:
            piece = unpacker.decompress(packed, _PIECE)
        except zlib.error:
            raise KnowledgeError("a list of EPSS scores that cannot be unpacked") from None
        packed, total = unpacker.unconsumed_tail, total + len(piece)
        if total > _LARGEST:
            raise KnowledgeError("a list of EPSS scores that never ends")
        yield piece


def record(body: bytes) -> CveFacts:
    """A CVE record (JSON 5): its score, title and product; scores of others where its own lacks."""
    found = _object(body, "a CVE record")
    name = _cve(_part(found, "cveMetadata").get("cveId"))
    if not name:
        raise KnowledgeError("a CVE record without its number")
    containers = _part(found, "containers")
    own = _part(containers, "cna")
    others = [one for one in _list(containers.get("adp")) if isinstance(one, dict)]
    scores = (score for one in (own, *others) for score in _scores(one))
    affected = next((one for one in _list(own.get("affected")) if isinstance(one, dict)), {})
    maker, product = _line(affected.get("vendor")), _line(affected.get("product"))
    named = [] if {maker, product} <= {"n/a", ""} else [maker, product]
    return CveFacts(
        name,
        cvss=next(iter(scores), None),
        title=_line(own.get("title")),
        product=" ".join(filter(None, named)),
    )


def _scores(container: Mapping[str, Any]) -> Iterator[float]:
    metrics = [one for one in _list(container.get("metrics")) if isinstance(one, dict)]
    for version in _VERSIONS:
        for metric in metrics:
            score = _number(_part(metric, version).get("baseScore"))
            if score is not None and score <= _HIGHEST_SCORE:
                yield score


# --- what strangers write ------------------------------------------------------------------


def _object(body: bytes, what: str) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise KnowledgeError(f"no JSON where {what} should be") from None
    if not isinstance(found, dict):
        raise KnowledgeError(f"other JSON than {what}")
    return found


def _part(found: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = found.get(name)
    return part if isinstance(part, dict) else {}


def _list(found: object) -> Iterable[object]:
    return found if isinstance(found, list) else ()


def _cve(written: object) -> str:
    return written if isinstance(written, str) and _CVE.fullmatch(written) else ""


def _day(written: object) -> date | None:
    try:
        return date.fromisoformat(str(written)[:10])
    except ValueError:
        return None


def _number(written: object) -> float | None:
    try:
        number = float(written) if isinstance(written, int | float | str) else math.nan
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _line(written: object) -> str:
    return clip(" ".join(clean(written).split()), _LONGEST) if isinstance(written, str) else ""
