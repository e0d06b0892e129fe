"""What an operator must know: told once each, again when it came back, through desk and courier."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.courier import Courier
from bot.notices import Findings, Notices, causes
from digests.archive.store import Archive
from digests.cards.words import words
from digests.config import Settings, Watcher, parse
from digests.desk.desk import Desk
from digests.errors import ChatError, ConfigError
from digests.feeds.pace import FeedState
from digests.model import (
    Channel,
    Destination,
    Feed,
    NewPost,
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
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
READ = FeedState(FEED.url, last_poll=START, last_success=START)


def failing(reason: str, since: timedelta, trouble: Trouble = Trouble.UNAVAILABLE) -> FeedState:
    return replace(READ, failures=5, trouble=trouble, reason=reason, failing_since=START - since)


@dataclass
class ReadableChat(FakeChat):
    """Keeps what it was told as well."""

    told: list[str] = field(default_factory=list)

    unknown: set[str] = field(default_factory=set)

    async def resolve(self, target: Target) -> Destination:
        if target.address in self.unknown:
            raise ChatError("no such channel")
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
        chats = {"slack": self.chat}
        self.courier = Courier(self.archive, chats, lambda: self.settings, self.clock)
        self.notices = self.restarted()

    def restarted(self) -> Notices:
        return Notices(
            self.archive,
            self.clock,
            lambda: self.settings,
            lambda: self.states,
            self.courier.unresolved,
        )

    async def told(self, minutes: float = 1) -> list[str]:
        """What the operator reads next."""
        await self.notices.look()
        for _ in range(3):  # a place found in the first is sent to in the next
            await self.courier.round()
            await self.courier.drained()
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
        (failing("503", DAY - HOUR), ""),
        (failing("503", DAY), "503 · 5 times in a row · Nothing to do yet"),
        (failing("no such host", DAY, Trouble.DNS), "Check the name in feeds.yaml"),
        (failing("a bot wall", DAY, Trouble.BOT_WALL), "let our User-Agent in"),
        (failing("404", 13 * DAY, Trouble.NOT_FOUND), ""),
        (failing("404", 14 * DAY, Trouble.NOT_FOUND), "look for its new address"),
        (failing("410", HOUR, Trouble.GONE), "Take it out of feeds.yaml"),
        (replace(READ, adopted="https://b.example/feed"), "Write `url: https://b.example/feed`"),
        (replace(READ, moved_to="https://b.example/feed"), "leads elsewhere"),
        (replace(READ, newest=START - 30 * DAY), ""),
        (replace(READ, newest=START - 31 * DAY), "nothing new since"),
        (replace(READ, newest=START - 31 * DAY, rate=4 * DAY), ""),
        (replace(failing("410", HOUR, Trouble.GONE), paused=True), ""),
    ],
)
def test_a_feed_is_told_of_when_a_person_must_act(state: FeedState, said: str) -> None:
    found = causes(FILE, Findings({FEED.url: state}), words("en"), "UTC", START)
    told = [said.casefold() in cause.text.casefold() for cause in found]
    assert told == [True] * bool(said)
    assert all(cause.text.startswith("Alpha Wire: ") for cause in found)


async def test_without_a_channel_for_notices_nothing_is_told(office: Office) -> None:
    await office.archive.pause_channel("soc", "is_archived")
    office.settings = replace(FILE, notices=None)
    assert await office.notices.look() == 0


async def test_notices_speak_the_language_of_the_channel_they_go_to(office: Office) -> None:
    arabic = replace(SOC, name="ops", to=OPS, language="ar", timezone="Asia/Riyadh")
    office.settings = replace(FILE, channels=(SOC, arabic))
    await office.archive.register_channels(office.settings.every_channel, START)
    await office.archive.pause_channel("soc", "is_archived")
    office.states = {FEED.url: failing("410", HOUR, Trouble.GONE)}
    told = sorted(await office.told())
    assert ["لا يمكن إرسال شيء" in text for text in told].count(True) == 1
    assert ["احذفه من feeds.yaml" in text for text in told].count(True) == 1


async def test_a_place_that_is_not_found_is_told_when_that_lasts(office: Office) -> None:
    office.chat.unknown = {"#soc"}
    post = NewPost("soc", Destination("slack", "#soc"), "welcome")
    await office.archive.outbox.owe([post], now=office.clock.now())
    assert await office.told(minutes=2) == []
    assert await office.told(minutes=4) == []
    assert ["soc is not found: no such channel" in text for text in await office.told()] == [True]
    assert await office.told() == []
    office.chat.unknown = set()
    assert "Welcome" not in await office.told()
    assert office.courier.unresolved() == {}


async def test_a_cause_is_told_once_and_again_only_when_it_came_back(office: Office) -> None:
    trouble = failing("404", DAY)
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
