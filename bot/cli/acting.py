"""why, review and what editors do, from the terminal: the same verbs as in a channel.

`why`, `audit` and `review` only read, so they work beside a running bot. The others change what the bot
holds in memory, so while it runs they are asked in a channel.
"""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import (
    NO_ARCHIVE,
    Config,
    Database,
    Json,
    Page,
    archived,
    end,
    environment,
    go,
    is_there,
    language,
    show,
    with_words,
)

if TYPE_CHECKING:
    from bot.settings import Environment
    from digests.archive.store import Archive

Words = Annotated[list[str] | None, typer.Argument(help="As in a channel: docs/commands.md.")]


def why(
    what: Annotated[
        list[str],
        typer.Argument(help="An entry's address, a story's short name, or words of its headline."),
    ],
    as_json: Json = False,
    config: Config = "",
    database: Database = "",
) -> None:
    """What happened to an entry or a story, step by step; also while the bot runs."""
    env = environment(config, database)
    go(_why(env, " ".join(what), as_json=as_json))


async def _why(env: "Environment", what: str, *, as_json: bool) -> None:
    from bot.commands import why as verb
    from digests.cards.words import words
    from digests.clock import SystemClock
    from digests.config import load
    from digests.model import Notice

    settings = load(env.config, env.values)
    async with archived(env) as archive:
        found = await verb.look(archive, settings, what, SystemClock().now())
    if as_json:
        typer.echo(json.dumps(verb.as_json(found), ensure_ascii=False, indent=2))
    else:
        say = words("en")
        show(Notice(verb.title(found, say), "\n".join(verb.told(found, what, say))))
    if found.traced is None and not found.refused:
        raise SystemExit(1)


def deed(verb: str, says: str) -> Callable[..., None]:
    """The command of a verb that changes something."""

    def command(words: Words = None, config: Config = "", database: Database = "") -> None:
        text = with_words(verb, words)
        env = environment(config, database)
        _refuse_unknown(env, verb, text)
        go(_done(env, verb, text))

    command.__doc__ = f"{says}; while the bot runs, ask in a channel."
    command.__name__ = verb
    return command


def audit(
    page: Page = 1, as_json: Json = False, config: Config = "", database: Database = ""
) -> None:
    """Who paused, muted, retracted or changed what; also while the bot runs."""
    go(_asked(environment(config, database), "audit", page, as_json=as_json))


def review(as_json: Json = False, config: Config = "", database: Database = "") -> None:
    """Comments and posts that wait for an editor; also while the bot runs."""
    go(_asked(environment(config, database), "review", 1, as_json=as_json))


async def _asked(env: "Environment", verb: str, page: int, *, as_json: bool) -> None:
    from bot.commands import Asker, Commands, Request
    from digests.clock import SystemClock
    from digests.config import load

    settings = load(env.config, env.values)
    async with archived(env) as archive:
        if as_json:
            found = await _figures(archive, verb, page)
            typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
            return
        commands = Commands(archive, lambda: settings, SystemClock())
        asker = Asker("terminal", "", locale=language(env))
        reply = await commands.answer(Request(verb, asker=asker, page=page - 1))
    show(reply.content)
    if reply.more:
        typer.echo(f"--page {page + 1} shows more.")


async def _figures(archive: "Archive", verb: str, page: int) -> object:
    """A page of the trail, or what waits for an editor; in the order of the answer in words."""
    from bot.commands.administering import LINES
    from bot.commands.machine import trail, waiting
    from digests.model import PostState

    if verb == "audit":
        return trail(await archive.acts.trail(LINES, skip=(page - 1) * LINES))
    comments = await archive.readers.waiting()
    told = await archive.stories([one.story for one in comments])
    return waiting(comments, told, await archive.outbox.in_state(PostState.HELD))


def _refuse_unknown(env: "Environment", verb: str, text: str) -> None:
    """Where nothing is kept yet: what has no use then, before an archive is made for it."""
    from bot.commands.administering import is_named
    from digests.config import load

    if is_there(env) or (verb in OWN and text.partition(" ")[0] not in _OF_WATCHES):
        return
    settings = load(env.config, env.values)
    if verb not in _OF_THE_FILE:
        end(1, NO_ARCHIVE.format(env.database))
    if not is_named(settings, text):
        end(1, f"{env.config} has nothing named {text}. `nightdesk feeds list` names the feeds.")


async def _done(env: "Environment", verb: str, text: str) -> None:
    import getpass

    from bot.app import opened
    from bot.commands import Asker, Request
    from bot.commands.table import TABLE
    from digests.errors import ArchiveBusy

    try:
        async with opened(env) as app:
            asker = Asker("terminal", getpass.getuser())
            name, rest = TABLE.split(f"{verb} {text}")
            reply = await app.commands.answer(Request(name, rest, asker=asker))
            show(reply.content)
        if reply.failed:
            raise SystemExit(1)
    except ArchiveBusy:
        end(1, f"The bot is running on {env.database}; ask it in a channel: /digest {verb} {text}")


DEEDS = {
    "pause": "Stop asking a feed, or sending to a channel",
    "resume": "End a pause of a feed or a channel",
    "test": "Ask a feed once, now, and say what it is",
    "mute": "Tell nothing of a publisher alone in a channel (`PUBLISHER in CHANNEL`)",
    "unmute": "Tell a muted publisher in a channel again",
    "redrive": "What was held back or given up, and sending it again",
    "retract": "Take a story's cards back everywhere",
    "separate": "Take an entry out of a story that it does not belong to",
}
_OF_WATCHES = ("", "list", "remove")  # of such as were made already
_OF_THE_FILE = ("pause", "resume", "test")  # of feeds and channels that nobody was told of yet
# What is not for editors alone.
OWN = {"watch": "Be told of what matches a query: `list`, `add QUERY`, `remove`, `quiet`"}
