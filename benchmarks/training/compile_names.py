"""Compile MISP galaxy clusters into digests/text/names.tsv: names, synonyms, and how common they are.

    python -m benchmarks.training.compile_names FOLDER      (wants the package `wordfreq` beside it)

FOLDER holds clusters of github.com/MISP/misp-galaxy (CC0 1.0 or 2-clause BSD), as
`threat-actor.json` or `misp-galaxy-threat-actor.json`, and CISA's catalog of known exploited
vulnerabilities (CC0 1.0) as any `kev*.json` in its original shape. Nothing is fetched.

Many names are words ("Play", "Hive", "Russian"). The tier of a name, from the commonness of its
words in four languages (zipf: the logarithm of uses in a billion words), says what else a text
must show before it counts:

    any     unknown to all of them: in any case of letters
    exact   rare: with the letters as listed, or all capitals
    trade   seldom: as listed, in a text that speaks of security
    beside  a common word: as listed, and beside a word for its kind ("Play ransomware")

What is more common still is left out.
"""

import json
import re
import sys
from collections.abc import Container, Iterator
from pathlib import Path
from typing import Any

from benchmarks.training.brands import (
    ALWAYS_BESIDE,
    ALWAYS_EXACT,
    BRANDS,
    NEVER,
    THREATS,
    TRADEMARKS,
    WORDS,
)

TARGET = Path(__file__).parents[2] / "digests" / "text" / "names.tsv"
# In the order of authority: the first to claim a name gives it its canonical form.
CLUSTERS = (
    ("actor", "threat-actor"),
    ("actor", "mitre-intrusion-set"),
    ("actor", "microsoft-activity-group"),
    ("tool", "mitre-tool"),
    ("malware", "mitre-malware"),
    ("malware", "ransomware"),
    ("malware", "rat"),
    ("malware", "stealer"),
    ("malware", "backdoor"),
    ("malware", "botnet"),
    ("malware", "tool"),
)
LANGUAGES = ("en", "de", "fr", "es")
ANY, EXACT, TRADE, BESIDE, OUT = range(5)
# zipf below which a spelling belongs to a tier: of one word, and of several or with a number
RARE, SELDOM, COMMON = (2.0, 3.7), (3.0, 4.3), (5.0, 5.0)

_NUMBER_OF_MITRE = re.compile(r" - [GS]\d{4}$")
_ONLY_NUMBER_OF_MITRE = re.compile(r"[GS]\d{4}$")
_IN_BRACKETS = re.compile(r"\s*\([^)]*\)")
_NUMBERED = re.compile(r"(APT|UNC|TA|FIN|DEV|Storm|TEMP|UAC|APT-C)[ .-]?(\d{1,5})$")
_USABLE = re.compile(r"[^\W_][\w .+&'/@!$-]{1,38}[\w+!$]$")
_KIND_WORDS = re.compile(
    r"(?i)\s+(?:ransomware|malware|trojan|botnet|backdoor|rat|stealer|group|team|gang|framework)$"
)


def main() -> None:
    """Write the file and say what is in it."""
    folder = Path(sys.argv[1])
    names = Names()
    for kind, lines in THREATS.items():
        for line in lines:
            value, *aliases = line.split("|")
            names.add(kind, value, aliases)
    for kind, cluster in CLUSTERS:
        for value, aliases in entries(folder, cluster):
            names.add(kind, value, aliases)
    lines = sorted(names.lines(), key=str.casefold)
    lines += sorted(_brand_lines(), key=str.casefold)
    lines += ["\t".join(("word", one.partition("|")[0], one, "", "", "")) for one in WORDS]
    TARGET.write_text("\n".join((*_HEAD, *lines)) + "\n", encoding="utf-8")
    print(f"{len(lines):,} names, {TARGET.stat().st_size:,} bytes")


_HEAD = (
    "# Compiled by benchmarks/training/compile_names.py; sources and licences: names.licence.md",
    "# kind, name, and its spellings: any, exact, trade, beside (see names.py)",
)


def entries(folder: Path, cluster: str) -> Iterator[tuple[str, list[str]]]:
    """Each name of a cluster with its synonyms."""
    path = next(
        p
        for p in (folder / f"{cluster}.json", folder / f"misp-galaxy-{cluster}.json")
        if p.exists()
    )
    for one in json.loads(path.read_text(encoding="utf-8"))["values"]:
        meta: dict[str, Any] = one.get("meta") or {}
        yield tidy(one["value"]), [tidy(alias) for alias in meta.get("synonyms") or ()]


def tidy(name: str) -> str:
    """A name without what only the catalog needs: `APT28 - G0007`, `Foo (Bar)`, `MUSTANG PANDA`."""
    name = _IN_BRACKETS.sub("", _NUMBER_OF_MITRE.sub("", name.strip())).strip(" \"'“”")
    name = re.sub(r"\s+", " ", name.removeprefix("Subgroup: ")).partition(", ")[0]
    if name.isupper() and " " in name and not any(letter.isdigit() for letter in name):
        return name.title()
    return f"{name[0].upper()}{name[1:]}" if name.islower() and " " not in name else name


class Names:
    """Which spelling stands for what; apart for those who attack and what they attack with."""

    def __init__(self) -> None:
        self._owners: dict[tuple[bool, str], tuple[str, str]] = {}  # (who, folded): kind and name
        self._heads: dict[bool, set[str]] = {True: set(), False: set()}
        self._spellings: dict[tuple[str, str], dict[str, None]] = {}
        self._listed: set[str] = set()  # folded, as a catalog writes them

    def add(self, kind: str, value: str, aliases: list[str]) -> None:
        who = kind == "actor"
        spelled = [v for spelling in (value, *aliases) for v in variants(spelling)]
        name = _KIND_WORDS.sub("", value) if kind != "actor" else value
        owner = self._owner(who, value, aliases) or (kind, name if len(name) > 3 else value)
        self._heads[who] |= {value.casefold(), owner[1].casefold()}
        self._listed |= {one.casefold() for one in (value, *aliases)}
        spellings = self._spellings.setdefault(owner, {})
        for spelling in spelled:
            if self._owners.setdefault((who, spelling.casefold()), owner) == owner:
                spellings[spelling] = None

    def _owner(self, who: bool, value: str, aliases: list[str]) -> tuple[str, str] | None:
        """What is known already under this name, or under a synonym that is another's first name."""
        known = [(who, spelling.casefold()) for spelling in variants(value)]
        known += [(who, a.casefold()) for a in aliases if a.casefold() in self._heads[who]]
        return next((self._owners[one] for one in known if one in self._owners), None)

    def lines(self) -> Iterator[str]:
        """One line for each thing that has at least one usable spelling.

        What is the first name of a malware and a by-name of the people behind it is the malware;
        and the other way round.
        """
        for (kind, name), spellings in self._spellings.items():
            who = kind == "actor"
            theirs, ours = self._heads[not who], self._heads[who]
            own = [s for s in spellings if s.casefold() in ours or s.casefold() not in theirs]
            if line := _line(kind, name, own, self._listed):
                yield line


def _line(kind: str, name: str, spellings: list[str], listed: Container[str]) -> str:
    tiers: tuple[dict[str, None], ...] = ({}, {}, {}, {})
    for spelling in spellings:
        rank = tier(spelling)
        if rank == TRADE and spelling.casefold() not in listed and not _NUMBERED.match(spelling):
            rank = BESIDE  # "Calc Team" is a name; "Calc" is what its word has always meant
        if kind != "tool" and spelling.casefold() in TRADEMARKS:
            rank = OUT
        if rank != OUT:
            tiers[rank][spelling] = None
    if not any(tiers):
        return ""
    return "\t".join((kind, name, *("|".join(sorted(one)) for one in tiers)))


def variants(spelling: str) -> Iterator[str]:
    """The ways a name is written: APT28 as APT 28 and APT-28, `Royal ransomware` as Royal."""
    if "|" in spelling or "\t" in spelling or not _USABLE.match(spelling):
        return
    if numbered := _NUMBERED.match(spelling):
        yield from (f"{numbered[1]}{sign}{numbered[2]}" for sign in ("", " ", "-"))
        return
    yield spelling
    bare = _KIND_WORDS.sub("", spelling)
    if bare != spelling and len(bare) > 3:
        yield bare


def tier(spelling: str) -> int:
    """What a text must show beside the name itself; see the top of the file."""
    if spelling.casefold() in ALWAYS_BESIDE:
        return BESIDE
    if spelling.casefold() in ALWAYS_EXACT:
        return EXACT
    letters = sum(letter.isalpha() for letter in spelling)
    proper = spelling != spelling.lower() or any(letter.isdigit() for letter in spelling)
    if spelling.casefold() in NEVER.split() or _ONLY_NUMBER_OF_MITRE.match(spelling):
        return OUT
    if letters < 2 or len(spelling) < 3 or not proper:
        return OUT
    return _by_commonness(spelling)


def _by_commonness(spelling: str) -> int:
    special = " " in spelling or any(letter.isdigit() for letter in spelling)
    zipf = commonness(spelling)
    if zipf >= COMMON[special]:
        return OUT
    if zipf >= SELDOM[special] or len(spelling) == 3:
        return BESIDE
    if zipf >= RARE[special] or len(spelling) == 4:
        return TRADE
    return ANY if zipf == 0 and len(spelling) >= 6 else EXACT


def commonness(spelling: str) -> float:
    """The zipf value of the name where it is most common."""
    from wordfreq import zipf_frequency

    return max(zipf_frequency(spelling.lower(), language) for language in LANGUAGES)


def _brand_lines() -> Iterator[str]:
    for kind, brands in BRANDS.items():
        for brand in brands:
            name, *aliases = brand.split("|")
            yield "\t".join((kind, name, "", "", "|".join((name, *aliases)), ""))


if __name__ == "__main__":
    main()
