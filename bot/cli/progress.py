"""A bar on standard error where a person waits and watches; elsewhere nothing at all."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol


class Done(Protocol):
    """What is known of a feed that was asked: a poll's report, or a probe."""

    @property
    def url(self) -> str:
        """Its address."""

    @property
    def outcome(self) -> str:
        """One word."""


_NAMED = 40  # columns for what was done last


def _unwatched(_: Done) -> None:
    """Nobody looks."""


@contextmanager
def polling(total: int, *, quiet: bool) -> Iterator[Callable[[Done], None]]:
    """Called with each report it moves on by one feed; `total` feeds are to be asked."""
    if quiet or not sys.stderr.isatty():
        yield _unwatched
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (
        TextColumn("Polling"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
    )
    # Cards are written to standard output by another hand: the bar must not redirect it.
    console = Console(stderr=True)
    bar = Progress(*columns, console=console, redirect_stdout=False, transient=True)
    with bar:
        task = bar.add_task("", total=total)

        def moved(report: Done) -> None:
            host = report.url.partition("://")[2].partition("/")[0]
            named = escape(f"{host[:_NAMED]}: {report.outcome}")
            bar.update(task, advance=1, description=named)

        yield moved
