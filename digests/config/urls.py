"""Addresses of feeds: http and https only, written so that nobody is misled, without secrets."""

import re
import unicodedata
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from digests.config.kinds import Schema, or_variable, text_of
from digests.config.sheet import Refused, Sheet
from digests.config.tree import Node, Scalar
from digests.text.masks import find_secret_query, quoted

LONGEST = 2048
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*(?=:)", re.ASCII)
_AUTHORITY = re.compile(r"[^/?#]*")
_PORT = re.compile(r"[0-9]{1,5}", re.ASCII)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
_BLANK_OR_UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Cn"})
_BARE_HOST = re.compile(r"(?:[\w-]+\.)+[a-zA-Z]{2,}(?:[/:?].*)?")
# Scripts that one label may mix, since whole languages are written so.
_EAST_ASIAN = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "LATIN"})


@dataclass(frozen=True, slots=True)
class Url:
    """An address to poll; its host comes out in lower case and punycode."""

    accepts: str = "an http or https address"

    def read(self, node: Node, sheet: Sheet) -> str:
        """The address; raises Refused."""
        if isinstance(node, Scalar):
            _refuse_secret(node.text)
        return normal_url(text_of(node, sheet))

    def schema(self) -> Schema:
        """The beginning of its shape."""
        pattern = r"^[Hh][Tt][Tt][Pp][Ss]?://[^/?#@\s\\]+[^\s\\]*$"
        return or_variable({"type": "string", "pattern": pattern, "maxLength": LONGEST})


def normal_url(text: str) -> str:
    """The address with scheme and host in their normal form; raises Refused."""
    if len(text) > LONGEST:
        raise Refused(f"longer than {LONGEST:,} characters ({len(text):,})")
    _refuse_characters(text)
    scheme, rest = _split_scheme(text)
    authority = _AUTHORITY.match(rest)
    assert authority is not None  # it matches the empty text too
    begin = len(text) - len(rest)
    host = _normal_authority(authority[0], begin)
    return f"{scheme}://{host}{rest[authority.end() :]}"


def _refuse_secret(written: str) -> None:
    secret = find_secret_query(written[: LONGEST * 2])
    if secret:
        offset, name = secret
        hint = f"write {name}=${{NAME}} and put the value into .env"
        raise Refused("with a secret in it", hint=hint, offset=offset)


def _refuse_characters(text: str) -> None:
    for offset, character in enumerate(text):
        if unicodedata.category(character) in _BLANK_OR_UNSEEN:
            blank = character == " "
            what, hint = (
                ("a space", "write %20") if blank else (f"U+{ord(character):04X}", "remove it")
            )
            raise Refused(f"with {what} in it", hint=hint, offset=offset)
        if character == "\\":
            raise Refused("with a backslash in it", hint="write /", offset=offset)


def _split_scheme(text: str) -> tuple[str, str]:
    """The scheme in lower case, and what follows its //."""
    match = _SCHEME.match(text)
    scheme = match[0].lower() if match else ""
    if scheme == "feed":
        hint = f"write {text[5:]}" if text[5:].lower().startswith("http") else "write https://…"
        raise Refused("which begins with feed:", hint=hint)
    if scheme in {"http", "https"}:
        if not text[len(scheme) :].startswith("://"):
            raise Refused("without // after its colon", hint=f"write {scheme}://…")
        return scheme, text[len(scheme) + 3 :]
    if _BARE_HOST.fullmatch(text):
        raise Refused("without https:// before it", hint=f"write https://{text}")
    raise Refused(f"which begins with {scheme}:" if scheme else "")


def _normal_authority(authority: str, begin: int) -> str:
    user, at, place = authority.rpartition("@")
    if at:
        hint = "take the name out; for a password write auth: ${NAME}"
        raise Refused("with a user name in it", hint=hint, offset=begin)
    begin += len(user) + len(at)
    host, colon, port = place.rpartition(":")
    if not colon or "]" in port:
        host, port, colon = place, "", ""
    if colon:
        _check_port(port, begin + len(host) + 1)
    if not host:
        raise Refused("without a host", offset=begin)
    return normal_host(host, begin) + (f":{int(port)}" if port else "")


def _check_port(port: str, offset: int) -> None:
    if port and not (_PORT.fullmatch(port) and 1 <= int(port) <= 65_535):  # noqa: PLR2004 - 16 bits
        raise Refused("with an impossible port", hint="ports go from 1 to 65535", offset=offset)


def normal_host(host: str, offset: int = 0) -> str:
    """The host in lower case and punycode; raises Refused for what no name server knows."""
    if host.startswith("["):
        return _ipv6(host, offset)
    for label in host.split("."):
        _refuse_mixed(label, offset)
    name = host.lower() if host.isascii() else _punycode(host, offset)
    name = name.removesuffix(".")
    labels = name.split(".")
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):  # noqa: PLR2004 - DNS
        raise Refused("whose host cannot exist", hint=_label_hint(labels), offset=offset)
    if _NUMBER.fullmatch(labels[-1]):
        _check_ipv4(name, offset)
    return name


def _ipv6(host: str, offset: int) -> str:
    try:
        address = IPv6Address(host.removeprefix("[").removesuffix("]"))
    except AddressValueError:
        raise Refused("whose host is no IPv6 address", offset=offset) from None
    if address.scope_id or not host.endswith("]"):
        raise Refused("whose host is no IPv6 address", offset=offset)
    return f"[{address.compressed}]"


def _check_ipv4(name: str, offset: int) -> None:
    try:
        IPv4Address(name)
    except AddressValueError:
        hint = "write an IPv4 address as four numbers from 0 to 255"
        raise Refused("whose host is a number", hint=hint, offset=offset) from None


def _punycode(host: str, offset: int) -> str:
    import idna  # noqa: PLC0415 - its tables are only needed for names outside ASCII

    if len(host) > 253:  # noqa: PLR2004 - the longest name DNS knows
        raise Refused("whose host cannot exist", hint="a host has 253 characters", offset=offset)
    try:
        return idna.encode(host, uts46=True).decode().lower()
    except UnicodeError:
        raise Refused("whose host cannot exist", offset=offset) from None


def _refuse_mixed(label: str, offset: int) -> None:
    """A label of several alphabets is nearly always made to look like another one."""
    if label.isascii():
        return
    scripts = {unicodedata.name(c, "").partition(" ")[0] for c in label if c.isalpha()}
    if len(scripts) < 2 or scripts <= _EAST_ASIAN:  # noqa: PLR2004 - one alphabet is the rule
        return
    names = " and ".join(sorted(script.capitalize() for script in scripts))
    spelled = _punycode(label, offset)
    hint = f"write {quoted(spelled)} for that part if you mean it"
    raise Refused(f"whose host mixes {names} letters", hint=hint, offset=offset)


def _label_hint(labels: list[str]) -> str:
    if any(not label for label in labels):
        return "two dots stand side by side, or one at the beginning"
    if any(len(label) > 63 for label in labels):  # noqa: PLR2004 - DNS
        return "between two dots there are at most 63 characters"
    return "letters, digits and - between dots"
