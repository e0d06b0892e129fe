"""What the archive's tests build: archives on one database, polls, stories with their words."""

from dataclasses import dataclass, field, replace

from sqlalchemy import event

from digests.archive.records import EntryRecord, PollRecord, StoryRecord
from digests.archive.store import Archive
from digests.feeds.pace import FeedState
from digests.model import Destination, Feed, IndexTokens, NewPost, Story, StoryId
from digests.stories import indexing
from digests.testing import START, build_story

FEED = "https://news.example/feed"
SOC = Destination("slack", "C1")


@dataclass
class Archives:
    """A database, and the archives opened on it."""

    database: str
    opened: list[Archive] = field(default_factory=list)

    async def open(self, **options) -> Archive:
        archive = await Archive.open(self.database, **options)
        self.opened.append(archive)
        return archive

    async def reopen(self) -> Archive:
        await self.close()
        return await self.open()

    async def close(self) -> None:
        while self.opened:
            await self.opened.pop().close()


def feed(url: str = FEED, **changes) -> Feed:
    return replace(Feed(url=url, name="Example News", publisher="news.example"), **changes)


def words(story: Story) -> IndexTokens:
    return indexing.words(story.headline, story.sentences, (), (), story.language)


def story_id(number: int, at=START) -> StoryId:
    return StoryId((int(at.timestamp()) << 20) + number)


def told(number: int, headline: str = "", text: str = "", **changes) -> StoryRecord:
    """A story with its words; headline and text when they matter."""
    changes |= {"headline": headline} if headline else {}
    changes |= {"sentences": (text,)} if text else {}
    if "at" in changes:
        at = changes.pop("at")
        changes |= {"id": story_id(number, at), "seen": at}
    return of_story(build_story(number, **changes), number)


def of_story(story: Story, number: int) -> StoryRecord:
    links = (story.url,) if story.url else ()
    return StoryRecord(story, words(story), number, links, f"title {number}")


def entry(number: int, story: StoryId | None = None, **changes) -> EntryRecord:
    record = EntryRecord(
        id=f"id-{number}",
        link=f"https://news.example/{number}",
        title_key=f"title {number}",
        words_hash=bytes([number % 256]),
        title=f"Title {number}",
        story=story or story_id(number),
        seen=START,
    )
    return replace(record, **changes)


def poll(*new: StoryRecord, url: str = FEED, **parts) -> PollRecord:
    parts.setdefault("state", FeedState(url=url))
    parts.setdefault("at", START)
    return PollRecord(feed_url=url, new=new, **parts)


def card(number: int, destination: Destination = SOC, **changes) -> NewPost:
    """The post that a story is owed."""
    post = NewPost("soc", destination, f"story:{story_id(number)}", wanted="1")
    return replace(post, **changes)


async def plans_of(archive, call) -> str:
    """How the database goes about what a call asks of it."""
    asked = []
    engines = (archive._engine._read_engine, archive._engine._write_engine)

    def listen(_connection, _cursor, statement, parameters, _context, _many) -> None:
        asked.append((statement, parameters))

    for engine in engines:
        event.listen(engine, "before_cursor_execute", listen)
    try:
        await call
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", listen)

    def explain(connection) -> str:
        steps = [
            row[3]
            for statement, parameters in asked
            if not statement.startswith("BEGIN")
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
        return "\n".join(steps)

    return await archive._engine.read(explain)
