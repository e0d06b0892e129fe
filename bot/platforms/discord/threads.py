"""Threads under cards: opened once, written to, and where they cannot be used, done without.

A thread that hangs under a message has that message's id, so to open it again is harmless: Discord
says that it is there. What stands in a thread is named by both ids, `THREAD/MESSAGE`.
"""

from dataclasses import dataclass
from typing import Final

from bot.platforms.discord.errors import UNKNOWN_CHANNEL, Answer, posted, removed
from bot.platforms.discord.escape import fit, verbatim
from bot.platforms.discord.rest import Rest
from digests.model import (
    Content,
    Gone,
    Posted,
    PostOutcome,
    Rejected,
    RemovalOutcome,
    Retry,
    Scope,
    Unclear,
)

_NAME = 100  # characters of a thread's name
_IS_THERE: Final = 160004  # a thread hangs under that message already
_ARCHIVED: Final = 50083
_MOST_KNOWN = 1_000  # threads remembered; to forget one costs a call

Body = dict[str, object]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a message stands: in a channel of its own id, or in a thread."""

    channel: str
    message: str

    @property
    def path(self) -> str:
        """Of the message, for Discord."""
        return f"/channels/{self.channel}/messages/{self.message}"


def spot(place: str, message_id: str) -> Spot:
    """Where the message of that id stands, `place` being the channel of the file."""
    thread, _, message = message_id.rpartition("/")
    return Spot(thread or place, message)


def thread_of(message_id: str) -> str:
    """The thread that hangs under a card, or that a post of a forum is."""
    return message_id.rpartition("/")[2]


def name(content: Content) -> str:
    """What a thread is called: the headline, or the title of a list."""
    said = getattr(content, "headline", "") or getattr(content, "title", "")
    return fit(said, _NAME, verbatim) or "Nightdesk"


class Threads:
    """Writes into threads and opens those that are missing."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest
        self._open: dict[str, None] = {}  # threads known to be there, in the order of their use

    async def say(self, place: str, card: str, content: Content, body: Body) -> PostOutcome:
        """Send into the thread under a card. Rejected: nothing stands there, say it elsewhere."""
        if card not in self._open:
            opened = await self._hang(Spot(place, card), content)
            if opened is not None:
                return opened
        return await self.write(card, body)

    async def write(self, thread: str, body: Body) -> PostOutcome:
        """Send into a thread that is there; the first word opens an archived one again."""
        outcome = await self._awake(thread, "POST", f"/channels/{thread}/messages", body)
        if isinstance(outcome, Posted):
            return Posted(f"{thread}/{outcome.message_id}")
        if isinstance(outcome, Rejected) and outcome.scope is Scope.ACCESS:
            self._open.pop(thread, None)
            return Rejected(outcome.reason, Scope.CONTENT)  # one thread, and not the channel
        return outcome

    async def edit(self, where: Spot, body: Body) -> PostOutcome:
        """Replace a message, also in a thread that was archived since."""
        return await self._awake(where.channel, "PATCH", where.path, body)

    async def remove(self, place: str, where: Spot) -> RemovalOutcome:
        """Delete a message; with the right to, a post of a forum goes as a whole."""
        if where.channel == where.message != place:
            whole = removed(await self._rest.call("DELETE", f"/channels/{where.channel}"))
            if not isinstance(whole, Rejected):
                return whole
        result = await self._rest.call("DELETE", where.path)
        if (
            isinstance(result, Answer)
            and result.code == UNKNOWN_CHANNEL
            and where.channel != place
        ):
            return Gone()  # with the thread that it stood in
        return removed(result)

    async def _hang(self, card: Spot, content: Content) -> PostOutcome | None:
        """Open the thread; None when it is there."""
        result = await self._rest.call(
            "POST", f"{card.path}/threads", json_body={"name": name(content)}
        )
        if isinstance(result, Answer) and (result.good or result.code == _IS_THERE):
            self._open[card.message] = None
            if len(self._open) > _MOST_KNOWN:
                self._open.pop(next(iter(self._open)))
            return None
        outcome = posted(result)
        if isinstance(outcome, Unclear):  # to try again is harmless, and nothing was said yet
            return Retry(outcome.reason)
        return outcome

    async def _awake(self, channel: str, method: str, path: str, body: Body) -> PostOutcome:
        result = await self._rest.call(method, path, json_body=body)
        if isinstance(result, Answer) and result.code == _ARCHIVED:
            opened = await self._rest.call(
                "PATCH", f"/channels/{channel}", json_body={"archived": False}
            )
            if isinstance(opened, Answer) and opened.good:
                result = await self._rest.call(method, path, json_body=body)
        return posted(result)
