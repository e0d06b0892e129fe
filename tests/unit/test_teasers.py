"""Texts that end before the article does."""

import pytest

from digests.feeds.teasers import is_short, without_invitation


@pytest.mark.parametrize(
    "invitation",
    [
        "Continue reading on Harbour Watch →",
        "Continue reading…",
        "Read more »",
        "(Read the full story)",
        "Weiterlesen",
        "Lire la suite...",
        "Leer más",
        "Читать далее",
        "阅读全文",
        "続きを読む",
        "اقرأ المزيد",
    ],
)
def test_words_that_only_lead_to_the_page_are_left_out(invitation):
    assert without_invitation(f"A port was closed. {invitation}") == ("A port was closed.", True)


def test_an_invitation_after_a_broken_sentence_is_known_by_its_capital():
    assert without_invitation("A port was Read more") == ("A port was", True)


@pytest.mark.parametrize("mark", ["[...]", "[…]", "...", "…", "(…)", " [ … ] "])
def test_a_mark_of_truncation_stays_and_tells(mark):
    text = f"A port was {mark}"
    assert without_invitation(text) == (text.rstrip(), True)


@pytest.mark.parametrize(
    "text",
    [
        "A port was closed.",
        "",
        "He said: “… and then it closed.”",
        "Continue reading the logs, the vendor said. They tell more.",
        "They read on.",
        "Nobody likes to read more",
    ],
)
def test_a_text_that_ends_by_itself_is_left_alone(text):
    assert without_invitation(text) == (text, False)


def test_what_is_short_depends_on_the_script():
    assert is_short("x" * 500, "en")
    assert not is_short("x" * 700, "en")
    assert not is_short("漏" * 500, "zh")


def test_a_long_text_of_blanks_and_brackets_costs_little():
    for piece in (" ", "[", "…", "read more ", "("):
        without_invitation("x" + piece * 500_000)
