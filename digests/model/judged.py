"""What a text is judged to hold: names, indicators, relevance, quality, facts of its CVEs."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Name:
    """A known name found in a text."""

    kind: str  # actor | malware | tool | vendor | product
    name: str  # the canonical one
    alias: str = ""  # as the text has it


@dataclass(frozen=True, slots=True)
class Indicator:
    """A technical trace found in a text; the value is refanged and normalised."""

    kind: str  # cve | md5 | sha1 | sha256 | sha512 | ipv4 | ipv6 | domain | url | email
    value: str


@dataclass(frozen=True, slots=True)
class Relevance:
    """Whether a text is security news, and what decided."""

    score: float  # 0 to 1
    relevant: bool
    reasons: tuple[str, ...] = ()  # the words that weighed most, "+ransomware", "-recipe"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a quality, with its reason: `code` names the sentence that explains it."""

    code: str  # see digests.stories.quality.PARTS
    points: int  # may be negative
    detail: str = ""  # what was found: a number, a name


@dataclass(frozen=True, slots=True)
class Quality:
    """0 to 100 from what the text shows, and why."""

    score: int
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class CveFacts:
    """What is known of a vulnerability from elsewhere (KEV, EPSS, CVSS); absent ones are None."""

    cve: str
    kev_since: date | None = None  # in the catalog of known exploited vulnerabilities since
    ransomware: bool = False  # known to be used in ransomware campaigns (KEV says so)
    epss: float | None = None  # probability of exploitation in the next 30 days, 0 to 1
    cvss: float | None = None  # base score, 0 to 10
    title: str = ""
    product: str = ""


@dataclass(frozen=True, slots=True)
class Rating:
    """How good a publisher is, and where that places it (docs/quality.md)."""

    score: int  # 0 to 100
    rank: int | None = None  # among the publishers of its country that told enough; from 1
    country: str = ""  # ISO 3166 alpha-2
    parts: tuple[Part, ...] = ()  # why that score
