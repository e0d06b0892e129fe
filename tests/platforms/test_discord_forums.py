"""A forum: a post for each story with tags by topic, never twice, whatever becomes of an answer."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.discord.tags import MOST, MOST_OFFERED, choose
from bot.platforms.discord.threads import name
from digests.cards.compose import compose
from digests.clock import SystemClock
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
    Topic,
    Unclear,
    Unreadable,
)
from digests.testing import build_story
from tests.fakediscord import CHANNEL, HISTORY, OWNER, SEND
from tests.fakediscord.world import MANAGE_CHANNELS, MANAGE_THREADS, SEND_IN_THREADS
from tests.platforms.test_discord_chat import talking
from tests.platforms.test_discord_threads import reader

FORUM = "600000000000000777"
PLACE = Destination("discord", FORUM)
STORY = replace(build_story(1), topics=("ransomware", "supply-chain"))
CARD = compose(STORY, "en", "UTC", now=STORY.seen)
LINE = Notice(STORY.headline, "Known to be exploited: CVE-2026-1234")
REQUIRED = 1 << 4
TOPICS = st.lists(
    st.builds(Topic, st.sampled_from(["ransomware", "supply-chain", "ai", "own"]), st.text()),
    max_size=9,
).map(tuple)


def forum(fake, *tags: str, moderated: str = "", flags: int = 0) -> None:
    fake.world.add_forum(FORUM, *tags, moderated=moderated, flags=flags)
    fake.world.more |= SEND_IN_THREADS


async def post(chat, content=CARD, *, mark: str = "m1"):
    """As the courier does: the newest post is asked for first."""
    await chat.watermark(PLACE)
    return await chat.post(PLACE, content, mark=mark, nonce="n1")


async def find(chat, watermark: str = "", mark: str = "m1"):
    since = SystemClock().now()
    return await chat.find(PLACE, mark=mark, nonce="n1", since=since, watermark=watermark)


def posts(fake):
    return [one for one in fake.world.channels.values() if one.parent == FORUM]


def applied(fake) -> list[str]:
    names = {tag["id"]: tag["name"] for tag in fake.world.channels[FORUM].tags}
    (thread,) = posts(fake)
    return [names[tag] for tag in thread.applied]


async def test_a_story_is_a_post_named_after_it_with_its_card_as_first_message() -> None:
    async with talking() as (fake, chat):
        forum(fake, "Ransomware", "Supply chain", "Phishing")
        told = await post(chat)
        (thread,) = posts(fake)
        assert told == Posted(f"{thread.id}/{thread.id}")
        assert thread.name == STORY.headline
        assert applied(fake) == ["Ransomware", "Supply chain"]
        (starter,) = fake.messages(thread.id)
        assert starter["embeds"][0]["title"] == STORY.headline


async def test_a_forum_is_found_out_before_anything_stands_in_it() -> None:
    async with talking() as (fake, chat):
        forum(fake)
        assert chat.keeps_nonce(PLACE)
        assert isinstance(await chat.post(PLACE, CARD, mark="m1", nonce="n1"), Retry)
        assert not chat.keeps_nonce(PLACE)
        assert posts(fake) == []
        assert isinstance(await chat.post(PLACE, CARD, mark="m1", nonce="n1"), Posted)
        assert len(posts(fake)) == 1


@pytest.mark.parametrize("fault", ["drop_after", "500_after", "half", "broken", "no_id"])
async def test_a_post_whose_answer_was_lost_is_found_active_or_archived(fault: str) -> None:
    async with talking() as (fake, chat):
        forum(fake)
        fake.world.says(CHANNEL, "somebody else")
        fake.faults.plan(fault, on="post")
        assert isinstance(await post(chat), Unclear)
        (thread,) = posts(fake)
        assert await find(chat) == Found(f"{thread.id}/{thread.id}")
        thread.archived_at = SystemClock().now()
        assert await find(chat) == Found(f"{thread.id}/{thread.id}")
        assert await find(chat, mark="other") == Absent()
        assert await find(chat, watermark=thread.id) == Absent()


async def test_a_post_that_never_arrived_is_absent_and_nobody_elses_is_taken_for_it() -> None:
    async with talking() as (fake, chat):
        forum(fake)
        fake.faults.plan("drop_before", on="post")
        assert isinstance(await post(chat), Unclear)
        assert isinstance(await post(chat, mark="other"), Posted)
        posts(fake)[0].owner = OWNER
        assert await find(chat) == Absent()


async def test_hundreds_of_archived_posts_are_all_read_back() -> None:
    async with talking(limits=False) as (fake, chat):
        forum(fake)
        now = SystemClock().now()
        told = await post(chat)
        for number in range(230):
            thread = fake.rooms._added(fake.world.new_id(), fake.world.channels[FORUM], "x")
            thread.owner, thread.archived_at = OWNER, now + timedelta(seconds=number)
        posts(fake)[0].archived_at = now
        assert await find(chat) == Found(told.message_id)


@pytest.mark.parametrize("kind", ["active", "archived"])
async def test_a_forum_that_cannot_be_read_is_never_said_to_lack_a_post(kind: str) -> None:
    async with talking() as (fake, chat):
        forum(fake)
        await post(chat, mark="other")
        fake.faults.plan("500_before", on=kind)
        assert isinstance(await find(chat), Unreadable)
        fake.world.channels[FORUM].lacks = HISTORY
        assert isinstance(await find(chat), Unreadable)


async def test_lines_stand_in_the_post_also_when_it_was_archived() -> None:
    async with talking() as (fake, chat):
        forum(fake)
        card = (await post(chat)).message_id
        thread = posts(fake)[0]
        thread.archived_at = SystemClock().now()
        told = await chat.post(PLACE, LINE, mark="line", nonce="l1", reply_to=card)
        assert isinstance(told, Posted)
        since = SystemClock().now()
        where = {"nonce": "", "since": since, "watermark": thread.id, "reply_to": card}
        assert await chat.find(PLACE, mark="line", **where) == Found(told.message_id)
        assert await chat.find(PLACE, mark="other", **where) == Absent()
        assert len(fake.messages(thread.id)) == 2


async def test_a_locked_or_deleted_post_takes_no_line_and_the_forum_goes_on() -> None:
    async with talking() as (fake, chat):
        forum(fake)
        card = (await post(chat)).message_id
        posts(fake)[0].locked = True
        told = await chat.post(PLACE, LINE, mark="line", nonce="l1", reply_to=card)
        assert isinstance(told, Rejected)
        assert told.scope is Scope.CONTENT
        del fake.world.channels[posts(fake)[0].id]
        told = await chat.post(PLACE, LINE, mark="line", nonce="l1", reply_to=card)
        assert isinstance(told, Rejected)
        assert told.scope is Scope.CONTENT


async def test_a_card_is_edited_and_taken_back_with_or_without_the_right_to_its_thread() -> None:
    async with talking() as (fake, chat):
        forum(fake)
        card = (await post(chat)).message_id
        posts(fake)[0].archived_at = SystemClock().now()
        changed = replace(CARD, headline="Corrected")
        assert await chat.edit(PLACE, card, changed, mark="m1") == Posted(card)
        (starter,) = fake.messages(posts(fake)[0].id)
        assert starter["embeds"][0]["title"] == "Corrected"
        assert await chat.remove(PLACE, card) == Gone()
        assert fake.messages(posts(fake)[0].id) == []
        fake.world.more |= MANAGE_THREADS
        assert await chat.remove(PLACE, card) == Gone()
        assert posts(fake) == []
        assert await chat.remove(PLACE, card) == Gone()


async def test_missing_tags_are_added_where_the_bot_may_and_done_without_elsewhere() -> None:
    async with talking() as (fake, chat):
        forum(fake, "ransomware")
        fake.world.more |= MANAGE_CHANNELS
        assert isinstance(await post(chat), Posted)
        assert applied(fake) == ["ransomware", "Supply chain"]
    async with talking() as (fake, chat):
        forum(fake, "ransomware")
        assert isinstance(await post(chat), Posted)
        assert applied(fake) == ["ransomware"]
        assert isinstance(await post(chat, mark="m2"), Posted)
        assert len(posts(fake)) == 2


async def test_a_full_forum_gets_no_more_tags_and_moderated_ones_are_left_alone() -> None:
    async with talking() as (fake, chat):
        forum(fake, *(f"tag {n}" for n in range(19)), moderated="Ransomware")
        fake.world.more |= MANAGE_CHANNELS
        assert isinstance(await post(chat), Posted)
        assert applied(fake) == []
        assert len(fake.world.channels[FORUM].tags) == 20


async def test_a_forum_that_requires_a_tag_gets_one_that_says_nothing_wrong() -> None:
    async with talking() as (fake, chat):
        forum(fake, "Announcements", "News", flags=REQUIRED)
        assert isinstance(await post(chat), Posted)
        assert applied(fake) == ["News"]


async def test_a_forum_that_requires_a_tag_and_has_none_for_us_is_told_with_the_cure() -> None:
    targets = (Target("discord", FORUM),)
    async with talking(targets=targets) as (fake, chat):
        forum(fake, moderated="Official", flags=REQUIRED)
        outcome = await post(chat)
        assert isinstance(outcome, Rejected)
        assert outcome.scope is Scope.ACCESS
        assert "add one" in outcome.reason
        (word,) = await chat.check()
        assert "the forum wants a tag" in word


async def test_a_list_and_a_notice_are_posts_of_their_own() -> None:
    async with talking() as (fake, chat):
        forum(fake)
        assert isinstance(await post(chat, Notice("Nightdesk", "A word.")), Posted)
        assert posts(fake)[0].name == "Nightdesk"


async def test_without_the_right_to_post_the_forum_is_paused_with_the_cure() -> None:
    targets = (Target("discord", FORUM),)
    async with talking(targets=targets) as (fake, chat):
        forum(fake)
        fake.world.channels[FORUM].lacks = SEND
        outcome = await post(chat)
        assert isinstance(outcome, Rejected)
        assert outcome.scope is Scope.ACCESS
        (word,) = await chat.check()
        assert "Send Messages" in word
        assert f"permissions={117760 | SEND_IN_THREADS}" in await chat.invitation()


async def test_the_real_library_sees_the_post_and_its_tags(monkeypatch) -> None:
    async with talking() as (fake, chat):
        forum(fake, "Ransomware")
        card = (await post(chat)).message_id
        async with reader(fake, monkeypatch) as client:
            thread = await client.fetch_channel(int(card.partition("/")[0]))
            assert thread.name == STORY.headline
            assert len(thread._applied_tags) == 1
            starter = await thread.fetch_message(thread.id)
            assert starter.embeds[0].footer.text.endswith("m1")


@given(st.text())
def test_a_posts_name_is_never_empty_nor_too_long(headline: str) -> None:
    found = name(replace(CARD, headline=headline))
    assert found.strip()
    assert len(found.encode("utf-16-le")) // 2 <= 100


@given(TOPICS, st.lists(st.sampled_from(["Ransomware", "ai", "News"]), max_size=3), st.booleans())
def test_tags_are_few_and_known_and_names_short(topics, offered, required) -> None:
    tags = [{"id": str(n), "name": one, "moderated": False} for n, one in enumerate(offered)]
    chosen = choose({"available_tags": tags, "flags": REQUIRED * required}, topics)
    assert len(chosen.tags) + len(chosen.missing) <= MOST <= MOST_OFFERED
    assert set(chosen.tags) <= {tag["id"] for tag in tags}
    assert bool(chosen.tags) or not (required and offered)
    assert all(len(one.encode("utf-16-le")) <= 40 for one in chosen.missing)
