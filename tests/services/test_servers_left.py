"""A file that names a server of Discord no more, as the application takes it up."""

from pathlib import Path

from bot import app, serving
from bot.settings import Environment, read
from digests.model import Target, Watch, WatchId
from digests.testing import FakeClock
from tests.fakediscord import CHANNEL, GUILD, TOKEN, FakeDiscord

ELSEWHERE, THEIRS = "200000000000000002", "600000000000000002"
FILE = """
feeds: [{{url: "https://a.example/feed", name: Alpha}}]
channels: [{{name: soc, to: "discord:{channel}"}}]
"""


def environment(folder: Path, fake: FakeDiscord) -> Environment:
    values = {
        "DISCORD_TOKEN": TOKEN,
        "DISCORD_API_URL": fake.api_url,
        "DISCORD_GATEWAY_URL": fake.gateway_url,
    }
    return read(values, config=str(folder / "feeds.yaml"))


async def test_a_file_that_names_a_server_no_more_pauses_its_watches_and_one_that_does_ends_that(
    tmp_path: Path,
) -> None:
    file = tmp_path / "feeds.yaml"
    file.write_text(FILE.format(channel=CHANNEL), "utf-8")
    async with FakeDiscord() as fake:
        fake.world.add_guild(ELSEWHERE, "Elsewhere")
        fake.world.add_channel(THEIRS, guild=ELSEWHERE)
        assert fake.world.channels[CHANNEL].guild == GUILD
        clock = FakeClock()
        async with app.opened(environment(tmp_path, fake), clock=clock, spacing=0) as one:
            here = Watch(WatchId(0), "discord:7", "x", Target("discord", CHANNEL), clock.now())
            await one.archive.watches.add(here)
            watcher = serving.Watcher(one.env.config, one.env.values, clock)
            watcher.poll()
            for channel, paused in ((THEIRS, [f"watch:discord:7>{CHANNEL}"]), (CHANNEL, [])):
                file.write_text(FILE.format(channel=channel), "utf-8")
                for _ in range(5):
                    clock.advance(5)
                    await serving._reload(one, watcher)
                assert one.settings.channels[0].to == Target("discord", channel)
                assert list(await one.archive.paused()) == paused
            await app.close_chats(one)
