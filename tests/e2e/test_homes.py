"""Where commands are answered: the whole application between both stand-ins."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.app import App, close_chats, opened
from bot.settings import Environment, Secret
from tests.fakediscord import CHANNEL, TOKEN, FakeDiscord
from tests.fakeslack import APP_TOKEN, BOT_TOKEN, FakeSlack

ABROAD, ELSEWHERE = "200000000000000009", "600000000000000009"
NOT_HERE, HERE = "not set up here", "Nothing found"


@asynccontextmanager
async def desk(
    folder: Path, to: str, slack: FakeSlack, discord: FakeDiscord
) -> AsyncIterator[App]:
    """The application with both accounts and one channel, listening."""
    config = folder / "feeds.yaml"
    feeds = "feeds:\n  - {url: http://127.0.0.1:9/feed}\nnetwork: {allow: [127.0.0.0/8]}\n"
    config.write_text(f'{feeds}channels:\n  - {{name: soc, to: "{to}"}}\n')
    env = Environment(
        config, str(folder / "nightdesk.db"), {},
        slack_bot_token=Secret(BOT_TOKEN), slack_app_token=Secret(APP_TOKEN),
        discord_token=Secret(TOKEN), slack_api_url=slack.api_url,
        discord_api_url=discord.api_url, discord_gateway_url=discord.gateway_url,
    )  # fmt: skip
    async with opened(env) as app:
        for chat in app.chats.values():
            await chat.start()
        async with asyncio.timeout(10):
            await discord.gateway.identified.wait()
        try:
            yield app
        finally:
            await close_chats(app)


@pytest.fixture
async def discord() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as fake:
        fake.world.add_guild(ABROAD, "Elsewhere")
        fake.world.add_channel(ELSEWHERE, guild=ABROAD)
        yield fake


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack() as fake:
        yield fake


async def test_only_the_guild_with_a_channel_of_the_file_is_answered(
    tmp_path: Path, slack: FakeSlack, discord: FakeDiscord
) -> None:
    private = discord.world.add_channel("690000000000000001", guild=None, type=1)
    async with desk(tmp_path, f"discord:{CHANNEL}", slack, discord) as app:
        async with asyncio.timeout(10):
            while len(app.chats["discord"].homes()) < 2:  # noqa: ASYNC110 - the gateway tells
                await asyncio.sleep(0.01)
        assert HERE in (await discord.command("latest")).text
        assert HERE in (await discord.command("latest", channel=private)).text
        assert NOT_HERE in (await discord.command("latest", channel=ELSEWHERE)).text
        soc, alice = slack.add_channel("soc"), slack.add_user("alice")
        seen = await slack.command("/digest latest", user=alice, channel=soc)
        assert NOT_HERE in seen.text


async def test_a_workspace_with_a_channel_is_answered_and_discord_is_not(
    tmp_path: Path, slack: FakeSlack, discord: FakeDiscord
) -> None:
    soc, alice = slack.add_channel("soc"), slack.add_user("alice")
    async with desk(tmp_path, "slack:#soc", slack, discord):
        private = slack.open_private(alice)
        for channel in (soc, private):
            seen = await slack.command("/digest latest", user=alice, channel=channel)
            assert HERE in seen.text
        assert NOT_HERE in (await discord.command("latest")).text
