"""Lines in threads under cards: opened once, written once, done without where they cannot be."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.platforms.discord import gateway
from digests.clock import SystemClock
from digests.model import Absent, Destination, Found, Gone, Notice, Posted, Rejected, Retry, Scope
from tests.fakediscord import CHANNEL, TOKEN, FakeDiscord
from tests.fakediscord.world import CREATE_THREADS, SEND_IN_THREADS
from tests.platforms.test_discord_chat import talking

PLACE = Destination("discord", CHANNEL)
CARD = Notice("Meridian fixes `gateway` flaw @everyone", "Some text.")
LINE = Notice("Meridian fixes gateway flaw", "Known to be exploited: CVE-2026-40001", aside=True)
THREADS = CREATE_THREADS | SEND_IN_THREADS


async def card_in(chat) -> str:
    posted = await chat.post(PLACE, CARD, mark="card", nonce="c1")
    assert isinstance(posted, Posted)
    return posted.message_id


async def line_under(chat, card: str, *, mark: str = "line", content: Notice = LINE):
    return await chat.post(PLACE, content, mark=mark, nonce=mark, reply_to=card)


async def find(chat, card: str, *, mark: str = "line", place: Destination = PLACE):
    since = SystemClock().now()
    return await chat.find(
        place, mark=mark, nonce=mark, since=since, watermark=card.rpartition("/")[2], reply_to=card
    )


async def test_a_line_stands_in_a_thread_under_its_card_and_is_found_there() -> None:
    async with talking() as (fake, chat):
        fake.world.more = THREADS
        card = await card_in(chat)
        told = await line_under(chat, card)
        assert isinstance(told, Posted)
        assert await find(chat, card) == Found(told.message_id)
        assert await find(chat, card, mark="other") == Absent()
        assert len(fake.messages()) == 1
        (line,) = fake.messages(card)
        assert "CVE-2026-40001" in line["embeds"][0]["description"]
        assert fake.world.channels[card].name == LINE.title


async def test_a_second_line_costs_one_call_and_opens_no_second_thread() -> None:
    async with talking() as (fake, chat):
        fake.world.more = THREADS
        card = await card_in(chat)
        await line_under(chat, card)
        await line_under(chat, card, mark="line2")
        assert len(fake.messages(card)) == 2
        assert fake.count("thread") == 1


async def test_a_thread_that_another_process_opened_is_used() -> None:
    async with talking() as (fake, chat):
        fake.world.more = THREADS
        card = await card_in(chat)
        await line_under(chat, card)
        chat._threads._open.clear()
        assert isinstance(await line_under(chat, card, mark="line2"), Posted)
        assert fake.count("thread", "refused 400") == 1
        assert len(fake.messages(card)) == 2


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "500_after", "half", "429"])
async def test_a_thread_of_which_nobody_knows_whether_it_was_opened_is_opened_again(fault) -> None:
    async with talking() as (fake, chat):
        fake.world.more = THREADS
        card = await card_in(chat)
        fake.faults.plan(fault, on="thread")
        outcome = await line_under(chat, card)
        assert isinstance(outcome, Retry) or fault == "half"
        if fault == "429":
            chat._rest._limits._paused_until = 0.0
            chat._rest._limits._buckets.clear()
        assert isinstance(await line_under(chat, card), Posted)
        assert len(fake.messages(card)) == 1


async def test_without_the_right_to_open_threads_the_line_is_a_reply() -> None:
    async with talking() as (fake, chat):
        card = await card_in(chat)
        told = await line_under(chat, card)
        assert isinstance(told, Posted)
        assert await find(chat, card) == Found(told.message_id)
        assert fake.world.log[-2].body["message_reference"]["message_id"] == card
        assert len(fake.messages()) == 2


async def test_in_a_locked_thread_nothing_is_said_but_in_the_channel() -> None:
    async with talking() as (fake, chat):
        fake.world.more = THREADS
        card = await card_in(chat)
        await line_under(chat, card)
        fake.world.channels[card].locked = True
        told = await line_under(chat, card, mark="line2")
        assert isinstance(told, Posted)
        assert await find(chat, card, mark="line2") == Found(told.message_id)
        assert len(fake.messages(card)) == 1
        assert len(fake.messages()) == 2


async def test_an_archived_thread_is_written_to_and_edited() -> None:
    async with talking() as (fake, chat):
        fake.world.more = THREADS
        card = await card_in(chat)
        told = await line_under(chat, card)
        fake.world.channels[card].archived_at = datetime(2026, 1, 1, tzinfo=UTC)
        other = replace(LINE, text="Corrected.")
        edited = await chat.edit(PLACE, told.message_id, other, mark="line")
        assert edited == told
        fake.world.channels[card].archived_at = datetime(2026, 1, 1, tzinfo=UTC)
        assert isinstance(await line_under(chat, card, mark="line2"), Posted)
        first, _ = fake.messages(card)
        assert first["embeds"][0]["description"] == "Corrected."


async def test_a_line_in_a_thread_can_be_taken_back() -> None:
    async with talking() as (fake, chat):
        fake.world.more = THREADS
        card = await card_in(chat)
        told = await line_under(chat, card)
        assert await chat.remove(PLACE, told.message_id) == Gone()
        assert await chat.remove(PLACE, told.message_id) == Gone()
        assert fake.messages(card) == []
        assert len(fake.messages()) == 1


async def test_a_line_whose_card_was_deleted_stands_alone() -> None:
    async with talking() as (fake, chat):
        fake.world.more = THREADS
        card = await card_in(chat)
        fake.world.delete(CHANNEL, card)
        assert isinstance(await line_under(chat, card), Posted)
        assert len(fake.messages()) == 1


async def test_without_thread_true_the_line_is_a_reply_in_the_channel() -> None:
    async with talking() as (fake, chat):
        fake.world.more = THREADS
        card = await card_in(chat)
        await line_under(chat, card, content=replace(LINE, aside=False))
        assert card not in fake.world.channels
        assert len(fake.messages()) == 2


async def test_a_channel_that_refuses_all_is_paused_and_not_taken_for_a_thread() -> None:
    async with talking() as (fake, chat):
        fake.world.more = THREADS
        card = await card_in(chat)
        fake.world.channels[CHANNEL].lacks = 1 << 10
        outcome = await line_under(chat, card)
        assert isinstance(outcome, Rejected)
        assert outcome.scope is Scope.ACCESS


async def test_the_real_library_sees_the_thread_and_the_line(monkeypatch) -> None:
    async with talking() as (fake, chat):
        fake.world.more = THREADS
        card = await card_in(chat)
        await line_under(chat, card)
        async with reader(fake, monkeypatch) as client:
            thread = await client.fetch_channel(int(card))
            assert type(thread).__name__ == "Thread"
            assert thread.parent_id == int(CHANNEL)
            (line,) = [message async for message in thread.history(limit=5)]
            assert line.embeds[0].description == "Known to be exploited: CVE-2026-40001"


@asynccontextmanager
async def reader(fake: FakeDiscord, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    """A client of discord.py that looks at what stands there."""
    gateway.load_library()
    import discord
    from discord.http import Route

    monkeypatch.setattr(Route, "BASE", fake.api_url)
    async with discord.Client(intents=discord.Intents.none()) as client:
        await client.login(TOKEN)
        yield client
