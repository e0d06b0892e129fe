"""Vectors of English texts: alike where they say alike, whatever their words."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.stories.indexing import words
from digests.text.meaning import DIMENSIONS, LENGTH, likeness, meaning
from digests.text.tokens import terms


def of(text):
    return meaning(terms(text, "en").split())


ALIKE = (
    "Hackers broke into a hospital and encrypted its records",
    "Ransomware gang attacks clinic, files locked",
    "Medical center hit by extortion malware",
)
STRANGERS = (
    "Stocks fall as oil prices rise in Asia",
    "The striker scored twice in the second half",
    "New species of frog discovered in the rain forest",
)


@pytest.mark.parametrize("pair", list(pairwise(ALIKE)))
@pytest.mark.parametrize("stranger", STRANGERS)
def test_texts_that_say_alike_in_other_words_lie_nearer_than_others(pair, stranger):
    one, other = map(of, pair)
    assert likeness(one, other) > likeness(one, of(stranger)) + 0.1


@given(
    st.lists(
        st.sampled_from(sorted({w for t in ALIKE + STRANGERS for w in terms(t, "en").split()}))
    )
)
def test_a_vector_has_one_length_and_does_not_ask_for_order(some):
    vector = meaning(some)
    assert vector == meaning(sorted(some))
    if vector:
        assert len(vector) == DIMENSIONS
        assert 0.9 < likeness(vector, vector) < 1.03  # of few words a component may be cut
        assert sum(abs(one) for one in memoryview(vector).cast("b")) <= LENGTH * DIMENSIONS**0.5


@pytest.mark.parametrize("text", ["", "xqzzt wvvrk", "hospital", "勒索软件攻击医院", "\ud800"])
def test_of_too_few_known_words_nothing_is_told(text):
    assert meaning(text.split()) == b""
    assert likeness(b"", of(ALIKE[0])) == 0.0


def test_many_words_are_added_up_without_overflowing_into_each_other():
    assert likeness(meaning(["hospit"] * 100_000), meaning(["hospit"] * 2)) > 0.99


def test_only_an_english_text_has_a_meaning_and_its_title_says_more():
    assert words("Angriff auf Klinik", ["Die Daten sind weg."], (), (), "de").meaning == b""
    title, text = "Stocks fall in Asia", "The striker scored twice."
    mixed = words(title, [text], (), (), "en").meaning
    assert likeness(mixed, of(title)) > likeness(mixed, of(text))
