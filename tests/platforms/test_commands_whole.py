"""Every command on both platforms: the real libraries, a real archive, and bodies that are checked."""

import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bot.charts import available
from bot.commands import Commands
from bot.commands.asking import Verb
from bot.commands.table import TABLE
from bot.platforms.discord.chat import DiscordChat
from bot.platforms.slack.chat import SlackChat
from bot.sharing import Sharing
from digests.archive.records import PollRecord, StoryRecord
from digests.archive.store import Archive
from digests.config import People, Settings
from digests.desk.watchkeeping import Watchkeeper
from digests.feeds.pace import FeedState
from digests.model import Feed, IndexTokens, Name, Source, Target
from digests.rules.watchers import Watchers
from digests.testing import FakeClock, build_story
from digests.text.tokens import terms
from tests.fakediscord import CHANNEL, OWNER, TOKEN, FakeDiscord
from tests.fakediscord.people import Seen
from tests.fakediscord.shapes import guild_object
from tests.fakeslack import APP_TOKEN, BOT_TOKEN, FakeSlack, NoAnswer, Shown
from tests.platforms.test_discord_commands import Hasty, until
from tests.slackfaults import Fault
from tests.slackworkspace import BOT_USER, TEAM

HOSTILE = "*_~|<@1> <!channel> [x](javascript:1) `" + "\u202e" + "ل" * 40
FEED = Feed("https://news.example/feed", "News " + HOSTILE, "news.example")
VERBS = [verb.name for verb in TABLE.listed()]
OPTIONS = [(verb.name, option.name) for verb in TABLE.listed() for option in verb.options]
# What people give each option; without a word here it is something that exists nowhere.
WORDS = {
    "query": "gateway", "id": "k001", "cve": "CVE-2026-0001", "publisher": "news.example",
    "topic": "vulnerability", "actor": "Turla", "since": "90d", "url": "https://news.example/feed",
    "name": "soc", "feed": FEED.name[:100], "until": "30d", "where": "here",
}  # fmt: skip
FAILED = "Something went wrong"


def named(name: str) -> Verb:
    found = TABLE.find(name)
    assert found
    return found


class OnSlack:
    """People type one line, words and fields of the query language in it."""

    def __init__(self, fake: FakeSlack) -> None:
        self.fake = fake
        self.channel = fake.add_channel("soc")
        self.people = {"en": fake.add_user("alice"), "ar": fake.add_user("layla", locale="ar-AE")}

    async def ask(self, verb: str, options: Mapping[str, str], locale: str = "en") -> Any:
        fields = {one.name: one.field for one in named(verb).options[1:]}
        words = [
            f'{fields[name]}:"{text}"' if fields.get(name) else text
            for name, text in options.items()
        ]
        line = " ".join([f"/digest {verb}", *words])
        return await self.fake.command(line, user=self.people[locale], channel=self.channel)

    async def press(self, seen: Any, label: str) -> Any:
        return await self.fake.press(seen, label)

    async def fill(self, verb: str, fields: Mapping[str, str]) -> Any:
        who = self.people["en"]
        return await self.fake.fill(f"/digest {verb}", fields, user=who, channel=self.channel)

    @property
    def posted(self) -> list[Any]:
        return [entry.body for entry in self.fake.log if entry.kind == "posted"]

    def refuse_pictures(self) -> None:
        self.fake.faults.script("files.getUploadURLExternal", Fault.UNKNOWN_CODE)

    def lose_the_answer(self) -> None:
        self.fake.faults.script("files.completeUploadExternal", Fault.DROP_ACCEPTED)

    @staticmethod
    def pictured(message: Any) -> bool:
        return "files" in message


class OnDiscord:
    """People choose a subcommand and fill its options."""

    def __init__(self, fake: FakeDiscord, chat: DiscordChat) -> None:
        self.fake = fake
        self.chat = chat

    async def ask(self, verb: str, options: Mapping[str, str], locale: str = "en-US") -> Any:
        seen = await self.fake.command(verb, options, locale=locale)
        assert seen.answered
        assert seen.ephemeral
        return seen

    async def press(self, seen: Any, label: str) -> Any:
        return await self.fake.press(seen, label)

    async def fill(self, verb: str, fields: Mapping[str, str]) -> Any:
        return await self.fake.fill(await self.fake.command(verb, {}), fields)

    @property
    def posted(self) -> list[Any]:
        return self.fake.messages()

    def refuse_pictures(self) -> None:
        self.fake.faults.plan("400")

    def lose_the_answer(self) -> None:
        self.fake.faults.plan("drop_after")

    @staticmethod
    def pictured(message: Any) -> bool:
        return bool(message["attachments"])


@pytest.fixture(scope="module")
def stories() -> list[StoryRecord]:
    clock = FakeClock()
    names = (Name("actor", "Turla " + HOSTILE), Name("malware", "Emotet"), Name("actor", "Turla"))
    also = tuple(
        Source(f"p{n}.example", "F", HOSTILE, "https://p.example/1", clock.now())
        for n in range(30)
    )
    built = [
        build_story(n, headline=f"Gateway {HOSTILE} {n}", names=names, also=also)
        for n in range(1, 30)
    ]
    return [
        StoryRecord(s, IndexTokens(terms(s.headline, "en"), terms(" ".join(s.sentences), "en")), n)
        for n, s in enumerate(built, 1)
    ]


@pytest.fixture
async def archive(tmp_path: Path, stories: list[StoryRecord]) -> AsyncIterator[Archive]:
    archive = await Archive.open(tmp_path / "s.db")
    state = FeedState(url=FEED.url)
    record = PollRecord(FEED.url, state, FakeClock().now(), new=tuple(stories))
    await archive.commit_poll(record)
    yield archive
    await archive.close()


@pytest.fixture(params=["slack", "discord"])
async def place(request: pytest.FixtureRequest, archive: Archive) -> AsyncIterator[Any]:
    """A channel in which the bot listens, with the real library of its platform."""
    chats: dict[str, Any] = {}
    editors = People(frozenset({"U0002", "U0003"}), frozenset({OWNER}))
    settings = Settings(feeds=(FEED,) * 3, editors=editors)
    share = Sharing(chats, Random(1))
    keeper = Watchkeeper(archive, Watchers())
    commands = Commands(archive, lambda: settings, FakeClock(), share=share, watches=keeper)
    many = {"clock": Hasty(), "random": Random(1), "answer": commands.answer}
    if request.param == "slack":
        async with FakeSlack() as slack:
            there = OnSlack(slack)
            chats["slack"] = SlackChat(
                BOT_TOKEN,
                APP_TOKEN,
                form=commands.form,
                greeting=commands.greeting,
                base_url=slack.api_url,
                **many,
            )
            await chats["slack"].start()
            yield there
            await chats["slack"].close()
        assert slack.violations == []
        return
    async with FakeDiscord() as fake:
        chats["discord"] = DiscordChat(
            TOKEN, complete=commands.complete, form=commands.form, greeting=commands.greeting,
            targets=lambda: [Target("discord", CHANNEL)],
            api_url=fake.api_url, gateway_url=fake.gateway_url, **many,
        )  # fmt: skip
        await chats["discord"].start()
        await until(fake.gateway.identified.is_set)
        yield OnDiscord(fake, chats["discord"])
        await chats["discord"].close()
    assert fake.violations == []


def needed(verb: str) -> dict[str, str]:
    """What it cannot do without, as people would give it."""
    return {o.name: WORDS.get(o.name, "nowhere") for o in named(verb).options if o.required}


async def test_every_command_is_answered_and_every_button_of_its_answer(place: Any) -> None:
    for verb in VERBS:
        seen = await place.ask(verb, needed(verb))
        assert FAILED not in seen.text, verb
        for label, button in seen.buttons.items():
            if "url" not in button and label != "Share":
                assert FAILED not in (await place.press(seen, label)).text, (verb, label)


async def test_every_option_of_every_command_is_understood(place: Any) -> None:
    for verb, option in OPTIONS:
        given = needed(verb) | {option: WORDS.get(option, "nowhere")}
        assert FAILED not in (await place.ask(verb, given)).text, (verb, option)


async def test_every_command_is_answered_in_the_askers_language(place: Any) -> None:
    for verb in VERBS:
        english = await place.ask(verb, needed(verb))
        arabic = await place.ask(verb, needed(verb), "ar")
        assert FAILED not in arabic.text
        assert arabic.text != english.text, verb


async def test_an_example_of_every_command_is_answered(place: Any) -> None:
    for verb in TABLE.listed():
        for example in verb.examples:
            option = {verb.options[0].name: example} if example and verb.options else {}
            assert FAILED not in (await place.ask(verb.name, option)).text, (verb.name, example)


async def test_pages_turn_to_the_end_and_back_again(place: Any) -> None:
    first = seen = await place.ask("search", {"query": "gateway"})
    pages = 1
    while "Next" in seen.buttons:
        seen = await place.press(seen, "Next")
        pages += 1
    assert pages == 6
    while "Previous" in seen.buttons:
        seen = await place.press(seen, "Previous")
    assert seen.text == first.text


async def test_the_sources_of_a_story_turn_to_the_last_of_them(place: Any) -> None:
    story = await place.ask("story", needed("story"))
    assert "Next" not in story.buttons
    first = await place.press(story, "Sources")
    assert "11 more" in first.text
    second = await place.press(first, "Next")
    assert [f"p{n}.example" in second.text for n in (18, 19, 29)] == [False, True, True]
    assert "more" not in second.text
    assert "Next" not in second.buttons
    assert (await place.press(second, "Previous")).text == first.text
    assert "Share" not in {*first.buttons, *second.buttons}


async def test_an_answer_is_shared_once_with_the_name_of_who_asked(place: Any) -> None:
    for verb in ("search", "trends", "latest"):
        seen = await place.ask(verb, needed(verb))
        before = len(place.posted)
        told = await place.press(seen, "Share")
        assert "Posted here" in told.text, verb
        assert len(place.posted) == before + 1
        assert "Shared by" in str(place.posted[-1])


drawn = pytest.mark.skipif(not available(), reason="the extra `charts` is not installed")


async def shared_trends(place: Any) -> tuple[Any, list[Any]]:
    """What the asker is told, and what stands in the channel."""
    seen = await place.ask("trends", {"query": "gateway"})
    assert "█" in seen.text
    assert not seen_files(seen)
    told = await place.press(seen, "Share")
    return told, place.posted


def seen_files(seen: Any) -> list[Any]:
    """Of an answer that one person sees; neither platform takes any there."""
    body = seen.message if hasattr(seen, "message") else seen.body
    return [*body.get("attachments", ()), *body.get("files", ())]


@drawn
async def test_shared_trends_are_one_picture_with_words_for_who_cannot_see_it(place: Any) -> None:
    told, (message,) = await shared_trends(place)
    assert "Posted here" in told.text
    assert place.pictured(message)
    assert "Trends: gateway" in str(message)
    assert "█" not in str(message)


@drawn
async def test_a_picture_that_is_refused_is_shared_in_words_instead(place: Any) -> None:
    place.refuse_pictures()
    told, (message,) = await shared_trends(place)
    assert "Posted here" in told.text
    assert not place.pictured(message)
    assert "█" in str(message)


@drawn
async def test_a_picture_whose_fate_nobody_knows_is_not_posted_twice(place: Any) -> None:
    place.lose_the_answer()
    told, (_,) = await shared_trends(place)
    assert "could not be posted" in told.text


async def test_without_the_extra_trends_are_shared_in_words(
    place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    _, (message,) = await shared_trends(place)
    assert not place.pictured(message)
    assert "█" in str(message)


async def test_a_command_without_its_words_opens_a_form_whose_fields_are_its_options(
    place: Any,
) -> None:
    for verb in (one for one in TABLE.listed() if one.form):
        fields = {option.name: WORDS[option.name] for option in verb.options[:5]}
        every = await place.fill(verb.name, fields)
        assert FAILED not in every.text
        first = {verb.options[0].name: WORDS[verb.options[0].name]}
        said = "29" if verb.name == "search" else "Kept"
        assert said in (await place.fill(verb.name, first)).text


@pytest.mark.parametrize("place", ["slack"], indirect=True)
@pytest.mark.parametrize("member", [True, False])
async def test_a_form_that_was_open_for_more_than_half_an_hour_is_answered_all_the_same(
    place: OnSlack, member: bool
) -> None:
    place.fake.stale_responses = 1
    place.fake.places[place.channel].member = member
    with pytest.raises(NoAnswer):
        await place.fake.fill(
            "/digest search", {"query": "gateways"},
            user=place.people["en"], channel=place.channel, within=1.0,
        )  # fmt: skip
    log = place.fake.log
    await until(lambda: log and log[-1].kind == ("ephemeral" if member else "posted"))
    assert "29 stories" in str(log[-1].body)
    assert (log[-1].place == place.channel) is member


@pytest.mark.parametrize("place", ["discord"], indirect=True)
async def test_letters_typed_into_an_option_are_completed(place: OnDiscord) -> None:
    assert "news.example" in await place.fake.typing("search", "publisher", "news")
    assert await place.fake.typing("latest", "topic", "ransom") == ["ransomware"]
    assert "Turla" in await place.fake.typing("search", "actor", "")
    assert "k001" in await place.fake.typing("story", "id", "k001")
    assert await place.fake.typing("search", "query", "x") == []


@pytest.mark.parametrize("place", ["discord"], indirect=True)
async def test_a_guild_that_invites_the_bot_is_greeted_with_examples_that_run(
    place: OnDiscord,
) -> None:
    world, channel = place.fake.world, "600000000000000777"
    guild = world.add_guild("500000000000000777", "Another")
    world.add_channel(channel, guild=guild)
    await until(lambda: place.chat.listening)
    joined = guild_object(world, guild)
    del joined["unavailable"]  # by this discord.py tells a guild that is new from one that is back
    await place.fake.gateway.dispatch("GUILD_CREATE", joined)
    await until(lambda: place.fake.messages(channel))
    (message,) = place.fake.messages(channel)
    labels = [button["label"] for row in message["components"] for button in row["components"]]
    assert labels == ["search ivanti since:7d", "latest", "trends 30d"]
    ran = await place.press(Seen(channel, OWNER, message=message), "latest")
    assert "Gateway" in ran.text


@pytest.mark.parametrize("place", ["slack"], indirect=True)
async def test_a_channel_that_invites_the_bot_is_greeted_once_and_others_are_not(
    place: OnSlack,
) -> None:
    event = {"type": "member_joined_channel", "user": BOT_USER, "channel": place.channel}
    asked = place.fake.calls.count("auth.test")
    joined = {"type": "event_callback", "team_id": TEAM, "event_id": "Ev1", "event": event}
    await place.fake.envelope("events_api", joined)
    await place.fake.envelope("events_api", joined)  # told again, as Slack does
    other = joined | {"event_id": "Ev2", "event": event | {"user": "U0OTHER"}}
    for number in range(3):  # colleagues come too
        await place.fake.envelope("events_api", other | {"event_id": f"Ev2{number}"})
    await until(lambda: place.posted)
    await place.ask("help", {})
    (message,) = place.posted
    greeting = Shown(message, place.people["en"], place.channel)
    assert place.fake.calls.count("auth.test") <= asked + 1
    assert list(greeting.buttons) == ["search ivanti since:7d", "latest", "trends 30d"]
    assert "Gateway" in (await place.press(greeting, "latest")).text
