"""Pauses in the application itself: the bot ends its own, editors end theirs, a restart ends none."""

from pathlib import Path

from bot import app
from bot.commands import Asker, Request
from bot.settings import Environment
from digests.testing import FakeClock

FILE = """
feeds: [{url: "https://a.example/feed", name: Alpha}]
channels: [{name: soc, to: terminal}, {name: ops, to: "slack:#ops"}]
"""
ALICE = Asker("terminal", "alice")


async def test_an_editors_pause_outlives_the_hourly_try_and_a_restart(tmp_path: Path) -> None:
    config = tmp_path / "feeds.yaml"
    config.write_text(FILE, "utf-8")
    env, clock = Environment(config, str(tmp_path / "n.db"), {}), FakeClock()
    async with app.opened(env, clock=clock, spacing=0) as one:
        for name in ("soc", "Alpha"):
            await one.commands.answer(Request("pause", name, {}, ALICE))
        await one.archive.pause_channel("ops", "not_in_channel")
        await one.retry_channels()
        assert list(await one.archive.paused()) == ["soc"]
    async with app.opened(env, clock=clock, spacing=0) as again:
        await again.retry_channels()
        assert list(await again.archive.paused()) == ["soc"]
        assert again.desk.due() == []
        for name in ("soc", "Alpha"):
            await again.commands.answer(Request("resume", name, {}, ALICE))
        assert await again.archive.paused() == {}
        assert [feed.name for feed in again.desk.due()] == ["Alpha"]
