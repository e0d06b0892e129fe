"""preview: cards of the archive in one page, also while the bot runs."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import (
    Config,
    Database,
    Json,
    archived,
    counted,
    end,
    environment,
    go,
    is_there,
)
from bot.cli.simulating import simulated

if TYPE_CHECKING:
    from bot.settings import Environment
    from digests.archive.store import Archive
    from digests.model import Rating, Story

PREVIEWED = 6  # cards of a page when no stories are named


def preview(
    keys: Annotated[
        list[str] | None, typer.Argument(help="Short names of stories; default: the newest.")
    ] = None,
    output: Annotated[Path, typer.Option("--output", help="The page to write.")] = Path(
        "preview.html"
    ),
    language: Annotated[str, typer.Option("--language", help="Of the cards' own words.")] = "en",
    channel: Annotated[
        str, typer.Option("--channel", help="Instead: what its rules would have told, and why.")
    ] = "",
    since: Annotated[str, typer.Option("--since", help="With --channel: how far back.")] = "7d",
    as_json: Json = False,
    config: Config = "",
    database: Database = "",
) -> None:
    """Cards as Slack, Discord and the terminal show them, in one HTML page."""
    env = environment(config, database)
    if channel:
        go(simulated(env, channel, since, as_json=as_json))
        return
    count, ours = go(_preview(env, keys or (), output, language))
    invented = "" if ours else " of the demo's invented stories: the archive has none yet"
    typer.echo(f"{output}: {counted(count, 'card')}{invented}")


async def _preview(
    env: "Environment", keys: Sequence[str], output: Path, language: str
) -> tuple[int, bool]:
    """How many cards were written, and whether they are of the archive's stories."""
    from bot.preview import page
    from digests.cards.compose import compose
    from digests.cards.words import languages
    from digests.clock import SystemClock

    if language not in languages():
        end(2, f"--language {language}: there are {', '.join(languages())}")
    now = SystemClock().now()
    previewed, ratings, ours = await _previewed(env, keys)
    cards = [
        compose(one, language, now=now, rating=ratings.get(one.publisher)) for one in previewed
    ]
    try:
        await asyncio.to_thread(output.write_text, page(cards, now=now), "utf-8")
    except OSError as error:
        end(1, f"{output} could not be written: {error.strerror}")
    return len(cards), ours


async def _previewed(
    env: "Environment", keys: Sequence[str]
) -> "tuple[Sequence[Story], Mapping[str, Rating], bool]":
    """The stories named, else the newest of the archive, else of the demo's newsroom.

    And how good their publishers are, as far as that is known; and whether they are the archive's.
    """
    if await asyncio.to_thread(is_there, env):
        async with archived(env) as archive:
            found = await _named(archive, keys) if keys else await archive.latest(PREVIEWED)
            ratings = await archive.ratings()
        if found:
            return found, ratings, True
    elif keys:
        end(1, f"{env.database}: there is no such archive yet, so no story has a name")
    from bot.demo import newest

    return await newest(PREVIEWED), {}, False


async def _named(archive: "Archive", keys: Sequence[str]) -> "list[Story]":
    from digests.model import Key

    found = [await archive.find_story(Key(key.lower())) for key in keys]
    for key, story in zip(keys, found, strict=True):
        if story is None:
            end(1, f"There is no story {key}. Its short name stands under its card.")
    return [story for story in found if story is not None]
