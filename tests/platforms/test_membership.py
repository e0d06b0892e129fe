"""Who writes in private belongs where Discord says, and all servers are asked at once."""

import asyncio

from bot.commands import Asker, Request
from bot.platforms.discord.errors import UNKNOWN_MEMBER, Answer
from bot.platforms.discord.membership import Membership
from bot.platforms.discord.places import Failure, Payload, Places
from digests.testing import FakeClock


class ThreeAtOnce(Places):
    """Answers nobody until three servers were asked."""

    def __init__(self) -> None:
        self.barrier = asyncio.Barrier(3)

    async def member(
        self,
        guild: str,
        person: str,
        *,
        within: float | None = None,
    ) -> Payload | Failure:
        await self.barrier.wait()
        if guild == "1":
            return Answer(404, {"code": UNKNOWN_MEMBER}, {})
        return {"roles": [f"r{guild}"]}


async def test_all_servers_are_asked_at_once_and_every_role_counts() -> None:
    membership = Membership(ThreeAtOnce(), lambda: ("3", "1", "2"), FakeClock())

    async with asyncio.timeout(5):
        placed = await membership.placed(Request("latest", asker=Asker("discord", "7")))

    assert placed.asker.place == "2"
    assert placed.asker.roles == {"2", "3", "r2", "r3"}
