"""The way of a story for one feed, from poll to commit, read top to bottom.

    fetch -> unchanged? stop -> read in the worker -> recognise -> tell in the worker
          -> in one's turn: recall, decide and reserve -> one transaction

Deciding needs what other feeds decided a moment ago; that lives in memory, and one decides at a time
(turns.py).
"""

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from digests.archive.records import Act, PollRecord
from digests.archive.store import Archive
from digests.clock import Steps
from digests.config.settings import Settings, Welcome
from digests.desk import raising, separating
from digests.desk.deciding import Decided
from digests.desk.portions import read_in_portions
from digests.desk.preparing import Preparer
from digests.desk.separating import Inseparable
from digests.desk.summaries import Summaries, Worker
from digests.desk.telling import Teller
from digests.desk.turns import Turns, step_by_step
from digests.errors import WorkerError, WorkerKilled
from digests.feeds.fetch import Fetcher
from digests.feeds.moves import doubted, is_same_feed, sighted
from digests.feeds.pace import FeedState, is_due, may_insist, polled
from digests.feeds.standing import after_news, after_reading, failed_word, jitter, no_feed
from digests.model import (
    Channel,
    Clock,
    CveFacts,
    EntryId,
    Feed,
    Fetched,
    FetchFailed,
    FetchOutcome,
    NewPost,
    NotModified,
    Reading,
    Refusal,
    Story,
    Trouble,
)
from digests.rules.ledger import provisional
from digests.rules.query import parse_strict
from digests.rules.routing import rules
from digests.rules.watchers import Watchers
from digests.stories.identity import New
from digests.stories.ids import IdClock

WELCOMED = 10  # stories in a welcome


@dataclass(frozen=True, slots=True)
class PollReport:
    """How one poll ended; the counts always add up: seen = new + same + edited + refused."""

    url: str
    outcome: str  # ok | not_modified | unchanged | moved | gone | refused | failed
    reason: str = ""
    seen: int = 0
    new: int = 0
    same: int = 0
    edited: int = 0
    refused: tuple[Refusal, ...] = ()
    stories: int = 0
    grown: int = 0


class Desk:
    """Polls feeds and writes what they brought. Belongs to one event loop."""

    def __init__(self, archive: Archive, fetcher: Fetcher, worker: Worker, clock: Clock) -> None:
        self._archive = archive
        self._fetcher = fetcher
        self._worker = worker
        self._clock = clock
        self._summaries = Summaries(archive, worker, clock)
        self._teller = Teller(fetcher, worker, self._summaries, clock)
        self._turns = Turns(archive, clock)
        self._preparer = Preparer(archive, self._teller, self._turns, clock)
        self._asked: set[str] = set()  # feeds that were asked since the start
        self._locks: dict[str, asyncio.Lock] = {}
        self._steps = Steps(clock.now, clock.monotonic)
        self.states: dict[str, FeedState] = {}
        self.settings = Settings()

    async def open(self, settings: Settings) -> None:
        """Load what the archive knows and take up the file."""
        ids = IdClock(await self._archive.last_id(), await self._archive.last_number())
        self._turns.decider.ids = ids
        watches = self._archive.watches
        self.watchers.start_over(await watches.every(), await watches.habits())
        await self.apply(settings)

    async def apply(self, settings: Settings) -> None:
        """Take up a (new) file: its feeds and channels are registered, gone ones dropped."""
        now = self._clock.now()
        quiet = self._archive.fresh and settings.defaults.welcome is not Welcome.FIRST
        await self._archive.register_feeds(settings.feeds, now=now, announce_first=not quiet)
        names = {channel.name for channel in settings.every_channel}
        await self._archive.register_channels(settings.every_channel, now)
        births = await self._archive.channel_births()
        await self._archive.drop_channels(births.keys() - names)
        self._summaries.use(settings.summariser)
        async with self._turns.hold() as decider:
            decider.ledger.rules = rules(settings.channels, await self._muted())
            await self._take_up_watches(settings)
            # In there as well: no poll may write its state between this read and its use.
            self.states = await self._archive.feed_states()
            self.settings = settings

    @property
    def watchers(self) -> Watchers:
        """The watches in memory; whoever changes one in the archive changes it here too."""
        return self._turns.decider.ledger.watchers

    async def _take_up_watches(self, settings: Settings) -> None:
        now, readers = self._clock.now(), settings.readers
        await self._archive.watches.register([one.watch(now) for one in settings.watches])
        kept = [one for one in await self._archive.watches.every() if one.of_file]
        self.watchers.configure(kept, [one.channel for one in settings.watches])
        named = {"slack": readers.slack, "discord": readers.discord}
        self.watchers.served = settings.platforms
        self.watchers.admits = None if readers.everyone else named

    async def renew_rules(self) -> None:
        """What editors muted has changed."""
        async with self._turns.take() as decider:  # else a new file could be undone by the old one
            decider.ledger.rules = rules(self.settings.channels, await self._muted())

    async def _muted(self) -> dict[str, frozenset[str]]:
        found: defaultdict[str, set[str]] = defaultdict(set)
        for one in await self._archive.acts.mutes():
            found[one.channel].add(one.publisher)
        return {channel: frozenset(publishers) for channel, publishers in found.items()}

    async def pause(self, feed: Feed, deed: Act, *, paused: bool) -> bool:
        """Ask a feed no more, or again from now on; False when that is so already."""
        state = self.states.get(feed.url)
        if state is None or state.paused == paused:
            return False
        # First here: a poll that is under way writes down how the feed stands when it ends.
        self.states[feed.url] = replace(state, paused=paused)
        return await self._archive.acts.pause_feed(feed.url, deed, paused=paused)

    def due(self, *, everything: bool = False) -> list[Feed]:
        """Feeds whose time has come; `everything`: due or not, where the publisher permits it."""
        now = self._clock.now()
        return [
            f for f in self.settings.feeds if self._may(self.states.get(f.url), now, everything)
        ]

    def _may(self, state: FeedState | None, now: datetime, everything: bool) -> bool:
        if state is None:
            return True
        if everything:
            return may_insist(state, now)
        return is_due(state, now)

    async def poll(self, feed: Feed) -> PollReport:
        """Ask one feed and write what came of it. Never raises for what a publisher does."""
        async with self._locks.setdefault(feed.url, asyncio.Lock()):
            state = self.states.get(feed.url) or FeedState(url=feed.url, announce_first=True)
            outcome = await self._fetcher.fetch(feed, state)
            now = self._clock.now()
            self._asked.add(feed.url)
            await self._keep_pauses(outcome)
            self._notice_steps()
            if outcome.hints.date:
                self._turns.decider.ids.observe(outcome.hints.date, now)
            match outcome:
                case FetchFailed():
                    return await self._failed(feed, state, outcome)
                case NotModified():
                    after = polled(state, outcome, now=now, every=feed.every, jitter=jitter(feed))
                    await self._commit_state(sighted(after, feed, outcome.moved_to, now))
                    return PollReport(feed.url, "not_modified")
                case Fetched():
                    return await self._fetched(feed, state, outcome)

    async def _failed(self, feed: Feed, state: FeedState, outcome: FetchFailed) -> PollReport:
        now = self._clock.now()
        after = polled(state, outcome, now=now, every=feed.every, jitter=jitter(feed))
        await self._commit_state(doubted(after, outcome))
        return PollReport(feed.url, failed_word(outcome), outcome.reason)

    async def _keep_pauses(self, outcome: FetchOutcome) -> None:
        """A pause must outlive us: what asks first after a restart may be another feed."""
        if isinstance(outcome, FetchFailed) and outcome.status:
            for host, until in self._fetcher.pauses.items():
                await self._archive.save_host_pause(host, until)

    async def _fetched(self, feed: Feed, state: FeedState, outcome: Fetched) -> PollReport:
        now = self._clock.now()
        after = polled(state, outcome, now=now, every=feed.every, jitter=jitter(feed))
        digest = await asyncio.to_thread(_body_hash, outcome.document.body)
        if digest == state.body_hash:
            after = replace(after, validators=outcome.validators)
            await self._commit_state(sighted(after, feed, outcome.moved_to, now))
            return PollReport(feed.url, "unchanged")
        known = await self._archive.known_slices(feed.url)
        document = outcome.document
        try:
            found = await read_in_portions(
                self._worker, document, known, feed, now, slow=state.slow
            )
        except WorkerError as error:
            slow = state.slow or isinstance(error, WorkerKilled)
            unreadable = FetchFailed(Trouble.UNREADABLE, error.reason, 200, outcome.hints)
            return await self._failed(feed, replace(state, slow=slow), unreadable)
        if not found.facts.format:
            return await self._failed(feed, state, no_feed(found, outcome))
        after = after_reading(feed, state, found, outcome, now)
        if found.whole:
            after = replace(after, validators=outcome.validators, body_hash=digest)
        return await self._understood(feed, state, after, found, moved_to=outcome.moved_to)

    async def _understood(
        self, feed: Feed, before: FeedState, after: FeedState, found: Reading, *, moved_to: str
    ) -> PollReport:
        prepared = await self._preparer.prepare(feed, before, found)
        known = [found.unchanged > 0, *(not isinstance(v, New) for v in prepared.verdicts)]
        same = is_same_feed(before, found.facts.title, known_entries=known)
        async with self._preparer.turn(feed, prepared) as decider:
            decided = Decided(self._clock.now())
            await step_by_step(decider.deciding(feed, prepared, decided))
            if decided.counts["new"]:
                after = after_news(before, after, found, self._clock.now())
            after = sighted(after, feed, moved_to, self._clock.now(), same=same)
            await self._archive.commit_poll(self._record(feed, after, found, decided))
        self.states[feed.url] = self._paused_as_now(after)
        return PollReport(
            feed.url,
            "moved" if moved_to else "ok",
            seen=found.total,
            new=decided.counts["new"],
            same=decided.counts["same"] + found.unchanged,
            edited=decided.counts["edited"],
            refused=found.refused,
            stories=len(decided.new),
            grown=len(decided.revised),
        )

    def _record(
        self, feed: Feed, after: FeedState, found: Reading, decided: Decided
    ) -> PollRecord:
        return PollRecord(
            feed_url=feed.url,
            state=after,
            at=self._clock.now(),
            slices=found.slices,
            entries=tuple(decided.entries),
            new=tuple(decided.new.values()),
            revised=tuple(decided.revised.values()),
            posts=tuple(decided.posts),
            present=tuple(decided.present),
            steps=tuple(decided.steps),
            refused=found.refused,
        )

    async def learn(self, facts: Sequence[CveFacts]) -> None:
        """What became known of vulnerabilities; stories that name them are told anew for it."""
        await raising.learn(self._archive, self._turns, facts, self._clock.now())

    async def separate(self, this: EntryId, deed: Act) -> Story | Inseparable:
        """An editor takes an entry out of its story; the new story, or why it stays."""
        feeds = {feed.url: feed for feed in self.settings.feeds}
        going = await separating.leaving(self._archive, feeds, this)
        if isinstance(going, Inseparable):
            return going
        made = await separating.separate(self._archive, self._turns, self._teller, going, deed)
        return Inseparable.UNKNOWN if made is None else made

    def _notice_steps(self) -> None:
        if self._steps.noticed():
            self._turns.decider.ids.stepped()

    def confirmed_time(self) -> datetime | None:
        """The time, ours or the publishers'; None while they were not asked enough."""
        self._notice_steps()
        return self._turns.decider.ids.confirmed(self._clock.now())

    # --- the welcome of a fresh installation ---

    async def welcome(self) -> bool:
        """Owe each channel its welcome once every feed was asked; True when it is done."""
        if not self._archive.fresh:
            return True
        if self.settings.defaults.welcome is Welcome.DIGEST:
            if not all(self._was_asked(feed) for feed in self.settings.feeds):
                return False
            posts = [await self._welcome_for(channel) for channel in self.settings.channels]
            await self._archive.outbox.owe(posts, now=self._clock.now())
        await self._archive.set_welcomed()
        return True

    def _was_asked(self, feed: Feed) -> bool:
        """Whatever came of it: one dead feed must not hold back the welcome."""
        state = self.states.get(feed.url)
        return feed.url in self._asked or (state is not None and state.last_poll is not None)

    async def _welcome_for(self, channel: Channel) -> NewPost:
        query = parse_strict(channel.only)
        page = await self._archive.search(query, now=self._clock.now(), limit=WELCOMED)
        members = tuple(hit.story.id for hit in page.hits)
        return NewPost(channel.name, provisional(channel), "welcome", members=members)

    async def _commit_state(self, after: FeedState) -> None:
        after = self._paused_as_now(after)
        await self._archive.save_feed_state(after)
        self.states[after.url] = self._paused_as_now(after)

    def _paused_as_now(self, after: FeedState) -> FeedState:
        """An editor may have paused or resumed it while it was polled."""
        now = self.states.get(after.url)
        return after if now is None else replace(after, paused=now.paused)


def _body_hash(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()  # processors have it built in
