"""What people type and press in Slack, through the real slack_bolt, and what they see."""

import asyncio
import time
from collections.abc import AsyncIterator
from random import Random
from typing import Any

import pytest

from bot.commands import Reply, Request
from bot.platforms.slack.chat import SlackChat
from digests.cards.compose import compose
from digests.clock import SystemClock
from digests.model import Destination, Key, Line, Listing, Notice, Posted, Span
from digests.testing import START, build_story
from tests.fakeslack import APP_TOKEN, BOT_TOKEN, FakeSlack
from tests.slackfaults import Fault


class Answers:
    """Stands in for the commands: remembers what it was asked and shows a page of results."""

    def __init__(self) -> None:
        self.asked: list[Request] = []
        self.takes = 0.0  # seconds for an answer
        self.raises = False

    async def __call__(self, request: Request) -> Reply:
        self.asked.append(request)
        if self.raises:
            raise RuntimeError("the archive is on fire")
        await asyncio.sleep(self.takes)
        if request.verb == "story":
            return Reply(compose(build_story(), "en"))
        if request.verb == "help":
            return Reply(Notice("Help", "/digest search <words>"))
        page = int(request.text.rpartition(":")[2]) if request.verb == "page" else 1
        line = Line(Key("k1"), f"Result {page}", "https://n.example/1", "N", START, (Span("s"),))
        previous = f"q:ab:{page - 1}" if page > 1 else ""
        return Reply(Listing(f"Page {page}", (line,), "en"), previous, f"q:ab:{page + 1}")


class Bot:
    """A listening chat, with the workspace it listens in."""

    def __init__(self, slack: FakeSlack, **options: Any) -> None:
        self.slack = slack
        self.answers = Answers()
        self.clock = Quick()
        self.chat = SlackChat(
            BOT_TOKEN,
            options.pop("app_token", APP_TOKEN),
            answer=self.answers,
            clock=self.clock,
            random=Random(1),
            base_url=slack.api_url,
        )
        self.soc = slack.add_channel("soc")
        self.alice = slack.add_user("alice")

    async def type(self, text: str, **more: Any) -> Any:
        return await self.slack.command(
            text, user=more.get("user", self.alice), channel=more.get("channel", self.soc)
        )


class Quick(SystemClock):
    """The real clock with waits a hundred times shorter, which it remembers."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        await asyncio.sleep(seconds / 100)


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    async with FakeSlack() as slack:
        bot = Bot(slack)
        await bot.chat.start()
        yield bot
        await bot.chat.close()
        assert slack.violations == []


# --- asking ----------------------------------------------------------------------------------


async def test_a_search_is_answered_to_the_asker_alone(bot: Bot) -> None:
    seen = await bot.type("/digest search ivanti connect")

    (request,) = bot.answers.asked
    assert (request.verb, request.text) == ("search", "ivanti connect")
    assert request.asker.platform == "slack"
    assert request.asker.user == bot.alice
    assert request.asker.place == "T0NIGHT"
    assert request.asker.conversation == bot.soc
    assert request.asker.locale == "en"
    assert seen.body["response_type"] == "ephemeral"
    assert "Result 1" in seen.text
    assert bot.slack.keys() == []


@pytest.mark.parametrize(
    ("typed", "verb", "text"),
    [
        ("/digest", "help", ""),
        ("/digest   ", "help", ""),
        ("/digest LATEST", "latest", ""),
        ("/digest latest ransomware", "latest", "ransomware"),
        ("/digest story k7f3", "story", "k7f3"),
        ("/digest ivanti", "ivanti", ""),
        ('/digest search "supply chain" -podcast', "search", '"supply chain" -podcast'),
        ("/digest search cvss:>=9 a&b <x> &lt;", "search", "cvss:>=9 a&b <x> &lt;"),
        ("/digest search ثغرة", "search", "ثغرة"),
        ("/digest search " + "x" * 4000, "search", "x" * 4000),
        ("/digest search \x00'; drop table", "search", "\x00'; drop table"),
        ("/digest search\tivanti", "search", "ivanti"),
    ],
)
async def test_words_reach_the_desk_as_they_were_typed(
    bot: Bot, typed: str, verb: str, text: str
) -> None:
    await bot.type(typed)

    assert (bot.answers.asked[0].verb, bot.answers.asked[0].text) == (verb, text)


async def test_the_language_of_the_asker_is_looked_up_once(bot: Bot) -> None:
    layla = bot.slack.add_user("layla", locale="ar-AE")
    for _ in range(3):
        await bot.type("/digest", user=layla)

    assert [request.asker.locale for request in bot.answers.asked] == ["ar"] * 3
    assert bot.slack.calls.count("users.info") == 1


@pytest.mark.parametrize("fault", [Fault.ERROR_503, Fault.DROP_UNREAD, Fault.REVOKED])
async def test_without_a_language_the_answer_is_english(bot: Bot, fault: Fault) -> None:
    bot.slack.faults.script("users.info", *[fault] * 4)

    await bot.type("/digest")

    assert bot.answers.asked[0].asker.locale == "en"


async def test_a_command_in_a_direct_message_is_answered_there(bot: Bot) -> None:
    place = bot.slack.methods["conversations.open"]({"users": bot.alice})["channel"]["id"]
    await bot.type("/digest latest", channel=place)

    assert bot.answers.asked[0].asker.conversation == place


async def test_many_ask_at_once(bot: Bot) -> None:
    bot.answers.takes = 0.05
    people = [bot.slack.add_user(f"user{n}") for n in range(20)]
    seen = await asyncio.gather(*(bot.type("/digest search x", user=name) for name in people))

    assert len(seen) == 20
    assert {request.asker.user for request in bot.answers.asked} == set(people)


# --- paging and buttons --------------------------------------------------------------------------


async def test_next_and_previous_turn_the_page_in_place(bot: Bot) -> None:
    first = await bot.type("/digest search ivanti")
    assert list(first.buttons) == ["Next"]

    second = await bot.slack.press(first, "Next")
    assert "Result 2" in second.text
    assert list(second.buttons) == ["Previous", "Next"]
    back = await bot.slack.press(second, "Previous")
    assert "Result 1" in back.text

    assert [(r.verb, r.text) for r in bot.answers.asked[1:]] == [
        ("page", "q:ab:2"),
        ("page", "q:ab:1"),
    ]
    assert bot.answers.asked[1].asker == bot.answers.asked[0].asker


async def test_a_page_is_turned_after_a_restart_too(bot: Bot) -> None:
    first = await bot.type("/digest search ivanti")
    await bot.chat.close()
    reborn = Bot(bot.slack)
    await reborn.chat.start()

    assert "Result 2" in (await bot.slack.press(first, "Next")).text
    await reborn.chat.close()


async def test_a_cards_button_is_answered_beside_the_card_also_after_a_restart(bot: Bot) -> None:
    story = await bot.type("/digest story k001")
    await bot.chat.close()
    reborn = Bot(bot.slack)
    await reborn.chat.start()
    answer = await bot.slack.press(story, "Similar")

    assert "Result 1" in answer.text
    assert not answer.body["replace_original"]
    assert [(r.verb, r.text) for r in reborn.answers.asked] == [("similar", "k001")]
    await reborn.chat.close()


async def test_a_button_that_opens_an_address_is_acknowledged_and_asks_nothing(bot: Bot) -> None:
    story = await bot.type("/digest story k001")
    bot.answers.asked.clear()

    await bot.slack.press(story, "Read full text")

    assert bot.answers.asked == []


async def test_an_unknown_button_is_acknowledged(bot: Bot) -> None:
    story = await bot.type("/digest story k001")
    story.body["blocks"][-2]["elements"][0] |= {"action_id": "from:elsewhere"}

    await bot.slack.press(story, "Read full text")


@pytest.mark.parametrize("kind", ["events_api", "interactive", "something_new"])
async def test_an_envelope_that_nobody_expects_is_acknowledged(bot: Bot, kind: str) -> None:
    await bot.slack.envelope(kind, {"type": "view_closed", "event": {"type": "x"}})

    assert bot.answers.asked == []
    assert "Help" in (await bot.type("/digest")).text


# --- acknowledging -------------------------------------------------------------------------------


async def test_the_acknowledgement_does_not_wait_for_the_answer(bot: Bot) -> None:
    bot.answers.takes = 60
    payload = {"command": "/digest", "text": "latest", "trigger_id": "t1", "response_url": ""}
    ack = await bot.slack.envelope("slash_commands", payload)
    await until(lambda: bool(bot.answers.asked))

    assert ack.payload is None
    assert [entry for entry in bot.slack.log if entry.kind == "responded"] == []


async def test_a_command_is_acknowledged_while_the_loop_is_busy(bot: Bot) -> None:
    await bot.slack.connected()
    stop = asyncio.Event()

    async def busy() -> None:
        while not stop.is_set():
            time.sleep(0.02)  # noqa: ASYNC251 - the point of the test
            await asyncio.sleep(0)

    working = [asyncio.create_task(busy()) for _ in range(3)]
    payload = {"command": "/digest", "text": "x", "trigger_id": "t1", "response_url": ""}
    try:
        await bot.slack.envelope("slash_commands", payload)
    finally:
        stop.set()
        await asyncio.gather(*working)


async def test_an_envelope_that_comes_twice_is_answered_once(bot: Bot) -> None:
    payload = {"command": "/digest", "text": "latest", "trigger_id": "t1", "response_url": ""}
    await bot.slack.envelope("slash_commands", payload, times=3)
    await bot.slack.envelope("slash_commands", payload)  # another envelope, the same trigger
    await bot.type("/digest help")
    await until(lambda: len(bot.answers.asked) >= 2)

    assert sorted(request.verb for request in bot.answers.asked) == ["help", "latest"]


async def test_an_answer_that_fails_does_not_take_the_next_one_with_it(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    bot.answers.raises = True
    payload = {"command": "/digest", "text": "latest", "trigger_id": "t1", "response_url": ""}
    await bot.slack.envelope("slash_commands", payload)
    await until(lambda: bool(bot.answers.asked))
    bot.answers.raises = False

    assert "Help" in (await bot.type("/digest")).text
    await until(lambda: "on fire" in caplog.text)


async def test_an_answer_that_was_not_shown_is_shown_again(bot: Bot) -> None:
    bot.slack.deaf_responses = 1

    assert "Help" in (await bot.type("/digest")).text
    assert 1.0 in bot.clock.waits


async def test_an_answer_that_cannot_be_shown_is_a_line_in_the_log(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    gone = f"http://127.0.0.1:{bot.slack.port}/respond/used"
    payload = {"command": "/digest", "text": "", "trigger_id": "t1", "response_url": gone}
    await bot.slack.envelope("slash_commands", payload)

    await until(lambda: "a reply was not shown" in caplog.text)


# --- the connection --------------------------------------------------------------------------------


async def test_a_connection_that_slack_renews_is_opened_again(bot: Bot) -> None:
    await bot.type("/digest")
    await bot.slack.ask_to_reconnect()
    await until(lambda: bot.slack.connections == 2)

    assert "Help" in (await bot.type("/digest")).text


async def test_a_connection_that_is_cut_is_opened_again(bot: Bot) -> None:
    await bot.type("/digest")
    bot.slack.cut_connections()
    await until(lambda: bot.slack.connections == 2)

    assert "Help" in (await bot.type("/digest")).text


async def test_a_slack_that_refuses_connections_is_asked_less_and_less_often() -> None:
    async with FakeSlack() as slack:
        slack.failing_connections = 6
        bot = Bot(slack)
        await bot.chat.start()
        assert "Help" in (await bot.type("/digest")).text
        await bot.chat.close()

    waits = bot.clock.waits[:6]
    assert all(0.125 * 2**n <= wait <= 0.25 * 2**n for n, wait in enumerate(waits))


async def test_a_bot_that_starts_before_slack_listens_in_the_end() -> None:
    slack = FakeSlack()
    await slack.start()
    bot = Bot(slack)
    await slack.close()
    await bot.chat.start()
    await until(lambda: len(bot.clock.waits) >= 2)
    await slack.start()

    assert "Help" in (await bot.type("/digest")).text
    await bot.chat.close()
    await slack.close()


async def test_posting_does_not_need_the_connection() -> None:
    async with FakeSlack() as slack:
        slack.failing_connections = 1_000
        bot = Bot(slack)
        await bot.chat.start()
        outcome = await bot.chat.post(
            Destination("slack", bot.soc), compose(build_story(), "en"), mark="m1", nonce="n"
        )
        await bot.chat.close()

        assert isinstance(outcome, Posted)
        assert slack.connections == 0


async def test_without_an_app_token_nothing_listens() -> None:
    async with FakeSlack() as slack:
        bot = Bot(slack, app_token="")
        await bot.chat.start()
        await asyncio.sleep(0)
        await bot.chat.close()

        assert slack.calls == []


async def test_closing_ends_an_answer_under_way_and_leaves_no_task() -> None:
    async with FakeSlack() as slack:
        bot = Bot(slack)
        before = asyncio.all_tasks()
        await bot.chat.start()
        bot.answers.takes = 60
        payload = {"command": "/digest", "text": "latest", "trigger_id": "t", "response_url": ""}
        await slack.envelope("slash_commands", payload)
        await until(lambda: bool(bot.answers.asked))
        await bot.chat.close()
        await until(lambda: not slack._sockets)

        ours = {task.get_name() for task in asyncio.all_tasks() - before}
        assert "slack commands" not in ours


async def test_no_secret_reaches_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    async with FakeSlack() as slack:
        slack.failing_connections = 1
        bot = Bot(slack)
        await bot.chat.start()
        await bot.type("/digest search x")
        slack.faults.script("chat.postMessage", Fault.REVOKED)
        place = Destination("slack", bot.soc)
        await bot.chat.post(place, Notice("N", "t"), mark="m1", nonce="n")
        slack.cut_connections()
        await until(lambda: slack.connections == 2)
        await bot.chat.close()

    ours = "\n".join(str(vars(record)) for record in caplog.records if "slack" in record.name)
    for secret in (BOT_TOKEN, APP_TOKEN, "ticket-", "/respond/"):
        assert secret not in ours


async def until(true: Any, within: float = 5.0) -> None:
    async with asyncio.timeout(within):
        while not true():  # noqa: ASYNC110 - the condition is not ours to signal
            await asyncio.sleep(0.01)
