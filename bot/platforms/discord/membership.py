"""Who writes in private: a member of which of our guilds, with which roles there.

A direct message says nothing of that, so Discord is asked; without an answer nobody is let in.
"""

import asyncio
import dataclasses
from collections.abc import Callable, Iterable

from bot.commands import Asker, Request
from bot.platforms.discord.errors import UNKNOWN_MEMBER, Answer, Lost, NotSent
from bot.platforms.discord.places import Places
from digests.model import Clock

_FRESH = 300.0  # seconds for which a member is taken for one still
_AGAIN = 20.0  # after somebody turned out to be none
_REMEMBERED = 2_000
_PATIENCE = 0.8  # seconds for all guilds, asked at once; a first answer is due within three


@dataclasses.dataclass(frozen=True, slots=True)
class _Known:
    guild: str  # "" in none of ours
    roles: frozenset[str]
    until: float


class Membership:
    """Asks Discord who belongs to our guilds, and remembers it for a while."""

    def __init__(self, places: Places, guilds: Callable[[], Iterable[str]], clock: Clock) -> None:
        """`guilds`: those in which a channel of the file lies."""
        self._places = places
        self._guilds = guilds
        self._clock = clock
        self._known: dict[str, _Known] = {}

    async def placed(self, request: Request) -> Request:
        """The request with the guild and the roles of whoever writes in private."""
        asker = request.asker
        if asker.place:
            return request
        guilds, now = sorted(self._guilds()), self._clock.monotonic()
        known = self._known.get(asker.user)
        if known is None or known.until <= now or (known.guild and known.guild not in guilds):
            known = await self._look(asker, guilds, now)
        if known is None:
            return dataclasses.replace(request, asker=dataclasses.replace(asker, unsure=True))
        there = dataclasses.replace(asker, place=known.guild, roles=known.roles)
        return dataclasses.replace(request, asker=there)

    async def _look(self, asker: Asker, guilds: Iterable[str], now: float) -> _Known | None:
        """What Discord says now; None when it does not say."""
        joined: list[str] = []
        roles: set[str] = set()
        guilds = list(guilds)
        asked = (self._places.member(one, asker.user, within=_PATIENCE) for one in guilds)
        for guild, member in zip(guilds, await asyncio.gather(*asked), strict=True):
            if isinstance(member, Answer) and member.code == UNKNOWN_MEMBER:
                continue
            if isinstance(member, Answer | NotSent | Lost):
                return None
            joined.append(guild)
            roles |= {guild, *map(str, member.get("roles") or ())}
        until = now + (_FRESH if joined else _AGAIN)
        found = _Known(joined[0] if joined else "", frozenset(roles), until)
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[asker.user] = found
        return found
