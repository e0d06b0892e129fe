"""Forgetting: what is old goes, and nothing is told twice because of it."""

from dataclasses import replace
from datetime import timedelta

from digests.archive import retention
from digests.feeds.pace import FeedState
from digests.model import Draft, NewPost, Posted, PostState
from digests.rules.query import parse_lenient
from digests.testing import START
from tests.contract.archives import FEED, SOC, card, entry, poll, told

KEEP = timedelta(days=400)
LONG_AFTER = START + timedelta(days=401)


def seen(number: int) -> Draft:
    return Draft(id=f"id-{number}", link="", shown_link="", title="T", text="")


async def forget(archive, *, now=LONG_AFTER):
    return await archive.forget(now=now, keep=KEEP)


async def test_old_stories_go_with_their_words_and_links_and_young_ones_stay(archive):
    await archive.commit_poll(poll(*(told(n) for n in range(1, 121))))
    await archive.commit_poll(poll(told(200, at=LONG_AFTER)))
    assert (await forget(archive)).stories == 120
    page = await archive.search(parse_lenient("gateway").query, now=LONG_AFTER)
    assert [hit.story.key for hit in page.hits] == ["k200"]
    assert await archive.find_by_links(["https://news.example/1"]) == []
    assert await archive.problems() == []
    assert (await forget(archive)).stories == 0


async def test_the_number_of_a_forgotten_story_is_not_given_again(archives, archive):
    await archive.commit_poll(poll(told(7)))
    await forget(archive)
    archive = await archives.reopen()
    assert await archive.last_number() == 7


async def test_a_story_that_is_still_to_be_told_waits(archive):
    await archive.commit_poll(poll(told(1), posts=(card(1),)))
    assert (await forget(archive)).stories == 0
    post = await archive.outbox.queued(SOC, START)
    await archive.outbox.begin(post, watermark="", now=START)
    await archive.outbox.settle(post.id, Posted("m1"), now=START)
    assert (await forget(archive)).stories == 1


async def test_settled_posts_go_after_ninety_days_but_not_before_their_story(archive):
    await archive.commit_poll(poll(told(1), posts=(card(1),)))
    await archive.outbox.owe([NewPost("soc", SOC, "notice:abc", text="hello")], now=START)
    for _ in range(2):
        post = await archive.outbox.queued(SOC, START)
        await archive.outbox.begin(post, watermark="", now=START)
        await archive.outbox.settle(post.id, Posted("m"), now=START)
    assert (await forget(archive, now=START + timedelta(days=90))).posts == 0
    assert (await forget(archive, now=START + timedelta(days=91))).posts == 1
    assert await archive.outbox.owe([card(1)], now=LONG_AFTER) == 0
    assert (await forget(archive)).posts == 1


async def test_held_and_queued_posts_are_never_forgotten(archive):
    await archive.outbox.owe([card(1), replace(card(2), state=PostState.HELD)], now=START)
    await archive.outbox.owe([NewPost("soc", SOC, "notice:abc")], now=START)
    assert (await forget(archive)).posts == 0


async def test_what_a_feed_may_still_carry_is_remembered_whatever_its_age(archive):
    state = FeedState(url=FEED, entries=10)
    many = 10 * retention._LENGTHS + retention._SPARE
    entries = tuple(entry(n) for n in range(1, many + 6))
    await archive.commit_poll(poll(state=state, entries=entries))
    assert (await forget(archive)).entries == 5
    assert await archive.seen_entries(FEED, [seen(5)]) == ()
    assert len(await archive.seen_entries(FEED, [seen(6), seen(many + 5)])) == 2


async def test_an_entry_that_was_met_again_is_remembered_anew(archive):
    many = retention._SPARE
    await archive.commit_poll(poll(entries=tuple(entry(n) for n in range(many + 2))))
    (known,) = await archive.seen_entries(FEED, [seen(0)])
    await archive.commit_poll(poll(at=LONG_AFTER, present=(known.entry,)))
    assert (await forget(archive)).entries == 2
    assert len(await archive.seen_entries(FEED, [seen(0)])) == 1
    assert await archive.seen_entries(FEED, [seen(1)]) == ()


async def test_young_entries_are_never_forgotten(archive):
    await archive.commit_poll(poll(entries=tuple(entry(n) for n in range(300))))
    assert (await forget(archive, now=START + KEEP)).entries == 0


async def test_searches_behind_old_buttons_go_after_thirty_days(archive):
    key = archive.save_query("ivanti", await archive.last_id(), now=START)
    await archive.written()
    assert (await forget(archive, now=START + timedelta(days=30))).queries == 0
    assert (await forget(archive, now=START + timedelta(days=31))).queries == 1
    assert await archive.load_query(key) is None


async def test_forgetting_lets_others_write_between_its_bites(archive):
    await archive.commit_poll(poll(*(told(n) for n in range(1, 201))))
    before = archive._engine.commits
    await forget(archive)
    assert archive._engine.commits - before >= 200 // retention.STORIES_BITE
