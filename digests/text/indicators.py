"""Indicators in text: CVE identifiers in one spelling, traces of attacks, addresses made harmless."""

import re
from collections import Counter
from collections.abc import Mapping

from digests.model import Indicator
from digests.text import traces

# One character each, so that positions in the text stay what they were.
_HYPHENS = "\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d"
SAME_LENGTH = (
    str.maketrans(_HYPHENS, "-" * len(_HYPHENS))
    | {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)}  # full-width ASCII
    | {0xFF0D: "-", 0x2019: "'", 0x02BC: "'", 0xFF07: "'", 0x3000: " ", 0xA0: " ", 0x202F: " "}
)

CVE = re.compile(
    r"(?<![A-Za-z0-9])[Cc][Vv][Ee][\s_:-]{0,2}((?:199|20[0-9])[0-9])[_-]([0-9]{4,19})(?![0-9])"
)
# "The CVEs in this advisory are unrelated to vulnerabilities (CVE-2025-0282 …)": named to be told apart.
_TOLD_APART = re.compile(
    r"(?i)\b(?:(?:un|not )related to|not to be confused with)\b[^.,;\n]{0,100}"
)
_ASIDE = 2  # a CVE that is named oftener is told of, whatever a sentence says
_MENTION = re.compile("[Cc\uff23\uff43][Vv\uff36\uff56][Ee\uff25\uff45]")
_URL = re.compile(r"(?i)\bh(?:tt|xx)p(s?)(\[?:\]?//)([^\s/?#<>\"']{1,300})")
_IPV4 = re.compile(r"(?<![\d.])(\d{1,3}\.\d{1,3}\.\d{1,3})\.(\d{1,3})(?![\d]|\.\d)")

# Attackers use these as everybody does; reports name them as the place of a file or of an example.
_EVERYBODYS = frozenset(
    """
    github.com gist.github.com raw.githubusercontent.com githubusercontent.com gitlab.com
    bitbucket.org google.com drive.google.com docs.google.com sites.google.com youtube.com
    microsoft.com learn.microsoft.com login.microsoftonline.com onedrive.live.com
    outlook.com live.com office.com windows.com apple.com icloud.com amazon.com
    amazonaws.com cloudflare.com dropbox.com pastebin.com t.me telegram.org api.telegram.org
    discord.com cdn.discordapp.com slack.com facebook.com twitter.com x.com linkedin.com
    instagram.com whatsapp.com reddit.com wikipedia.org yahoo.com gmail.com virustotal.com
    mozilla.org npmjs.com pypi.org docker.com example.com example.org example.net
    """.split()  # noqa: SIM905 - reads better than a list
)
# Name servers that are open to everybody.
_RESOLVERS = frozenset(
    """
    1.1.1.1 1.0.0.1 8.8.8.8 8.8.4.4 9.9.9.9 149.112.112.112 208.67.222.222 208.67.220.220
    114.114.114.114 223.5.5.5 77.88.8.8 2606:4700:4700::1111 2606:4700:4700::1001
    2001:4860:4860::8888 2001:4860:4860::8844
    """.split()  # noqa: SIM905 - reads better than a list
)


def cves(text: str) -> tuple[str, ...]:
    """The CVE identifiers in *text* as `CVE-2021-44228`, in order of appearance, each once.

    Understands typographic hyphens, full-width letters, and `CVE 2021-44228`. Without those that
    the text, below its first line, only names to say that it is not about them.
    """
    if not _MENTION.search(text):
        return ()
    flat = text if text.isascii() else text.translate(SAME_LENGTH)
    counts = Counter(CVE.findall(flat))  # in the order of appearance
    apart = _told_apart(flat, counts)
    return tuple(f"CVE-{year}-{number}" for year, number in counts if (year, number) not in apart)


def _told_apart(flat: str, counts: Mapping[tuple[str, str], int]) -> set[tuple[str, str]]:
    named = {cve for aside in _TOLD_APART.findall(flat) for cve in CVE.findall(aside)}
    rare = {cve for cve in named if counts[cve] <= _ASIDE}
    return rare - set(CVE.findall(flat.partition("\n")[0])) if rare else rare


def find(text: str) -> list[Indicator]:
    """The indicators in *text*, refanged and normalised, in order of appearance, each once.

    CVE identifiers and hashes anywhere; IP addresses that are public and not a version; domains,
    links and mail addresses where they were broken on purpose (`evil[.]com`, `hxxps://…`) or can
    mean nothing else. A link also gives its host. At most 300; time grows with the length only.
    """
    flat = text if text.isascii() else text.translate(SAME_LENGTH)
    named = [
        (found.start(), Indicator("cve", f"CVE-{found[1]}-{found[2]}"))
        for found in CVE.finditer(flat)
    ]
    found = sorted((*named, *traces.traces(flat)), key=lambda one: one[0])
    return list(dict.fromkeys(indicator for _, indicator in found))[: traces.MOST]


def tells_something(found: Indicator) -> bool:
    """Whether a defender would look for it: not a host that everybody uses, with nothing else said.

    A link to a place on such a host tells something, and so does a mail address.
    """
    if found.kind == "domain":
        return found.value.removeprefix("www.") not in _EVERYBODYS
    return found.value not in _RESOLVERS


def defang(text: str) -> str:
    """*text* with its web addresses and IPv4 addresses broken, so that no client makes them links.

    `http://evil.example/a` becomes `hxxp://evil[.]example/a`. Bare domains are left alone: names
    such as Booking.com are words of the news, and publishers defang those that are dangerous.
    Doing it twice changes nothing.
    """
    if "://" in text or "[:]//" in text:
        text = _URL.sub(_broken_url, text)
    return _IPV4.sub(r"\1[.]\2", text)


def _broken_url(url: re.Match[str]) -> str:
    secure, slashes, host = url.groups()
    return f"hxxp{secure.lower()}{slashes}{host.replace('[.]', '.').replace('.', '[.]')}"
