"""What editors do, on both platforms: the real libraries, a real desk, archive and courier.

Whoever is no editor is refused whatever is sent, and what is sent under a forged name does nothing.
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bot.commands import Commands
from bot.commands.asking import Who
from bot.commands.table import TABLE
from bot.courier import Courier
from bot.doing import Deeds, Looks
from bot.platforms.discord import controls
from bot.platforms.discord.chat import DiscordChat
from bot.platforms.slack import render as slack
from bot.platforms.slack.chat import SlackChat
from digests.archive.store import Archive
from digests.config import Defaults, People, Settings, Welcome
from digests.desk.desk import Desk
from digests.feeds.fetch import Fetcher
from digests.model import (
    Channel,
    Comment,
    CommentId,
    Destination,
    NewPost,
    PostState,
    Press,
    Rejected,
    Scope,
    Target,
    Watch,
    WatchId,
)
from digests.model.watching import channel_of
from digests.rules.ledger import provisional
from digests.testing import FakeClock
from digests.web.addresses import AddressRules
from digests.web.client import Client
from tests.fakediscord import BOT_ROLE, CHANNEL, GUILD, OWNER, TOKEN, FakeDiscord
from tests.fakediscord.people import Seen
from tests.fakediscord.world import Channel as Thread
from tests.fakefeeds import FakeFeeds
from tests.fakeslack import APP_TOKEN, BOT_TOKEN, FakeSlack
from tests.platforms.test_discord_commands import Hasty, until
from tests.platforms.test_slack_commands import Quick
from tests.services.test_desk import InlineWorker, feed
from tests.services.test_separating import TITLE, one_entry

STRANGER = "4711"
EDITORS = [verb.name for verb in TABLE.verbs if verb.who is Who.EDITOR]


class Platform(ABC):
    """One platform's stand-in with the bot's real chat beside it."""

    target: Target
    editors: People
    chat: Any

    @abstractmethod
    async def ask(
        self, verb: str, text: str = "", *, stranger: bool = False, **options: str
    ) -> Any:
        """Type a command; returns what its asker sees, with `text` and `buttons`."""

    @abstractmethod
    async def press(self, seen: Any, label: str, *, stranger: bool = False) -> Any:
        """Press a button of an answer."""

    @abstractmethod
    async def forge(self, seen: Any, verb: str, state: str) -> Any:
        """A stranger sends a button of their own making."""

    @abstractmethod
    def standing(self) -> list[Any]:
        """What stands in the channel."""


class OnSlack(Platform):
    def __init__(self, fake: FakeSlack) -> None:
        self.fake = fake
        self.soc = fake.add_channel("soc")
        self.editor, self.stranger = fake.add_user("alice"), fake.add_user("mallory")
        self.target = Target("slack", "#soc")
        self.editors = People(slack=frozenset({self.editor}), discord=frozenset({self.stranger}))

    def listen(self, commands: Commands) -> None:
        self.chat = SlackChat(
            BOT_TOKEN, APP_TOKEN, answer=commands.answer, clock=Quick(), random=Random(1),
            base_url=self.fake.api_url, spacing=timedelta(0), targets=[self.target],
        )  # fmt: skip

    async def ask(
        self, verb: str, text: str = "", *, stranger: bool = False, **options: str
    ) -> Any:
        where = f"where:{options['where']}" if "where" in options else ""
        typed = " ".join(filter(None, ("/digest", verb, text, options.get("reason", ""), where)))
        user = self.stranger if stranger else self.editor
        return await self.fake.command(typed, user=user, channel=self.soc)

    async def press(self, seen: Any, label: str, *, stranger: bool = False) -> Any:
        user = self.stranger if stranger else self.editor
        return await self.fake.press(replace(seen, user=user), label)

    async def forge(self, seen: Any, verb: str, state: str) -> Any:
        words = {"type": "plain_text", "text": "forged"}
        button = {"type": "button", "action_id": slack.ACT + verb, "value": state, "text": words}
        body = {"blocks": [{"type": "actions", "elements": [button]}]}
        return await self.fake.press(replace(seen, body=body, user=self.stranger), "forged")

    def standing(self) -> list[Any]:
        return self.fake.standing(self.soc)


class OnDiscord(Platform):
    def __init__(self, fake: FakeDiscord) -> None:
        self.fake = fake
        self.target = Target("discord", CHANNEL)
        self.editors = People(discord=frozenset({OWNER}), slack=frozenset({STRANGER}))

    def listen(self, commands: Commands) -> None:
        self.chat = DiscordChat(
            TOKEN, clock=Hasty(), random=Random(1), answer=commands.answer,
            complete=commands.complete, form=commands.form, targets=lambda: [self.target],
            api_url=self.fake.api_url, gateway_url=self.fake.gateway_url,
        )  # fmt: skip

    async def ask(
        self, verb: str, text: str = "", *, stranger: bool = False, **options: str
    ) -> Any:
        found = next(one for one in TABLE.verbs if one.name == verb)
        first = {found.options[0].name: text} if text and found.options else {}
        user = STRANGER if stranger else OWNER
        return await self.fake.command(verb, first | options, user=user)

    async def press(self, seen: Any, label: str, *, stranger: bool = False) -> Any:
        return await self.fake.press(seen, label, user=STRANGER if stranger else OWNER)

    async def forge(self, seen: Any, verb: str, state: str) -> Any:
        custom_id = f"{controls.ACT}{verb}:{state}"
        return await self.fake.press(seen, custom_id=custom_id, user=STRANGER)

    def standing(self) -> list[Any]:
        return self.fake.messages()


@dataclass
class Office:
    """All of it, wired as in the application."""

    platform: Any
    archive: Archive
    desk: Desk
    courier: Courier
    publisher: FakeFeeds

    async def rounds(self, count: int = 3) -> None:
        for _ in range(count):
            await self.courier.round()
            await self.courier.drained()

    async def key(self) -> str:
        return (await self.archive.latest(1))[0].key

    async def trail(self) -> list[str]:
        return [one.verb for one in reversed(await self.archive.acts.trail())]


@pytest.fixture(params=["slack", "discord"])
async def office(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Office]:
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        paths = {"/1": one_entry(TITLE, "https://a.example/1"),
                 "/2": one_entry(TITLE, "https://b.example/2")}  # fmt: skip
        publisher = await enter(FakeFeeds(paths))
        clock = FakeClock()
        archive = await Archive.open(tmp_path / "office.db")
        stack.push_async_callback(archive.close)
        client = await enter(Client(AddressRules(["127.0.0.0/8"]), clock, user_agent="test"))
        fetcher = Fetcher(client, clock, Random(1), spacing=0)
        desk = Desk(archive, fetcher, InlineWorker(), clock)
        fake: Any = await enter(FakeSlack() if request.param == "slack" else FakeDiscord())
        platform: Any = OnSlack(fake) if request.param == "slack" else OnDiscord(fake)
        chats: dict[str, Any] = {}
        courier = Courier(archive, chats, lambda: desk.settings, clock)
        deeds = Deeds(desk, Looks(fetcher, InlineWorker(), clock), courier.wake)
        commands = Commands(archive, lambda: desk.settings, clock, doing=deeds)
        platform.listen(commands)
        chats[request.param] = platform.chat
        feeds = tuple(feed(publisher.url(f"/{n}"), n) for n in (1, 2))
        channel = Channel("soc", platform.target)
        people = People(everyone=True)
        await desk.open(Settings(Defaults(welcome=Welcome.FIRST), feeds=feeds, channels=(channel,), readers=people,
                                 editors=platform.editors))  # fmt: skip
        await platform.chat.start()
        stack.push_async_callback(platform.chat.close)
        if request.param == "discord":
            await until(fake.gateway.identified.is_set)
        else:
            await fake.connected()
        one = Office(platform, archive, desk, courier, publisher)
        for each in feeds:
            await desk.poll(replace(each, first=None))
        await one.rounds()
        yield one
        assert fake.violations == []


async def test_why_tells_the_way_of_a_story_to_its_post(office: Office) -> None:
    assert len(office.platform.standing()) == 1
    for what in (await office.key(), "https://b.example/2", "meridian gateways"):
        seen = await office.platform.ask("why", what, stranger=True)
        for said in ("Feed 1 began this story", "Feed 2 told it too", "a card", "posted"):
            assert said in seen.text
        assert "With this in feeds.yaml it would not have been told" in seen.text
        assert "-publisher:publisher1.example" in seen.text
        numbers = await office.platform.press(seen, "Why these numbers?")
        assert "News" in numbers.text
        again = await office.platform.press(numbers, "What happened to it")
        assert "Feed 1 began this story" in again.text
    assert "Nothing is known of" in (await office.platform.ask("why", "zzz9")).text


async def test_what_others_watch_for_is_not_told_by_why_nor_by_taking_back(office: Office) -> None:
    story = (await office.archive.latest(1))[0]
    place = Destination(office.platform.target.platform, "D9")
    post = NewPost(channel_of("slack:U9"), place, f"story:{story.id}", text="ivanti")
    await office.archive.outbox.owe([post], now=story.seen)
    for seen in (
        await office.platform.ask("why", story.key, stranger=True),
        await office.platform.ask("why", story.key),
        await office.platform.ask("retract", story.key),
    ):
        assert "U9" not in seen.text
        assert "ivanti" not in seen.text
    assert "soc, direct messages" in seen.text


async def test_a_feed_is_paused_tested_and_resumed(office: Office) -> None:
    ask = office.platform.ask
    assert "is not asked any more" in (await ask("pause", "Feed 1", reason="noisy")).text
    assert office.desk.states[office.publisher.url("/1")].paused
    assert "paused already" in (await ask("pause", "feed 1")).text
    assert "1 entry" in (await ask("test", "Feed 1")).text
    assert "goes on" in (await ask("resume", "Feed 1")).text
    assert "was not paused" in (await ask("resume", "Feed 1")).text
    assert "nothing named" in (await ask("pause", "Fed 9")).text
    assert await office.trail() == ["pause", "test", "resume"]
    seen = await ask("audit")
    assert "Feed 1: noisy" in seen.text
    assert "Share" not in seen.buttons


async def test_a_channel_is_paused_until_an_editor_resumes_it(office: Office) -> None:
    ask = office.platform.ask
    assert "Nothing is sent to soc" in (await ask("pause", "soc")).text
    await owe(office, "notice:1")
    await office.rounds()
    assert len(office.platform.standing()) == 1
    assert "soc goes on" in (await ask("resume", "soc")).text
    await office.rounds()
    assert len(office.platform.standing()) == 2


async def test_what_is_asked_in_a_thread_is_asked_in_the_channel_above_it(office: Office) -> None:
    fake = office.platform.fake
    if not isinstance(fake, FakeDiscord):
        pytest.skip("in a thread Slack takes no commands, and its buttons name the channel")
    thread = "600000000000000555"
    fake.world.channels[thread] = Thread(thread, "A story", GUILD, 11, parent=CHANNEL)
    muted = await fake.command("mute", {"publisher": "publisher1.example"}, channel=thread)
    assert "not told in soc any more" in muted.text


async def test_a_publisher_is_muted_in_the_channel_where_it_is_asked(office: Office) -> None:
    ask = office.platform.ask
    assert "not told in soc any more" in (await ask("mute", "publisher1.example")).text
    assert "muted in soc already" in (await ask("mute", "Publisher1.example")).text
    (rule,) = office.desk._turns.decider.ledger.rules
    assert rule.muted == {"publisher1.example"}
    assert "told in soc again" in (await ask("unmute", "publisher1.example")).text
    assert "was not muted" in (await ask("unmute", "publisher1.example")).text
    assert "Did you mean publisher1.example?" in (await ask("mute", "publisher1.exampl")).text
    assert await office.trail() == ["mute", "unmute"]


async def test_a_card_is_taken_back_by_the_outbox(office: Office) -> None:
    ask, key = office.platform.ask, await office.key()
    seen = await ask("retract", key, reason="wrong vendor")
    assert "Taken back: soc" in seen.text
    assert len(office.platform.standing()) == 1  # the command itself deletes nothing
    await office.rounds()
    assert office.platform.standing() == []
    why = await ask("why", key)
    assert "taken back" in why.text
    assert "wrong vendor" in why.text
    assert "stands nowhere" in (await ask("retract", key)).text
    assert await office.trail() == ["retract"]


async def test_an_entry_is_taken_out_and_told_by_itself(office: Office) -> None:
    seen = await office.platform.ask("separate", await office.key())
    told = await office.platform.press(seen, "Take out 1")
    assert "It is story" in told.text
    await office.rounds()
    assert len(office.platform.standing()) == 2
    again = await office.platform.press(seen, "Take out 1")
    assert "all there is of its story" in again.text
    by_link = await office.platform.ask("separate", "https://a.example/1")
    assert "all there is of its story" in by_link.text
    assert await office.trail() == ["separate"]


async def test_what_was_given_up_is_sent_again(office: Office) -> None:
    await owe(office, "notice:1", "notice:2")
    for post in await office.archive.outbox.in_state(PostState.QUEUED):
        begun = await office.archive.outbox.begin(post, watermark="", now=post.queued_at)
        refused = Rejected("too long", Scope.CONTENT)
        await office.archive.outbox.settle(begun.id, refused, now=post.queued_at)
    seen = await office.platform.ask("redrive")
    assert seen.text.count("too long") == 2
    assert seen.text.index("would stand twice") < seen.text.index("too long")
    one = next(label for label in seen.buttons if label.startswith("p"))
    assert "1 post is on its way again" in (await office.platform.press(seen, one)).text
    assert "1 post is on" in (await office.platform.press(seen, "Send all again")).text
    await office.rounds()
    assert len(office.platform.standing()) == 3
    assert "Nothing is held back" in (await office.platform.ask("redrive")).text
    assert await office.trail() == ["redrive", "redrive"]


async def test_who_wants_to_be_forgotten_presses_once_more(office: Office) -> None:
    story = (await office.archive.latest(1))[0]
    asker = getattr(office.platform, "stranger", STRANGER)
    person = f"{office.platform.target.platform}:{asker}"
    place = (await office.archive.outbox.about(story.id))[0].destination
    review = Channel("review", office.platform.target)
    for who in (person, "slack:U9"):
        press = Press("", who, place, story.seen)
        written = Comment(CommentId(0), story.id, who, "x", "mine", story.seen)
        await office.archive.readers.comment(press, written, review)
    watch = Watch(WatchId(0), person, "ivanti", office.platform.target, story.seen)
    kept = await office.archive.watches.add(watch)
    office.desk.watchers.put(kept)
    seen = await office.platform.ask("forget me", stranger=True)
    assert len(await office.archive.readers.waiting()) == 2
    gone = await office.platform.press(seen, "Forget me", stranger=True)
    assert "2 of yours are removed" in gone.text
    (left,) = await office.archive.readers.waiting()
    assert left.person == "slack:U9"
    assert (await office.archive.watches.every(), len(office.desk.watchers)) == ([], 0)


async def test_whoever_is_no_editor_is_refused_whatever_is_sent(office: Office) -> None:
    key, seen = await office.key(), await office.platform.ask("help", stranger=True)
    entries = await office.archive.traces.entries_of((await office.archive.latest(1))[0].id)
    states = {"separate-entry": str(entries[1].id), "redrive": "all", "retract": key,
              "separate": key, "mute": "publisher1.example", "unmute": "publisher1.example"}  # fmt: skip
    typed = {verb.name for verb in TABLE.listed()}
    for verb in EDITORS:
        state = states.get(verb, "Feed 1")
        tried = [await office.platform.forge(seen, verb, state)]
        tried.append(await office.platform.forge(seen, "run", f"{verb} {state}"))
        if verb in typed:
            tried.append(await office.platform.ask(verb, state, stranger=True))
        assert ["for editors" in one.text for one in tried] == [True] * len(tried)
    await office.rounds()
    assert (await office.trail(), len(office.platform.standing())) == ([], 1)
    assert not any(state.paused for state in office.desk.states.values())


async def test_a_forged_number_does_nothing(office: Office) -> None:
    seen = await office.platform.ask("separate", await office.key())
    office.desk.settings = replace(office.desk.settings, editors=People(everyone=True))
    for state in ("0", "-1", "9" * 30, "x", "1e3", "٣", "1; drop table entry"):
        for verb in ("separate-entry", "redrive", "retract"):
            told = await office.platform.forge(seen, verb, state)
            assert told.text
            assert "Something went wrong" not in told.text
    assert await office.trail() == []


@pytest.mark.parametrize("office", ["discord"], indirect=True)
async def test_a_role_of_discord_makes_an_editor_and_a_form_none(office: Office) -> None:
    office.desk.settings = replace(
        office.desk.settings,
        editors=People(discord=frozenset({f"role:{BOT_ROLE}", STRANGER + "0"})),
    )
    fake = office.platform.fake
    refused = await fake.command("pause", {"name": "Feed 1"}, user=STRANGER, roles=[])
    assert "for editors" in refused.text
    done = await fake.command("pause", {"name": "Feed 1"}, user=STRANGER, roles=[BOT_ROLE])
    assert "is not asked any more" in done.text
    filled = {"type": 18, "component": {"type": 4, "custom_id": "name", "value": "Feed 1"}}
    form = {"custom_id": f"{controls.FORM}resume", "components": [filled]}
    sent = await fake.people.tell(5, form, Seen(CHANNEL, STRANGER), [], "en-US", {}, 10.0)
    assert "for editors" in sent.text
    assert await office.trail() == ["pause"]


async def owe(office: Office, *subjects: str) -> None:
    place = provisional(office.desk.settings.channels[0])
    posts = [NewPost("soc", place, one, text="A line.") for one in subjects]
    await office.archive.outbox.owe(posts, now=office.courier.clock.now())
