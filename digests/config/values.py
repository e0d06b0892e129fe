"""The other kinds of single values: rules, zones, numbers of cards, publishers, ranges."""

import ipaddress
import re
import zoneinfo
from dataclasses import dataclass
from functools import cache

from digests.config.durations import Duration, DurationOrNone
from digests.config.kinds import Choice, Schema, Text, or_variable, text_of, written_text
from digests.config.sheet import Refused, Sheet, is_number, nearest
from digests.config.tree import Node, Scalar
from digests.config.urls import normal_host
from digests.errors import QueryError
from digests.rules.query import parse_strict
from digests.text.links import registrable_domain

_TOPIC = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_MOST_CARDS = 1000

# What several groups of keys accept.
PACE = Duration("1m", "30d")
AGE = DurationOrNone(Duration("1h", "36500d"))
ONE_LINE = Text("a name on one line, at most 100 characters")
SPOKEN = Choice({name: name for name in ("en", "ar", "de", "es", "fr", "ja", "ru", "zh")})


@dataclass(frozen=True, slots=True)
class Count:
    """How many cards a new feed brings: none, a number, or all."""

    accepts: str = f"none, a number from 0 to {_MOST_CARDS:,}, or all"

    def read(self, node: Node, sheet: Sheet) -> int | None:
        """The number, None for all; raises Refused."""
        if isinstance(node, Scalar) and is_number(node):
            if not re.fullmatch(r"[0-9]{1,4}", node.text) or int(node.text) > _MOST_CARDS:
                raise Refused
            return int(node.text)
        text = text_of(node, sheet)
        if text in {"none", "all"}:
            return 0 if text == "none" else None
        close = nearest(text, ("none", "all"))
        hint = f"did you mean {close}?" if close else ""
        raise Refused(hint=f"write {text}, without quotation marks" if text.isdecimal() else hint)

    def schema(self) -> Schema:
        """A number or a word."""
        number = {"type": "integer", "minimum": 0, "maximum": _MOST_CARDS}
        return {"anyOf": [number, *or_variable({"enum": ["none", "all"]})["anyOf"]]}


@dataclass(frozen=True, slots=True)
class Rule:
    """A query in its strict reading."""

    accepts: str = "a query, such as topic:ransomware OR cve:*"

    def read(self, node: Node, sheet: Sheet) -> str:
        """The query's text; raises Refused with the place inside it."""
        text = written_text(node, sheet, lines=True)
        try:
            parse_strict(text)
        except QueryError as error:
            raise Refused(
                instead=error.message, hint=error.hint, offset=error.column - 1
            ) from None
        return text

    def schema(self) -> Schema:
        """A string; JSON Schema does not know the language. Digits alone are a word too."""
        return {"type": ["string", "integer"]}


@dataclass(frozen=True, slots=True)
class Zone:
    """A time zone of the IANA database."""

    accepts: str = "a time zone, such as UTC, Europe/Berlin or America/New_York"

    def read(self, node: Node, sheet: Sheet) -> str:
        """Its name; raises Refused."""
        text = text_of(node, sheet)
        close = nearest_zone(text)
        if close == text:
            return text
        raise Refused(hint=f"did you mean {close}?" if close else "")

    def schema(self) -> Schema:
        """A string: the list of zones changes several times a year."""
        return or_variable({"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_+/-]*$"})


def nearest_zone(text: str) -> str:
    """The zone of that name, else the one that was probably meant; "" when none is near."""
    if text in _zones():
        return text
    cities = {name.rpartition("/")[2]: name for name in sorted(_zones()) if "/" in name}
    return nearest(text, _zones()) or cities.get(nearest(text.replace(" ", "_"), cities), "")


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones()) - {"localtime", "Factory"}


@dataclass(frozen=True, slots=True)
class Topic:
    """A word that stories are sorted by."""

    accepts: str = "a topic: small letters, digits and -, such as ransomware or supply-chain"

    def read(self, node: Node, sheet: Sheet) -> str:
        """The topic; raises Refused."""
        text = text_of(node, sheet)
        if _TOPIC.fullmatch(text) and text == text.lower() and len(text) <= 40:  # noqa: PLR2004 - a chip
            return text
        meant = "-".join(_TOPIC.findall(text.lower()[:80]))
        raise Refused(hint=f"write {meant}" if meant and len(meant) <= 40 else "")  # noqa: PLR2004 - ditto

    def schema(self) -> Schema:
        """Its shape; letters of any script."""
        pattern = r"^[^\sA-Z_,;:]+$"
        return or_variable({"type": "string", "pattern": pattern, "maxLength": 40})


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who stands behind a feed: a domain, or host and port."""

    accepts: str = "a domain, such as krebsonsecurity.com"

    def read(self, node: Node, sheet: Sheet) -> str:
        """The domain in lower case and punycode; raises Refused."""
        text = text_of(node, sheet)
        if "://" in text:
            raise Refused(hint=f"write {registrable_domain(text) or 'the domain alone'}")
        host, colon, port = text.rpartition(":")
        if not colon or "]" in port:
            host, port, colon = text, "", ""
        if not host or (colon and not re.fullmatch(r"[1-9][0-9]{0,4}", port)):
            raise Refused
        return normal_host(host) + (f":{port}" if port else "")

    def schema(self) -> Schema:
        """Its shape."""
        return or_variable({"type": "string", "pattern": r"^[^\s/@?#]+$", "maxLength": 260})


@dataclass(frozen=True, slots=True)
class Range:
    """Addresses that may be reached although they are private."""

    accepts: str = "an address or a range, such as 10.1.0.0/16"

    def read(self, node: Node, sheet: Sheet) -> str:
        """The range as CIDR; raises Refused."""
        text = written_text(node, sheet)
        try:
            network = ipaddress.ip_network(text, strict=False)
        except ValueError:
            raise Refused from None
        if "/" in text and network.network_address != ipaddress.ip_interface(text).ip:
            raise Refused("whose address lies inside the range", hint=f"write {network}")
        if not network.prefixlen:
            raise Refused("which is every address", hint="name the ranges that feeds need")
        return str(network)

    def schema(self) -> Schema:
        """Its letters."""
        return or_variable({"type": "string", "pattern": r"^[0-9A-Fa-f.:]+(?:/[0-9]{1,3})?$"})
