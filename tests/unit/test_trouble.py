"""What is said of a database that refuses: the beginning, another reason, the end."""

from digests.archive.trouble import CALM, Trouble


def test_a_refusal_is_said_once_and_its_end_once():
    trouble = Trouble("written")
    assert trouble.after("", 0) == ""
    assert "cannot be written: full." in trouble.after("full", 1)
    assert trouble.after("full", 2) == ""
    assert "cannot be written: locked." in trouble.after("locked", 3)
    assert trouble.after("", 3 + CALM) == "is written again"
    assert trouble.after("", 4 + CALM) == ""


def test_small_things_that_go_through_meanwhile_do_not_end_it():
    trouble = Trouble("written")
    assert trouble.after("full", 0)
    for second in range(1, 200):
        assert trouble.after("", second - 0.5) == trouble.after("full", second) == ""
