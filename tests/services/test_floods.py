"""Floods and outages: few cards, the rest in one digest, the gravest first, nothing lost."""

from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from pathlib import Path
from random import Random

import pytest

from bot.courier import Courier
from digests import reading
from digests.archive.records import PollRecord, StoryRecord
from digests.archive.store import Archive
from digests.cards.digest import by_importance
from digests.config import Settings
from digests.config.settings import Defaults, Welcome
from digests.desk.choosing import CARDS
from digests.desk.desk import Desk
from digests.desk.recounting import recount
from digests.feeds.fetch import Fetcher
from digests.feeds.pace import FeedState
from digests.model import (
    Card,
    Channel,
    Content,
    CveFacts,
    Destination,
    IndexTokens,
    Listing,
    Pace,
    Posted,
    PostState,
    Quiet,
    Quota,
    Retry,
    Schedule,
    StoryId,
    Target,
)
from digests.rules.ledger import Ledger
from digests.rules.match import subject
from digests.rules.query import parse_strict
from digests.rules.routing import Arrival, rules
from digests.testing import FakeClock, build_story
from digests.text.tokens import terms
from digests.web.addresses import AddressRules
from digests.web.client import Client
from tests.fakefeeds import FakeFeeds
from tests.services.test_courier import FakeChat
from tests.services.test_desk import InlineWorker, rss

EACH = Channel("each", Target("slack", "C1"))
NIGHT = Channel("night", Target("slack", "C2"), quiet=Quiet(time(6), time(9)))
DAILY = Channel("daily", Target("slack", "C3"), post=Schedule(Pace.DAILY, time(9)))
WORDS = IndexTokens(terms("Gateway flaw", "en"), terms("An attack on it", "en"))
GRAVE = CveFacts("CVE-2026-6666", kev_since=date(2026, 3, 1), ransomware=True)


@dataclass
class Recorder(FakeChat):
    """Keeps what it was given, by place."""

    def __post_init__(self) -> None:
        self.told: dict[str, list[Content]] = {}
        self.under: list[str] = []  # the ids of the posts that lines were hung under
        self.away = False

    async def resolve(self, target: Target) -> Destination:
        return Destination("slack", target.address)

    async def post(self, destination, content: Content, *, mark, nonce, plain=False, reply_to=""):
        if self.away:
            return Retry("away", timedelta(minutes=1))
        self.told.setdefault(destination.place, []).append(content)
        self.under += [reply_to] if reply_to else []
        return Posted(mark)


class Newsdesk:
    """Stories straight into a real archive, decided by the ledger, brought by a real courier."""

    def __init__(self, archive: Archive, *channels: Channel) -> None:
        self.archive, self.channels = archive, channels
        self.clock, self.chat, self.count = FakeClock(), Recorder(), 0
        self.ledger = Ledger(rules(channels))
        self.courier = Courier(
            archive, {"slack": self.chat}, lambda: Settings(channels=channels), self.clock
        )

    async def open(self) -> None:
        await self.archive.register_channels(self.channels, self.clock.now() - timedelta(days=9))
        await recount(self.archive, self.ledger, self.clock.now())

    async def bring(self, number: int, *, late: bool = False, **changes) -> list[StoryId]:
        now, records, posts = self.clock.now(), [], []
        for _ in range(number):
            self.count += 1
            number_ = (int(now.timestamp()) << 20) + self.count
            story = build_story(self.count, id=StoryId(number_), key=f"k{self.count}", seen=now)
            story = replace(story, **changes)
            records.append(StoryRecord(story, WORDS, self.count))
            posts += self.ledger.owe(subject(story, WORDS), Arrival(now, late=late))
        url = "https://news.example/feed"
        record = PollRecord(url, FeedState(url=url), now, new=tuple(records), posts=tuple(posts))
        await self.archive.commit_poll(record)
        return [one.story.id for one in records]

    async def run(self, span: timedelta, step: float = 60) -> None:
        for _ in range(int(span.total_seconds() / step)):
            await self.courier.fold(self.clock.now())
            await self.courier.round()
            await self.courier.drained()
            self.clock.advance(step)

    def cards(self, place: str = "C1") -> list[Card]:
        return [one for one in self.chat.told.get(place, ()) if isinstance(one, Card)]

    def lists(self, place: str = "C1") -> list[Listing]:
        return [one for one in self.chat.told.get(place, ()) if isinstance(one, Listing)]

    async def accounted(self, place: str, stories: list[StoryId]) -> None:
        """Every story is a card that stands there, or a member of just one list that does."""
        sent = [
            p
            for p in await self.archive.outbox.in_state(PostState.SENT, limit=99_999)
            if p.destination.place == place
        ]
        told = [StoryId(int(p.subject[6:])) for p in sent if p.subject.startswith("story:")]
        told += [story for p in sent for story in p.members]
        assert sorted(told) == sorted(stories)


@pytest.fixture
async def archive(tmp_path: Path):
    one = await Archive.open(tmp_path / "floods.db")
    yield one
    await one.close()


async def test_an_outage_of_72_hours_makes_ten_cards_and_one_digest(archive: Archive) -> None:
    desk = Newsdesk(archive, EACH, NIGHT, DAILY)
    await desk.open()
    await archive.learn([GRAVE])
    desk.clock.advance(72 * 3600)
    stories: list[StoryId] = []
    grave: set[StoryId] = set()
    for poll in range(50):
        desk.clock.advance(1)
        if poll % 10 == 7:
            grave |= set(await desk.bring(1, late=True, cves=(GRAVE.cve,)))
        stories += await desk.bring(100 - (poll % 10 == 7), late=True)
    stories += grave
    assert len(stories) == 5_000
    await desk.run(timedelta(hours=2), step=150)
    await desk.run(timedelta(hours=24), step=1800)
    for place, cards in (("C1", 10), ("C2", 0), ("C3", 0)):
        assert len(desk.cards(place)) == cards
        first, second = desk.lists(place)
        assert [len(first.lines), len(second.lines)] == [10, 10]
        assert any("search since:2026-03-05" in note for note in second.notes)
        await desk.accounted(place, stories)
    keys = {story.key for story in await archive.stories(sorted(grave))}
    assert keys <= {card.key for card in desk.cards()}
    for place in ("C2", "C3"):
        assert keys <= {line.key for line in desk.lists(place)[0].lines}
    found = await archive.search(parse_strict("gateway"), now=desk.clock.now())
    assert (found.total, found.more) == (1_000, True)
    assert len(await archive.latest(6_000)) == 5_000


async def test_a_platform_that_was_away_is_told_a_little_and_a_list(archive: Archive) -> None:
    desk = Newsdesk(archive, EACH)
    await desk.open()
    desk.chat.away = True
    stories: list[StoryId] = []
    for _ in range(36):
        stories += await desk.bring(1)
        await desk.run(timedelta(minutes=20), step=600)
    desk.chat.away = False
    await desk.run(timedelta(hours=2))
    assert len(desk.cards()) <= 10
    assert len(desk.lists()) == 1
    await desk.accounted("C1", stories)


async def test_one_topic_cannot_drown_the_others(archive: Archive) -> None:
    channel = replace(EACH, quota=(Quota("topic:vulnerability", 3),), limit=12)
    desk = Newsdesk(archive, channel)
    await desk.open()
    stories = []
    for _ in range(5):
        stories += await desk.bring(4)
        stories += await desk.bring(2, topics=("ransomware",))
        await desk.run(timedelta(minutes=15))
    assert len(desk.cards()) == 12  # three of the twenty, nine of the others
    assert desk.lists() == []
    await desk.run(timedelta(hours=20), step=1800)
    assert len(desk.cards()) == 12
    assert sum(len(told.lines) for told in desk.lists()) == 18
    await desk.accounted("C1", stories)


async def test_a_restart_counts_what_was_told_before(archive: Archive) -> None:
    channel = replace(EACH, limit=5, quota=(Quota("topic:vulnerability", 2),))
    desk = Newsdesk(archive, channel)
    await desk.open()
    await desk.bring(2)
    again = Newsdesk(archive, channel)
    again.count = 2
    await recount(archive, again.ledger, again.clock.now())
    assert again.ledger.tallies["each"].cards == 2
    assert again.ledger.tallies["each"].shares == (2,)
    await again.bring(1)
    await again.bring(4, topics=("ransomware",))
    await again.run(timedelta(minutes=10))
    assert len(again.cards()) == 5


async def test_quiet_hours_hold_and_breaking_passes_and_nothing_is_told_twice(archive) -> None:
    channel = replace(NIGHT, quiet=Quiet(time(6), time(9)), breaking="topic:ransomware")
    desk = Newsdesk(archive, channel)
    await desk.open()
    stories = await desk.bring(3)  # it is eight o'clock
    stories += await desk.bring(1, topics=("ransomware",))
    await desk.run(timedelta(minutes=30))
    assert len(desk.cards("C2")) == 1
    assert desk.lists("C2") == []
    await desk.run(timedelta(hours=1))
    (told,) = desk.lists("C2")
    assert len(told.lines) == 3
    assert "quiet hours" in told.title
    await desk.accounted("C2", stories)


def _feeds(count: int, each: int) -> dict[str, bytes]:
    return {
        f"/{n}": rss(
            *(f"Flaw {n} {k} {Random(n * 100 + k).random()} in a gateway" for k in range(each)),
            published="Mon, 02 Mar 2026 07:00:00 GMT",
        )
        for n in range(count)
    }


@pytest.fixture
async def parts(tmp_path: Path):
    clock = FakeClock()
    archive = await Archive.open(tmp_path / "desk.db")
    async with Client(AddressRules(["127.0.0.0/8"]), clock, user_agent="test") as client:
        yield archive, Fetcher(client, clock, Random(1), spacing=0), clock
    await archive.close()


def _feed(url: str, number: int):
    from digests.model import Feed

    return Feed(
        url=url,
        name=f"Feed {number}",
        publisher=f"p{number}.example",
        full_text=False,
        security=True,
    )


async def test_feeds_that_come_back_after_hours_are_gathered_through_the_whole_path(parts) -> None:
    archive, fetcher, clock = parts
    async with FakeFeeds(_feeds(4, 1)) as publisher:
        feeds = tuple(_feed(publisher.url(f"/{n}"), n) for n in range(4))
        desk = Desk(archive, fetcher, InlineWorker(), clock)
        channel = Channel("desk", Target("terminal", ""))
        await desk.open(Settings(Defaults(welcome=Welcome.FIRST), feeds, (channel,)))
        for one in feeds:
            await desk.poll(one)
        assert (await archive.outbox.counts())[PostState.QUEUED] == 4
        clock.advance(72 * 3600)
        for path, body in _feeds(4, 12).items():
            publisher.publish(path, body.replace(b"02 Mar", b"05 Mar"))
        for one in feeds:
            await desk.poll(one)
    waiting = [p for p in await archive.outbox.in_state(PostState.QUEUED) if p.digest]
    assert len(waiting) == 44
    assert len({p.digest for p in waiting}) == 1


async def test_a_flood_in_one_document_is_gathered_at_once(parts) -> None:
    archive, fetcher, clock = parts
    async with FakeFeeds(_feeds(1, 1)) as publisher:
        feed = _feed(publisher.url("/0"), 0)
        desk = Desk(archive, fetcher, InlineWorker(), clock)
        channel = Channel("desk", Target("terminal", ""))
        await desk.open(Settings(Defaults(welcome=Welcome.FIRST), (feed,), (channel,)))
        await desk.poll(feed)
        clock.advance(3600)
        publisher.publish("/0", _feeds(1, 41)["/0"])
        await desk.poll(feed)
    (told,) = await archive.outbox.gathered(clock.now())
    assert len(told.members) == 40


class CountingWorker(InlineWorker):
    """Counts what is condensed."""

    condensed = 0

    async def run(self, function, *args, size, slow=False):
        self.condensed += function is reading.tell
        return await super().run(function, *args, size=size, slow=slow)


def _flood(count: int, grave: int) -> bytes:
    """Very many entries; one of the oldest names a vulnerability that is exploited."""
    items = "".join(
        f"<item><title>Harbour {n} closes its gates number {n * 7919 % 997}</title>"
        f"<link>https://p0.example/f{n}</link><guid>f{n}</guid>"
        f"<pubDate>Mon, 02 Mar 2026 0{n % 8}:{n % 60:02}:00 GMT</pubDate>"
        f"<description>Words about {'CVE-2026-40001' if n == grave else f'keyword{n}'} and"
        f" nothing else of {n}.</description></item>"
        for n in range(count)
    )
    return f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'.encode()


async def test_of_a_flood_each_channel_gets_what_is_about_its_topic(parts) -> None:
    archive, fetcher, clock = parts
    titles = [f"Keyword{n} is told by this publisher alone" for n in range(60)]
    titles[30] = "Ransomware gang hits the harbour office"
    async with FakeFeeds({"/0": rss("Quiet day at the harbour")}) as publisher:
        feed = _feed(publisher.url("/0"), 0)
        desk = Desk(archive, fetcher, InlineWorker(), clock)
        channel = Channel("soc", Target("slack", "C1"), only="topic:ransomware")
        await desk.open(Settings(Defaults(welcome=Welcome.FIRST), (feed,), (channel,)))
        await desk.poll(feed)
        clock.advance(3600)
        publisher.publish("/0", rss(*titles))
        assert (await desk.poll(feed)).new == 60
    (told,) = await archive.outbox.gathered(clock.now())
    (story,) = await archive.stories(told.members)
    assert story.headline == titles[30]
    assert story.quality  # it may become a card, so it was condensed


async def test_of_a_flood_only_what_may_become_a_card_is_condensed_and_all_is_found(parts) -> None:
    archive, fetcher, clock = parts
    worker = CountingWorker()
    async with FakeFeeds(_feeds(1, 1)) as publisher:
        feed = _feed(publisher.url("/0"), 0)
        desk = Desk(archive, fetcher, worker, clock)
        channel = Channel("desk", Target("terminal", ""))
        other = Channel("other", Target("slack", "C1"), only="keyword7 OR keyword8")
        file = Settings(Defaults(welcome=Welcome.FIRST), (feed,), (channel, other))
        await desk.open(file)
        await desk.poll(feed)
        await archive.learn([CveFacts("CVE-2026-40001", kev_since=clock.now().date())])
        clock.advance(3600)
        publisher.publish("/0", _flood(300, grave=11))
        before = worker.condensed
        report = await desk.poll(feed)
    assert report.new == 300
    assert CARDS <= worker.condensed - before <= CARDS + 2
    told = {one.channel: one for one in await archive.outbox.gathered(clock.now())}
    assert len(told["desk"].members) == 300
    assert len(told["other"].members) == 2
    stories = {story.id: story for story in await archive.stories(told["desk"].members)}
    shown = [stories[number] for number in by_importance(list(stories.values()))[:10]]
    assert shown[0].cves == ("CVE-2026-40001",)
    assert all(story.quality for story in shown)
    for word in ("keyword7", "keyword150", "keyword299"):
        page = await archive.search(parse_strict(word), now=clock.now(), limit=5)
        assert len(page.hits) == 1
