"""Secrets in addresses and messages: found, so that a file with them is refused, and masked. Pure."""

import re
from collections.abc import Iterator

# What the services themselves say their credentials look like; each with what to call it.
_LONGEST = 70  # characters of the file repeated in a message
_SHAPES = (
    ("a Slack token", r"xox[abceoprs](?:\.xox[abp])?-[A-Za-z0-9-]{10,400}"),
    ("a Slack token", r"xapp-[0-9]-[A-Za-z0-9-]{10,400}"),
    ("a Slack webhook", r"hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9/_-]{8,200}"),
    ("a Discord token", r"[MNO][A-Za-z0-9_-]{22,27}\.[A-Za-z0-9_-]{6,7}\.[A-Za-z0-9_-]{27,90}"),
    ("a Discord webhook", r"discord(?:app)?\.com/api/(?:v[0-9]{1,2}/)?webhooks/[0-9]{5,20}/[\w-]{8,100}"),
    ("a GitHub token", r"(?:gh[opsur]_[A-Za-z0-9]{30,100}|github_pat_[A-Za-z0-9_]{30,120})"),
    ("an access key of AWS", r"A(?:KIA|SIA)[A-Z0-9]{16}"),
    ("a private key", r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----"),
)  # fmt: skip
_TOKEN = re.compile(
    r"(?<![A-Za-z0-9_])(?:"
    + "|".join(f"(?P<s{n}>{shape})" for n, (_, shape) in enumerate(_SHAPES))
    + ")",
    re.ASCII,
)
_TELLING = (
    r"(?:[a-z]{1,20}[_-]?)?(?:token|secret|password|passwd|pwd|api[_-]?key|access[_-]?key"
    r"|private[_-]?key|signature|credentials?)|apikey|auth|sig|jwt"
)
_SECRET_QUERY = re.compile(
    rf"(?i)[?&;]({_TELLING})=(?!\$\{{)([^&;#\s\"']+)",
)
_USER = re.compile(r"(?<=//)[^/?#@\s]{1,400}(?=@)")


def find_tokens(text: str) -> Iterator[tuple[int, str]]:
    """Index and kind of every credential in the text that is known by its shape."""
    for match in _TOKEN.finditer(text):
        name = match.lastgroup or "s0"
        yield match.start(), _SHAPES[int(name[1:])][0]


def find_secret_query(url: str) -> tuple[int, str] | None:
    """Index and name of a query parameter that carries a secret written out; None without one."""
    match = _SECRET_QUERY.search(url)
    return (match.start(1), match[1]) if match else None


def masked(text: str) -> str:
    """The text as a message may repeat it."""
    text = _TOKEN.sub(lambda match: f"{match[0][:4]}***", text)
    text = _USER.sub("***", text)
    return _SECRET_QUERY.sub(lambda m: m[0][: m.start(2) - m.start()] + "***", text)


def quoted(text: str) -> str:
    """The text in quotation marks for a message: masked, on one line, and not endless."""
    shown = masked(text)
    shown = shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"
    return '"' + "".join(c if c.isprintable() else _escaped(c) for c in shown) + '"'


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
