"""Runs what looks after an archive in forks that are killed: `python -m tests.rig.keeper`.

One request a line on standard input (`job`, `files`, `delay` in seconds or none), one answer a line on
standard output. Everything is imported once, so that a fork costs little.
"""

import asyncio
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import alembic.command
import alembic.config  # noqa: F401 - both here, else every fork would import them anew

from digests.archive.restoring import restore
from digests.archive.store import Archive
from digests.testing import START
from tests.contract.archives import poll, told

KEEP = timedelta(days=400)
LONG_AFTER = START + timedelta(days=401)
LONGEST = 60.0  # seconds of one job


async def _migrate(database: Path) -> None:
    await (await Archive.open(database)).close()


async def _backup(database: Path, target: Path) -> None:
    """One copy after another, each with a story more."""
    archive = await Archive.open(database)
    for _ in range(4):
        await archive.commit_poll(poll(told(await archive.last_number() + 1)))
        await archive.backup(target)
    await archive.close()


async def _restore(database: Path, source: Path) -> None:
    restore(source, database)


async def _forget(database: Path) -> None:
    archive = await Archive.open(database)
    await archive.forget(now=LONG_AFTER, keep=KEEP)
    await archive.close()


JOBS: dict[str, Callable[..., Awaitable[None]]] = {
    "migrate": _migrate,
    "backup": _backup,
    "restore": _restore,
    "forget": _forget,
}


def main() -> None:
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        print(json.dumps(_forked(json.loads(line))), flush=True)


def _forked(request: dict[str, object]) -> dict[str, object]:
    """Run the job in a fork; kill it `delay` seconds after its beginning."""
    began = time.monotonic()
    pid = os.fork()
    if pid == 0:
        _child(request)
    end = began + float(str(request["delay"] or LONGEST))
    done, status = 0, 0
    while not done and time.monotonic() < end:
        done, status = os.waitpid(pid, os.WNOHANG)
        time.sleep(0.001)
    if not done:
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
    return {"code": os.waitstatus_to_exitcode(status), "seconds": time.monotonic() - began}


def _child(request: dict[str, object]) -> NoReturn:
    code = 1
    try:
        files = request["files"]
        assert isinstance(files, list)

        async def job() -> None:
            await JOBS[str(request["job"])](*map(Path, files))

        asyncio.run(job())
        code = 0
    except BaseException:  # noqa: BLE001 - the test shows it
        traceback.print_exc()
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()
