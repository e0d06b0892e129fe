"""backup, restore: a copy of the archive, and the way back."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common import Config, Database, archived, environment, go

_File = Annotated[Path, typer.Argument(help="The file with the copy.")]


def backup(file: _File, config: Config = "", database: Database = "") -> None:
    """Copy the archive into one file, also while the bot runs; it is there whole or not at all."""
    env = environment(config, database)

    async def copied() -> None:
        async with archived(env) as archive:
            await archive.backup(file)

    go(copied())
    typer.echo(f"{file}: a copy of {env.database}, {file.stat().st_size / 1e6:.1f} MB")


def restore(file: _File, config: Config = "", database: Database = "") -> None:
    """Put a copy in the place of the archive, while no bot runs.

    What was told after the copy was made may be told again, as far as the feeds still carry it.
    """
    from digests.archive.dialects import file_of
    from digests.archive.restoring import restore as put_back

    env = environment(config, database)
    put_back(file, file_of(env.database))
    typer.echo(f"{env.database}: as in {file}")
