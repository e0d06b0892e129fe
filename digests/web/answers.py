"""What a publisher's status line and headers mean. Pure.

Headers come as aiohttp decodes them: UTF-8 with surrogateescape, so no byte is lost.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from digests.model import CacheHints, FetchFailed, Trouble, Validators

LONGEST_VALIDATOR = 1024  # bytes; a publisher that sends more abuses us as its storage
_UNSENDABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_SECONDS = re.compile(r"[+-]?\d{1,15}(\.\d{1,9})?(e\d{1,2})?", re.ASCII)
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,15})", re.ASCII | re.IGNORECASE)
_ASK_AGAIN = re.compile(r"(?:^|[,\s])no-(?:cache|store)\b", re.ASCII | re.IGNORECASE)
_LONGEST = timedelta(days=365_000)  # clamped later; here they only must not overflow


def validators_of(headers: Mapping[str, str]) -> Validators:
    """ETag and Last-Modified exactly as sent, whatever they look like; "" when unusable."""
    return Validators(_opaque(headers.get("ETag")), _opaque(headers.get("Last-Modified")))


def hints_of(headers: Mapping[str, str], now: datetime) -> CacheHints:
    """What the headers say about the next poll; spans may be negative or absurd."""
    date = _date(headers.get("Date", ""))
    return CacheHints(
        date=date,
        max_age=_lifetime(headers, date or now),
        retry_after=_retry_after(headers.get("Retry-After", ""), date or now),
    )


def failure_of(status: int, headers: Mapping[str, str], now: datetime) -> FetchFailed:
    """What a status that brings no document means for us."""
    trouble, words = _meaning(status, headers)
    return FetchFailed(trouble, f"{words} (HTTP {status})", status, hints_of(headers, now))


def _meaning(status: int, headers: Mapping[str, str]) -> tuple[Trouble, str]:
    if status in _MEANINGS and status not in _WALLED:
        return _MEANINGS[status]
    if _is_bot_wall(headers):
        return Trouble.BOT_WALL, "bot protection stands before it; ask the publisher to let us in"
    if status in _MEANINGS:
        return _MEANINGS[status]
    if 500 <= status < 600:  # noqa: PLR2004 - HTTP
        return Trouble.SERVER, "the server has a fault"
    if 400 <= status < 500:  # noqa: PLR2004 - HTTP
        return Trouble.REFUSED, "the server refuses"
    return Trouble.PROTOCOL, "the answer makes no sense"


_WALLED = frozenset({401, 403, 503})  # what bot walls answer with
_MEANINGS = {
    401: (Trouble.UNAUTHORISED, "it wants credentials; give the feed an auth"),
    402: (Trouble.REFUSED, "it wants to be paid"),
    403: (Trouble.UNAUTHORISED, "it refuses us, or wants credentials"),
    404: (Trouble.NOT_FOUND, "there is nothing at this address"),
    410: (Trouble.GONE, "it is gone for good"),
    429: (Trouble.RATE_LIMITED, "the host wants fewer requests"),
    451: (Trouble.REFUSED, "it is withheld for legal reasons"),
    503: (Trouble.UNAVAILABLE, "it is unavailable just now"),
}


def _is_bot_wall(headers: Mapping[str, str]) -> bool:
    return (
        headers.get("cf-mitigated", "").strip().lower() == "challenge"
        or "x-amzn-waf-action" in headers
    )


def _opaque(value: str | None) -> str:
    if not value or _UNSENDABLE.search(value):
        return ""
    size = len(value.encode("utf-8", "surrogateescape"))
    return value if size <= LONGEST_VALIDATOR else ""


def _lifetime(headers: Mapping[str, str], date: datetime) -> timedelta | None:
    """Cache-Control before Expires (RFC 9111, 5.3); a lifetime of nothing says nothing."""
    control = headers.get("Cache-Control", "")
    if _ASK_AGAIN.search(control):
        return None
    said = _MAX_AGE.search(control)
    if said is not None:
        lifetime = min(timedelta(seconds=int(said[1])), _LONGEST)
    else:
        expires = _date(headers.get("Expires", ""))
        lifetime = expires - date if expires else timedelta(0)
    return lifetime if lifetime > timedelta(0) else None


def _retry_after(text: str, date: datetime) -> timedelta | None:
    """Seconds or a date; a date counts from the answer's own, so that no clock matters."""
    text = text.strip()
    if _SECONDS.fullmatch(text):
        seconds = float(text)
        longest = _LONGEST.total_seconds()
        return timedelta(seconds=min(max(seconds, -longest), longest))
    at = _date(text)
    return at - date if at else None


def _date(text: str) -> datetime | None:
    if not text:
        return None
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):  # it raises each on some input
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    try:
        return at.astimezone(UTC)
    except OverflowError:  # year 1 or 9999 with a zone
        return None
