"""The way of a story for one feed, from poll to commit, read top to bottom.

    fetch -> unchanged? stop -> read in the worker -> recognise -> tell in the worker
          -> decide and reserve, without an await between -> one transaction

Deciding needs what other feeds decided a moment ago; that lives in the window, in memory. What was
reserved but could not be committed is undone by loading the window again.
"""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from digests import reading
from digests.archive.records import EntryRecord, PollRecord, StoryRecord
from digests.archive.store import Archive
from digests.config.settings import Settings, Welcome
from digests.errors import ArchiveError, WorkerError, WorkerKilled
from digests.feeds.fetch import Fetcher
from digests.feeds.pace import FeedState, is_due, polled
from digests.model import (
    Channel,
    Clock,
    Destination,
    Document,
    Draft,
    EntryId,
    Feed,
    Fetched,
    FetchFailed,
    IndexTokens,
    NewPost,
    NotModified,
    PostState,
    Reading,
    Refusal,
    Source,
    Story,
    StoryId,
    Telling,
    Trouble,
)
from digests.rules.match import subject
from digests.rules.query import parse_strict
from digests.rules.routing import Rule, route, rules
from digests.stories.announce import Announcement, FirstPoll, announcements, telling_order
from digests.stories.cluster import StoryRef, Window
from digests.stories.identity import Edited, New, Same, Verdict, classify, story_link
from digests.stories.ids import IdClock

T = TypeVar("T")

PAGE_WAIT = 20.0  # seconds an article page may hold up its story; then the feed's text is told
WELCOMED = 10  # stories in a welcome
FOLD_LINES = 20
_STORIES_KEPT = timedelta(days=4)  # in memory: a little longer than a headline groups


class Worker(Protocol):
    """Where work on untrusted documents happens; `digests.web.sandbox.Sandbox` in the product."""

    async def run(
        self, function: Callable[..., T], *args: object, size: int, slow: bool = False
    ) -> T:
        """The function's result; raises WorkerError."""


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


@dataclass(slots=True)
class _Prepared:
    """A document understood, before anything is decided."""

    reading: Reading
    verdicts: tuple[Verdict, ...]
    announced: dict[int, Announcement]
    tellings: dict[int, Telling]
    told: frozenset[StoryId]  # of the edited ones, those that stand in a channel
    owners: dict[EntryId, StoryId]
    drafts: tuple[Draft, ...] = ()


@dataclass(slots=True)
class _Decided:
    """What a poll will write."""

    entries: list[EntryRecord] = field(default_factory=list)
    new: dict[StoryId, StoryRecord] = field(default_factory=dict)
    revised: dict[StoryId, StoryRecord] = field(default_factory=dict)
    posts: list[NewPost] = field(default_factory=list)
    folds: dict[str, list[StoryId]] = field(default_factory=dict)  # channel -> members
    counts: dict[str, int] = field(default_factory=lambda: {"new": 0, "same": 0, "edited": 0})
    present: list[EntryId] = field(default_factory=list)
    by_index: dict[int, StoryId] = field(default_factory=dict)


class Desk:
    """Polls feeds and writes what they brought. Belongs to one event loop."""

    def __init__(self, archive: Archive, fetcher: Fetcher, worker: Worker, clock: Clock) -> None:
        self._archive = archive
        self._fetcher = fetcher
        self._worker = worker
        self._clock = clock
        self._window = Window()
        self._stories: dict[StoryId, Story] = {}
        self._ids = IdClock()
        self._rules: tuple[Rule, ...] = ()
        self._births: dict[str, datetime] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self.states: dict[str, FeedState] = {}
        self.settings = Settings()

    async def open(self, settings: Settings) -> None:
        """Load what the archive knows and take up the file."""
        self._ids = IdClock(await self._archive.last_id(), await self._archive.last_number())
        await self._load_window()
        await self.apply(settings)

    async def apply(self, settings: Settings) -> None:
        """Take up a (new) file: its feeds and channels are registered, gone ones dropped."""
        now = self._clock.now()
        quiet = self._archive.fresh and settings.defaults.welcome is not Welcome.FIRST
        await self._archive.register_feeds(settings.feeds, now=now, announce_first=not quiet)
        names = {channel.name for channel in settings.channels}
        await self._archive.register_channels(settings.channels, now)
        births = await self._archive.channel_births()
        await self._archive.drop_channels(births.keys() - names)
        self._births = await self._archive.channel_births()
        self._rules = rules(settings.channels)
        self.states = await self._archive.feed_states()
        self.settings = settings

    def due(self, *, everything: bool = False) -> list[Feed]:
        """Feeds whose time has come; `everything`: due or not, except gone and paused ones."""
        now = self._clock.now()
        return [
            f for f in self.settings.feeds if self._may(self.states.get(f.url), now, everything)
        ]

    def _may(self, state: FeedState | None, now: datetime, everything: bool) -> bool:
        if state is None:
            return True
        if everything:
            return not (state.gone or state.paused or state.trouble is Trouble.RATE_LIMITED)
        return is_due(state, now)

    async def poll(self, feed: Feed) -> PollReport:
        """Ask one feed and write what came of it. Never raises for what a publisher does."""
        async with self._locks.setdefault(feed.url, asyncio.Lock()):
            state = self.states.get(feed.url) or FeedState(url=feed.url, announce_first=True)
            outcome = await self._fetcher.fetch(feed, state)
            now = self._clock.now()
            if outcome.hints.date if not isinstance(outcome, FetchFailed) else None:
                self._ids.observe(outcome.hints.date or now, now)
            match outcome:
                case FetchFailed():
                    return await self._failed(feed, state, outcome)
                case NotModified():
                    after = polled(state, outcome, now=now, every=feed.every, jitter=_jitter(feed))
                    await self._commit_state(after)
                    return PollReport(feed.url, "not_modified", seen=0)
                case Fetched():
                    return await self._fetched(feed, state, outcome)

    async def _failed(self, feed: Feed, state: FeedState, outcome: FetchFailed) -> PollReport:
        now = self._clock.now()
        after = polled(state, outcome, now=now, every=feed.every, jitter=_jitter(feed))
        await self._commit_state(replace(after, first_poll_done=True))
        return PollReport(feed.url, _failed_word(outcome), outcome.reason)

    async def _fetched(self, feed: Feed, state: FeedState, outcome: Fetched) -> PollReport:
        now = self._clock.now()
        after = polled(state, outcome, now=now, every=feed.every, jitter=_jitter(feed))
        digest = await asyncio.to_thread(_body_hash, outcome.document.body)
        if digest == state.body_hash:
            await self._commit_state(replace(after, validators=outcome.validators))
            return PollReport(feed.url, "unchanged")
        known = await self._archive.known_slices(feed.url)
        document = outcome.document
        try:
            found = await self._worker.run(
                reading.read, document, known, feed, now, size=len(document.body), slow=state.slow
            )
        except WorkerError as error:
            slow = state.slow or isinstance(error, WorkerKilled)
            unreadable = FetchFailed(Trouble.UNREADABLE, error.reason, 200, outcome.hints)
            return await self._failed(feed, replace(state, slow=slow), unreadable)
        if not found.facts.format:
            return await self._failed(feed, state, _no_feed(found, outcome))
        after = _after_reading(after, found, outcome, digest, now)
        return await self._understood(feed, state, after, found, moved=bool(outcome.moved_to))

    async def _understood(
        self, feed: Feed, before: FeedState, after: FeedState, found: Reading, *, moved: bool
    ) -> PollReport:
        prepared = await self._prepare(feed, before, found)
        decided = self._decide(feed, prepared)  # no await in here: see the first lines of the file
        if decided.counts["new"]:
            after = replace(after, newest=self._clock.now())
        record = PollRecord(
            feed_url=feed.url,
            state=after,
            at=self._clock.now(),
            slices=found.slices,
            entries=tuple(decided.entries),
            new=tuple(decided.new.values()),
            revised=tuple(decided.revised.values()),
            posts=tuple(decided.posts),
            present=tuple(decided.present),
        )
        try:
            await self._archive.commit_poll(record)
        except ArchiveError:
            await self._load_window()
            raise
        self.states[feed.url] = after
        return PollReport(
            feed.url,
            "moved" if moved else "ok",
            seen=found.total,
            new=decided.counts["new"],
            same=decided.counts["same"] + found.unchanged,
            edited=decided.counts["edited"],
            refused=found.refused,
            stories=len(decided.new),
            grown=len(decided.revised),
        )

    # --- preparing: everything that waits ---

    async def _prepare(self, feed: Feed, before: FeedState, found: Reading) -> _Prepared:
        drafts = found.drafts
        seen = await self._archive.seen_entries(feed.url, drafts)
        verdicts = classify(drafts, seen)
        owners = {entry.entry: entry.story for entry in seen}
        links = [story_link(draft, drafts) for draft in drafts]
        await self._recall(await self._archive.find_by_links(link for link in links if link))
        edited = [owners[v.entry] for v in verdicts if isinstance(v, Edited)]
        await self._recall_stories(edited)
        told = frozenset([s for s in set(edited) if await self._archive.outbox.about(s)])
        fresh = [i for i, v in enumerate(verdicts) if isinstance(v, New)]
        first = FirstPoll(not before.first_poll_done, quiet=not before.announce_first)
        now = self._clock.now()
        decisions = announcements([drafts[i] for i in fresh], feed, first, now)
        announced = dict(zip(fresh, decisions, strict=True))
        quiet = [i for i in fresh if not announced[i].announce]
        await self._learn_ids([drafts[i] for i in quiet])
        tellings = await self._tell_all(feed, drafts, announced)
        for i, verdict in enumerate(verdicts):
            if isinstance(verdict, Edited) and owners[verdict.entry] in told:
                tellings[i] = await self._tell(feed, drafts[i])
        return _Prepared(found, verdicts, announced, tellings, told, owners, drafts)

    async def _tell_all(
        self, feed: Feed, drafts: Sequence[Draft], announced: dict[int, Announcement]
    ) -> dict[int, Telling]:
        """Condense what may get a card; a story that the window knows already needs none."""
        now = self._clock.now()
        wanted = [
            i
            for i, decision in announced.items()
            if decision.announce
            and self._window.find(
                story_link(drafts[i], drafts), drafts[i].title_key, now, publisher=feed.publisher
            )
            is None
        ]
        return {i: await self._tell(feed, drafts[i], page=not announced[i].fold) for i in wanted}

    async def _tell(self, feed: Feed, draft: Draft, *, page: bool = True) -> Telling:
        document = await self._page(feed, draft) if page else None
        size = len(document.body) if document else len(draft.text)
        try:
            return await self._worker.run(reading.tell, draft, document, size=size)
        except WorkerError:
            pass
        try:  # the page broke the worker; the feed's own words did not
            return await self._worker.run(reading.tell, draft, None, size=len(draft.text))
        except WorkerError:
            return _plain_telling(draft)

    async def _page(self, feed: Feed, draft: Draft) -> Document | None:
        if not (feed.full_text and draft.teaser and draft.shown_link):
            return None
        try:
            async with asyncio.timeout(PAGE_WAIT):
                outcome = await self._fetcher.page(draft.shown_link)
        except TimeoutError:
            return None
        return outcome.document if isinstance(outcome, Fetched) else None

    async def _learn_ids(self, drafts: Sequence[Draft]) -> None:
        now = self._clock.now()
        seconds = {int((draft.published or now).timestamp()) for draft in drafts}
        self._ids.learn(await self._archive.last_ids(seconds))

    async def _recall(self, refs: Sequence[StoryRef]) -> None:
        missing = [ref for ref in refs if ref.id not in self._stories]
        for story in await self._archive.stories([ref.id for ref in missing]):
            self._stories.setdefault(story.id, story)
        for ref in missing:
            if ref.id in self._stories:
                self._window.add(ref)

    async def _recall_stories(self, ids: Sequence[StoryId]) -> None:
        missing = [i for i in set(ids) if i not in self._stories]
        for story in await self._archive.stories(missing):
            self._stories.setdefault(story.id, story)

    async def _load_window(self) -> None:
        window, since = Window(), self._clock.now() - _STORIES_KEPT
        refs = await self._archive.window(since)
        stories = await self._archive.stories([ref.id for ref in refs])
        for ref in refs:
            window.add(ref)
        self._window = window
        self._stories = {story.id: story for story in stories}

    # --- deciding: synchronous, so that two feeds cannot both think they are first ---

    def _decide(self, feed: Feed, prepared: _Prepared) -> _Decided:
        decided = _Decided()
        now = self._clock.now()
        self._window.forget(now - _STORIES_KEPT)
        for index in telling_order(prepared.drafts, now):
            match prepared.verdicts[index]:
                case New():
                    self._decide_new(feed, prepared, decided, index)
                case Edited(entry):
                    self._decide_edit(feed, prepared, decided, index, entry)
                case Same(entry):
                    decided.counts["same"] += 1
                    if entry is not None:
                        decided.present.append(entry)
        self._fold(decided)
        return decided

    def _decide_new(self, feed: Feed, prepared: _Prepared, decided: _Decided, index: int) -> None:
        draft, decision = prepared.drafts[index], prepared.announced[index]
        link = story_link(draft, prepared.drafts)
        at = self._clock.now() if decision.announce else draft.published or self._clock.now()
        ref = self._window.find(link, draft.title_key, at, publisher=feed.publisher)
        if ref is not None and ref.id in self._stories:
            decided.counts["same"] += 1
            self._join(feed, draft, link, ref, decided, announce=decision.announce)
            story = self._stories[ref.id]
        else:
            decided.counts["new"] += 1
            story = self._new_story(feed, draft, link, decided, prepared, index)
        decided.by_index[index] = story.id
        decided.entries.append(_entry_record(draft, story.id, self._clock.now()))

    def _new_story(
        self,
        feed: Feed,
        draft: Draft,
        link: str,
        decided: _Decided,
        prepared: _Prepared,
        index: int,
    ) -> Story:
        now, decision = self._clock.now(), prepared.announced[index]
        number, key = self._ids.next_key()
        announce = decision.announce
        story_id = (
            self._ids.next_seen(now)
            if announce
            else self._ids.next_published(draft.published or now)
        )
        telling = prepared.tellings.get(index) or _plain_telling(draft)
        base = Story(
            id=story_id,
            key=key,
            headline=draft.title,
            url=draft.shown_link,
            publisher=feed.publisher,
            feed=feed.name,
            feed_url=feed.url,
            seen=now,
            country=feed.country,
            published=draft.published,
            topics=tuple(dict.fromkeys((*feed.topics, *draft.topics)))[:8],
            announced=announce,
        )
        story = _told(base, telling)
        self._stories[story_id] = story
        self._window.add(_ref(story, link, draft.title_key))
        links = (link,) if link else ()
        decided.new[story_id] = StoryRecord(story, telling.tokens, number, links, draft.title_key)
        if announce:
            self._owe(story, telling, decided, fold=decision.fold)
        return story

    def _join(
        self,
        feed: Feed,
        draft: Draft,
        link: str,
        ref: StoryRef,
        decided: _Decided,
        *,
        announce: bool,
    ) -> None:
        """Another telling of a known story: its card grows by a source, once per publisher."""
        story = self._stories[ref.id]
        if link and link not in ref.link_keys:
            self._window.add(replace(ref, link_keys=(*ref.link_keys, link)))
        publishers = {story.publisher, *(source.publisher for source in story.also)}
        if feed.publisher not in publishers:
            source = Source(
                feed.publisher, feed.name, draft.title, draft.shown_link, self._clock.now()
            )
            story = replace(story, also=(*story.also, source), revision=story.revision + 1)
        became_news = announce and not story.announced
        self._revise(replace(story, announced=story.announced or announce), link, decided)
        if became_news:
            self._owe(self._stories[story.id], _plain_telling(draft), decided, fold=False)

    def _decide_edit(
        self,
        feed: Feed,
        prepared: _Prepared,
        decided: _Decided,
        index: int,
        entry: EntryId,
    ) -> None:
        draft, owner = prepared.drafts[index], prepared.owners[entry]
        decided.counts["edited"] += 1
        record = _entry_record(draft, owner, self._clock.now())
        decided.entries.append(replace(record, entry=entry))
        story = self._stories.get(owner)
        if story is None or story.feed_url != feed.url:
            return  # forgotten, or told in another publisher's words
        telling = prepared.tellings.get(index) or _plain_telling(draft)
        changed = _told(replace(story, headline=draft.title), telling)
        if changed != story:
            changed = replace(changed, revision=story.revision + 1)
        self._revise(changed, "", decided, telling)
        if owner in prepared.told:  # rules are asked again at every revision
            self._owe(changed, telling, decided, fold=False)

    def _revise(
        self, story: Story, link: str, decided: _Decided, telling: Telling | None = None
    ) -> None:
        old = self._stories[story.id]
        self._stories[story.id] = story
        if story == old and not link:
            return
        tokens = telling.tokens if telling else _NO_TOKENS
        if story.id in decided.new:
            first = decided.new[story.id]
            links = (*first.link_keys, link) if link else first.link_keys
            tokens = telling.tokens if telling else first.tokens
            decided.new[story.id] = replace(first, story=story, link_keys=links, tokens=tokens)
            return
        before = decided.revised.get(story.id)
        links = before.link_keys if before else ()
        tokens = before.tokens if before and not telling else tokens
        decided.revised[story.id] = StoryRecord(
            story, tokens, link_keys=(*links, link) if link else links
        )

    def _owe(self, story: Story, telling: Telling, decided: _Decided, *, fold: bool) -> None:
        """Ask every channel's rule; what is owed is written with the story."""
        for decision in route(subject(story, telling.tokens), self._rules, self._births):
            if not decision.owed:
                continue
            channel = decision.channel
            if fold:
                decided.folds.setdefault(channel.name, []).append(story.id)
            decided.posts.append(
                NewPost(
                    channel=channel.name,
                    destination=provisional(channel),
                    subject=f"story:{story.id}",
                    wanted=str(story.revision),
                    state=PostState.FOLDED if fold else PostState.QUEUED,
                    reason="told as one line of a list: many at once" if fold else "",
                )
            )

    def _fold(self, decided: _Decided) -> None:
        """One list for what a flood brought beyond its newest few."""
        for channel in self.settings.channels:
            members = decided.folds.get(channel.name)
            if members:
                subject_ = f"digest:flood-{members[0]}:1"
                decided.posts.append(
                    NewPost(
                        channel=channel.name,
                        destination=provisional(channel),
                        subject=subject_,
                        members=tuple(reversed(members)),
                    )
                )

    # --- the welcome of a fresh installation ---

    async def welcome(self) -> bool:
        """Owe each channel its welcome once every feed was asked; True when it is done."""
        if not self._archive.fresh:
            return True
        if self.settings.defaults.welcome is Welcome.DIGEST:
            if any(not s.first_poll_done for s in self._current_states()):
                return False
            posts = [await self._welcome_for(channel) for channel in self.settings.channels]
            await self._archive.outbox.owe(posts, now=self._clock.now())
        await self._archive.set_welcomed()
        return True

    def _current_states(self) -> list[FeedState]:
        urls = [feed.url for feed in self.settings.feeds]
        return [self.states.get(url, FeedState(url=url)) for url in urls]

    async def _welcome_for(self, channel: Channel) -> NewPost:
        query = parse_strict(channel.only)
        page = await self._archive.search(query, now=self._clock.now(), limit=WELCOMED)
        members = tuple(hit.story.id for hit in page.hits)
        return NewPost(channel.name, provisional(channel), "welcome", members=members)

    async def _commit_state(self, after: FeedState) -> None:
        await self._archive.save_feed_state(after)
        self.states[after.url] = after


def provisional(channel: Channel) -> Destination:
    """The place as the file names it; the archive knows where it leads, once that was found."""
    return Destination(channel.to.platform, channel.to.address)


_NO_TOKENS = IndexTokens()


def _jitter(feed: Feed) -> float:
    """In [0, 1), the same for the life of a feed."""
    digest = hashlib.blake2b(feed.url.encode("utf-8", "surrogatepass"), digest_size=4).digest()
    return int.from_bytes(digest) / 2**32


def _body_hash(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=32).digest()


def _failed_word(outcome: FetchFailed) -> str:
    if outcome.trouble is Trouble.GONE:
        return "gone"
    refused = (Trouble.BLOCKED_ADDRESS, Trouble.BAD_URL, Trouble.DOWNGRADE)
    return "refused" if outcome.trouble in refused else "failed"


def _no_feed(found: Reading, outcome: Fetched) -> FetchFailed:
    offered = ", ".join(found.facts.alternates[:5])
    words = f"a page, not a feed; it offers {offered}" if offered else "not a feed"
    return FetchFailed(Trouble.NOT_A_FEED, words, outcome.document.status, outcome.hints)


def _after_reading(
    after: FeedState,
    found: Reading,
    outcome: Fetched,
    digest: bytes,
    now: datetime,
) -> FeedState:
    """Validators and hash count only for a document that was whole: else a 304 would hide the rest."""
    after = replace(
        after,
        first_poll_done=True,
        title=found.facts.title,
        entries=found.total,
        announce_first=True,
    )
    if found.facts.ttl and after.next_poll:
        permitted = now + min(found.facts.ttl, timedelta(days=1))
        after = replace(after, next_poll=max(after.next_poll, permitted))
    if not found.whole:
        return after
    return replace(after, validators=outcome.validators, body_hash=digest)


def _plain_telling(draft: Draft) -> Telling:
    """What is told of an entry without the worker's second call: its own first sentences."""
    return Telling(
        sentences=draft.lead,
        language=draft.language,
        length_here=0,
        length_there=0,
        byline=draft.author,
        picture=draft.picture,
        cves=draft.cves,
        tokens=draft.tokens,
    )


def _told(story: Story, telling: Telling) -> Story:
    return replace(
        story,
        sentences=telling.sentences,
        language=telling.language or story.language,
        length_here=telling.length_here,
        length_there=telling.length_there,
        byline=telling.byline or story.byline,
        picture=telling.picture or story.picture,
        cves=telling.cves,
        full_text=telling.full_text,
    )


def _ref(story: Story, link: str, title_key: str) -> StoryRef:
    return StoryRef(
        id=story.id,
        key=story.key,
        link_keys=(link,) if link else (),
        title_key=title_key,
        seen=story.seen,
        publishers=frozenset({story.publisher}),
    )


def _entry_record(draft: Draft, story: StoryId, now: datetime) -> EntryRecord:
    return EntryRecord(
        id=draft.id,
        link=draft.link,
        title_key=draft.title_key,
        words_hash=draft.words_hash,
        title=draft.title,
        story=story,
        seen=now,
        published=draft.published,
    )
