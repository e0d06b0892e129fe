"""Stories: kept whole, revised, recognised, found by key; a poll is one transaction."""

from dataclasses import replace
from datetime import timedelta

import pytest

from digests.errors import ArchiveError
from digests.model import (
    IndexTokens,
    Indicator,
    Key,
    Name,
    Part,
    PostState,
    Quality,
    Relevance,
    Source,
    StoryId,
)
from digests.rules.query import parse_lenient
from digests.testing import START, build_story
from tests.contract.archives import FEED, SOC, card, entry, of_story, poll, story_id, told

FULL = build_story(
    7,
    byline="Jane Doe",
    country="US",
    picture="https://news.example/p.png",
    also=(Source("other.example", "Other", "The same", "https://other.example/1", START),),
    full_text=True,
    headline="Ünïcode — 例 and a \0 too",
    revision=3,
    published=None,
    names=(Name("actor", "APT28", "Fancy Bear"), Name("product", "Connect Secure")),
    indicators=(Indicator("domain", "bad.example"),),
    relevance=Relevance(0.75, relevant=True, reasons=("+flaw",)),
    quality=Quality(61, (Part("byline", 8, "Jane Doe"), Part("teaser", -10))),
    related=(StoryId(9),),
)


async def found(archive, text: str) -> list[str]:
    page = await archive.search(parse_lenient(text).query, now=START)
    return [hit.story.key for hit in page.hits]


async def test_a_story_comes_back_as_it_was_written(archives, archive):
    await archive.commit_poll(poll(of_story(FULL, 7)))
    archive = await archives.reopen()
    assert await archive.find_story(FULL.id) == FULL
    assert await archive.find_story(FULL.key) == FULL
    assert await archive.stories([StoryId(1), FULL.id]) == [FULL]
    assert await archive.find_story(Key("nope")) is None


async def test_stories_come_in_the_order_asked_for_and_the_latest_newest_first(archive):
    await archive.commit_poll(poll(*(told(n) for n in range(1, 6))))
    asked = [story_id(4), story_id(1), story_id(5)]
    assert [story.id for story in await archive.stories(asked)] == asked
    assert [story.key for story in await archive.latest(2)] == ["k005", "k004"]
    assert [s.key for s in await archive.latest(2, before=story_id(4))] == ["k003", "k002"]


async def test_a_revision_replaces_the_story_and_what_is_found_of_it(archive):
    await archive.commit_poll(poll(told(1, "Gateway flaw"), told(2, "Gateway flaw")))
    revised = told(1, "Router flaw", revision=2)
    await archive.commit_poll(poll(revised=(revised,)))
    assert (await archive.find_story(story_id(1))) == revised.story
    assert await found(archive, "title:gateway") == ["k002"]
    assert await found(archive, "title:router") == ["k001"]
    await archive.commit_poll(poll(revised=(told(1, "Gateway flaw", revision=3),)))
    assert await found(archive, "title:gateway") == ["k002", "k001"]
    assert await found(archive, "title:router") == []


async def test_a_revision_that_only_adds_a_publisher_keeps_the_words(archive):
    await archive.commit_poll(poll(told(1, "Gateway flaw")))
    source = Source("other.example", "Other", "The same", "https://other.example/1", START)
    grown = replace(told(1, "Gateway flaw", revision=2, also=(source,)), link_keys=("other",))
    await archive.commit_poll(poll(revised=(grown,)))
    assert await found(archive, "gateway") == ["k001"]
    (ref,) = await archive.window(START)
    assert ref.publishers == {"news.example", "other.example"}
    assert set(ref.link_keys) == {"https://news.example/1", "other"}


async def test_a_revision_without_words_leaves_them_in_the_index_and_renews_the_facts(archive):
    await archive.commit_poll(poll(told(1, "Gateway flaw", topics=("crime",))))
    grown = replace(told(1, "Gateway flaw", revision=2, topics=("policy",)), tokens=IndexTokens())
    await archive.commit_poll(poll(revised=(grown,)))
    assert await found(archive, "title:gateway") == ["k001"]
    assert await found(archive, "topic:policy") == ["k001"]


async def test_the_facts_of_a_story_are_found_as_fields_and_follow_a_revision(archive):
    await archive.commit_poll(poll(told(1, topics=("crime",), cves=())))
    assert await found(archive, "topic:crime") == ["k001"]
    assert await found(archive, "cve:*") == []
    await archive.commit_poll(poll(revised=(told(1, topics=(), cves=("CVE-2026-9",)),)))
    assert await found(archive, "topic:crime") == []
    assert await found(archive, "cve:*") == ["k001"]


async def test_the_window_holds_what_was_seen_since(archive):
    old = told(1, at=START - timedelta(days=4))
    new = told(2, at=START)
    await archive.commit_poll(poll(old, new))
    (ref,) = await archive.window(START - timedelta(days=3))
    assert (ref.id, ref.key, ref.title_key) == (new.story.id, "k002", "title 2")
    assert ref.link_keys == ("https://news.example/2",)
    assert ref.seen == START


async def test_stories_are_recognised_by_any_of_their_links_at_any_age(archive):
    await archive.commit_poll(poll(told(1, at=START - timedelta(days=400)), told(2)))
    refs = await archive.find_by_links(["https://news.example/1", "https://x.example", ""])
    assert [ref.key for ref in refs] == ["k001"]
    assert await archive.find_by_links([]) == []


async def test_ids_and_numbers_go_on_where_they_ended(archives, archive):
    assert (await archive.last_id(), await archive.last_number()) == (0, 0)
    await archive.commit_poll(poll(told(1), told(9), told(3, at=START - timedelta(days=1))))
    archive = await archives.reopen()
    assert (await archive.last_id(), await archive.last_number()) == (story_id(9), 9)
    second = int(START.timestamp())
    assert await archive.last_ids([second, second - 1]) == {second: story_id(9)}


async def test_a_poll_is_committed_whole_or_not_at_all(archive):
    await archive.commit_poll(poll(told(1)))
    doubled = poll(
        told(2),
        replace(told(3), number=1),  # a number that is taken
        state=replace((await archive.feed_states())[FEED], failures=5),
        slices=(b"a" * 12,),
        entries=(entry(2),),
        posts=(card(2),),
    )
    with pytest.raises(ArchiveError):
        await archive.commit_poll(doubled)
    assert await archive.find_story(story_id(2)) is None
    assert (await archive.feed_states())[FEED].failures == 0
    assert await archive.known_slices(FEED) == frozenset()
    assert (await archive.outbox.counts())[PostState.QUEUED] == 0
    assert await found(archive, "gateway") == ["k001"]


async def test_a_poll_brings_posts_and_a_revision_wants_them_changed(archive):
    await archive.commit_poll(poll(told(1), posts=(card(1),)))
    post = await archive.outbox.queued(SOC, START)
    assert post is not None
    assert post.wanted == "1"
    await archive.commit_poll(poll(revised=(told(1, revision=2),), posts=(card(1, wanted="2"),)))
    (post,) = await archive.outbox.about(story_id(1))
    assert post.wanted == "2"


async def test_a_revision_of_a_forgotten_story_brings_it_back(archive):
    await archive.commit_poll(poll(revised=(told(1, revision=2),)))
    assert await found(archive, "gateway") == ["k001"]


async def test_seven_hundred_entries_are_one_quick_transaction(archive):
    count = 785
    stories = tuple(told(n) for n in range(1, count + 1))
    entries = tuple(entry(n) for n in range(1, count + 1))
    posts = tuple(card(n) for n in range(1, count + 1))
    commits = archive._engine.commits
    await archive.commit_poll(poll(*stories, entries=entries, posts=posts))
    assert archive._engine.commits == commits + 1
    assert await archive.last_number() == count
    assert (await archive.outbox.counts())[PostState.QUEUED] == count
