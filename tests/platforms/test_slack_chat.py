"""Posting to Slack, against a Slack that fails in every way it can: what happened is what is told."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from bot.commands import Reply, Request
from bot.platforms.slack.chat import SlackChat
from digests.cards.compose import compose
from digests.clock import SystemClock
from digests.errors import ChatError
from digests.model import (
    Absent,
    Destination,
    Found,
    Gone,
    Listing,
    Notice,
    Posted,
    Rejected,
    Retry,
    Scope,
    Target,
    Unclear,
    Unreadable,
)
from digests.testing import FakeClock, build_story
from tests.fakeslack import APP_TOKEN, BOT_TOKEN, FakeSlack
from tests.slackfaults import Fault, Faults
from tests.slackworkspace import Place

CARD = compose(build_story(), "en")
NOW = SystemClock().now


def nightly(seeds: range) -> list[Any]:
    return [pytest.param(seed, marks=pytest.mark.nightly) for seed in seeds]


async def nobody(request: Request) -> Reply:
    return Reply(Notice("Nobody", "is here"))


def chat_of(slack: FakeSlack, **changes: Any) -> SlackChat:
    wanted: dict[str, Any] = {
        "answer": nobody,
        "clock": SystemClock(),
        "random": Random(1),
        "base_url": slack.api_url,
        "spacing": timedelta(0),
        "timeout": 2.0,
    }
    return SlackChat(BOT_TOKEN, APP_TOKEN, **(wanted | changes))


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack() as fake:
        yield fake
        assert fake.violations == []


@pytest.fixture
async def chat(slack: FakeSlack) -> AsyncIterator[SlackChat]:
    chat = chat_of(slack)
    yield chat
    await chat.close()


@pytest.fixture
def soc(slack: FakeSlack) -> Destination:
    return Destination("slack", slack.add_channel("soc"))


async def post(chat: SlackChat, to: Destination, mark: str = "m1", **more: Any) -> Any:
    return await chat.post(to, CARD, mark=mark, nonce="n1", **more)


async def find(chat: SlackChat, to: Destination, mark: str = "m1", watermark: str = "") -> Any:
    return await chat.find(to, mark=mark, nonce="n1", since=NOW(), watermark=watermark)


# --- posting -------------------------------------------------------------------------------


async def test_a_card_stands_in_the_channel_under_the_id_we_are_told(
    slack: FakeSlack, chat: SlackChat, soc: Destination
) -> None:
    outcome = await post(chat, soc)

    (message,) = slack.standing(soc.place)
    assert outcome == Posted(message["ts"])
    assert slack.keys() == ["m1"]


async def test_every_kind_of_content_is_taken(
    slack: FakeSlack, chat: SlackChat, soc: Destination
) -> None:
    for content in (CARD, Listing("Welcome", (), "en", empty="Nothing yet."), Notice("A", "b")):
        for plain in (False, True):
            outcome = await chat.post(soc, content, mark="m1", nonce="n", plain=plain)
            assert isinstance(outcome, Posted)
    assert [bool(m["blocks"]) for m in slack.standing(soc.place)] == [True, False] * 3


@pytest.mark.parametrize(
    "fault", [f for f in Fault if f.done or f in {Fault.ERROR_500, Fault.ERROR_503}]
)
async def test_whatever_may_stand_there_is_unclear_and_asked_for_once(
    slack: FakeSlack, soc: Destination, fault: Fault
) -> None:
    slack.slow = 0.6
    chat = chat_of(slack, timeout=0.3)
    slack.faults.script("chat.postMessage", fault)

    outcome = await post(chat, soc)
    await asyncio.sleep(0.4 if fault is Fault.SLOW else 0)

    assert isinstance(outcome, Unclear)
    assert slack.calls.count("chat.postMessage") == 1
    assert slack.keys() == (["m1"] if fault.done else [])
    await chat.close()


async def test_a_connection_that_breaks_unread_is_unclear_too(
    slack: FakeSlack, chat: SlackChat, soc: Destination
) -> None:
    slack.faults.script("chat.postMessage", Fault.DROP_UNREAD)

    assert isinstance(await post(chat, soc), Unclear)
    assert slack.calls.count("chat.postMessage") == 1


@pytest.mark.parametrize(
    ("fault", "after"),
    [
        (Fault.LIMITED, timedelta(seconds=1)),
        (Fault.LIMITED_NO_HEADER, None),
        (Fault.LIMITED_ABSURD, timedelta(hours=1)),
        (Fault.LIMITED_NO_BODY, timedelta(seconds=1)),
        (Fault.LIMITED_BY_CODE, None),
    ],
)
async def test_too_fast_is_refused_and_may_be_tried_again(
    slack: FakeSlack, chat: SlackChat, soc: Destination, fault: Fault, after: timedelta | None
) -> None:
    slack.faults.script("chat.postMessage", fault)

    outcome = await post(chat, soc)

    assert isinstance(outcome, Retry)
    assert outcome.after == after
    assert slack.keys() == []


@pytest.mark.parametrize(
    ("fault", "scope"),
    [
        (Fault.REVOKED, Scope.ACCESS),
        (Fault.NOT_IN_CHANNEL, Scope.ACCESS),
        (Fault.ARCHIVED, Scope.ACCESS),
        (Fault.INVALID_BLOCKS, Scope.CONTENT),
        (Fault.UNKNOWN_CODE, Scope.UNKNOWN),
    ],
)
async def test_a_refusal_says_what_it_is_about(
    slack: FakeSlack, chat: SlackChat, soc: Destination, fault: Fault, scope: Scope
) -> None:
    slack.faults.script("chat.postMessage", fault)

    outcome = await post(chat, soc)

    assert isinstance(outcome, Rejected)
    assert outcome.scope is scope


async def test_a_slack_that_cannot_be_reached_was_sent_nothing(soc: Destination) -> None:
    async with FakeSlack() as gone:
        chat = chat_of(gone)
    try:
        assert isinstance(await post(chat, soc), Retry)
    finally:
        await chat.close()


async def test_a_name_that_does_not_resolve_was_sent_nothing(soc: Destination) -> None:
    chat = chat_of(FakeSlack(), base_url="http://slack.invalid/api/")
    try:
        assert isinstance(await post(chat, soc), Retry)
    finally:
        await chat.close()


async def test_posts_into_one_channel_keep_their_distance(slack: FakeSlack) -> None:
    clock = Frozen()
    chat = chat_of(slack, clock=clock, spacing=timedelta(seconds=1))
    soc, ops = (Destination("slack", slack.add_channel(name)) for name in ("soc", "ops"))
    for place in (soc, soc, soc, ops):
        assert isinstance(await post(chat, place), Posted)
    await chat.close()

    assert clock.waits == [1.0, 2.0]


class Skipping(FakeClock):
    """Whoever sleeps moves it on."""

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds)


class Unsteady(FakeSlack):
    """The ways there take unequal time."""

    ways = (0.4, 0.0, 0.9, 0.1, 0.0)  # seconds

    def _pace(self, place: Place) -> None:
        self.clock.advance(self.ways[len(place.messages)])
        super()._pace(place)


async def test_posts_keep_their_distance_where_they_arrive_too() -> None:
    """Sent a second apart, they may come closer together than that."""
    clock = Skipping()
    async with Unsteady(clock=clock, spacing=1) as slack:
        soc = Destination("slack", slack.add_channel("soc"))
        chat = chat_of(slack, clock=clock, spacing=timedelta(seconds=1))
        for number in range(5):
            assert isinstance(await post(chat, soc, f"a{number}"), Posted)
        await chat.close()
        assert slack.limited == 0


async def test_the_stand_in_limits_who_posts_too_fast() -> None:
    async with FakeSlack(spacing=30) as slack:
        place = Destination("slack", slack.add_channel("soc"))
        chat = chat_of(slack)
        assert isinstance(await post(chat, place, "a1"), Posted)
        second = await post(chat, place, "a2")
        await chat.close()

        assert isinstance(second, Retry)
        assert second.after == timedelta(seconds=30)


async def test_a_cancelled_post_leaves_the_connection_usable(
    slack: FakeSlack, chat: SlackChat, soc: Destination
) -> None:
    slack.faults.script("chat.postMessage", Fault.SLOW)
    posting = asyncio.create_task(post(chat, soc))
    await asyncio.sleep(0.05)
    posting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await posting

    assert isinstance(await post(chat, soc, "m2"), Posted)


# --- editing -------------------------------------------------------------------------------


async def test_an_edit_replaces_the_card_and_may_be_repeated(
    slack: FakeSlack, chat: SlackChat, soc: Destination
) -> None:
    posted = await post(chat, soc)
    revised = compose(build_story(headline="Gateway flaw is exploited"), "en")
    for _ in range(2):
        outcome = await chat.edit(soc, posted.message_id, revised, mark="m1")
        assert outcome == posted

    (message,) = slack.standing(soc.place)
    assert "Gateway flaw is exploited" in str(message["blocks"])
    assert message["metadata"]["event_payload"] == {"key": "m1"}


async def test_an_edit_of_a_deleted_card_concerns_that_card_only(
    chat: SlackChat, soc: Destination
) -> None:
    outcome = await chat.edit(soc, "1.000001", CARD, mark="m1")

    assert isinstance(outcome, Rejected)
    assert outcome.scope is Scope.CONTENT


async def test_a_deletion_takes_the_card_away_and_may_be_repeated(
    slack: FakeSlack, chat: SlackChat, soc: Destination
) -> None:
    posted = await post(chat, soc)
    for _ in range(2):
        assert await chat.remove(soc, posted.message_id) == Gone()
    assert slack.standing(soc.place) == []


async def test_a_deletion_without_access_is_refused_with_the_cure(
    slack: FakeSlack, chat: SlackChat, soc: Destination
) -> None:
    posted = await post(chat, soc)
    slack.places[soc.place].member = False
    outcome = await chat.remove(soc, posted.message_id)
    assert isinstance(outcome, Rejected)
    assert outcome.scope is Scope.ACCESS


# --- reading back ----------------------------------------------------------------------------


@pytest.mark.parametrize("plain", [False, True])
async def test_a_post_whose_answer_was_lost_is_found(
    slack: FakeSlack, chat: SlackChat, soc: Destination, plain: bool
) -> None:
    watermark = slack.chatter(soc.place, 3)
    slack.faults.script("chat.postMessage", Fault.DROP_ACCEPTED)
    assert isinstance(await post(chat, soc, plain=plain), Unclear)
    slack.chatter(soc.place, 3)

    sighting = await find(chat, soc, watermark=watermark)

    assert sighting == Found(slack.standing(soc.place)[3]["ts"])


async def test_a_post_that_never_arrived_is_absent(
    slack: FakeSlack, chat: SlackChat, soc: Destination
) -> None:
    slack.faults.script("chat.postMessage", Fault.DROP_UNREAD)
    await post(chat, soc)
    await post(chat, soc, "other")

    assert await find(chat, soc) == Absent()


async def test_the_footer_names_the_post_when_the_metadata_are_gone(
    slack: FakeSlack, chat: SlackChat, soc: Destination
) -> None:
    posted = await post(chat, soc)
    slack.standing(soc.place)[0]["metadata"] = {}

    assert await find(chat, soc) == Found(posted.message_id)


async def test_a_busy_channel_is_read_page_by_page(soc: Destination) -> None:
    async with FakeSlack(page=5) as slack:
        place = Destination("slack", slack.add_channel("soc"))
        chat = chat_of(slack)
        posted = await post(chat, place)
        slack.chatter(place.place, 12)

        assert await find(chat, place) == Found(posted.message_id)
        assert await find(chat, place, "absent") == Absent()
        await chat.close()


async def test_an_empty_channel_has_no_watermark_and_is_read_all_the_same(
    chat: SlackChat, soc: Destination
) -> None:
    assert await chat.watermark(soc) == ""
    posted = await post(chat, soc)

    assert await chat.watermark(soc) == posted.message_id
    assert await find(chat, soc, watermark="") == Found(posted.message_id)


async def test_the_watermark_of_a_new_process_is_the_newest_message(
    slack: FakeSlack, chat: SlackChat, soc: Destination
) -> None:
    newest = slack.chatter(soc.place, 2)

    assert await chat.watermark(soc) == newest


async def test_a_channel_that_cannot_be_read_has_no_watermark(
    slack: FakeSlack, chat: SlackChat, soc: Destination
) -> None:
    slack.places[soc.place].readable = False

    assert await chat.watermark(soc) == ""


@pytest.mark.parametrize("ahead", [timedelta(hours=-3), timedelta(hours=3)])
async def test_the_clock_that_counts_is_that_of_slack(ahead: timedelta) -> None:
    async with FakeSlack(ahead=ahead) as slack:
        place = Destination("slack", slack.add_channel("soc"))
        first, second = chat_of(slack), chat_of(slack)
        posted = await post(first, place)

        assert await find(second, place) == Found(posted.message_id)
        await first.close()
        await second.close()


async def test_old_messages_are_not_read_again(chat: SlackChat, soc: Destination) -> None:
    posted = await post(chat, soc)
    tomorrow = NOW() + timedelta(days=1)

    sighting = await chat.find(soc, mark="m1", nonce="n", since=tomorrow, watermark="1.0")

    assert isinstance(posted, Posted)
    assert sighting == Absent()


async def test_without_permission_to_read_the_channel_is_unreadable_for_good(
    slack: FakeSlack, chat: SlackChat, soc: Destination
) -> None:
    slack.places[soc.place].readable = False

    sighting = await find(chat, soc)

    assert isinstance(sighting, Unreadable)
    assert not sighting.later
    assert "channels:history" in sighting.reason


@pytest.mark.parametrize(
    "fault",
    [
        Fault.DROP_UNREAD,
        Fault.ERROR_503,
        Fault.LIMITED_NO_HEADER,
        Fault.HALF_BODY,
        Fault.BROKEN_JSON,
        Fault.EMPTY_BODY,
        Fault.INTERNAL,
    ],
)
async def test_a_reading_that_fails_is_tried_again_and_proves_nothing_when_it_never_succeeds(
    slack: FakeSlack, soc: Destination, fault: Fault
) -> None:
    clock = Hurried()
    chat = chat_of(slack, clock=clock)
    posted = await post(chat, soc)
    slack.faults.script("conversations.history", fault)

    assert await find(chat, soc) == Found(posted.message_id)

    slack.faults.script("conversations.history", *[fault] * 9)
    sighting = await find(chat, soc)

    assert isinstance(sighting, Unreadable)
    assert sighting.later
    await chat.close()


@pytest.mark.parametrize("fault", [Fault.NO_TS])
async def test_an_answer_without_messages_is_no_proof_of_absence(
    slack: FakeSlack, chat: SlackChat, soc: Destination, fault: Fault
) -> None:
    slack.faults.script("conversations.history", fault)

    sighting = await find(chat, soc)

    assert isinstance(sighting, Unreadable)
    assert sighting.later


class Frozen(FakeClock):
    """No time passes; what was waited for is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


class Hurried(SystemClock):
    """The real clock, but nobody waits."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)


@pytest.mark.parametrize("seed", [1, *nightly(range(2, 20))])
async def test_post_and_read_back_lose_nothing_and_repeat_nothing(seed: int) -> None:
    """The courier's loop in short: what is unclear is looked for, after the longest late commit."""
    faults = Faults(seed=seed, share=0.4)
    async with FakeSlack(faults=faults, slow=0.15) as slack:
        place = Destination("slack", slack.add_channel("soc"))
        chat = chat_of(slack, clock=Hurried(), timeout=0.1)
        marks = [f"m{n}" for n in range(25)]
        for mark in marks:
            await deliver(chat, place, mark)
        await chat.close()

        assert slack.keys() == marks
        assert slack.violations == []


async def deliver(chat: SlackChat, place: Destination, mark: str) -> None:
    for _ in range(50):
        outcome = await post(chat, place, mark)
        if isinstance(outcome, Posted):
            return
        if isinstance(outcome, Unclear) and await stands(chat, place, mark):
            return
        assert isinstance(outcome, Retry | Unclear), outcome
    raise AssertionError("never delivered")


async def stands(chat: SlackChat, place: Destination, mark: str) -> bool:
    await asyncio.sleep(0.2)  # SETTLE: longer than the slowest late commit
    for _ in range(50):
        sighting = await find(chat, place, mark)
        if isinstance(sighting, Found | Absent):
            return isinstance(sighting, Found)
        assert sighting.later, sighting
    raise AssertionError("never readable")


# --- places ------------------------------------------------------------------------------------


async def test_a_channel_is_found_by_name_or_id_private_ones_too(chat_paged: Any) -> None:
    slack, chat = chat_paged
    for number in range(7):
        slack.add_channel(f"channel-{number}")
    soc, ops = slack.add_channel("soc"), slack.add_channel("ops", private=True)

    for address, place in [("#soc", soc), ("#SOC", soc), ("#ops", ops), (soc, soc), (ops, ops)]:
        assert await chat.resolve(Target("slack", address)) == Destination("slack", place)
    assert slack.calls.count("conversations.list") == 5  # pages of one listing


@pytest.fixture
async def chat_paged() -> AsyncIterator[tuple[FakeSlack, SlackChat]]:
    async with FakeSlack(page=2) as slack:
        chat = chat_of(slack, clock=Hurried())
        yield slack, chat
        await chat.close()


async def test_a_person_is_found_by_user_name_or_by_the_name_people_see(chat_paged: Any) -> None:
    slack, chat = chat_paged
    alice = slack.add_user("alice", shown="Alice A.")
    bob = slack.add_user("bob77", shown="Bob")
    slack.add_user("gone", deleted=True)

    first = await chat.resolve(Target("slack", "@alice"))
    assert slack.places[first.place].user == alice
    assert await chat.resolve(Target("slack", "@Alice A.")) == first
    assert await chat.resolve(Target("slack", alice)) == first
    assert slack.places[(await chat.resolve(Target("slack", "@bob"))).place].user == bob


@pytest.mark.parametrize(
    ("address", "cure"),
    [
        ("#nowhere", "/invite @nightdesk"),
        ("#secret", "/invite @nightdesk"),
        ("C9999", "/invite @nightdesk"),
        ("@nobody", "check the person"),
        ("@gone", "check the person"),
        ("@twin", "member id"),
        ("U9999", "check the person"),
    ],
)
async def test_a_place_that_is_not_found_is_told_with_the_cure(
    slack: FakeSlack, chat: SlackChat, address: str, cure: str
) -> None:
    slack.add_channel("secret", private=True, member=False)
    slack.add_user("gone", deleted=True)
    slack.add_user("t1", shown="Twin")
    slack.add_user("t2", shown="twin")

    with pytest.raises(ChatError, match=cure):
        await chat.resolve(Target("slack", address))


async def test_an_archived_channel_is_told_as_such(slack: FakeSlack, chat: SlackChat) -> None:
    place = slack.add_channel("old", archived=True)

    with pytest.raises(ChatError, match="unarchive"):
        await chat.resolve(Target("slack", place))


async def test_names_are_looked_up_through_a_passing_trouble(chat_paged: Any) -> None:
    slack, chat = chat_paged
    place = slack.add_channel("soc")
    slack.faults.script("conversations.list", Fault.LIMITED, Fault.ERROR_503)

    assert (await chat.resolve(Target("slack", "#soc"))).place == place


async def test_a_channel_made_later_is_found_once_the_list_is_old(slack: FakeSlack) -> None:
    clock = FakeClock()
    chat = chat_of(slack, clock=clock)
    with pytest.raises(ChatError):
        await chat.resolve(Target("slack", "#new"))
    place = slack.add_channel("new")
    clock.advance(301)

    assert (await chat.resolve(Target("slack", "#new"))).place == place
    await chat.close()


# --- the doctor ----------------------------------------------------------------------------------


async def test_a_healthy_set_up_has_no_problems(slack: FakeSlack, soc: Destination) -> None:
    slack.add_user("alice")
    targets = [Target("slack", "#soc"), Target("slack", "@alice")]
    chat = chat_of(slack, targets=targets)

    assert await chat.check() == ()
    await chat.close()


async def test_a_bad_token_is_the_only_problem_told(slack: FakeSlack) -> None:
    chat = SlackChat(
        "xoxb-wrong",
        "",
        answer=nobody,
        clock=SystemClock(),
        random=Random(1),
        base_url=slack.api_url,
    )
    (problem,) = await chat.check()

    assert problem.startswith("SLACK_BOT_TOKEN")
    assert "xoxb-wrong" not in problem
    await chat.close()


async def test_each_problem_comes_with_its_cure() -> None:
    async with FakeSlack(scopes="chat:write,commands", ahead=timedelta(minutes=5)) as slack:
        slack.add_channel("soc", member=False)
        slack.add_channel("dumb", readable=False)
        targets = [Target("slack", name) for name in ("#soc", "#dumb", "#nowhere")]
        chat = SlackChat(
            BOT_TOKEN,
            "",
            answer=nobody,
            clock=Hurried(),
            random=Random(1),
            base_url=slack.api_url,
            targets=targets,
        )
        told = "\n".join(await chat.check())
        await chat.close()

    assert "scope channels:history is missing" in told
    assert "scope chat:write is missing" not in told
    assert "SLACK_APP_TOKEN is not set" in told
    assert "s behind Slack's" in told
    assert "slack:#soc: the bot is not in the channel: invite the bot" in told
    assert "slack:#dumb: delivery proof: none" in told
    assert "slack:#nowhere was not found" in told


async def test_a_bad_app_token_is_told(slack: FakeSlack) -> None:
    chat = SlackChat(
        BOT_TOKEN,
        "xapp-wrong",
        answer=nobody,
        clock=Hurried(),
        random=Random(1),
        base_url=slack.api_url,
    )
    (problem,) = await chat.check()

    assert problem.startswith("SLACK_APP_TOKEN")
    await chat.close()


async def test_a_note_stands_in_the_thread_of_its_card_and_is_found_there(
    slack: FakeSlack, chat: SlackChat, soc: Destination
) -> None:
    card = await chat.post(soc, CARD, mark="card00000000", nonce="")
    assert isinstance(card, Posted)
    note = Notice("A headline", "It is known to be exploited.")
    told = await chat.post(soc, note, mark="note00000000", nonce="", reply_to=card.message_id)
    assert isinstance(told, Posted)
    where = {"nonce": "", "since": NOW(), "watermark": card.message_id}
    thread = {**where, "reply_to": card.message_id}
    assert await chat.find(soc, mark="note00000000", **thread) == Found(told.message_id)
    assert await chat.find(soc, mark="other0000000", **thread) == Absent()
    (reply,) = [m for m in slack.places[soc.place].messages if "thread_ts" in m]
    assert (reply["thread_ts"], reply["subtype"]) == (card.message_id, "thread_broadcast")


async def test_an_aside_stands_in_the_thread_alone_and_is_found_there(
    slack: FakeSlack, chat: SlackChat, soc: Destination
) -> None:
    card = await chat.post(soc, CARD, mark="card00000000", nonce="")
    assert isinstance(card, Posted)
    note = Notice("A headline", "It is known to be exploited.", aside=True)
    told = await chat.post(soc, note, mark="note00000000", nonce="", reply_to=card.message_id)
    assert isinstance(told, Posted)
    (reply,) = [m for m in slack.places[soc.place].messages if "thread_ts" in m]
    assert "subtype" not in reply
    where = {"nonce": "", "since": NOW(), "watermark": card.message_id}
    found = await chat.find(soc, mark="note00000000", reply_to=card.message_id, **where)
    assert found == Found(told.message_id)


@pytest.mark.parametrize("closed", [True, False])
async def test_a_line_that_no_thread_takes_stands_in_the_channel_and_is_found_there(
    slack: FakeSlack, chat: SlackChat, soc: Destination, *, closed: bool
) -> None:
    card = await chat.post(soc, CARD, mark="card00000000", nonce="")
    assert isinstance(card, Posted)
    if closed:
        slack.places[soc.place].threads = False
    else:  # somebody deleted the card
        slack.places[soc.place].messages.clear()
    note = Notice("A headline", "It is known to be exploited.", aside=True)
    told = await chat.post(soc, note, mark="note00000000", nonce="", reply_to=card.message_id)
    assert isinstance(told, Posted)
    where = {"nonce": "", "since": NOW(), "watermark": card.message_id}
    found = await chat.find(soc, mark="note00000000", reply_to=card.message_id, **where)
    assert found == Found(told.message_id)
    assert "thread_ts" not in slack.places[soc.place].messages[-1]
