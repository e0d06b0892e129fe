"""The gateway: discord.py's connection, kept alive through everything but a refused token.

`Client.start()` ends for good when the first connection fails or when an event cannot be parsed.
So each connection is a new client, and what ends it decides only how soon the next one begins.
"""

import asyncio
import contextlib
import logging
import warnings
from collections.abc import Awaitable, Callable
from random import Random
from typing import TYPE_CHECKING, Any

from bot.platforms.discord.errors import fatal
from digests.model import Clock

if TYPE_CHECKING:
    import discord

_log = logging.getLogger(__name__)

Serve = Callable[["discord.Interaction[Any]"], Awaitable[None]]
LoggedIn = Callable[[str], Awaitable[None]]  # takes the application's id
Invited = Callable[[str, str, str], Awaitable[None]]  # a guild, a channel of it, its language

_FIRST_WAIT, _LONGEST_WAIT = 1.0, 300.0
_HEALTHY = 60.0  # seconds; whoever stood so long begins again with the first wait
_DRAIN = 2.0  # for answers under way when we stop
_CLOSE = 2.0  # aiohttp would wait half a minute for the other side's goodbye


class Gateway:
    """Listens for interactions from `start` to `close`."""

    def __init__(
        self,
        token: str,
        serve: Serve,
        logged_in: LoggedIn,
        *,
        invited: Invited | None = None,
        clock: Clock,
        random: Random,
        api: str = "",
        gateway: str = "",
        proxy: str = "",
    ) -> None:
        self._token = token
        self._serve = serve
        self._logged_in = logged_in
        self._invited = invited
        self._clock = clock
        self._random = random
        self._addresses = (api.rstrip("/"), gateway)
        self._proxy = proxy
        self._running: asyncio.Task[None] | None = None
        self._serving: set[asyncio.Task[None]] = set()
        self._client: discord.Client | None = None
        self.trouble = ""  # what the operator must do; "" while there is hope

    @property
    def ready(self) -> bool:
        """Connected and told about its guilds."""
        return self._client is not None and self._client.is_ready()

    def guild_of(self, channel: str) -> str:
        """The guild in which a channel lies, "" when it is not known (yet)."""
        found = self._client.get_channel(int(channel)) if self._client else None
        guild = getattr(found, "guild", None)  # a direct message has none
        return str(guild.id) if guild else ""

    def start(self) -> None:
        """Begin to listen; returns at once."""
        if self._running is None:
            self._running = asyncio.create_task(self._listen(), name="discord gateway")

    async def close(self) -> None:
        """Stop listening, let answers under way end."""
        running, self._running = self._running, None
        if running:
            running.cancel()
            await asyncio.wait([running])
        if self._serving:
            await asyncio.wait(self._serving, timeout=_DRAIN)
        for task in self._serving:
            task.cancel()

    async def _listen(self) -> None:
        failures = 0
        while True:
            began = self._clock.monotonic()
            error = await self._connection()
            self.trouble = fatal(error)
            if self.trouble:
                _log.error("Discord: commands are off. %s", self.trouble)
                return
            stood = self._clock.monotonic() - began
            failures = 0 if stood > _HEALTHY else failures + 1
            wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2.0**failures) * self._random.uniform(0.5, 1)
            _log.warning("Discord's gateway is gone (%r), again in %.0f s", error, wait)
            await self._clock.sleep(wait)

    async def _connection(self) -> Exception | None:
        """One client from login to its end; says what ended it."""
        client = self._client = _new_client(self._addresses, self._proxy)
        client.event(self._handler())
        client.event(self._greeter())
        try:
            await client.login(self._token)
            await self._logged_in(str(client.application_id))
            await client.connect()
        except Exception as error:  # noqa: BLE001 - it lets out what its parsing met, KeyError too
            return error
        finally:
            self._client = None
            await _let_go(client)
        return None

    def _handler(self) -> "Callable[[discord.Interaction[Any]], Any]":
        async def on_interaction(interaction: "discord.Interaction[Any]") -> None:
            # A task of our own: the client's end must not end an answer under way.
            task = asyncio.create_task(self._guarded(interaction))
            self._serving.add(task)
            task.add_done_callback(self._serving.discard)

        return on_interaction

    def _greeter(self) -> "Callable[[discord.Guild], Any]":
        async def on_guild_join(guild: "discord.Guild") -> None:
            place = _where_to_speak(guild)
            if self._invited and place:
                locale = str(guild.preferred_locale).partition("-")[0]
                await self._invited(str(guild.id), place, locale)

        return on_guild_join

    async def _guarded(self, interaction: "discord.Interaction[Any]") -> None:
        try:
            await self._serve(interaction)
        except Exception:  # noqa: BLE001 - one that breaks us is told in the log, others go on
            _log.exception("an interaction failed")


def load_library() -> None:
    """Import discord.py, when it is used: it takes a good part of a second."""
    with warnings.catch_warnings():
        # It imports audioop for voice, which Python is about to drop.
        warnings.simplefilter("ignore", DeprecationWarning)
        import discord  # noqa: F401 - for those who use it later


def _new_client(addresses: tuple[str, str], proxy: str) -> "discord.Client":
    """A client that sees guilds and nothing else, with every mention closed."""
    load_library()
    import discord
    import yarl

    api, gateway = addresses
    if api:
        discord.http.Route.BASE = api
    if gateway:
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
    # We have no voice and want no warning about it.
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    return discord.Client(
        intents=discord.Intents(guilds=True),
        allowed_mentions=discord.AllowedMentions.none(),
        max_messages=None,
        guild_ready_timeout=0.2,  # it would look for more guilds for two seconds, even when closed
        max_ratelimit_timeout=30.0,
        proxy=proxy or None,
    )


def _where_to_speak(guild: "discord.Guild") -> str:
    """The channel of the server's own announcements, else the first in which we may post."""
    for channel in (guild.system_channel, *guild.text_channels):
        may = channel.permissions_for(guild.me) if channel else None
        if channel and may and may.view_channel and may.send_messages and may.embed_links:
            return str(channel.id)
    return ""


async def _let_go(client: "discord.Client") -> None:
    """Close the socket and the heartbeat's thread, however the other side behaves."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_CLOSE):
            await client.close()
            return
    await client.http.close()
