"""A long text in portions: nothing is lost, nothing is too long, no line is torn that fits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.text.portions import portions

LINES = st.lists(st.text("ab <漢\u0301👩‍🚒", max_size=30), max_size=20).map("\n".join)


def doubled(text: str) -> int:
    return len(text) + text.count("<") * 3


@given(LINES)
def test_nothing_is_lost_and_no_portion_is_too_long(text: str) -> None:
    found = portions(text, 40, 1_000, doubled)

    assert "".join("".join(found).split()) == "".join(text.split())
    assert all(doubled(one) <= 40 for one in found)


def test_a_line_that_fits_is_never_torn() -> None:
    lines = [f"{n} " + "x" * 25 for n in range(9)]

    found = portions("\n".join(lines), 60, 9)

    assert [line for one in found for line in one.split("\n")] == lines
    assert len(found) == 5


def test_what_finds_no_room_stays_with_the_last_portion() -> None:
    found = portions("one\ntwo\nthree\nfour", 7, 2)

    assert found == ["one\ntwo", "three\nfour"]


@pytest.mark.parametrize("text", ["", "short", "two\nlines"])
def test_what_fits_is_one_portion(text: str) -> None:
    assert portions(text, 100, 3) == [text]


def test_a_long_line_is_broken_between_words() -> None:
    assert portions("seven words of one line are broken", 14, 9) == [
        "seven words",
        "of one line",
        "are broken",
    ]
