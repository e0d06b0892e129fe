"""feeds list: how each feed of the file stands."""

import asyncio
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.common import Config, Database, Json, archived, environment, go

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.table import Table

    from bot.settings import Environment
    from digests.config import Settings
    from digests.feeds.pace import FeedState

app = typer.Typer(no_args_is_help=True, help="The feeds of the file.")

_WIDTH = 120  # columns where nobody's window says otherwise


@app.callback()
def _group() -> None:
    """Keep `list` a word of its own while it is the only one."""


@app.command("list")
def list_(config: Config = "", database: Database = "", as_json: Json = False) -> None:
    """How each feed stands."""
    go(_list(environment(config, database), as_json=as_json))


async def _list(env: "Environment", *, as_json: bool) -> None:
    from digests.clock import SystemClock
    from digests.config import load

    settings = load(env.config, env.values)
    known: dict[str, FeedState] = {}
    if await asyncio.to_thread(Path(env.database).exists):
        async with archived(env) as archive:
            known = await archive.feed_states()
    if as_json:
        for feed in settings.feeds:
            typer.echo(json.dumps(_row(feed.name, feed.url, known.get(feed.url))))
        return
    _print(_table(settings, known, SystemClock().now()))


def _row(name: str, url: str, state: "FeedState | None") -> dict[str, str | None]:
    """One feed for a program to read."""
    last = state.last_success.isoformat() if state and state.last_success else None
    due = state.next_poll.isoformat() if state and state.next_poll else None
    trouble = state.reason if state and state.trouble else ""
    return {
        "name": name,
        "url": url,
        "state": in_words(state),
        "last_success": last,
        "next_poll": due,
        "trouble": trouble,
    }


def in_words(state: "FeedState | None") -> str:
    """How a feed stands, in a few words."""
    if state is None or state.last_poll is None:
        return "never asked"
    if state.gone:
        return "gone: it is not asked again; remove it"
    if state.paused:
        return "paused"
    if state.trouble is not None:
        often = f"{state.failures} times: " if state.failures > 1 else ""
        return f"{often}{state.reason or state.trouble}"
    return f"well; moved to {state.moved_to}" if state.moved_to else "well"


def _table(settings: "Settings", known: "Mapping[str, FeedState]", now: datetime) -> "Table":
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from bot.platforms.terminal.layout import harmless

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in ("Feed", "State", "Last success", "Next poll"):
        table.add_column(heading, overflow="fold")
    for feed in settings.feeds:
        state = known.get(feed.url)
        last = _apart(state.last_success if state else None, now, "never")
        due = _apart(state.next_poll if state and not state.gone else None, now, "")
        table.add_row(harmless(feed.name), harmless(in_words(state)), last, due)
    return table


def _apart(at: datetime | None, now: datetime, unknown: str) -> str:
    """How far away a moment is: `3 hours ago`, `in 5 minutes`."""
    from babel.dates import format_timedelta

    if at is None:
        return unknown
    return str(format_timedelta(at - now, add_direction=True, locale="en"))


def _print(table: "Table") -> None:
    from rich.console import Console

    watched = sys.stdout.isatty()
    Console(width=None if watched else _WIDTH, highlight=False).print(table)
