"""Politeness of the fetcher, judged by what publishers on loopback saw."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from digests.feeds.fetch import Fetcher
from digests.feeds.pace import FeedState
from digests.model import Feed, Fetched, FetchFailed, NotModified, Trouble, Validators
from digests.testing import START, FakeClock
from digests.web.addresses import AddressRules
from digests.web.client import Client
from tests import fakefeeds as fake
from tests.fakefeeds import FakeFeeds, rss

CA = {"SSL_CERT_FILE": str(Path(__file__).parents[1] / "tls" / "ca.pem")}
FEED = rss("First story")
PATHS = [f"/feed{n}" for n in range(6)]


async def everywhere_here(host, port):
    return ["127.0.0.1"]


@asynccontextmanager
async def desk(*, spacing=0.0, pauses=None, documents=None):
    clock = FakeClock()
    client = Client(
        AddressRules(["127.0.0.0/8"]),
        clock,
        user_agent="Nightdesk/1 (+https://nightdesk.example)",
        environment=CA,
        lookup=everywhere_here,
    )
    publisher = FakeFeeds(documents or dict.fromkeys(PATHS, FEED) | {"/feed": FEED})
    async with publisher, client:
        yield publisher, Fetcher(client, clock, Random(1), spacing=spacing, pauses=pauses), clock


def feed(url, **options):
    return Feed(url, "Example News", "news.example", **options)


async def fetch(fetcher, url, validators=None, **options):
    state = FeedState(url, validators=validators or Validators())
    return await fetcher.fetch(feed(url, **options), state)


async def until(condition):
    for _ in range(5000):
        if condition():
            return
        await asyncio.sleep(0.001)
    pytest.fail("it never came to pass")


class TestRequests:
    async def test_a_feed_is_asked_with_its_own_headers_and_credentials(self):
        async with desk() as (publisher, fetcher, _):
            options = {
                "headers": (("X-Key", "k"),),
                "auth": "Bearer s3cret",
                "user_agent": "Mine/2",
            }
            outcome = await fetch(fetcher, publisher.url(), Validators('"abc"'), **options)
        assert isinstance(outcome, Fetched)
        asked = publisher.asked()[0]
        assert asked.header("X-Key") == b"k"
        assert asked.header("Authorization") == b"Bearer s3cret"
        assert asked.header("User-Agent") == b"Mine/2"
        assert asked.header("If-None-Match") == b'"abc"'
        assert b"application/rss+xml" in asked.header("Accept")

    async def test_a_feed_may_name_what_it_accepts_itself(self):
        async with desk() as (publisher, fetcher, _):
            await fetch(fetcher, publisher.url(), headers=(("accept", "text/xml"),))
        values = [v for k, v in publisher.asked()[0].raw_headers if k.lower() == b"accept"]
        assert values == [b"text/xml"]

    async def test_after_the_first_poll_every_poll_is_conditional(self):
        async with desk() as (publisher, fetcher, _):
            first = await fetch(fetcher, publisher.url())
            second = await fetch(fetcher, publisher.url(), first.validators)
            publisher.publish("/feed", rss("Second story", "First story"))
            third = await fetch(fetcher, publisher.url(), first.validators)
        assert isinstance(second, NotModified)
        assert b"Second story" in third.document.body
        assert [asked.status for asked in publisher.asked()] == [200, 304, 200]
        assert [asked.conditional for asked in publisher.asked()] == [False, True, True]

    async def test_a_page_is_asked_as_a_page_and_bounded(self):
        async with desk() as (publisher, fetcher, _):
            publisher.page("/story", "<html><p>A story.</p></html>")
            publisher.page("/book", "<p>word</p>" * 300_000)
            page = await fetcher.page(publisher.url("/story"))
            book = await fetcher.page(publisher.url("/book"))
        assert page.document.content_type.startswith("text/html")
        assert publisher.asked("/story")[0].header("Accept").startswith(b"text/html")
        assert book.trouble is Trouble.TOO_LARGE


class TestTurns:
    async def test_one_host_is_asked_one_request_at_a_time(self):
        async with desk() as (publisher, fetcher, _):
            running = most = 0

            async def counted(request):
                nonlocal running, most
                running += 1
                most = max(most, running)
                await asyncio.sleep(0.01)
                running -= 1
                return await fake.status(404)(request)

            for path in PATHS:
                publisher.fault(path, counted)
            await asyncio.gather(*(fetch(fetcher, publisher.url(path)) for path in PATHS))
        assert most == 1
        assert len(publisher.asked()) == len(PATHS)

    async def test_requests_to_one_host_are_spaced(self):
        async with desk(spacing=2.0) as (publisher, fetcher, clock):
            tasks = [asyncio.create_task(fetch(fetcher, publisher.url(path))) for path in PATHS]
            for asked in range(1, len(PATHS) + 1):
                await until(lambda n=asked: sum(task.done() for task in tasks) == n)
                await asyncio.sleep(0.01)
                assert len(publisher.asked()) == asked
                clock.advance(1.9)
                await asyncio.sleep(0.005)
                assert len(publisher.asked()) == asked
                clock.advance(0.2)
            await asyncio.gather(*tasks)

    async def test_other_hosts_do_not_wait(self):
        async with desk(spacing=2.0) as (publisher, fetcher, _):
            publisher.fault("/feed0", fake.hang())
            slow = asyncio.create_task(fetch(fetcher, publisher.url("/feed0", host="a.example")))
            await until(publisher.asked)
            other = await fetch(fetcher, publisher.url("/feed1", host="b.example"))
            assert isinstance(other, Fetched)
            slow.cancel()
            with pytest.raises(asyncio.CancelledError):
                await slow

    async def test_a_page_waits_in_the_queue_of_its_host(self):
        async with desk(spacing=2.0) as (publisher, fetcher, clock):
            publisher.page("/story", "<p>A story.</p>")
            await fetch(fetcher, publisher.url())
            page = asyncio.create_task(fetcher.page(publisher.url("/story")))
            await asyncio.sleep(0.02)
            assert publisher.asked("/story") == []
            clock.advance(2.1)
            assert isinstance(await page, Fetched)

    async def test_a_cancelled_waiter_leaves_the_queue_in_order(self):
        async with desk(spacing=2.0) as (publisher, fetcher, clock):
            await fetch(fetcher, publisher.url("/feed0"))
            waiting = asyncio.create_task(fetch(fetcher, publisher.url("/feed1")))
            behind = asyncio.create_task(fetch(fetcher, publisher.url("/feed2")))
            await asyncio.sleep(0.01)
            waiting.cancel()
            await asyncio.sleep(0.01)
            clock.advance(5)
            assert isinstance(await behind, Fetched)
            assert publisher.asked("/feed1") == []


class TestPauses:
    async def test_a_429_pauses_every_feed_and_page_of_the_host(self):
        async with desk() as (publisher, fetcher, clock):
            publisher.fault("/feed0", fake.rate_limited("600"), times=1)
            first = await fetch(fetcher, publisher.url("/feed0"))
            second = await fetch(fetcher, publisher.url("/feed1"))
            page = await fetcher.page(publisher.url("/story"))
            assert (first.trouble, first.status) == (Trouble.RATE_LIMITED, 429)
            for left in (second, page):
                assert (left.trouble, left.status) == (Trouble.RATE_LIMITED, 0)
                assert left.hints.retry_after == timedelta(seconds=600)
            assert len(publisher.asked()) == 1
            clock.advance(601)
            assert isinstance(await fetch(fetcher, publisher.url("/feed1")), Fetched)

    async def test_a_queue_in_front_of_a_paused_host_dissolves_at_once(self):
        async with desk(spacing=2.0) as (publisher, fetcher, _):
            publisher.fault("/feed0", fake.rate_limited("600"))
            async with asyncio.timeout(5):
                outcomes = await asyncio.gather(
                    *(fetch(fetcher, publisher.url(path)) for path in PATHS)
                )
        assert {outcome.trouble for outcome in outcomes} == {Trouble.RATE_LIMITED}
        assert len(publisher.asked()) == 1

    async def test_without_a_time_the_pause_grows_with_each_429_in_a_row(self):
        async with desk() as (publisher, fetcher, clock):
            publisher.fault("/feed", fake.rate_limited(), times=3)
            lengths = []
            for _ in range(3):
                await fetch(fetcher, publisher.url())
                pause = max(fetcher.pauses.values()) - clock.now()
                lengths.append(pause / timedelta(minutes=15))
                clock.advance(pause.total_seconds() + 1)
            assert isinstance(await fetch(fetcher, publisher.url()), Fetched)
            publisher.fault("/feed1", fake.rate_limited())
            await fetch(fetcher, publisher.url("/feed1"))
            again = (max(fetcher.pauses.values()) - clock.now()) / timedelta(minutes=15)
        assert 1 <= lengths[0] <= 1.25
        assert 2 <= lengths[1] <= 2.5
        assert 4 <= lengths[2] <= 5
        assert 1 <= again <= 1.25  # a success between forgets those before

    async def test_a_saved_pause_outlives_a_restart(self):
        async with desk() as (publisher, fetcher, _):
            publisher.fault("/feed", fake.rate_limited("3600"))
            await fetch(fetcher, publisher.url())
            saved = dict(fetcher.pauses)
            port = publisher.port
        assert saved == {f"127.0.0.1:{port}": START + timedelta(hours=1)}
        async with desk(pauses=saved) as (publisher, fetcher, _):
            outcome = await fetch(fetcher, f"http://127.0.0.1:{port}/feed")
            assert isinstance(outcome, FetchFailed)
            assert publisher.asked() == []

    async def test_other_hosts_go_on(self):
        async with desk() as (publisher, fetcher, _):
            publisher.fault("/feed0", fake.rate_limited("600"))
            await fetch(fetcher, publisher.url("/feed0", host="a.example"))
            outcome = await fetch(fetcher, publisher.url("/feed1", host="b.example"))
        assert isinstance(outcome, Fetched)

    async def test_three_limited_hosts_of_one_service_pause_the_service(self):
        async with desk() as (publisher, fetcher, _):
            publisher.fault("/feed", fake.rate_limited("600"))
            blogs = [f"{name}.blogs-of-many.com" for name in ("a", "b", "c", "d")]
            for blog in blogs[:3]:
                await fetch(fetcher, publisher.url(host=blog))
            before = len(publisher.asked())
            outcome = await fetch(fetcher, publisher.url("/feed1", host=blogs[3]))
            other = await fetch(fetcher, publisher.url("/feed1", host="elsewhere.example"))
        assert outcome.trouble is Trouble.RATE_LIMITED
        assert isinstance(other, Fetched)
        assert len(publisher.asked()) == before + 1

    async def test_one_unavailable_feed_of_a_bridge_says_nothing_of_the_others(self):
        async with desk() as (publisher, fetcher, _):
            publisher.fault("/feed0", fake.status(503, Retry_After="600"))
            await fetch(fetcher, publisher.url("/feed0"))
            assert isinstance(await fetch(fetcher, publisher.url("/feed1")), Fetched)
            assert fetcher.pauses == {}

    async def test_two_unavailable_feeds_pause_the_bridge(self):
        async with desk() as (publisher, fetcher, clock):
            for path in PATHS[:2]:
                publisher.fault(path, fake.status(503, Retry_After="600"))
                await fetch(fetcher, publisher.url(path))
            left = await fetch(fetcher, publisher.url("/feed2"))
            assert left.trouble is Trouble.RATE_LIMITED
            assert len(publisher.asked()) == 2
            clock.advance(601)
            assert isinstance(await fetch(fetcher, publisher.url("/feed2")), Fetched)


class TestAFolder:
    async def test_a_folder_is_served_like_a_publisher(self, tmp_path):
        (tmp_path / "news").mkdir()
        (tmp_path / "news" / "feed.xml").write_bytes(FEED)
        async with desk(documents=tmp_path) as (publisher, fetcher, _):
            first = await fetch(fetcher, publisher.url("/news/feed.xml"))
            second = await fetch(fetcher, publisher.url("/news/feed.xml"), first.validators)
            outside = await fetch(fetcher, publisher.url("/%2e%2e/secret"))
        assert first.document.body == FEED
        assert isinstance(second, NotModified)
        assert outside.trouble is Trouble.NOT_FOUND

    async def test_versions_follow_each_other_when_the_test_says_so(self):
        versions = [rss("One"), rss("Two", "One")]
        async with desk(documents={"/feed": versions}) as (publisher, fetcher, _):
            first = await fetch(fetcher, publisher.url())
            assert publisher.advance("/feed")
            second = await fetch(fetcher, publisher.url(), first.validators)
            assert not publisher.advance("/feed")
        assert [first.document.body, second.document.body] == versions

    async def test_a_publisher_in_the_background_needs_no_loop_of_the_test(self):
        with FakeFeeds({"/feed": FEED}).in_background() as publisher:
            client = Client(
                AddressRules(["127.0.0.0/8"]), FakeClock(), user_agent="x", environment=CA
            )
            async with client:
                assert isinstance(await client.get(publisher.url()), Fetched)
            assert [asked.status for asked in publisher.asked("/feed")] == [200]
