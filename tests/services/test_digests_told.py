"""Digests through a real archive and courier: each period once, around clock changes and outages."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.digesting import digest_now
from digests.archive.store import Archive
from digests.desk.raising import learn
from digests.desk.turns import Turns
from digests.model import Channel, CveFacts, Notice, Pace, PostState, Schedule, Target
from tests.services.test_floods import Newsdesk, archive  # noqa: F401 - the fixture

CHANNEL = Channel("daily", Target("slack", "C1"), post=Schedule(Pace.DAILY, time(2, 30)))


async def periods(desk: Newsdesk) -> list[str]:
    sent = await desk.archive.outbox.in_state(PostState.SENT, limit=999)
    return sorted(post.subject for post in sent if post.members)


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("Europe/Berlin", datetime(2026, 3, 27, 12, tzinfo=UTC)),  # 02:30 is skipped
        ("Europe/Berlin", datetime(2026, 10, 23, 12, tzinfo=UTC)),  # 02:30 comes twice
        ("Australia/Lord_Howe", datetime(2026, 4, 3, 12, tzinfo=UTC)),  # by half an hour
    ],
)
async def test_each_day_is_told_once_around_a_clock_change(archive, zone, start) -> None:  # noqa: F811 - the fixture
    desk = Newsdesk(archive, replace(CHANNEL, timezone=zone))
    desk.clock.at = start
    await desk.open()
    stories = []
    for _ in range(16):  # four days
        stories += await desk.bring(1)
        await desk.run(timedelta(hours=6), step=1800)
    await desk.run(timedelta(hours=24), step=1800)
    told = await periods(desk)
    assert len(told) == len({name.partition("T")[0] for name in told}) == 5
    assert all(name.endswith(":1") for name in told)
    await desk.accounted("C1", stories)


async def test_digests_missed_in_an_outage_are_told_as_one_and_once(archive) -> None:  # noqa: F811 - the fixture
    desk = Newsdesk(archive, replace(CHANNEL, post=Schedule(Pace.HOURLY)))
    await desk.open()
    stories = []
    for _ in range(5):  # five hours in which nothing is sent
        stories += await desk.bring(2)
        desk.clock.advance(3600)
    await desk.run(timedelta(minutes=10))
    assert len(await periods(desk)) == 1
    assert len(desk.lists()) == 1
    await desk.run(timedelta(hours=3), step=600)
    assert len(desk.lists()) == 1
    await desk.accounted("C1", stories)


async def test_what_a_digest_told_is_followed_like_a_card_when_its_flaw_is_exploited(
    archive: Archive,  # noqa: F811 - the fixture
) -> None:
    """A line under the digest that told it, and none where it was not told."""
    hourly = replace(CHANNEL, post=Schedule(Pace.HOURLY))
    desk = Newsdesk(archive, hourly, Channel("other", Target("slack", "C2"), only="topic:none"))
    await desk.open()
    (story,) = await desk.bring(1, cves=("CVE-2026-1",))
    await desk.bring(1, cves=())
    await desk.run(timedelta(hours=2), step=600)
    assert len(desk.lists()) == 1
    turns = Turns(archive, desk.clock)
    turns.decider.ledger.rules = desk.ledger.rules
    for cve in ("CVE-2020-1", "CVE-2026-1"):  # the first catalog is no news
        fact = CveFacts(cve, kev_since=desk.clock.now().date())
        await learn(archive, turns, [fact], desk.clock.now())
        await desk.run(timedelta(minutes=20), step=600)
    (line,) = [one for one in desk.chat.told["C1"] if isinstance(one, Notice)]
    assert line.title == (await archive.stories([story]))[0].headline
    assert "CVE-2026-1" in line.text
    (note,) = [p for p in await archive.outbox.in_state(PostState.SENT) if "note:" in p.subject]
    (digest,) = await archive.outbox.telling(story)
    assert desk.chat.under == [digest.message_id]
    assert note.destination == digest.destination
    assert "C2" not in desk.chat.told


async def test_a_digest_now_shows_the_period_and_owes_nothing(archive: Archive) -> None:  # noqa: F811 - the fixture
    channel = replace(CHANNEL, only="topic:crime")
    desk = Newsdesk(archive, channel)
    await desk.open()
    await desk.bring(2, topics=("crime",))
    desk.clock.advance(30 * 3600)
    await desk.bring(25, topics=("crime",))
    await desk.bring(3)
    before = await archive.outbox.counts()
    told = await digest_now(archive, channel, now=desk.clock.now(), language="en")
    assert len(told.lines) == 20
    assert told.notes == ("5 more: /digest search topic:crime since:2026-03-03",)
    assert await archive.outbox.counts() == before
    everything = await digest_now(archive, None, now=desk.clock.now(), language="de")
    assert len(everything.lines) == 20
