"""Many queries at once give the answers that each would give alone."""

from hypothesis import given, settings
from hypothesis import strategies as st

from digests.rules.match import matches, subject
from digests.rules.query import Everything, Not, Or, Word, parse_strict
from digests.rules.watching import Watchlist
from digests.testing import build_story
from tests.contract.archives import told, words
from tests.contract.test_archive_agrees import FACTS, parts, queries


def seen_of(number: int = 1, **changes):
    story = build_story(number, **changes)
    return subject(story, words(story))


@settings(max_examples=40, deadline=None)
@given(asked=st.lists(queries, max_size=20), about=st.lists(parts, min_size=1, max_size=4))
def test_a_watchlist_answers_as_each_query_alone(asked, about):
    watches = Watchlist(dict(enumerate(asked)))
    for one in about:
        record = told(1, **one, facts=tuple(f for f in FACTS if f.cve in one["cves"]))
        seen = subject(record.story, words(record.story))
        expected = {key for key, query in enumerate(asked) if matches(query, seen)}
        assert watches.matching(seen) == expected


@settings(max_examples=30, deadline=None)
@given(
    changes=st.lists(st.tuples(st.integers(0, 4), st.one_of(st.none(), queries)), max_size=12),
    about=parts,
)
def test_what_was_removed_or_replaced_is_watched_no_more(changes, about):
    watches, kept = Watchlist[int](), {}
    for key, query in changes:
        if query is None:
            watches.remove(key)
            kept.pop(key, None)
        else:
            watches.add(key, query)
            kept[key] = query
    seen = seen_of(**about)
    assert len(watches) == len(kept)
    assert watches.matching(seen) == {k for k, q in kept.items() if matches(q, seen)}
    for key in list(kept):
        watches.remove(key)
    assert watches.matching(seen) == set()
    assert [watches._under, watches._always, watches._watches] == [{}, {}, {}]


def test_everybody_who_asks_the_same_is_told():
    watches = Watchlist({"alice": Word("gateway"), "bob": Word("gateway"), "carol": Word("bank")})
    assert watches.matching(seen_of()) == {"alice", "bob"}
    watches.remove("alice")
    assert watches.matching(seen_of()) == {"bob"}
    watches.remove("nobody")


def test_queries_of_exclusions_are_asked_of_every_story():
    watches = Watchlist({1: parse_strict("-bank"), 2: Everything(), 3: Not(Everything())})
    watches.add(4, Or((Word("bank"), Not(Word("gateway")))))
    assert watches.matching(seen_of()) == {1, 2}


def test_a_query_stands_under_its_rarest_word():
    crowd = {number: parse_strict(f"gateway brand{number}") for number in range(100)}
    watches = Watchlist(crowd)
    assert len(watches._candidates(seen_of())) <= 2
    assert watches.matching(seen_of(headline="The gateway of brand7")) == {7}
