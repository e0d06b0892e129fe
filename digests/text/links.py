"""Addresses found in untrusted text: which may be opened, and which are the same page.

`shown` is what a reader opens; `canonical` is what two feeds are compared by. Neither ever says
where a request may go: that is decided where the connection is made (web/addresses.py).
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import AddressValueError, IPv6Address
from urllib.parse import quote, unquote, urljoin


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LONGEST = 2048
_URL = re.compile(r"(?is)(https?)://([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?")
_SCHEME = re.compile(r"(?i)[a-z][a-z0-9+.-]*:")
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_HOST = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.|\Z))+")
_PORT = re.compile(r"0*([1-9][0-9]{0,4})\Z")
_ESCAPE = re.compile("%([0-9A-Fa-f]{2})|%")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_SAFE_IN_PATH = "/:@!$&'()*+,;=-._~%"
_SAFE_IN_QUERY = _SAFE_IN_PATH + "?"

# Parameters that say where the reader came from, not what is shown.
_TRACKING = _names(
    """
    fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ysclid twclid ttclid igshid igsh
    li_fat_id mc_cid mc_eid mkt_tok wt_mc wt.mc_id xtor xtref cmpid ncid s_cid icid ito spm
    echobox oly_enc_id oly_anon_id vero_id vero_conv rb_clickid dicbo guccounter
    guce_referrer guce_referrer_sig __twitter_impression share_source sr_share smid smtyp
    ocid taid hsctatracking rss_cid feedname feedtype
    """
)
_TRACKING_PREFIXES = ("utm_", "mtm_", "pk_", "piwik_", "matomo_", "hsa_", "_hs", "__hs", "at_")
_REFERRER = _names("ref source src from via origin referrer campaign partner")
_REFERRERS = _names(
    """
    rss rss2 rss-feed rssfeed rss_feed feed feeds atom feedburner feedly newsletter email
    mail twitter facebook linkedin mastodon social
    """
)
_NOISE_FRAGMENT = re.compile(
    r"(?i)(?:top|page-?top|comments?|comment-?form|respond|reply|disqus_thread|rss|atom|more-\d+"
    r"|comment-\d+|:~:.*)?"
)

# Path, parameters and host of services that only forward.
_REDIRECTORS = (
    ("/url", ("url", "q"), re.compile(r"(?:[a-z0-9-]+\.)?google\.[a-z]{2,3}(?:\.[a-z]{2})?")),
    ("/l.php", ("u",), re.compile(r"lm?\.(?:facebook|instagram)\.com")),
    ("", ("u",), re.compile(r"l\.instagram\.com")),
    ("/redirect", ("q",), re.compile(r"youtube\.com")),
    ("/redirect", ("url",), re.compile(r"getpocket\.com")),
    ("/redirect", ("z",), re.compile(r"t\.umblr\.com")),
    ("/news/apiclick.aspx", ("url",), re.compile(r"bing\.com")),
    ("/l", ("uddg",), re.compile(r"duckduckgo\.com")),
    ("", ("url",), re.compile(r"[a-z0-9-]+\.safelinks\.protection\.outlook\.com")),
    ("", ("url",), re.compile(r"(?:go\.redirectingat|out\.reddit)\.com")),
    ("/linkfilter", ("url", "u"), re.compile(r"steamcommunity\.com")),
    ("/link", ("url",), re.compile(r"slack-redir\.net")),
    ("/url", ("url",), re.compile(r"disq\.us")),
    ("/away.php", ("to",), re.compile(r"(?:away\.)?vk\.com")),
    ("", ("target",), re.compile(r"link\.(?:zhihu\.com|juejin\.cn)")),
    ("/m/global-identity-2", ("redirectUrl",), re.compile(r"medium\.com")),
)


@dataclass(frozen=True, slots=True)
class _Address:
    scheme: str
    host: str  # lower case, IDNA; brackets around IPv6
    port: str  # ":8080", "" when it is the scheme's own
    path: str
    query: tuple[str, ...]  # name=value as written, escapes normalised
    fragment: str

    def __str__(self) -> str:
        query = f"?{'&'.join(self.query)}" if self.query else ""
        fragment = f"#{self.fragment}" if self.fragment else ""
        return f"{self.scheme}://{self.host}{self.port}{self.path}{query}{fragment}"


def canonical(url: str) -> str:
    """The identity of a page: equal for addresses that show the same; "" when it is not http(s).

    Scheme and port of plain http count as https, `www.` and a trailing slash do not count, the
    query is sorted and freed of tracking, forwarding services are unwrapped, and a fragment is
    kept unless it is known to be noise (`#comments`): some sites put their pages there.
    Idempotent. Made for comparing: it need not be an address that works.
    """
    found = _destination(url)
    if found is None:
        return ""
    path = _without_dots(found.path).rstrip("/")
    result = str(
        _Address(
            "https",
            _bare(found.host),
            "" if found.port in {":80", ":443"} else found.port,
            path,
            tuple(sorted(found.query)),
            "" if _NOISE_FRAGMENT.fullmatch(found.fragment) else found.fragment,
        )
    )
    return result if len(result) <= _LONGEST else ""


def shown(url: str, base: str = "") -> str:
    """The address a reader may open; "" when it is unsafe, which is then said in words.

    Only http and https; no user names, no control characters, no more than 2,048 characters. Host
    names are written in punycode, so that a lookalike is seen. A relative address is resolved.
    """
    url = url.strip()
    if len(url) > _LONGEST or _FORBIDDEN.search(url):
        return ""
    if base and url and not _URL.match(url):
        url = _joined(base, url)
    elif url.startswith("//"):
        url = f"https:{url}"
    found = _destination(url)
    result = "" if found is None else str(found)
    return result if len(result) <= _LONGEST else ""


def host_of(url: str) -> str:
    """The host name in lower case and punycode, without port; "" when there is none to trust."""
    found = _parsed(url)
    return found.host if found else ""


def registrable_domain(url: str) -> str:
    """What somebody registered: `example.co.uk`, `me.github.io`.

    Addresses without such a name (IP addresses, `localhost`, private names) stay whole, with their
    port, since on such hosts the port tells publishers apart. "" when the address is unusable.
    """
    found = _parsed(url)
    if found is None:
        return ""
    return _registered(found.host) or _bare(found.host) + found.port


@lru_cache(maxsize=4096)
def _registered(host: str) -> str:
    import tld  # noqa: PLC0415 - 100 ms for its list of suffixes; only publishers need it

    if host.startswith("["):
        return ""
    result = tld.get_tld(
        f"https://{host}", fail_silently=True, as_object=True, search_private=True
    )
    return str(getattr(result, "fld", ""))


def _joined(base: str, url: str) -> str:
    if _SCHEME.match(url):  # javascript:, mailto:, data:
        return ""
    try:
        return urljoin(base, url)
    except ValueError:  # brackets that are no IPv6 address
        return ""


def _destination(url: str) -> _Address | None:
    """Parse, and follow the address through forwarding services to where it leads."""
    found = _parsed(url)
    while found is not None and (target := _forwarded(found)):
        found = _parsed(target)  # always shorter than before, so this ends
    return found


def _parsed(url: str) -> _Address | None:
    url = url.strip()
    if len(url) > _LONGEST or _FORBIDDEN.search(url):
        return None
    parts = _URL.fullmatch(url)
    if parts is None:
        return None
    scheme, authority, path, query, fragment = (part or "" for part in parts.groups())
    place = _place(scheme.lower(), authority)
    if place is None:
        return None
    return _Address(
        scheme.lower(),
        *place,
        _normal(path, _SAFE_IN_PATH),
        _meaningful(_normal(query, _SAFE_IN_QUERY)),
        "&".join(_meaningful(_normal(fragment, _SAFE_IN_QUERY))),
    )


def _place(scheme: str, authority: str) -> tuple[str, str] | None:
    """Host and port of an authority; None when there is anything else in it."""
    host, colon, port = authority.rpartition(":")
    if not colon or "]" in port:
        host, port = authority, ""
    number = _PORT.match(port)
    if port and (number is None or int(number[1]) > 65535):  # noqa: PLR2004 - ports are 16 bits
        return None
    host = _host(host)
    own = {"http": "80", "https": "443"}[scheme]
    return (host, f":{number[1]}" if number and number[1] != own else "") if host else None


def _host(written: str) -> str:
    if written.startswith("["):
        return _ipv6(written)
    host = written.lower() if written.isascii() else _idna(written)
    host = host.removesuffix(".")
    return host if _HOST.fullmatch(host) else ""


def _ipv6(written: str) -> str:
    try:
        address = IPv6Address(written.removeprefix("[").removesuffix("]"))
    except AddressValueError:
        return ""
    return (
        "" if address.scope_id else f"[{address.compressed}]"
    )  # a zone means something here only


def _idna(host: str) -> str:
    """Punycode as browsers make it; "" when no browser would."""
    import idna  # noqa: PLC0415 - its tables are only needed for names outside ASCII

    if len(host) > 253:  # noqa: PLR2004 - the longest name DNS knows
        return ""
    try:
        return idna.encode(host, uts46=True).decode().lower()
    except UnicodeError:
        return ""


def _bare(host: str) -> str:
    while host.startswith("www.") and host.count(".") > 1:
        host = host[4:]
    return host


def _normal(part: str, safe: str) -> str:
    """Escapes in one spelling: only what must be escaped is, in upper case."""
    return quote(_ESCAPE.sub(_escape, part), safe=safe)


def _escape(match: re.Match[str]) -> str:
    if match[1] is None:
        return "%25"
    character = chr(int(match[1], 16))
    return character if character in _UNRESERVED else match[0].upper()


def _without_dots(path: str) -> str:
    """Resolve "." and ".." segments."""
    if "/." not in path:
        return path
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == ".." and len(kept) > 1:
            kept.pop()
        elif segment not in {".", ".."}:
            kept.append(segment)
    return "/".join(kept)


def _meaningful(query: str) -> tuple[str, ...]:
    if not query:
        return ()
    return tuple(pair for pair in query.split("&") if pair and not _tracks(pair))


def _tracks(pair: str) -> bool:
    name, _, value = pair.partition("=")
    name = unquote(name).lower()
    if name in _REFERRER:
        return unquote(value).lower() in _REFERRERS
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)


def _forwarded(address: _Address) -> str:
    """Where a forwarding service would send the reader; "" when this is not one.

    A target that is not http(s) is returned as well: it is refused when it is parsed, and with it
    the whole link, since that is what a click would open.
    """
    host, path = _bare(address.host), _without_dots(address.path).rstrip("/")
    for known_path, names, known_host in _REDIRECTORS:
        if path == known_path and known_host.fullmatch(host):
            return _target(address.query, names)
    return ""


def _target(query: tuple[str, ...], names: tuple[str, ...]) -> str:
    values = dict(pair.partition("=")[::2] for pair in reversed(query))
    for name in names:
        value = unquote(values.get(name, "")).strip()
        if _SCHEME.match(value):
            return value
    return ""
