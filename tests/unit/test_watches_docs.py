"""docs/watches.md: its example is accepted, its commands are those of the table, its figures the code's."""

import re
from pathlib import Path

from bot.commands.table import TABLE
from bot.commands.watching import LONGEST, VERBS
from digests.archive.watches import EACH, ENDED_FOR
from digests.config.loader import parse
from digests.model.watching import PER_DAY
from digests.rules.query import parse_strict

PAGE = (Path(__file__).parents[2] / "docs" / "watches.md").read_text("utf-8")
WORDS = " ".join(PAGE.split())


def test_the_example_is_a_file_that_is_accepted() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    watches = parse(example, "docs/watches.md", {}).watches
    assert [one.name for one in watches] == ["our stack", "exploited"]


def test_every_verb_that_people_type_is_told_and_every_command_is_one() -> None:
    typed = re.findall(r"^\| `/digest ([^`]+)` \|", PAGE, re.MULTILINE)
    names = [TABLE.split(one)[0] for one in typed]
    listed = [verb.name for verb in VERBS if verb.listed]
    assert sorted(set(names)) == sorted([*listed, "forget me"])
    for line in typed:
        name, text = TABLE.split(line)
        if name == "watch add":
            parse_strict(re.sub(r"( (until|where):\S+)+$", "", text))


def test_the_figures_are_those_of_the_code() -> None:
    assert f"at most {LONGEST} characters, a person at most {EACH} watches" in WORDS
    assert f"After {PER_DAY} cards in a day" in WORDS
    assert f"stays in the list for {ENDED_FOR.days} days" in WORDS
