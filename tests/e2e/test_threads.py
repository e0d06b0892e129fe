"""A story that changes: its cards are edited and one line is said under each, on every platform."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.app import App, close_chats, opened
from bot.once import once
from bot.settings import Environment, Secret
from digests.model import PostState
from tests.fakediscord import CHANNEL, TOKEN, FakeDiscord
from tests.fakediscord.world import CREATE_THREADS, SEND_IN_THREADS
from tests.fakefeeds import FakeFeeds
from tests.fakeslack import APP_TOKEN, BOT_TOKEN, FakeSlack
from tests.services.test_corrections import TOLD, rss

FORUM = "600000000000000777"
CHANNELS = f"""
channels:
  - {{name: soc, to: "slack:#soc", thread: true}}
  - {{name: guild, to: "discord:{CHANNEL}", thread: true, language: de}}
  - {{name: board, to: "discord:{FORUM}"}}
  - {{name: desk, to: terminal, thread: true}}
"""
BEFORE, AFTER = "Meridian fixes gateway flaw in 7.4.3", "Meridian fixes gateway flaw in 7.4.5"


class Everybody:
    """A publisher and both stand-ins; the application between them is started anew each round."""

    def __init__(
        self, folder: Path, feeds: FakeFeeds, slack: FakeSlack, discord: FakeDiscord
    ) -> None:
        self.feeds, self.slack, self.discord = feeds, slack, discord
        self.soc = slack.add_channel("soc")
        config = folder / "feeds.yaml"
        config.write_text(
            "defaults: {welcome: first, every: 1m, max_age: none, full_text: false}\n"
            "network: {allow: [127.0.0.0/8]}\n"
            f'feeds:\n  - {{url: "{feeds.url()}", first: all, security: true}}\n{CHANNELS}'
        )
        off = {f"NIGHTDESK_{name}": "off" for name in ("KEV", "EPSS", "CVE")}
        self.env = Environment(
            config, str(folder / "nightdesk.db"), off,
            slack_bot_token=Secret(BOT_TOKEN), slack_app_token=Secret(APP_TOKEN),
            discord_token=Secret(TOKEN), slack_api_url=slack.api_url,
            discord_api_url=discord.api_url, discord_gateway_url=discord.gateway_url,
        )  # fmt: skip

    async def tell(self, *told: tuple[str, str]) -> None:
        """The publisher says one after the other, and everybody hears of it."""
        async with opened(self.env, spacing=0) as app:
            for chat in app.chats.values():
                await chat.start()
            async with asyncio.timeout(20):
                await self.discord.gateway.identified.wait()
                for headline, cve in told:
                    self.feeds.publish("/feed", rss(headline, TOLD.format(cve=cve)))
                    await once(app, everything=True, done=lambda _: None)
                    await self.edited(app)
            self.posts = await app.archive.outbox.counts()
            await close_chats(app)

    async def edited(self, app: App) -> None:
        while await app.archive.outbox.edits_due(app.clock.now()):
            await app.courier.round()
            await app.courier.drained()

    def forum_post(self) -> str:
        (post,) = [one for one in self.discord.world.channels.values() if one.parent == FORUM]
        return post.id


@asynccontextmanager
async def everybody(folder: Path) -> AsyncIterator[Everybody]:
    async with (
        FakeFeeds({"/feed": b""}) as feeds,
        FakeSlack() as slack,
        FakeDiscord() as discord,
    ):
        discord.world.more = CREATE_THREADS | SEND_IN_THREADS
        discord.world.add_forum(FORUM, "Vulnerability")
        yield Everybody(folder, feeds, slack, discord)
        assert discord.violations == []
        assert slack.violations == []


async def test_a_correction_edits_every_card_and_is_said_once_under_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with everybody(tmp_path) as all_of_them:
        await all_of_them.tell((BEFORE, "CVE-2026-40001"))
        assert all_of_them.posts[PostState.SENT] == 4
        await all_of_them.tell((AFTER, "CVE-2026-40002"), (AFTER, "CVE-2026-40002"))
        assert all_of_them.posts[PostState.SENT] == 8
        discord, slack = all_of_them.discord, all_of_them.slack

        card, line = slack.places[all_of_them.soc].messages
        assert AFTER in str(card["blocks"])
        assert line["thread_ts"] == card["ts"]
        assert "The publisher now names CVE-2026-40002" in str(line)

        (card,) = discord.messages(CHANNEL)
        assert card["embeds"][0]["title"] == AFTER
        (line,) = discord.messages(card["id"])
        assert "Der Herausgeber nennt jetzt CVE-2026-40002" in str(line)

        post = all_of_them.forum_post()
        card, line = discord.messages(post)
        assert card["embeds"][0]["title"] == AFTER
        assert f"before: {BEFORE}" in str(line)
        assert len(discord.world.channels[post].applied) == 1
        assert f"↳ {AFTER}" in capsys.readouterr().out
