"""The queue before the workers: short documents pass long ones, for a while, and no place is lost."""

import asyncio
from contextlib import suppress

import pytest

from digests.web.ranks import LETS_PAST, Ranks

MB = 2**20


class Line:
    """Documents that wait before one place; `order` is how they were let in."""

    def __init__(self) -> None:
        self.ranks = Ranks(1)
        self.order: list[str] = []
        self.here: set[asyncio.Task[None]] = set()

    def come(self, name: str, size: int, until: asyncio.Event | None = None) -> asyncio.Task[None]:
        async def one() -> None:
            async with self.ranks.turn(size):
                self.order.append(name)
                if until is not None:
                    await until.wait()

        task = asyncio.create_task(one())
        self.here.add(task)
        return task


@pytest.fixture
def line() -> Line:
    return Line()


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_short_documents_pass_long_ones_and_equal_ones_keep_their_order(line) -> None:
    over = asyncio.Event()
    line.come("at it", 9 * MB, over)
    await settle()
    for name, size in (("long", MB), ("short", 1_000), ("longer", 2 * MB), ("as short", 1_000)):
        line.come(name, size)
        await settle()
    over.set()
    await asyncio.gather(*line.here)
    assert line.order == ["at it", "short", "as short", "long", "longer"]


async def test_a_long_document_lets_nobody_past_who_comes_too_late(line, monkeypatch) -> None:
    over, loop = asyncio.Event(), asyncio.get_running_loop()
    line.come("at it", 1, over)
    await settle()
    line.come("long", MB)
    await settle()
    later = loop.time() + LETS_PAST + 1
    monkeypatch.setattr(loop, "time", lambda: later)
    line.come("short", 1)
    await settle()
    monkeypatch.undo()
    over.set()
    await asyncio.gather(*line.here)
    assert line.order == ["at it", "long", "short"]


async def test_whoever_is_cancelled_leaves_the_place_to_the_next_one(line) -> None:
    over = asyncio.Event()
    line.come("at it", 1, over)
    await settle()
    waits, gets, last = (line.come(name, 1) for name in ("waits", "gets", "last"))
    await settle()
    waits.cancel()  # in the queue
    over.set()
    await asyncio.sleep(0)  # the place is passed on in this step
    gets.cancel()  # when it has the place, and does not know it yet
    with suppress(asyncio.CancelledError):
        await gets
    async with asyncio.timeout(5):
        await last
        async with line.ranks.turn(1):
            pass
    assert line.order[-1] == "last"
