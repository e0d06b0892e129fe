"""Watching by command: kept, listed, ended by its owner alone; what is wrong is told with its place."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.commands import Asker, Commands, Reply, Request
from bot.commands.watching import REMOVE
from digests.archive.records import Act, PollRecord, StoryRecord
from digests.archive.store import Archive
from digests.archive.watches import EACH
from digests.cards.words import languages
from digests.config import People, Settings
from digests.desk.watchkeeping import Watchkeeper
from digests.errors import QueryError
from digests.feeds.pace import FeedState
from digests.model import Channel, Destination, IndexTokens, Quiet, Target, Watch, WatchId
from digests.model.watching import channel_of
from digests.rules.query import parse_strict
from digests.rules.watchers import Watchers
from digests.testing import FakeClock, build_story
from digests.text.tokens import terms

ANA = Asker("slack", "U1", "T1", "C1")
BO = Asker("slack", "U2", "T1", "C1", locale="de")
OTHER = Asker("discord", "U1", "G1", "C1")  # the same id on another platform


class Desk:
    """Commands with a keeper of watches, and what people may look at."""

    def __init__(self, archive: Archive) -> None:
        self.archive, self.clock = archive, FakeClock()
        self.watchers, self.settings = Watchers(), Settings()
        keeper = Watchkeeper(archive, self.watchers)
        self.commands = Commands(archive, lambda: self.settings, self.clock, watches=keeper)

    async def ask(self, verb: str, text: str = "", asker: Asker = ANA, **options: str) -> Reply:
        reply = await self.commands.answer(Request(verb, text, options, asker))
        assert "Something went wrong" not in str(reply.content)
        return reply

    async def said(self, verb: str, text: str = "", asker: Asker = ANA, **options: str) -> str:
        return str((await self.ask(verb, text, asker, **options)).content.text)

    async def kept(self, asker: Asker = ANA) -> list[str]:
        own = await self.archive.watches.of(f"{asker.platform}:{asker.user}")
        return [one.query for one in own]


@pytest.fixture
async def desk(tmp_path: Path):
    archive = await Archive.open(tmp_path / "w.db")
    story = build_story(1)
    record = StoryRecord(story, IndexTokens(terms(story.headline, "en")), 1)
    url = "https://news.example/feed"
    await archive.commit_poll(PollRecord(url, FeedState(url=url), story.seen, new=(record,)))
    yield Desk(archive)
    await archive.close()


async def test_a_watch_is_kept_and_says_how_often_it_would_have_told(desk: Desk) -> None:
    said = await desk.said("watch add", "gateway OR ivanti until:2027-03-01")
    assert "gateway OR ivanti" in said
    assert "1 story of the last 7 days matches." in said
    assert "until 1 Mar 2027, 23:59" in said
    assert await desk.kept() == ["gateway OR ivanti"]
    assert len(desk.watchers) == 1
    assert "gateway OR ivanti" in await desk.said("watch list")


async def test_where_it_may_not_be_told_any_more_its_list_says_so(desk: Desk) -> None:
    there = Target("slack", "C9")
    watch = Watch(WatchId(0), "slack:U1", "ivanti", there, desk.clock.now())
    kept = await desk.archive.watches.add(watch)
    await desk.archive.watches.add(replace(watch, query="fortinet", to=Target("slack", "U1")))
    await desk.archive.pause_channel(kept.channel, "the channel is archived", None)
    told, alone = (await desk.said("watch list")).splitlines()
    assert told == "1 · ivanti · told in C9 · could not be told there: the channel is archived"
    assert alone == "2 · fortinet"


async def test_where_its_channel_is_paused_its_list_says_that_it_waits(desk: Desk) -> None:
    file = Channel("also", Target("slack", "C9")), Channel("soc", Target("slack", "#soc"))
    desk.settings = Settings(channels=file)
    await desk.archive.register_channels(desk.settings.channels, now=desk.clock.now())
    await desk.archive.save_place("slack:#soc", Destination("slack", "C9"))
    watch = Watch(WatchId(0), "slack:U1", "ivanti", Target("slack", "C9"), desk.clock.now())
    await desk.archive.watches.add(watch)
    deed = Act(desk.clock.now(), "slack:E1", "pause", "soc", "")
    await desk.archive.acts.pause_channel("soc", "maintenance", deed)
    told = await desk.said("watch list")
    assert told == "1 · ivanti · told in also · waits while soc is paused: maintenance"


@pytest.mark.parametrize("verb", ["watch", "watches", "watch list"])
async def test_the_word_alone_lists_and_with_a_query_it_watches(desk: Desk, verb: str) -> None:
    assert "You watch for nothing yet." in await desk.said(verb)
    await desk.ask(verb, "is:kev")
    assert await desk.kept() == ["is:kev"]


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("ivanti OR (fortinet", "At character 11 ((fortinet): a bracket that is never closed"),
        ("ivanti since:7d", "At character 8 (since:7d): since: makes no sense in a rule"),
        ("nope:x", "At character 1 (nope:x)"),
        ('"open', "At character 1"),
        ("x" * 401, "at most 400 characters"),
    ],
)
async def test_what_is_no_query_is_refused_with_its_place(desk: Desk, query, place) -> None:
    reply = await desk.ask("watch add", query)
    assert place in reply.content.text
    assert reply.content.title == "Not kept"
    assert await desk.kept() == []


MISTAKES = (
    "a)", "(" * 30, "a OR", "ivanti -", "(a", "()", '"open', "ab*", "...",
    " ".join(f"w{n}" for n in range(33)), "since:7d", "topic:>=3", "publsher:x", "zzzzzz:x",
    "cve:", "cve:banana", "is:kevv",
)  # fmt: skip


@pytest.mark.parametrize("language", sorted(set(languages()) - {"en"}))
@pytest.mark.parametrize("query", MISTAKES)
async def test_a_mistake_is_told_in_the_askers_language(desk: Desk, query, language) -> None:
    with pytest.raises(QueryError) as caught:
        parse_strict(query)
    told = await desk.said("watch add", "", replace(ANA, locale=language), query=query)
    assert caught.value.message not in told
    assert caught.value.hint not in told
    assert "{" not in told


@pytest.mark.parametrize("until", ["yesterday", "2020-01-01", "9999-12-31", "0d", "30", "٣d"])
async def test_an_end_that_is_no_day_to_come_is_refused(desk: Desk, until: str) -> None:
    assert "is no day to come" in await desk.said("watch add", "ivanti", until=until)
    assert await desk.kept() == []


async def test_a_length_of_time_and_a_day_are_ends(desk: Desk) -> None:
    await desk.ask("watch add", "", query="ivanti", until="30d")
    await desk.ask("watch add", "fortinet until:2026-03-02")
    first, second = await desk.archive.watches.of("slack:U1")
    assert first.until == desk.clock.now() + timedelta(days=30)
    assert second.until.isoformat() == "2026-03-03T00:00:00+00:00"
    desk.clock.advance(86_400)
    assert "fortinet · ended" in await desk.said("watch list")


async def test_nobody_sees_or_ends_another_ones_watch_whatever_is_sent(desk: Desk) -> None:
    await desk.ask("watch add", "ivanti")
    (watch,) = await desk.archive.watches.of("slack:U1")
    for asker in (
        BO,
        OTHER,
        replace(ANA, user=""),
        replace(ANA, user="U1:x"),
        Asker("terminal", "U1"),
    ):
        for verb in ("watch remove", REMOVE):
            for state in (
                str(watch.id),
                "ivanti",
                f"0{watch.id}",
                f"{watch.id} OR 1=1",
                "slack:U1",
            ):
                await desk.ask(verb, state, asker)
        for verb in ("watch list", "watches", "watch remove", "watch quiet"):
            assert "ivanti" not in str(await desk.ask(verb, "", asker))
        await desk.ask("watch-again", "slack:U1", asker)
        await desk.ask("forget-now", "slack:U1", asker)
    assert await desk.kept() == ["ivanti"]
    assert len(desk.watchers) == 1


async def test_its_owner_ends_it_by_number_query_or_button(desk: Desk) -> None:
    for query in ("ivanti", "Fortinet", "is:kev"):
        await desk.ask("watch add", query)
    first = (await desk.archive.watches.of("slack:U1"))[0]
    assert "You watch no more for ivanti." in await desk.said("watch remove", str(first.id))
    assert "Fortinet" in await desk.said("watch remove", which="fortinet")
    listed = await desk.ask("watch list")
    button = next(one for one in listed.buttons if one.action == REMOVE)
    await desk.ask(button.action, button.state)
    assert await desk.kept() == []
    assert len(desk.watchers) == 0
    assert "You have no such watch." in await desk.said("watch remove", "99")


async def test_a_long_list_has_pages_each_with_its_buttons_and_nothing_to_share(
    desk: Desk,
) -> None:
    for number in range(EACH):
        await desk.ask("watch add", f"word{number}")
    assert "You have 50 watches already" in await desk.said("watch add", "more")
    reply, seen = await desk.ask("watch list"), []
    while True:
        seen += [one.state for one in reply.buttons if one.action == REMOVE]
        assert len(reply.buttons) <= 8
        assert all(one.action == REMOVE for one in reply.buttons)
        if not reply.next:
            break
        reply = await desk.ask("page", reply.next)
    assert len(set(seen)) == EACH
    foreign = await desk.ask("page", reply.previous, BO)  # a forged button shows one's own list
    assert "word" not in str(foreign.content)


async def test_quiet_hours_and_the_language_of_the_asker_are_kept(desk: Desk) -> None:
    await desk.ask("watch add", "ivanti", BO)
    said = await desk.said("watch quiet", "22:00-07:00 Europe/Berlin", BO)
    assert "22:00-07:00" in said
    habits = desk.watchers.habits("slack:U2")
    assert (habits.language, habits.timezone) == ("de", "Europe/Berlin")
    assert isinstance(habits.quiet, Quiet)
    assert await desk.archive.watches.habits() == [habits]
    await desk.ask("watch quiet", "off", BO)
    assert desk.watchers.habits("slack:U2").quiet is None


@pytest.mark.parametrize(
    "typed", ["25:00-07:00", "22:00-22:00", "at night", "22:00-07:00 Mars/Base"]
)
async def test_hours_and_clocks_that_there_are_not_change_nothing(desk: Desk, typed: str) -> None:
    await desk.ask("watch quiet", typed)
    assert desk.watchers.habits("slack:U1") is None


async def test_who_could_not_be_written_to_is_told_why_and_can_try_again(desk: Desk) -> None:
    await desk.ask("watch add", "ivanti")
    day = desk.clock.now() + timedelta(days=1)
    await desk.archive.pause_channel(channel_of("slack:U1"), "takes no direct messages", day)
    listed = await desk.ask("watch list")
    assert "You could not be written to: takes no direct messages." in listed.content.text
    button = listed.buttons[-1]
    await desk.ask(button.action, button.state, BO)
    assert await desk.archive.paused()
    await desk.ask(button.action, button.state)
    assert not await desk.archive.paused()


async def test_forgetting_a_person_forgets_the_watches_too(desk: Desk) -> None:
    await desk.ask("watch add", "ivanti")
    await desk.ask("watch add", "ivanti", BO)
    assert "1 of yours is removed." in await desk.said("forget-now")
    assert await desk.kept() == []
    assert await desk.kept(BO) == ["ivanti"]


async def test_who_is_no_reader_neither_watches_nor_lists(desk: Desk) -> None:
    desk.settings = Settings(readers=People(slack=frozenset({"U1"})))
    for verb in ("watch add", "watch list", "watch remove", "watch quiet", "watch-again", REMOVE):
        said = await desk.said(verb, "ivanti", replace(BO, locale="en"))
        assert "You may not search here" in said
    assert await desk.kept(BO) == []


async def test_many_at_once_leave_memory_and_archive_in_step(desk: Desk) -> None:
    asks = [desk.ask("watch add", f"word{n % 7}") for n in range(40)]
    await asyncio.gather(*asks, *(desk.ask("watch remove", f"word{n}") for n in range(3)))
    kept = {one.id for one in await desk.archive.watches.every()}
    assert set(desk.watchers._watches) == kept


@pytest.mark.parametrize(
    "asked", [{"timezone": "Europe/Berlin"}, "timezone:Europe/Berlin", "Europe/Berlin"]
)
async def test_a_time_zone_alone_is_kept_and_leaves_the_hours(desk: Desk, asked) -> None:
    typed, options = (asked, {}) if isinstance(asked, str) else ("", asked)
    assert "Europe/Berlin" in await desk.said("watch quiet", typed, **options)
    assert desk.watchers.habits("slack:U1").timezone == "Europe/Berlin"
    await desk.ask("watch quiet", "22:00-07:00")
    await desk.ask("watch quiet", "Asia/Tokyo")
    habits = desk.watchers.habits("slack:U1")
    assert (str(habits.quiet), habits.timezone) == ("22:00-07:00", "Asia/Tokyo")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("rmove 3", "watch remove"), ("delete 3", "watch remove"), ("stop", "watch remove"),
     ("lisst", "watch list"), ("addd ivanti", "watch add"), ("help", "help")],
)  # fmt: skip
async def test_a_mistyped_verb_is_no_new_watch(desk: Desk, typed: str, meant: str) -> None:
    assert await desk.said("watch", typed) == f"Did you mean {meant}?"
    assert await desk.kept() == []
    await desk.ask("watch", "remote code execution")
    assert await desk.kept() == ["remote code execution"]
