"""Spellings of addresses inside the house, made by chance: what a filter of words lets through.

Seeded; no two alike. Each leads, for some resolver or some parser, to this machine, to a private
network, or to a cloud's metadata.
"""

from collections.abc import Callable, Iterator
from ipaddress import IPv4Address
from random import Random

_INSIDE = [
    "127.0.0.1",
    "127.0.0.2",
    "127.255.255.254",
    "0.0.0.0",
    "0.0.0.1",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.127.255.254",
    "169.254.169.254",
    "169.254.170.2",
    "172.16.0.1",
    "172.31.255.254",
    "192.168.0.1",
    "192.168.255.254",
    "192.0.0.192",
    "192.0.2.1",
    "198.18.0.1",
    "198.19.255.254",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "168.63.129.16",
]
_INSIDE_6 = [
    "::1",
    "::",
    "fe80::1",
    "fe80::a9fe:a9fe",
    "febf::1",
    "fc00::1",
    "fd00:ec2::254",
    "fdff:ffff::1",
    "fec0::1",
    "ff02::1",
    "ff05::2",
    "2001:db8::1",
    "2001::1",
    "2002:7f00:1::",
    "3fff::1",
    "64:ff9b:1::a9fe:a9fe",
    "100::1",
]
_NAMES = [
    "localhost",
    "a.localhost",
    "www.x.localhost",
    "metadata",
    "metadata.google.internal",
    "metadata.goog",
    "instance-data",
    "instance-data.ec2.internal",
    "metadata.azure.internal",
    "metadata.tencentyun.com",
]
_ONES = {
    "full-width": str.maketrans("0123456789", "０１２３４５６７８９"),
    "circled": str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨"),
    "superscript": str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"),
    "subscript": str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"),
    "bold": str.maketrans("0123456789", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗"),
    "monospace": str.maketrans("0123456789", "𝟶𝟷𝟸𝟹𝟺𝟻𝟼𝟽𝟾𝟿"),
}
_DOTS = "。．｡"
_LETTERS = {c: chr(ord(c) - 0x61 + base) for base in (0xFF41, 0x24D0) for c in "acdeghilmnost"}


def spellings(count: int, seed: int = 0) -> Iterator[str]:
    """So many different hosts as they stand in a URL, with what may stand around them."""
    chance, made = Random(seed), set[str]()
    ways: tuple[Callable[[Random], str], ...] = (_numbers, _numbers, _six, _embedded, _name)
    while len(made) < count:
        host = _dressed(chance.choice(ways)(chance), chance)
        if host not in made:
            made.add(host)
            yield host


def _numbers(chance: Random) -> str:
    """An IPv4 address of one to four parts, each in any base."""
    value = int(IPv4Address(chance.choice(_INSIDE)))
    parts = chance.randint(1, 4)
    heads = [(value >> (24 - 8 * n)) & 0xFF for n in range(parts - 1)]
    tail = value & ((1 << (32 - 8 * (parts - 1))) - 1)
    written = ".".join(_number(part, chance) for part in (*heads, tail))
    if chance.random() < 0.3:
        written = written.translate(chance.choice(list(_ONES.values())))
    if chance.random() < 0.2:
        written = written.replace(".", chance.choice(_DOTS))
    return written


def _number(value: int, chance: Random) -> str:
    zeros = "0" * chance.choice((0, 0, 0, 1, 3, 12))
    return chance.choice(
        (str(value), f"{value}", f"0{zeros}{value:o}", f"0x{zeros}{value:x}", f"0X{value:X}")
    )


def _six(chance: Random) -> str:
    """An IPv6 address, whole or shortened, in either case."""
    address = chance.choice(_INSIDE_6)
    if chance.random() < 0.5:
        zone = chance.choice(("", "", "%25lo", "%lo", "%251"))
        return f"[{chance.choice((str.lower, str.upper))(address)}{zone}]"
    import ipaddress

    groups = ipaddress.IPv6Address(address).exploded.split(":")
    return f"[{':'.join(g if chance.random() < 0.5 else g.lstrip('0') or '0' for g in groups)}]"


def _embedded(chance: Random) -> str:
    """An IPv4 address inside an IPv6 one: mapped, compatible, NAT64, 6to4, Teredo, ISATAP."""
    inside = IPv4Address(chance.choice(_INSIDE))
    high, low = int(inside) >> 16, int(inside) & 0xFFFF
    pair = chance.choice((str(inside), f"{high:x}:{low:x}", f"{high:04X}:{low:04X}"))
    return chance.choice(
        (
            f"[::ffff:{pair}]",
            f"[0:0:0:0:0:FFFF:{pair}]",
            f"[::{pair}]",
            f"[64:ff9b::{pair}]",
            f"[64:ff9b:1::{pair}]",
            f"[2002:{high:x}:{low:x}::]",
            f"[2001:0:{high:x}:{low:x}::]",
            f"[fe80::5efe:{pair}]",
        )
    )


def _name(chance: Random) -> str:
    name = chance.choice(_NAMES)
    written = "".join(
        _LETTERS.get(c, c) if chance.random() < 0.1 else chance.choice((c, c.upper()))
        for c in name
    )
    if chance.random() < 0.2:
        at = chance.randrange(1, len(written))
        written = written[:at] + chance.choice("\u00ad\u200b\u2060") + written[at:]
    return written


def _dressed(host: str, chance: Random) -> str:
    """What may stand before and behind a host without changing where it leads."""
    before = chance.choice(
        ("", "", "", "user@", "user:pw@", "news.example@", "news.example%40", "a@b@", "%2f@")
    )
    behind = "." if chance.random() < 0.15 and not host.endswith("]") else ""
    return f"{before}{host}{behind}"
