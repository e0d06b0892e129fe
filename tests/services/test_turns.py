"""One turn to decide, from the first reservation to the commit: what failed is forgotten, no more."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from digests.archive.store import Archive
from digests.desk.deciding import Decided, Decider, Prepared
from digests.desk.preparing import Preparer
from digests.desk.turns import step_by_step
from digests.errors import ArchiveError
from digests.model import CveFacts, Feed, PostState
from digests.rules.routing import rules as rules_of
from digests.stories.announce import Announcement
from digests.stories.identity import New
from digests.testing import START
from tests.fakefeeds import FakeFeeds
from tests.services.test_courier_troubles import told
from tests.services.test_desk import InlineWorker, feed, opened, parts, rss, settings

__all__ = ["parts"]  # a fixture
TITLE = "Flaw in Meridian gateways lets attackers log in without a password"
NEWER = "Police arrest the suspected administrator of the Wadewell botnet"
TODAY = "Thu, 12 Mar 2026 07:00:00 GMT"
LATER = "Tern file transfer servers are searched for by several crews"
OTHER = "Harbour bank Quillon says the names of its customers were stolen"


def linked(title: str, link: str, published: str = "Mon, 02 Mar 2026 07:00:00 GMT") -> bytes:
    words = f"<title>{title}</title><description>{title} in full.</description>"
    more = f"<link>{link}</link><guid>{link}{title}</guid><pubDate>{published}</pubDate>"
    head = '<rss version="2.0"><channel><title>x</title>'
    return f"{head}<item>{words}{more}</item></channel></rss>".encode()


def items(document: bytes) -> bytes:
    """What stands in a document from its first entry on."""
    return document[document.index(b"<item>") :]


@dataclass
class Refusing:
    """An archive that cannot write the first poll of one feed, and says so late."""

    url: str
    archive: Archive | None = None
    writing: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)  # the poll has ended
    refused: bool = False
    real: Callable = Archive.commit_poll

    async def commit(self, record) -> None:
        if record.feed_url != self.url or self.refused:
            return await self.real(self.archive, record)
        self.refused = True
        self.writing.set()
        await asyncio.sleep(0.2)  # a full disk says so when others have gone on
        raise ArchiveError("disk is full")


async def failing_first(desk, refusing: Refusing, monkeypatch, first, second) -> None:
    """The second feed is polled while the first one's stories cannot be written."""
    refusing.archive = desk._archive
    monkeypatch.setattr(Archive, "commit_poll", lambda _, record: refusing.commit(record))
    failed = asyncio.create_task(desk.poll(first))
    failed.add_done_callback(lambda _: refusing.over.set())
    await refusing.writing.wait()
    await asyncio.gather(desk.poll(second), failed, return_exceptions=True)
    assert isinstance(failed.exception(), ArchiveError)


async def test_a_feed_that_meets_a_story_which_cannot_be_written_tells_it_itself(
    parts, monkeypatch
) -> None:
    archive = parts[0]
    async with FakeFeeds({"/1": rss(TITLE), "/2": rss(TITLE)}) as publisher:
        one, two = feed(publisher.url("/1"), 1), feed(publisher.url("/2"), 2)
        desk = await opened(parts, settings(one, two))
        await failing_first(desk, Refusing(one.url), monkeypatch, one, two)
        (story,) = await archive.latest(5)
        assert (story.publisher, story.also) == ("publisher2.example", ())
        await desk.poll(one)
    (story,) = await archive.latest(5)
    assert [source.publisher for source in story.also] == ["publisher1.example"]
    assert [entry.feed_url for entry in await archive.traces.entries_of(story.id)] == [
        two.url,
        one.url,
    ]
    assert (await archive.outbox.counts())[PostState.QUEUED] == 1


async def test_a_story_that_only_a_failed_poll_knew_is_told_as_well_as_any(
    parts, monkeypatch
) -> None:
    """The other poll spared itself the telling, for the headline was known when it prepared."""
    archive = parts[0]
    async with FakeFeeds({"/1": rss(TITLE), "/2": rss(TITLE)}) as publisher:
        one, two = feed(publisher.url("/1"), 1), feed(publisher.url("/2"), 2)
        desk = await opened(parts, settings(one, two))
        await failing_first(desk, Refusing(one.url), monkeypatch, one, two)
    (story,) = await archive.latest(5)
    assert story.quality is not None, "it was told in its feed's words alone"
    assert await archive.outbox.about(story.id)


async def test_a_source_that_could_not_be_written_is_added_at_the_next_poll(
    parts, monkeypatch
) -> None:
    """Its rule is asked again then, though another feed saw the story with that source."""
    archive = parts[0]
    paths = {f"/{n}": rss(TITLE) for n in (1, 2, 3)}
    async with FakeFeeds(paths) as publisher:
        feeds = [feed(publisher.url(f"/{n}"), n) for n in (1, 2, 3)]
        desk = await opened(parts, settings(*feeds))
        await desk.poll(feeds[0])
        await failing_first(desk, Refusing(feeds[1].url), monkeypatch, *feeds[1:])
        (story,) = await archive.latest(5)
        assert [source.publisher for source in story.also] == ["publisher3.example"]
        await desk.poll(feeds[1])
    (story,) = await archive.latest(5)
    assert [source.publisher for source in story.also] == [
        "publisher3.example",
        "publisher2.example",
    ]


class Waiting(InlineWorker):
    """Tells one headline only when something has happened."""

    def __init__(self, headline: str, happened: asyncio.Event) -> None:
        super().__init__()
        self.headline = headline
        self.happened = happened

    async def run(self, function, *args, size, slow=False):
        if self.headline in (getattr(one, "title", "") for one in args):
            await self.happened.wait()
        return await super().run(function, *args, size=size, slow=slow)


async def test_an_old_story_that_another_poll_is_about_to_join_survives_a_failed_commit(
    parts, monkeypatch
) -> None:
    archive, _, clock = parts
    link = "https://news.example/meridian"
    today = linked(LATER, "https://news.example/today", TODAY)
    both = linked("Told again", link).replace(b"</channel></rss>", items(today))
    paths = {"/old": linked(TITLE, link), "/new": rss(NEWER), "/bad": rss(OTHER), "/both": both}
    async with FakeFeeds(paths) as publisher:
        old, new, bad, again = (feed(publisher.url(path), n) for n, path in enumerate(paths))
        refusing = Refusing(bad.url)
        worker = Waiting(LATER, refusing.over)
        desk = await opened(parts, settings(old, new, bad, again), worker)
        await desk.poll(old)
        clock.advance(timedelta(days=10).total_seconds())
        publisher.publish("/new", linked(NEWER, "https://news.example/newer", TODAY))
        await desk.poll(new)
        await failing_first(desk, refusing, monkeypatch, bad, again)
        known = await archive.latest(5)
    assert [story.headline for story in known] == [LATER, NEWER, TITLE]
    assert [source.publisher for source in known[-1].also] == ["publisher3.example"]


async def test_when_memory_cannot_be_read_back_at_once_it_is_before_anything_is_decided(
    parts, monkeypatch
) -> None:
    archive = parts[0]

    async def broken(*_: object) -> None:
        raise ArchiveError("disk I/O error")

    async with FakeFeeds({"/feed": rss(TITLE)}) as publisher:
        one = feed(publisher.url())
        desk = await opened(parts, settings(one))
        with monkeypatch.context() as patch:
            for name in ("commit_poll", "window"):
                patch.setattr(Archive, name, broken)
            for _ in range(2):
                with pytest.raises(ArchiveError):
                    await desk.poll(one)
        assert (await desk.poll(one)).new == 1
    assert len(await archive.latest(5)) == 1
    assert (await archive.outbox.counts())[PostState.QUEUED] == 1


async def test_what_a_cancelled_poll_still_writes_is_known_in_the_next_turn(
    parts, monkeypatch
) -> None:
    """A commit that was asked for is done, also when nobody waits for it any more."""
    archive = parts[0]
    real = Archive.commit_poll
    async with FakeFeeds({"/1": rss(TITLE), "/2": rss(TITLE)}) as publisher:
        one, two = feed(publisher.url("/1"), 1), feed(publisher.url("/2"), 2)
        desk = await opened(parts, settings(one, two))
        polling = asyncio.create_task(desk.poll(one))

        async def cancelled(self: Archive, record) -> None:
            asyncio.get_running_loop().call_soon(polling.cancel)
            await real(self, record)

        with monkeypatch.context() as patch:
            patch.setattr(Archive, "commit_poll", cancelled)
            await asyncio.gather(polling, return_exceptions=True)
        assert polling.cancelled()
        await desk.poll(two)
    assert len(await archive.latest(5)) == 1
    assert (await archive.outbox.counts())[PostState.QUEUED] == 1


async def test_between_two_entries_of_a_flood_everybody_else_goes_on() -> None:
    said: list[str] = []

    def steps(name: str):
        for number in range(3):
            said.append(f"{name}{number}")
            yield number

    done = await asyncio.gather(step_by_step(steps("a")), step_by_step(steps("b")))
    assert said == ["a0", "b0", "a1", "b1", "a2", "b2"]
    assert done == [[0, 1, 2], [0, 1, 2]]


def test_deciding_has_a_step_for_each_entry() -> None:
    drafts = tuple(told(f"https://a.example/{n}", f"Story {n} of the harbour") for n in range(5))
    news = {n: Announcement(announce=True) for n in range(5)}
    links = tuple(draft.link for draft in drafts)
    prepared = Prepared(drafts, links, (New(),) * 5, news, {}, {}, {})
    one, decider, decided = (
        Feed("https://a.example/f", "a", "a.example"),
        Decider(),
        Decided(START),
    )
    assert list(decider.joined(one, prepared, START)) == [None] * 5
    made = [len(decided.new) for _ in decider.deciding(one, prepared, decided)]
    assert made == [1, 2, 3, 4, 5]


CVE = "CVE-2026-40001"
NAMING = f"Flaw {CVE} in Meridian gateways lets attackers log in"
EXPLOITED = CveFacts(CVE, kev_since=START.date(), cvss=9.8)


async def test_what_was_learnt_while_a_poll_waited_for_its_turn_is_in_its_stories(
    parts, monkeypatch
) -> None:
    archive, real = parts[0], Preparer.recalled

    async def after_learning(self, *args) -> None:
        await archive.learn([EXPLOITED])
        await real(self, *args)

    monkeypatch.setattr(Preparer, "recalled", after_learning)
    async with FakeFeeds({"/feed": rss(NAMING)}) as publisher:
        one = feed(publisher.url())
        desk = await opened(parts, settings(one))
        await desk.poll(one)
        (story,) = await archive.latest(5)
        assert desk._turns.decider.stories[story.id].facts == (EXPLOITED,)


async def test_a_story_that_is_being_written_is_raised_by_what_is_learnt_meanwhile(
    parts, monkeypatch
) -> None:
    archive, real = parts[0], Archive.commit_poll
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(self: Archive, record) -> None:
        begun.set()
        await go_on.wait()
        await real(self, record)

    monkeypatch.setattr(Archive, "commit_poll", slow)
    async with FakeFeeds({"/feed": rss(NAMING)}) as publisher:
        one = feed(publisher.url())
        desk = await opened(parts, settings(one))
        polling = asyncio.create_task(desk.poll(one))
        await begun.wait()
        learning = asyncio.create_task(desk.learn([EXPLOITED]))
        await asyncio.sleep(0.2)  # it would be through by now, were it not for the turn
        go_on.set()
        await asyncio.gather(polling, learning)
    (story,) = await archive.latest(5)
    assert (story.revision, story.facts) == (2, (EXPLOITED,))


async def test_what_editors_mute_while_a_new_file_is_taken_up_is_judged_by_the_new_file(
    parts, monkeypatch
) -> None:
    real = Archive.feed_states
    one = feed("http://127.0.0.1:1/feed")
    desk = await opened(parts, settings(one))
    old = settings(one)
    new = replace(old, channels=(replace(old.channels[0], only="ransomware"),))
    renewing: list[asyncio.Task[None]] = []

    async def slow(self: Archive):
        renewing.append(asyncio.create_task(desk.renew_rules()))
        await asyncio.sleep(0.1)
        return await real(self)

    monkeypatch.setattr(Archive, "feed_states", slow)
    await desk.apply(new)
    await asyncio.gather(*renewing)
    rules = desk._turns.decider.ledger.rules
    assert rules == rules_of(new.channels, {})


async def test_memory_is_read_when_there_is_news_and_not_before(parts, monkeypatch) -> None:
    """A start with a large archive must not wait for what only news is compared with."""
    archive = parts[0]
    asked: list[int] = []

    async def counted(self: Archive, since):
        asked.append(1)
        return await real(self, since)

    real = Archive.window
    async with FakeFeeds({"/1": rss(TITLE), "/2": rss(OTHER)}) as publisher:
        one, two = feed(publisher.url("/1"), 1), feed(publisher.url("/2"), 2)
        before = await opened(parts, settings(one, two))
        await asyncio.gather(before.poll(one), before.poll(two))
        monkeypatch.setattr(Archive, "window", counted)
        desk = await opened(parts, settings(one, two))
        assert (await desk.poll(one)).outcome == "not_modified"
        assert not asked
        publisher.publish("/2", rss(TITLE, OTHER))
        assert (await desk.poll(two)).same == 2
        await desk.apply(settings(one, two))
    assert len(asked) == 1
    told = await archive.latest(5)
    assert sorted(len(story.also) for story in told) == [0, 1]
