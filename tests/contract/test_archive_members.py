"""What a list has told is told: no card repeats it in that place, wherever the place is found."""

from datetime import timedelta

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

from digests.archive import upgrade
from digests.archive.dialects import file_of
from digests.archive.engine import Engine
from digests.archive.post_rows import new_row
from digests.model import Channel, Destination, NewPost, Posted, PostState, Rejected, Scope, Target
from digests.testing import START, build_story
from tests.contract.archives import SOC, card, of_story, poll, story_id, told

WRITTEN = Destination("slack", "#soc")
OPS = Destination("slack", "C9")
KEEP = timedelta(days=400)


def welcome(*numbers: int, to: Destination = SOC, subject: str = "welcome") -> NewPost:
    return NewPost("soc", to, subject, members=tuple(story_id(n) for n in numbers))


async def owe(archive, *posts: NewPost) -> int:
    return await archive.outbox.owe(posts, now=START)


async def sent(archive, outcome=None) -> None:
    post = await archive.outbox.queued(SOC, START)
    begun = await archive.outbox.begin(post, watermark="", now=START)
    await archive.outbox.settle(begun.id, outcome or Posted("m"), now=START)


@pytest.mark.parametrize("state", [PostState.QUEUED, PostState.SENT])
async def test_no_card_repeats_a_story_that_a_list_tells(archives, archive, state) -> None:
    await owe(archive, welcome(1, 2))
    if state is PostState.SENT:
        await sent(archive)
    archive = await archives.reopen()
    assert await owe(archive, card(1), card(2), card(3)) == 1
    await archive.commit_poll(poll(told(4), posts=(card(1), card(4))))
    assert (await archive.outbox.counts())[PostState.QUEUED] == 2 + (state is PostState.QUEUED)


async def test_another_place_is_owed_its_card(archive) -> None:
    await owe(archive, welcome(1))
    assert await owe(archive, card(1, OPS)) == 1


async def test_a_list_that_was_given_up_has_told_nothing(archive) -> None:
    await owe(archive, welcome(1))
    await sent(archive, Rejected("invalid_blocks", Scope.CONTENT))
    assert await owe(archive, card(1)) == 1


async def test_the_members_of_a_known_list_are_frozen(archive) -> None:
    assert await owe(archive, welcome(1)) == 1
    assert await owe(archive, welcome(1, 2)) == 0
    assert await owe(archive, card(2)) == 1


async def test_a_folded_flood_is_told_by_its_list(archive) -> None:
    await owe(archive, card(1), card(2))
    await archive.outbox.fold(START + timedelta(hours=1), now=START)
    assert await owe(archive, card(1), card(2)) == 0
    await owe(archive, card(3))
    await archive.outbox.fold(START + timedelta(hours=1), now=START)
    await archive.register_channels([Channel("soc", Target("slack", "#soc"))], START)
    assert await owe(archive, card(3, WRITTEN)) == 1  # not known yet to be the same place
    await archive.save_place("slack:#soc", SOC)
    counts = await archive.outbox.counts()
    assert counts[PostState.QUEUED] == 1
    assert counts[PostState.FOLDED] == 4


async def test_a_list_goes_with_its_place(archive) -> None:
    await archive.register_channels([Channel("soc", Target("slack", "#soc"))], START)
    await owe(archive, welcome(1, to=WRITTEN), card(2, WRITTEN))
    await archive.save_place("slack:#soc", SOC)
    assert await owe(archive, card(1), card(1, WRITTEN)) == 0


async def test_a_card_resolved_to_a_place_whose_list_told_it_is_folded(archive) -> None:
    await owe(archive, welcome(1))
    await sent(archive)
    await owe(archive, card(1, WRITTEN))
    post = await archive.outbox.queued(WRITTEN, START)
    begun = await archive.outbox.begin(post, watermark="", now=START, destination=SOC)
    assert begun is None
    assert (await archive.outbox.find(post.id)).state is PostState.FOLDED


async def test_a_list_is_remembered_as_long_as_a_story_of_it(archive) -> None:
    await archive.commit_poll(poll(told(1), posts=(welcome(1),)))
    assert (await archive.forget(now=START + 2 * KEEP, keep=KEEP)).stories == 0  # still to be told
    await sent(archive)
    later = START + timedelta(days=200)
    assert (await archive.forget(now=later, keep=KEEP)).posts == 0
    assert await archive.outbox.owe([card(1)], now=later) == 0
    gone = await archive.forget(now=START + 2 * KEEP, keep=KEEP)
    assert (gone.stories, gone.posts) == (1, 1)
    assert await archive.outbox.owe([card(1)], now=later) == 1


async def test_whether_a_story_may_be_told_is_kept(archives, archive) -> None:
    quiet = build_story(1, announced=False)
    await archive.commit_poll(poll(of_story(quiet, 1), told(2)))
    archive = await archives.reopen()
    assert await archive.stories([story_id(1), story_id(2)]) == [quiet, build_story(2)]


async def test_an_older_database_keeps_what_its_lists_told(archives) -> None:
    engine = Engine(file_of(archives.database))
    engine.start()
    await engine.write(before_members)
    await engine.close()
    archive = await archives.open()
    assert await owe(archive, card(1), card(2), card(3)) == 1


def before_members(connection) -> None:
    """A database as the version before this table left it, with one welcome in it."""
    config = Config()
    config.set_main_option("script_location", str(upgrade._MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "0005")
    row = new_row(welcome(1, 2), SOC, START) | {"state": "sent", "queued_at": 0}
    row |= {"members": f"[{story_id(1)},{story_id(2)}]"}
    for younger in ("digest", "urgency", "mention", "parent"):
        del row[younger]
    names = ", ".join(row)
    slots = ", ".join(f":{name}" for name in row)
    connection.execute(text(f"INSERT INTO post ({names}) VALUES ({slots})"), row)
