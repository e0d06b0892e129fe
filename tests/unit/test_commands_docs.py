"""docs/commands.md and what the platforms declare say what the table says."""

from pathlib import Path

from bot.cli.acting import DEEDS
from bot.cli.asking import READS
from bot.commands.asking import Who
from bot.commands.documentation import page
from bot.commands.table import TABLE

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_page_is_what_the_table_makes() -> None:
    made = (DOCS / "commands.md").read_text("utf-8")
    assert made == page(), "run `python -m bot.commands`"


def test_the_pages_of_the_platforms_lead_to_it() -> None:
    for name in ("discord.md", "slack.md"):
        assert "commands.md" in (DOCS / name).read_text("utf-8")


def test_every_verb_and_its_options_fit_where_they_are_declared() -> None:
    assert len({verb.name.partition(" ")[0] for verb in TABLE.listed()}) <= 25
    for verb in TABLE.verbs:
        for said in (verb.says, *(option.says for option in verb.options)):
            assert 1 <= len(said) <= 100
        assert len(verb.options) <= 25
        assert len(verb.examples) <= 5


def test_every_example_is_typed_back_to_its_verb() -> None:
    for verb in TABLE.listed():
        for example in verb.examples:
            assert TABLE.split(f"{verb.name} {example}") == (verb.name, example)


def test_every_verb_that_the_terminal_may_ask_is_a_command_of_it() -> None:
    elsewhere = {"why", "audit", *DEEDS}  # commands with a hand of their own
    ours = {
        verb.name: verb
        for verb in TABLE.listed()
        if verb.terminal and verb.who is Who.READER and " " not in verb.name
    }
    assert ours.keys() - elsewhere == READS.keys()
    assert {name: verb.says for name, verb in ours.items() if name in READS} == READS
