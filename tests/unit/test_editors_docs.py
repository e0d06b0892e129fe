"""docs/why.md and docs/editors.md say what the code does; the terminal has the verbs that they name."""

from pathlib import Path

from bot.cli import app
from bot.cli.acting import DEEDS
from bot.commands.asking import Who
from bot.commands.helping import _examples
from bot.commands.table import TABLE
from digests.archive import acts, traces
from digests.cards.tracing import HAPPENINGS, STATES
from digests.model import Happening, PostState

DOCS = Path(__file__).resolve().parents[2] / "docs"
EDITORS, WHY = ((DOCS / name).read_text("utf-8") for name in ("editors.md", "why.md"))


def verbs() -> list[str]:
    return [verb.name for verb in TABLE.listed() if verb.who is Who.EDITOR]


def test_every_verb_of_editors_is_told_of() -> None:
    of_other_pages = {"review"}
    for name in set(verbs()) - of_other_pages:
        assert f"/digest {name}" in EDITORS


def test_the_terminal_has_what_editors_have() -> None:
    names = {command.name or command.callback.__name__ for command in app.registered_commands}
    assert {"why", "audit", *DEEDS} <= names
    assert set(DEEDS) <= {verb.name.split()[0] for verb in TABLE.listed()}


def test_how_long_things_are_kept_is_what_the_pages_say() -> None:
    assert f"kept for {traces.KEPT_FOR.days} days" in WHY
    assert f"newest {traces.REFUSED_EACH} refusals" in WHY
    assert f"kept for {acts.KEPT_FOR.days} days" in EDITORS


def test_everything_that_can_happen_has_its_words() -> None:
    assert HAPPENINGS.keys() == set(Happening)
    assert STATES.keys() == set(PostState)


def test_no_button_of_help_does_what_only_editors_may() -> None:
    words = [button.state for button in _examples(TABLE.listed())]
    assert words
    assert not {TABLE.split(one)[0] for one in words} & set(verbs())
