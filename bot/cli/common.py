"""What every command shares: its options, its surroundings, how it runs and how it ends."""

import asyncio
import gc
import logging
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar

import typer

if TYPE_CHECKING:
    from bot.settings import Environment
    from digests.archive.store import Archive
    from digests.model import Content

T = TypeVar("T")

Config = Annotated[str, typer.Option("--config", help="feeds.yaml to use.")]
Database = Annotated[str, typer.Option("--database", help="Path or URL of the archive.")]
Page = Annotated[int, typer.Option("--page", min=1, help="Of a list: which page of it.")]
_WIDEST = 96  # columns of an answer, in a wider window and where nobody watches

NO_ARCHIVE = "{}: there is no such archive yet; `nightdesk run` makes it"
Json = Annotated[bool, typer.Option("--json", help="JSON instead of words.")]


def environment(config: str, database: str = "", *, verbose: bool = False) -> "Environment":
    """The surroundings of one command, with logging set up so that no secret gets out."""
    from bot import logs, settings

    env = settings.read(os.environ, config=config, database=database)
    secrets = (env.slack_bot_token, env.slack_app_token, env.discord_token)
    logs.set_up(tuple(secret.reveal() for secret in secrets), verbose=verbose)
    return env


@asynccontextmanager
async def archived(env: "Environment") -> AsyncIterator["Archive"]:
    """The archive for reading only, also while the bot writes to it."""
    from digests.archive.store import Archive

    if not is_there(env):
        end(1, NO_ARCHIVE.format(env.database))
    archive = await Archive.open(env.database, read_only=True)
    try:
        yield archive
    finally:
        await archive.close()


def is_there(env: "Environment") -> bool:
    """Whether the archive was ever made."""
    from digests.archive.dialects import file_of

    return file_of(env.database).exists()


def go(work: Coroutine[None, None, T]) -> T:
    """Run it to its end; Ctrl-C ends it with the code that shells expect."""
    try:
        return asyncio.run(work)
    except KeyboardInterrupt:
        logging.getLogger(__name__).info("stopped")
        raise SystemExit(130) from None


@contextmanager
def loading() -> Iterator[None]:
    """What is imported inside stays to the end: the collector need not look at it, now or later."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def language(env: "Environment") -> str:
    """Of whoever sits there, as the terminal says it: `de_DE.UTF-8` is de; C and POSIX are none."""
    names = (env.values.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return next(filter(None, names), "").partition(".")[0]


def show(content: "Content") -> None:
    """Print an answer as the terminal shows it."""
    import shutil

    from bot.platforms.terminal.render import text
    from digests.clock import SystemClock

    width = min(_WIDEST, shutil.get_terminal_size((_WIDEST, 24)).columns)
    typer.echo(text(content, now=SystemClock().now(), width=width), nl=False)


def first_line(command: Callable[..., None]) -> str:
    """What a command is for, whole where typer would cut it: for the list of commands."""
    return (command.__doc__ or "").partition("\n")[0]


def counted(n: int, one: str, many: str = "") -> str:
    """`1 feed`, `12 feeds`; `many` where an s is not enough."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def with_words(verb: str, words: Sequence[str] | None) -> str:
    """What was typed behind a verb; without what it needs the command ends as wrong use."""
    from bot.commands.table import TABLE
    from digests.cards.words import words as in_language

    text = " ".join(words or ()).strip()
    name, rest = TABLE.split(f"{verb} {text}")
    known = TABLE.find(name)
    if not rest and known and any(one.required for one in known.options[:1]):
        say = in_language("en", "terminal")
        usage = f"Usage: {say.typed(name)} {known.options[0].name.upper()}"
        tried = [f"  {say.typed(name, one)}" for one in known.examples if one]
        end(2, "\n".join([usage, "", "For example:", *tried]))
    return text


def end(code: int, words: str) -> NoReturn:
    """Say why on standard error, and end."""
    typer.echo(words, err=True)
    raise SystemExit(code)
