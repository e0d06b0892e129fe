"""The query language: what parses, what is refused where, and that the printer is its inverse."""

import time
from itertools import islice

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digests.archive.plan import plan
from digests.errors import QueryError
from digests.model import IndexTokens, Story
from digests.rules import fields
from digests.rules.match import matches, subject
from digests.rules.query import (
    MAX_TERMS,
    And,
    Everything,
    Field,
    Not,
    NoteKind,
    Or,
    Phrase,
    Query,
    Word,
    parse_lenient,
    parse_strict,
    render,
    terms,
    widen,
)
from digests.testing import START, build_story
from tests import typed


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", Everything()),
        ("   ", Everything()),
        ("ivanti connect", And((Word("ivanti"), Word("connect")))),
        ('"supply chain"', Phrase("supply chain")),
        ("“supply  chain”", Phrase("supply chain")),
        ("-podcast", Not(Word("podcast"))),
        ("!podcast", Not(Word("podcast"))),
        ("a b OR c", Or((And((Word("a"), Word("b"))), Word("c")))),
        ("a | b", Or((Word("a"), Word("b")))),
        ('a OR"b c"', Or((Word("a"), Phrase("b c")))),
        ("a (b OR c)", And((Word("a"), Or((Word("b"), Word("c")))))),
        ("-(a b)", Not(And((Word("a"), Word("b"))))),
        ("--a", Not(Not(Word("a")))),
        ("ransom*", Word("ransom", prefix=True)),
        ("zero-day", Word("zero-day")),
        ("C++", Word("C++")),
        (".NET", Word(".NET")),
        ("or", Word("or")),
        ("ORACLE", Word("ORACLE")),
        ("cve:2024-3400", Field("cve", "CVE-2024-3400")),
        ("cve:CVE‑2024‑3400", Field("cve", "CVE-2024-3400")),
        ("cve:*", Field("cve", "*")),
        ("intitle:patch", Field("title", "patch")),
        ('title:"patch now"', Field("title", "patch now", phrase=True)),
        ("from:Krebsonsecurity.com", Field("publisher", "krebsonsecurity.com")),
        ("#ransomware", Field("topic", "ransomware")),
        ("country:de", Field("country", "DE")),
        ("攻击 больница", And((Word("攻击"), Word("больница")))),
        ("https://example.com/a", Phrase("https://example.com/a")),
        ("is:KEV", Field("is", "kev")),
        ("cvss:>=9", Field("cvss", "9", ">=")),
        ("severity:>=9.0", Field("cvss", "9", ">=")),
        ("CVSS>=7.5", Field("cvss", "7.5", ">=")),
        ("sources≥3", Field("sources", "3", ">=")),
        ("epss:<.5", Field("epss", "0.5", "<")),
        ("quality:=60", Field("quality", "60")),
        ('actor:"Fancy Bear"', Field("actor", "fancy bear", phrase=True)),
        ("actor:*", Field("actor", "*")),
        ("domain:hxxps://Evil[.]example/a", Field("domain", "evil.example")),
        ("ip:192.0.2[.]7", Field("ip", "192.0.2.7")),
        ("ip:2001:DB8:0::1", Field("ip", "2001:db8::1")),
        ("hash:" + "AB" * 16, Field("hash", "ab" * 16)),
        ("-has:picture", Not(Field("has", "picture"))),
    ],
)
def test_a_rule_parses_to_its_tree(text: str, tree: Query) -> None:
    assert parse_strict(text) == tree


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("(a", 1, "never closed"),
        ("a)", 2, "without its opening"),
        ("()", 1, "empty brackets"),
        ('a "b', 3, "never closed"),
        ("a OR", 5, "both sides"),
        ("OR a", 5, "both sides"),
        ("- a", 1, "exclusion of nothing"),
        ("*", 1, "nothing to look for"),
        ("ab*", 1, "nearly everything"),
        ('""', 1, "nothing to look for"),
        ("a publsher:x", 3, "unknown field"),
        ("is:kevv", 1, "does not take"),
        ("cvss:high", 1, "does not take"),
        ("cvss:>=", 1, "without a value"),
        ("epss:>=0.555", 1, "does not take"),
        ("hash:abc", 1, "does not take"),
        ("ip:192.0.2.700", 1, "does not take"),
        ("domain:evil", 1, "does not take"),
        ("like:k7f3", 1, "makes no sense in a rule"),
        ("channel:soc", 1, "makes no sense in a rule"),
        ("since:7d", 1, "makes no sense in a rule"),
        ("sort:best", 1, "makes no sense in a rule"),
        ("cve:", 1, "without a value"),
        ("cve:banana", 1, "does not take"),
        ("topic:>=3", 1, "cannot be compared"),
        ("(" * 30 + "a" + ")" * 30, 22, "nested deeper"),
        (" ".join(f"w{i}" for i in range(33)), 33 * 3 + 22 - 1 - 3, "more than 32"),
    ],
)
def test_a_bad_rule_is_refused_with_its_place(text: str, column: int, says: str) -> None:
    with pytest.raises(QueryError, match=says) as caught:
        parse_strict(text)
    if "more than" not in says:
        assert caught.value.column == column
    assert caught.value.hint


def test_the_nearest_known_field_is_offered() -> None:
    with pytest.raises(QueryError) as caught:
        parse_strict("publsher:krebs")
    assert "publisher" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "tree", "kinds"),
    [
        ('"', Everything(), [NoteKind.NOTHING]),
        ('ivanti "connect sec', And((Word("ivanti"), Phrase("connect sec"))), []),
        ("NEAR(", Word("NEAR"), []),
        ("a ) b", And((Word("a"), Word("b"))), []),
        ("nope:a", Phrase("nope a"), [NoteKind.AS_WORDS]),
        ("is:kev ivanti", And((Field("is", "kev"), Word("ivanti"))), []),
        ("is:kex ivanti", And((Phrase("kex"), Word("ivanti"))), [NoteKind.AS_WORDS]),
        ("like:k7f3 channel:Soc", And((Field("like", "k7f3"), Field("channel", "soc"))), []),
        ("AND", Word("AND"), []),
        ("*", Everything(), [NoteKind.NOTHING]),
        ("since:7d a", And((Field("since", "7d"), Word("a"))), []),
        ("date:2026-13-45", Phrase("2026 13 45"), [NoteKind.AS_WORDS]),
        ("a OR OR b", Or((Word("a"), Word("b"))), []),
        ("(" * 200, Everything(), [NoteKind.NOTHING]),
        (
            "'; drop table story",
            And((Word("drop"), Word("table"), Word("story"))),
            [NoteKind.NOTHING],
        ),
    ],
)
def test_a_search_never_fails_and_says_what_it_changed(
    text: str, tree: Query, kinds: list[NoteKind]
) -> None:
    parsed = parse_lenient(text)
    assert parsed.query == tree
    assert [note.kind for note in parsed.notes] == kinds


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("publsher:krebs", "publisher:"),
        ("is:kex", "is:kev"),
        ("cvss:>=high", "cvss:>=8 · cvss:>=7.5"),
        ("qqqqqqq:x", ""),
    ],
)
def test_what_was_perhaps_meant_is_said(text: str, near: str) -> None:
    assert [note.near for note in parse_lenient(text).notes] == [near]


def test_what_is_like_another_story_comes_best_first_unless_asked_otherwise() -> None:
    assert parse_lenient("like:k7f3").sort == "best"
    assert parse_lenient("like:k7f3 sort:new").sort == "new"


@pytest.mark.parametrize(
    ("name", "op", "value", "numbers"),
    [
        ("cvss", ">=", "9", range(90, 101)),
        ("cvss", ">", "7.5", range(76, 101)),
        ("cvss", "<", "4", range(40)),
        ("epss", "<=", "0.5", range(51)),
        ("epss", ">=", "0.05", range(5, 101)),
        ("epss", "", ".5", range(50, 51)),
        ("quality", "<", "0", range(0)),
        ("sources", "", "3", range(3, 4)),
    ],
)
def test_a_comparison_is_a_span_of_whole_numbers(name, op, value, numbers) -> None:
    assert fields.span(name, op, fields.normal(name, value)) == numbers


def test_the_order_asked_for_is_no_part_of_the_query() -> None:
    parsed = parse_lenient("ivanti sort:best")
    assert (parsed.query, parsed.sort) == (Word("ivanti"), "best")


def test_a_search_uses_the_first_terms_of_too_many() -> None:
    parsed = parse_lenient(" ".join(f"w{i}" for i in range(2_000)))
    assert len(list(terms(parsed.query))) == 32
    assert [note.kind for note in parsed.notes] == [NoteKind.TOO_MANY]


def test_widening_turns_all_words_into_any_word_and_keeps_the_fields() -> None:
    query = parse_lenient("ivanti breach since:7d").query
    assert widen(query) == And((Field("since", "7d"), Or((Word("ivanti"), Word("breach")))))
    assert widen(parse_lenient("ivanti").query) is None


def test_widening_looks_into_brackets_and_counts_the_parts_of_a_word_once() -> None:
    assert widen(parse_lenient("patch (pixel live)").query) == widen(
        parse_lenient("patch pixel live").query
    )
    assert widen(parse_lenient("tie-up 2024-3400").query) == Or(
        tuple(map(Word, ("tie", "up", "2024-3400", "2024", "3400")))
    )
    assert widen(parse_lenient('"zero day" ivanti').query) == Or(
        (Phrase("zero day"), Word("zero"), Word("day"), Word("ivanti"))
    )


words = st.sampled_from(["ivanti", "zero-day", "C++", "攻击", "Больница", "x1"]).map(Word)
leaves = st.one_of(
    words,
    st.builds(Word, st.sampled_from(["ransom", "fortinet"]), st.just(True)),
    st.sampled_from(["supply chain", "palo alto"]).map(Phrase),
    st.builds(Field, st.just("topic"), st.sampled_from(["crime", "policy"])),
    st.just(Field("title", "patch now", phrase=True)),
    st.just(Field("cve", "*")),
    st.builds(
        Field,
        st.just("cvss"),
        st.sampled_from(["9", "7.5", "0"]),
        st.sampled_from([">=", "<=", "<", ">", ""]),
    ),
    st.sampled_from(
        [
            Field("is", "kev"),
            Field("actor", "fancy bear", phrase=True),
            Field("ip", "2001:db8::1"),
            Field("domain", "evil.example"),
            Field("epss", "0.05", ">="),
        ]
    ),
)


def _combine(inner: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(several.map(And), several.map(Or), inner.map(Not))


trees = st.recursive(leaves, _combine, max_leaves=10)


def _depth(query: Query) -> int:
    match query:
        case And(queries) | Or(queries):
            return 1 + max(_depth(q) for q in queries)
        case Not(inner):
            return 1 + _depth(inner)
        case _:
            return 0


@given(trees.filter(lambda q: _depth(q) < 15))
def test_printing_and_parsing_give_the_same_tree(query: Query) -> None:
    assert parse_strict(render(query)) == query


@given(st.text(max_size=300))
def test_any_text_can_be_searched(text: str) -> None:
    parsed = parse_lenient(text)
    assert len(list(terms(parsed.query))) <= 32


PIECES = [
    *("ivanti", "patches", "zero-day", "C++", ".NET", "攻击", "هجوم", "CVE-2026-1", "192.0.2.7"),
    *("OR", "AND", "NOT", "NEAR(", "(", ")", "-", "!", '"', "“", ":", "*", "#", "|", "\0", "\ud800"),
    *('"supply chain"', "ransom*", "a*", "x" * 4_000, "(" * 200, "-" * 200, "a* " * 2_000),
    *(f"{name}:" for name in fields.KNOWN),
    *(f"{name}:{op}" for name in fields.NUMBERS for op in (">=", "<", "=")),
    *("is:kev", "cvss>=8", "epss≥.5", "since:7d", "date:2026-13-45", "sort:best", "like:k7f3"),
    *("9", "0.5", "1e309", "-1", "9" * 400, "2026-01..2026-03", "9999y", "9999-12-31T23:59:59Z"),
]  # fmt: skip


def _asked_of_all(text: str, story: Story) -> None:
    """Read both ways, planned, and held against a story."""
    query = parse_lenient(text).query
    assert len(list(terms(query))) <= MAX_TERMS
    plan(query, START)
    matches(query, subject(story, IndexTokens("ivanti patch", "zero day")))
    try:
        strict = parse_strict(text)
    except QueryError as problem:
        assert 1 <= problem.column <= len(text) + 1
        return
    assert parse_strict(render(strict)) == strict


A_FEW, A_PART = [(0, 5_000)], [(part, typed.OF_A_PART) for part in range(typed.PARTS)]


@pytest.mark.parametrize(
    ("seed", "count"),
    [*A_FEW, *(pytest.param(*part, marks=pytest.mark.nightly) for part in A_PART)],
)
def test_any_of_a_million_texts_is_read_planned_and_matched(seed: int, count: int) -> None:
    slowest, story = 0.0, build_story(1)
    for text in islice(typed.lines(seed, PIECES, 8), count):
        began = time.monotonic()
        _asked_of_all(text, story)
        slowest = max(slowest, time.monotonic() - began)
    print(f"{count:,} queries, seed {seed}: the slowest took {slowest * 1e3:,.0f} ms")


@given(st.text(alphabet='ab()"-!:*#| ORcve>=<', max_size=80))
@example(":**b")
def test_operators_in_any_order_never_escape_as_another_error(text: str) -> None:
    parse_lenient(text)
    try:
        query = parse_strict(text)
    except QueryError as problem:
        assert 1 <= problem.column <= len(text) + 1
        return
    assert parse_strict(render(query)) == query
