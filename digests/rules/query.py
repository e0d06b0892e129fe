"""The one query language: text to a tree (tree.py), strictly or leniently.

    query = all { "OR" all } ;  all = part { part }
    part  = [ "-" ] ( "(" query ")" | field | phrase | word )
    field = name ":" [ ">=" | "<=" | ">" | "<" ] ( phrase | word )

Understood as well: `|` for OR, `!word` for -word, `#topic`, `cvss>=8` without its colon, and other
names of fields (fields.ALIASES).

Two readings of it. `parse_strict` is for files: what does not parse, or makes no sense in a rule,
is refused with its place; nothing is ever widened. `parse_lenient` is for people who search: it
never fails, and says what it searched as plain words instead.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from digests.errors import QueryError, Wording, said
from digests.rules import fields
from digests.rules.tree import (
    And,
    Everything,
    Field,
    Not,
    Or,
    Phrase,
    Query,
    Word,
    joined,
    render,
    terms,
)
from digests.rules.widening import widen

__all__ = [
    "MAX_DEPTH",
    "MAX_TERMS",
    "MIN_PREFIX",
    "And",
    "Everything",
    "Field",
    "Not",
    "Note",
    "NoteKind",
    "Or",
    "Parsed",
    "Phrase",
    "Query",
    "Word",
    "parse_lenient",
    "parse_strict",
    "render",
    "terms",
    "widen",
]

MAX_DEPTH = 20
MAX_TERMS = 32
MIN_PREFIX = 3  # letters before the star


_WORDS_NEED = re.compile(r"\w")
_HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_QUOTES = '"“”„«»'  # what people's keyboards make of a quotation mark
_OR = re.compile(rf"(?:OR|\|\|?)(?=[\s(){_QUOTES}]|$)")
_COMPARED = re.compile(rf"({'|'.join(fields.NUMBERS)})([<>]=?|[=≥≤])([\d.]+)", re.IGNORECASE)


class NoteKind(StrEnum):
    """What a lenient reading changed; put into words by whoever answers."""

    AS_WORDS = "as_words"  # could not be understood, searched as words
    TOO_MANY = "too_many"  # only the first terms were used
    NOTHING = "nothing"  # nothing in it can be searched


@dataclass(frozen=True, slots=True)
class Note:
    """One thing a lenient reading changed, with the text it concerns."""

    kind: NoteKind
    text: str
    near: str = ""  # what was perhaps meant, or an example of how it is written


@dataclass(frozen=True, slots=True)
class Parsed:
    """A lenient reading: the query, the order asked for, and what was changed."""

    query: Query
    sort: str = "new"  # new | best
    notes: tuple[Note, ...] = ()


def parse_strict(text: str) -> Query:
    """Read a rule of a file. Raises QueryError with the column (from 1) and a hint."""
    return _Parser(text, lenient=False).read()


def parse_lenient(text: str) -> Parsed:
    """Read what a person typed into a search; never raises."""
    parser = _Parser(text, lenient=True)
    try:
        query, notes = parser.read(), tuple(parser.notes)
    except QueryError:
        query, notes = _as_words(text)
    # What is like another story is more or less like it: the most alike comes first.
    alike = any(isinstance(one, Field) and one.name == "like" for one in terms(query))
    return Parsed(query, parser.sort or ("best" if alike else "new"), notes)


def _as_words(text: str) -> tuple[Query, tuple[Note, ...]]:
    """The last resort of a lenient reading: every run of letters and digits, all of them."""
    found = re.findall(r"\w+", text[:4_000])
    words = tuple(Word(w) for w in found[:MAX_TERMS])
    notes = [Note(NoteKind.AS_WORDS if words else NoteKind.NOTHING, text.strip()[:200])]
    if len(found) > MAX_TERMS:
        notes.append(Note(NoteKind.TOO_MANY, str(MAX_TERMS)))
    return joined(And, words), tuple(notes)


@dataclass(slots=True)
class _Parser:
    """A recursive descent over the text; `at` is the place, from 0."""

    text: str
    lenient: bool
    at: int = 0
    count: int = 0
    sort: str = ""
    notes: list[Note] = field(default_factory=list)

    def read(self) -> Query:
        self.text = self.text.translate(_HYPHENS)
        query = self._any(0)
        if self.at < len(self.text):
            if not self.lenient:
                raise self._error(
                    said("a closing bracket without its opening one"), said("remove the )")
                )
            return self._rest(query)
        return query

    def _rest(self, query: Query) -> Query:
        """Lenient: step over a stray bracket and go on, all parts joined."""
        parts = [query]
        while self.at < len(self.text):
            self.at += 1
            parts.append(self._any(0))
        return joined(And, tuple(p for p in parts if not isinstance(p, Everything)))

    def _any(self, depth: int) -> Query:
        if depth > MAX_DEPTH:
            raise self._too_deep()
        branches = [self._all(depth)]
        while self._take_or():
            branches.append(self._all(depth))
        if len(branches) > 1 and any(isinstance(b, Everything) for b in branches):
            if not self.lenient:
                raise self._error(
                    said("OR needs something on both sides"),
                    said('write "or" in quotes to find the word'),
                )
            branches = [b for b in branches if not isinstance(b, Everything)]
        return joined(Or, tuple(branches))

    def _all(self, depth: int) -> Query:
        parts: list[Query] = []
        while (part := self._part(depth)) is not None:
            if not isinstance(part, Everything):
                parts.append(part)
        return joined(And, tuple(parts))

    def _part(self, depth: int) -> Query | None:
        """One part, or None at the end of the group. Everything(): it was read but means nothing."""
        self._skip_spaces()
        if self.at >= len(self.text) or self.text[self.at] == ")" or self._sees_or():
            return None
        if self.text[self.at] in "-!":
            return self._exclusion(depth)
        return self._positive(depth)

    def _exclusion(self, depth: int) -> Query | None:
        start = self.at
        self.at += 1
        if self.at >= len(self.text) or self.text[self.at].isspace() or self.text[self.at] == ")":
            if self.lenient:
                return Everything()
            raise self._error(
                said("an exclusion of nothing"), said("put a word right after the -"), at=start
            )
        if depth > MAX_DEPTH:
            raise self._too_deep()
        inner = self._exclusion(depth + 1) if self.text[self.at] in "-!" else self._positive(depth)
        return inner if inner is None or isinstance(inner, Everything) else Not(inner)

    def _positive(self, depth: int) -> Query:
        if self.text[self.at] == "(":
            return self._group(depth)
        if self.text[self.at] in _QUOTES:
            start = self.at
            return self._leaf(self._quoted(), start)
        return self._word_or_field()

    def _group(self, depth: int) -> Query:
        start = self.at
        self.at += 1
        inner = self._any(depth + 1)
        if self.at < len(self.text):
            self.at += 1  # the closing bracket: _any stops nowhere else
        elif not self.lenient:
            raise self._error(said("a bracket that is never closed"), said("add a )"), at=start)
        if isinstance(inner, Everything) and not self.lenient:
            raise self._error(said("empty brackets"), said("remove them"), at=start)
        return inner

    def _quoted(self) -> str:
        """The text between quotation marks; the place is then behind the closing one."""
        start = self.at
        self.at += 1
        end = next((i for i in range(self.at, len(self.text)) if self.text[i] in _QUOTES), -1)
        if end < 0 and not self.lenient:
            raise self._error(
                said("a quotation mark that is never closed"), said('add a "'), at=start
            )
        text = self.text[self.at : end if end >= 0 else len(self.text)]
        self.at = end + 1 if end >= 0 else len(self.text)
        return " ".join(text.split())

    def _leaf(self, phrase: str, start: int) -> Query:
        if not _WORDS_NEED.search(phrase):
            return self._meaningless(phrase, start)
        return self._counted(Phrase(phrase), start)

    def _word_or_field(self) -> Query:
        start = self.at
        raw = self._run()
        name, colon, value = raw.partition(":")
        if compared := _COMPARED.fullmatch(raw):
            name, colon, value = compared[1], ":", compared[2] + compared[3]
        elif raw.startswith("#") and len(raw) > 1:
            name, colon, value = "topic", ":", raw[1:]
        if colon and name.isalpha() and not value.startswith("//"):
            return self._field(name.lower(), value, start)
        return self._word(raw, start)

    def _run(self) -> str:
        """Characters up to a space, a bracket or a quotation mark."""
        start = self.at
        while self.at < len(self.text):
            char = self.text[self.at]
            if char.isspace() or char in "()" or char in _QUOTES:
                break
            self.at += 1
        return self.text[start : self.at]

    def _word(self, raw: str, start: int) -> Query:
        prefix = raw.endswith("*")
        text = raw.rstrip("*")
        if not _WORDS_NEED.search(text):
            return self._meaningless(raw, start)
        if prefix and sum(c.isalnum() for c in text) < MIN_PREFIX:
            if not self.lenient:
                fault = said('"{text}" would match nearly everything', text=raw)
                cure = said("a prefix needs {n} letters before the *", n=MIN_PREFIX)
                raise self._error(fault, cure, at=start)
            prefix = False
        if ":" in text or "*" in text:  # not to be read as a field or a prefix when printed again
            return self._counted(Phrase(" ".join(text.replace("*", " ").split())), start)
        return self._counted(Word(text, prefix), start)

    def _field(self, name: str, value: str, start: int) -> Query:
        name = fields.ALIASES.get(name, name)
        written = next((o for o in fields.OPERATORS if value.startswith(o)), "")
        op, value = fields.OPERATORS.get(written, ""), value[len(written) :]
        phrase = not value and self.at < len(self.text) and self.text[self.at] in _QUOTES
        if phrase:
            value = self._quoted()
        if complaint := fields.problem(name, op, value, searching=self.lenient):
            return self._odd_field(name, op, value, complaint, start)
        if name == "sort":
            self.sort = value.lower()
            return Everything()
        return self._counted(Field(name, fields.normal(name, value), op, phrase), start)

    def _odd_field(
        self, name: str, op: str, value: str, complaint: fields.Complaint, start: int
    ) -> Query:
        if not self.lenient:
            raise self._error(complaint.fault, complaint.cure, at=start)
        self.notes.append(Note(NoteKind.AS_WORDS, f"{name}:{op}{value}"[:200], complaint.near))
        # The name of a known field was meant as one, not as a word to find.
        text = value if name in fields.KNOWN else f"{name} {value}"
        words = re.findall(r"\w+", text)
        return self._counted(Phrase(" ".join(words)), start) if words else Everything()

    def _meaningless(self, raw: str, start: int) -> Query:
        if not self.lenient:
            fault = said('nothing to look for in "{text}"', text=raw)
            raise self._error(fault, said("write at least one letter or digit"), at=start)
        self.notes.append(Note(NoteKind.NOTHING, raw[:200]))
        return Everything()

    def _counted(self, leaf: Word | Phrase | Field, start: int) -> Query:
        self.count += 1
        if self.count <= MAX_TERMS:
            return leaf
        if not self.lenient:
            fault = said("more than {n} terms", n=MAX_TERMS)
            raise self._error(fault, said("split it into two"), at=start)
        if self.count == MAX_TERMS + 1:
            self.notes.append(Note(NoteKind.TOO_MANY, str(MAX_TERMS)))
        return Everything()

    def _skip_spaces(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def _sees_or(self) -> bool:
        """`OR` or `|` standing alone."""
        return _OR.match(self.text, self.at) is not None

    def _take_or(self) -> bool:
        self._skip_spaces()
        if not self._sees_or():
            return False
        self.at += 2 if self.text.startswith(("OR", "||"), self.at) else 1
        return True

    def _too_deep(self) -> QueryError:
        return self._error(said("nested deeper than {n}", n=MAX_DEPTH), said("write it flatter"))

    def _error(self, fault: Wording, cure: Wording, *, at: int | None = None) -> QueryError:
        return QueryError(fault, column=(self.at if at is None else at) + 1, cure=cure)
