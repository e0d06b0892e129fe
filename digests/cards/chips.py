"""The small words under a card: who, with what, against what, about what. Pure."""

import re
from collections.abc import Iterable, Sequence

from digests.cards.words import Words, later
from digests.model import Indicator, Name, Story
from digests.text.indicators import defang
from digests.text.plain import clip

MOST = 3  # of each kind
MOST_CVES = 5
MOST_INDICATORS = 3

_LONGEST = 40  # characters; longer ones are cut here and not by a platform
_LONGEST_INDICATOR = 80
_OPENED = frozenset({"domain", "url", "ipv4", "email"})  # what clients make links of
_KINDS = (("actor",), ("malware", "tool"), ("product", "vendor"))

# The topics of digests.stories.topics in people's words; other names stay as they are.
TOPICS = {
    "ai": later("AI"),
    "breach": later("Breach"),
    "crime": later("Crime"),
    "ddos": later("DDoS"),
    "espionage": later("Espionage"),
    "fraud": later("Fraud"),
    "industrial": later("Industrial systems"),
    "malware": later("Malware"),
    "phishing": later("Phishing"),
    "policy": later("Policy"),
    "privacy": later("Privacy"),
    "ransomware": later("Ransomware"),
    "supply-chain": later("Supply chain"),
    "vulnerability": later("Vulnerability"),
}
# Useful in rules (`topic:advisory`); on each card of a feed they would tell nobody anything.
KINDS_OF_FEED = frozenset({"advisory", "news", "research", "threat-research"})


def chips(story: Story, say: Words) -> tuple[str, ...]:
    """Actors, malware, products, topics and CVEs, each named once and isolated when foreign."""
    named = [name for kinds in _KINDS for name in _names(story.names, kinds)]
    topics = [topic(one, say) for one in about(story)]
    shown = unique([*named, *unique(topics)[:MOST]])
    cves = unique(story.cves)
    shown += cves[:MOST_CVES]
    if len(cves) > MOST_CVES:
        rest = len(cves) - MOST_CVES
        shown.append(say.plural("{n} more CVE", "{n} more CVEs", rest))
    return tuple(say.isolate(clip(chip, _LONGEST)) for chip in shown)


def about(story: Story) -> list[str]:
    """Its topics, without those that only tell of what kind its feed is."""
    return [one for one in unique(story.topics) if one.casefold() not in KINDS_OF_FEED]


def topic(name: str, say: Words) -> str:
    """A topic of ours in people's words; any other as it is."""
    known = TOPICS.get(name.strip().casefold())
    return say.text(known) if known else name


def indicators(found: Sequence[Indicator], say: Words) -> str:
    """The first few, broken so that nobody opens them; the rest is counted.

    Addresses before hashes, of which one at most is spelled out: they tell a reader nothing.
    """
    known = [one for one in found if one.kind != "cve"]
    opened = unique(harmless(one) for one in known if one.kind in _OPENED)
    hashes = unique(one.value for one in known if one.kind not in _OPENED)
    values = [*opened, *hashes[:1]][:MOST_INDICATORS]
    if not values:
        return ""
    named = [clip(value, _LONGEST_INDICATOR) for value in values]
    rest = len(opened) + len(hashes) - len(values)
    if rest:
        named.append(say.plural("{n} more indicator", "{n} more indicators", rest))
    return say.text("Indicators: {names}", names=say.names(named))


def without_links(text: str, found: Sequence[Indicator]) -> str:
    """The text with those of its words that are indicators made harmless; nothing else changes."""
    known = {one.value.casefold(): one.kind for one in found if one.kind in _OPENED}
    present = [value for value in known if value in text.casefold()]
    if not present:
        return text
    longest_first = sorted(present, key=len, reverse=True)
    pattern = "|".join(re.escape(value) for value in longest_first)
    whole = re.compile(rf"(?<![\w.@-])(?:{pattern})(?![\w@-]|\.\w)", re.IGNORECASE)
    return whole.sub(
        lambda match: harmless(Indicator(known.get(match[0].casefold(), "url"), match[0])), text
    )


def harmless(indicator: Indicator) -> str:
    """The value as it may stand on a card: no client makes a link of it."""
    if indicator.kind in ("domain", "email"):
        return indicator.value.replace("@", "[@]").replace("[.]", ".").replace(".", "[.]")
    return defang(indicator.value)


def _names(names: Sequence[Name], kinds: Sequence[str]) -> list[str]:
    return unique(one.name for one in names if one.kind in kinds)[:MOST]


def unique(names: Iterable[str]) -> list[str]:
    """In the order of first occurrence, whatever their case, without empty ones."""
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(name.strip().casefold(), name.strip())
    first.pop("", None)
    return list(first.values())
