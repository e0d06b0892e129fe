"""Who is let in, through the real libraries: in public, in private, and under forged names.

Checked for commands, buttons, forms and completion alike; who is refused learns nothing.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from bot.commands import Commands
from bot.commands.table import TABLE
from bot.platforms.discord.chat import DiscordChat
from bot.platforms.discord.controls import ACT, TURN
from bot.platforms.slack.chat import SlackChat
from digests.archive.records import PollRecord, StoryRecord
from digests.archive.store import Archive
from digests.config import People, Settings
from digests.desk.watchkeeping import Watchkeeper
from digests.feeds.pace import FeedState
from digests.model import IndexTokens, Target
from digests.rules.watchers import Watchers
from digests.testing import FakeClock, build_story
from digests.text.tokens import terms
from tests.fakediscord import CHANNEL, GUILD, OWNER, TOKEN, FakeDiscord
from tests.fakeslack import APP_TOKEN, BOT_TOKEN, FakeSlack
from tests.platforms.test_discord_commands import Hasty, until
from tests.platforms.test_slack_commands import Quick

STRANGER, ANALYST, ROLE = "4711", "4712", "700000000000000002"
ELSEWHERE, THEIRS = "200000000000000009", "600000000000000009"
PRIVATE = "690000000000000001"
NOT_SET_UP, NO_READER = "not set up here", "may not search here"


@pytest.fixture
async def archive(tmp_path: Path) -> AsyncIterator[Archive]:
    archive = await Archive.open(tmp_path / "a.db")
    story = build_story(1)
    words = IndexTokens(terms(story.headline, "en"), terms(" ".join(story.sentences), "en"))
    url = "https://news.example/feed"
    record = StoryRecord(story, words, 1)
    await archive.commit_poll(PollRecord(url, FeedState(url=url), story.seen, new=(record,)))
    yield archive
    await archive.close()


@asynccontextmanager
async def discord(archive: Archive, readers: People | None = None) -> AsyncIterator[FakeDiscord]:
    """A bot in two guilds, of which the file names a channel of the first."""
    settings = Settings(readers=readers or People(everyone=True))
    chats: list[DiscordChat] = []
    keeper = Watchkeeper(archive, Watchers())
    commands = Commands(
        archive, lambda: settings, FakeClock(), lambda _: chats[0].homes(), watches=keeper
    )
    async with FakeDiscord() as fake:
        fake.world.add_guild(ELSEWHERE, "Elsewhere")
        fake.world.add_channel(THEIRS, guild=ELSEWHERE)
        fake.world.add_channel(PRIVATE, guild=None, type=1)
        fake.world.members[GUILD] = {ANALYST: [ROLE]}
        chat = DiscordChat(
            TOKEN, clock=Hasty(), random=Random(1), answer=commands.answer,
            complete=commands.complete, form=commands.form,
            targets=lambda: [Target("discord", CHANNEL)],
            api_url=fake.api_url, gateway_url=fake.gateway_url,
        )  # fmt: skip
        chats.append(chat)
        await chat.start()
        await until(lambda: GUILD in chat.homes())
        try:
            yield fake
        finally:
            await chat.close()
        assert fake.violations == []


async def forged(fake: FakeDiscord, user: str, channel: str) -> list[str]:
    """All that somebody can send: every command, every button, a page; what is shown for it."""
    seen = await fake.command("latest", user=user, channel=channel)
    buttons = [f"{TURN}>q:abc:1"]
    buttons += [
        f"{ACT}{verb.name}:{state}" for verb in TABLE.verbs for state in ("gateways", "k001")
    ]
    typed = [
        await fake.command(
            one.name, {o.name: "x" for o in one.options}, user=user, channel=channel
        )
        for one in TABLE.listed()
    ]
    pressed = [await fake.press(seen, custom_id=one, user=user) for one in buttons]
    return [one.text for one in (seen, *typed, *pressed)]


@pytest.mark.parametrize(("user", "channel"), [(STRANGER, PRIVATE), (OWNER, THEIRS)])
async def test_whoever_is_in_no_server_of_the_file_gets_nothing_whatever_is_sent(
    archive: Archive, user: str, channel: str
) -> None:
    async with discord(archive) as fake:
        shown = await forged(fake, user, channel)
        assert len(shown) > 60
        assert {NOT_SET_UP in text for text in shown} == {True}
        for option in ("publisher", "topic", "actor"):
            assert await fake.typing("search", option, "", user=user, channel=channel) == []
        opened = await fake.command("search", user=user, channel=channel)
        assert not opened.window
        assert NOT_SET_UP in opened.text
    assert await archive.watches.every() == []


async def test_a_member_is_answered_in_private_and_asked_about_once(archive: Archive) -> None:
    async with discord(archive) as fake:
        for _ in range(3):
            seen = await fake.command(
                "search", {"query": "gateways"}, user=ANALYST, channel=PRIVATE
            )
            assert "1 story" in seen.text
        assert fake.count("member", "accepted") == 1
        opened = await fake.command("search", user=ANALYST, channel=PRIVATE)
        assert opened.window


async def test_a_role_lets_its_bearers_in_also_in_private_and_nobody_else(
    archive: Archive,
) -> None:
    async with discord(archive, People(discord=frozenset({f"role:{ROLE}"}))) as fake:
        for user, refused in ((ANALYST, False), (OWNER, True)):
            seen = await fake.command("search", {"query": "gateways"}, user=user, channel=PRIVATE)
            assert (NO_READER in seen.text) is refused
        seen = await fake.command("latest", user=STRANGER, channel=PRIVATE, roles=[ROLE])
        assert NOT_SET_UP in seen.text


async def test_while_discord_does_not_say_who_belongs_nobody_is_let_in(archive: Archive) -> None:
    async with discord(archive) as fake:
        fake.faults.plan("503_before", on="member")
        for said in ("cannot be seen just now", "1 story"):
            seen = await fake.command(
                "search", {"query": "gateways"}, user=ANALYST, channel=PRIVATE
            )
            assert said in seen.text


@asynccontextmanager
async def slack(archive: Archive) -> AsyncIterator[tuple[FakeSlack, str]]:
    chats: list[SlackChat] = []
    keeper = Watchkeeper(archive, Watchers())
    commands = Commands(archive, Settings, FakeClock(), lambda _: chats[0].homes(), watches=keeper)
    async with FakeSlack() as fake:
        soc = fake.add_channel("soc")
        chat = SlackChat(
            BOT_TOKEN, APP_TOKEN, answer=commands.answer, form=commands.form, clock=Quick(),
            random=Random(1), base_url=fake.api_url, targets=[Target("slack", "#soc")],
        )  # fmt: skip
        chats.append(chat)
        await chat.start()
        await fake.connected()
        try:
            yield fake, soc
        finally:
            await chat.close()
        assert fake.violations == []


async def test_people_of_another_workspace_in_a_shared_channel_get_nothing(
    archive: Archive,
) -> None:
    async with slack(archive) as (fake, soc):
        alice, guest = fake.add_user("alice"), fake.add_user("guest")
        fake.teams[guest] = "T0OTHER"
        seen = await fake.command("/digest search gateways", user=alice, channel=soc)
        assert "1 story" in seen.text
        for verb in TABLE.verbs:
            shown = await fake.command(f"/digest {verb.name} gateways", user=guest, channel=soc)
            assert NOT_SET_UP in shown.text
        seen = await fake.command("/digest watch add gateways", user=alice, channel=soc)
        for label in seen.buttons:  # whoever sees a button may press it
            assert NOT_SET_UP in (await fake.press(replace(seen, user=guest), label)).text
    assert [one.owner for one in await archive.watches.every()] == [f"slack:{alice}"]


async def test_a_direct_message_in_slack_is_answered_to_people_of_the_workspace(
    archive: Archive,
) -> None:
    async with slack(archive) as (fake, _):
        alice, guest = fake.add_user("alice"), fake.add_user("guest")
        fake.teams[guest] = "T0OTHER"
        for user, said in ((alice, "1 story"), (guest, NOT_SET_UP)):
            place = fake.open_private(user)
            seen = await fake.command("/digest latest", user=user, channel=place)
            assert said in seen.text
