"""What anybody may ask, from the terminal: the verbs of a channel that only read.

They work beside a running bot. The words are those of docs/commands.md; the table of commands is
loaded when one of them runs, so that --help stays instant (a test holds READS to it).
"""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import (
    Config,
    Database,
    Json,
    Page,
    archived,
    environment,
    go,
    language,
    show,
    with_words,
)

if TYPE_CHECKING:
    from bot.settings import Environment

Words = Annotated[list[str] | None, typer.Argument(help="As in a channel: docs/commands.md.")]

READS = {
    "search": "Find stories by words, names or numbers",
    "latest": "The newest stories",
    "story": "One story with its sources",
    "cve": "What is known of a vulnerability, and every story that names it",
    "similar": "Stories like this one",
    "trends": "Stories over time, and whom and what they name most",
    "digest": "A digest now, for you alone",
    "publishers": "How good each publisher is, where that places it, and why",
}


def reading(verb: str, says: str) -> Callable[..., None]:
    """The command of a verb that only reads."""

    def command(
        words: Words = None,
        page: Page = 1,
        as_json: Json = False,
        config: Config = "",
        database: Database = "",
    ) -> None:
        text = with_words(verb, words)
        go(_asked(environment(config, database), verb, text, page, as_json=as_json))

    command.__doc__ = f"{says}; also while the bot runs."
    command.__name__ = verb
    return command


async def _asked(env: "Environment", verb: str, text: str, page: int, *, as_json: bool) -> None:
    from bot.commands import Asker, Commands, Request
    from bot.commands.machine import as_object
    from digests.clock import SystemClock
    from digests.config import load

    settings = load(env.config, env.values)
    async with archived(env) as archive:
        commands = Commands(archive, lambda: settings, SystemClock())
        asker = Asker("terminal", "", locale=language(env))
        reply = await commands.answer(Request(verb, text, asker=asker, page=page - 1))
    if as_json:
        typer.echo(json.dumps(as_object(reply), ensure_ascii=False, indent=2))
    else:
        show(reply.content)
        if reply.more:
            typer.echo(f"--page {page + 1} shows more.")
    if reply.failed:
        raise SystemExit(1)
