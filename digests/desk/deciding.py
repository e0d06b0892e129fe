"""What the entries of one document become: a story of their own, another source, an edit. Pure.

Who decides for one entry sees what was reserved for the one before, so two feeds cannot both think
that they are first. Whose turn it is, and what becomes of what could not be written: see turns.py.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from digests.archive.post_states import may_grow
from digests.archive.records import EntryRecord, StoryRecord
from digests.desk.shaping import knowing, plain_telling, story_of, told
from digests.feeds.pace import FeedState
from digests.model import (
    CveFacts,
    Draft,
    EntryId,
    Feed,
    Growth,
    Happening,
    IndexTokens,
    NewPost,
    Post,
    Ruled,
    Source,
    Step,
    Story,
    StoryId,
    Telling,
)
from digests.model.watching import is_watching
from digests.rules.ledger import Ledger, posts
from digests.rules.match import subject
from digests.rules.routing import Arrival, Decision
from digests.stories.announce import Announcement, telling_order
from digests.stories.cluster import StoryRef, Window
from digests.stories.events import ALGORITHM, NOTHING, UNSEEN, Evidence, Kinship, evidence
from digests.stories.growth import corrected
from digests.stories.identity import Edited, New, Same, Verdict
from digests.stories.ids import IdClock, first_id

STORIES_KEPT = timedelta(days=4)  # in memory: a little longer than a headline groups
_FORGET_EVERY = timedelta(minutes=10)
AWAY = timedelta(hours=6)
_NO_TOKENS = IndexTokens()  # a revision without words keeps those in the index


@dataclass(slots=True)
class Prepared:
    """A document understood, before anything is decided."""

    drafts: tuple[Draft, ...]
    links: tuple[str, ...]  # of each draft, "" where it identifies nothing
    verdicts: tuple[Verdict, ...]
    announced: dict[int, Announcement]
    tellings: dict[int, Telling]
    told: Mapping[StoryId, Sequence[Post]]  # of the edited ones that stand in a channel: what does
    owners: dict[EntryId, StoryId]
    words: Mapping[StoryId, IndexTokens] = field(default_factory=dict)  # of known stories
    facts: Mapping[str, CveFacts] = field(default_factory=dict)  # of the CVEs that are named
    spared: set[int] = field(default_factory=set)  # told already as it seemed: not condensed
    late: bool = False  # the feed could not be read for long; see `is_late`
    shown: dict[int, Evidence] = field(
        default_factory=dict
    )  # of the new ones, as far as looked at


@dataclass(slots=True)
class Decided:
    """What a poll will write."""

    now: datetime
    entries: list[EntryRecord] = field(default_factory=list)
    new: dict[StoryId, StoryRecord] = field(default_factory=dict)
    revised: dict[StoryId, StoryRecord] = field(default_factory=dict)
    posts: list[NewPost] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: {"new": 0, "same": 0, "edited": 0})
    present: list[EntryId] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    ruled: dict[StoryId, tuple[Ruled, ...]] = field(default_factory=dict)  # not yet in a step

    def note(self, what: Happening, story: StoryId, feed: Feed | None = None) -> Step:
        """A step of a story's way, with what its rules just said; whoever knows more adds it."""
        name = feed.name if feed else ""
        return Step(story, self.now, what, name, ruled=self.ruled.pop(story, ()))


@dataclass(slots=True)
class Decider:
    """The recent stories in memory, and the rules that decide who is owed what."""

    ids: IdClock = field(default_factory=IdClock)
    ledger: Ledger = field(default_factory=Ledger)
    window: Window = field(default_factory=Window)
    stories: dict[StoryId, Story] = field(default_factory=dict)
    _forgot: datetime | None = None

    def start_over(self, refs: Iterable[StoryRef], stories: Iterable[Story]) -> Iterator[StoryId]:
        """Take what the archive holds for all that is known; story by story, for `step_by_step`."""
        self.window, self.stories = Window(), {story.id: story for story in stories}
        for ref in refs:
            if ref.id in self.stories:
                self.window.add(ref)
            yield ref.id

    def recall(self, refs: Iterable[StoryRef], stories: Iterable[Story]) -> None:
        """Add what the archive holds of older ones; what memory holds already is newer."""
        for story in stories:
            self.stories.setdefault(story.id, story)
        for ref in refs:
            if ref.id in self.stories:
                self.window.add(ref)

    def forget(self, now: datetime) -> None:
        """Let go of old stories, now and then. What is recalled afterwards is there to be joined."""
        if self._forgot is not None and abs(now - self._forgot) < _FORGET_EVERY:
            return
        self._forgot = now
        oldest = min(now, self.ids.believed(now)) - STORIES_KEPT  # ours may stand years ahead
        self.window.forget(oldest)
        self.ledger.forget(first_id(oldest))
        self.stories = {id_: one for id_, one in self.stories.items() if one.seen >= oldest}

    def joined(self, feed: Feed, prepared: Prepared, now: datetime) -> Iterator[StoryId | None]:
        """The story that each new entry joins as things stand, to have its words at hand."""
        for index, announcement in prepared.announced.items():
            draft, link = prepared.drafts[index], prepared.links[index]
            ref = self.window.find(link, draft.title_key, now, publisher=feed.publisher)
            if ref is None and announcement.announce:
                prepared.shown[index] = evidence_of(feed, draft)
                kin = self.window.judge(prepared.shown[index], now)
                yield kin[0].story if kin and kin[0].same else None
            else:
                yield ref.id if ref else None

    def decide(self, feed: Feed, prepared: Prepared, now: datetime) -> Decided:
        """Decide and reserve for one document at once."""
        decided = Decided(now)
        for _ in self.deciding(feed, prepared, decided):
            pass
        return decided

    def deciding(self, feed: Feed, prepared: Prepared, decided: Decided) -> Iterator[int]:
        """Decide and reserve, entry by entry: `decided` is whole when all steps are done."""
        for index in telling_order(prepared.drafts, decided.now):
            match prepared.verdicts[index]:
                case New():
                    self._decide_new(feed, prepared, decided, index)
                case Edited(entry):
                    self._decide_edit(feed, prepared, decided, index, entry)
                case Same(entry):
                    decided.counts["same"] += 1
                    if entry is not None:
                        decided.present.append(entry)
            yield index

    def _decide_new(self, feed: Feed, prepared: Prepared, decided: Decided, index: int) -> None:
        draft, decision = prepared.drafts[index], prepared.announced[index]
        link = prepared.links[index]
        at = decided.now if decision.announce else draft.published or decided.now
        ref = self.window.find(link, draft.title_key, at, publisher=feed.publisher)
        shown = self._shown(feed, prepared, index)
        kin = self.window.judge(shown, at)
        what = Happening.KNOWN
        if ref is None and kin and kin[0].same:
            ref, what = self.window.get(kin[0].story), Happening.ALIKE
        if ref is not None and ref.id in self.stories:
            decided.counts["same"] += 1
            self._join(feed, prepared, ref, decided, index, shown)
            story = self.stories[ref.id]
        else:
            decided.counts["new"] += 1
            story = self._new_story(feed, decided, prepared, index, shown, kin)
            what = Happening.NEW
        decided.entries.append(_entry_record(draft, story.id, decided.now, kin))
        judged = replace(
            decided.note(what, story.id, feed),
            quiet=decision.why,
            relevance=draft.relevance,
            likeness=kin[0].score if what is Happening.ALIKE else 0.0,
        )
        decided.steps.append(judged)

    def _shown(self, feed: Feed, prepared: Prepared, index: int) -> Evidence:
        """What an entry shows of its event; what is not announced is not compared."""
        if not prepared.announced[index].announce:
            return UNSEEN
        return prepared.shown.pop(index, None) or evidence_of(feed, prepared.drafts[index])

    def _new_story(
        self,
        feed: Feed,
        decided: Decided,
        prepared: Prepared,
        index: int,
        shown: Evidence,
        kin: tuple[Kinship, ...],
    ) -> Story:
        draft, link = prepared.drafts[index], prepared.links[index]
        now, decision = decided.now, prepared.announced[index]
        number, key = self.ids.next_key()
        announce = decision.announce
        story_id = (
            self.ids.next_seen(now)
            if announce
            else self.ids.next_published(draft.published or now)
        )
        telling = prepared.tellings.get(index) or plain_telling(draft)
        base = story_of(feed, draft, id=story_id, key=key, seen=now)
        kin_ids = tuple(one.story for one in kin)
        base = replace(base, related=kin_ids, announced=announce)
        story = knowing(told(base, telling), prepared.facts)
        self.stories[story_id] = story
        self.window.add(_ref(story, link, draft.title_key, shown))
        links = (link,) if link else ()
        decided.new[story_id] = StoryRecord(story, telling.tokens, number, links, draft.title_key)
        self._owe(story, telling.tokens, decided, _arrival(feed, prepared, now, decision))
        return story

    def _join(
        self,
        feed: Feed,
        prepared: Prepared,
        ref: StoryRef,
        decided: Decided,
        index: int,
        shown: Evidence,
    ) -> None:
        """Another telling of a known story: its card grows by a source, once per publisher."""
        draft, decision = prepared.drafts[index], prepared.announced[index]
        link = prepared.links[index]
        story = self.stories[ref.id]
        if link and link not in ref.link_keys:
            self.window.add(replace(ref, link_keys=(*ref.link_keys, link)))
        self.window.grow(ref.id, shown, decided.now)
        publishers = {story.publisher, *(source.publisher for source in story.also)}
        if feed.publisher not in publishers:
            source = Source(feed.publisher, feed.name, draft.title, draft.shown_link, decided.now)
            story = replace(story, also=(*story.also, source), revision=story.revision + 1)
        story = replace(story, announced=story.announced or decision.announce)
        changed = story != self.stories[story.id]
        self._revise(story, link, decided)
        if changed:  # rules are asked again at every revision
            known = decided.new[story.id].tokens if story.id in decided.new else draft.tokens
            tokens = prepared.words.get(story.id, known)
            self._owe(story, tokens, decided, _arrival(feed, prepared, decided.now, decision))

    def _decide_edit(
        self,
        feed: Feed,
        prepared: Prepared,
        decided: Decided,
        index: int,
        entry: EntryId,
    ) -> None:
        draft, owner = prepared.drafts[index], prepared.owners[entry]
        decided.counts["edited"] += 1
        record = _entry_record(draft, owner, decided.now)
        decided.entries.append(replace(record, entry=entry))
        story = self.stories.get(owner)
        if story is None or story.feed_url != feed.url:
            return  # forgotten, or told in another publisher's words
        telling = prepared.tellings.get(index) or plain_telling(draft)
        retold = told(replace(story, headline=draft.title), telling)
        changed = knowing(retold, prepared.facts)
        if changed != story:
            changed = replace(changed, revision=story.revision + 1)
        self._revise(changed, "", decided, telling)
        if changed != story:  # rules are asked again at every revision
            self._owe(changed, telling.tokens, decided, _arrival(feed, prepared, decided.now))
            self._say(corrected(story, changed), changed, telling.tokens, decided, prepared)
        decided.steps.append(decided.note(Happening.EDITED, owner, feed))

    def _revise(
        self, story: Story, link: str, decided: Decided, telling: Telling | None = None
    ) -> None:
        old = self.stories[story.id]
        self.stories[story.id] = story
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

    def learn(
        self,
        stories: Iterable[StoryId],
        facts: Mapping[str, CveFacts],
        words: Mapping[StoryId, IndexTokens],
        now: datetime,
    ) -> Decided:
        """What became known of vulnerabilities: these stories are revised, their rules asked again."""
        decided = Decided(now)
        for number in stories:
            if number in self.stories and number in words:
                story = self.stories[number]
                changed = knowing(replace(story, revision=story.revision + 1), facts)
                self._revise(changed, "", decided)
                self._owe(changed, words[number], decided, Arrival(now))
                decided.steps.append(decided.note(Happening.LEARNT, number))
        return decided

    def _owe(self, story: Story, tokens: IndexTokens, decided: Decided, arrival: Arrival) -> None:
        """Ask every channel's rule; what is owed is written with the story."""
        if not story.announced:
            return
        decisions = self.ledger.decide(subject(story, tokens), arrival)
        decided.posts += posts(decisions, story)
        # What somebody watches for is nobody else's to know, so no trace is kept of it.
        ruled = [_ruled(one) for one in decisions if not is_watching(one.channel.name)]
        decided.ruled[story.id] = tuple(ruled)

    def _say(
        self,
        growth: Growth,
        story: Story,
        tokens: IndexTokens,
        decided: Decided,
        prepared: Prepared,
    ) -> None:
        """What a reader should do differently is said under the cards that stand.

        As long as these are edited at all: who corrects for ever is not followed for ever.
        """
        standing = [one for one in prepared.told.get(story.id, ()) if may_grow(one, decided.now)]
        if growth and standing:
            seen = subject(story, tokens)
            decided.posts += self.ledger.notes(seen, growth, standing, decided.now)


def is_late(state: FeedState, now: datetime) -> bool:
    """Whether what a feed brings now has piled up: it, or we, had been away for hours."""
    since = state.last_success if state.failures else state.next_poll
    return state.first_poll_done and since is not None and now - since > AWAY


def _ruled(decision: Decision) -> Ruled:
    return Ruled(decision.channel.name, decision.owed, decision.because, decision.digest)


def _arrival(
    feed: Feed, prepared: Prepared, now: datetime, decision: Announcement | None = None
) -> Arrival:
    flood = decision is not None and decision.fold
    return Arrival(now, flood=flood, late=prepared.late, unlimited=feed.first is None)


def evidence_of(feed: Feed, draft: Draft) -> Evidence:
    """What an entry shows of its event."""
    terms = draft.tokens.title, draft.tokens.body
    shown = evidence(
        draft.title, terms, cves=draft.cves, names=draft.names, publisher=feed.publisher
    )
    return shown.measured()


def _ref(story: Story, link: str, title_key: str, shown: Evidence) -> StoryRef:
    return StoryRef(
        id=story.id,
        key=story.key,
        link_keys=(link,) if link else (),
        title_key=title_key,
        seen=story.seen,
        publishers=frozenset({story.publisher}),
        evidence=shown,
    )


def _entry_record(
    draft: Draft, story: StoryId, now: datetime, kin: tuple[Kinship, ...] = NOTHING
) -> EntryRecord:
    nearest = kin[0] if kin else None
    return EntryRecord(
        id=draft.id,
        link=draft.link,
        title_key=draft.title_key,
        words_hash=draft.words_hash,
        title=draft.title,
        story=story,
        seen=now,
        published=draft.published,
        nearest=nearest.story if nearest else None,
        likeness=nearest.score if nearest else 0.0,
        algorithm=ALGORITHM if nearest else 0,
    )
