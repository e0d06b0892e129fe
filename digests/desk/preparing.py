"""Everything that waits, before it is anybody's turn: what is known of the entries, how they are told.

What can change until the turn comes is only looked at here, and looked up again then (`recalled`).
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from digests.archive.store import Archive
from digests.desk.choosing import CARDS, worth_telling
from digests.desk.deciding import Decider, Prepared, is_late
from digests.desk.telling import Teller
from digests.desk.turns import Turns, step_by_step
from digests.feeds.pace import FeedState
from digests.model import Clock, Draft, Feed, Reading, StoryId, Telling
from digests.stories.announce import Announcement, FirstPoll, announcements
from digests.stories.identity import Edited, New, Verdict, classify, story_links


@dataclass(frozen=True, slots=True)
class Preparer:
    """Prepares what a document brought for its turn."""

    archive: Archive
    teller: Teller
    turns: Turns
    clock: Clock

    @property
    def _decider(self) -> Decider:
        return self.turns.decider

    async def prepare(self, feed: Feed, before: FeedState, found: Reading) -> Prepared:
        """All but what only the turn can show."""
        drafts, now = found.drafts, self.clock.now()
        await self.turns.remember()
        seen = await self.archive.seen_entries(feed.url, drafts)
        verdicts = classify(drafts, seen)
        owners = {entry.entry: entry.story for entry in seen}
        links = story_links(drafts, seen)
        fresh = [i for i, v in enumerate(verdicts) if isinstance(v, New)]
        first = FirstPoll(not before.first_poll_done, quiet=not before.announce_first)
        decisions = announcements([drafts[i] for i in fresh], feed, first, now)
        announced = dict(zip(fresh, decisions, strict=True))
        await self._learn_ids(drafts[i] for i in fresh if not announced[i].announce)
        edited = {i: owners[v.entry] for i, v in enumerate(verdicts) if isinstance(v, Edited)}
        standing = {s: await self.archive.outbox.standing(s) for s in set(edited.values())}
        told = {story: posts for story, posts in standing.items() if posts}
        tellings = await self._tell_all(feed, drafts, links, announced)
        for i, story in edited.items():
            if story in told:
                tellings[i] = await self.teller.tell(feed, drafts[i])
        return Prepared(
            drafts,
            links,
            verdicts,
            announced,
            tellings,
            told,
            owners,
            spared={i for i, one in announced.items() if one.announce and not one.fold}
            - tellings.keys(),
            late=is_late(before, now),
        )

    @asynccontextmanager
    async def turn(self, feed: Feed, prepared: Prepared) -> AsyncIterator[Decider]:
        """The turn for a document, with all at hand that deciding needs.

        What another poll had reserved and could not write is gone. Who relied on that and spared
        itself the telling tells it after all, outside the turn: pages take their time.
        """
        while True:
            async with self.turns.take() as decider:
                await self.recalled(feed, prepared)
                lost = self._lost(feed, prepared)
                if not lost:
                    yield decider
                    return
            for i in lost:
                prepared.tellings[i] = await self.teller.tell(feed, prepared.drafts[i])
            prepared.spared -= set(lost)

    async def recalled(self, feed: Feed, prepared: Prepared) -> None:
        """In the turn: the stories that the entries join or edit come to mind, and their words.

        And what is known of the CVEs by now: a fact that was learnt meanwhile raised every story
        that named them, but none of these. An entry that is edited may have been taken out of its
        story since.
        """
        if _edited(prepared):
            seen = await self.archive.seen_entries(feed.url, prepared.drafts)
            prepared.owners |= {entry.entry: entry.story for entry in seen}
        named = _named(prepared)
        prepared.facts = await self.archive.facts(named) if named else {}
        prepared.told = {s: await self.archive.outbox.standing(s) for s in _edited(prepared)}
        news = [prepared.links[i] for i in prepared.announced]
        linked = await self.archive.find_by_links(filter(None, news)) if any(news) else []
        await self.turns.recall(linked, _edited(prepared))
        joined = self._decider.joined(feed, prepared, self.clock.now())
        wanted = {story for story in await step_by_step(joined) if story is not None}
        prepared.words = await self.archive.words(wanted) if wanted else {}

    def _lost(self, feed: Feed, prepared: Prepared) -> list[int]:
        """Entries whose story was known when they were prepared, and is not any more."""
        return [i for i in prepared.spared if not self._is_known(feed, prepared, i)]

    def _is_known(self, feed: Feed, prepared: Prepared, i: int) -> bool:
        key, now = prepared.drafts[i].title_key, self.clock.now()
        find = self._decider.window.find
        return find(prepared.links[i], key, now, publisher=feed.publisher) is not None

    async def _tell_all(
        self,
        feed: Feed,
        drafts: Sequence[Draft],
        links: Sequence[str],
        announced: dict[int, Announcement],
    ) -> dict[int, Telling]:
        """Condense what may get a card; a story that is known already needs none.

        Of a flood only those are condensed that some channel may show as a card.
        """
        now, find = self.clock.now(), self._decider.window.find
        announcing = {links[i] for i, one in announced.items() if one.announce and links[i]}
        told = await self.archive.find_by_links(announcing) if announcing else []
        known = {link for ref in told for link in ref.link_keys}
        wanted = [
            i
            for i, decision in announced.items()
            if decision.announce
            and links[i] not in known
            and find(links[i], drafts[i].title_key, now, publisher=feed.publisher) is None
        ]
        folded = [i for i in wanted if announced[i].fold]
        if len(folded) > CARDS:
            facts = await self.archive.facts(cve for i in folded for cve in drafts[i].cves)
            rules = self._decider.ledger.rules
            chosen = worth_telling(feed, drafts, folded, facts, rules, now)
            wanted = [i for i in wanted if i in chosen or not announced[i].fold]
        return {
            i: await self.teller.tell(feed, drafts[i], page=not announced[i].fold) for i in wanted
        }

    async def _learn_ids(self, drafts: Iterable[Draft]) -> None:
        now = self.clock.now()
        seconds = {int((draft.published or now).timestamp()) for draft in drafts}
        if seconds:
            self._decider.ids.learn(await self.archive.last_ids(seconds))


def _edited(prepared: Prepared) -> set[StoryId]:
    found: Iterable[Verdict] = prepared.verdicts
    return {prepared.owners[one.entry] for one in found if isinstance(one, Edited)}


def _named(prepared: Prepared) -> set[str]:
    named = [one.cves for one in prepared.drafts]
    named += [one.cves for one in prepared.tellings.values()]
    return {cve for cves in named for cve in cves}
