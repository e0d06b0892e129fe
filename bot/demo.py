"""`nightdesk demo`: the real pipeline on a newsroom of our own, then a search at a prompt."""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.app import App, opened
from bot.commands import Request
from bot.newsroom.server import Newsroom
from bot.once import once
from bot.platforms.terminal.render import text
from bot.settings import Environment
from digests.clock import SystemClock
from digests.desk.desk import PollReport
from digests.model import PostState, Story

EXAMPLES = ("meridian password", "cve:CVE-2026-40001")
_SPACING = 0.0  # the newsroom is ours: no need to be polite to it


async def run_demo() -> int:
    """Show cards, publish more, show those, then answer searches until the input ends."""
    async with _newsroom() as (app, newsroom):
        return await _show(app, newsroom)


async def newest(limit: int) -> list[Story]:
    """The newest stories of the newsroom, polled but told to nobody."""
    async with _newsroom() as (app, _):
        await app.poll(app.desk.due(everything=True), lambda _: None)
        return await app.archive.latest(limit)


@asynccontextmanager
async def _newsroom() -> AsyncIterator[tuple[App, Newsroom]]:
    """A newsroom on loopback and the whole application around it, in a folder that is left empty."""
    clock = SystemClock()
    with TemporaryDirectory(prefix="nightdesk-demo-") as folder:
        async with Newsroom(clock) as newsroom:
            config = Path(folder) / "feeds.yaml"
            await asyncio.to_thread(config.write_text, newsroom.config(), "utf-8")
            env = Environment(config, str(Path(folder) / "demo.db"), newsroom.environment)
            async with opened(env, clock=clock, spacing=_SPACING) as app:
                yield app, newsroom


async def _show(app: App, newsroom: Newsroom) -> int:
    _say("A newsroom of invented publishers opened on this machine. First poll:")
    ended = await once(app, everything=True, done=lambda _: None)
    _say(_counted(ended.reports))
    for words in (
        "An edit and a flood of forty bulletins. Second poll:",
        "A torn feed is mended, a flaw is known to be exploited. Third poll:",
    ):
        newsroom.publish()
        app.learner.ask_now()
        _say(f"\n{words}")
        ended = await once(app, everything=True, done=lambda _: None)
        _say(_counted(ended.reports))
    _say(f"\n{ended.posts.get(PostState.SENT, 0)} posts, none twice. Searching:")
    for query in EXAMPLES:
        await _search(app, query)
    if sys.stdin.isatty():
        await _prompt(app)
    return 0


def _counted(reports: Sequence[PollReport]) -> str:
    """What a round of polling found, in one line."""
    new, grown = sum(r.stories for r in reports), sum(r.grown for r in reports)
    same, edited = sum(r.same for r in reports), sum(r.edited for r in reports)
    return (
        f"{len(reports)} feeds: {new} new stories, {grown} grown, "
        f"{same} entries known or told already, {edited} edited"
    )


async def _prompt(app: App) -> None:
    _say("\nSearch past cards (an empty line ends the demo):")
    while line := (await asyncio.to_thread(_ask)).strip():
        await _search(app, line)


def _ask() -> str:
    try:
        return input("search> ")
    except EOFError:
        return ""


async def _search(app: App, query: str) -> None:
    _say(f"\nsearch> {query}")
    reply = await app.commands.answer(Request("search", query))
    _say(text(reply.content, now=app.clock.now()))


def _say(line: str) -> None:
    print(line, flush=True)
