"""Which addresses may be reached. Judges the address really connected, not the name of it."""

import re
from collections.abc import Collection, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

# `is_private` and `is_global` are not enough: 100.64.0.1 is neither, multicast is "global".
# IPv4: everything is open but what IANA set aside, and one platform's own service address.
_CLOSED = [
    (ip_network(network), what)
    for network, what in (
        ("0.0.0.0/8", "this machine itself"),
        ("10.0.0.0/8", "a private network"),
        ("100.64.0.0/10", "a provider's inner network"),
        ("127.0.0.0/8", "this machine itself"),
        ("168.63.129.16/32", "a cloud's service address"),
        ("169.254.0.0/16", "the local link, where clouds keep their secrets"),
        ("172.16.0.0/12", "a private network"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "for documentation"),
        ("192.88.99.0/24", "reserved"),
        ("192.168.0.0/16", "a private network"),
        ("198.18.0.0/15", "for measuring networks"),
        ("198.51.100.0/24", "for documentation"),
        ("203.0.113.0/24", "for documentation"),
        ("224.0.0.0/4", "a multicast group"),
        ("240.0.0.0/4", "reserved"),
    )
]
# IPv6: the other way round. Only global unicast is open, less what was set aside in it; tunnels
# to IPv4 (6to4, Teredo) are closed with the rest, since they reach what they wrap.
_OPEN6 = IPv6Network("2000::/3")
_CLOSED6 = [
    IPv6Network(network)
    for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "2620:4f:8000::/48")
]
_NAT64 = IPv6Network("64:ff9b::/96")  # how networks without IPv4 reach every IPv4 publisher

# Services that answer to any bytes on a line, or that hold data: never a publisher. A listener
# that lets HTTP through to these is what request forgery looks for.
_CLOSED_PORTS = frozenset(
    {0, 1, 7, 9, 13, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 79, 110, 111, 113, 119}
    | {123, 135, 137, 139, 143, 161, 179, 389, 445, 465, 512, 513, 514, 515, 587, 636, 873, 993}
    | {995, 1433, 1521, 2049, 2375, 2376, 2379, 2380, 3306, 3389, 5432, 5672, 5900, 6000, 6379}
    | {6665, 6666, 6667, 6668, 6669, 9042, 9200, 9300, 11211, 15672, 27017, 27018, 50000, 50070}
)
# Names that only ever mean a cloud's metadata service, wherever they resolve to.
_CLOSED_NAMES = frozenset(
    {"metadata", "metadata.google.internal", "metadata.goog", "instance-data"}
    | {"instance-data.ec2.internal", "metadata.tencentyun.com", "metadata.azure.internal"}
)

_PLAIN = re.compile(r"(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})", re.ASCII)

Address = IPv4Address | IPv6Address


class AddressRules:
    """The operator's rules: everything public, and what `network.allow` names.

    `allow` are CIDR ranges (ValueError when one is not); `ports` are further ports to refuse
    everywhere, for instance the one we listen on.
    """

    def __init__(self, allow: Sequence[str] = (), ports: Collection[int] = ()) -> None:
        self._allow = tuple(ip_network(network, strict=False) for network in allow)
        self._ports = _CLOSED_PORTS | frozenset(ports)

    def renew(self, allow: Sequence[str]) -> None:
        """Take other ranges instead, from the next connection on; ValueError changes nothing."""
        self._allow = tuple(ip_network(network, strict=False) for network in allow)

    def refusal(self, ip: str, port: int) -> str:
        """Why this address must not be connected, for people; "" when it may."""
        if port in self._ports:
            return f"port {port} is not where publishers are"
        try:
            address = _unwrapped(ip_address(ip.partition("%")[0]))
        except ValueError:
            return f"{ip[:60]!r} is no address"
        if any(address in network for network in self._allow):
            return ""
        what = _closed(address)
        return f"{ip} is {what}, and network.allow does not name it" if what else ""

    def refused_name(self, host: str, port: int) -> str:
        """Why this host, as written, must not even be looked up; "" when it may."""
        if ":" in host:
            return self.refusal(host, port)
        name = host.rstrip(".").lower()
        if name in _CLOSED_NAMES:
            return f"{name} is a cloud's metadata service"
        if name == "localhost" or name.endswith(".localhost"):  # whatever the resolver thinks
            return self.refusal("127.0.0.1", port) and self.refusal("::1", port)
        if not _ends_in_a_number(name):
            return ""
        if _PLAIN.fullmatch(name):
            return self.refusal(name, port)
        return (
            f"{name[:60]} is an address in disguise"  # 127.1, 0x7f000001, 2130706433, 0177.0.0.1
        )


def _unwrapped(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, where a network really takes us there."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return IPv4Address(address.packed[-4:])
    return address


def _closed(address: Address) -> str:
    if isinstance(address, IPv4Address):
        return next((what for network, what in _CLOSED if address in network), "")
    if address.is_loopback or address.is_unspecified:
        return "this machine itself"
    if address not in _OPEN6 or any(address in network for network in _CLOSED6):
        return "not a public address"
    return ""


def _ends_in_a_number(name: str) -> bool:
    """Whether a resolver may read the name as an IPv4 address in some old spelling."""
    last = name.rpartition(".")[2]
    return last.isdigit() or (last[:2] == "0x" and all(c in "0123456789abcdef" for c in last[2:]))
