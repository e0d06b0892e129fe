"""What attackers leave behind in a text: hashes, addresses, domains and links, found in one pass.

Words of ordinary prose look like these (`ASP.NET`, version 7.2.11.5, a link to a newspaper), so a
domain or a link counts only where its author broke it on purpose (`evil[.]com`, `hxxp://…`), or
where nothing else can be meant: an address as a link's host, an onion service. Every pattern is
bounded and possessive: time grows with the length of the text only, whatever it holds.
"""

import re
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from itertools import islice

from digests.model import Indicator
from digests.text.links import host_of

MOST = 300  # of one text: longer lists are appendices, not stories

_BROKEN_DOT = r"(?:\[\.\]?|\(\.\)|\{\.\}|\.\]|\\\.|\[dot\]|\(dot\)|\{dot\})"
_DOT = rf"(?:{_BROKEN_DOT}|\.)"
_DOTS = re.compile(rf"(?i){_BROKEN_DOT}")
_COLON = re.compile(r"\[:\]?|:\]")
_SLASH = re.compile(r"\[/\]")
_BROKEN = re.compile(rf"(?i){_BROKEN_DOT}|\[:|:\]|\[/|\[@|\[at\]|\(at\)")

_HASH = re.compile(
    r"(?<![0-9A-Za-z/=])(?:[0-9A-Fa-f]{128}|[0-9A-Fa-f]{64}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{32})"
    r"(?![0-9A-Za-z])"
)
_HASH_KINDS = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}

_URL = re.compile(
    r"(?i)(?<![a-z0-9])(?P<scheme>h(?:tt|xx|\*\*|xt|tx)ps?|fxp|ftp|hp)"
    r"(?P<mark>\[?:\]?/\]?/\]?|\[://\]|\[:/\]/|:\[//\])(?P<rest>[^\s<>\"'|`]{3,1000})"
)
_HOST_OF_REST = re.compile(rf"(?i)\[[0-9a-f:.]{{2,45}}\]|(?:{_BROKEN_DOT}|[^/?#:\[\]\\])++")
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?+"
_NAME = re.compile(
    rf"(?i)(?<![\w.@\]/=-])(?P<user>[\w.+-]{{1,64}}+(?:@|\[@\]?|\[at\]|\(at\)))?+"
    rf"(?P<host>(?:{_LABEL}{_DOT}){{1,9}}+(?:xn--[a-z0-9-]{{1,59}}|[^\W\d_]{{2,24}}))(?![\w-])"
)
_IPV4 = re.compile(
    rf"(?i)(?<![\w.\])-])\d{{1,3}}{_DOT}\d{{1,3}}{_DOT}\d{{1,3}}{_DOT}\d{{1,3}}(?![\w-]|\.\d)"
)
_IPV6 = re.compile(
    r"(?i)(?<![\w:.\]])[23][0-9a-f]{3}(?:\[:\]|:)(?:[0-9a-f]{0,4}(?:\[:\]|:)){1,6}[0-9a-f]{0,4}(?![\w:]|\.\d)"
)
_ONION = re.compile(r"(?i)(?:[a-z2-7]{56}|[a-z2-7]{16})\.onion")
_VERSION_WORDS = frozenset({
    "v", "version", "versions", "build", "release", "firmware", "update", "patch", "os", "sp",
    "beta", "rc", "версия", "версии", "версию", "versión", "versiones", "版本", "バージョン",
})  # fmt: skip
_ADDRESS_WORDS = frozenset({
    "ip", "ips", "ipv4", "address", "addresses", "c2", "server", "servers", "host", "hosts",
    "hosted", "адрес", "адреса", "адресов", "adresse", "adressen", "adresses", "dirección",
    "direcciones", "العنوان", "عنوان", "عناوين", "地址", "アドレス",
})  # fmt: skip
_WORD = re.compile(r"[^\W_]+")
_LARGE_OCTET = 32  # versions seldom count so far
_CONTEXT = 48  # characters before it that say what four numbers are
_LOOKED_AT = 2_000  # candidates of each kind in one text


def traces(flat: str) -> list[tuple[int, Indicator]]:
    """Everything but CVEs in a text, with its place; *flat* has plain signs only."""
    found: list[tuple[int, Indicator]] = []
    spans: list[tuple[int, int]] = []
    for url in _some(_URL, flat):
        found.extend((url.start(), one) for one in _of_url(url))
        spans.append((url.start(), url.start() + len(_trimmed(url[0]))))
    rest = _blanked(flat, spans)
    for hash_ in _some(_HASH, rest):
        found.extend((hash_.start(), one) for one in _of_hash(hash_[0]))
    found.extend(_addresses(rest))
    found.extend(_names(rest))
    found.sort(key=lambda one: one[0])
    return found


def _some(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """What may be something; the end of a text with thousands of these is not looked at."""
    return islice(pattern.finditer(text), _LOOKED_AT)


def _blanked(text: str, spans: list[tuple[int, int]]) -> str:
    """The text without these spans; every other character stays at its place."""
    parts: list[str] = []
    end = 0
    for start, stop in spans:
        parts += [text[end:start], " " * (stop - start)]
        end = stop
    return "".join((*parts, text[end:])) if spans else text


def _of_hash(hash_: str) -> Iterator[Indicator]:
    """Only with letters and digits: a row of one of them is a number or a word."""
    if not hash_.isdigit() and not hash_.isalpha():
        yield Indicator(_HASH_KINDS[len(hash_)], hash_.lower())


# --- links --------------------------------------------------------------------------------


def _of_url(url: re.Match[str]) -> Iterator[Indicator]:
    """The link and its host, when the link was broken on purpose or its host is an address."""
    rest = _trimmed(url["rest"])
    place = _HOST_OF_REST.match(rest)
    if place is None:
        return
    written = place[0].rpartition("@")[2]
    host = _host(written)
    kind = _kind(host)
    scheme = url["scheme"].lower()
    meant = _BROKEN.search(url["mark"] + written) or scheme not in {"http", "https", "ftp"}
    if not host or not (meant or kind != "domain" or _ONION.fullmatch(host)):
        return
    if kind != "domain" and not _public(host.strip("[]")):
        return  # somebody's example, or their own machine
    plain = _SLASH.sub("/", _COLON.sub(":", _DOTS.sub(".", rest[place.end() :])))
    scheme = "ftp" if scheme[0] == "f" else f"http{'s' if scheme.endswith('s') else ''}"
    yield Indicator("url", f"{scheme}://{host}{plain}")
    yield from _of_host(host)


def _trimmed(link: str) -> str:
    """Without what belongs to the sentence around it."""
    link = link.rstrip(".,;:!?\u2026*\u00bb\u201d\u201c\u2019")
    while (
        link
        and link[-1] in ")]}"
        and link.count(link[-1]) > link.count("([{"[")]}".index(link[-1])])
    ):
        link = link[:-1].rstrip(".,;:!?")
    return link


def _host(written: str) -> str:
    """A host as it is compared: refanged, lower case, punycode; "" when it is none."""
    plain = _DOTS.sub(".", written)
    host = host_of(f"http://{plain}/")
    return host if "." in host or ":" in host else ""


def _kind(host: str) -> str:
    if host.startswith("["):
        return "ipv6"
    return "ipv4" if _ipv4(host) is not None else "domain"


def _of_host(host: str) -> Iterator[Indicator]:
    kind = _kind(host)
    if kind == "domain":
        if not host.rpartition(".")[2].isdigit():
            yield Indicator("domain", host)
    elif _public(host.strip("[]")):
        yield Indicator(kind, host.strip("[]"))


# --- addresses and names ------------------------------------------------------------------


def _addresses(text: str) -> Iterator[tuple[int, Indicator]]:
    for found in _some(_IPV4, text):
        plain = _DOTS.sub(".", found[0])
        broken = plain != found[0]
        if _public(plain) and (broken or _clearly_address(text, found, plain)):
            yield found.start(), Indicator("ipv4", plain)
    for found in _some(_IPV6, text):
        address = _ipv6(_COLON.sub(":", found[0]))
        if address is not None and address.is_global:
            yield found.start(), Indicator("ipv6", address.compressed)


def _clearly_address(text: str, found: re.Match[str], plain: str) -> bool:
    """Four numbers in prose are as often a version: small ones need a word that says address."""
    before = text[max(found.start() - _CONTEXT, 0) : found.start()]
    words = _WORD.findall(before.lower())
    if before.endswith(("v", "V")) or (words and words[-1] in _VERSION_WORDS):
        return False
    if max(int(octet) for octet in plain.split(".")[1:]) >= _LARGE_OCTET:
        return True
    return not _ADDRESS_WORDS.isdisjoint(words)


def _names(text: str) -> Iterator[tuple[int, Indicator]]:
    if not (_BROKEN.search(text) or ".onion" in text):
        return
    for found in _some(_NAME, text):
        if not (_BROKEN.search(found[0]) or _ONION.fullmatch(found["host"])):
            continue
        host = _host(found["host"])
        if host and found["user"]:
            user = re.split(r"(?i)@|\[|\(", found["user"])[0]
            yield found.start(), Indicator("email", f"{user.lower()}@{host}")
        elif host:
            yield found.start(), Indicator("domain", host)


def _public(address: str) -> bool:
    """Whether an address can belong to somebody on the internet."""
    parsed = _ipv4(address) or _ipv6(address)
    return parsed is not None and parsed.is_global and not parsed.is_multicast


def _ipv4(address: str) -> IPv4Address | None:
    try:
        return IPv4Address(address)
    except AddressValueError:
        return None


def _ipv6(address: str) -> IPv6Address | None:
    try:
        return IPv6Address(address)
    except AddressValueError:
        return None
