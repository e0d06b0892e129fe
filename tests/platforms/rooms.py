"""One room of readers on either platform: cards stand in it, people press buttons, answers come.

The real libraries, a real archive, a real courier; a clock that tests move. `restart` is a new bot
on the same archive and the same platform.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from bot.commands import Commands
from bot.courier import Courier
from bot.platforms import Chat
from bot.platforms.discord.chat import DiscordChat
from bot.platforms.slack.chat import SlackChat
from digests.archive.store import Archive
from digests.config import Settings
from digests.model import Channel, Destination, Target
from digests.rules.watchers import Watchers
from digests.testing import FakeClock, build_story
from tests.contract.archives import card, of_story, poll
from tests.fakediscord import CHANNEL, TOKEN, FakeDiscord, Seen
from tests.fakeslack import APP_TOKEN, BOT_TOKEN, FakeSlack, Shown
from tests.platforms.test_discord_commands import Hasty, until

STORY = build_story(1)


@dataclass
class Bot:
    """A bot on one platform, with what a test does to it."""

    archive: Archive
    settings: Settings
    clock: FakeClock
    chat: Chat
    courier: Courier
    room: "SlackRoom | DiscordRoom"

    async def round(self, seconds: float = 61) -> None:
        """The courier brings all that is due; then time passes."""
        for _ in range(3):
            await self.courier.round()
            await self.courier.drained()
        self.clock.advance(seconds)


@dataclass
class SlackRoom:
    """A Slack channel."""

    slack: FakeSlack
    platform = "slack"
    places: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)

    def place(self, name: str) -> str:
        if name not in self.places:
            self.places[name] = self.slack.add_channel(name)
        return self.places[name]

    def person(self, name: str) -> str:
        if name not in self.people:
            self.people[name] = self.slack.add_user(name, shown=name.title())
        return self.people[name]

    def chat(self, commands: Commands) -> Chat:
        return SlackChat(
            BOT_TOKEN, APP_TOKEN, answer=commands.answer, form=commands.form,
            clock=Hasty(), random=Random(1),
            base_url=self.slack.api_url, spacing=timedelta(),
        )  # fmt: skip

    async def listening(self) -> None:
        await self.slack.connected()

    def standing(self, place: str) -> list[dict[str, Any]]:
        return self.slack.standing(self.place(place))

    def seen(self, place: str, who: str, message: dict[str, Any]) -> Shown:
        return Shown(message, self.person(who), self.place(place))

    async def press(self, place: str, who: str, label: str, click: str = "", at: int = -1) -> str:
        """The answer to pressing a button of a message that stands in a place."""
        shown = self.seen(place, who, self.standing(place)[at])
        return (await self.slack.press(shown, full(label, shown.buttons), click=click)).text

    async def write(self, place: str, who: str, text: str, click: str = "") -> str:
        """The answer to a comment, written in the window that its button opens."""
        shown = self.seen(place, who, self.standing(place)[-1])
        fields = {"text": text}
        return (await self.slack.write(shown, "Comment", fields, window=click)).text

    async def forge(self, place: str, who: str, verb: str, state: str) -> str:
        """The answer to a button that never stood there."""
        text = {"type": "plain_text", "text": "forged"}
        button = {"type": "button", "action_id": f"nightdesk:act:{verb}", "value": state}
        blocks = [{"type": "actions", "elements": [button | {"text": text}]}]
        shown = Shown({"blocks": blocks}, self.person(who), self.place(place))
        return (await self.slack.press(shown, "forged")).text

    def labels(self, place: str, at: int = -1) -> list[str]:
        return list(self.seen(place, "anybody", self.standing(place)[at]).buttons)

    def text(self, place: str, at: int = -1) -> str:
        return self.seen(place, "anybody", self.standing(place)[at]).text

    def private(self, who: str) -> str:
        """What stands in the direct messages with a person."""
        messages = self.slack.standing(self.slack.open_private(self.person(who)))
        return "\n".join(Shown(one, who, "").text for one in messages)

    async def ask(self, who: str, verb: str) -> str:
        """The answer to a command, with the labels of its buttons."""
        shown = await self.slack.command(
            f"/digest {verb}", user=self.person(who), channel=self.place("soc")
        )
        return shown.text

    @property
    def edits(self) -> int:
        return sum(entry.kind == "updated" for entry in self.slack.log)

    @property
    def violations(self) -> Sequence[str]:
        return self.slack.violations


@dataclass
class DiscordRoom:
    """A Discord channel."""

    discord: FakeDiscord
    platform = "discord"
    places: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: count(11))

    def place(self, name: str) -> str:
        if name not in self.places:
            new = CHANNEL if not self.places else f"6000000000000000{next(self.numbers)}"
            if new != CHANNEL:
                self.discord.world.add_channel(new)
            self.places[name] = new
        return self.places[name]

    def person(self, name: str) -> str:
        if name not in self.people:
            self.people[name] = f"5000000000000000{next(self.numbers)}"
        return self.people[name]

    def chat(self, commands: Commands) -> Chat:
        self.discord.gateway.identified.clear()
        return DiscordChat(
            TOKEN, clock=Hasty(), random=Random(1), answer=commands.answer,
            complete=commands.complete, form=commands.form,
            targets=lambda: [Target("discord", place) for place in self.places.values()],
            api_url=self.discord.api_url, gateway_url=self.discord.gateway_url,
        )  # fmt: skip

    async def listening(self) -> None:
        await until(self.discord.gateway.identified.is_set)

    def standing(self, place: str) -> list[dict[str, Any]]:
        return self.discord.world.channels[self.place(place)].messages

    def seen(self, place: str, who: str, message: dict[str, Any]) -> Seen:
        return Seen(self.place(place), self.person(who), message=message)

    async def press(self, place: str, who: str, label: str, click: str = "", at: int = -1) -> str:
        """The answer to pressing a button of a message that stands in a place."""
        seen = self.seen(place, who, self.standing(place)[at])
        name = full(label, seen.buttons)
        return (await self.discord.press(seen, name, user=self.person(who), click=click)).text

    async def write(self, place: str, who: str, text: str, click: str = "") -> str:
        """The answer to a comment, written in the window that its button opens."""
        seen = self.seen(place, who, self.standing(place)[-1])
        opened = await self.discord.press(seen, "Comment", user=self.person(who))
        return (await self.discord.people.fill(opened, {"text": text}, click=click)).text

    async def forge(self, place: str, who: str, verb: str, state: str) -> str:
        """The answer to a button that never stood there."""
        seen = self.seen(place, who, {**self.standing("soc")[0], "channel_id": self.place(place)})
        forged = f"nd:act:{verb}:{state}"
        return (await self.discord.press(seen, custom_id=forged, user=self.person(who))).text

    def labels(self, place: str, at: int = -1) -> list[str]:
        return list(self.seen(place, "anybody", self.standing(place)[at]).buttons)

    def text(self, place: str, at: int = -1) -> str:
        return self.seen(place, "anybody", self.standing(place)[at]).text

    def private(self, who: str) -> str:
        """What stands in the direct messages with a person."""
        place = self.discord.world.direct(self.person(who))
        return "\n".join(Seen("", who, message=one).text for one in place.messages)

    async def ask(self, who: str, verb: str) -> str:
        """The answer to a command, with the labels of its buttons."""
        seen = await self.discord.command(verb, user=self.person(who))
        return "\n".join((seen.text, *seen.buttons))

    @property
    def edits(self) -> int:
        return self.discord.count("edit")

    @property
    def violations(self) -> Sequence[str]:
        return self.discord.violations


Room = SlackRoom | DiscordRoom


def full(label: str, labels: Sequence[str] | dict[str, Any]) -> str:
    """A button's whole label, which may count."""
    return next(one for one in labels if one == label or one.startswith(f"{label} ·"))


@asynccontextmanager
async def room_on(platform: str) -> AsyncIterator[Room]:
    """A platform of our own; every body that it was sent is checked at the end."""
    if platform == "slack":
        async with FakeSlack() as slack:
            yield (slack_room := SlackRoom(slack))
            assert slack_room.violations == []
    else:
        async with FakeDiscord(limits=False) as discord:
            yield (discord_room := DiscordRoom(discord))
            assert discord_room.violations == []


@asynccontextmanager
async def bot_in(
    room: Room, folder: Path, clock: FakeClock | None = None, **changes: Any
) -> AsyncIterator[Bot]:
    """A bot whose one channel is `soc`; closed and opened again it goes on where it was."""
    clock = clock or FakeClock()
    place = room.place("soc")
    soc = Channel("soc", Target(room.platform, place), thread=changes.pop("thread", False))
    settings = Settings(channels=(soc,), **changes)
    archive = await Archive.open(folder / "news.db")
    chats: dict[str, Chat] = {}
    commands = Commands(archive, lambda: settings, clock)
    chat = chats[room.platform] = room.chat(commands)
    courier = Courier(archive, chats, lambda: settings, clock, watching=Watchers().channel)
    await chat.start()
    await room.listening()
    try:
        yield Bot(archive, settings, clock, chat, courier, room)
    finally:
        await courier.stop(1)
        await chat.close()
        await archive.close()


async def tell(bot: Bot) -> None:
    """A story whose card stands in the channel from now on."""
    await bot.archive.register_channels(bot.settings.every_channel, bot.clock.now())
    place = Destination(bot.room.platform, bot.room.place("soc"))
    await bot.archive.commit_poll(poll(of_story(STORY, 1), posts=(card(1, place),)))
    await bot.round()
