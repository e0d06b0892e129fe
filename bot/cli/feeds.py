"""feeds: the group, and its list: how each feed of the file stands."""

import asyncio
import json
import shutil
import sys
from datetime import datetime
from typing import TYPE_CHECKING

import typer

from bot.cli import editing
from bot.cli.common import Config, Database, Json, archived, environment, first_line, go, is_there

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from rich.table import Table

    from bot.settings import Environment
    from digests.config import Settings
    from digests.feeds.pace import FeedState
    from digests.model import Feed

app = typer.Typer(no_args_is_help=True, help="The feeds of the file.")

for _name, _command in (
    ("add", editing.add),
    ("remove", editing.remove),
    ("import", editing.import_),
    ("export", editing.export),
    ("resume", editing.resume),
):
    app.command(_name, short_help=first_line(_command))(_command)

_TABLE_NEEDS = 110  # columns of a window for five of them side by side
_WIDTH = 140  # columns where nobody's window says otherwise


@app.command("list")
def list_(config: Config = "", database: Database = "", as_json: Json = False) -> None:
    """How each feed stands."""
    go(_list(environment(config, database), as_json=as_json))


async def _list(env: "Environment", *, as_json: bool) -> None:
    from digests.clock import SystemClock
    from digests.config import load

    settings = load(env.config, env.values)
    known: dict[str, FeedState] = {}
    if await asyncio.to_thread(is_there, env):
        async with archived(env) as archive:
            known = await archive.feed_states()
    if as_json:
        for feed in settings.feeds:
            typer.echo(json.dumps(_row(feed, known.get(feed.url), SystemClock().now())))
        return
    now = SystemClock().now()
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else _WIDTH
    if width < _TABLE_NEEDS:
        for row in _cells(settings, known, now):
            typer.echo("\n".join(below_each_other(row)))
    else:
        _print(_table(_cells(settings, known, now)), width)


def _row(feed: "Feed", state: "FeedState | None", now: datetime) -> dict[str, object]:
    """One feed for a program to read."""
    from digests.cards import health as said
    from digests.cards.words import words
    from digests.feeds.health import health
    from digests.text.masks import masked

    found, say = health(feed, state, now), words("en")
    return {
        "name": feed.name,
        "url": masked(feed.url),
        "condition": found.condition,
        "state": said.detail(found, say) or said.state(found.condition, say),
        "advice": said.advice(found, say),
        "since": _iso(found.since),
        "last_success": _iso(state.last_success if state else None),
        "next_poll": _iso(state.next_poll if state else None),
        "newest": _iso(state.newest if state else None),
        "trouble": masked(state.reason) if state and state.trouble else "",
        "failures": state.failures if state else 0,
        "moved_to": masked(state.moved_to) if state else "",
        "format": state.format if state else "",
        "entries": state.entries if state else 0,
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def below_each_other(row: "Sequence[str]") -> list[str]:
    """A feed where the window is too narrow for columns: its name, then what is known of it."""
    name, state, last, due, advice = row
    read = f"last success: {last}" + (f"; next poll: {due}" if due else "")
    return [name, *(f"    {one}" for one in (state, read, advice) if one)]


def _table(rows: "Iterable[Sequence[str]]") -> "Table":
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in ("Feed", "State", "Last success", "Next poll", "What to do"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _cells(
    settings: "Settings", known: "Mapping[str, FeedState]", now: datetime
) -> "Iterator[Sequence[str]]":
    from bot.naming import told_apart
    from bot.platforms.terminal.layout import harmless
    from digests.cards import health as said
    from digests.cards.words import words
    from digests.feeds.health import health

    say = words("en")
    for feed in settings.feeds:
        state = known.get(feed.url)
        last = _apart(state.last_success if state else None, now, "never")
        due = _apart(state.next_poll if state and not state.gone else None, now, "")
        found = health(feed, state, now)
        since = f" (since {found.since:%Y-%m-%d})" if found.since else ""
        why = said.detail(found, say)
        shown = f"{said.state(found.condition, say)}{since}" + (f": {why}" if why else "")
        advice = said.advice(found, say)
        name = told_apart(feed, settings.feeds)
        yield harmless(name), harmless(shown), last, due, harmless(advice)


def _apart(at: datetime | None, now: datetime, unknown: str) -> str:
    """How far away a moment is: `3 hours ago`, `in 5 minutes`."""
    from babel.dates import format_timedelta

    if at is None:
        return unknown
    return str(format_timedelta(at - now, add_direction=True, locale="en"))


def _print(table: "Table", width: int) -> None:
    from rich.console import Console

    Console(width=width, highlight=False).print(table)
