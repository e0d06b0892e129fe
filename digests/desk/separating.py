"""An editor takes an entry out of a story: it becomes a story of its own, told by its own page.

Stories never part by themselves; this is how a wrong join is undone. The entry is told anew from
its page, the rules are asked as for any new story, and the story that it leaves is revised. Later
polls know the entry by its row in the archive, so it never comes back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from digests.archive.records import Act, Separation
from digests.archive.store import Archive
from digests.desk.deciding import Decided, Decider, Prepared
from digests.desk.telling import Teller
from digests.desk.turns import Turns
from digests.model import (
    CveFacts,
    Draft,
    EntryId,
    Feed,
    Happening,
    IndexTokens,
    KeptEntry,
    Source,
    Story,
    StoryId,
    Telling,
)
from digests.stories.announce import Announcement
from digests.stories.cluster import Window
from digests.stories.identity import New, title_key
from digests.text.links import registrable_domain


class Inseparable(Enum):
    """Why an entry stays where it is."""

    UNKNOWN = "unknown"  # there is no such entry, or its story was forgotten
    ALONE = "alone"  # it is all there is of its story
    FIRST = "first"  # it began the story; the others can be taken out


@dataclass(frozen=True, slots=True)
class Leaving:
    """An entry that may leave its story, with what is needed to tell it."""

    entry: KeptEntry
    story: Story
    others: tuple[KeptEntry, ...]
    feed: Feed
    links: tuple[str, ...]  # canonical, by which it alone was known


async def leaving(
    archive: Archive, feeds: Mapping[str, Feed], this: EntryId
) -> Leaving | Inseparable:
    """Whether an entry can leave its story."""
    entry = await archive.traces.find_entry(this)
    found = await archive.stories([entry.story]) if entry else []
    if entry is None or not found:
        return Inseparable.UNKNOWN
    entries = await archive.traces.entries_of(entry.story)
    if len(entries) == 1:
        return Inseparable.ALONE
    if entries[0].id == entry.id:
        return Inseparable.FIRST
    others = tuple(one for one in entries if one.id != entry.id)
    alone = entry.link and entry.link not in {one.link for one in others}
    known = await archive.find_by_links([entry.link]) if alone else []
    links = (entry.link,) if any(ref.id == entry.story for ref in known) else ()
    return Leaving(entry, found[0], others, _feed(feeds, entry.feed_url), links)


async def separate(
    archive: Archive, turns: Turns, teller: Teller, going: Leaving, deed: Act
) -> Story | None:
    """Make it a story of its own; None when it belongs to another story by now."""
    draft = _draft(going)
    telling = await teller.tell(going.feed, draft)
    draft = replace(draft, tokens=telling.tokens, cves=telling.cves, names=telling.names)
    second = int((draft.published or deed.at).timestamp())
    turns.decider.ids.learn(await archive.last_ids([second]))  # a quiet story is named by it
    async with turns.take() as decider:
        await turns.recall((), [going.story.id])
        if going.story.id not in decider.stories:  # it was forgotten just now
            return None
        going = replace(going, story=decider.stories[going.story.id])
        prepared = _prepared(going, draft, telling, await archive.facts(telling.cves))
        made = _separation(going, _decided(decider, going.feed, prepared, deed.at))
        turns.spoil()  # what memory knows of the two is read again, whatever comes of this
        return made.new.story if await archive.acts.separate(made, deed) else None


def _prepared(
    going: Leaving, draft: Draft, telling: Telling, facts: Mapping[str, CveFacts]
) -> Prepared:
    announced = {0: Announcement(announce=going.story.announced)}
    links = going.links or ("",)
    return Prepared((draft,), links, (New(),), announced, {0: telling}, {}, {}, facts=facts)


def _decided(decider: Decider, feed: Feed, prepared: Prepared, now: datetime) -> Decided:
    """As for a new entry, but before an empty window: it must not join what it just left."""
    window, decider.window = decider.window, Window()
    try:
        return decider.decide(feed, prepared, now)
    finally:
        decider.window = window


def _separation(going: Leaving, decided: Decided) -> Separation:
    """What is written down: the new story, the old one without it, and what is owed."""
    (new,) = decided.new.values()
    before = going.story
    steps = (replace(step, what=Happening.SEPARATED) for step in decided.steps)
    return Separation(
        going.entry.id,
        before.id,
        replace(new, story=replace(new.story, related=(before.id,))),
        replace(new, story=_without(going, new.story.id), tokens=IndexTokens(), link_keys=()),
        tuple(decided.posts),
        (*steps, decided.note(Happening.SEPARATED, before.id)),
    )


def _without(going: Leaving, new: StoryId) -> Story:
    """The story that the entry leaves: without its publisher, unless another entry of it stays."""
    before = going.story
    staying = {one.feed_url for one in going.others}
    gone = going.feed.url not in staying and going.feed.publisher != before.publisher
    also = tuple(
        one
        for one in before.also
        if not (gone and one.publisher == going.feed.publisher and one.feed == going.feed.name)
    )
    related = (*before.related, new)
    return replace(before, also=also, related=related, revision=before.revision + 1)


def _draft(going: Leaving) -> Draft:
    entry, language = going.entry, going.feed.language or going.story.language
    return Draft(
        id="",
        link=entry.link,
        shown_link=_address(entry, going.story.also) or entry.link,
        title=entry.title,
        text="",
        published=entry.published,
        language=language,
        teaser=bool(entry.link),
        title_key=title_key(entry.title, language),
    )


def _address(entry: KeptEntry, also: Sequence[Source]) -> str:
    """The address as it was shown; the canonical one is for comparing."""
    return next((one.url for one in also if one.headline == entry.title), "")


def _feed(feeds: Mapping[str, Feed], url: str) -> Feed:
    """The feed of the file, or what can be said of one that left it."""
    return feeds.get(url) or Feed(url, url, registrable_domain(url))
