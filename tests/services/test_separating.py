"""What an editor does to the desk: an entry taken out of a story, a feed paused, a publisher muted."""

import asyncio
from dataclasses import replace

from digests.archive.records import Act
from digests.desk.deciding import Prepared
from digests.desk.preparing import Preparer
from digests.desk.separating import Inseparable
from digests.model import Feed, Happening, PostState, Reason
from digests.testing import START
from tests.fakefeeds import FakeFeeds
from tests.services.test_desk import CHANNEL, feed, opened, parts, rss, settings

__all__ = ["parts"]  # a fixture
TITLE = "Flaw in Meridian gateways lets attackers log in without a password"
DEED = Act(START, "slack:U1", "separate", "k001", "slack:C1")


def one_entry(title: str, link: str) -> bytes:
    entry = f"<title>{title}</title><link>{link}</link><guid>{link}</guid>"
    date = "<pubDate>Mon, 02 Mar 2026 07:00:00 GMT</pubDate>"
    item = f"<item>{entry}{date}<description>{title} in full.</description></item>"
    return f'<rss version="2.0"><channel><title>x</title>{item}</channel></rss>'.encode()


async def joined(parts, publisher: FakeFeeds):
    """Two publishers with one headline: one story."""
    feeds = [feed(publisher.url(f"/{n}"), n) for n in (1, 2)]
    desk = await opened(parts, settings(*feeds))
    for one in feeds:
        await desk.poll(one)
    (story,) = await parts[0].latest(5)
    return desk, feeds, story


async def test_an_entry_becomes_a_story_of_its_own_and_never_comes_back(parts) -> None:
    archive = parts[0]
    paths = {
        "/1": one_entry(TITLE, "https://a.example/1"),
        "/2": one_entry(TITLE, "https://b.example/2"),
    }
    async with FakeFeeds(paths) as publisher:
        desk, feeds, story = await joined(parts, publisher)
        assert [source.publisher for source in story.also] == ["publisher2.example"]
        first, second = await archive.traces.entries_of(story.id)
        made = await desk.separate(second.id, DEED)
        publisher.publish("/2", paths["/2"].replace(b"in full", b"in every detail"))
        await desk.poll(feeds[1])
    new, old = await archive.latest(5)
    assert (new.id, new.publisher, new.url) == (
        made.id,
        "publisher2.example",
        "https://b.example/2",
    )
    assert (old.also, old.revision, old.related) == ((), 3, (new.id,))
    assert new.related == (old.id,)
    (card,) = await archive.outbox.about(new.id)
    assert card.state is PostState.QUEUED
    steps = await archive.traces.steps(new.id)
    assert [step.what for step in steps] == [Happening.SEPARATED, Happening.EDITED]
    assert steps[0].ruled[0].owed
    assert [step.what for step in await archive.traces.steps(old.id)][-1] is Happening.SEPARATED
    assert await archive.acts.trail() == [DEED]
    assert (await archive.find_by_links(["https://b.example/2"]))[-1].id == new.id
    assert [one.id for one in await archive.traces.entries_of(old.id)] == [first.id]


async def test_what_another_feed_told_meanwhile_is_not_lost(parts) -> None:
    archive = parts[0]
    paths = {f"/{n}": one_entry(TITLE, f"https://{n}.example/1") for n in (1, 2, 3)}
    async with FakeFeeds(paths) as publisher:
        feeds = [feed(publisher.url(f"/{n}"), n) for n in (1, 2, 3)]
        desk = await opened(parts, settings(*feeds))
        for one in feeds[:2]:
            await desk.poll(one)
        (story,) = await archive.latest(5)
        second = (await archive.traces.entries_of(story.id))[1]
        await asyncio.gather(desk.separate(second.id, DEED), desk.poll(feeds[2]))
        publisher.publish("/1", paths["/1"].replace(b"in full", b"in every detail"))
        await desk.poll(feeds[0])
    told = {one.publisher: one for one in await archive.latest(5)}
    assert sorted(told) == ["publisher1.example", "publisher2.example"]
    also = [source.publisher for one in told.values() for source in one.also]
    assert also == ["publisher3.example"]
    assert await archive.traces.entries_of(told["publisher2.example"].id)


async def test_the_next_one_may_join_the_new_story_and_the_old_one_knows_its_link_no_more(
    parts,
) -> None:
    archive = parts[0]
    paths = {f"/{n}": one_entry(TITLE, f"https://{n}.example/1") for n in (1, 2)}
    later = one_entry("Something else entirely, told of that page", "https://2.example/1")
    async with FakeFeeds(paths | {"/3": later}) as publisher:
        feeds = [feed(publisher.url(f"/{n}"), n) for n in (1, 2, 3)]
        desk = await opened(parts, settings(*feeds))
        for one in feeds[:2]:
            await desk.poll(one)
        (story,) = await archive.latest(5)
        made = await desk.separate((await archive.traces.entries_of(story.id))[1].id, DEED)
        await desk.poll(feeds[2])
    assert [source.publisher for source in (await archive.find_story(made.id)).also] == [
        "publisher3.example"
    ]


async def test_what_cannot_be_separated_says_why_and_leaves_no_line(parts) -> None:
    archive = parts[0]
    paths = {
        "/1": one_entry(TITLE, "https://a.example/1"),
        "/2": one_entry(TITLE, "https://b.example/2"),
    }
    async with FakeFeeds(paths) as publisher:
        desk, _, story = await joined(parts, publisher)
        first, second = await archive.traces.entries_of(story.id)
        assert await desk.separate(first.id, DEED) is Inseparable.FIRST
        assert await desk.separate(first.id + 999, DEED) is Inseparable.UNKNOWN
        await desk.separate(second.id, DEED)
        assert await desk.separate(second.id, DEED) is Inseparable.ALONE
    assert len(await archive.acts.trail()) == 1


async def test_two_editors_at_once_make_one_story(parts) -> None:
    archive = parts[0]
    paths = {
        "/1": one_entry(TITLE, "https://a.example/1"),
        "/2": one_entry(TITLE, "https://b.example/2"),
    }
    async with FakeFeeds(paths) as publisher:
        desk, _, story = await joined(parts, publisher)
        second = (await archive.traces.entries_of(story.id))[1]
        made = await asyncio.gather(*(desk.separate(second.id, DEED) for _ in range(2)))
    assert sum(isinstance(one, Inseparable) for one in made) == 1
    assert len(await archive.latest(5)) == 2
    assert len(await archive.acts.trail()) == 1


async def test_a_paused_feed_is_not_due_and_stays_paused_through_a_poll_under_way(parts) -> None:
    archive = parts[0]
    async with FakeFeeds({"/feed": rss("Alpha breach at the harbour office")}) as publisher:
        one: Feed = feed(publisher.url())
        desk = await opened(parts, settings(one))
        polling = asyncio.create_task(desk.poll(one))
        await asyncio.sleep(0)
        assert await desk.pause(one, DEED, paused=True)
        await polling
        assert not await desk.pause(one, DEED, paused=True)
        parts[2].advance(86_400)
        assert desk.due() == []
        assert (await archive.feed_states())[one.url].paused
        assert await desk.pause(one, DEED, paused=False)
        assert desk.due() == [one]
    assert len(await archive.acts.trail()) == 2


async def test_a_muted_publisher_is_owed_nowhere_it_is_muted(parts) -> None:
    archive = parts[0]
    async with FakeFeeds({"/feed": rss("Alpha breach at the harbour office")}) as publisher:
        one = feed(publisher.url())
        other = replace(CHANNEL, name="all")
        desk = await opened(parts, replace(settings(one), channels=(CHANNEL, other)))
        await archive.acts.mute("desk", "publisher1.example", DEED)
        await desk.renew_rules()
        await desk.poll(one)
        (story,) = await archive.latest(5)
    assert [post.channel for post in await archive.outbox.about(story.id)] == ["all"]
    (step,) = await archive.traces.steps(story.id)
    assert step.ruled[0].because == (Reason("muted", "publisher1.example"),)


async def test_an_edit_that_was_read_before_its_entry_left_is_made_where_it_is_now(
    parts, monkeypatch
) -> None:
    archive = parts[0]
    paths = {
        "/1": one_entry(TITLE, "https://a.example/1"),
        "/2": one_entry(TITLE, "https://b.example/2"),
    }
    changed = "Flaw in Meridian gateways is used by a crew that steals sessions"
    async with FakeFeeds(paths) as publisher:
        desk, feeds, story = await joined(parts, publisher)
        second = (await archive.traces.entries_of(story.id))[1]
        real, made = Preparer.prepare, []

        async def prepare(self: Preparer, *args) -> Prepared:
            prepared = await real(self, *args)
            made.append(await desk.separate(second.id, DEED))  # before it is this poll's turn
            return prepared

        monkeypatch.setattr(Preparer, "prepare", prepare)
        publisher.publish("/2", paths["/2"].replace(TITLE.encode(), changed.encode()))
        await desk.poll(feeds[1])
    new, old = await archive.latest(5)
    assert new.id == made[0].id
    assert (new.headline, old.headline) == (changed, TITLE)
    assert [one.id for one in await archive.traces.entries_of(new.id)] == [second.id]
