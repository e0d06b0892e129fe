"""Who is answered: decided on our side, whatever the platform shows."""

import pytest

from bot.access import NOT_A_READER, NOT_SET_UP, Asker, refusal
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
        (Asker("discord", "1"), EVERYONE, GUILD, ""),
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
