"""Killed in the middle of writing: what was acknowledged is there, whole; the rest is not, whole."""

import asyncio
import random
import signal
import sys
from contextlib import suppress
from pathlib import Path

from digests.archive.store import Archive
from digests.model import PostState
from tests.contract.archives import FEED, SOC, story_id

ROOT = Path(__file__).resolve().parents[2]
WRITER = """
import asyncio, sys
from tests.contract.archives import card, entry, poll, told
from digests.archive.store import Archive

async def write(archive, number):
    await archive.commit_poll(
        poll(told(number), slices=(b"%12d" % number,), entries=(entry(number),), posts=(card(number),))
    )
    print(number, flush=True)

async def main():
    archive = await Archive.open(sys.argv[1])
    number = await archive.last_number()
    while True:
        await asyncio.gather(*(write(archive, number + n) for n in range(1, 9)))
        number += 8

asyncio.run(main())
"""


async def killed_after(database: Path, acknowledgements: int) -> list[int]:
    """Numbers that the writer had acknowledged before it was killed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", WRITER, str(database)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    acknowledged: list[int] = []
    try:
        async with asyncio.timeout(30):
            while len(acknowledged) < acknowledgements:
                acknowledged.append(int(await process.stdout.readline()))
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
    acknowledged += [int(line) for line in (await process.stdout.read()).split(b"\n")[:-1]]
    await process.wait()
    return acknowledged


async def test_after_a_kill_every_acknowledged_poll_is_there_and_every_poll_is_whole(tmp_path):
    database = tmp_path / "news.db"
    chance = random.Random(7)
    acknowledged: list[int] = []
    for _ in range(4):
        acknowledged += await killed_after(database, chance.randint(1, 150))
        archive = await Archive.open(database)  # the lock went with the process
        assert await archive.problems() == []
        last = await archive.last_number()
        assert set(acknowledged) <= set(range(1, last + 1))
        assert len(await archive.stories([story_id(n) for n in range(1, last + 1)])) == last
        assert (await archive.outbox.counts())[PostState.QUEUED] == last
        assert await archive.known_slices(FEED) == {b"%12d" % last}
        assert (await archive.outbox.queued(SOC, (await archive.latest(1))[0].seen)) is not None
        await archive.close()
