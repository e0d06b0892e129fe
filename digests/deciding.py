"""What the entries of one document become: a story of their own, another source, an edit. Pure.

Synchronous on purpose: whoever asks next sees what was reserved a moment ago, so two feeds cannot
both think that they are first. What was reserved but not committed is undone by `start_over`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from digests.archive.post_states import may_grow
from digests.archive.records import EntryRecord, StoryRecord
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
from digests.shaping import knowing, plain_telling, story_of, told
from digests.stories.announce import Announcement, telling_order
from digests.stories.cluster import StoryRef, Window
from digests.stories.events import ALGORITHM, NOTHING, UNSEEN, Evidence, Kinship, evidence
from digests.stories.growth import corrected
from digests.stories.identity import Edited, New, Same, Verdict
from digests.stories.ids import IdClock, first_id

STORIES_KEPT = timedelta(days=4)  # in memory: a little longer than a headline groups
RECALLED_FOR = timedelta(hours=1)  # older ones that a poll under way has asked the archive for
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
    late: bool = False  # the feed could not be read for long; see `is_late`


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
    recalled: dict[StoryId, datetime] = field(default_factory=dict)  # when a poll asked for them

    def start_over(self, refs: Iterable[StoryRef], stories: Iterable[Story]) -> None:
        """Take what the archive holds for all that is known."""
        self.window, self.stories = Window(), {}
        self.recall(refs, stories)

    def recall(self, refs: Iterable[StoryRef], stories: Iterable[Story]) -> None:
        """Add what the archive holds; what memory holds already is newer."""
        for story in stories:
            self.stories.setdefault(story.id, story)
        for ref in refs:
            if ref.id in self.stories:
                self.window.add(ref)

    def decide(self, feed: Feed, prepared: Prepared, now: datetime) -> Decided:
        """Decide and reserve for one document; whoever asks next sees what was reserved."""
        decided = Decided(now)
        oldest = min(now, self.ids.believed(now)) - STORIES_KEPT  # ours may stand years ahead
        self._forget(oldest, now)
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
        return decided

    def hold(self, stories: Iterable[StoryId], now: datetime) -> None:
        """Keep these in memory, however old, until whoever asked for them has decided."""
        self.recalled |= dict.fromkeys(stories, now)

    def _forget(self, oldest: datetime, now: datetime) -> None:
        self.recalled = {
            story: at for story, at in self.recalled.items() if abs(now - at) < RECALLED_FOR
        }
        self.window.forget(oldest, self.recalled)
        self.ledger.forget(first_id(oldest), self.recalled)
        old = [one.id for one in self.stories.values() if one.seen < oldest]
        for story in old:
            if story not in self.recalled:
                del self.stories[story]

    def alike(self, feed: Feed, drafts: Iterable[Draft], now: datetime) -> set[StoryId]:
        """Stories that these entries may join for what they tell, to have their words at hand."""
        kin = (self.window.judge(evidence_of(feed, draft), now) for draft in drafts)
        return {one.story for kinships in kin for one in kinships if one.same}

    def _decide_new(self, feed: Feed, prepared: Prepared, decided: Decided, index: int) -> None:
        draft, decision = prepared.drafts[index], prepared.announced[index]
        link = prepared.links[index]
        at = decided.now if decision.announce else draft.published or decided.now
        ref = self.window.find(link, draft.title_key, at, publisher=feed.publisher)
        kin = self._kin(feed, draft, decision, at)
        what = Happening.KNOWN
        if ref is None and kin and kin[0].same:
            ref, what = self.window.get(kin[0].story), Happening.ALIKE
        if ref is not None and ref.id in self.stories:
            decided.counts["same"] += 1
            self._join(feed, prepared, link, ref, decided, index)
            story = self.stories[ref.id]
        else:
            decided.counts["new"] += 1
            story = self._new_story(feed, draft, link, decided, prepared, index, kin)
            what = Happening.NEW
        decided.entries.append(_entry_record(draft, story.id, decided.now, kin))
        judged = replace(
            decided.note(what, story.id, feed),
            quiet=decision.why,
            relevance=draft.relevance,
            likeness=kin[0].score if what is Happening.ALIKE else 0.0,
        )
        decided.steps.append(judged)

    def _kin(
        self, feed: Feed, draft: Draft, decision: Announcement, at: datetime
    ) -> tuple[Kinship, ...]:
        """Stories of the same event, or related; what is not announced is not compared."""
        return self.window.judge(evidence_of(feed, draft), at) if decision.announce else NOTHING

    def _new_story(
        self,
        feed: Feed,
        draft: Draft,
        link: str,
        decided: Decided,
        prepared: Prepared,
        index: int,
        kin: tuple[Kinship, ...],
    ) -> Story:
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
        shown = evidence_of(feed, draft) if announce else UNSEEN
        self.window.add(_ref(story, link, draft.title_key, shown))
        links = (link,) if link else ()
        decided.new[story_id] = StoryRecord(story, telling.tokens, number, links, draft.title_key)
        self._owe(story, telling.tokens, decided, _arrival(feed, prepared, now, decision))
        return story

    def _join(
        self,
        feed: Feed,
        prepared: Prepared,
        link: str,
        ref: StoryRef,
        decided: Decided,
        index: int,
    ) -> None:
        """Another telling of a known story: its card grows by a source, once per publisher."""
        draft, decision = prepared.drafts[index], prepared.announced[index]
        story = self.stories[ref.id]
        if link and link not in ref.link_keys:
            self.window.add(replace(ref, link_keys=(*ref.link_keys, link)))
        if decision.announce:
            self.window.grow(ref.id, evidence_of(feed, draft), decided.now)
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
    return evidence(
        draft.title, terms, cves=draft.cves, names=draft.names, publisher=feed.publisher
    )


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
