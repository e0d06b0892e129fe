"""The terminal as a place for cards: printed once, nothing to edit and nothing to read back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from bot.platforms.terminal.render import text
from digests.model import (
    Absent,
    Clock,
    Content,
    Destination,
    Posted,
    PostOutcome,
    Sighting,
    Target,
)


class TerminalChat:
    """Writes cards through `write`, whole ones only."""

    platform: Final = "terminal"
    nonce_window: Final = timedelta()

    def __init__(self, write: Callable[[str], None], clock: Clock, *, width: int = 80) -> None:
        self._write = write
        self._clock = clock
        self._width = width

    async def start(self) -> None:
        """Nothing to start."""

    async def close(self) -> None:
        """Nothing to close."""

    async def resolve(self, target: Target) -> Destination:
        """There is one terminal."""
        return Destination(target.platform, "")

    async def post(
        self,
        destination: Destination,  # noqa: ARG002 - one place
        content: Content,
        *,
        mark: str,
        nonce: str,  # noqa: ARG002 - nothing to repeat against
        plain: bool = False,  # noqa: ARG002 - it is plain
    ) -> PostOutcome:
        """Print it."""
        self._write(text(content, now=self._clock.now(), width=self._width))
        return Posted(mark)

    async def edit(
        self,
        destination: Destination,  # noqa: ARG002 - one place
        message_id: str,
        content: Content,  # noqa: ARG002 - what was printed stays
        *,
        mark: str,  # noqa: ARG002 - as above
    ) -> PostOutcome:
        """A terminal cannot take back what it printed: the card stays as it was told."""
        return Posted(message_id)

    async def find(
        self,
        destination: Destination,  # noqa: ARG002 - one place
        *,
        mark: str,
        nonce: str,  # noqa: ARG002 - nothing to look for
        since: datetime,  # noqa: ARG002 - nothing to look through
        watermark: str,  # noqa: ARG002 - as above
    ) -> Sighting:
        """Printing and settling are a moment apart: what was begun is taken as printed."""
        from digests.model import Found

        return Found(mark) if mark else Absent()

    async def watermark(self, destination: Destination) -> str:  # noqa: ARG002 - one place
        """No history."""
        return ""

    async def check(self) -> tuple[str, ...]:
        """Always well."""
        return ()
