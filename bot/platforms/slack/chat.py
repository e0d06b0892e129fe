"""Slack as the courier sees it: post, edit, read back. Implements `bot.platforms.Chat`."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random
from typing import Any

from bot.charts import Picture
from bot.commands import Reply, Request
from bot.platforms.slack import pictures, render
from bot.platforms.slack.client import API_URL, TIMEOUT, Answer, Web
from bot.platforms.slack.commands import Desk, Former, Greeting
from bot.platforms.slack.directory import Directory
from bot.platforms.slack.doctor import examine
from bot.platforms.slack.errors import NO_THREAD, Failure, outcome, removal, sighting
from bot.platforms.slack.listening import Listener
from digests.model import (
    Absent,
    Clock,
    Content,
    Destination,
    Found,
    Gone,
    Notice,
    Posted,
    PostOutcome,
    RemovalOutcome,
    Sighting,
    Target,
    Unclear,
    Unreadable,
)

_SPACING = timedelta(seconds=1)  # Slack takes about one message a second into one channel
_MARGIN = timedelta(minutes=10)  # read back from before the intent: clocks differ
_PAGE = 200  # messages; what Slack recommends
_MOST_PAGES = 50


_UNKNOWN = "?"  # no workspace has such an id


class SlackChat:
    """One workspace under one bot token; with an app token it also listens for commands."""

    platform = "slack"
    nonce_window = timedelta()  # Slack has no key that makes a repeated post harmless

    def __init__(
        self,
        bot_token: str,
        app_token: str,
        *,
        answer: Callable[[Request], Awaitable[Reply]],
        clock: Clock,
        random: Random,
        form: Former | None = None,
        greeting: Greeting | None = None,
        targets: Sequence[Target] = (),
        base_url: str = API_URL,
        timeout: float = TIMEOUT,
        spacing: timedelta = _SPACING,
    ) -> None:
        self._web = Web(bot_token, clock, base_url=base_url, timeout=timeout)
        self._directory = Directory(self._web, clock)
        self._app_token = app_token
        self._answer = answer
        self._form = form
        self._greeting = greeting
        self._clock = clock
        self._random = random
        self._spacing = spacing.total_seconds()
        self._targets = dict.fromkeys(target.address for target in targets)
        self._free_at: dict[str, float] = {}  # place -> when it may be posted to again
        self._newest: dict[str, str] = {}  # place -> the newest message we know of
        self._listening: asyncio.Task[None] | None = None

    def keeps_nonce(self, destination: Destination) -> bool:  # noqa: ARG002 - nowhere
        """Never."""
        return False

    async def start(self) -> None:
        """Begin to listen for commands, when there is an app token; posting does not need it."""
        if self._app_token and self._listening is None:
            desk = Desk(
                self._web, self._directory, self._answer, self._clock, self._form, self._greeting
            )
            listener = Listener(self._web, self._app_token, desk.take, self._clock, self._random)
            self._listening = asyncio.create_task(listener.run(), name="slack commands")

    async def close(self) -> None:
        """Stop listening and let go of the connections."""
        listening, self._listening = self._listening, None
        if listening is not None:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening
        await self._web.close()

    def homes(self) -> frozenset[str]:
        """Our workspace; people of others meet us in shared channels. Nowhere until it is known."""
        return self._directory.teams or frozenset({_UNKNOWN})

    async def resolve(self, target: Target) -> Destination:
        """The conversation's id for a name or id. Raises ChatError with the cure."""
        self._targets.setdefault(target.address)
        return Destination(self.platform, await self._directory.place(target.address))

    async def post(
        self,
        destination: Destination,
        content: Content,
        *,
        mark: str,
        nonce: str,  # noqa: ARG002 - Slack has no use for it
        plain: bool = False,
        reply_to: str = "",
    ) -> PostOutcome:
        """Send once; no retry inside. A reply stands in the channel too, unless it is an aside.

        Where Slack takes none, because the card was deleted or threads are closed there, the same
        words stand in the channel alone.
        """
        place = destination.place
        body = render.message(content, mark=mark, plain=plain)
        if reply_to:
            aside = isinstance(content, Notice) and content.aside
            line = body | {"thread_ts": reply_to, "reply_broadcast": not aside}
            answer = await self._say(place, line)
            if not (isinstance(answer, Failure) and answer.code in NO_THREAD):
                return self._settled(place, answer)
        return self._settled(place, await self._say(place, body))

    async def _say(self, place: str, body: dict[str, Any]) -> Answer | Failure:
        await self._turn(place)
        try:
            return await self._web.ask(lambda c: c.chat_postMessage(channel=place, **body))
        finally:  # Slack counts from when it came, which nobody knows: by now it surely has
            self._rest(place)

    async def show(
        self,
        destination: Destination,
        content: Content,
        picture: Picture,
        *,
        nonce: str,  # noqa: ARG002 - Slack has no use for it
    ) -> PostOutcome:
        """Post a picture with the content above it; the outcome's id is the file's."""
        await self._turn(destination.place)
        answer = await pictures.share(self._web, destination.place, content, picture)
        if isinstance(answer, Failure):
            return outcome(answer)
        return Posted(str(next((one.get("id") for one in answer.rows("files")), "")))

    async def edit(
        self, destination: Destination, message_id: str, content: Content, *, mark: str
    ) -> PostOutcome:
        """Replace what stands under an id; safe to repeat."""
        place = destination.place
        body = render.message(content, mark=mark)
        shown = {name: body[name] for name in ("text", "blocks", "metadata") if name in body}
        answer = await self._web.ask(
            lambda c: c.chat_update(channel=place, ts=message_id, **shown)
        )
        return self._settled(place, answer)

    async def remove(self, destination: Destination, message_id: str) -> RemovalOutcome:
        """Delete what stands under an id; safe to repeat."""
        place = destination.place
        answer = await self._web.ask(lambda c: c.chat_delete(channel=place, ts=message_id))
        return removal(answer) if isinstance(answer, Failure) else Gone()

    async def find(
        self,
        destination: Destination,
        *,
        mark: str,
        nonce: str,  # noqa: ARG002 - Slack has no use for it
        since: datetime,
        watermark: str,
        reply_to: str = "",
    ) -> Sighting:
        """Read back from the watermark, or from ten minutes before `since` by Slack's clock.

        A reply is looked for in its thread and in the channel, where it goes without one.
        """
        oldest = await self._oldest(since, watermark)
        if reply_to:
            found = await self._search(destination, mark, oldest, thread=reply_to)
            if not isinstance(found, Absent):
                return found
        return await self._search(destination, mark, oldest)

    async def _search(
        self, destination: Destination, mark: str, oldest: str, *, thread: str = ""
    ) -> Sighting:
        cursor = ""
        for _ in range(_MOST_PAGES):
            answer = await self._history(
                destination.place, oldest=oldest, cursor=cursor, thread=thread
            )
            if isinstance(answer, Failure):
                return Absent() if thread and answer.code in NO_THREAD else sighting(answer)
            if (stamp := _standing(answer, mark)) is not None:
                return Found(stamp)
            cursor = answer.cursor
            if not cursor or not answer.has_rows("messages"):
                return _end_of(answer)
        return Unreadable(f"more than {_PAGE * _MOST_PAGES} messages were posted since then")

    async def watermark(self, destination: Destination) -> str:
        """The newest message we know of: our own last one, else the channel's."""
        place = destination.place
        if place not in self._newest:
            answer = await self._web.ask(lambda c: c.conversations_history(channel=place, limit=1))
            if isinstance(answer, Failure):
                return ""
            newest = [str(message.get("ts", "")) for message in answer.rows("messages")]
            self._newest[place] = newest[0] if newest else ""
        return self._newest[place]

    async def check(self) -> tuple[str, ...]:
        """What is wrong with tokens, permissions and channels, each with its cure."""
        return await examine(
            self._web, self._directory, tuple(self._targets), app_token=self._app_token
        )

    async def _turn(self, place: str) -> None:
        """Wait until Slack takes another message into this channel."""
        now = self._clock.monotonic()
        free_at = max(now, self._free_at.get(place, now))
        self._free_at[place] = free_at + self._spacing
        if free_at > now:
            await self._clock.sleep(free_at - now)

    def _rest(self, place: str) -> None:
        free_at = self._clock.monotonic() + self._spacing
        self._free_at[place] = max(free_at, self._free_at.get(place, free_at))

    def _settled(self, place: str, answer: Answer | Failure) -> PostOutcome:
        if isinstance(answer, Failure):
            return outcome(answer)
        stamp = answer.text("ts")
        if not stamp:
            return Unclear("Slack took it but did not say under which id")
        self._newest[place] = max(stamp, self._newest.get(place, ""), key=_seconds)
        return Posted(stamp)

    async def _oldest(self, since: datetime, watermark: str) -> str:
        if self._web.ahead is None:
            await self._web.read(lambda c: c.auth_test())  # for the time of Slack's clock
        begin = max(0.0, self._web.platform_time(since - _MARGIN).timestamp())
        return watermark if _seconds(watermark) > begin else f"{begin:.6f}"

    async def _history(
        self, place: str, *, oldest: str, cursor: str, thread: str = ""
    ) -> Answer | Failure:
        """A page of what was posted since then: in the channel, or in one thread of it."""
        which: dict[str, Any] = {
            "channel": place,
            "oldest": oldest,
            "limit": _PAGE,
            "cursor": cursor or None,
            "include_all_metadata": True,
        }
        if thread:
            return await self._web.read(lambda c: c.conversations_replies(ts=thread, **which))
        return await self._web.read(lambda c: c.conversations_history(**which))


def _standing(answer: Answer, mark: str) -> str | None:
    """The id of the message that bears the mark: in its metadata, or as its footer's block id."""
    footer = render.block_id(mark)
    for message in answer.rows("messages"):
        metadata: Any = message.get("metadata") or {}
        key = (metadata.get("event_payload") or {}).get("key")
        blocks = message.get("blocks") or []
        if key == mark or any(block.get("block_id") == footer for block in blocks):
            return str(message.get("ts", ""))
    return None


def _end_of(answer: Answer) -> Sighting:
    """Absent is a proof: a page that is not whole proves nothing."""
    if answer.body.get("has_more") or not answer.has_rows("messages"):
        return Unreadable("Slack's answer is not complete", later=True)
    return Absent()


def _seconds(stamp: str) -> float:
    """A message's id as the time it is; 0.0 for what is none."""
    try:
        return float(stamp)
    except ValueError:
        return 0.0
