"""The command line: nightdesk demo, run, check, search, feeds, doctor, schema, migrate."""

import asyncio
import json
import logging
import os
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar

import typer

if TYPE_CHECKING:
    from bot.app import App, Once
    from bot.settings import Environment
    from digests.archive.store import Archive
    from digests.desk import PollReport

T = TypeVar("T")

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="A cybersecurity news desk for Slack, Discord and the terminal.",
)
feeds = typer.Typer(no_args_is_help=True, help="The feeds of the file.")
app.add_typer(feeds, name="feeds")

Config = Annotated[str, typer.Option("--config", help="feeds.yaml to use.")]
Database = Annotated[str, typer.Option("--database", help="Path or URL of the archive.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object instead of words.")]


def main() -> None:
    """Run a command; exit 0 done, 1 failed, 2 wrong use or wrong file."""
    from digests.errors import ConfigError, NightdeskError

    try:
        app()
    except ConfigError as error:
        _end(2, "\n".join(str(problem) for problem in error.problems))
    except NightdeskError as error:
        _end(1, str(error))


@app.command()
def run(
    once: Annotated[bool, typer.Option("--once", help="Poll what is due, post, end.")] = False,
    all_: Annotated[bool, typer.Option("--all", help="With --once: due or not.")] = False,
    config: Config = "",
    database: Database = "",
    as_json: Json = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Log each step.")] = False,
) -> None:
    """Poll the feeds and bring the cards to the channels."""
    env = _environment(config, database, verbose=verbose)
    if once:
        raise SystemExit(_go(_run_once(env, everything=all_, as_json=as_json)))
    _go(_serve(env))


@app.command()
def demo() -> None:
    """See it work: a newsroom of our own on loopback, no accounts, no internet."""
    from bot.demo import run_demo

    raise SystemExit(_go(run_demo()))


@app.command()
def check(
    config: Config = "",
    probe: Annotated[bool, typer.Option("--probe", help="Also ask each feed once.")] = False,
    as_json: Json = False,
) -> None:
    """Check feeds.yaml; every mistake with its place and its cure."""
    from digests.config import load

    env = _environment(config, "")
    settings = load(env.config, env.values)
    if probe:
        raise SystemExit(_go(_probe(env, as_json=as_json)))
    count = {"feeds": len(settings.feeds), "channels": len(settings.channels)}
    words = f"{env.config}: good; {count['feeds']} feeds, {count['channels']} channels"
    typer.echo(json.dumps(count) if as_json else words)


@app.command()
def search(
    query: Annotated[
        list[str], typer.Argument(help="In the query language of docs/configure.md.")
    ],
    config: Config = "",
    database: Database = "",
) -> None:
    """Search what was told; also while the bot runs."""
    _go(_search(_environment(config, database), " ".join(query)))


@feeds.command("list")
def feeds_list(config: Config = "", database: Database = "", as_json: Json = False) -> None:
    """How each feed stands."""
    _go(_feeds_list(_environment(config, database), as_json=as_json))


@app.command()
def doctor(config: Config = "", database: Database = "") -> None:
    """Accounts, permissions, database: what is wrong, each with its cure."""
    raise SystemExit(_go(_doctor(_environment(config, database))))


@app.command()
def schema() -> None:
    """The JSON Schema of feeds.yaml."""
    from digests.config import schema as schema_

    typer.echo(json.dumps(schema_(), indent=2, ensure_ascii=False))


@app.command()
def migrate(config: Config = "", database: Database = "") -> None:
    """Bring the archive's tables up to date; the bot does it too when it starts."""
    env = _environment(config, database)
    _go(_migrate(env))
    typer.echo(f"{env.database}: up to date")


async def _run_once(env: "Environment", *, everything: bool, as_json: bool) -> int:
    from bot.app import once, opened
    from digests.model import PostState

    async with opened(env) as parts:
        ended = await once(
            parts, everything=everything, done=_Note(quiet=as_json or not sys.stderr.isatty())
        )
        await _close(parts)
    if as_json:
        typer.echo(json.dumps(_report(ended), ensure_ascii=False))
    bad = ended.posts.get(PostState.DEAD, 0) + ended.posts.get(PostState.HELD, 0)
    return 1 if bad else 0


class _Note:
    """One line on standard error for each feed, where somebody watches."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._count = 0

    def __call__(self, report: "PollReport") -> None:
        self._count += 1
        if not self._quiet:
            line = f"{self._count} {report.url}: {report.outcome} {report.reason}"
            typer.echo(line[:110], err=True)


def _report(ended: "Once") -> dict[str, object]:
    """The object of `run --once --json`."""
    from digests.model import PostState

    reports = ended.reports
    return {
        "feeds": [
            {
                "url": r.url,
                "outcome": r.outcome,
                "reason": r.reason,
                "entries": {
                    "seen": r.seen,
                    "new": r.new,
                    "same": r.same,
                    "edited": r.edited,
                    "refused": len(r.refused),
                },
            }
            for r in reports
        ],
        "refused": [
            {"feed": r.url, "entry": one.entry, "reason": one.reason}
            for r in reports
            for one in r.refused
        ],
        "stories": {
            "new": sum(r.stories for r in reports),
            "grown": sum(r.grown for r in reports),
        },
        "posts": {state.value: ended.posts.get(state, 0) for state in PostState},
        "waiting": [
            {
                "to": str(post.destination),
                "subject": post.subject,
                "until": post.not_before.isoformat() if post.not_before else None,
                "why": post.reason,
            }
            for post in ended.waiting
        ],
    }


async def _serve(env: "Environment") -> None:
    from bot.app import opened, serve

    for warning in env.warnings:
        typer.echo(warning, err=True)
    if not env.slack_bot_token and not env.discord_token:
        typer.echo("No chat is connected: cards go to this terminal. See README.md.", err=True)
    async with opened(env) as parts:
        await serve(parts)


async def _close(parts: "App") -> None:
    for chat in parts.chats.values():
        await chat.close()


async def _probe(env: "Environment", *, as_json: bool) -> int:
    from dataclasses import replace
    from tempfile import TemporaryDirectory

    from bot.app import opened

    with TemporaryDirectory() as folder:
        aside = replace(env, database=str(Path(folder) / "probe.db"))
        reports: list[PollReport] = []
        async with opened(aside) as parts:
            await parts.poll(parts.desk.due(everything=True), reports.append)
            await _close(parts)
    for report in sorted(reports, key=lambda r: r.url):
        found = {"url": report.url, "outcome": report.outcome, "entries": report.seen}
        line = f"{report.outcome:<12} {report.seen:>5} entries  {report.url}  {report.reason}"
        typer.echo(json.dumps(found | {"reason": report.reason}) if as_json else line)
    return 1 if any(report.outcome == "failed" for report in reports) else 0


async def _search(env: "Environment", query: str) -> None:
    from digests.archive.store import Archive

    archive = await Archive.open(env.database, read_only=True)
    try:
        typer.echo(await _searched(archive, query))
    finally:
        await archive.close()


async def _searched(archive: "Archive", query: str) -> str:
    """One page of results as text."""
    from bot.platforms.terminal.render import text
    from digests.cards.compose import listing
    from digests.clock import SystemClock
    from digests.rules.query import parse_lenient

    now = SystemClock().now()
    parsed = parse_lenient(query)
    page = await archive.search(parsed.query, now=now, sort=parsed.sort, limit=10)
    found = listing(
        [hit.story for hit in page.hits],
        title=f"Search: {query}",
        language="en",
        footer=f"{'more than ' if page.more else ''}{page.total} found",
        excerpts={hit.story.id: hit.excerpt for hit in page.hits},
    )
    return text(found, now=now, width=96)


async def _feeds_list(env: "Environment", *, as_json: bool) -> None:
    from digests.archive.store import Archive
    from digests.config import load

    settings = load(env.config, env.values)
    known = {}
    if await asyncio.to_thread(Path(env.database).exists):
        archive = await Archive.open(env.database, read_only=True)
        known = await archive.feed_states()
        await archive.close()
    for feed in settings.feeds:
        state = known.get(feed.url)
        last = state.last_success.isoformat() if state and state.last_success else None
        due = state.next_poll.isoformat() if state and state.next_poll else None
        trouble = state.reason if state and state.trouble else ""
        row = {"name": feed.name, "url": feed.url, "last_success": last, "next_poll": due}
        line = f"{feed.name:<36.36} {last or 'never':<20.19} {trouble or 'well'}"
        typer.echo(json.dumps(row | {"trouble": trouble}) if as_json else line)


async def _doctor(env: "Environment") -> int:
    from bot.app import opened

    problems = list(env.warnings)
    async with opened(env) as parts:
        problems += await parts.archive.problems()
        for chat in parts.chats.values():
            problems += await chat.check()
        await _close(parts)
    for problem in problems:
        typer.echo(f"- {problem}")
    if not env.slack_bot_token:
        typer.echo("Slack is not connected: docs/slack.md has the app manifest and the steps.")
    if not env.discord_token:
        typer.echo("Discord is not connected: docs/discord.md has the invitation link.")
    typer.echo("all is well" if not problems else f"{len(problems)} problems")
    return 1 if problems else 0


async def _migrate(env: "Environment") -> None:
    from digests.archive.store import Archive

    archive = await Archive.open(env.database)
    await archive.close()


def _environment(config: str, database: str, *, verbose: bool = False) -> "Environment":
    from bot import logs, settings

    env = settings.read(os.environ, config=config, database=database)
    secrets = (env.slack_bot_token, env.slack_app_token, env.discord_token)
    logs.set_up(tuple(secret.reveal() for secret in secrets), verbose=verbose)
    return env


def _go(work: Coroutine[None, None, T]) -> T:
    try:
        return asyncio.run(work)
    except KeyboardInterrupt:
        logging.getLogger(__name__).info("stopped")
        raise SystemExit(130) from None


def _end(code: int, words: str) -> NoReturn:
    typer.echo(words, err=True)
    raise SystemExit(code)
