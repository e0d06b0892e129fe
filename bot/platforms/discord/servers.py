"""In whose server a place lies: one that nobody of feeds.yaml named is told nothing by watches.

A channel never moves to another server, so what was learnt once holds. The gateway knows without a
call; before it is connected, and in a run without it, Discord is asked.
"""

from collections.abc import Callable, Collection

from bot.platforms.discord.errors import Answer, Lost, NotSent, unreadable
from bot.platforms.discord.places import Places
from digests.model import Rejected, Retry, Scope, Unreadable

NOT_OURS = "Nightdesk is not set up in this server: feeds.yaml names no channel of it"


class Servers:
    """Which channels lie in a server of the file's."""

    def __init__(
        self, places: Places, seen: Callable[[str], str], ours: Callable[[], Collection[str]]
    ) -> None:
        """`seen`: the guild of a channel as far as the gateway knows; `ours`: the file's channels."""
        self._places = places
        self._seen = seen
        self._ours = ours
        self._known: dict[str, str] = {}

    async def barred(self, place: str) -> Retry | Rejected | None:
        """Why nothing may be told there that the file does not ask for; None: it may be.

        Where Discord does not say, that is no leave: it is asked again later.
        """
        ours = self._ours()
        if place in ours:
            return None
        there = await self._guild(place)
        if isinstance(there, Unreadable):
            return _ended(there)
        doubt: Unreadable | None = None
        for one in ours:
            found = await self._guild(one)
            if found == there:
                return None
            if isinstance(found, Unreadable) and found.later:
                doubt = found
        return _ended(doubt) if doubt else Rejected(NOT_OURS, Scope.ACCESS)

    async def _guild(self, channel: str) -> str | Unreadable:
        if channel not in self._known:
            guild = self._seen(channel)
            if not guild:
                found = await self._places.channel(channel)
                if isinstance(found, Answer | NotSent | Lost):
                    return unreadable(found)
                guild = str(found.get("guild_id") or "")
            self._known[channel] = guild
        return self._known[channel]


def _ended(why: Unreadable) -> Retry | Rejected:
    return Retry(why.reason) if why.later else Rejected(why.reason, Scope.ACCESS)
