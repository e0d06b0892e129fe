"""The writer: one commit for many, each job on its own, nothing told before it is durable."""

import asyncio
import sqlite3
import threading
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from digests.archive.engine import Engine
from digests.errors import ArchiveError


def insert(connection, number: int) -> int:
    connection.execute(text("INSERT INTO note VALUES (:number)"), {"number": number})
    return number


def numbers(connection) -> list[int]:
    return list(connection.execute(text("SELECT number FROM note ORDER BY number")).scalars())


@asynccontextmanager
async def engine_on(path):
    engine = Engine(path, monotonic=lambda: 0.0)
    engine.start()
    await engine.write(lambda c: c.execute(text("CREATE TABLE note (number INTEGER UNIQUE)")))
    try:
        yield engine
    finally:
        await engine.close()


@asynccontextmanager
async def held(engine):
    """While inside, the writer is busy, and what is asked of it waits in one group."""
    entered, go_on = threading.Event(), threading.Event()

    def busy(_connection) -> None:
        entered.set()
        assert go_on.wait(10)

    waiting = asyncio.ensure_future(engine.write(busy))
    await asyncio.to_thread(entered.wait)
    try:
        yield go_on
    finally:
        go_on.set()
        await waiting


async def test_what_waits_together_costs_one_commit(tmp_path):
    async with engine_on(tmp_path / "notes.db") as engine:
        before = engine.commits
        async with held(engine):
            writes = [asyncio.ensure_future(engine.write(insert, n)) for n in range(64)]
            await asyncio.sleep(0)
        assert await asyncio.gather(*writes) == list(range(64))
        assert engine.commits == before + 1
        assert await engine.read(numbers) == list(range(64))


async def test_a_job_that_fails_fails_alone(tmp_path):
    async with engine_on(tmp_path / "notes.db") as engine:

        def half(connection) -> None:
            insert(connection, 90)
            raise ValueError("not like this")

        async with held(engine):
            writes = [
                asyncio.ensure_future(engine.write(insert, 1)),
                asyncio.ensure_future(engine.write(half)),
                asyncio.ensure_future(engine.write(insert, 1)),
                asyncio.ensure_future(engine.write(insert, 2)),
            ]
            await asyncio.sleep(0)
        first, odd, doubled, last = await asyncio.gather(*writes, return_exceptions=True)
        assert (first, last) == (1, 2)
        assert isinstance(odd, ValueError)
        assert isinstance(doubled, ArchiveError)
        assert await engine.read(numbers) == [1, 2]


async def test_nobody_hears_of_success_before_it_is_committed(tmp_path):
    async with engine_on(tmp_path / "notes.db") as engine:
        entered, go_on = threading.Event(), threading.Event()

        def slow(_connection) -> None:
            entered.set()
            assert go_on.wait(10)

        async with held(engine) as waiting:
            write = asyncio.ensure_future(engine.write(insert, 1))
            behind = asyncio.ensure_future(engine.write(slow))
            await asyncio.sleep(0)
            waiting.set()
            await asyncio.to_thread(entered.wait)
            await asyncio.sleep(0.01)
            assert not write.done()
            assert await engine.read(numbers) == []
            go_on.set()
        await asyncio.gather(write, behind)
        assert await engine.read(numbers) == [1]


async def test_what_was_asked_for_is_done_even_when_the_asker_was_cancelled(tmp_path):
    async with engine_on(tmp_path / "notes.db") as engine:
        async with held(engine):
            write = asyncio.ensure_future(engine.write(insert, 1))
            await asyncio.sleep(0)
            write.cancel()
        with pytest.raises(asyncio.CancelledError):
            await write
        assert await engine.write(insert, 2) == 2
        assert await engine.read(numbers) == [1, 2]


async def test_closing_finishes_what_was_asked_for_and_refuses_the_rest(tmp_path):
    path = tmp_path / "notes.db"
    async with engine_on(path) as engine:
        async with held(engine):
            writes = [asyncio.ensure_future(engine.write(insert, n)) for n in range(5)]
            await asyncio.sleep(0)
            closing = asyncio.ensure_future(engine.close())
            await asyncio.sleep(0)
            with pytest.raises(ArchiveError, match="is closed"):
                await engine.write(insert, 9)
            with pytest.raises(ArchiveError, match="is closed"):
                await engine.read(numbers)
        await closing
        assert await asyncio.gather(*writes) == list(range(5))
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT count(*) FROM note").fetchone() == (5,)
    connection.close()


async def test_a_read_sees_one_unchanging_state(tmp_path):
    async with engine_on(tmp_path / "notes.db") as engine:
        reading, go_on = threading.Event(), threading.Event()

        def twice(connection) -> tuple[list[int], list[int]]:
            first = numbers(connection)
            reading.set()
            assert go_on.wait(10)
            return first, numbers(connection)

        read = asyncio.ensure_future(engine.read(twice))
        await asyncio.to_thread(reading.wait)
        await engine.write(insert, 1)
        go_on.set()
        assert await read == ([], [])


async def test_a_read_that_takes_too_long_is_ended(tmp_path):
    endless = text(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    )
    ticks = iter(range(10**9))
    engine = Engine(tmp_path / "notes.db", monotonic=lambda: next(ticks))
    engine.start()
    await engine.write(lambda c: c.execute(text("CREATE TABLE note (number INTEGER)")))
    with pytest.raises(ArchiveError, match="took too long"):
        await engine.read_within(3, lambda c: c.execute(endless).scalar())
    assert await engine.read_within(3, numbers) == []
    await engine.close()


async def test_a_closed_loop_does_not_stop_the_writer(tmp_path):
    async with engine_on(tmp_path / "notes.db") as engine:
        loop = asyncio.new_event_loop()
        async with held(engine):
            task = loop.create_task(engine.write(insert, 1))
            loop.run_until_complete = None  # never awaited to its end
            loop.call_soon(loop.stop)
            await asyncio.to_thread(loop.run_forever)
            task.cancel()
            loop.call_soon(loop.stop)
            await asyncio.to_thread(loop.run_forever)
            loop.close()
        assert await engine.write(insert, 2) == 2
        assert await engine.read(numbers) == [1, 2]


async def test_what_people_ask_does_not_wait_behind_the_reads_of_the_courier(archive):
    over = threading.Event()
    busy = [asyncio.create_task(archive._engine.read(lambda _: over.wait(20))) for _ in range(9)]
    await asyncio.sleep(0)
    try:
        async with asyncio.timeout(10):
            assert await archive._engine.read_within(5, lambda _: "found") == "found"
        assert not any(one.done() for one in busy)
    finally:
        over.set()
        await asyncio.gather(*busy)
