"""run and demo: what polls and posts."""

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import Config, Database, Json, counted, end, environment, go, loading
from bot.cli.progress import polling

if TYPE_CHECKING:
    from bot.once import Once
    from bot.settings import Environment


def run(
    once: Annotated[bool, typer.Option("--once", help="Poll what is due, post, end.")] = False,
    all_: Annotated[bool, typer.Option("--all", help="With --once: due or not.")] = False,
    config: Config = "",
    database: Database = "",
    as_json: Json = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Log each step.")] = False,
) -> None:
    """Poll the feeds and bring the cards to the channels."""
    if not once and (all_ or as_json):
        end(2, f"{'--all' if all_ else '--json'} goes with --once only")
    env = environment(config, database, verbose=verbose)
    if once:
        raise SystemExit(go(_once(env, everything=all_, as_json=as_json)))
    go(_serve(env))


def demo() -> None:
    """See it work: a newsroom of our own on loopback, no accounts, no internet."""
    from bot.demo import run_demo

    raise SystemExit(go(run_demo()))


async def _once(env: "Environment", *, everything: bool, as_json: bool) -> int:
    with loading():
        from bot.app import close_chats, opened
        from bot.once import once
        from digests.model import PostState

    # Cards in a terminal and a bar in the same one would write over each other.
    cards_here = sys.stdout.isatty() and not (env.slack_bot_token or env.discord_token)
    async with opened(env) as parts:
        due = len(parts.desk.due(everything=everything))
        with polling(due, quiet=as_json or cards_here) as done:
            ended = await once(parts, everything=everything, done=done)
        await close_chats(parts)
    if as_json:
        typer.echo(json.dumps(_report(ended), ensure_ascii=False))
    else:
        typer.echo(_summary(ended), err=True)
        _say_waiting(ended)
    bad = ended.posts.get(PostState.DEAD, 0) + ended.posts.get(PostState.HELD, 0)
    return 1 if bad else 0


def _summary(ended: "Once") -> str:
    """What the round came to, in one line for whoever waited."""
    reports = ended.reports
    failed = sum(r.outcome in ("failed", "refused", "gone") for r in reports)
    fault = f", {failed} not read (`nightdesk feeds list` says why)" if failed else ""
    new = counted(sum(r.stories for r in reports), "new story", "new stories")
    return f"{counted(len(reports), 'feed')} asked{fault}: {new}"


def _say_waiting(ended: "Once") -> None:
    for post in ended.waiting:
        until = f"until {post.not_before:%Y-%m-%d %H:%M} UTC" if post.not_before else "for now"
        typer.echo(f"{post.destination}: {post.subject} waits {until} {post.reason}", err=True)


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
    with loading():
        from bot.app import opened
        from bot.serving import serve

    for warning in env.warnings:
        typer.echo(warning, err=True)
    async with opened(env) as parts:
        if not env.slack_bot_token and not env.discord_token:
            typer.echo("No chat is connected: cards go to this terminal. See README.md.", err=True)
        await serve(parts)
