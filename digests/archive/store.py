"""The archive as everybody else sees it: async methods, our own values, ArchiveError.

What a method does is in the file named after its group; here it only gets its connection.
"""

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from digests.archive import (
    backup,
    channels,
    dialects,
    feeds,
    known,
    meta,
    poll,
    publishers,
    reindex,
    retention,
    said,
    search,
    spelling,
    stories,
    summaries,
    trends,
)
from digests.archive.act_box import Acts
from digests.archive.engine import Engine
from digests.archive.feedback_box import Readers
from digests.archive.lock import Lock
from digests.archive.marks import Names
from digests.archive.opening import Identity, inspect, prepare
from digests.archive.post_box import Outbox
from digests.archive.records import (
    Facets,
    Forgotten,
    Page,
    Pause,
    PollRecord,
    SavedQuery,
    StoryRecord,
    Trend,
)
from digests.archive.trace_box import Traces
from digests.archive.watch_box import Watches
from digests.errors import ArchiveError
from digests.feeds.pace import FeedState
from digests.model import (
    Channel,
    CveFacts,
    Destination,
    Draft,
    Feed,
    IndexTokens,
    Key,
    NewPost,
    Rating,
    SeenEntry,
    Step,
    Story,
    StoryId,
)
from digests.rules.query import Query
from digests.stories.cluster import StoryRef
from digests.stories.ids import first_id
from digests.stories.quality import Standing, ratings

SEARCH_SECONDS = 2.0
FACTS_BITE = 200  # CVEs learnt in one transaction; each may index many stories anew
B = TypeVar("B")


@dataclass(slots=True)
class Archive:
    """Everything Nightdesk knows. One instance writes; any number may open it for reading.

    Any method may raise ArchiveError (disk full, database locked, ...). Nothing of what it should
    have written is there then, and the next call finds the archive usable if the cause is gone.
    """

    outbox: Outbox
    readers: Readers
    traces: Traces
    acts: Acts
    watches: Watches
    _engine: Engine
    _lock: Lock | None
    _identity: Identity

    @classmethod
    async def open(
        cls, database: str | Path, *, read_only: bool = False, newcomer: str = ""
    ) -> "Archive":
        """Open a path or sqlite:/// address; made when it is not there, unless for reading only.

        `newcomer`: the name of a new installation, random by default. Raises ArchiveBusy when
        another process writes to it, ArchiveNewer when a newer version did.
        """
        path = dialects.file_of(str(database))
        if read_only and not path.is_file():
            raise ArchiveError(f"{path}: there is no such database")
        lock = None if read_only else Lock.take(path)
        engine = Engine(path, read_only=read_only)
        engine.start()
        try:
            name = newcomer or secrets.token_hex(16)
            identity = await (
                engine.read(inspect, path) if read_only else engine.write(prepare, path, name)
            )
        except BaseException:
            await engine.close()
            if lock is not None:
                lock.release()
            raise
        names = Names(identity.installation)
        boxes = Outbox(engine, names), Readers(engine), Traces(engine), Acts(engine, names)
        return cls(*boxes, Watches(engine), engine, lock, identity)

    async def close(self) -> None:
        """Finish what was asked for, then let go of the database and its lock."""
        await self._engine.close()
        if self._lock is not None:
            self._lock.release()

    async def written(self) -> None:
        """Returns when all that was asked for before is written, or refused."""
        await self._engine.write(lambda _: None)

    @property
    def installation(self) -> str:
        """The random name of this installation; marks and nonces come from it."""
        return self._identity.installation

    @property
    def read_only(self) -> bool:
        """Whether it was opened for reading alone."""
        return self._engine.read_only

    @property
    def fresh(self) -> bool:
        """Whether no `set_welcomed` was ever committed: the first start, or a crash in it."""
        return self._identity.fresh

    async def set_welcomed(self) -> None:
        """From now on this installation is not fresh."""
        await self._engine.write(meta.put, meta.WELCOMED, "yes")
        self._identity = replace(self._identity, fresh=False)

    async def problems(self) -> list[str]:
        """What a thorough look finds wrong, in the database's words; takes seconds when large."""
        found = await self._engine.read(dialects.problems)
        if not self._engine.read_only:
            try:
                await self._engine.write(dialects.check_index)
            except ArchiveError as exc:
                found.append(f"the search index: {exc}")
        return found

    async def backup(self, target: Path) -> None:
        """Write a copy of everything that is committed; it appears whole or not at all."""
        await self._engine.read(backup.write, target)

    async def get_meta(self, name: str) -> str | None:
        """A named value of the application's own."""
        return await self._engine.read(meta.get, f"app.{name}")

    async def set_meta(self, name: str, value: str) -> None:
        """Keep a named value."""
        await self._engine.write(meta.put, f"app.{name}", value)

    # --- feeds ---

    async def register_feeds(
        self, configured: Sequence[Feed], *, now: datetime, announce_first: bool
    ) -> None:
        """Make new feeds known, due now; a moved one (`was`) keeps its history."""
        await self._engine.write(
            feeds.register, configured, now=now, announce_first=announce_first
        )

    async def feed_states(self) -> dict[str, FeedState]:
        """Every feed ever registered, by its address."""
        return await self._engine.read(feeds.states)

    async def save_feed_state(self, state: FeedState) -> None:
        """For a change that no poll brought: paused, resumed, marked slow."""
        await self._engine.write(feeds.save_state, state)

    async def known_slices(self, url: str) -> frozenset[bytes]:
        """Fingerprints of the feed's last document, as committed with its stories."""
        return await self._engine.read(feeds.known_slices, url)

    async def seen_entries(self, url: str, drafts: Sequence[Draft]) -> tuple[SeenEntry, ...]:
        """All remembered of this feed under one of the drafts' ids, links or title keys.

        A story it names may have been forgotten meanwhile: entries outlive stories.
        """
        return await self._engine.read(feeds.seen_entries, url, drafts)

    async def host_pauses(self) -> dict[str, datetime]:
        """Hosts that asked to be left alone, and until when."""
        return await self._engine.read(feeds.host_pauses)

    async def save_host_pause(self, host: str, until: datetime | None) -> None:
        """Remember such a pause; None ends it."""
        await self._engine.write(feeds.save_host_pause, host, until)

    # --- stories ---

    async def commit_poll(self, record: PollRecord) -> None:
        """One poll in one transaction: state, slices, entries, stories, index, posts owed."""
        await self._engine.write(poll.commit, record)

    async def window(self, since: datetime) -> list[StoryRef]:
        """All stories seen since then, for the cluster window."""
        return await self._engine.read(stories.window, since)

    async def find_by_links(self, links: Iterable[str]) -> list[StoryRef]:
        """Stories that one of these canonical links identifies, whatever their age."""
        return await self._engine.read(stories.find_by_links, list(links))

    async def last_ids(self, seconds: Iterable[int]) -> dict[int, int]:
        """The highest story id of each of these seconds (of the epoch) that has any."""
        return await self._engine.read(stories.last_ids, list(seconds))

    async def last_id(self) -> int:
        """The highest story id; 0 without stories."""
        return await self._engine.read(stories.last_id)

    async def last_number(self) -> int:
        """The highest number given to a story's key, also of one since forgotten."""
        return await self._engine.read(stories.last_number)

    async def find_story(self, what: StoryId | Key) -> Story | None:
        """One story by id or key."""
        return await self._engine.read(stories.find, what)

    async def stories(self, ids: Sequence[StoryId]) -> list[Story]:
        """These stories in this order; forgotten ones are left out."""
        return await self._engine.read(stories.load, ids)

    async def words(self, ids: Iterable[StoryId]) -> dict[StoryId, IndexTokens]:
        """What the index holds of these stories: what a rule looks at."""
        return await self._engine.read(stories.words, ids)

    async def latest(self, limit: int, *, before: StoryId | None = None) -> list[Story]:
        """The newest stories, newest first. By topic or the like: `search`."""
        return await self._engine.read(stories.latest, limit, before)

    # --- what is known of CVEs ---

    async def facts(self, cves: Iterable[str]) -> dict[str, CveFacts]:
        """What is known of each of these from elsewhere; unknown ones are left out."""
        return await self._engine.read(known.facts_of, list(cves))

    async def learn(self, facts: Sequence[CveFacts]) -> list[StoryId]:
        """Keep what is known now, in bites; the stories that name a CVE whose facts changed.

        A fact replaces all that was known of its CVE. Stories are indexed anew by it, in the same
        transaction; making a revision of them is for whoever decides.
        """
        found: set[StoryId] = set()
        for at in range(0, len(facts), FACTS_BITE):
            found |= set(await self._engine.write(stories.learn, facts[at : at + FACTS_BITE]))
        return sorted(found)

    async def naming(self, cves: Iterable[str]) -> list[StoryId]:
        """The stories that name at least one of these, oldest first."""
        return [StoryId(one) for one in await self._engine.read(known.naming, list(cves))]

    async def exploited(self) -> frozenset[str]:
        """The CVEs known to be exploited, as learnt last."""
        return await self._engine.read(known.exploited)

    async def named(self, since: StoryId) -> frozenset[str]:
        """The CVEs that stories from this id on name."""
        return await self._engine.read(known.named, since)

    async def commit_known(
        self,
        facts: Sequence[CveFacts],
        revised: Sequence[StoryRecord],
        posts: Sequence[NewPost],
        at: datetime,
        steps: Sequence[Step] = (),
    ) -> None:
        """Facts, the stories they revise and what is owed for it: one transaction."""
        await self._engine.write(poll.commit_known, facts, revised, posts, at, steps)

    # --- publishers ---

    async def standings(self) -> list[Standing]:
        """What every publisher has told so far."""
        return await self._engine.read(publishers.standings)

    async def ratings(self) -> dict[str, Rating]:
        """How good each publisher is, by name."""
        return ratings(await self.standings())

    async def rating(self, publisher: str) -> Rating | None:
        """How good one publisher is; None when it has told nothing. Asked for every card."""
        compared = await self._engine.read(publishers.compared, publisher)
        return ratings(compared).get(publisher)

    # --- channels ---

    async def channel_births(self) -> dict[str, datetime]:
        """When each channel was first registered."""
        return await self._engine.read(channels.births)

    async def register_channels(self, configured: Sequence[Channel], now: datetime) -> None:
        """Make channels known. A renamed one (`was`) lives on; a new `to:` takes the queue along."""
        await self._engine.write(channels.register, configured, now)

    async def drop_channels(self, names: Iterable[str]) -> None:
        """Forget channels that left the file; their queue is DEAD, "channel removed"."""
        await self._engine.write(channels.drop, list(names))

    async def places(self) -> dict[str, Destination]:
        """Where addresses as written ("slack:#soc") lead, as far as known."""
        return await self._engine.read(channels.places)

    async def save_place(self, target: str, destination: Destination) -> None:
        """Remember it; what was queued under the address moves, what was told there is FOLDED."""
        await self._engine.write(channels.save_place, target, destination)

    async def pause_channel(self, name: str, reason: str, until: datetime | None = None) -> None:
        """Send nothing to a channel; None: until it is resumed."""
        await self._engine.write(channels.pause, name, reason, until)

    async def resume_channel(self, name: str) -> None:
        """End a pause."""
        await self._engine.write(channels.resume, name)

    async def paused(self) -> dict[str, Pause]:
        """Pauses by channel, also those whose time is over."""
        return await self._engine.read(channels.paused)

    # --- search ---

    async def search(
        self,
        query: Query,
        *,
        now: datetime,
        sort: str = "new",
        limit: int = 10,
        page: int = 0,
        until: StoryId | None = None,
    ) -> Page:
        """One page of hits, `page` from 0; ArchiveError when it takes longer than two seconds."""
        asked = search.Asked(query, now, sort, limit, page, until)
        return await self._engine.read_within(SEARCH_SECONDS, search.search, asked)

    async def respelt(self, query: Query) -> Query | None:
        """The query with words that no story has put right, for when nothing was found."""
        return await self._engine.read_within(SEARCH_SECONDS, spelling.respelt, query)

    async def facets(self, query: Query, *, now: datetime) -> Facets:
        """What the newest two thousand matches have in common."""
        return await self._engine.read_within(SEARCH_SECONDS, trends.facets, query, now)

    async def trends(
        self, query: Query, *, now: datetime, since: datetime, step: timedelta
    ) -> Trend:
        """Matches from `since` to `now`, counted in steps (at most 60, made longer if need be)."""
        over = trends.Over(since, now, step)
        return await self._engine.read_within(SEARCH_SECONDS, trends.trend, query, now, over)

    def save_query(self, text: str, until: StoryId, *, now: datetime) -> str:
        """Keep a search under a short key, for buttons; the same search has the same key.

        Nobody waits for the disk: an answer is worth more than its buttons.
        """
        self._engine.write_soon(search.save_query, text, until, now)
        return search.key_of(text, until)

    async def load_query(self, key: str) -> SavedQuery | None:
        """The search behind a key; None when it was forgotten (30 days)."""
        found = await self._engine.read(search.load_query, key)
        if found is None and not self.read_only:
            await self.written()  # it may have been on its way
            found = await self._engine.read(search.load_query, key)
        return found

    async def summary(self, key: str) -> str | None:
        """What a model wrote of a text, "" when it was not believed; None when it was not asked."""
        return await self._engine.read(summaries.find, key)

    async def save_summary(self, key: str, text: str, *, now: datetime) -> None:
        """Remember what came of asking a model."""
        await self._engine.write(summaries.save, key, text, now)

    @property
    def index_outdated(self) -> bool:
        """Whether the analyzer has changed since the stories were indexed; see `reindex`."""
        return self._identity.outdated

    async def reindex(self, words: Callable[[Story], IndexTokens]) -> int:
        """Index all stories anew in bites; how many. Interrupted, it begins again next time."""
        count, last = 0, 0
        while ids := await self._engine.read(reindex.next_ids, last):
            await self._engine.write(reindex.index, ids, words)
            count, last = count + len(ids), ids[-1]
        await self._engine.write(reindex.finish)
        self._identity = replace(self._identity, outdated=False)
        return count

    # --- retention ---

    async def forget(self, *, now: datetime, keep: timedelta) -> Forgotten:
        """Forget what is older than `keep`, in bites between which others write.

        Stories by their id; entries unless their feed may still carry them; posts settled 90 days
        ago whose story is gone; saved searches and the steps of stories after 30 days.
        """
        engine, before = self._engine, now - keep
        low = first_id(before)
        posts_before = now - retention.POSTS_FOR
        old_stories = await engine.read(retention.old_stories, low)
        old_entries = await engine.read(retention.old_entries, before)
        gone_stories = await self._bites(
            retention.STORIES_BITE, old_stories, retention.forget_stories, low
        )
        old_posts = await engine.read(retention.old_posts, posts_before)
        return Forgotten(
            gone_stories,
            await self._bites(retention.ROWS_BITE, old_entries, retention.forget_entries, before),
            await self._bites(
                retention.ROWS_BITE, old_posts, retention.forget_posts, posts_before
            ),
            await engine.write(retention.forget_queries, now - retention.QUERIES_FOR),
            await engine.write(summaries.forget, now - retention.QUERIES_FOR),
            await self.traces.forget(now),
            await self.acts.forget(now),
            await self.watches.forget_ended(now),
            await engine.write(said.forget_clicks, now - retention.CLICKS_FOR),
        )

    async def _bites(
        self,
        size: int,
        ids: Sequence[int],
        forget: Callable[[Connection, Sequence[int], B], int],
        before: B,
    ) -> int:
        """A transaction for each bite."""
        count = 0
        for at in range(0, len(ids), size):
            count += await self._engine.write(forget, ids[at : at + size], before)
        return count
