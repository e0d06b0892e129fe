"""check, doctor, schema, migrate: what looks after an installation."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import Config, Database, Json, counted, environment, go
from bot.cli.probing import probe_all

if TYPE_CHECKING:
    from bot.app import App
    from bot.settings import Environment
    from digests.config import Settings


def check(
    config: Config = "",
    probe: Annotated[bool, typer.Option("--probe", help="Also ask each feed once.")] = False,
    as_json: Json = False,
) -> None:
    """Check feeds.yaml; every mistake with its place and its cure."""
    from digests.config import load
    from digests.errors import ConfigError

    env = environment(config)
    for warning in env.warnings:
        typer.echo(warning, err=True)
    try:
        settings = load(env.config, env.values)
    except ConfigError as error:
        if not as_json:
            raise
        typer.echo(json.dumps({"problems": [asdict(one) for one in error.problems]}))
        raise SystemExit(2) from None
    if probe:
        raise SystemExit(go(probe_all(env, settings, as_json=as_json)))
    feeds, channels = len(settings.feeds), len(settings.channels)
    words = f"{env.config}: good; {counted(feeds, 'feed')}, {counted(channels, 'channel')}"
    typer.echo(json.dumps({"feeds": feeds, "channels": channels}) if as_json else words)


def doctor(config: Config = "", database: Database = "") -> None:
    """Accounts, permissions, clocks, database: what is wrong, each with its cure."""
    raise SystemExit(go(_doctor(environment(config, database))))


def schema() -> None:
    """The JSON Schema of feeds.yaml."""
    from digests.config import schema as schema_

    typer.echo(json.dumps(schema_(), indent=2, ensure_ascii=False))


def migrate(config: Config = "", database: Database = "") -> None:
    """Bring the archive's tables up to date; the bot does it too when it starts."""
    env = environment(config, database)
    go(_migrate(env))
    typer.echo(f"{env.database}: up to date")


async def _doctor(env: "Environment") -> int:
    from bot.app import close_chats, opened
    from bot.notices import wrong_now

    async with opened(env) as parts:
        now = parts.clock.now()
        problems = [*env.warnings, *await parts.archive.problems()]
        problems += await wrong_now(parts.archive, parts.settings, parts.desk.states, now)
        problems += await _summariser(parts.settings)
        for chat in parts.chats.values():
            problems += await chat.check()
        ways = [*_lately(parts), *_slack(env), *await _discord(parts), *await _comments(parts)]
        await close_chats(parts)
    for line in (*(f"- {problem}" for problem in problems), *ways):
        typer.echo(line)
    typer.echo("all is well" if not problems else counted(len(problems), "problem"))
    return 1 if problems else 0


def _lately(parts: "App") -> list[str]:
    """Feeds whose trouble is too young to be a problem: most of these heal by themselves."""
    from bot.naming import told_apart
    from digests.feeds.health import alert
    from digests.text.masks import masked

    now, states, feeds = parts.clock.now(), parts.desk.states, parts.settings.feeds
    known = [(one, states[one.url]) for one in feeds if one.url in states]
    return [
        f"Feeds: {told_apart(feed, feeds)} could not be read the last time ({masked(state.reason)});"
        " it is asked again, and counts as a problem when that lasts."
        for feed, state in known
        if state.trouble and not state.paused and not alert(feed, state, now)
    ]


async def _summariser(settings: "Settings") -> list[str]:
    """Whether the operator's model answers, when there is one."""
    from digests.web.completions import Completions, Silent

    if settings.summariser is None:
        return []
    asked = await Completions(settings.summariser).summary("A check", "Does this model answer?")
    if not isinstance(asked, Silent):
        return []
    model = settings.summariser.model
    cure = "check its url, model and key in feeds.yaml, and that it runs"
    meanwhile = "meanwhile cards have the reports' own sentences"
    return [f"summariser: {model} does not answer ({asked.reason}): {cure}; {meanwhile}"]


def _slack(env: "Environment") -> list[str]:
    """How Slack is connected: an app with exactly the scopes needed."""
    from bot.platforms.slack.manifest import creation_link

    state = "its token is set" if env.slack_bot_token else "not connected"
    return [f"Slack: {state}. The app with exactly the scopes needed: {creation_link()}"]


async def _discord(parts: "App") -> list[str]:
    """How the bot is invited; only the account itself knows the link."""
    if "discord" not in parts.chats:
        return ["Discord: not connected. docs/discord.md has the steps to a token."]
    from bot.platforms.discord.chat import DiscordChat

    chat = parts.chats["discord"]
    link = await chat.invitation() if isinstance(chat, DiscordChat) else ""
    if not link:  # why, stands among the problems
        return []
    return [f"Discord: its token works. To invite the bot with exactly what it needs: {link}"]


async def _comments(parts: "App") -> list[str]:
    """How many comments wait, where any can."""
    waiting = await parts.archive.readers.waiting()
    if not waiting:
        return []
    since = f"the oldest since {waiting[0].at:%Y-%m-%d %H:%M} UTC"
    return [
        f"Comments: {len(waiting)} wait for an editor, {since}. `nightdesk review` shows them."
    ]


async def _migrate(env: "Environment") -> None:
    from digests.archive.store import Archive

    archive = await Archive.open(env.database)
    await archive.close()
