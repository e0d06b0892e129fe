"""What the fields of the query language look for in a story, as plain pairs and numbers. Pure.

A trait is `(field, value)`, with the value in one spelling: `("actor", "apt28")`. The value "*"
stands for any. The archive indexes the same traits, so a search and a rule look at the same thing:

`publisher:` the registrable domain, or its first labels (`publisher:krebsonsecurity`) ·
`feed:` the feed's name · `topic:` one of the topics · `country:`, `language:` equal ·
`cve:` one of the CVEs · `actor:`, `malware:` (tools too), `product:` (vendors too) a name found in
the text, by any of its names · `domain:` a domain of the indicators, or one above it · `hash:`,
`ip:` an indicator · `is:kev` known to be exploited, `is:ransomware` known to be used by
ransomware, by the catalog · `has:cve`, `has:picture`. Case never matters.

Numbers: `cvss:` and `epss:` are the highest of the story's CVEs, `quality:` that of the story,
`sources:` how many publishers tell it. A number that is not known matches nothing.
"""

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice

from digests.model import Indicator, Name, Story
from digests.rules import fields
from digests.text.folding import fold
from digests.text.names import canonical

Trait = tuple[str, str]

ANY = "*"
MOST_TRACES = 300  # of one story; a list of thousands is no reading matter
_KINDS = {"actor": ("actor",), "malware": ("malware", "tool"), "product": ("product", "vendor")}
FIELD_OF_NAME = {kind: field for field, kinds in _KINDS.items() for kind in kinds}
_HASHES = frozenset({"md5", "sha1", "sha256", "sha512"})
_MOST_LABELS = 8
_APART = re.compile(r"[\s_-]+")


def traits_of(story: Story) -> tuple[Trait, ...]:
    """All traits of a story, each once."""
    return tuple(dict.fromkeys(_traits(story)))


def trait(field: str, value: str) -> Trait:
    """The trait that `field:value` asks for; the value as `fields.normal` gives it."""
    if value == ANY:
        return field, value
    if field in fields.NAMES:
        return field, _first_name(field, value)
    return field, _topic(value) if field == "topic" else value


def numbers_of(story: Story) -> Mapping[str, int]:
    """The numbers of a story in units (see fields.py); what is not known is not there."""
    publishers = {story.publisher, *(source.publisher for source in story.also)}
    found: dict[str, float | None] = {
        "sources": len(publishers),
        "quality": None if story.quality is None else story.quality.score,
        "cvss": max((f.cvss for f in story.facts if f.cvss is not None), default=None),
        "epss": max((f.epss for f in story.facts if f.epss is not None), default=None),
    }
    return {name: _units(name, value) for name, value in found.items() if value is not None}


def _units(name: str, value: float) -> int:
    # Rounded before it is cut: 0.29 * 100 is 28.999999999999996.
    return min(max(int(round(value * fields.NUMBERS[name], 6)), 0), fields.HIGHEST[name])


def _traits(story: Story) -> Iterator[Trait]:
    publisher = story.publisher.casefold()
    yield "publisher", publisher
    for at, character in enumerate(publisher):
        if character == ".":  # publisher:krebsonsecurity means krebsonsecurity.com
            yield "publisher", publisher[:at]
    yield "feed", story.feed.casefold()
    yield "country", story.country.upper()
    yield "language", story.language.casefold()
    for topic in story.topics:
        yield "topic", _topic(topic)
    yield from _of_cves(story)
    if story.picture:
        yield "has", "picture"
    yield from _of_names(story.names)
    for one in islice(story.indicators, MOST_TRACES):
        yield from _of_indicator(one)


def _of_cves(story: Story) -> Iterator[Trait]:
    if story.cves:
        yield "cve", ANY
        yield "has", "cve"
    for cve in story.cves:
        yield "cve", cve
    if any(one.kev_since is not None for one in story.facts):
        yield "is", "kev"
    if any(one.ransomware for one in story.facts):
        yield "is", "ransomware"


def _of_names(names: Iterable[Name]) -> Iterator[Trait]:
    for one in names:
        field = FIELD_OF_NAME.get(one.kind)
        if field is None:
            continue
        yield field, ANY
        for known in (one.name, one.alias):
            if known:
                yield field, _squeezed(known)


def _of_indicator(one: Indicator) -> Iterator[Trait]:
    value = one.value.casefold()
    if one.kind in _HASHES:
        yield "hash", ANY
        yield "hash", value
    elif one.kind in ("ipv4", "ipv6"):
        yield from _of_address(value)
    elif one.kind in ("domain", "url", "email"):
        host = fields.plain("domain", value)
        if _is_number(host):
            yield from _of_address(host)
        else:
            yield from _of_domain(host)


def _of_address(value: str) -> Iterator[Trait]:
    yield "ip", ANY
    try:
        yield "ip", str(ipaddress.ip_address(value))
    except ValueError:
        yield "ip", value


def _of_domain(host: str) -> Iterator[Trait]:
    yield "domain", ANY
    labels = host.split(".")[-_MOST_LABELS:]
    yield "domain", host
    for level in range(1, len(labels) - 1):
        yield "domain", ".".join(labels[level:])


def _is_number(host: str) -> bool:
    return host.replace(".", "").isdecimal()


@lru_cache(maxsize=1_024)
def _first_name(field: str, value: str) -> str:
    """The name under which a story has it: sofacy is APT28."""
    known = (canonical(kind, value) for kind in _KINDS[field])
    return _squeezed(next((name for name in known if name != value), value))


def _squeezed(name: str) -> str:
    """APT-28, apt 28 and APT28 are one name; one without letters and digits stays as it is."""
    folded = fold(name)
    return "".join(filter(str.isalnum, folded)) or folded


def _topic(topic: str) -> str:
    return _APART.sub(" ", topic.casefold()).strip()
