"""Every command on both platforms: the real libraries, a real archive, and bodies that are checked."""

from pathlib import Path
from random import Random

import pytest

from bot.commands import Commands
from bot.commands.table import listed
from bot.platforms.discord.chat import DiscordChat
from bot.sharing import Sharing
from digests.archive.records import PollRecord, StoryRecord
from digests.archive.store import Archive
from digests.config import Settings
from digests.feeds.pace import FeedState
from digests.model import Feed, IndexTokens, Name, Source, Target
from digests.testing import FakeClock, build_story
from digests.text.tokens import terms
from tests.fakediscord import CHANNEL, TOKEN, FakeDiscord
from tests.platforms.test_discord_commands import Hasty, until

HOSTILE = "*_~|<@1> <!channel> [x](javascript:1) `" + "\u202e" + "ل" * 40
FEED = Feed("https://news.example/feed", "News " + HOSTILE, "news.example")


@pytest.fixture
async def archive(tmp_path: Path):
    archive = await Archive.open(tmp_path / "s.db")
    clock = FakeClock()
    names = (Name("actor", "Turla " + HOSTILE), Name("malware", "Emotet"))
    also = tuple(
        Source(f"p{n}.example", "F", HOSTILE, "https://p.example/1", clock.now())
        for n in range(30)
    )
    stories = [
        build_story(n, headline=f"Gateway {HOSTILE} {n}", names=names, also=also)
        for n in range(1, 30)
    ]
    records = [
        StoryRecord(s, IndexTokens(terms(s.headline, "en"), terms(" ".join(s.sentences), "en")), n)
        for n, s in enumerate(stories, 1)
    ]
    state = FeedState(url=FEED.url)
    await archive.commit_poll(PollRecord(FEED.url, state, clock.now(), new=tuple(records)))
    yield archive
    await archive.close()


def commands_of(archive: Archive, chats) -> Commands:
    settings = Settings(feeds=(FEED,) * 3)
    return Commands(archive, lambda: settings, FakeClock(), share=Sharing(chats, Random(1)))


async def test_every_command_of_discord_is_answered_and_shared(archive: Archive) -> None:
    chats: dict[str, DiscordChat] = {}
    commands = commands_of(archive, chats)
    async with FakeDiscord() as fake:
        chat = chats["discord"] = DiscordChat(
            TOKEN, clock=Hasty(), random=Random(1), answer=commands.answer,
            complete=commands.complete, form=commands.form,
            targets=lambda: [Target("discord", CHANNEL)],
            api_url=fake.api_url, gateway_url=fake.gateway_url,
        )  # fmt: skip
        await chat.start()
        await until(fake.gateway.identified.is_set)
        for locale in ("en-US", "ar"):
            for verb in listed():
                if " " in verb.name or verb.form:
                    continue
                words = {"id": "k001"} if verb.options and verb.options[0].name == "id" else {}
                seen = await fake.command(verb.name, words, locale=locale)
                assert seen.answered
                assert seen.ephemeral
                assert "Something went wrong" not in seen.text
        seen = await fake.command("search", {"query": "gateway"})
        before = fake.count("create")
        told = await fake.press(seen, "Share")
        assert "Posted here" in told.text
        assert fake.count("create") == before + 1
        await chat.close()
    assert fake.violations == []
