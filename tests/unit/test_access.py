"""Who is answered: decided on our side, whatever the platform shows."""

import pytest

from bot.access import NOT_A_READER, NOT_SET_UP, UNSURE, Asker, may_edit, refusal
from digests.config import People

EVERYONE = People(everyone=True)
GUILD = frozenset({"G1", "C1"})


@pytest.mark.parametrize(
    ("asker", "readers", "homes", "said"),
    [
        (Asker("terminal", ""), People(), frozenset(), ""),
        (Asker("discord", "1", "G1", "C9"), EVERYONE, GUILD, ""),
        (Asker("discord", "1", "G2", "C2"), EVERYONE, GUILD, NOT_SET_UP),
        (Asker("discord", "1", "G2", "C2"), EVERYONE, frozenset(), NOT_SET_UP),
        (Asker("discord", "1"), EVERYONE, GUILD, NOT_SET_UP),
        (Asker("discord", "1", "", "D7"), EVERYONE, GUILD, NOT_SET_UP),
        (Asker("discord", "1", unsure=True), EVERYONE, GUILD, UNSURE),
        (Asker("discord", "1", unsure=True), EVERYONE, frozenset(), NOT_SET_UP),
        (Asker("discord", "1"), EVERYONE, frozenset(), NOT_SET_UP),
        (Asker("slack", "U1", "", "D1"), EVERYONE, None, ""),
        (Asker("slack", "U1", "", "D1"), EVERYONE, frozenset(), NOT_SET_UP),
        (Asker("discord", "1", "G1"), People(discord=frozenset({"2"})), GUILD, NOT_A_READER),
        (
            Asker("discord", "1", "G1", roles=frozenset({"77"})),
            People(discord=frozenset({"role:77"})),
            GUILD,
            "",
        ),
        (Asker("slack", "U1", "T1"), EVERYONE, None, ""),
        (Asker("slack", "U1", "T1"), EVERYONE, frozenset(), NOT_SET_UP),
        (Asker("slack", "U1", "T1"), People(discord=frozenset({"U1"})), None, NOT_A_READER),
    ],
)
def test_only_readers_where_a_channel_lies_are_answered(asker, readers, homes, said) -> None:
    assert refusal(asker, readers, homes) == said


EDITORS = People(slack=frozenset({"U1"}), discord=frozenset({"1", "role:77"}))


@pytest.mark.parametrize(
    ("asker", "homes", "may"),
    [
        (Asker("terminal", ""), frozenset(), True),
        (Asker("slack", "U1", "T1", "C1"), None, True),
        (Asker("slack", "U1", "", "D1"), None, True),
        (Asker("slack", "U2", "T1", "C1"), None, False),
        (Asker("slack", "1", "T1", "C1"), None, False),
        (Asker("slack", "U1", "T1", "C1"), frozenset(), False),
        (Asker("discord", "1", "G1", "C9"), GUILD, True),
        (Asker("discord", "1"), GUILD, False),
        (Asker("discord", "1", "G1", "D7"), GUILD, True),
        (Asker("discord", "1", "G2", "C2"), GUILD, False),
        (Asker("discord", "2", "G1", "C1", frozenset({"77"})), GUILD, True),
        (Asker("discord", "2", "G2", "C2", frozenset({"77"})), GUILD, False),
        (Asker("discord", "2", "G1", "C1", frozenset({"78"})), GUILD, False),
        (Asker("discord", "role:77", "G1", "C1"), GUILD, False),
        (Asker("discord", "U1", "G1", "C1"), GUILD, False),
    ],
)
def test_only_editors_edit_and_only_where_a_channel_lies(asker, homes, may) -> None:
    assert may_edit(asker, EDITORS, homes) is may


def test_nobody_edits_until_the_file_names_somebody() -> None:
    assert not may_edit(Asker("slack", "U1", "T1", "C1"), People(), None)
