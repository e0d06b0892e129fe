"""The fields of the query language: which there are, what their values look like, what is near."""

import difflib
import ipaddress
import re
from dataclasses import dataclass
from typing import NamedTuple

from digests.errors import Wording, said

SEARCH = ("since", "before", "date", "sort", "like", "channel")  # only when looking back
NAMES = ("actor", "malware", "product")
TRACES = ("domain", "hash", "ip")
NUMBERS = {"cvss": 10, "epss": 100, "quality": 1, "sources": 1}  # units of one, see `units`
HIGHEST = {"cvss": 100, "epss": 100, "quality": 100, "sources": 99}  # in units; more is as much
ALIASES = {
    "intitle": "title",
    "author": "publisher",
    "from": "publisher",
    "after": "since",
    "severity": "cvss",
}
OPERATORS = {">=": ">=", "<=": "<=", "≥": ">=", "≤": "<=", ">": ">", "<": "<", "=": ""}

_CVE = re.compile(r"(?:cve-)?(\d{4}-\d{4,19})", re.IGNORECASE)
_DAY = r"\d{4}-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?"
_DOT = re.compile(r"\[\.\]|\(\.\)|\[dot\]", re.IGNORECASE)
_HOST = re.compile(r"(?:[a-z]{2,8}:/?/?)?(?:[^/@\s]*@)?([^/:?#\s]+).*", re.IGNORECASE)


class Complaint(NamedTuple):
    """What is wrong with a field, what to write instead, and what was perhaps meant."""

    fault: Wording
    cure: Wording
    near: str


@dataclass(frozen=True, slots=True)
class _Kind:
    """How a field's value looks, with an example of the whole."""

    pattern: re.Pattern[str]
    example: str
    choices: tuple[str, ...] = ()


def _kind(pattern: str, example: str, *choices: str) -> _Kind:
    return _Kind(re.compile(pattern, re.IGNORECASE | re.DOTALL), example, choices)


def _choice(name: str, *values: str) -> _Kind:
    example = " · ".join(f"{name}:{value}" for value in values)
    return _kind("|".join(values), example, *values)


_ANY = r".*\w.*"
_FREE = rf"\*|{_ANY}"
_SOME_DOMAIN = r"\*|[\w-]+(?:\.[\w-]+)+"
_KINDS = {
    "title": _kind(_ANY, 'title:ransomware · title:"under attack"'),
    "publisher": _kind(_ANY, "publisher:krebsonsecurity.com"),
    "country": _kind(_ANY, "country:US"),
    "language": _kind(_ANY, "language:en"),
    "topic": _kind(_ANY, "topic:ransomware"),
    "feed": _kind(_ANY, 'feed:"Krebs on Security"'),
    "cve": _kind(rf"\*|{_CVE.pattern}", "cve:CVE-2024-3400 · cve:*"),
    "actor": _kind(_FREE, 'actor:apt28 · actor:"Fancy Bear" · actor:*'),
    "malware": _kind(_FREE, "malware:lockbit · malware:*"),
    "product": _kind(_FREE, "product:ivanti · product:*"),
    "domain": _kind(_SOME_DOMAIN, "domain:evil.example · domain:*"),
    "hash": _kind(
        r"\*|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128}",
        "hash:MD5 · hash:SHA-1 · hash:SHA-256 · hash:SHA-512 · hash:*",
    ),
    "ip": _kind(r"\*|[0-9a-f.:]+", "ip:192.0.2.7 · ip:*"),
    "is": _choice("is", "kev", "ransomware"),
    "has": _choice("has", "cve", "picture"),
    "cvss": _kind(r"(?:\d|10)(?:\.\d0*)?|10\.0+", "cvss:>=8 · cvss:>=7.5"),
    "epss": _kind(r"[01]?(?:\.\d{1,2}0*)|[01]", "epss:>=0.5 · epss:>=0.25"),
    "quality": _kind(r"\d{1,2}|100", "quality:>=60"),
    "sources": _kind(r"\d{1,2}", "sources:>=3"),
    "since": _kind(rf"{_DAY}|[1-9]\d{{0,3}}[hdwmy]", "since:7d · since:2026-01-31"),
    "before": _kind(rf"{_DAY}|[1-9]\d{{0,3}}[hdwmy]", "before:7d · before:2026-01-31"),
    "date": _kind(rf"{_DAY}(?:\.\.{_DAY})?", "date:2026-01 · date:2026-01..2026-03"),
    "sort": _choice("sort", "new", "best"),
    "like": _kind(r"[0-9a-z]{2,13}", "like:k7f3"),
    "channel": _kind(_ANY, "channel:soc"),
}
RULES = tuple(name for name in _KINDS if name not in SEARCH)  # what a rule may use
KNOWN = tuple(_KINDS)
_KEPT = ("title", "date")  # values that are no names: as written


def problem(name: str, op: str, value: str, *, searching: bool) -> Complaint | None:
    """What is wrong with a field and what to write instead; None when it is right.

    `searching`: fields that look back (since:, sort:) are welcome; a rule sees each story once.
    """
    if name not in _KINDS:
        return _unknown(name)
    if name in SEARCH and not searching:
        return Complaint(
            said(
                "{name} makes no sense in a rule, which sees each story when it arrives",
                name=f"{name}:",
            ),
            said("remove it"),
            "",
        )
    if op and name not in NUMBERS:
        fault = said("{name} cannot be compared with {op}", name=f"{name}:", op=op)
        return Complaint(fault, _write(_KINDS[name]), "")
    return _bad_value(name, plain(name, value))


def plain(name: str, value: str) -> str:
    """A value without what people put around it: a link's scheme, brackets around dots."""
    if name in TRACES:
        value = _DOT.sub(".", value)
    if name == "domain" and (host := _HOST.fullmatch(value)):
        return host[1].strip(".")
    return value


def normal(name: str, value: str) -> str:
    """One spelling for each value, so that equal queries are equal trees."""
    value = plain(name, value)
    if name == "cve":
        found = _CVE.fullmatch(value)
        return f"CVE-{found[1]}" if found else value
    if name == "ip":
        return value if value == "*" else str(ipaddress.ip_address(value))
    if name in NUMBERS:
        return _decimal(value)
    if name == "country":
        return value.upper()
    return value if name in _KEPT else value.casefold()


def units(name: str, value: str) -> int:
    """A number's value in whole units: tenths for cvss, hundredths for epss, else ones."""
    whole, _, rest = value.partition(".")
    digits = len(str(NUMBERS[name])) - 1
    return int(whole or "0") * NUMBERS[name] + int(rest.ljust(digits, "0")[:digits] or "0")


def span(name: str, op: str, value: str) -> range:
    """The numbers, in units, that `name:op value` lets through; within 0 to HIGHEST."""
    at, end = units(name, value), HIGHEST[name] + 1
    match op:
        case ">=":
            return range(at, end)
        case ">":
            return range(at + 1, end)
        case "<=":
            return range(min(at + 1, end))
        case "<":
            return range(min(at, end))
        case _:
            return range(at, min(at + 1, end))


def nearest(name: str) -> str:
    """The known field that a name looks like; "" when there is none."""
    close = difflib.get_close_matches(name[:40], (*_KINDS, *ALIASES), n=1)
    return close[0] if close else ""


def _unknown(name: str) -> Complaint:
    near = nearest(name)
    cure = _meant(f"{near}:") if near else said("known: {names}", names=", ".join(RULES))
    return Complaint(
        said('unknown field "{name}"', name=f"{name}:"), cure, f"{near}:" if near else ""
    )


def _bad_value(name: str, value: str) -> Complaint | None:
    kind = _KINDS[name]
    if kind.pattern.fullmatch(value) and (name != "ip" or _is_address(value)):
        return None
    if not value:
        return Complaint(
            said("{name} without a value", name=f"{name}:"), _write(kind), kind.example
        )
    close = difflib.get_close_matches(value.casefold()[:40], kind.choices, n=1)
    near = f"{name}:{close[0]}" if close else ""
    fault = said('{name} does not take "{text}"', name=f"{name}:", text=value[:60])
    return Complaint(fault, _meant(near) if near else _write(kind), near or kind.example)


def _meant(near: str) -> Wording:
    return said("did you mean {near}?", near=near)


def _write(kind: _Kind) -> Wording:
    return said("write {example}", example=kind.example)


def _is_address(value: str) -> bool:
    if value == "*":
        return True
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True


def _decimal(value: str) -> str:
    whole, _, rest = value.partition(".")
    rest = rest.rstrip("0")
    return f"{int(whole or '0')}.{rest}" if rest else str(int(whole or "0"))
