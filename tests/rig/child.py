"""One bot inside the launcher: the real application on fast time, with a failpoint or a mutant."""

import asyncio
import contextlib
import importlib
import logging
import os
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn, Self, TypeVar

from tests.rig import disks, failpoints, mutants
from tests.rig.clock import SPEED, FastClock

T = TypeVar("T")
CLIENT_TIMEOUT = 10.0 / SPEED  # asyncio's own time-outs do not know the fast clock
EVERY = timedelta(seconds=15)
TICK = 1.0
_LOADED_WHEN_USED = (
    "bot.app",
    "bot.serving",
    "bot.settings",
    "bot.platforms.slack.chat",
    "bot.platforms.discord.chat",
    "slack_bolt.async_app",
    "slack_sdk.web.async_client",
    "discord",
    "alembic.command",
    "digests.reading",
    "apscheduler.schedulers.asyncio",
)


class InlineWorker:
    """The worker's functions in this process: the rig kills the process itself."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def run(
        self, function: Callable[..., T], *args: object, size: int, slow: bool = False
    ) -> T:
        return function(*args)


class FastTicker:
    """Ticks in the fast clock's seconds."""

    def start(self) -> None:
        pass

    def stop(self) -> None:
        pass

    async def next(self) -> None:
        await asyncio.sleep(max(0.03, TICK / SPEED))


def preload() -> None:
    """Import and warm everything that a bot uses: what is loaded here is loaded once, not per life."""
    for name in _LOADED_WHEN_USED:
        importlib.import_module(name)
    importlib.import_module("digests.reading").warm_worker()
    importlib.import_module("digests.cards.words").words("en")
    wire = importlib.import_module("digests.web.wire")
    certificates = wire.tls_context({})
    wire.tls_context = lambda _: certificates  # type: ignore[attr-defined]  # found by name


def main(request: dict[str, Any]) -> NoReturn:
    """Run to the end, then leave without cleaning up: no finaliser of the parent's may run."""
    code = 1
    try:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        out = os.open(Path(request["folder"]) / "output.txt", flags)
        for stream, file in ((0, os.open(os.devnull, os.O_RDONLY)), (1, out), (2, out)):
            os.dup2(file, stream)
        code = asyncio.run(_run(request))
    except BaseException:  # noqa: BLE001 - the judge reads it in output.txt
        traceback.print_exc()
    finally:
        os._exit(code)


async def _run(request: dict[str, Any]) -> int:
    from bot import app, courier, logs, serving
    from digests.archive import dialects

    clock = FastClock(request["zero"])
    _scale(app, serving, courier)
    if request["mutant"]:
        mutants.MUTANTS[request["mutant"]].install()
    if request["failpoint"]:
        name, nth, delay = request["failpoint"], request["nth"], request["delay"]
        failpoints.arm(name, nth, request["ports"], delay=delay, what=request["what"])
    if request["disk"]:
        dialects.BUSY_SECONDS /= SPEED
    env = _environment(request)
    logs.set_up(tuple(request["secrets"]), verbose=False)
    async with app.opened(env, clock=clock, spacing=0) as parts:
        running = asyncio.create_task(serving.serve(parts))
        if request["until_settled"]:
            settled = asyncio.create_task(_settled(parts, clock, request["disk"]))
            await asyncio.wait({settled, running}, return_when=asyncio.FIRST_COMPLETED)
            if not settled.cancel():
                failpoints.stop()  # and so a graceful stop is seen each time
        await running
    return 0


def _scale(app: Any, serving: Any, courier: Any) -> None:
    """What counts in the machine's own seconds, counted in the fast clock's."""
    from bot.platforms.discord import chat as discord_chat
    from bot.platforms.slack import chat as slack_chat

    app.Sandbox = InlineWorker
    app.connected = serving.connected = _asked_often(app.connected)
    serving.Ticker = FastTicker
    courier.IDLE = 0.03
    for module, name in ((discord_chat, "DiscordChat"), (slack_chat, "SlackChat")):
        chat = getattr(module, name)
        quiet = type(name, (chat,), {"__init__": _with_timeout(chat), "start": _no_start})
        setattr(module, name, quiet)
    logging.getLogger("asyncio").setLevel(logging.ERROR)


def _asked_often(connected: Callable[..., Any]) -> Callable[..., Any]:
    """The file's shortest interval is a minute, which would be most of a run."""

    def often(settings: Any, env: Any) -> Any:
        found = connected(settings, env)
        return replace(found, feeds=tuple(replace(f, every=EVERY) for f in found.feeds))

    return often


def _with_timeout(chat: Any) -> Callable[..., None]:
    def init(self: Any, *args: Any, **options: Any) -> None:
        chat.__init__(self, *args, **(options | {"timeout": CLIENT_TIMEOUT}))

    return init


async def _no_start(self: Any) -> None:
    """Commands are proved elsewhere; posting must not need them."""


def _environment(request: dict[str, Any]) -> Any:
    from bot import settings

    folder = Path(request["folder"])
    read = settings.read(request["env"], config=str(folder / "feeds.yaml"))
    return replace(read, database=str(folder / "nightdesk.db"))


async def _settled(parts: Any, clock: FastClock, disk: str) -> None:
    """Wait until every feed was asked once more and nothing is owed or in doubt."""
    from digests.model import PostState

    if disk:
        await disks.troubled(disk, parts.archive, parts.env.database, clock)
    began = clock.now()
    while True:
        await asyncio.sleep(0.05)
        states = await parts.archive.feed_states()
        asked = all(
            (state := states.get(feed.url)) and state.last_poll and state.last_poll > began
            for feed in parts.settings.feeds
        )
        due = await parts.archive.outbox.gathered(clock.now())  # asked first: it becomes owed
        owed = await parts.archive.outbox.in_state(PostState.QUEUED)
        flying = await parts.archive.outbox.doubtful()
        now_owed = [post for post in owed if not post.digest]  # the others wait for their hour
        waited = clock.now() - began > timedelta(seconds=2)
        edits = await parts.archive.outbox.edits_due(clock.now())
        if asked and waited and not (edits or due or now_owed or flying):
            with contextlib.suppress(Exception):
                await parts.courier.drained()
            return
