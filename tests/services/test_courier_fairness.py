"""Who waits for whom when much is owed: nobody for another place, and nothing behind breaking."""

import asyncio
from collections import defaultdict
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.courier import Courier
from digests.archive.store import Archive
from digests.config import Settings
from digests.model import (
    Channel,
    Content,
    Destination,
    NewPost,
    Posted,
    PostOutcome,
    Target,
    Unclear,
)
from digests.testing import FakeClock
from tests.services.test_courier import FakeChat

MANY = 2000
PATIENCE = 30.0  # real seconds until a post that never begins fails the test


@dataclass
class SlowChat(FakeChat):
    """Takes a second of the clock for each post, side by side for different places."""

    clock: FakeClock = field(default_factory=FakeClock)
    began: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # by place
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    hanging: set[str] = field(default_factory=set)  # places whose posts end unclear

    async def resolve(self, target: Target) -> Destination:
        return Destination(self.platform, target.address)

    async def post(
        self, destination, content: Content, *, mark, nonce, plain=False, reply_to=""
    ) -> PostOutcome:
        async with self.changed:
            self.began[destination.place].append(content.text)
            self.changed.notify_all()
        await self.clock.sleep(1.0)
        return Unclear("reset") if destination.place in self.hanging else Posted(mark)

    async def edit(self, destination, message_id, content, *, mark) -> PostOutcome:
        await self.clock.sleep(3600.0)
        return Posted(message_id)

    async def begin(self, place: str, count: int) -> None:
        """Wait until so many posts of a place have begun."""
        async with asyncio.timeout(PATIENCE), self.changed:
            await self.changed.wait_for(lambda: len(self.began[place]) >= count)


@dataclass
class Desk:
    """An archive, a courier, and chats that take their time."""

    archive: Archive
    clock: FakeClock
    chats: dict[str, SlowChat]
    courier: Courier

    async def owe(self, place: str, count: int, *, word: str = "news", **how) -> None:
        """`place`: platform:address, which is the channel's name as well."""
        where = Destination(*place.split(":"))
        posts = [
            NewPost(place, where, f"notice:{word}{n}", text=f"{word}{n}", **how)
            for n in range(count)
        ]
        await self.archive.outbox.owe(posts, now=self.clock.now())

    async def began(self, place: str, count: int = 1) -> list[str]:
        """What was begun there, as soon as it is so much."""
        platform, address = place.split(":")
        await self.chats[platform].begin(address, count)
        return self.chats[platform].began[address]

    async def round(self) -> None:
        """A round of the courier, which waits for no platform."""
        async with asyncio.timeout(PATIENCE):
            await self.courier.round()

    def change(self, place: str) -> None:
        """An edit in that place, which takes an hour."""
        where = Destination(*place.split(":"))
        chat = self.chats[where.platform]

        async def edit() -> None:
            await chat.edit(where, "1", None, mark="")

        self.courier._change(where, edit())


@pytest.fixture
async def desk(tmp_path: Path):
    places = [f"slack:C{n}" for n in range(30)] + ["discord:1"]
    settings = Settings(channels=tuple(Channel(p, Target(*p.split(":"))) for p in places))
    clock = FakeClock()
    chats = {name: SlowChat(platform=name, clock=clock) for name in ("slack", "discord")}
    async with opened(tmp_path / "c.db") as archive:
        await archive.register_channels(settings.channels, clock.now())
        courier = Courier(archive, chats, lambda: settings, clock)
        yield Desk(archive, clock, chats, courier)
        for task in courier._tasks():
            task.cancel()
        await asyncio.gather(*courier._tasks(), return_exceptions=True)


@asynccontextmanager
async def opened(path: Path):
    archive = await Archive.open(path)
    try:
        yield archive
    finally:
        await archive.close()


@pytest.mark.parametrize("single", ["slack:C1", "discord:1"])
async def test_a_place_with_one_post_waits_for_none_of_2000_in_another(
    desk: Desk, single: str
) -> None:
    await desk.owe("slack:C0", MANY)
    await desk.round()
    for second in range(1, 4):
        await desk.began("slack:C0", second)
        desk.clock.advance(1.0)
    await desk.began("slack:C0", 4)
    asked = desk.clock.monotonic()
    await desk.owe(single, 1)
    await desk.round()
    await desk.began(single)
    assert desk.clock.monotonic() == asked
    assert len(await desk.began("slack:C0")) == 4


async def test_every_place_gets_its_first_post_before_any_gets_its_second(desk: Desk) -> None:
    places = [f"slack:C{n}" for n in range(30)]
    for place in places:
        await desk.owe(place, 50)
    await desk.round()
    assert [len(await desk.began(place)) for place in places] == [1] * 30


async def test_what_is_breaking_is_the_next_of_its_place_however_many_wait(desk: Desk) -> None:
    await desk.owe("slack:C0", MANY)
    await desk.round()
    await desk.began("slack:C0", 1)
    await desk.owe("slack:C0", 2, word="breaking", breaking=True)
    for second in range(2, 5):
        desk.clock.advance(1.0)
        await desk.began("slack:C0", second)
    said = await desk.began("slack:C0", 4)
    assert said == ["news0", "breaking0", "breaking1", "news1"]


async def test_an_edit_that_takes_an_hour_holds_up_no_post_of_its_place(desk: Desk) -> None:
    desk.change("slack:C0")
    await desk.owe("slack:C0", 1, word="breaking", breaking=True)
    await desk.round()
    assert await desk.began("slack:C0") == ["breaking0"]


async def test_a_doubtful_end_holds_up_its_own_place_alone(desk: Desk) -> None:
    desk.chats["slack"].hanging = {"C0"}
    await desk.owe("slack:C0", MANY)
    await desk.round()
    await desk.began("slack:C0", 1)
    desk.clock.advance(1.0)
    await desk.courier.drained()
    await desk.owe("slack:C1", 2)
    await desk.round()
    await desk.began("slack:C1", 1)
    desk.clock.advance(1.0)
    await desk.began("slack:C1", 2)
    assert len(await desk.began("slack:C0")) == 1
