"""What an operator must know: told once each, again when it came back, through desk and courier."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.courier import Courier
from bot.notices import FAILURES, Notices, causes
from digests.archive.records import Pause
from digests.archive.store import Archive
from digests.config import Settings, Watcher, parse
from digests.desk import Desk
from digests.errors import ConfigError
from digests.feeds.pace import FeedState
from digests.model import (
    Channel,
    Destination,
    Feed,
    PostState,
    Rejected,
    Scope,
    Target,
    Trouble,
    Unreadable,
)
from digests.testing import START, FakeClock
from tests.fakefeeds import FakeFeeds
from tests.services.test_courier import FakeChat
from tests.services.test_desk import InlineWorker, feed, parts, rss  # noqa: F401 - a fixture

OPS = Target("slack", "#ops")
SOC = Channel("soc", Target("slack", "#soc"))
FEED = Feed("https://a.example/feed", "Alpha Wire", "a.example")
FILE = Settings(feeds=(FEED,), channels=(SOC,), notices=OPS)
DAY = timedelta(days=1)


@dataclass
class ReadableChat(FakeChat):
    """Keeps what it was told as well."""

    told: list[str] = field(default_factory=list)

    async def resolve(self, target: Target) -> Destination:
        return Destination("slack", target.address)

    async def post(self, destination, content, **how):
        outcome = await super().post(destination, content, **how)
        self.told.append(getattr(content, "text", ""))
        return outcome


@dataclass
class Office:
    archive: Archive
    clock: FakeClock
    settings: Settings = FILE
    states: dict[str, FeedState] = field(default_factory=dict)
    chat: ReadableChat = field(default_factory=ReadableChat)

    def __post_init__(self) -> None:
        self.notices = self.restarted()

    def restarted(self) -> Notices:
        return Notices(self.archive, self.clock, lambda: self.settings, lambda: self.states)

    async def told(self, minutes: float = 1) -> list[str]:
        """What the operator reads next."""
        await self.notices.look()
        courier = Courier(self.archive, {"slack": self.chat}, lambda: self.settings, self.clock)
        for _ in range(3):  # a place found in the first is sent to in the next
            await courier.round()
            await courier.drained()
        self.clock.advance(minutes * 60)
        told, self.chat.told = self.chat.told, []
        return told


@pytest.fixture
async def office(tmp_path: Path):
    archive = await Archive.open(tmp_path / "n.db")
    clock = FakeClock()
    await archive.register_channels(FILE.every_channel, clock.now())
    yield Office(archive, clock)
    await archive.close()


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (FeedState(FEED.url), ""),
        (FeedState(FEED.url, failures=FAILURES, last_success=START), ""),
        (FeedState(FEED.url, failures=FAILURES, last_success=START - DAY, reason="503"), "503"),
        (FeedState(FEED.url, failures=FAILURES, reason="no such host"), "could never be read"),
        (FeedState(FEED.url, failures=FAILURES - 1, last_success=START - 9 * DAY), ""),
        (FeedState(FEED.url, failures=1, gone=True, trouble=Trouble.GONE), "gone for good"),
        (FeedState(FEED.url, adopted="https://b.example/feed"), "https://b.example/feed"),
        (FeedState(FEED.url, newest=START - 59 * DAY), ""),
        (FeedState(FEED.url, newest=START - 60 * DAY), "nothing new since"),
        (FeedState(FEED.url, newest=START - 60 * DAY, rate=4 * DAY), ""),
        (FeedState(FEED.url, gone=True, paused=True), ""),
    ],
)
def test_a_feed_is_told_of_when_a_person_must_act(state: FeedState, said: str) -> None:
    found = causes(FILE, {FEED.url: state}, {}, (), START)
    assert [said in cause.text and "Alpha Wire" in cause.text for cause in found] == [True] * bool(
        said
    )


def test_no_channel_for_notices_and_nothing_is_told() -> None:
    pauses = {"soc": Pause("is_archived", None)}
    assert causes(replace(FILE, notices=None), {}, pauses, (), START) == []


def test_notices_speak_the_language_of_the_channel_they_go_to() -> None:
    arabic = replace(FILE, channels=(replace(SOC, to=OPS, language="ar"),))
    (cause,) = causes(arabic, {}, {"soc": Pause("is_archived", None)}, (), START)
    assert "لا يمكن إرسال شيء" in cause.text


async def test_a_cause_is_told_once_and_again_only_when_it_came_back(office: Office) -> None:
    trouble = FeedState(FEED.url, failures=9, reason="404")
    office.states = {FEED.url: trouble}
    assert ["404" in text for text in await office.told()] == [True]
    office.notices = office.restarted()
    office.states = {FEED.url: replace(trouble, failures=10, reason="500")}
    assert await office.told() == []
    office.states = {FEED.url: FeedState(FEED.url)}  # read again for a moment
    assert await office.told(minutes=5) == []
    office.states = {FEED.url: trouble}
    assert await office.told() == []
    office.states = {FEED.url: FeedState(FEED.url)}  # and now for good
    assert await office.told(minutes=11) == []
    assert await office.told() == []
    office.states = {FEED.url: trouble}
    assert len(await office.told()) == 1


async def test_a_refused_channel_is_told_to_the_operator(office: Office) -> None:
    await office.archive.pause_channel("soc", "not_in_channel: invite the bot")
    assert ["soc" in text and "invite the bot" in text for text in await office.told()] == [True]
    assert await office.told() == []


async def test_posts_that_ended_badly_are_told_together(
    parts,  # noqa: F811 - the fixture
    tmp_path: Path,
) -> None:
    archive, fetcher, clock = parts
    titles = ("Alpha breach", "Beta flaw", "Gamma leak")
    with FakeFeeds({"/feed": rss(*titles)}).in_background() as publisher:
        file = Settings(
            feeds=(feed(publisher.url(), first=None, max_age=None),),
            channels=(replace(SOC, name="news"),),
            notices=OPS,
        )
        await archive.set_welcomed()
        desk = Desk(archive, fetcher, InlineWorker(), clock)
        await desk.open(file)
        await desk.poll(file.feeds[0])
    office = Office(archive, clock, file, desk.states)
    office.chat.outcomes = [Rejected("invalid_blocks", Scope.CONTENT)] * 6
    await office.told()
    counts = await archive.outbox.counts()
    assert counts[PostState.DEAD] == 3
    told = await office.told()
    assert ["3 posts to news were given up" in text for text in told] == [True]
    assert await office.told() == []


async def test_a_held_post_is_told_and_its_notice_never_tells_of_itself(office: Office) -> None:
    await office.archive.pause_channel("soc", "is_archived")
    await office.notices.look()
    (post,) = await office.archive.outbox.in_state(PostState.QUEUED)
    now = office.clock.now()
    begun = await office.archive.outbox.begin(post, watermark="", now=now)
    await office.archive.outbox.settle_sighting(begun.id, Unreadable("no history"), now=now)
    assert (await office.archive.outbox.counts())[PostState.HELD] == 1
    assert await office.told() == []


async def test_a_bad_file_is_told_with_every_place_until_it_is_good_again(
    office: Office, tmp_path: Path
) -> None:
    path = tmp_path / "feeds.yaml"
    good = "feeds:\n  - {url: https://a.example/feed}\nchannels:\n  - {name: soc, to: terminal}\n"
    path.write_text(good)
    watcher = Watcher(path, {}, office.clock)
    assert isinstance(watcher.poll(), Settings)
    path.write_text(good + "nonsense: 1\n")
    error = watcher.poll()
    assert isinstance(error, ConfigError)
    office.notices.file_read(error)
    (text,) = await office.told()
    assert f"{path}:5:1: " in text
    assert await office.told() == []
    office.notices.file_read(None)
    assert await office.told(minutes=11) == []
    assert await office.told() == []
    office.notices.file_read(error)
    assert len(await office.told()) == 1


async def test_a_file_of_many_mistakes_is_told_in_few_lines(office: Office) -> None:
    feeds = "".join(f"  - {{url: nonsense{n}}}\n" for n in range(40))
    with pytest.raises(ConfigError) as caught:
        parse("feeds:\n" + feeds, "feeds.yaml", {})
    office.notices.file_read(caught.value)
    (text,) = await office.told()
    assert len(text) < 2_500
    assert "more mistakes" in text
