"""Every entry leaves a trace of what was decided of it, through the real desk and archive."""

from dataclasses import replace

from digests.model import Happening, Reason
from tests.fakefeeds import FakeFeeds
from tests.services.test_desk import CHANNEL, feed, opened, parts, rss, settings

__all__ = ["parts"]  # a fixture
TITLE = "Flaw in Meridian gateways lets attackers log in without a password"
OLD = "Mon, 02 Feb 2026 07:00:00 GMT"


async def trace_of(archive, number: int = 0):
    story = (await archive.latest(5))[number]
    return [(one.what, one.feed, one.quiet) for one in await archive.traces.steps(story.id)]


async def test_a_story_remembers_who_began_it_and_who_told_it_too(parts) -> None:
    async with FakeFeeds({"/1": rss(TITLE), "/2": rss(TITLE)}) as publisher:
        feeds = [feed(publisher.url(f"/{n}"), n) for n in (1, 2)]
        desk = await opened(parts, settings(*feeds))
        for one in feeds:
            await desk.poll(one)
    assert await trace_of(parts[0]) == [
        (Happening.NEW, "Feed 1", None),
        (Happening.KNOWN, "Feed 2", None),
    ]


async def test_what_each_channel_was_owed_is_kept_with_the_part_of_the_rule_that_decided(
    parts,
) -> None:
    file = settings(only="meridian is:kev")
    async with FakeFeeds({"/feed": rss(TITLE)}) as publisher:
        one = feed(publisher.url())
        other = replace(CHANNEL, name="all", only="")
        desk = await opened(parts, replace(file, feeds=(one,), channels=(*file.channels, other)))
        await desk.poll(one)
    (step,) = await parts[0].traces.steps((await parts[0].latest(1))[0].id)
    kept, told = step.ruled
    assert kept.because == (Reason("not-only", "meridian is:kev"), Reason("lacks", "is:kev"))
    assert (told.channel, told.owed, told.because) == ("all", True, (Reason("everything"),))


async def test_what_is_kept_quiet_says_why(parts) -> None:
    async with FakeFeeds({"/feed": rss("A flaw of long ago", published=OLD)}) as publisher:
        one = feed(publisher.url())
        desk = await opened(parts, settings(one))
        await desk.poll(one)
    assert await trace_of(parts[0]) == [(Happening.NEW, "Feed 1", Reason("old", "3d"))]


async def test_an_edit_is_a_step_and_its_rules_are_asked_again(parts) -> None:
    body = rss(TITLE)
    async with FakeFeeds({"/feed": body}) as publisher:
        one = feed(publisher.url())
        desk = await opened(parts, settings(one))
        await desk.poll(one)
        publisher.publish("/feed", body.replace(b"Nobody was hurt", b"Two were hurt"))
        await desk.poll(one)
    steps = await parts[0].traces.steps((await parts[0].latest(1))[0].id)
    assert [step.what for step in steps] == [Happening.NEW, Happening.EDITED]
    assert steps[1].ruled[0].because == (Reason("told"),)


async def test_an_entry_that_cannot_be_kept_is_remembered_with_the_reason(parts) -> None:
    broken = rss(TITLE).replace(
        b"</channel>", b'<item><guid isPermaLink="false">empty-7</guid></item></channel>'
    )
    async with FakeFeeds({"/feed": broken}) as publisher:
        one = feed(publisher.url())
        desk = await opened(parts, settings(one))
        report = await desk.poll(one)
    assert len(report.refused) == 1
    (refused,) = await parts[0].traces.refusals("empty-7")
    assert (refused.feed, refused.reason) == (one.url, report.refused[0].reason)
