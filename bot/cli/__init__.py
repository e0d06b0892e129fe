"""The command line: its commands by group, each in a room of its own; --help stays instant.

No room imports more than typer before its command runs.
"""

import typer

from bot.cli import acting, asking, feeds, looking, running, saving, tending
from bot.cli.common import end, first_line

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="A cybersecurity news desk for Slack, Discord and the terminal.",
)
for _command in (
    running.run,
    running.demo,
    tending.check,
    looking.preview,
    acting.why,
    acting.audit,
    acting.review,
    tending.doctor,
    tending.schema,
    tending.migrate,
    saving.backup,
    saving.restore,
):
    app.command(short_help=first_line(_command))(_command)
for _verb, _says in asking.READS.items():
    app.command(_verb, short_help=f"{_says}.")(asking.reading(_verb, _says))
for _verb, _says in (acting.DEEDS | acting.OWN).items():
    app.command(_verb, short_help=f"{_says}.")(acting.deed(_verb, _says))
app.add_typer(feeds.app, name="feeds")


def main() -> None:
    """Run a command; exit 0 done, 1 failed, 2 wrong use or wrong file."""
    from digests.errors import ConfigError, NightdeskError

    try:
        app()
    except ConfigError as error:
        end(2, "\n".join(str(problem) for problem in error.problems))
    except NightdeskError as error:
        end(1, str(error))
