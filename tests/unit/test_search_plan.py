"""How a query becomes a question to the index: spans, expressions, dates, marks and scores."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.archive import dates, plan
from digests.archive.excerpts import Marker
from digests.archive.facets import ALL, facet, facets_of
from digests.archive.leaves import Leaf, leaf_of
from digests.archive.marks import Names
from digests.archive.plan import END, Ids
from digests.archive.ranking import Candidate, Weighed, ranked, weight
from digests.model import Span
from digests.rules.query import And, Everything, Field, Not, Or, Phrase, Word, parse_lenient
from digests.stories.ids import first_id
from digests.testing import START, build_story
from digests.text.meaning import meaning
from digests.text.tokens import terms

DAY = timedelta(days=1)


def planned(text: str) -> plan.Plan:
    return plan.plan(parse_lenient(text).query, START)


def test_a_word_asks_the_index_for_its_forms_quoted():
    assert planned("podcast").expression == '"podcast"'
    assert planned("gateways").expression == '"gateway" OR "gateways"'


def test_exclusions_are_taken_from_everything():
    assert planned("-podcast").expression == f'("{ALL}") NOT ("podcast")'
    assert planned("flaw -podcast").expression == '("flaw") NOT ("podcast")'


def test_the_rarest_of_many_conditions_are_met_before_the_others_are_looked_at():
    often = {"podcast": 900.0, "flaw": 5.0, "zulu": 1.0, "kilt": 80.0, "loud": 9.0, "quiz": 2.0}

    def stories_with(leaf: Leaf) -> float:
        return often[min(leaf.positions[0])]

    query = parse_lenient("podcast flaw zulu kilt (quiz OR loud) -loud").query
    ordered = plan.plan(query, START, often=stories_with).expression
    first, second, third, rest = ordered.split('NOT ""')
    assert ("zulu" in first, "flaw" in first, "quiz" in second) == (True, True, True)
    assert third == ') AND ("kilt")) '
    assert rest == ') AND ("podcast")) NOT ("loud")'
    assert 'NOT ""' not in plan.plan(query, START).expression
    few = parse_lenient("podcast flaw zulu").query
    assert plan.plan(few, START, often=stories_with) == plan.plan(few, START)


def test_dates_beside_the_rest_bound_the_walk_through_the_index():
    bounded = planned("flaw since:2026-03-01 before:2026-03-02")
    march = datetime(2026, 3, 1, tzinfo=UTC)
    assert bounded.ids == Ids(first_id(march), first_id(march + DAY))
    assert (bounded.expression, bounded.rest) == ('"flaw"', ())


def test_dates_inside_alternatives_are_asked_piece_by_piece():
    mixed = planned("flaw OR since:2026-03-01")
    assert (mixed.expression, mixed.ids) == ("", Ids(0, END))
    assert len(mixed.rest) == 1


def test_what_can_never_match_asks_nothing():
    never = Field("nope", "x")
    for query in (
        never,
        And((Word("flaw"), never)),
        Or((never, never)),
        Not(Everything()),
        Or(()),
    ):
        assert plan.plan(query, START).empty
    for query in (Everything(), Not(never), Or((Word("flaw"), Not(never))), And(())):
        everything = plan.plan(query, START)
        assert (everything.expression, everything.rest, everything.empty) == ("", (), False)


def test_the_leaves_are_what_is_looked_for_and_not_what_is_excluded():
    leaves = planned('ivanti "supply chain" -podcast -(-flaw) title:patch cve:*').leaves
    words = [" ".join(min(p) for p in leaf.positions) for leaf in leaves]
    assert words == ["ivant", "suppli chain", "flaw", "patch"]
    assert [leaf.phrase for leaf in leaves] == [False, True, False, False]


def test_a_long_phrase_is_cut_into_pieces_that_share_a_word():
    leaf = leaf_of(Phrase("attackers exploited vulnerabilities in gateways worldwide yesterday"))
    assert leaf is not None
    assert len(leaf.positions) == 7
    assert leaf.expression.count(" OR ") < 2_000
    short = leaf_of(Phrase("supply chain"))
    assert '"suppli chain"' in short.expression
    assert " AND " not in short.expression


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("7d", START - 7 * DAY),
        ("24h", START - DAY),
        ("2w", START - 14 * DAY),
        ("2m", START - 60 * DAY),
        ("1y", START - 365 * DAY),
        ("2026-02", datetime(2026, 2, 1, tzinfo=UTC)),
        ("2026-02-28", datetime(2026, 2, 28, tzinfo=UTC)),
        ("2026-02-28T12:30+01:00", datetime(2026, 2, 28, 11, 30, tzinfo=UTC)),
        ("9999y", datetime.min.replace(tzinfo=UTC)),
        ("2026-02-31", None),
        ("0000-01", None),
        ("9999-12", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_date_is_the_moment_it_stands_for(value, expected):
    assert dates.when(value, START) == expected


def test_months_end_where_the_next_one_begins():
    for month, days in (("2026-02", 28), ("2028-02", 29), ("2026-12", 31)):
        low, high = dates.span("date", month, START)
        assert (high - low) >> 20 == days * 86_400


def test_a_span_of_days_holds_its_last_day():
    low, high = dates.span("date", "2026-01..2026-03-01", START)
    assert low == first_id(datetime(2026, 1, 1, tzinfo=UTC))
    assert high == first_id(datetime(2026, 3, 2, tzinfo=UTC))
    assert dates.span("date", "2026-01..2026-02-31", START) is None


@given(st.text(max_size=20), st.sampled_from(sorted(dates.FIELDS)))
def test_any_text_is_a_span_or_nothing(value, field):
    span = dates.span(field, value, START)
    assert span is None or min(span) >= 0


def test_the_facets_of_a_story_are_what_its_fields_ask_for():
    story = build_story(
        publisher="Krebs.Co.UK", topics=("Crime",), country="us", feed="Krebs", language="en"
    )
    found = set(facets_of(story).split())
    for field, value in (
        ("publisher", "krebs.co.uk"),
        ("publisher", "krebs.co"),
        ("publisher", "krebs"),
        ("topic", "crime"),
        ("country", "US"),
        ("feed", "krebs"),
        ("cve", "CVE-2026-1234"),
        ("cve", "*"),
    ):
        assert facet(field, value) in found
    assert facet("topic", "krebs") not in found
    assert ALL in found


def word(*forms: str, value: float = 1.0, **kind: bool) -> Weighed:
    return Weighed(Leaf("", tuple(frozenset({form}) for form in forms), **kind), value)


def candidate(number: int, title: str, body: str) -> Candidate:
    return Candidate(number, title, body)


def test_a_title_counts_twice_and_the_newer_of_equals_comes_first():
    stories = [
        candidate(1, "a flaw", "x y z"),
        candidate(2, "a b", "flaw y z"),
        candidate(3, "a b", "flaw z flaw"),
        candidate(4, "a b", "flaw y z"),
        candidate(5, "a b", "x y z"),
    ]
    assert ranked(stories, [word("flaw")]) == [3, 1, 4, 2, 5]
    assert ranked([], [word("flaw")]) == []


def test_a_word_said_twice_in_a_row_counts_once_and_so_do_overlapping_starts():
    twice, once = candidate(1, "", "flaw flaw x"), candidate(2, "", "flaw y x")
    assert ranked([twice, once], [word("flaw")]) == [2, 1]
    open_end = Leaf("", (frozenset({"ran", "rans"}),), prefix=True)
    stories = [candidate(1, "", "ransom ransom x"), candidate(2, "", "ransom range y")]
    assert ranked(stories, [Weighed(open_end, 1.0)]) == [2, 1]


def test_words_that_begin_alike_count_for_less_than_the_word_itself():
    itself, kin, stranger = (
        candidate(number, "", f"{one} x y")
        for number, one in enumerate(("ukraine", "ukrainian", "ukulele"), start=1)
    )
    assert ranked([itself, kin, stranger], [word("ukraine")]) == [1, 2, 3]
    short = [candidate(1, "", "banker x y"), candidate(2, "", "people x y")]
    assert ranked(short, [word("bank")]) == [2, 1]  # equal: a short word has no kin
    assert ranked(
        [candidate(1, "", "cve202433 x"), candidate(2, "", "z x")], [word("cve202434")]
    ) == [2, 1]


def test_what_a_query_of_several_words_means_counts_beside_its_words():
    asked = [word(one) for one in terms("hospital records encrypted", "en").split()]
    alike = meaning(terms("ransomware locks the files of a clinic", "en").split())
    stranger = meaning(terms("oil prices rise as stocks fall", "en").split())
    first = Candidate(1, "", "hospit record x", alike)
    second = Candidate(2, "", "hospit record x", stranger)
    unknown = Candidate(3, "", "hospit record x")
    assert ranked([second, unknown, first], asked) == [1, 3, 2]
    assert ranked([second, unknown, first], asked[:2]) == [3, 2, 1]  # two words say too little
    has_all = Candidate(4, "", "hospit record encrypt", stranger)
    assert ranked([first, has_all], asked) == [4, 1]


SAID = (
    *("attacks", "dying", "woeful", "zero-day", "evil-zone.example", "C++", "die", "Offen"),
    *("CVE-2024-3400", "U.N.E.S.C.O", "U[dot]N[.]E(.)S.C.O", "Ivanti's", "7"),
)


@given(
    st.lists(st.tuples(st.sampled_from(SAID), st.sampled_from([" ", " ", "", ".", "_", "/"]))),
    st.lists(
        st.sampled_from(
            [
                *("attack", "die", "woefully", "offen", "oeffnen", "zone", "example", "evil"),
                *("c++", "unesco", "ivanti"),
            ]
        ),
        min_size=1,
        max_size=2,
    ),
    st.sampled_from(["en", "de", "fr"]),
)
def test_a_sentence_is_marked_the_same_whether_its_letters_are_looked_at_first(
    said, asked, language
):
    leaves = [Weighed(leaf_of(Word(one)), 1.0) for one in asked]
    story = replace(
        build_story(1),
        sentences=("No such thing.", "".join(word + sign for word, sign in said)),
        language=language,
    )
    quick, slow = Marker(leaves), Marker(leaves)
    slow._beginnings = None
    assert quick.excerpt(story) == slow.excerpt(story)


def test_rare_words_outweigh_common_ones_and_no_word_counts_against_a_story():
    assert weight(1, 1_000) > weight(100, 1_000) > weight(1_000, 1_000) >= 0
    assert weight(0, 0) >= 0


def test_a_phrase_counts_only_in_a_row_and_a_prefix_whatever_follows():
    stories = [candidate(1, "", "chain supply x"), candidate(2, "", "supply chain x")]
    assert ranked(stories, [word("supply", "chain", phrase=True)])[0] == 2
    stories = [candidate(1, "", "ransomware x y"), candidate(2, "", "ransoms ransom x")]
    assert ranked(stories, [word("ransom", prefix=True)]) == [2, 1]
    assert ranked(stories, [word("ransomw", prefix=True)]) == [1, 2]


def test_an_excerpt_marks_runs_and_merges_what_touches():
    story = build_story(sentences=("One.", "Evil.example.com and 攻击者 attacked.", "Evil."))
    weighed = [
        Weighed(leaf_of(Word(text)), value)
        for text, value in (("evil", 1.0), ("攻击者", 1.0), ("evil.example.com", 1.0))
    ]
    assert Marker(weighed).excerpt(story) == (
        Span("Evil.example.com", hit=True),
        Span(" and "),
        Span("攻击者", hit=True),
        Span(" attacked."),
    )
    assert Marker(weighed).excerpt(build_story(sentences=())) == ()


@given(st.text(), st.integers(1, 2**62), st.integers(0, 99))
def test_names_of_posts_are_short_opaque_and_their_own(installation, post, life):
    names = Names(installation.encode("utf-8", "replace").decode())
    mark, nonce = names.mark(post), names.nonce(post, life)
    assert len(mark) == 12
    assert len(nonce) == 25
    assert set(mark + nonce) <= set("abcdefghijklmnopqrstuvwxyz0123456789")
    assert names.mark(post + 1) != mark
    assert Names("another installation").mark(post) != mark
    assert names.nonce(post, life + 1) != nonce
