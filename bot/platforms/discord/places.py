"""The bot's account and what it may do in a channel, asked over REST: no gateway needed."""

from collections.abc import Mapping
from typing import Any

from bot.platforms.discord import permissions
from bot.platforms.discord.errors import UNKNOWN_CHANNEL, Answer, Lost, NotSent
from bot.platforms.discord.invite import HISTORY
from bot.platforms.discord.rest import Rest

Payload = Mapping[str, Any]
Failure = Answer | NotSent | Lost


class Places:
    """Asks Discord who we are and what a channel is; remembers only who we are."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest
        self._me: Payload | None = None

    async def me(self) -> Payload | Failure:
        """The bot's own user object."""
        if self._me is None:
            answer = await self._object("/users/@me")
            if isinstance(answer, Failure):
                return answer
            self._me = answer
        return self._me

    async def application(self) -> Payload | Failure:
        """The application behind the bot."""
        return await self._object("/applications/@me")

    async def channel(self, channel: str) -> Payload | Failure:
        """What the channel is: type, guild, newest message, overwrites."""
        return await self._object(f"/channels/{channel}")

    async def direct(self, person: str) -> Payload | Failure:
        """The channel of direct messages with a person; whether they are taken, posting tells."""
        body = {"recipient_id": person}
        answer = await self._rest.call("POST", "/users/@me/channels", json_body=body)
        return _object_in(answer)

    async def is_gone(self, channel: str) -> bool:
        """Whether Discord knows no such channel or thread (any more)."""
        found = await self.channel(channel)
        return isinstance(found, Answer) and found.code == UNKNOWN_CHANNEL

    async def granted(self, channel: Payload) -> int | Failure:
        """The bot's permission bits in a channel of a guild."""
        me = await self.me()
        if isinstance(me, Failure):
            return me
        guild = await self._object(f"/guilds/{channel['guild_id']}", "roles")
        if isinstance(guild, Failure):
            return guild
        member = await self.member(str(channel["guild_id"]), str(me["id"]))
        if isinstance(member, Failure):
            return member
        # A thread has no overwrites of its own.
        above = channel
        if permissions.is_thread(channel):
            found = await self.channel(str(channel.get("parent_id")))
            if isinstance(found, Failure):
                return found
            above = found
        return permissions.granted(guild, member, above)

    async def may_read_history(self, channel: str) -> bool | Failure:
        """Whether an empty history means an empty channel."""
        found = await self.channel(channel)
        if isinstance(found, Failure):
            return found
        if "guild_id" not in found:
            return True  # a direct message
        bits = await self.granted(found)
        return bits if isinstance(bits, Failure) else bool(bits & HISTORY.bit)

    async def member(
        self, guild: str, person: str, *, within: float | None = None
    ) -> Payload | Failure:
        """A person in a guild, with the roles there; `within` so many seconds."""
        path = f"/guilds/{guild}/members/{person}"
        answer = await self._rest.call("GET", path, within=within)
        if isinstance(answer, Answer) and answer.good and isinstance(answer.payload, dict):
            return {"user": {"id": person}, **answer.payload}
        return answer

    async def _object(self, path: str, *keys: str) -> Payload | Failure:
        return _object_in(await self._rest.call("GET", path), *keys)


def _object_in(answer: Failure, *keys: str) -> Payload | Failure:
    """The object of an answer, where it has an id and these keys; else the answer itself."""
    if isinstance(answer, Answer) and answer.good and isinstance(answer.payload, dict):
        return answer.payload if answer.payload.keys() >= {"id", *keys} else answer
    return answer
