"""Watches from the story to the person: once, in quiet hours later, to whom it is due alone."""

import asyncio
import signal
import sys
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from bot.commands import Asker, Commands, Request
from bot.notices import causes, findings, wrong_now
from digests.archive.records import Act
from digests.archive.store import Archive
from digests.cards.words import words
from digests.config import People, Settings
from digests.errors import ArchiveError, ChatError
from digests.model import (
    Channel,
    CveFacts,
    Destination,
    Feed,
    FiledWatch,
    Habits,
    PostState,
    Quiet,
    Target,
    Watch,
    WatchId,
)
from digests.testing import START
from tests.contract.test_archive_crash import ROOT
from tests.fakefeeds import FakeFeeds
from tests.services.test_desk import feed, opened, parts, rss, settings  # noqa: F401 - the fixture
from tests.services.test_floods import EACH, Newsdesk, archive  # noqa: F401 - the fixture

ANA, BO = "slack:U1", "slack:U2"
HOUR = timedelta(hours=1)


async def desk_with(archive: Archive, *channels: Channel) -> Newsdesk:  # noqa: F811 - the fixture
    desk = Newsdesk(archive, *channels)
    desk.courier.watching = desk.ledger.watchers.channel
    await desk.open()
    return desk


async def watch(desk: Newsdesk, owner: str = ANA, query: str = "gateway", **changes) -> Watch:
    to = Target("slack", owner.partition(":")[2])
    wanted = replace(Watch(WatchId(0), owner, query, to, desk.clock.now()), **changes)
    kept = await desk.archive.watches.add(wanted)
    desk.ledger.watchers.put(kept)
    return kept


def on_slack(*feeds: Feed) -> Settings:
    return replace(settings(*feeds), channels=(replace(EACH, only="nothing"),))


async def test_a_person_gets_a_card_beside_the_channels_and_it_says_which_watch(archive) -> None:  # noqa: F811 - the fixture
    desk = await desk_with(archive, EACH)
    await watch(desk)
    await watch(desk, query="flaw")
    stories = await desk.bring(2)
    await desk.run(timedelta(minutes=3))
    for place in ("C1", "U1"):
        assert len(desk.cards(place)) == 2
        await desk.accounted(place, stories)
    assert desk.cards("U1")[0].chips[0] == "Watch: gateway · flaw"
    assert not any(chip.startswith("Watch") for chip in desk.cards("C1")[0].chips)


async def test_a_place_that_was_told_by_its_channel_is_not_told_by_a_watch(archive) -> None:  # noqa: F811 - the fixture
    desk = await desk_with(archive, EACH)
    filed = FiledWatch("soc too", "gateway", EACH.to)
    await archive.watches.register([filed.watch(desk.clock.now())])
    desk.ledger.watchers.configure(await archive.watches.every(), [filed.channel])
    stories = await desk.bring(3)
    await desk.run(timedelta(minutes=4))
    assert len(desk.cards("C1")) == 3
    await desk.accounted("C1", stories)


@pytest.mark.parametrize("of_file", [False, True])
async def test_a_pause_of_a_channel_holds_what_watches_tell_there(archive, of_file) -> None:  # noqa: F811 - the fixture
    soc = replace(EACH, only="nothing", to=Target("slack", "#soc"))
    desk = await desk_with(archive, soc)
    place = Destination("slack", "C1")
    await archive.save_place("slack:#soc", place)
    if of_file:
        filed = FiledWatch("ours", "gateway", Target("slack", "C1"))
        await archive.watches.register([filed.watch(desk.clock.now())])
        desk.ledger.watchers.configure(await archive.watches.every(), [filed.channel])
    else:
        await watch(desk, to=Target("slack", "C1"))
    await watch(desk, BO)
    deed = Act(desk.clock.now(), "slack:E1", "pause", soc.name, "")
    await archive.acts.pause_channel(soc.name, "maintenance", deed)
    stories = await desk.bring(2)
    await desk.run(timedelta(minutes=3))
    assert desk.cards("C1") == []
    assert len(desk.cards("U2")) == 2
    assert len(await archive.outbox.waiting(desk.clock.now())) == 2
    await archive.acts.resume_channel(soc.name, deed)
    await desk.run(timedelta(minutes=3))
    assert len(desk.cards("C1")) == 2
    await desk.accounted("C1", stories)


async def test_a_pause_holds_the_digest_of_a_flood_for_watches_told_there(archive) -> None:  # noqa: F811 - the fixture
    soc = replace(EACH, only="nothing")
    desk = await desk_with(archive, soc)
    await watch(desk, to=soc.to)
    deed = Act(desk.clock.now(), "slack:E1", "pause", soc.name, "")
    await archive.acts.pause_channel(soc.name, "maintenance", deed)
    stories = await desk.bring(60)
    await desk.run(timedelta(hours=2), step=300)
    assert (desk.cards("C1"), desk.lists("C1")) == ([], [])
    await archive.acts.resume_channel(soc.name, deed)
    await desk.run(timedelta(hours=1), step=60)
    await desk.accounted("C1", stories)


async def test_quiet_hours_of_a_person_hold_what_comes_and_tell_it_together(archive) -> None:  # noqa: F811 - the fixture
    desk = await desk_with(archive, EACH)
    await watch(desk)
    quiet = Quiet(time(7), time(10))
    desk.ledger.watchers.told_so(Habits(ANA, "de", quiet=quiet))
    stories = await desk.bring(3)
    await desk.run(timedelta(minutes=90), step=300)
    assert desk.cards("U1") == []
    await desk.run(timedelta(hours=1), step=300)
    (told,) = desk.lists("U1")
    assert (told.language, len(told.lines)) == ("de", 3)
    await desk.accounted("U1", stories)


async def test_a_story_that_matches_only_when_more_is_known_of_it_is_told_then(parts) -> None:  # noqa: F811 - the fixture
    archive_, _, clock = parts
    title = "Flaw CVE-2026-40001 in Meridian gateways"
    async with FakeFeeds({"/feed": rss(title)}) as publisher:
        one = feed(publisher.url())
        file = replace(
            on_slack(one),
            watches=(FiledWatch("exploited", "is:kev", Target("slack", "@ana")),),
        )
        desk = await opened(parts, file)
        await desk.poll(one)
        assert await archive_.outbox.in_state(PostState.QUEUED) == []
        await desk.learn([CveFacts("CVE-2026-1", kev_since=clock.now().date())])
        await desk.learn([CveFacts("CVE-2026-40001", kev_since=clock.now().date())])
    (post,) = await archive_.outbox.in_state(PostState.QUEUED)
    assert (post.channel, post.text) == ("watch:file:exploited", "exploited")
    assert post.destination == Destination("slack", "@ana")


async def test_a_restart_knows_what_a_person_was_told_and_watches_on(parts) -> None:  # noqa: F811 - the fixture
    archive_, _, _ = parts
    wanted = Watch(WatchId(0), ANA, "harbour", Target("slack", "U1"), parts[2].now())
    await archive_.watches.add(wanted)
    async with FakeFeeds({"/feed": rss("Alpha breach at the harbour office")}) as publisher:
        one = feed(publisher.url())
        await (await opened(parts, on_slack(one))).poll(one)
        publisher.publish(
            "/feed", rss("Beta flaw at the harbour", "Alpha breach at the harbour office")
        )
        again = await opened(parts, on_slack(one))
        assert len(again.watchers) == 1
        await again.poll(one)
    posts = await archive_.outbox.in_state(PostState.QUEUED)
    assert [one.channel for one in posts] == ["watch:slack:U1"] * 2
    assert len({one.subject for one in posts}) == 2


async def test_what_could_not_be_committed_is_owed_when_it_is(parts, monkeypatch) -> None:  # noqa: F811 - the fixture
    archive_, _, _ = parts
    wanted = Watch(WatchId(0), ANA, "harbour", Target("slack", "U1"), parts[2].now())
    await archive_.watches.add(wanted)

    async def full(_record) -> None:
        raise ArchiveError("disk full")

    async with FakeFeeds({"/feed": rss("Alpha breach at the harbour office")}) as publisher:
        one = feed(publisher.url())
        desk = await opened(parts, on_slack(one))
        with monkeypatch.context() as patch:
            patch.setattr(Archive, "commit_poll", lambda _self, record: full(record))
            with pytest.raises(ArchiveError):
                await desk.poll(one)
        assert await archive_.outbox.in_state(PostState.QUEUED) == []
        await desk.poll(one)
        await desk.poll(one)
    assert len(await archive_.outbox.in_state(PostState.QUEUED)) == 1


KILLED = """
import asyncio, os, sys
from datetime import timedelta
from digests.archive import outbox, poll
from digests.archive.store import Archive
from digests.model import Target, Watch, WatchId
from digests.rules.ledger import Ledger
from digests.rules.match import subject
from digests.rules.routing import Arrival
from digests.testing import START
from tests.contract.archives import of_story, poll as record, story_id
from digests.testing import build_story
from tests.contract.archives import words

async def main():
    archive = await Archive.open(sys.argv[1])
    ledger = Ledger()
    ledger.watchers.start_over(await archive.watches.every(), await archive.watches.habits())
    if sys.argv[2] == "inside":
        real = outbox.owe
        def owe(*args):
            real(*args)
            os.kill(os.getpid(), 9)
        poll.outbox.owe = owe
    story = build_story(int(sys.argv[3]))
    posts = ledger.owe(subject(story, words(story)), Arrival(START))
    await archive.commit_poll(record(of_story(story, int(sys.argv[3])), posts=tuple(posts)))
    os.kill(os.getpid(), 9)

asyncio.run(main())
"""


async def killed(database: Path, where: str, number: int) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        KILLED,
        str(database),
        where,
        str(number),
        cwd=ROOT,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    assert process.returncode == -signal.SIGKILL, said.decode()


async def test_a_kill_around_the_commit_leaves_story_and_match_together_or_neither(
    tmp_path,
) -> None:
    database = tmp_path / "killed.db"
    first = await Archive.open(database)
    wanted = Watch(WatchId(0), ANA, "gateway", Target("slack", "U1"), START - HOUR)
    await first.watches.add(wanted)
    await first.close()
    await killed(database, "inside", 1)
    after = await Archive.open(database)
    assert await after.latest(5) == []
    assert await after.outbox.in_state(PostState.QUEUED) == []
    await after.close()
    await killed(database, "after", 1)
    after = await Archive.open(database)
    (story,) = await after.latest(5)
    (post,) = await after.outbox.in_state(PostState.QUEUED)
    assert post.subject == f"story:{story.id}"
    await after.close()


@pytest.mark.parametrize(
    ("owner", "named", "waits"), [(ANA, False, True), ("file:our stack", True, False)]
)
async def test_a_person_who_is_not_found_is_no_matter_of_the_operators_but_a_name_in_the_file_is(
    archive,  # noqa: F811 - the fixture
    owner: str,
    named: bool,
    waits: bool,
) -> None:
    desk = await desk_with(archive)
    filed = FiledWatch("our stack", "gateway", Target("slack", "@nobody"))
    one = await watch(desk, owner, **({"to": filed.to} if named else {}))
    desk.ledger.watchers.configure([one] if one.of_file else [], [filed.channel])

    async def nobody(target: Target) -> Destination:
        raise ChatError(f"{target} was not found")

    desk.courier.settings = lambda: Settings(watches=(filed,))
    desk.chat.resolve = nobody
    await desk.bring(1)
    await desk.run(timedelta(minutes=30))
    assert bool(desk.courier.unresolved()) is named
    assert (one.channel in await archive.paused()) is waits
    assert (await archive.outbox.counts())[PostState.QUEUED] == 1


async def test_of_a_post_to_a_person_an_operator_learns_that_it_is_held_and_not_whose(
    archive,  # noqa: F811 - the fixture
) -> None:
    desk = await desk_with(archive)
    await watch(desk)
    (story,) = await desk.bring(1)
    (post,) = await archive.outbox.in_state(PostState.QUEUED)
    await archive.outbox.hold(post.id, "cannot be read back")
    editors = People(slack=frozenset({"U9"}))
    file = Settings(channels=(EACH,), notices=Target("terminal", ""), editors=editors)
    found = await findings(archive, {}, {})
    texts = [one.text for one in causes(file, found, words("en"), "UTC", desk.clock.now())]
    commands = Commands(archive, lambda: file, desk.clock)
    asked = Request("redrive", asker=Asker("slack", "U9", "T1", "C1"))
    for said in (*texts, (await commands.answer(asked)).content.text):
        assert "direct messages" in said
        assert "U1" not in said
        assert str(story) not in said
    assert len(texts) == 1


async def test_watches_of_a_platform_that_left_the_file_are_told_of_and_come_back(parts) -> None:  # noqa: F811 - the fixture
    archive_, _, clock = parts
    async with FakeFeeds({"/feed": rss("Alpha breach at the harbour office")}) as publisher:
        one = feed(publisher.url())
        there = on_slack(one)
        elsewhere = replace(
            there, channels=(Channel("soc", Target("discord", "1"), only="nothing"),)
        )
        desk = await opened(parts, elsewhere)
        for owner in (ANA, BO):
            to = Target("slack", owner[-2:])
            kept = await archive_.watches.add(Watch(WatchId(0), owner, "harbour", to, clock.now()))
            desk.watchers.put(kept)
        ended = Watch(WatchId(0), ANA, "x", to, clock.now() - 2 * HOUR, clock.now() - HOUR)
        await archive_.watches.add(ended)
        await desk.poll(one)
        assert await archive_.outbox.in_state(PostState.QUEUED, PostState.FOLDED) == []
        (told,) = await wrong_now(archive_, desk.settings, {}, clock.now())
        assert told.startswith("2 watches of people on slack tell nothing: feeds.yaml names no")
        assert "U1" not in told
        await desk.apply(there)
        assert await wrong_now(archive_, desk.settings, {}, clock.now()) == []
        publisher.publish("/feed", rss("Beta flaw at the harbour"))
        await desk.poll(one)
    assert len(await archive_.outbox.in_state(PostState.QUEUED)) == 2
