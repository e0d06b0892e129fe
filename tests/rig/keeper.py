"""Runs what looks after an archive in forks that are killed: `python -m tests.rig.keeper`.

A request has the `job`, the `files` and the `seconds` after which it is killed.
"""

import asyncio
import os
import traceback
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

import alembic.command
import alembic.config  # noqa: F401 - both here, else every fork would import them anew

from digests.archive.restoring import restore
from digests.archive.store import Archive
from digests.testing import START
from tests.contract.archives import poll, told
from tests.rig import forking

KEEP = timedelta(days=400)
LONG_AFTER = START + timedelta(days=401)


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


async def _do(request: dict[str, Any]) -> None:
    await JOBS[request["job"]](*map(Path, request["files"]))


def _child(request: dict[str, Any]) -> NoReturn:
    code = 1
    try:
        asyncio.run(_do(request))
        code = 0
    except BaseException:  # noqa: BLE001 - the test shows it
        traceback.print_exc()
    finally:
        os._exit(code)


if __name__ == "__main__":
    forking.serve(_child)
