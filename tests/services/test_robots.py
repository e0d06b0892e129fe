"""robots.txt: which article pages are read, on real loopback publishers."""

from datetime import timedelta

import pytest

from digests.feeds.robots import MAX_RULES, permits
from tests import fakefeeds as fake
from tests.fakefeeds import item, rss
from tests.fetchtable import HOUR, Rig

WORDS = "The town closed the gate on Monday after a machine in it answered to strangers. " * 20
PAGE = f"<html><body><article><h1>Gate closed</h1><p>{WORDS}</p></article></body></html>"


@pytest.fixture
async def rig(tmp_path):
    async with Rig(tmp_path) as rig:
        yield rig


async def pages_read(rig: Rig, rules=None, *, fault=None, agent_path="/story", **changes) -> int:
    """How often the article page was asked for, after one poll of a feed that carries teasers."""
    link = rig.publisher.url(agent_path)
    rig.publisher.serve("/feed", rss(item("Gate closed after a strange answer", link=link)))
    rig.publisher.page("/story", PAGE)
    if rules is not None:
        rig.publisher.serve("/robots.txt", rules, content_type="text/plain")
    if fault is not None:
        rig.publisher.fault("/robots.txt", fault)
    one = await rig.start(rig.feed(full_text=True, **changes))
    await rig.poll(one)
    return len(rig.asked("/story"))


@pytest.mark.parametrize(
    ("rules", "read"),
    [
        ("User-agent: *\nDisallow: /", 0),
        ("User-agent: *\nDisallow: /st*y$", 0),
        ("User-agent: *\nDisallow: /\nAllow: /story", 1),
        ("User-agent: nightdesk\nDisallow: /story\n\nUser-agent: *\nAllow: /", 0),
        ("User-agent: other\nDisallow: /", 1),
        ("\x00\xff no rules at all", 1),
        ("", 1),
    ],
)
async def test_a_page_is_read_when_the_rules_let_us(rig, rules, read):
    assert await pages_read(rig, rules) == read


async def test_without_a_file_everything_may_be_read(rig):
    assert await pages_read(rig) == 1
    assert len(rig.asked("/robots.txt")) == 1


@pytest.mark.parametrize("code", [500, 503, 429])
async def test_a_host_that_cannot_say_is_not_read(rig, code):
    assert await pages_read(rig, fault=fake.status(code)) == 0


async def test_a_feed_may_be_exempt_and_feeds_themselves_are_not_subject(rig):
    assert await pages_read(rig, "User-agent: *\nDisallow: /", robots=False) == 1
    assert rig.asked("/robots.txt") == []


async def test_rules_are_asked_for_once_a_day_and_host(rig):
    rig.publisher.serve("/robots.txt", "User-agent: *\nDisallow: /private")
    rig.publisher.page("/story", PAGE)
    one = await rig.start(rig.feed(full_text=True, every=HOUR))
    for n in range(30):
        link = rig.publisher.url(f"/story?{n}")
        rig.publisher.publish("/feed", rss(item(f"Gate {n} of the town is closed", link=link)))
        await (rig.wait_and_poll(one) if n else rig.poll(one))
    assert len(rig.asked("/story")) >= 25
    assert len(rig.asked("/robots.txt")) == 2


async def test_after_a_failure_they_are_asked_for_again_within_two_hours(rig):
    assert await pages_read(rig, fault=fake.status(500)) == 0
    rig.publisher.heal("/robots.txt")
    rig.publisher.serve("/robots.txt", "User-agent: *\nAllow: /")
    rig.clock.advance(timedelta(hours=2).total_seconds())
    link = rig.publisher.url("/story")
    rig.publisher.publish("/feed", rss(item("Another gate of the town closed", link=link)))
    await rig.poll()
    assert len(rig.asked("/story")) == 1


async def test_rules_too_large_to_read_close_the_host(rig):
    assert await pages_read(rig, "# long\n" * (MAX_RULES // 6)) == 0


async def test_rules_in_another_place_are_found_by_redirect(rig):
    rig.publisher.serve("/rules", "User-agent: *\nDisallow: /")
    assert await pages_read(rig, fault=fake.redirect("/rules", 302)) == 0


def test_hostile_rules_are_judged_without_an_error():
    for body in (b"\xff" * 1000, b"Disallow: /" * 5000, b"User-agent: *\nDisallow: " + b"%" * 500):
        assert isinstance(permits(body, "https://news.example/story"), bool)
