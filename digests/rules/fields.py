"""The fields of the query language: which there are, what their values look like."""

import difflib
import re

# Fields a rule may use now; those that only make sense when looking back; those still to come.
NOW = ("cve", "publisher", "topic", "title", "country", "language", "feed")
SEARCH = ("since", "before", "date", "sort")
LATER = (
    *("actor", "malware", "product", "domain", "hash", "ip", "is", "has"),
    *("cvss", "epss", "quality", "sources", "channel", "like"),
)
ALIASES = {"intitle": "title", "author": "publisher", "from": "publisher", "after": "since"}

_CVE = re.compile(r"(?:cve-)?(\d{4}-\d{4,19})", re.IGNORECASE)
_DAY = r"\d{4}-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?"
_PATTERNS = {
    "cve": (re.compile(rf"\*|{_CVE.pattern}", re.IGNORECASE), "cve:CVE-2024-3400 or cve:*"),
    "since": (re.compile(rf"{_DAY}|[1-9]\d{{0,3}}[hdwmy]"), "since:7d or since:2026-01-31"),
    "before": (re.compile(rf"{_DAY}|[1-9]\d{{0,3}}[hdwmy]"), "before:7d or before:2026-01-31"),
    "date": (re.compile(rf"{_DAY}(?:\.\.{_DAY})?"), "date:2026-01 or date:2026-01..2026-03"),
    "sort": (re.compile(r"new|best", re.IGNORECASE), "sort:new or sort:best"),
}


def is_known(name: str) -> bool:
    """Whether the language has such a field, now or later."""
    return name in NOW or name in SEARCH or name in LATER


def problem(name: str, op: str, value: str, *, searching: bool) -> tuple[str, str] | None:
    """What is wrong with a field and what to write instead; None when it is right.

    `searching`: fields that look back (since:, sort:) are welcome; a rule sees each story once.
    """
    if name in LATER:
        return f"{name}: is not yet understood", f"now: {', '.join(NOW)}"
    if name in SEARCH and not searching:
        return (
            f"{name}: makes no sense in a rule, which sees each story when it arrives",
            "remove it",
        )
    if not is_known(name):
        return f'unknown field "{name}:"', _nearest(name)
    if op:
        return f"{name}: cannot be compared with {op}", f"write {name}:value"
    return _value_problem(name, value)


def normal(name: str, value: str) -> str:
    """One spelling for each value, so that equal queries are equal trees."""
    if name == "cve":
        found = _CVE.fullmatch(value)
        return f"CVE-{found[1]}" if found else value
    if name == "country":
        return value.upper()
    return value if name in ("title", "date") else value.casefold()


def _value_problem(name: str, value: str) -> tuple[str, str] | None:
    pattern, example = _PATTERNS.get(name, (re.compile(r".*\w.*", re.DOTALL), f"{name}:value"))
    if pattern.fullmatch(value):
        return None
    if not value:
        return f"{name}: without a value", f"write {example}"
    return f'{name}: does not take "{value[:60]}"', f"write {example}"


def _nearest(name: str) -> str:
    close = difflib.get_close_matches(name, (*NOW, *SEARCH, *ALIASES), n=1)
    return f"did you mean {close[0]}:?" if close else f"known: {', '.join(NOW)}"
