"""Channels: born once, renamed and moved without repeating anything, removed, paused."""

from dataclasses import replace
from datetime import timedelta

from digests.archive.records import Pause
from digests.model import Channel, Destination, Posted, PostState, Target
from digests.testing import START
from tests.contract.archives import card, poll, told

LATER = START + timedelta(hours=1)
WRITTEN = Destination("slack", "#soc")
PLACE = Destination("slack", "C1")
OTHER = Destination("slack", "C2")


def channel(name: str = "soc", to: str = "#soc", **changes) -> Channel:
    return replace(Channel(name, Target("slack", to)), **changes)


async def send(archive, destination: Destination) -> None:
    post = await archive.outbox.queued(destination, START)
    await archive.outbox.begin(post, watermark="", now=START)
    await archive.outbox.settle(post.id, Posted("m1"), now=START)


async def posts(archive, state: PostState) -> list[tuple[Destination, str]]:
    return [(p.destination, p.subject) for p in await archive.outbox.in_state(state)]


async def test_a_channel_is_born_once_and_lives_on_under_a_new_name(archives, archive):
    await archive.register_channels([channel()], START)
    await archive.register_channels([channel(), channel("ops", "#ops")], LATER)
    assert await archive.channel_births() == {"soc": START, "ops": LATER}
    await archive.outbox.owe([card(1, WRITTEN)], now=START)
    await archive.pause_channel("soc", "by hand", None)
    renamed = [channel("desk", was="soc"), channel("ops", "#ops")]
    await archive.register_channels(renamed, LATER)
    archive = await archives.reopen()
    assert await archive.channel_births() == {"desk": START, "ops": LATER}
    assert list(await archive.paused()) == ["desk"]
    (post,) = await archive.outbox.waiting(LATER)
    assert post.channel == "desk"


async def test_what_was_owed_to_an_address_is_owed_to_the_place_it_leads_to(archive):
    await archive.outbox.owe([card(1, WRITTEN), card(2, WRITTEN)], now=START)
    assert await archive.outbox.destinations_with_work(START) == [WRITTEN]
    await archive.save_place("slack:#soc", PLACE)
    assert await archive.places() == {"slack:#soc": PLACE}
    assert await archive.outbox.destinations_with_work(START) == [PLACE]
    assert (await archive.outbox.queued(PLACE, START)).subject == card(1).subject


async def test_once_the_place_is_known_posts_are_owed_to_it_at_once(archive):
    await archive.save_place("slack:#soc", PLACE)
    await archive.commit_poll(poll(told(1), posts=(card(1, WRITTEN), card(1, PLACE))))
    assert await archive.outbox.owe([card(1, WRITTEN)], now=START) == 0
    assert await posts(archive, PostState.QUEUED) == [(PLACE, card(1).subject)]


async def test_a_channel_renamed_on_its_platform_is_told_nothing_again(archive):
    await archive.save_place("slack:#soc", PLACE)
    await archive.outbox.owe([card(1, WRITTEN)], now=START)
    await send(archive, PLACE)
    renamed = Destination("slack", "#security")
    await archive.outbox.owe([card(1, renamed), card(2, renamed)], now=START)
    await archive.save_place("slack:#security", PLACE)
    assert await posts(archive, PostState.QUEUED) == [(PLACE, card(2).subject)]
    (folded,) = await archive.outbox.in_state(PostState.FOLDED)
    assert (folded.subject, folded.reason) == (card(1).subject, "already told here")


async def test_a_place_found_only_at_the_intent_is_told_nothing_again(archive):
    await archive.outbox.owe([card(1, PLACE)], now=START)
    await send(archive, PLACE)
    await archive.outbox.owe([card(1, WRITTEN), card(2, WRITTEN)], now=START)
    one = await archive.outbox.queued(WRITTEN, START)
    begin = archive.outbox.begin
    assert await begin(one, watermark="", now=START, destination=PLACE) is None
    assert [p.reason for p in await archive.outbox.in_state(PostState.FOLDED)] == [
        "already told here"
    ]
    two = await archive.outbox.queued(WRITTEN, START)
    begun = await begin(two, watermark="", now=START, destination=PLACE)
    assert (begun.destination, begun.state) == (PLACE, PostState.SENDING)


async def test_what_stands_stays_where_it_is_when_a_channel_leads_elsewhere(archive):
    await archive.register_channels([channel()], START)
    await archive.save_place("slack:#soc", PLACE)
    await archive.outbox.owe([card(1, WRITTEN), card(2, WRITTEN)], now=START)
    await send(archive, PLACE)
    await archive.save_place("slack:#new", OTHER)
    await archive.register_channels([channel(to="#new")], LATER)
    assert await posts(archive, PostState.SENT) == [(PLACE, card(1).subject)]
    assert await posts(archive, PostState.QUEUED) == [(OTHER, card(2).subject)]


async def test_an_address_that_leads_elsewhere_takes_only_the_queue_along(archive):
    await archive.register_channels([channel()], START)
    await archive.save_place("slack:#soc", PLACE)
    await archive.outbox.owe([card(1, WRITTEN), card(2, WRITTEN)], now=START)
    await send(archive, PLACE)
    await archive.save_place("slack:#soc", OTHER)
    assert await posts(archive, PostState.SENT) == [(PLACE, card(1).subject)]
    assert await posts(archive, PostState.QUEUED) == [(OTHER, card(2).subject)]


async def test_two_addresses_of_one_place_owe_each_story_once(archive):
    by_id = Destination("slack", "@alice")
    await archive.outbox.owe([card(1, WRITTEN), card(1, by_id)], now=START)
    await archive.save_place("slack:#soc", PLACE)
    await archive.save_place("slack:@alice", PLACE)
    assert await posts(archive, PostState.QUEUED) == [(PLACE, card(1).subject)]
    assert len(await posts(archive, PostState.FOLDED)) == 1


async def test_a_removed_channel_leaves_no_queue_but_what_stands_and_what_is_in_doubt(archive):
    await archive.register_channels([channel(), channel("ops", "#ops")], START)
    await archive.outbox.owe([card(n, PLACE) for n in (1, 2, 3)], now=START)
    await archive.outbox.owe([replace(card(1, OTHER), channel="ops")], now=START)
    await send(archive, PLACE)
    two = await archive.outbox.queued(PLACE, START)
    await archive.outbox.begin(two, watermark="", now=START)
    await archive.drop_channels(["soc"])
    (dead,) = await archive.outbox.in_state(PostState.DEAD)
    assert (dead.subject, dead.reason) == (card(3).subject, "channel removed")
    counts = await archive.outbox.counts()
    assert (counts[PostState.SENT], counts[PostState.SENDING], counts[PostState.QUEUED]) == (
        1,
        1,
        1,
    )
    assert await archive.channel_births() == {"ops": START}
    await archive.register_channels([channel()], LATER)
    assert (await archive.channel_births())["soc"] == LATER


async def test_a_pause_ends_by_itself_or_by_hand_and_survives_a_restart(archives, archive):
    await archive.outbox.owe([card(1, PLACE)], now=START)
    await archive.pause_channel("soc", "429", LATER)
    archive = await archives.reopen()
    assert await archive.paused() == {"soc": Pause("429", LATER)}
    assert await archive.outbox.queued(PLACE, LATER - timedelta(seconds=1)) is None
    assert await archive.outbox.queued(PLACE, LATER) is not None
    await archive.pause_channel("soc", "by hand", None)
    assert await archive.outbox.queued(PLACE, LATER) is None
    await archive.resume_channel("soc")
    assert await archive.outbox.queued(PLACE, LATER) is not None
    assert await archive.paused() == {}
