"""What every chat platform offers to the courier; the platforms themselves live beside it."""

from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from bot.charts import Picture
from digests.model import (
    Content,
    Destination,
    PostOutcome,
    Rejected,
    RemovalOutcome,
    Retry,
    Sighting,
    Target,
)


class Chat(Protocol):
    """One chat platform, seen from the outbox."""

    @property
    def platform(self) -> str:
        """slack, discord or terminal."""

    @property
    def nonce_window(self) -> timedelta:
        """For so long after the intent, posting again with the same nonce cannot repeat."""

    def keeps_nonce(self, destination: Destination) -> bool:
        """Whether `nonce_window` holds in that place."""

    async def start(self) -> None:
        """Begin to listen for commands; posting must work without it."""

    async def close(self) -> None:
        """Stop listening and let go of connections."""

    async def resolve(self, target: Target) -> Destination:
        """The platform's own id for a place. Raises ChatError with the cure."""

    async def post(
        self,
        destination: Destination,
        content: Content,
        *,
        mark: str,
        nonce: str,
        plain: bool = False,
        reply_to: str = "",
    ) -> PostOutcome:
        """Send once; no retry inside. `plain`: the form least likely to be refused.

        `reply_to`: the id of the message there to which this belongs.
        """

    async def edit(
        self, destination: Destination, message_id: str, content: Content, *, mark: str
    ) -> PostOutcome:
        """Replace what stands under an id; safe to repeat."""

    async def remove(self, destination: Destination, message_id: str) -> RemovalOutcome:
        """Delete what stands under an id; safe to repeat."""

    async def find(
        self,
        destination: Destination,
        *,
        mark: str,
        nonce: str,
        since: datetime,
        watermark: str,
        reply_to: str = "",
    ) -> Sighting:
        """Look for our mark among what was posted since then (by the platform's own clock)."""

    async def watermark(self, destination: Destination) -> str:
        """The newest message's id in that place, "" when empty or unknown."""

    async def check(self) -> tuple[str, ...]:
        """What is wrong with the account, each with its cure; empty when all is well."""


@runtime_checkable
class Showing(Protocol):
    """A chat platform that takes pictures."""

    async def show(
        self, destination: Destination, content: Content, picture: Picture, *, nonce: str
    ) -> PostOutcome:
        """Post a picture with some words; no retry inside."""


@runtime_checkable
class Housed(Protocol):
    """A chat platform of several houses (servers), of which feeds.yaml may come to name fewer."""

    async def barred(self, destination: Destination) -> Retry | Rejected | None:
        """Why watches may tell nothing to everybody there; None when they may."""
