"""Discord as the courier sees it: post, edit, find; and the side that listens for commands."""

import logging
import re
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Final

from bot.charts import Picture
from bot.commands import Reply
from bot.platforms.discord import doctor, history, pictures, render
from bot.platforms.discord.commands import Answerer, Completer, Former, Interactions, register
from bot.platforms.discord.errors import Answer, Lost, NotSent, posted, unreadable
from bot.platforms.discord.forums import Forums
from bot.platforms.discord.gateway import Gateway
from bot.platforms.discord.invite import invitation
from bot.platforms.discord.membership import Membership
from bot.platforms.discord.permissions import FORUMS
from bot.platforms.discord.places import Payload, Places
from bot.platforms.discord.rest import TIMEOUT, Rest
from bot.platforms.discord.servers import Servers
from bot.platforms.discord.threads import Body, Threads, spot, thread_of
from digests.errors import ChatError
from digests.model import (
    Absent,
    Clock,
    Content,
    Destination,
    Found,
    Notice,
    Posted,
    PostOutcome,
    Rejected,
    RemovalOutcome,
    Retry,
    Scope,
    Sighting,
    Target,
    Unreadable,
)

_log = logging.getLogger(__name__)

_NUMBER = re.compile(r"0*(?P<id>[1-9][0-9]{0,19})")
_PERSON = re.compile(r"@(?P<id>[1-9][0-9]{0,19})", re.ASCII)
_LINK = re.compile(r"https://(?:\w+\.)?discord\.com/channels/\d+/(?P<id>\d{1,20})/?")
_AT_ONCE = timedelta(seconds=1)
_FRESH = 600.0  # seconds for which our own newest message is watermark enough


Greeting = Callable[[str, str, str], Reply]  # for a platform, a guild and its language


class DiscordChat:
    """One bot account. Posting needs neither `start` nor the gateway, only the token."""

    platform: Final = "discord"
    # Discord remembers a nonce for "a few minutes"; within two, sending again cannot repeat.
    nonce_window: Final = timedelta(seconds=120)

    def __init__(
        self,
        token: str,
        *,
        clock: Clock,
        random: Random,
        answer: Answerer,
        complete: Completer | None = None,
        form: Former | None = None,
        greeting: Greeting | None = None,
        targets: Callable[[], Sequence[Target]] = tuple,
        threaded: Callable[[], Collection[Target]] = tuple,
        api_url: str = "",
        gateway_url: str = "",
        proxy: str = "",
        timeout: float = TIMEOUT,
    ) -> None:
        """`targets`: the places of the file, for `check`; `threaded`: those with `thread: true`.

        Empty addresses are Discord's own. `timeout`: seconds for one call.
        """
        self._clock = clock
        self._greeting = greeting
        self._targets = targets
        self._threaded = threaded
        self._rest = Rest(token, clock, api=api_url, proxy=proxy, timeout=timeout)
        self._places = Places(self._rest)
        self._newest: dict[str, tuple[str, float]] = {}
        self._forums: set[str] = set()
        self._boards = Forums(self._rest, self._places, clock)
        self._threads = Threads(self._rest)
        membership = Membership(self._places, self._guilds, clock)
        self._gateway = Gateway(
            token,
            Interactions(self._rest, answer, clock, complete, form, membership.placed).serve,
            self._register,
            invited=self._greet,
            clock=clock,
            random=random,
            api=api_url,
            gateway=gateway_url,
            proxy=proxy,
        )
        self._servers = Servers(self._places, self._gateway.guild_of, self._channels)

    @property
    def trouble(self) -> str:
        """Why commands are off for good, with the cure; "" while they work or may come back."""
        return self._gateway.trouble

    @property
    def listening(self) -> bool:
        """Whether commands can reach us now."""
        return self._gateway.ready

    async def start(self) -> None:
        """Begin to listen for commands; returns at once, whatever Discord does."""
        self._gateway.start()

    async def close(self) -> None:
        """Stop listening, let answers under way end, close the connections."""
        await self._gateway.close()
        await self._rest.close()

    async def resolve(self, target: Target) -> Destination:
        """The channel's id; for a person (`@1234`) that of the direct messages, which is opened.

        Of a channel nothing is asked: whether it may be used, posting and `check` tell.
        """
        if person := _PERSON.fullmatch(target.address):
            return await self._direct(person["id"])
        place = _channel_id(target.address)
        if not place:
            raise ChatError(
                f"{target}: a Discord channel is named by its number. Turn on Developer Mode in "
                "Discord's settings, right-click the channel, Copy Channel ID, and write "
                "discord:1234567890"
            )
        return Destination(self.platform, place)

    async def _direct(self, person: str) -> Destination:
        opened = await self._places.direct(person)
        if isinstance(opened, Answer | NotSent | Lost):
            raise ChatError(f"discord:@{person}: {unreadable(opened).reason}")
        return Destination(self.platform, str(opened["id"]))

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
        """Send once; with the same nonce within `nonce_window` it cannot stand there twice.

        In a forum every message is a post of its own, which knows no nonce. A line under a card
        stands in the card's thread: in a forum always, elsewhere when it is an aside.
        """
        place = destination.place
        body = render.message(content, mark=mark, nonce=nonce, plain=plain)
        if reply_to:
            return await self._reply(place, reply_to, content, body)
        if place in self._forums:
            return await self._boards.post(place, content, body, plain=plain)
        outcome = await self._into(place, body)
        refused = isinstance(outcome, Rejected) and outcome.scope is Scope.ACCESS
        if refused and await self._is_forum(place):
            return Retry("it is a forum", _AT_ONCE)  # nothing stands there; now we know better
        return outcome

    async def _reply(self, place: str, card: str, content: Content, body: Body) -> PostOutcome:
        if "/" in card:  # a card that stands in a thread of its own is a post of a forum
            return await self._threads.write(thread_of(card), body)
        if isinstance(content, Notice) and content.aside:
            outcome = await self._threads.say(place, card, content, body)
            if not isinstance(outcome, Rejected):
                return outcome
            _log.info("no thread under a card in %s: %s", place, outcome.reason)
        # Where that message was deleted meanwhile, this one stands alone.
        where = {"message_id": card, "fail_if_not_exists": False}
        return await self._into(place, body | {"message_reference": where})

    async def _into(self, place: str, body: Body) -> PostOutcome:
        path = f"/channels/{place}/messages"
        outcome = posted(await self._rest.call("POST", path, json_body=body))
        if isinstance(outcome, Posted):
            self._remember(place, outcome.message_id)
        return outcome

    def keeps_nonce(self, destination: Destination) -> bool:
        """Whether the nonce holds there: not in a forum."""
        return destination.place not in self._forums

    async def show(
        self, destination: Destination, content: Content, picture: Picture, *, nonce: str
    ) -> PostOutcome:
        """Post a picture under the content; with the same nonce it cannot stand there twice."""
        body = pictures.message(content, picture, nonce=nonce)
        path = f"/channels/{destination.place}/messages"
        form = pictures.form(body, picture)
        outcome = posted(await self._rest.call("POST", path, form=form))
        if isinstance(outcome, Posted):
            self._remember(destination.place, outcome.message_id)
        return outcome

    async def edit(
        self, destination: Destination, message_id: str, content: Content, *, mark: str
    ) -> PostOutcome:
        """Replace what stands under an id; safe to repeat."""
        where = spot(destination.place, message_id)
        outcome = await self._threads.edit(where, render.edit(content, mark=mark))
        return Posted(message_id) if isinstance(outcome, Posted) else outcome

    async def remove(self, destination: Destination, message_id: str) -> RemovalOutcome:
        """Delete what stands under an id; safe to repeat."""
        return await self._threads.remove(destination.place, spot(destination.place, message_id))

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
        """Look for our mark in everything after the watermark, else after `since` less a margin.

        A watermark is an id of Discord's own and needs no clock; without one, our time is set
        right by the difference that Discord's last answer showed.
        """
        me = await self._places.me()  # before the clocks are compared: it may be the first answer
        if isinstance(me, Answer | NotSent | Lost):
            return unreadable(me)
        after = watermark or history.snowflake(since + self._rest.skew - history.MARGIN)
        wanted = history.Wanted(str(me["id"]), mark, nonce)
        if reply_to:
            return await self._find_line(destination.place, reply_to, wanted, after)
        channel = await self._places.channel(destination.place)
        if isinstance(channel, Answer | NotSent | Lost):
            return unreadable(channel)
        if self._knows(channel):
            return await self._boards.find(channel, wanted, after)
        return await history.find(self._rest, self._places, destination.place, wanted, after)

    async def _find_line(
        self, place: str, card: str, wanted: history.Wanted, after: str
    ) -> Sighting:
        """In the thread under the card, and in the channel, where it goes without a thread."""
        thread = thread_of(card)
        sighting: Sighting = Absent()
        if not await self._places.is_gone(thread):
            sighting = await history.find(self._rest, self._places, thread, wanted, after)
        if isinstance(sighting, Found):
            return Found(f"{thread}/{sighting.message_id}")
        if "/" in card or isinstance(sighting, Unreadable):
            return sighting
        return await history.find(self._rest, self._places, place, wanted, after)

    async def watermark(self, destination: Destination) -> str:
        """An id that everything to come is newer than; "" when the channel is empty or silent."""
        message, at = self._newest.get(destination.place, ("", 0.0))
        if message and self._clock.monotonic() - at < _FRESH:
            return message
        channel = await self._places.channel(destination.place)
        if isinstance(channel, Answer | NotSent | Lost):
            return message
        self._knows(channel)
        newest = str(channel.get("last_message_id") or "")
        return newest if newest.isdigit() else message

    async def check(self) -> tuple[str, ...]:
        """What is wrong with the account and the channels, each with its cure."""
        return await doctor.check(self._places, self._ours(), self._threaded(), self.resolve)

    async def barred(self, destination: Destination) -> Retry | Rejected | None:
        """Why watches may tell nothing to everybody there; None when they may."""
        return await self._servers.barred(destination.place)

    def homes(self) -> frozenset[str]:
        """The channels of the file and the guilds in which they lie, as far as they are known."""
        return frozenset(self._channels()) | self._guilds()

    def _channels(self) -> list[str]:
        written = (target.address for target in self._targets() if target.platform == "discord")
        return [place for address in written if (place := _channel_id(address))]

    def _guilds(self) -> frozenset[str]:
        guilds = (self._gateway.guild_of(channel) for channel in self._channels())
        return frozenset(guild for guild in guilds if guild)

    async def invitation(self) -> str:
        """The link that adds the bot to a server; "" when Discord cannot be asked who we are."""
        application = await self._places.application()
        if isinstance(application, Answer | NotSent | Lost):
            return ""
        more = await doctor.more(self._places, self._ours(), self._threaded(), self.resolve)
        return invitation(str(application["id"]), *more)

    def _ours(self) -> list[Target]:
        return [target for target in self._targets() if target.platform == self.platform]

    async def _greet(self, guild: str, place: str, locale: str) -> None:
        """Say once who came, in a guild that has just invited us; nothing is owed by it."""
        if self._greeting is None:
            return
        body = render.announced(self._greeting(self.platform, guild, locale))
        result = posted(
            await self._rest.call("POST", f"/channels/{place}/messages", json_body=body)
        )
        if not isinstance(result, Posted):
            _log.warning("Discord: no greeting in %s: %s", place, result)

    async def _register(self, application: str) -> None:
        result = await register(self._rest, application)
        if result is not None and not (isinstance(result, Answer) and result.good):
            _log.warning("Discord did not take our commands: %s", posted(result))

    async def _is_forum(self, place: str) -> bool:
        channel = await self._places.channel(place)
        return not isinstance(channel, Answer | NotSent | Lost) and self._knows(channel)

    def _knows(self, channel: Payload) -> bool:
        """Whether this channel is a forum; it is remembered, since a forum stays one."""
        if channel.get("type") in FORUMS:
            self._forums.add(str(channel["id"]))
            return True
        return False

    def _remember(self, place: str, message: str) -> None:
        known, _ = self._newest.get(place, ("0", 0.0))
        if int(message) >= int(known):
            self._newest[place] = (message, self._clock.monotonic())


def _channel_id(address: str) -> str:
    """The id in a channel's number or link, "" when there is none."""
    found = _NUMBER.fullmatch(address.strip()) or _LINK.fullmatch(address.strip())
    return str(int(found["id"])) if found else ""
