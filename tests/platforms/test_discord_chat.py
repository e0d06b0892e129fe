"""The outbox's side of Discord: what each answer and each fault ends in; reading back."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from bot.commands import Reply
from bot.platforms.discord import history
from bot.platforms.discord.chat import DiscordChat
from bot.platforms.discord.errors import NotSent
from digests.clock import SystemClock
from digests.errors import ChatError
from digests.model import (
    Absent,
    Destination,
    Found,
    Gone,
    Notice,
    Posted,
    Rejected,
    Retry,
    Scope,
    Target,
    Unclear,
    Unreadable,
)
from tests.fakediscord import CHANNEL, EMBED, HISTORY, SEND, TOKEN, VIEW, FakeDiscord
from tests.fakediscord.faults import AFTER

PLACE = Destination("discord", CHANNEL)
CONTENT = Notice("A title", "Some text.")
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@asynccontextmanager
async def talking(
    *, within: float = 10.0, token: str = TOKEN, targets=(), **fake_options
) -> AsyncIterator[tuple[FakeDiscord, DiscordChat]]:
    async with FakeDiscord(**fake_options) as fake:
        chat = DiscordChat(
            token,
            clock=SystemClock(),
            random=Random(1),
            answer=nobody_asks,
            targets=lambda: targets,
            api_url=fake.api_url,
            gateway_url=fake.gateway_url,
            timeout=within,
        )
        try:
            yield fake, chat
        finally:
            await chat.close()
        assert fake.violations == []


async def nobody_asks(request):
    return Reply(CONTENT)


async def post(chat, *, mark="m1", nonce="n1", plain=False):
    return await chat.post(PLACE, CONTENT, mark=mark, nonce=nonce, plain=plain)


async def find(chat, *, mark="m1", nonce="n1", since=None, watermark=""):
    since = since or SystemClock().now()
    return await chat.find(PLACE, mark=mark, nonce=nonce, since=since, watermark=watermark)


# --- posting -----------------------------------------------------------------------------


async def test_posting_needs_no_start_and_says_under_which_id_it_stands():
    async with talking() as (fake, chat):
        outcome = await post(chat)
        (message,) = fake.messages()
        assert outcome == Posted(message["id"])
        assert message["embeds"][0]["footer"]["text"] == "m1"


async def test_the_same_nonce_again_is_the_same_message():
    async with talking() as (fake, chat):
        assert await post(chat) == await post(chat)
        assert len(fake.messages()) == 1


async def test_after_the_nonce_window_discord_forgets():
    async with talking(scale=0.001) as (fake, chat):
        await post(chat)
        await asyncio.sleep(0.25)
        await post(chat)
        assert len(fake.messages()) == 2
        assert chat.nonce_window == timedelta(seconds=120)


async def test_a_message_deleted_by_somebody_is_not_taken_for_a_lost_channel():
    async with talking() as (fake, chat):
        posted = await post(chat)
        fake.world.delete(CHANNEL, posted.message_id)
        outcome = await post(chat)
        assert isinstance(outcome, Rejected)
        assert outcome.scope is Scope.CONTENT
        assert "deleted" in outcome.reason


@pytest.mark.parametrize("fault", [f for f in AFTER if f not in ("late", "half_closed")])
async def test_accepted_without_a_whole_answer_is_unclear_and_safe_to_send_again(fault):
    async with talking() as (fake, chat):
        fake.faults.plan(fault)
        assert isinstance(await post(chat), Unclear)
        assert isinstance(await post(chat), Posted)
        assert len(fake.messages()) == 1


@pytest.mark.parametrize("fault", ["late", "half_closed", "slow"])
async def test_silence_ends_at_the_time_out_and_is_unclear(fault):
    async with talking(within=0.3, slow=0.5) as (fake, chat):
        fake.faults.plan(fault)
        assert isinstance(await post(chat), Unclear)
        await asyncio.sleep(0.4)  # a slow accept stands there only now
        assert isinstance(await post(chat), Posted)
        assert len(fake.messages()) == 1


@pytest.mark.parametrize("fault", ["drop_before", "500_before", "502_before", "503_before"])
async def test_a_failing_front_is_unclear_even_when_nothing_stands_there(fault):
    async with talking() as (fake, chat):
        fake.faults.plan(fault)
        assert isinstance(await post(chat), Unclear)
        assert fake.messages() == []


async def test_one_attempt_is_one_request():
    async with talking() as (fake, chat):
        fake.faults.plan("502_before", "429", "500_before")
        for _ in range(3):
            await post(chat)
        assert fake.count("create") == 3


async def test_nobody_at_the_other_end_is_proven_refused():
    async with talking() as (fake, chat):
        await fake.close()
        outcome = await post(chat)
        assert isinstance(outcome, Retry)
        assert "ClientConnector" in outcome.reason


@pytest.mark.parametrize(
    ("fault", "after"),
    [
        ("429", 0.5),
        ("429_global", 0.5),
        ("429_shared", 0.5),
        ("429_cloudflare", 0.5),
        ("429_bare", None),
        ("429_absurd", None),
        ("429_broken", None),
    ],
)
async def test_a_429_in_any_form_is_proven_refused(fault, after):
    async with talking() as (fake, chat):
        fake.faults.plan(fault)
        outcome = await post(chat)
        assert isinstance(outcome, Retry)
        assert outcome.after == (timedelta(seconds=after) if after else None)
        assert fake.messages() == []


async def test_a_global_429_holds_up_every_channel_and_nothing_is_asked_meanwhile():
    async with talking(within=0.1, scale=6) as (fake, chat):
        fake.faults.plan("429_global")
        await post(chat)
        other = Destination("discord", fake.world.add_channel("600000000000000002"))
        outcome = await chat.post(other, CONTENT, mark="m", nonce="n")
        assert isinstance(outcome, Retry)
        assert outcome.after > timedelta(seconds=2)
        assert fake.count("create") == 1


async def test_a_busy_channel_is_paced_and_never_refused():
    async with talking(scale=0.1) as (fake, chat):
        for number in range(12):
            assert isinstance(await post(chat, nonce=f"n{number}"), Posted)
        assert fake.count("create", "refused") == 0
        assert len(fake.messages()) == 12


async def test_many_channels_at_once_keep_the_global_limit():
    async with talking() as (fake, chat):
        places = [fake.world.add_channel(str(610000000000000000 + n)) for n in range(60)]
        outcomes = await asyncio.gather(
            *(
                chat.post(Destination("discord", place), CONTENT, mark="m", nonce=place)
                for place in places
            )
        )
        assert all(isinstance(outcome, Posted) for outcome in outcomes)
        assert fake.count("limit") == 0


async def test_after_standing_still_the_global_limit_is_kept_as_well():
    """Calls whose time came meanwhile all leave at once, and those of the next second follow."""
    async with talking() as (fake, chat):
        places = [fake.world.add_channel(str(610000000000000000 + n)) for n in range(90)]

        async def stand_still():
            await asyncio.sleep(0.2)
            time.sleep(0.8)  # noqa: ASYNC251 - what is tested

        outcomes, _ = await asyncio.gather(
            asyncio.gather(
                *(
                    chat.post(Destination("discord", place), CONTENT, mark="m", nonce=place)
                    for place in places
                )
            ),
            stand_still(),
        )
        assert all(isinstance(outcome, Posted) for outcome in outcomes)
        assert fake.count("limit") == 0


async def test_who_cannot_wait_until_the_second_is_over_comes_back_and_is_not_lost():
    async with talking() as (_, chat):
        for _ in range(50):
            chat._rest._limits.leaves()
            chat._rest._limits.ended(SystemClock().monotonic())
        began = SystemClock().monotonic()
        result = await chat._rest.call("GET", f"/channels/{CHANNEL}", within=0.8)
        assert isinstance(result, NotSent)
        assert SystemClock().monotonic() - began < 0.4
        assert isinstance(await post(chat), Posted)  # who can, waits


@pytest.mark.parametrize(
    ("fault", "scope"),
    [
        ("400", Scope.CONTENT),
        ("401", Scope.ACCESS),
        ("403", Scope.ACCESS),
        ("404", Scope.ACCESS),
        ("teapot", Scope.UNKNOWN),
        ("html_403", Scope.UNKNOWN),
    ],
)
async def test_a_refusal_says_what_it_is_about(fault, scope):
    async with talking() as (fake, chat):
        fake.faults.plan(fault)
        outcome = await post(chat)
        assert isinstance(outcome, Rejected)
        assert outcome.scope is scope
        assert TOKEN not in outcome.reason


@pytest.mark.parametrize("lacking", [VIEW, SEND, EMBED])
async def test_a_missing_permission_is_about_the_channel_and_names_the_cure(lacking):
    async with talking() as (fake, chat):
        fake.world.channels[CHANNEL].lacks = lacking
        outcome = await post(chat)
        assert isinstance(outcome, Rejected)
        assert outcome.scope is Scope.ACCESS
        assert "give the bot" in outcome.reason


async def test_the_plainest_form_needs_no_embed_links():
    async with talking() as (fake, chat):
        fake.world.channels[CHANNEL].lacks = EMBED
        assert isinstance(await post(chat, plain=True), Posted)
        assert fake.messages()[0]["content"].split()[-1] == "m1"


async def test_cancelling_leaves_nothing_behind_that_sends_later():
    async with talking(slow=0.2) as (fake, chat):
        fake.faults.plan("429_global", "late")
        task = asyncio.create_task(post(chat))
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.wait([task])
        assert isinstance(await post(chat, nonce="n2"), Posted | Retry)


# --- editing -----------------------------------------------------------------------------


async def test_an_edit_replaces_and_may_be_repeated():
    async with talking() as (fake, chat):
        posted = await post(chat)
        for _ in range(2):
            outcome = await chat.edit(PLACE, posted.message_id, Notice("New", "text"), mark="m1")
            assert outcome == posted
        (message,) = fake.messages()
        assert message["embeds"][0]["title"] == "New"
        assert message["embeds"][0]["footer"]["text"] == "m1"


async def test_an_edit_gives_a_plain_message_its_card():
    async with talking() as (fake, chat):
        posted = await post(chat, plain=True)
        await chat.edit(PLACE, posted.message_id, CONTENT, mark="m1")
        (message,) = fake.messages()
        assert message["content"] == ""
        assert message["embeds"]


async def test_an_edit_of_a_deleted_message_is_given_up_and_the_channel_goes_on():
    async with talking() as (_, chat):
        outcome = await chat.edit(PLACE, "123", CONTENT, mark="m1")
        assert isinstance(outcome, Rejected)
        assert outcome.scope is Scope.CONTENT


async def test_a_deletion_takes_the_message_away_and_may_be_repeated():
    async with talking() as (fake, chat):
        posted = await post(chat)
        for _ in range(2):
            assert await chat.remove(PLACE, posted.message_id) == Gone()
        assert fake.messages() == []
        assert fake.count("delete", "accepted") == 1


async def test_a_deletion_of_what_others_wrote_is_refused():
    async with talking() as (fake, chat):
        outcome = await chat.remove(PLACE, fake.world.says(CHANNEL, "mine"))
        assert isinstance(outcome, Rejected)


# --- reading back ------------------------------------------------------------------------


async def test_our_mark_is_found_by_the_card_or_by_the_plain_text():
    async with talking() as (_, chat):
        card = await post(chat, mark="card", nonce="n1")
        text = await post(chat, mark="text", nonce="n2", plain=True)
        assert await find(chat, mark="card") == Found(card.message_id)
        assert await find(chat, mark="text") == Found(text.message_id)


async def test_what_was_never_accepted_is_absent():
    async with talking() as (fake, chat):
        assert await find(chat) == Absent()
        fake.world.says(CHANNEL, "hello")
        assert await find(chat) == Absent()


async def test_a_mark_copied_by_somebody_else_is_not_ours():
    async with talking() as (fake, chat):
        fake.world.says(CHANNEL, "look: m1")
        assert await find(chat) == Absent()


async def test_the_mark_of_another_post_inside_a_headline_is_not_found():
    async with talking() as (_, chat):
        content = Notice("m2", "this text ends with m2")
        await chat.post(PLACE, content, mark="m1", nonce="n1")
        assert await find(chat, mark="m2", nonce="n2") == Absent()


async def test_hundreds_of_messages_after_the_watermark_are_all_read():
    async with talking() as (fake, chat):
        watermark = fake.world.says(CHANNEL, "before")
        for number in range(250):
            fake.world.says(CHANNEL, str(number))
        posted = await post(chat)
        for number in range(20):
            fake.world.says(CHANNEL, str(number))
        assert await find(chat, watermark=watermark) == Found(posted.message_id)
        assert await find(chat, mark="other", nonce="x", watermark=watermark) == Absent()


async def test_a_watermark_is_believed_whatever_our_clock_says():
    async with talking() as (fake, chat):
        watermark = fake.world.says(CHANNEL, "before")
        posted = await post(chat)
        far = SystemClock().now() + timedelta(days=400)
        assert await find(chat, since=far, watermark=watermark) == Found(posted.message_id)


@pytest.mark.parametrize("hours", [-5, 5])
async def test_without_a_watermark_a_wrong_clock_is_set_right_by_discords(hours):
    async with talking() as (fake, chat):
        fake.world.skew = timedelta(hours=hours)
        posted = await post(chat)
        fake.world.says(CHANNEL, "later")
        assert await find(chat) == Found(posted.message_id)


async def test_without_the_right_to_read_history_nothing_is_said_to_be_absent():
    async with talking() as (fake, chat):
        await post(chat)
        fake.world.channels[CHANNEL].lacks = HISTORY
        sighting = await find(chat, mark="other", nonce="x")
        assert isinstance(sighting, Unreadable)
        assert not sighting.later
        assert "Read Message History" in sighting.reason


@pytest.mark.parametrize(
    ("fault", "later"),
    [
        ("drop_before", True),
        ("500_before", True),
        ("429", True),
        ("half", True),
        ("broken", True),
        ("no_id", True),
        ("403", False),
        ("404", False),
        ("401", False),
        ("html_403", True),
    ],
)
async def test_a_channel_that_cannot_be_read_is_never_absent(fault, later):
    async with talking() as (fake, chat):
        # The client asks again by itself when a kept connection breaks under a GET.
        fake.faults.plan(fault, fault, on="read")
        sighting = await find(chat)
        assert isinstance(sighting, Unreadable)
        assert sighting.later is later


async def test_a_fault_while_proving_the_right_to_read_is_never_absent():
    async with talking() as (fake, chat):
        fake.faults.plan("500_before", "no_id", on="channel")
        for _ in range(2):
            sighting = await find(chat)
            assert isinstance(sighting, Unreadable)
            assert sighting.later


async def test_more_than_can_be_read_is_not_absent(monkeypatch):
    monkeypatch.setattr(history, "_MOST_PAGES", 2)
    async with talking() as (fake, chat):
        watermark = fake.world.says(CHANNEL, "before")
        for number in range(250):
            fake.world.says(CHANNEL, str(number))
        assert isinstance(await find(chat, watermark=watermark), Unreadable)


async def test_the_watermark_is_the_newest_message_or_our_own_newest():
    async with talking() as (fake, chat):
        assert await chat.watermark(PLACE) == ""
        newest = fake.world.says(CHANNEL, "hello")
        assert await chat.watermark(PLACE) == newest
        posted = await post(chat)
        fake.world.says(CHANNEL, "later")
        assert await chat.watermark(PLACE) == posted.message_id


async def test_the_watermark_of_a_channel_we_cannot_see_is_unknown():
    async with talking() as (fake, chat):
        fake.world.says(CHANNEL, "hello")
        fake.world.channels[CHANNEL].lacks = VIEW
        assert await chat.watermark(PLACE) == ""


def test_a_snowflake_is_the_smallest_id_of_its_millisecond():
    assert history.snowflake(datetime(2015, 1, 1, 0, 0, 1, tzinfo=UTC)) == str(1000 << 22)
    assert history.snowflake(datetime(1990, 1, 1, tzinfo=UTC)) == "0"


# --- places and the doctor ---------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["1234567890", " 1234567890 ", "001234567890", "https://discord.com/channels/42/1234567890"],
)
async def test_a_channel_is_resolved_without_asking_anybody(address):
    async with talking() as (fake, chat):
        found = await chat.resolve(Target("discord", address))
        assert found == Destination("discord", "1234567890")
        assert fake.world.log == []


@pytest.mark.parametrize("address", ["#news", "", "0", "12ab", "-5", "1" * 30, "①②③"])
async def test_what_is_no_number_is_refused_with_the_cure(address):
    async with talking() as (_, chat):
        with pytest.raises(ChatError, match="Copy Channel ID"):
            await chat.resolve(Target("discord", address))


HERE = Target("discord", CHANNEL)


async def test_all_well_is_nothing_to_say():
    async with talking(targets=(HERE, Target("slack", "#news"))) as (_, chat):
        assert await chat.check() == ()


async def test_a_refused_token_is_the_only_thing_to_say():
    async with talking(targets=(HERE,), token="wrong") as (_, chat):
        (word,) = await chat.check()
        assert "Reset Token" in word


async def test_each_missing_permission_is_named_with_its_reason():
    async with talking(targets=(HERE,)) as (fake, chat):
        fake.world.channels[CHANNEL].lacks = EMBED | HISTORY
        words = await chat.check()
        assert len(words) == 2
        assert "lacks Embed Links" in words[0]
        assert "lacks Read Message History" in words[1]


async def test_an_unseen_channel_brings_the_invitation_link():
    async with talking(targets=(Target("discord", "42"),)) as (_, chat):
        words = await chat.check()
        assert "discord:42: cannot be seen" in words[0]
        assert "client_id=400000000000000001" in words[1]
        assert "permissions=117760" in words[1]


@pytest.mark.parametrize(("kind", "word"), [(4, "category"), (14, "directory")])
async def test_a_place_that_takes_no_cards_is_named(kind, word):
    async with talking(targets=(HERE,)) as (fake, chat):
        fake.world.channels[CHANNEL].type = kind
        (found,) = await chat.check()
        assert word in found


async def test_a_thread_has_the_permissions_of_the_channel_above():
    thread = "600000000000000009"
    async with talking(targets=(Target("discord", thread),)) as (fake, chat):
        fake.world.add_channel(thread, type=11)
        fake.world.channels[thread].parent = CHANNEL
        fake.world.channels[thread].locked = True
        fake.world.channels[CHANNEL].lacks = HISTORY
        words = await chat.check()
        assert "Send Messages in Threads" in words[0]
        assert "Read Message History" in words[1]
        assert "locked" in words[2]


async def test_a_wrong_address_and_a_foreign_endpoint_are_told_together():
    async with talking(targets=(Target("discord", "#news"), HERE)) as (fake, chat):
        fake.world.endpoint = "https://example.com/interactions"
        words = await chat.check()
        assert "Interactions Endpoint URL" in words[0]
        assert "Copy Channel ID" in words[1]


async def test_discord_out_of_reach_is_said_once():
    async with talking(targets=(HERE,)) as (fake, chat):
        await fake.close()
        (word,) = await chat.check()
        assert "cannot be asked" in word


async def test_a_note_refers_to_its_card() -> None:
    async with talking() as (fake, chat):
        card = await chat.post(PLACE, CONTENT, mark="card", nonce="c1")
        assert isinstance(card, Posted)
        note = await chat.post(PLACE, CONTENT, mark="note", nonce="n1", reply_to=card.message_id)
        assert isinstance(note, Posted)
        body = fake.world.log[-1].body
    assert body["message_reference"]["message_id"] == card.message_id
