"""The one query language: words, phrases and fields to a tree, and the tree back to text.

query = all { "OR" all } ;  all = part { part } ;  part = [ "-" ] ( "(" query ")" | field | phrase | word )
field = name ":" [ ">=" | "<=" | ">" | "<" ] ( phrase | word )
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Everything:
    """The empty query."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word, any form; `prefix` for `ransom*`."""

    text: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in a row."""

    text: str


@dataclass(frozen=True, slots=True)
class Field:
    """`name:value`, e.g. cve:CVE-2024-3400, since:7d, title:"supply chain"."""

    name: str  # canonical, lower case
    value: str
    op: str = ""  # "", ">=", "<=", ">", "<"
    phrase: bool = False


@dataclass(frozen=True, slots=True)
class Not:
    """Everything except."""

    query: "Query"


@dataclass(frozen=True, slots=True)
class And:
    """All of these."""

    queries: tuple["Query", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of these."""

    queries: tuple["Query", ...]


Query = Everything | Word | Phrase | Field | Not | And | Or
