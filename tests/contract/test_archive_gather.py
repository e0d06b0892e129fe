"""Digests are owed once: what waits is told together, nothing twice, nothing lost."""

from dataclasses import replace
from datetime import timedelta

import pytest

from digests.archive.gather import Room
from digests.model import Destination, Posted, PostState, Rejected, Scope
from digests.testing import START
from tests.contract.archives import SOC, card, poll, story_id, told

DAILY = "digest:2026-03-02T0830+0000"
DUE = START + timedelta(hours=1)
OPS = Destination("discord", "77")


def line(number: int, digest: str = DAILY, **changes):
    changes = {"digest": digest, "not_before": DUE, "reason": "post: daily"} | changes
    return card(number, **changes)


async def owe(archive, *posts) -> None:
    await archive.outbox.owe(posts, now=START)


async def gather(archive, order=(), room=Room(), now=DUE) -> int:  # noqa: B008 - frozen
    count = 0
    for told_ in await archive.outbox.gathered(now):
        count += await archive.outbox.gather(told_, [story_id(n) for n in order], room, now=now)
    return count


async def queued(archive) -> list:
    return await archive.outbox.in_state(PostState.QUEUED)


async def send(archive, now=DUE):
    post = await archive.outbox.queued(SOC, now)
    if post is not None:
        await archive.outbox.begin(post, watermark="", now=now)
        await archive.outbox.settle(post.id, Posted(f"m{post.id}"), now=now)
    return post


async def test_a_line_to_come_is_never_sent_as_a_card(archive):
    await owe(archive, line(1))
    assert await archive.outbox.queued(SOC, DUE) is None
    assert await archive.outbox.destinations_with_work(DUE) == []
    assert [post.reason for post in await archive.outbox.waiting(START)] == ["post: daily"]
    assert await archive.outbox.fold(DUE + timedelta(days=1), now=DUE + timedelta(days=1)) == 0


async def test_a_digest_is_owed_once_when_it_is_due_with_its_members_in_order(archive):
    await owe(archive, line(1), line(2), line(3))
    assert await archive.outbox.gathered(START) == []
    assert await gather(archive, order=(2, 3, 1)) == 3
    (digest,) = await queued(archive)
    assert (digest.subject, digest.digest) == (f"{DAILY}:1", "")
    assert digest.members == (story_id(2), story_id(3), story_id(1))
    folded = await archive.outbox.in_state(PostState.FOLDED)
    assert {post.reason for post in folded} == {f"told in {DAILY}:1"}
    assert await gather(archive) == 0


async def test_a_story_told_by_a_digest_gets_no_card_any_more(archive):
    await owe(archive, line(1))
    await gather(archive)
    await owe(archive, card(1), card(1, breaking=True))
    assert [post.subject for post in await queued(archive)] == [f"{DAILY}:1"]


async def test_breaking_leaves_its_digest_and_goes_first(archive):
    await owe(archive, card(7), line(1, mention=()), line(2))
    await owe(archive, card(1, breaking=True, mention=("@here",)))
    post = await archive.outbox.queued(SOC, START)
    assert (post.subject, post.breaking, post.mention) == (card(1).subject, True, ("@here",))
    await gather(archive, order=(1, 2))
    digest = (await queued(archive))[-1]
    assert digest.members == (story_id(2),)


async def test_a_long_digest_has_two_parts_and_the_second_waits_for_the_first(archive):
    await owe(archive, *(line(n, mention=("@here",) if n == 1 else ()) for n in range(1, 31)))
    await gather(archive, order=range(1, 31))
    first, second = await queued(archive)
    assert [len(first.members), len(second.members)] == [10, 20]
    assert (second.parent, first.mention, second.mention) == (first.id, ("@here",), ())
    begun = await archive.outbox.begin(first, watermark="", now=DUE)
    assert await archive.outbox.queued(SOC, DUE) is None
    await archive.outbox.settle(begun.id, Rejected("too long", Scope.CONTENT), now=DUE)
    assert (await archive.outbox.queued(SOC, DUE)).subject == f"{DAILY}:2"


async def test_the_most_important_of_a_flood_become_cards_within_the_limit(archive):
    flood = "digest:flood-2026-03-02T080000"
    await owe(archive, card(50), *(line(n, flood) for n in range(1, 31)))
    assert await gather(archive, order=range(30, 0, -1), room=Room(10, 4, START)) == 30
    posts = await queued(archive)
    assert {p.subject for p in posts if not p.members} == {
        card(n).subject for n in (50, 30, 29, 28)
    }
    assert [len(p.members) for p in posts if p.members] == [10, 17]


async def test_a_place_that_is_paused_or_behind_gets_one_digest_for_all(archive):
    later, third = "digest:2026-03-03T0830+0000", "digest:2026-03-04T0830+0000"
    after = DUE + timedelta(days=1)
    await owe(archive, line(1), line(2, later, not_before=after))
    await archive.pause_channel("soc", "archived")
    assert await archive.outbox.gathered(after) == []
    await archive.resume_channel("soc")
    assert await gather(archive, now=after) == 2
    assert [p.subject for p in await queued(archive)] == [f"{later}:1"]
    await owe(archive, line(3, third))
    assert await archive.outbox.gathered(after) == []  # the last one has not been told yet
    await send(archive, after)
    assert await gather(archive, now=after) == 1


async def test_digests_of_two_places_and_kinds_stay_apart(archive):
    quiet = "digest:quiet-2026-03-02T2200+0000"
    await owe(archive, line(1), line(2, quiet), replace(line(1), channel="ops", destination=OPS))
    await gather(archive)
    found = {(str(p.destination), p.subject) for p in await queued(archive)}
    assert found == {(str(SOC), f"{DAILY}:1"), (str(SOC), f"{quiet}:1"), (str(OPS), f"{DAILY}:1")}


async def test_a_straggler_of_a_digest_that_was_told_is_not_lost(archive):
    await owe(archive, line(1))
    await gather(archive)
    await send(archive)
    await owe(archive, line(2))
    await gather(archive)
    assert [p.subject for p in await queued(archive)] == [f"{DAILY}:2"]


async def test_a_flood_waits_for_its_last_story_unless_all_was_asked(archive):
    flood = "digest:flood-2026-03-02T080000"
    last = DUE + timedelta(minutes=4)
    await owe(archive, line(1, flood), line(2, flood, not_before=last), line(3))
    assert [told_.members for told_ in await archive.outbox.gathered(DUE)] == [(story_id(3),)]
    await archive.outbox.ripen("digest:flood-", now=DUE)
    assert len(await archive.outbox.gathered(DUE)) == 2


async def test_what_became_of_stories_survives_a_restart(archives, archive):
    await archive.commit_poll(poll(told(1), told(2), posts=(card(1), line(2))))
    archive = await archives.reopen()
    owed = await archive.outbox.owed_since(story_id(1))
    assert [(o.story, o.digest, o.card) for o in owed] == [
        (story_id(1), "", True),
        (story_id(2), DAILY, False),
    ]
    await gather(archive)
    assert [(o.digest, o.card) for o in await archive.outbox.owed_of([story_id(2)])] == [
        ("", False)
    ]
    assert (await archive.words([story_id(1)]))[story_id(1)].title


@pytest.mark.parametrize("moved", [False, True])
async def test_the_digest_of_a_channel_that_moved_follows_it(archive, moved):
    await owe(archive, line(1))
    if moved:
        await archive.save_place("slack:C1", Destination("slack", "C9"))
    await gather(archive)
    (digest,) = await queued(archive)
    assert digest.destination.place == ("C9" if moved else "C1")
