"""What the archive remembers of feeds, entries and hosts."""

from dataclasses import replace
from datetime import timedelta

import pytest

from digests.errors import ArchiveError
from digests.feeds.pace import FeedState
from digests.model import Draft, StoryId, Trouble, Validators
from digests.testing import START
from tests.contract.archives import FEED, entry, feed, poll, story_id, told

FULL = FeedState(
    url=FEED,
    validators=Validators('W/"a\udcff"', "Mon, 02 Mar 2026 08:00:00 GMT"),
    body_hash=b"\x00\x01",
    next_poll=START + timedelta(minutes=15),
    last_poll=START,
    last_success=START - timedelta(microseconds=1),
    failures=3,
    trouble=Trouble.TLS,
    reason="certificate expired",
    status=200,
    gone=True,
    moved_to="https://news.example/new",
    title="Example — 例",
    first_poll_done=True,
    announce_first=True,
    entries=40,
    rate=timedelta(hours=3, microseconds=7),
    slow=True,
    newest=START,
    paused=True,
    format="rss20",
    ttl=timedelta(minutes=90),
    skip_hours=1 << 23 | 1,
    skip_days=1 << 6,
    failing_since=START - timedelta(days=2),
    wait_until=START + timedelta(hours=1),
    moved_since=START - timedelta(days=1),
    sightings=2,
    adopted="https://news.example/newer",
    apart=timedelta(minutes=2),
)


def draft(**changes) -> Draft:
    return replace(Draft(id="", link="", shown_link="", title="T", text=""), **changes)


async def test_a_feed_state_comes_back_as_it_was_written(archives, archive):
    await archive.commit_poll(poll(state=FULL))
    assert await archive.feed_states() == {FEED: FULL}
    assert await (await archives.reopen()).feed_states() == {FEED: FULL}


async def test_a_new_feed_is_due_at_once_and_a_known_one_stays_as_it_is(archive):
    await archive.register_feeds([feed()], now=START, announce_first=False)
    fresh = (await archive.feed_states())[FEED]
    assert fresh == FeedState(url=FEED, next_poll=START, announce_first=False)
    await archive.save_feed_state(FULL)
    await archive.register_feeds([feed()], now=START, announce_first=True)
    assert (await archive.feed_states())[FEED] == FULL


async def test_a_moved_feed_keeps_its_history(archive):
    await archive.commit_poll(poll(told(1), state=FULL, slices=(b"a" * 12,), entries=(entry(1),)))
    moved = feed("https://news.example/moved", was=FEED)
    await archive.register_feeds([moved], now=START, announce_first=True)
    states = await archive.feed_states()
    assert states == {moved.url: replace(FULL, url=moved.url)}
    assert await archive.known_slices(moved.url) == {b"a" * 12}
    assert len(await archive.seen_entries(moved.url, [draft(id="id-1")])) == 1


async def test_a_former_address_that_is_configured_too_is_left_alone(archive):
    await archive.register_feeds([feed()], now=START, announce_first=True)
    other = feed("https://news.example/other", was="https://nobody.example/feed")
    await archive.register_feeds([feed(), other], now=START, announce_first=True)
    assert set(await archive.feed_states()) == {FEED, other.url}


async def test_slices_are_those_of_the_last_document_that_was_read(archive):
    assert await archive.known_slices(FEED) == frozenset()
    await archive.commit_poll(poll(slices=(b"a" * 12, b"b" * 12)))
    await archive.commit_poll(poll(slices=None))
    assert await archive.known_slices(FEED) == {b"a" * 12, b"b" * 12}
    await archive.commit_poll(poll(slices=(b"c" * 12,)))
    assert await archive.known_slices(FEED) == {b"c" * 12}
    await archive.commit_poll(poll(slices=()))
    assert await archive.known_slices(FEED) == frozenset()


async def test_entries_are_found_by_id_by_link_and_by_title_within_their_feed(archive):
    other = "https://other.example/feed"
    await archive.commit_poll(poll(entries=(entry(1), entry(2), entry(3), entry(4))))
    await archive.commit_poll(poll(url=other, entries=(entry(1),)))
    drafts = [
        draft(id="id-1"),
        draft(link="https://news.example/2"),
        draft(title_key="title 3"),
        draft(id="unheard of"),
    ]
    found = await archive.seen_entries(FEED, drafts)
    assert [one.story for one in found] == [story_id(1), story_id(2), story_id(3)]
    assert (found[0].id, found[0].title_key, found[0].words_hash) == ("id-1", "title 1", b"\x01")
    assert len(await archive.seen_entries(other, drafts)) == 1
    assert await archive.seen_entries("https://unknown.example", drafts) == ()


async def test_entries_without_id_or_link_are_not_taken_for_each_other(archive):
    bare = [entry(n, id="", link="", title_key="") for n in (1, 2)]
    await archive.commit_poll(poll(entries=tuple(bare)))
    assert await archive.seen_entries(FEED, [draft()]) == ()


async def test_an_edited_entry_is_recognised_by_what_it_became(archive):
    await archive.commit_poll(poll(entries=(entry(1),)))
    (known,) = await archive.seen_entries(FEED, [draft(id="id-1")])
    edited = entry(1, words_hash=b"new", title_key="another title", entry=known.entry)
    await archive.commit_poll(poll(entries=(edited,)))
    (now,) = await archive.seen_entries(FEED, [draft(title_key="another title")])
    assert (now.entry, now.words_hash) == (known.entry, b"new")
    assert await archive.seen_entries(FEED, [draft(title_key="title 1")]) == ()


async def test_host_pauses_are_kept_and_ended(archives, archive):
    await archive.save_host_pause("news.example", START)
    await archive.save_host_pause("news.example", START + timedelta(hours=1))
    assert await (await archives.reopen()).host_pauses() == {
        "news.example": START + timedelta(hours=1)
    }
    archive = archives.opened[-1]
    await archive.save_host_pause("news.example", None)
    assert await archive.host_pauses() == {}


async def test_a_feed_paused_during_a_poll_stays_paused(archive):
    await archive.save_feed_state(replace(FULL, paused=False))
    polled = replace((await archive.feed_states())[FEED], failures=9)
    await archive.save_feed_state(FULL)
    await archive.commit_poll(poll(state=polled))
    assert (await archive.feed_states())[FEED] == replace(FULL, failures=9)
    await archive.save_feed_state(polled)
    assert (await archive.feed_states())[FEED] == polled


async def test_half_a_character_or_too_great_a_number_fails_as_an_archive_error(archive):
    with pytest.raises(ArchiveError, match="surrogates not allowed"):
        await archive.commit_poll(poll(entries=(entry(1, title="\ud83d"),)))
    with pytest.raises(ArchiveError, match="too large"):
        await archive.find_story(StoryId(10**30))
    assert await archive.seen_entries(FEED, [draft(id="\ud83d")]) == ()
    await archive.commit_poll(poll(entries=(entry(1),)))
