"""How an entry takes the shape of a story: before it is told, in a telling's words, with facts. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from digests.model import CveFacts, Draft, Feed, Key, Story, StoryId, Telling
from digests.stories.quality import with_news

MOST_TOPICS = 8


def story_of(feed: Feed, draft: Draft, *, id: StoryId, key: Key, seen: datetime) -> Story:  # noqa: A002 - as the story names it
    """A story as its first entry begins it, without a word of it told."""
    return Story(
        id=id,
        key=key,
        headline=draft.title,
        url=draft.shown_link,
        publisher=feed.publisher,
        feed=feed.name,
        feed_url=feed.url,
        seen=seen,
        country=feed.country,
        published=draft.published,
        topics=tuple(dict.fromkeys((*feed.topics, *draft.topics)))[:MOST_TOPICS],
        relevance=draft.relevance,
    )


def knowing(story: Story, facts: Mapping[str, CveFacts]) -> Story:
    """The story with what is known of the CVEs that it names."""
    return replace(story, facts=tuple(facts[one] for one in story.cves if one in facts))


def plain_telling(draft: Draft) -> Telling:
    """What is told of an entry without the worker's second call: its own first sentences."""
    return Telling(
        sentences=draft.lead,
        language=draft.language,
        length_here=0,
        length_there=0,
        byline=draft.author,
        picture=draft.picture,
        cves=draft.cves,
        names=draft.names,
        topics=draft.about,
        tokens=draft.tokens,
    )


def told(story: Story, telling: Telling) -> Story:
    """The story in the words of a telling. What its text is about comes before its feed's topics."""
    return replace(
        story,
        sentences=telling.sentences,
        language=telling.language or story.language,
        length_here=telling.length_here,
        length_there=telling.length_there,
        byline=telling.byline or story.byline,
        picture=telling.picture or story.picture,
        cves=telling.cves,
        topics=tuple(dict.fromkeys((*telling.topics, *story.topics)))[:MOST_TOPICS],
        names=telling.names,
        indicators=telling.indicators,
        quality=with_news(telling.quality, first=True) if telling.quality else story.quality,
        full_text=telling.full_text,
        origin=telling.origin,
    )
