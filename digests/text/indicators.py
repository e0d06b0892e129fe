"""Identifiers in a text: CVEs found whatever hyphen they are written with; links made harmless."""

import re

_CVE = re.compile(r"\bCVE[\s‐‑‒–—_-]{0,2}(\d{4})[‐‑‒–—−_-](\d{4,19})(?!\d)", re.IGNORECASE)
_SCHEME = re.compile(r"\bhttp(s?)://", re.IGNORECASE)
_LONGEST = 1_000_000


def cves(text: str) -> tuple[str, ...]:
    """All CVE ids in order of appearance, each once, as CVE-2024-3400."""
    found = (f"CVE-{m[1]}-{m[2]}" for m in _CVE.finditer(text[:_LONGEST]))
    return tuple(dict.fromkeys(found))


def defang(text: str) -> str:
    """The same text with addresses that no program turns into links."""
    return _SCHEME.sub(r"hxxp\1://", text).replace(".", "[.]")
