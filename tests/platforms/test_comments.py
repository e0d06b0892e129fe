"""Comments from the form to the card and back, on both platforms: nothing is shown before review."""

from pathlib import Path

import pytest

from digests.config import People
from digests.model import Target
from tests.platforms.rooms import STORY, Bot, Room, bot_in, room_on, tell

HOSTILE = (
    "@everyone <!channel> <@1> [click](https://evil.example) **bold** `code` \u202egnp.exe "
    "https://evil.example/x?a=b"
)


@pytest.fixture(params=["slack", "discord"])
async def room(request):
    async with room_on(request.param) as room:
        yield room


def reviewed(room: Room, folder: Path, clock=None, **changes):
    """A bot whose comments wait in the channel `review`, where ed is the editor."""
    ed = frozenset({room.person("ed")})
    review = Target(room.platform, room.place("review"))
    room.place("soc")
    return bot_in(
        room, folder, clock, review=review, editors=People(slack=ed, discord=ed), **changes
    )


async def rounds(bot: Bot) -> None:
    await bot.round()
    await bot.round()


async def test_a_comment_is_shown_after_an_editor_approved_it_and_its_writer_is_told(
    room: Room, tmp_path: Path
) -> None:
    async with reviewed(room, tmp_path) as bot:
        await tell(bot)
        assert "An editor reads it first" in await room.write("soc", "ana", "We saw this too.")
        await rounds(bot)
        assert "We saw this too." not in room.text("soc")
        assert "We saw this too." in room.text("review")
        assert STORY.headline in room.text("review")
        assert room.labels("review") == ["Approve", "Reject"]
        assert await room.press("review", "ed", "Approve") == "Nightdesk\nApproved."
        await rounds(bot)
        assert "Comment by " in room.text("soc")
        assert "We saw this too." in room.text("soc")
        assert room.labels("review") == []
        assert "approved" in room.text("review")
        assert "stands under the card now" in room.private("ana")


async def test_a_rejected_comment_is_shown_nowhere_and_its_writer_is_told(
    room: Room, tmp_path: Path
) -> None:
    async with reviewed(room, tmp_path) as bot:
        await tell(bot)
        await room.write("soc", "ana", "Buy my product")
        await rounds(bot)
        await room.press("review", "ed", "Reject")
        await rounds(bot)
        assert "Buy my product" not in room.text("soc")
        assert "decided not to show" in room.private("ana")


async def test_the_first_decision_wins_and_editors_alone_decide(
    room: Room, tmp_path: Path
) -> None:
    async with reviewed(room, tmp_path) as bot:
        await tell(bot)
        await room.write("soc", "ana", "Mine")
        await rounds(bot)
        for label in ("Approve", "Reject"):
            assert "for editors" in await room.press("review", "ana", label)
        old = dict(room.standing("review")[-1])
        await room.press("review", "ed", "Reject")
        await rounds(bot)
        room.standing("review")[-1] |= {k: old[k] for k in ("blocks", "components") if k in old}
        assert "rejected before" in await room.press("review", "ed", "Approve")
        await rounds(bot)
        assert "Mine" not in room.text("soc")
        for state in ("", "0", "c999", "1 OR 1=1", "9" * 80, "-1"):
            answer = await room.forge("review", "ed", "approve", state)
            assert answer
            assert "Something went wrong" not in answer


async def test_a_comment_is_kept_through_restarts_and_repeated_deliveries(
    room: Room, tmp_path: Path
) -> None:
    async with reviewed(room, tmp_path) as bot:
        await tell(bot)
        await room.write("soc", "ana", "Once", click="7001")
    async with reviewed(room, tmp_path, bot.clock) as bot:
        assert "An editor reads it first" in await room.write("soc", "ana", "Once", click="7001")
        await rounds(bot)
        assert len(room.standing("review")) == 1
    async with reviewed(room, tmp_path, bot.clock) as bot:
        await room.press("review", "ed", "Approve")
    async with reviewed(room, tmp_path, bot.clock) as bot:
        await rounds(bot)
        assert room.text("soc").count("Once") == 1
        assert room.private("ana").count("Once") == 1


async def test_hostile_comments_neither_ping_nor_format_nor_hide_links(
    room: Room, tmp_path: Path
) -> None:
    async with reviewed(room, tmp_path) as bot:
        await tell(bot)
        for number in range(5):
            await room.write("soc", f"eve{number}", HOSTILE + "x" * 300)
            await rounds(bot)
            await room.press("review", "ed", "Approve")
            await rounds(bot)
        body = str(room.standing("soc")[-1])
        assert body.count("evil.example") >= 5
        assert "\u202e" not in body
        if room.platform == "discord":  # Slack's runs of text know no such markup
            assert "[click](https" not in body
        assert "'mention_everyone': True" not in body
    # What else must not happen, the stand-ins judge: see `violations`.


async def test_too_much_and_nothing_are_refused(room: Room, tmp_path: Path) -> None:
    async with reviewed(room, tmp_path) as bot:
        await tell(bot)
        assert "Nothing was written" in await room.write("soc", "ana", "\u200b \u200b")
        for number in range(3):
            await room.write("soc", "ana", f"number {number}")
        assert "Enough" in await room.write("soc", "ana", "one more")
        await rounds(bot)
        assert len(room.standing("review")) == 3


async def test_without_a_review_channel_there_is_no_button_and_an_old_one_says_so(
    room: Room, tmp_path: Path
) -> None:
    async with bot_in(room, tmp_path) as bot:
        await tell(bot)
        assert "Comment" not in room.labels("soc")
        assert "no review" in await room.forge("soc", "ana", "comment", STORY.key)


async def test_a_comment_for_what_was_not_told_there_is_refused(
    room: Room, tmp_path: Path
) -> None:
    async with reviewed(room, tmp_path) as bot:
        await tell(bot)
        await room.write("soc", "ana", "Here")
        await rounds(bot)
        room.standing("review").append(dict(room.standing("soc")[-1]))
        assert "not told here" in await room.write("review", "ana", "There")


async def test_what_a_person_takes_back_is_deleted_everywhere(room: Room, tmp_path: Path) -> None:
    async with reviewed(room, tmp_path) as bot:
        await tell(bot)
        await room.write("soc", "ana", "Forget this")
        await rounds(bot)
        await room.press("review", "ed", "Approve")
        await rounds(bot)
        assert "Forget this" in room.text("soc")
        assert await bot.archive.readers.forget(f"{room.platform}:{room.person('ana')}") == 1
        await rounds(bot)
        assert "Forget this" not in room.text("soc")
        assert room.standing("review") == []
        assert room.private("ana") == ""


async def test_where_threads_are_wanted_comments_stand_in_the_thread(
    room: Room, tmp_path: Path
) -> None:
    async with reviewed(room, tmp_path, thread=True) as bot:
        await tell(bot)
        await room.write("soc", "ana", "In the thread")
        await rounds(bot)
        await room.press("review", "ed", "Approve")
        await rounds(bot)
        assert "In the thread" not in room.text("soc", 0)
        assert "In the thread" in room.text("soc", 1)


async def test_editors_see_what_waits(room: Room, tmp_path: Path) -> None:
    async with reviewed(room, tmp_path) as bot:
        await tell(bot)
        await room.write("soc", "ana", "Please read me")
        assert "for editors" in await room.ask("ana", "review")
        shown = await room.ask("ed", "review")
        assert "Please read me" in shown
        assert "Approve c1" in shown
