"""Useful and Noise from the press to the label, on both platforms, through restarts and forgeries."""

from pathlib import Path

import pytest

from digests.config import People
from digests.model import Feedback
from tests.platforms.rooms import STORY, Room, bot_in, room_on, tell


@pytest.fixture(params=["slack", "discord"])
async def room(request):
    async with room_on(request.param) as room:
        yield room


async def test_votes_are_counted_in_the_label_a_minute_later(room: Room, tmp_path: Path) -> None:
    async with bot_in(room, tmp_path) as bot:
        await tell(bot)
        assert {"Useful", "Noise"} <= set(room.labels("soc"))
        assert "Noted: useful" in await room.press("soc", "ana", "Useful")
        assert "Noted: noise" in await room.press("soc", "bo", "Noise")
        assert "Noted: useful" in await room.press("soc", "bo", "Useful")  # changed
        assert "Noted: noise" in await room.press("soc", "cleo", "Noise")
        assert "taken back" in await room.press("soc", "cleo", "Noise")
        await bot.round()
        assert {"Useful · 2", "Noise"} <= set(room.labels("soc"))


async def test_many_presses_make_few_edits(room: Room, tmp_path: Path) -> None:
    async with bot_in(room, tmp_path) as bot:
        await tell(bot)
        for number in range(20):
            await room.press("soc", f"reader{number}", "Useful")
            await bot.round(seconds=1)
        assert room.edits <= 2
        await bot.round()
        await bot.round()
        assert "Useful · 20" in room.labels("soc")
        assert room.edits <= 2


async def test_a_press_delivered_again_after_a_restart_does_nothing(
    room: Room, tmp_path: Path
) -> None:
    async with bot_in(room, tmp_path) as bot:
        await tell(bot)
        await room.press("soc", "ana", "Useful", click="9007")
    async with bot_in(room, tmp_path, bot.clock) as bot:
        assert "Noted: useful" in await room.press("soc", "ana", "Useful", click="9007")
        assert await bot.archive.readers.feedback(STORY.id) == Feedback(useful=1)
        assert "taken back" in await room.press("soc", "ana", "Useful", click="9008")
        await bot.round()
        assert "Useful" in room.labels("soc")


async def test_forged_presses_do_nothing_and_are_answered(room: Room, tmp_path: Path) -> None:
    async with bot_in(room, tmp_path) as bot:
        await tell(bot)
        assert "not told here" in await room.forge("elsewhere", "ana", "useful", STORY.key)
        for state in ("k999", "", "0", "../../etc", "' OR 1=1 --", "k001 k001", "\ud7ff" * 40):
            answer = await room.forge("soc", "ana", "useful", state)
            assert answer
            assert "Something went wrong" not in answer
        assert await room.forge("soc", "ana", "praise", STORY.key)
        assert await bot.archive.readers.feedback(STORY.id) == Feedback()


async def test_who_is_no_reader_has_no_vote(room: Room, tmp_path: Path) -> None:
    ana = frozenset({room.person("ana")})
    async with bot_in(room, tmp_path, readers=People(slack=ana, discord=ana)) as bot:
        await tell(bot)
        assert "Noted: useful" in await room.press("soc", "ana", "Useful")
        assert "may not search here" in await room.press("soc", "eve", "Useful")
        assert await bot.archive.readers.feedback(STORY.id) == Feedback(useful=1)
