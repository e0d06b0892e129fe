"""The terminal as a place for cards: printed once, nothing to edit and nothing to read back."""

import asyncio
import shutil
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final, TextIO

from bot.platforms.terminal.render import text
from digests.model import (
    Absent,
    Clock,
    Content,
    Destination,
    Found,
    Posted,
    PostOutcome,
    Rejected,
    RemovalOutcome,
    Retry,
    Scope,
    Sighting,
    Target,
    Unclear,
)

TIMEOUT = 10.0  # seconds for one card; a terminal may be stopped with Ctrl-S

_PLAIN = str.maketrans({"─": "-", "│": "|", "·": "-", "…": "...", "—": "-", "–": "-", "’": "'"})


class TerminalChat:
    """Writes cards through `write`, whole ones only, one at a time.

    A terminal that takes no output must not stop the other platforms: the writing is done in a
    thread. `width` is asked before each card, since windows change.
    """

    platform: Final = "terminal"
    nonce_window: Final = timedelta()

    def __init__(
        self,
        write: Callable[[str], object],
        clock: Clock,
        *,
        width: Callable[[], int] = lambda: 80,
        tty: bool = False,
        timeout: float = TIMEOUT,
    ) -> None:
        self._write = write
        self._clock = clock
        self._width = width
        self._tty = tty
        self._timeout = timeout
        self._under_way: asyncio.Future[object] | None = None

    def keeps_nonce(self, destination: Destination) -> bool:  # noqa: ARG002 - one place
        """Never."""
        return False

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
        plain: bool = False,
        reply_to: str = "",  # noqa: ARG002 - what was printed is far above
    ) -> PostOutcome:
        """Print it; `plain`: in ASCII, for terminals that know no more."""
        drawn = text(
            content, now=self._clock.now(), width=self._width(), tty=self._tty and not plain
        )
        if plain:
            drawn = drawn.translate(_PLAIN).encode("ascii", "replace").decode("ascii")
        return await self._print(drawn + "\n", mark)

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

    async def remove(
        self,
        destination: Destination,  # noqa: ARG002 - one place
        message_id: str,  # noqa: ARG002 - nothing to find it by
    ) -> RemovalOutcome:
        """What was printed stays where it was printed."""
        return Rejected("what a terminal printed stays printed", Scope.CONTENT)

    async def find(
        self,
        destination: Destination,  # noqa: ARG002 - one place
        *,
        mark: str,
        nonce: str,  # noqa: ARG002 - nothing to look for
        since: datetime,  # noqa: ARG002 - nothing to look through
        watermark: str,  # noqa: ARG002 - as above
        reply_to: str = "",  # noqa: ARG002 - as above
    ) -> Sighting:
        """Printing and settling are a moment apart: what was begun is taken as printed."""
        return Found(mark) if mark else Absent()

    async def watermark(self, destination: Destination) -> str:  # noqa: ARG002 - one place
        """No history."""
        return ""

    async def check(self) -> tuple[str, ...]:
        """Always well."""
        return ()

    async def _print(self, drawn: str, mark: str) -> PostOutcome:
        if self._under_way is not None and not self._under_way.done():
            return Retry(
                "the terminal still holds the card before", timedelta(seconds=self._timeout)
            )
        loop = asyncio.get_running_loop()
        self._under_way = loop.run_in_executor(None, self._write, drawn)
        try:
            await asyncio.wait_for(asyncio.shield(self._under_way), self._timeout)
        except TimeoutError:
            self._under_way.add_done_callback(_seen)
            return Unclear("the terminal takes no output; was it stopped with Ctrl-S?")
        except UnicodeEncodeError:  # nothing is written of a text that cannot be encoded
            return Rejected("the terminal's encoding lacks these letters", Scope.CONTENT)
        except (BrokenPipeError, ValueError):  # ValueError: the stream was closed on our side
            return Rejected("nobody reads the output any more", Scope.ACCESS)
        except OSError as error:
            return Unclear(f"writing to the terminal failed: {error.strerror or error}")
        return Posted(mark)


def _seen(ended: asyncio.Future[object]) -> None:
    """Nobody waits for this writing any more; its error, if any, changes nothing now."""
    if not ended.cancelled():
        ended.exception()


def on_stream(stream: TextIO, clock: Clock, env: Mapping[str, str]) -> TerminalChat:
    """The chat that prints on a stream: colours and links only where a person looks at it."""
    watched = stream.isatty() and env.get("TERM") != "dumb"

    def write(drawn: str) -> None:
        stream.write(drawn)
        stream.flush()

    def width() -> int:
        return shutil.get_terminal_size().columns if watched else 80

    return TerminalChat(write, clock, width=width, tty=watched and not env.get("NO_COLOR"))
