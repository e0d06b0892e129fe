"""A query as a tree: what it may be made of, its leaves, and the way back to text."""

from collections.abc import Iterator
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


def render(query: Query) -> str:
    """The query as text; `parse_strict(render(q)) == q` for whatever the parser makes."""
    match query:
        case Everything():
            return ""
        case Word(text, prefix):
            return text + ("*" if prefix else "")
        case Phrase(text):
            return f'"{text}"'
        case Field(name, value, op, phrase):
            return f'{name}:{op}"{value}"' if phrase else f"{name}:{op}{value}"
        case Not(inner):
            return "-" + (
                f"({render(inner)})" if isinstance(inner, And | Or | Not) else render(inner)
            )
        case And(queries):
            return " ".join(
                f"({render(q)})" if isinstance(q, And | Or) else render(q) for q in queries
            )
        case Or(queries):
            return " OR ".join(
                f"({render(q)})" if isinstance(q, Or) else render(q) for q in queries
            )


def terms(query: Query) -> Iterator[Word | Phrase | Field]:
    """The leaves of a query, left to right."""
    match query:
        case And(queries) | Or(queries):
            for inner in queries:
                yield from terms(inner)
        case Not(inner):
            yield from terms(inner)
        case Everything():
            return
        case leaf:
            yield leaf


def joined(kind: type[And] | type[Or], queries: tuple[Query, ...]) -> Query:
    """All or any of these; one alone stands for itself, none is the empty query."""
    if not queries:
        return Everything()
    return queries[0] if len(queries) == 1 else kind(queries)
