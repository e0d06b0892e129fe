"""Commands, buttons and the gateway: the real discord.py against the stand-in."""

import asyncio
import logging
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from random import Random

import pytest

from bot.commands import Asker, Reply, Request
from bot.commands.table import TABLE
from bot.platforms.discord import commands
from bot.platforms.discord.chat import DiscordChat
from digests.clock import SystemClock
from digests.model import Destination, Key, Line, Listing, Notice, Posted, Target
from tests.fakediscord import BOT_ROLE, CHANNEL, GUILD, OWNER, TOKEN, FakeDiscord
from tests.fakediscord.rules import command_faults

PLACE = Destination("discord", CHANNEL)
AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


class Hasty(SystemClock):
    """A clock whose waits are short: what takes seconds in life takes milliseconds here."""

    async def sleep(self, seconds: float) -> None:
        await super().sleep(min(seconds, 0.02))


class Desk:
    """Answers every request with a list of two pages and remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[Request] = []
        self.hold = asyncio.Event()
        self.hold.set()

    async def answer(self, request: Request) -> Reply:
        self.asked.append(request)
        await self.hold.wait()
        if request.text == "break":
            raise ValueError(request.text)
        if request.text == "story":
            return Reply(Notice("One", "story"))
        page = 2 if request.text == "q:abc:2" else 1
        line = Line(Key("k001"), f"On page {page}", "https://news.example/1", "news.example", AT)
        listing = Listing(f"Page {page}", (line,), "en")
        return Reply(listing, "q:abc:1" if page == 2 else "", "q:abc:2" if page == 1 else "")


@asynccontextmanager
async def listening(
    fake: FakeDiscord, desk: Desk, *, token: str = TOKEN, wait: bool = True
) -> AsyncIterator[DiscordChat]:
    chat = DiscordChat(
        token,
        clock=Hasty(),
        random=Random(1),
        answer=desk.answer,
        targets=lambda: [
            Target("discord", CHANNEL),
            Target("discord", "42"),
            Target("slack", "#a"),
        ],
        api_url=fake.api_url,
        gateway_url=fake.gateway_url,
    )
    await chat.start()
    try:
        if wait:
            async with asyncio.timeout(10):
                await fake.gateway.identified.wait()
        yield chat
    finally:
        await chat.close()
    assert fake.violations == []


async def until(true, seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - another server's state has no event
            await asyncio.sleep(0.01)


# --- commands ----------------------------------------------------------------------------


async def test_a_search_is_answered_for_the_asker_alone():
    desk = Desk()
    async with FakeDiscord() as fake, listening(fake, desk):
        seen = await fake.command("search", {"query": "ivanti"})
        assert seen.thinking
        assert seen.ephemeral
        assert "On page 1" in seen.text
        assert list(seen.buttons) == ["Next"]
        assert desk.asked[0].verb == "search"
        assert desk.asked[0].text == "ivanti"
        assert desk.asked[0].options == {"query": "ivanti"}


async def test_the_asker_comes_with_guild_channel_roles_and_language():
    desk = Desk()
    async with FakeDiscord() as fake, listening(fake, desk):
        await fake.command("latest", {"topic": "ransomware"}, roles=[BOT_ROLE], locale="zh-CN")
        asked = desk.asked[0]
        assert (asked.verb, asked.text) == ("latest", "ransomware")
        assert asked.asker == Asker(
            "discord", OWNER, GUILD, CHANNEL, frozenset({GUILD, BOT_ROLE}), "zh", "person01"
        )


async def test_homes_are_our_channels_and_their_guilds():
    async with FakeDiscord() as fake, listening(fake, Desk()) as chat:
        await until(lambda: GUILD in chat.homes())
        assert chat.homes() == {CHANNEL, "42", GUILD}


async def test_a_direct_message_comes_with_the_guild_of_ours_that_its_writer_is_in():
    desk = Desk()
    async with FakeDiscord() as fake:
        private = fake.world.add_channel("690000000000000001", guild=None, type=1)
        async with listening(fake, desk) as chat:
            await until(lambda: GUILD in chat.homes())
            seen = await fake.command("story", {"id": "k7f3"}, channel=private, locale="ar")
            assert seen.answered
            asker = desk.asked[0].asker
            assert (asker.place, asker.roles, asker.locale) == (GUILD, frozenset({GUILD}), "ar")
            assert asker.conversation == private


async def test_help_needs_no_option():
    desk = Desk()
    async with FakeDiscord() as fake, listening(fake, desk):
        assert (await fake.command("help")).answered
        assert (desk.asked[0].verb, desk.asked[0].text) == ("help", "")


async def test_a_word_of_an_older_version_is_passed_on_as_it_is():
    desk = Desk()
    async with FakeDiscord() as fake, listening(fake, desk):
        await fake.command("serach", {"query": "x"})
        assert desk.asked[0].verb == "serach"


@pytest.mark.parametrize(
    "query", ['"', "AND", "NEAR(", "C++", "*" * 4000, "'; drop table", "\x00", "١٢٣", "(" * 200]
)
async def test_any_query_reaches_the_desk_unchanged(query):
    desk = Desk()
    async with FakeDiscord() as fake, listening(fake, desk):
        assert (await fake.command("search", {"query": query})).answered
        assert desk.asked[0].text == query


async def test_the_first_answer_does_not_wait_for_the_desk():
    desk = Desk()
    desk.hold.clear()
    async with FakeDiscord() as fake, listening(fake, desk):
        asking = asyncio.create_task(fake.command("search", {"query": "slow"}))
        await until(lambda: fake.count("callback"))
        assert fake.count("original") == 0
        desk.hold.set()
        assert (await asking).answered


async def test_a_failing_desk_is_admitted_and_the_next_command_works(caplog):
    desk = Desk()
    async with FakeDiscord() as fake, listening(fake, desk):
        seen = await fake.command("search", {"query": "break"})
        assert "Something went wrong" in seen.text
        assert (await fake.command("help")).answered
    assert "a command failed" in caplog.text


async def test_the_same_event_told_twice_is_answered_once():
    desk = Desk()
    async with FakeDiscord() as fake, listening(fake, desk):
        fake.gateway.double = True
        await fake.command("help")
        await fake.command("help")
        assert len(desk.asked) == 2
        assert fake.count("callback") == 2


async def test_an_event_told_too_late_is_let_go(caplog):
    desk = Desk()
    async with FakeDiscord() as fake, listening(fake, desk):
        fake.people.expiry = 0.0
        seen = await fake.command("help", within=0.3)
        assert not seen.answered
        assert desk.asked == []
    assert "not acknowledged" in caplog.text


@pytest.mark.parametrize("fault", ["500_before", "500_after", "drop_after", "broken", "429"])
async def test_a_failing_acknowledgement_is_tried_once_more(fault):
    desk = Desk()
    async with FakeDiscord() as fake, listening(fake, desk):
        fake.faults.plan(fault, on="callback")
        assert (await fake.command("help")).answered
        assert len(desk.asked) == 1


@pytest.mark.parametrize("fault", ["500_before", "drop_before", "429", "half", "no_id"])
async def test_a_failing_answer_is_shown_in_the_end(fault):
    desk = Desk()
    async with FakeDiscord() as fake, listening(fake, desk):
        fake.faults.plan(fault, fault, on="original")
        assert "On page 1" in (await fake.command("help")).text


async def test_a_refused_answer_comes_as_plain_text_with_its_buttons():
    desk = Desk()
    async with FakeDiscord() as fake, listening(fake, desk):
        fake.faults.plan("400", on="original")
        seen = await fake.command("help")
        assert "On page 1" in seen.message["content"]
        assert seen.message["embeds"] == []
        assert list(seen.buttons) == ["Next"]


async def test_what_is_refused_for_good_is_given_up(caplog):
    desk = Desk()
    async with FakeDiscord() as fake, listening(fake, desk):
        fake.faults.plan("404", on="original")
        assert not (await fake.command("help", within=0.3)).answered
    assert "could not be shown" in caplog.text


async def test_commands_are_answered_while_cards_wait_for_a_global_limit():
    desk = Desk()
    async with FakeDiscord(scale=20) as fake, listening(fake, desk) as chat:
        fake.faults.plan("429_global")
        await chat.post(PLACE, Notice("a", "b"), mark="m", nonce="n")
        seen = await fake.command("help")
        assert seen.answered
        assert 0 <= seen.first < 3


# --- buttons -----------------------------------------------------------------------------


async def test_a_cards_button_asks_for_its_verb_with_its_state():
    desk = Desk()
    async with FakeDiscord() as fake, listening(fake, desk):
        card = await fake.command("help")
        card.message["flags"] = 0
        seen = await fake.press(card, custom_id="nd:act:why-quality:k7f3")
        assert seen.ephemeral
        assert [(r.verb, r.text) for r in desk.asked[1:]] == [("why-quality", "k7f3")]


async def test_pages_turn_in_place():
    desk = Desk()
    async with FakeDiscord() as fake, listening(fake, desk):
        first = await fake.command("search", {"query": "ivanti"})
        second = await fake.press(first, "Next")
        assert "On page 2" in second.text
        assert list(second.buttons) == ["Previous"]
        assert second.message["id"] == first.message["id"]
        assert second.ephemeral
        back = await fake.press(second, "Previous")
        assert "On page 1" in back.text
        assert [(r.verb, r.text) for r in desk.asked[1:]] == [
            ("page", "q:abc:2"),
            ("page", "q:abc:1"),
        ]


async def test_what_another_button_answers_leaves_the_list_it_stands_under():
    desk = Desk()
    async with FakeDiscord() as fake, listening(fake, desk):
        first = await fake.command("search", {"query": "ivanti"})
        seen = await fake.press(first, custom_id="nd:act:story:k7f3")
        assert seen.ephemeral
        assert seen.message["id"] != first.message["id"]


async def test_who_may_not_write_there_is_known():
    desk = Desk()
    async with FakeDiscord() as fake, listening(fake, desk):
        await fake.command("help")
        fake.world.silenced.add(OWNER)
        await fake.command("help")
        assert [one.asker.may_speak for one in desk.asked] == [True, False]


async def test_buttons_work_after_a_restart():
    desk = Desk()
    async with FakeDiscord() as fake:
        async with listening(fake, desk):
            first = await fake.command("search", {"query": "ivanti"})
        fake.gateway.identified.clear()
        async with listening(fake, Desk()):
            assert "On page 2" in (await fake.press(first, "Next")).text


async def test_a_button_under_a_message_for_all_answers_the_presser_alone():
    desk = Desk()
    async with FakeDiscord() as fake, listening(fake, desk):
        first = await fake.command("search", {"query": "ivanti"})
        first.message["flags"] = 0
        seen = await fake.press(first, "Next", user="500000000000000002")
        assert seen.ephemeral
        assert seen.message["id"] != first.message["id"]


async def test_a_button_of_somebody_elses_making_does_nothing():
    desk = Desk()
    async with FakeDiscord() as fake, listening(fake, desk):
        first = await fake.command("help")
        assert not (await fake.press(first, custom_id="other:1", within=0.2)).answered
        assert len(desk.asked) == 1


# --- registering -------------------------------------------------------------------------


async def test_commands_are_registered_once_and_not_again_while_they_are_the_same():
    async with FakeDiscord() as fake:
        for _ in range(2):
            fake.gateway.identified.clear()
            async with listening(fake, Desk()):
                pass
        assert fake.count("commands") == 1
        declared = {o["name"] for o in fake.world.commands[0]["options"]}
        assert declared == {verb.name.partition(" ")[0] for verb in TABLE.listed()}


async def test_commands_that_changed_are_registered_again():
    async with FakeDiscord() as fake:
        fake.world.commands = [{"name": "digest", "type": 1, "description": "old", "id": "1"}]
        async with listening(fake, Desk()):
            assert fake.count("commands") == 1


async def test_commands_that_cannot_be_registered_stop_nothing(caplog):
    async with FakeDiscord() as fake:
        fake.faults.plan("403", on="commands")
        fake.faults.plan("403", on="register")
        async with listening(fake, Desk()):
            assert (await fake.command("help")).answered
    assert "did not take our commands" in caplog.text


def test_the_commands_are_what_discord_takes():
    assert command_faults(commands.commands()) == []


def test_what_discord_adds_does_not_make_commands_different():
    (ours,) = commands.commands()
    assert commands.same([ours], [{**ours, "id": "1", "version": "2"}])
    assert not commands.same([ours], [{**ours, "description": "other"}])
    assert not commands.same([ours], [])
    assert not commands.same([ours], None)


# --- the gateway -------------------------------------------------------------------------


async def test_only_guilds_are_asked_for():
    async with FakeDiscord() as fake, listening(fake, Desk()):
        assert [asked["intents"] for asked in fake.gateway.identifies] == [1]


async def test_starting_returns_at_once_and_posting_works_without_any_gateway():
    async with FakeDiscord() as fake:
        fake.gateway.refuse = True
        async with listening(fake, Desk(), wait=False) as chat:
            outcome = await chat.post(PLACE, Notice("a", "b"), mark="m", nonce="n")
            assert isinstance(outcome, Posted)
            assert not chat.listening


async def test_a_gateway_that_refuses_at_first_is_tried_until_it_answers():
    async with FakeDiscord() as fake:
        fake.gateway.refuse = True
        async with listening(fake, Desk(), wait=False) as chat:
            await asyncio.sleep(0.2)
            fake.gateway.refuse = False
            await until(fake.gateway.identified.is_set)
            assert (await fake.command("help")).answered
            assert chat.trouble == ""


async def test_a_login_that_fails_at_first_is_tried_again():
    async with FakeDiscord() as fake:
        fake.faults.plan("503_before", "drop_before", "html_403", on="me")
        async with listening(fake, Desk()):
            assert (await fake.command("help")).answered


async def test_an_event_that_cannot_be_parsed_ends_one_connection_only():
    async with FakeDiscord() as fake, listening(fake, Desk()):
        fake.gateway.identified.clear()
        await fake.gateway.garbage()
        await until(fake.gateway.identified.is_set)
        assert (await fake.command("help")).answered


async def _reconnect(fake):
    await fake.gateway.reconnect()


async def _abort(fake):
    fake.gateway.abort()


async def _lost(fake):
    await fake.gateway.close(4000)


async def _resumable(fake):
    await fake.gateway.invalidate(resumable=True)


@pytest.mark.parametrize("fault", [_reconnect, _abort, _lost, _resumable])
async def test_a_broken_connection_is_resumed_and_nothing_asked_meanwhile_is_lost(fault):
    async with FakeDiscord() as fake, listening(fake, Desk()):
        await fault(fake)
        assert (await fake.command("help")).answered
        await until(lambda: fake.gateway.resumes)
        assert len(fake.gateway.identifies) == 1


@pytest.mark.parametrize(("code", "word"), [(4004, "token"), (4014, "intents")])
async def test_a_refusal_for_good_ends_the_listening_with_a_word_to_the_operator(
    code, word, caplog
):
    async with FakeDiscord() as fake, listening(fake, Desk()) as chat:
        await fake.gateway.close(code)
        await until(lambda: chat.trouble)
        assert word in chat.trouble
        assert isinstance(await chat.post(PLACE, Notice("a", "b"), mark="m", nonce="n"), Posted)
    assert "commands are off" in caplog.text


async def test_a_refused_token_is_not_tried_again():
    async with FakeDiscord() as fake:
        async with listening(fake, Desk(), token="wrong", wait=False) as chat:
            await until(lambda: chat.trouble)
            assert "DISCORD_TOKEN" in chat.trouble
        assert fake.gateway.identifies == []


async def test_an_answer_under_way_is_shown_before_we_close():
    desk = Desk()
    desk.hold.clear()
    async with FakeDiscord() as fake:
        async with listening(fake, desk):
            asking = asyncio.create_task(fake.command("help"))
            await until(lambda: desk.asked)
            asyncio.get_running_loop().call_later(0.1, desk.hold.set)
        assert (await asking).answered


async def test_closing_leaves_no_task_and_no_heartbeat_behind():
    async with FakeDiscord() as fake:
        before = asyncio.all_tasks()
        async with listening(fake, Desk()):
            await fake.command("help")
        await until(lambda: asyncio.all_tasks() - before <= fake_tasks(before))


def fake_tasks(before):
    """Tasks that the stand-in's own server holds for a moment."""
    return {task for task in asyncio.all_tasks() - before if "aiohttp/web" in str(task.get_coro())}


async def test_the_token_stands_in_no_log(caplog):
    caplog.set_level(logging.DEBUG)
    async with FakeDiscord() as fake, listening(fake, Desk()):
        fake.faults.plan("500_before", on="original")
        await fake.command("help")
        fake.gateway.abort()
    assert TOKEN not in caplog.text


def test_importing_this_room_does_not_load_the_library():
    code = "import sys, bot.platforms.discord.chat; sys.exit('discord' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
