"""Of very many new entries at once, those that may become cards: only these are condensed. Pure.

To condense one takes some 30 ms of a worker, and of a flood each channel shows its ten most important
as cards and the rest as headlines. All of them are kept, joined and found by their own first words.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from digests.cards.digest import by_importance
from digests.desk.shaping import knowing, plain_telling, story_of, told
from digests.model import CveFacts, Draft, Feed, Key, Story, StoryId
from digests.rules.match import Subject, matches, subject
from digests.rules.query import Query
from digests.rules.routing import Rule
from digests.stories.announce import telling_order

# For each channel: twice what it shows, for quality orders them once they are condensed.
CARDS = 20
BREAKING = 50  # for each channel: cards at once, so not many are expected in one document


def worth_telling(
    feed: Feed,
    drafts: Sequence[Draft],
    among: Iterable[int],
    facts: Mapping[str, CveFacts],
    rules: Sequence[Rule],
    now: datetime,
) -> set[int]:
    """The indexes, out of `among`, of those that some channel may show as a card."""
    wanted = set(among)
    order = [index for index in telling_order(drafts, now) if index in wanted]
    seen = {
        StoryId(place): _provisional(feed, drafts[index], StoryId(place), facts, now)
        for place, index in enumerate(order)
    }
    chosen: set[StoryId] = set()
    for rule in rules:
        mine = [one for one in seen.values() if matches(rule.query, one)]
        chosen |= _most_important(mine, CARDS)
        if rule.breaking is not None:
            chosen |= _most_important(_matching(rule.breaking, mine), BREAKING)
    return {order[place] for place in chosen}


def _provisional(
    feed: Feed, draft: Draft, number: StoryId, facts: Mapping[str, CveFacts], now: datetime
) -> Subject:
    """What rules and importance can know of it before it is condensed; newer ones number higher."""
    begun = story_of(feed, draft, id=number, key=Key(""), seen=now)
    story = knowing(told(begun, plain_telling(draft)), facts)
    return subject(story, draft.tokens)


def _matching(query: Query, seen: Iterable[Subject]) -> list[Subject]:
    return [one for one in seen if matches(query, one)]


def _most_important(seen: Iterable[Subject], most: int) -> set[StoryId]:
    stories: list[Story] = [one.story for one in seen]
    return set(by_importance(stories)[:most])
