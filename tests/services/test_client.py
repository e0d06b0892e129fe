"""The outgoing client against real servers on loopback: what arrives, and how it ends when not."""

import asyncio
import contextlib
import gzip
import socket
import ssl
import tracemalloc
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import brotli
import pytest
from aiohttp import web

from digests.model import Fetched, FetchFailed, NotModified, Trouble, Validators
from digests.testing import FakeClock
from digests.web.addresses import AddressRules
from digests.web.client import Client, Timeouts
from tests import fakefeeds as fake
from tests.fakefeeds import FakeFeeds, rss
from tests.forbidden import AS_ANSWER, AS_HOST

TLS = Path(__file__).parents[1] / "tls"
CA = {"SSL_CERT_FILE": str(TLS / "ca.pem")}  # small: a test needs no other authority
OPEN = ("127.0.0.0/8", "::1/128")
FEED = rss("First story", *(f"Story number {n}" for n in range(20)))


@asynccontextmanager
async def outgoing(*, allow=OPEN, timeouts=None, **options):
    options.setdefault("environment", CA)
    client = Client(
        AddressRules(allow),
        FakeClock(),
        user_agent="Nightdesk/1 (+https://nightdesk.example)",
        timeouts=timeouts or Timeouts(connect=2, first_byte=2, total=4),
        **options,
    )
    async with client:
        yield client


@asynccontextmanager
async def both(documents=None, **options):
    """A publisher with one feed, and a client that may reach it."""
    async with FakeFeeds(documents or {"/feed": FEED}) as publisher, outgoing(**options) as client:
        yield publisher, client


@asynccontextmanager
async def answering(fault, **options):
    """The same, and the publisher answers everything with one fault."""
    async with both(**options) as (publisher, client):
        publisher.fault("/feed", fault)
        yield publisher, client


async def end_of(fault, **options):
    async with answering(fault, **options) as (publisher, client):
        return await client.get(publisher.url())


@asynccontextmanager
async def canary():
    """A listener on both loopbacks that must see nobody."""
    seen = []

    async def met(reader, writer):
        seen.append(writer.get_extra_info("peername"))
        writer.close()

    server = await asyncio.start_server(met, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    servers = [server]
    if socket.has_ipv6:
        with contextlib.suppress(OSError):  # a machine without IPv6
            servers.append(await asyncio.start_server(met, "::1", port))
    try:
        yield port, seen
    finally:
        for one in servers:
            one.close()
            await one.wait_closed()


class Only(AddressRules):
    """Everything of this machine stays closed but one publisher's own port."""

    def __init__(self, publisher):
        super().__init__()
        self._publisher = publisher

    def refusal(self, ip, port):
        return "" if port == self._publisher.port else super().refusal(ip, port)


def with_port(host, port):
    return f"http://{host}:{port}/feed"


class TestWhatArrives:
    async def test_a_document_with_everything_the_publisher_said_of_it(self):
        async with both() as (publisher, client):
            outcome = await client.get(publisher.url())
        assert isinstance(outcome, Fetched)
        assert outcome.document.body == FEED
        assert outcome.document.content_type == "application/rss+xml; charset=utf-8"
        assert outcome.document.final_url == outcome.document.url == publisher.url()
        assert outcome.validators.etag.startswith('"')
        assert outcome.validators.last_modified == "Mon, 02 Mar 2026 06:00:00 GMT"
        assert outcome.hints.date is not None
        assert outcome.moved_to == ""

    async def test_we_say_who_we_are_and_nothing_more(self):
        async with both() as (publisher, client):
            await client.get(publisher.url())
        asked = publisher.asked()[0]
        assert asked.header("User-Agent") == b"Nightdesk/1 (+https://nightdesk.example)"
        assert asked.header("Accept-Encoding") == b"gzip, br"
        assert {name.lower() for name, _ in asked.raw_headers} == {
            b"host",
            b"user-agent",
            b"accept",
            b"accept-encoding",
        }
        assert asked.path == "/feed"

    @pytest.mark.parametrize("coding", ["gzip", "x-gzip", "br", "identity", ""])
    async def test_each_coding_we_ask_for_is_unfolded(self, coding):
        bodies = {"br": brotli.compress(FEED), "identity": FEED, "": FEED}
        outcome = await end_of(fake.coded(bodies.get(coding, gzip.compress(FEED)), coding))
        assert outcome.document.body == FEED

    async def test_a_body_in_several_gzip_members_is_one_document(self):
        parts = b"".join(gzip.compress(FEED[n : n + 100]) for n in range(0, len(FEED), 100))
        for padding in (b"", b"\0" * 512):
            outcome = await end_of(fake.coded(parts + padding, "gzip"))
            assert outcome.document.body == FEED

    async def test_a_large_honest_feed_arrives_whole(self):
        large = rss(*(f"Story number {n} of a large feed" for n in range(20_000)))
        async with both({"/feed": large}) as (publisher, client):
            outcome = await client.get(publisher.url())
        assert outcome.document.body == large

    async def test_cookies_are_not_kept(self):
        async with both() as (publisher, client):
            publisher.serve("/feed", FEED, headers={"Set-Cookie": "id=1; Path=/"})
            await client.get(publisher.url())
            await client.get(publisher.url())
        assert publisher.asked()[1].header("Cookie") is None


class TestValidators:
    @pytest.mark.parametrize(
        "etag",
        ['"abc"', 'W/"abc"', "unquoted", '"with spaces, and commas"', '"caf\udce9"', '"é"', "''"],
    )
    async def test_an_etag_returns_byte_for_byte(self, etag):
        async with answering(fake.raw(fake.http(FEED, ETag=etag))) as (publisher, client):
            first = await client.get(publisher.url())
            await client.get(publisher.url(), validators=first.validators)
        sent = publisher.asked()[1].header("If-None-Match")
        assert sent == etag.encode("utf-8", "surrogateescape")

    @pytest.mark.parametrize(
        "date", ["Mon, 02 Mar 2026 06:00:00 GMT", "yesterday", "2099-01-01", "02/03/26 6:00 CET"]
    )
    async def test_a_date_is_opaque_too(self, date):
        async with both() as (publisher, client):
            publisher.serve("/feed", FEED, etag=False, last_modified=date)
            first = await client.get(publisher.url())
            second = await client.get(publisher.url(), validators=first.validators)
        assert publisher.asked()[1].header("If-Modified-Since") == date.encode()
        assert isinstance(second, NotModified)

    async def test_an_etag_over_a_kilobyte_is_dropped(self):
        async with both() as (publisher, client):
            publisher.serve("/feed", FEED, etag=f'"{"x" * 1100}"')
            outcome = await client.get(publisher.url())
        assert outcome.validators.etag == ""
        assert outcome.validators.last_modified

    async def test_304_says_not_modified_and_may_renew_a_validator(self):
        newer = "Tue, 03 Mar 2026 06:00:00 GMT"
        async with answering(fake.status(304, Last_Modified=newer)) as (publisher, client):
            outcome = await client.get(publisher.url(), validators=Validators('"abc"'))
        assert isinstance(outcome, NotModified)
        assert outcome.validators == Validators(last_modified=newer)

    async def test_304_without_having_asked_is_a_protocol_error(self):
        outcome = await end_of(fake.status(304))
        assert (outcome.trouble, outcome.status) == (Trouble.PROTOCOL, 304)

    async def test_a_body_behind_304_is_ignored_and_the_line_not_used_again(self):
        spoilt = fake.raw(fake.http(b"<rss>surplus</rss>", code="304 Not Modified"))
        async with both() as (publisher, client):
            publisher.fault("/feed", spoilt, times=1)
            first = await client.get(publisher.url(), validators=Validators('"abc"'))
            second = await client.get(publisher.url())
        assert isinstance(first, NotModified)
        assert isinstance(second, Fetched)


class TestHints:
    async def hints(self, **headers):
        async with both() as (publisher, client):
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            publisher.serve("/feed", FEED, headers=named)
            return (await client.get(publisher.url())).hints

    @pytest.mark.parametrize(
        ("headers", "seconds"),
        [
            ({"Cache_Control": "max-age=600"}, 600),
            ({"Cache_Control": "public, Max-Age=600, s-maxage=9"}, 600),
            ({"Cache_Control": 'max-age="600"'}, 600),
            ({"Cache_Control": "max-age=0"}, None),
            ({"Cache_Control": "s-maxage=600"}, None),
            ({"Cache_Control": "no-cache, max-age=600"}, None),
            ({"Cache_Control": "no-store"}, None),
            ({"Cache_Control": "max-age=soon"}, None),
            ({"Expires": "Mon, 02 Mar 2026 09:00:00 GMT"}, 3600),
            ({"Expires": "Mon, 02 Mar 2026 07:00:00 GMT"}, None),
            ({"Expires": "0"}, None),
            ({"Cache_Control": "max-age=600", "Expires": "Tue, 03 Mar 2026 08:00:00 GMT"}, 600),
            ({"Cache_Control": "max-age=0", "Expires": "Tue, 03 Mar 2026 08:00:00 GMT"}, None),
        ],
    )
    async def test_lifetimes(self, headers, seconds):
        hints = await self.hints(Date="Mon, 02 Mar 2026 08:00:00 GMT", **headers)
        assert hints.max_age == (None if seconds is None else timedelta(seconds=seconds))
        assert hints.date == datetime(2026, 3, 2, 8, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("said", "seconds"),
        [
            ("120", 120),
            ("0", 0),
            ("-5", -5),
            ("1e12", 365_000 * 86_400),
            ("9" * 400, None),
            ("soon", None),
            ("", None),
            ("Sun, 01 Mar 2015 00:10:00 GMT", 600),  # after the answer's own Date, not our clock
        ],
    )
    async def test_retry_after(self, said, seconds):
        limited = fake.rate_limited(said, Date="Sun, 01 Mar 2015 00:00:00 GMT")
        outcome = await end_of(limited)
        assert outcome.trouble is Trouble.RATE_LIMITED
        expected = None if seconds is None else timedelta(seconds=seconds)
        assert outcome.hints.retry_after == expected

    async def test_an_absurd_date_is_no_date(self):
        hints = await self.hints(Date="Fri, 31 Dec 9999 23:59:59 -2359")
        assert hints.date is None


class TestStatus:
    @pytest.mark.parametrize(
        ("code", "trouble"),
        [
            (400, Trouble.REFUSED),
            (401, Trouble.UNAUTHORISED),
            (402, Trouble.REFUSED),
            (403, Trouble.UNAUTHORISED),
            (404, Trouble.NOT_FOUND),
            (410, Trouble.GONE),
            (418, Trouble.REFUSED),
            (429, Trouble.RATE_LIMITED),
            (451, Trouble.REFUSED),
            (500, Trouble.SERVER),
            (502, Trouble.SERVER),
            (503, Trouble.UNAVAILABLE),
            (504, Trouble.SERVER),
            (300, Trouble.PROTOCOL),
            (301, Trouble.PROTOCOL),  # without a Location
        ],
    )
    async def test_each_status_has_its_trouble_and_its_words(self, code, trouble):
        outcome = await end_of(fake.status(code, "an explanation"))
        assert (outcome.trouble, outcome.status) == (trouble, code)
        assert str(code) in outcome.reason

    @pytest.mark.parametrize(
        "answer",
        [
            fake.status(403, cf_mitigated="challenge"),
            fake.status(503, cf_mitigated="challenge"),
            fake.status(202, "<html>", x_amzn_waf_action="challenge"),
        ],
    )
    async def test_a_bot_wall_is_called_by_its_name(self, answer):
        outcome = await end_of(answer)
        assert outcome.trouble is Trouble.BOT_WALL
        assert "bot protection" in outcome.reason

    @pytest.mark.parametrize(
        "answer", [fake.status(200), fake.status(204), fake.status(200, " \n")]
    )
    async def test_an_empty_body_is_no_document(self, answer):
        assert (await end_of(answer)).trouble is Trouble.EMPTY

    async def test_a_page_is_a_document_like_any_other_here(self):
        outcome = await end_of(fake.html_page())
        assert outcome.document.content_type.startswith("text/html")


class TestRedirects:
    @pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
    async def test_each_kind_is_followed_and_only_permanent_ones_remembered(self, code):
        async with both({"/new": FEED}) as (publisher, client):
            publisher.fault("/feed", fake.redirect("/new", code))
            outcome = await client.get(publisher.url("/feed"))
        assert outcome.document.body == FEED
        assert outcome.document.final_url == publisher.url("/new")
        assert outcome.document.url == publisher.url("/feed")
        assert outcome.moved_to == (publisher.url("/new") if code in {301, 308} else "")

    async def test_one_temporary_step_makes_the_whole_chain_temporary(self):
        async with both({"/c": FEED}) as (publisher, client):
            publisher.fault("/a", fake.redirect("/b", 301))
            publisher.fault("/b", fake.redirect("/c", 302))
            outcome = await client.get(publisher.url("/a"))
        assert (outcome.document.body, outcome.moved_to) == (FEED, "")

    async def test_five_steps_are_followed_and_six_are_not(self):
        async with both({"/0": FEED}) as (publisher, client):
            for n in range(1, 7):
                publisher.fault(f"/{n}", fake.redirect(f"/{n - 1}"))
            assert isinstance(await client.get(publisher.url("/5")), Fetched)
            outcome = await client.get(publisher.url("/6"))
        assert outcome.trouble is Trouble.REDIRECTS
        assert " → " in outcome.reason

    async def test_a_circle_is_named_without_its_secrets(self):
        async with both() as (publisher, client):
            publisher.fault("/a", fake.redirect("/b?key=s3cret"))
            publisher.fault("/b", fake.redirect("/a"))
            outcome = await client.get(publisher.url("/a"))
        assert outcome.trouble is Trouble.REDIRECTS
        assert "circle" in outcome.reason
        assert "s3cret" not in outcome.reason

    @pytest.mark.parametrize(
        "target",
        [
            "file:///etc/passwd",
            "gopher://news.example/",
            "ftp://x.example/",
            "data:,<rss/>",
            "http://",
        ],
    )
    async def test_other_schemes_are_not_followed(self, target):
        assert (await end_of(fake.redirect(target))).trouble is Trouble.REDIRECTS

    async def test_https_is_not_left_unless_the_feed_allows_it(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(TLS / "good.pem")
        secure = FakeFeeds(tls=context)
        async with both() as (publisher, client), secure:
            secure.fault("/feed", fake.redirect(publisher.url()))
            refused = await client.get(secure.url())
            allowed = await client.get(secure.url(), allow_http_downgrade=True)
        assert refused.trouble is Trouble.DOWNGRADE
        assert allowed.document.body == FEED

    async def test_credentials_and_keys_stay_with_their_origin(self):
        other = FakeFeeds({"/feed": FEED})
        async with both() as (publisher, client), other:
            publisher.fault("/feed", fake.redirect(other.url(), 302))
            outcome = await client.get(
                publisher.url(),
                headers={"X-Api-Key": "s3cret", "Cookie": "id=1", "Accept": "text/xml"},
                credentials="Bearer s3cret",
                validators=Validators('"abc"'),
                user_agent="Mine/2",
            )
        assert isinstance(outcome, Fetched)
        first, second = publisher.asked()[0], other.asked()[0]
        assert first.header("Authorization") == b"Bearer s3cret"
        assert first.header("X-Api-Key") == b"s3cret"
        assert [second.header(n) for n in ("Authorization", "X-Api-Key", "Cookie")] == [None] * 3
        assert second.header("Accept") == b"text/xml"
        assert second.header("User-Agent") == b"Mine/2"
        assert second.header("If-None-Match") == b'"abc"'

    async def test_credentials_go_along_within_the_origin(self):
        async with both({"/new": FEED}) as (publisher, client):
            publisher.fault("/feed", fake.redirect("/new"))
            await client.get(publisher.url(), credentials="Bearer s3cret")
        assert publisher.asked("/new")[0].header("Authorization") == b"Bearer s3cret"


class TestLimits:
    async def test_a_hanging_server_is_left_in_time(self):
        outcome = await end_of(fake.hang(), timeouts=Timeouts(connect=1, first_byte=0.2, total=2))
        assert outcome.trouble is Trouble.TIMEOUT
        assert "answer" in outcome.reason

    async def test_a_dripping_body_is_cut_and_others_do_not_wait_for_it(self):
        timeouts = Timeouts(connect=1, first_byte=1, total=0.5)
        async with both(timeouts=timeouts) as (publisher, client):
            publisher.serve("/slow", FEED)
            publisher.fault("/slow", fake.slow())
            dripping = asyncio.create_task(client.get(publisher.url("/slow")))
            assert isinstance(await client.get(publisher.url()), Fetched)
            assert not dripping.done()
            outcome = await dripping
        assert outcome.trouble is Trouble.TIMEOUT
        assert "end" in outcome.reason

    async def test_a_port_nobody_listens_on(self):
        with socket.socket() as unheard:
            unheard.bind(("127.0.0.1", 0))
            async with outgoing() as client:
                url = with_port("127.0.0.1", unheard.getsockname()[1])
                outcome = await client.get(url)
        assert outcome.trouble is Trouble.CONNECT
        assert outcome.reason == "the connection failed: Connection refused"

    async def test_a_length_over_the_limit_is_not_even_read(self):
        huge = fake.raw(fake.http(b"<rss/>", length=11 * 2**20))
        outcome = await end_of(huge)
        assert outcome.trouble is Trouble.TOO_LARGE
        assert "10 MB" in outcome.reason

    async def test_the_limit_of_one_request_may_be_smaller(self):
        async with both() as (publisher, client):
            outcome = await client.get(publisher.url(), max_body=100)
        assert outcome.trouble is Trouble.TOO_LARGE

    async def test_an_endless_body_is_cut(self):
        assert (await end_of(fake.endless())).trouble is Trouble.TOO_LARGE

    @pytest.mark.parametrize(
        ("bomb", "coding"), [(fake.gzip_bomb, "gzip"), (fake.brotli_bomb, "br")]
    )
    async def test_a_bomb_costs_the_limit_and_no_more(self, bomb, coding):
        body = bomb()
        assert len(body) < 300_000
        async with answering(fake.coded(body, coding)) as (publisher, client):
            tracemalloc.start()
            try:
                outcome = await client.get(publisher.url())
                peak = tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()
        assert outcome.trouble is Trouble.TOO_LARGE
        assert peak < 20 * 2**20

    @pytest.mark.parametrize(
        ("fault", "trouble"),
        [
            (fake.truncated(), Trouble.BROKEN_BODY),
            (fake.unfinished_chunks(), Trouble.BROKEN_BODY),
            (fake.coded(gzip.compress(FEED)[:-12], "gzip"), Trouble.BROKEN_BODY),
            (fake.coded(gzip.compress(FEED)[:-8] + bytes(8), "gzip"), Trouble.BROKEN_BODY),
            (fake.coded(brotli.compress(FEED)[:-4], "br"), Trouble.BROKEN_BODY),
            (fake.coded(fake.many_members(), "gzip"), Trouble.BROKEN_BODY),
            (fake.coded(gzip.compress(gzip.compress(FEED)), "gzip, gzip"), Trouble.BAD_CODING),
            (fake.coded(b"(\xb5/\xfd\x04", "zstd"), Trouble.BAD_CODING),
            (fake.coded(b"x\x9c\x03\x00", "deflate"), Trouble.BAD_CODING),
            (fake.coded(FEED, "utf-8"), Trouble.BAD_CODING),
            (fake.coded(b"", "gzip"), Trouble.EMPTY),
            (fake.coded(b"", "br"), Trouble.EMPTY),
            (fake.coded(gzip.compress(b""), "gzip"), Trouble.EMPTY),
            (fake.raw(b""), Trouble.PROTOCOL),
            (fake.raw(b"SSH-2.0-OpenSSH_9.6\r\n"), Trouble.PROTOCOL),
            (fake.raw(fake.http(FEED, length=-1)), Trouble.PROTOCOL),
            (
                fake.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc"),
                Trouble.PROTOCOL,
            ),
            (
                fake.raw(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 10_000 + b"\r\n"),
                Trouble.PROTOCOL,
            ),
            (fake.raw(b"HTTP/1.1 200 OK\r\nX-A: " + b"b" * 2**20 + b"\r\n\r\n"), Trouble.PROTOCOL),
        ],
    )
    async def test_a_broken_answer_is_discarded_by_its_name(self, fault, trouble):
        outcome = await end_of(fault)
        assert isinstance(outcome, FetchFailed)
        assert outcome.trouble is trouble
        assert "\n" not in outcome.reason

    @pytest.mark.parametrize("coding", ["gzip", "br"])
    async def test_a_plain_body_under_a_coding_is_asked_for_once_more_as_identity(self, coding):
        async with answering(fake.mislabelled(FEED, coding)) as (publisher, client):
            outcome = await client.get(publisher.url())
        assert outcome.document.body == FEED
        assert [a.header("Accept-Encoding") for a in publisher.asked()] == [
            b"gzip, br",
            b"identity",
        ]

    async def test_a_server_that_insists_on_its_label_is_asked_twice_only(self):
        async with answering(fake.coded(FEED, "gzip")) as (publisher, client):
            outcome = await client.get(publisher.url())
        assert outcome.trouble is Trouble.BAD_CODING
        assert len(publisher.asked()) == 2

    async def test_cancelling_is_the_only_thing_that_is_raised(self):
        async with answering(fake.hang()) as (publisher, client):
            task = asyncio.create_task(client.get(publisher.url()))
            await asyncio.sleep(0.05)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task


class TestHeadersOut:
    @pytest.mark.parametrize(
        "options",
        [
            {"headers": {"X-Key": "a\r\nX-Injected: 1"}},
            {"headers": {"X-Key\r\nX-Injected": "1"}},
            {"headers": {"X-Key": "a\0b"}},
            {"credentials": "Bearer s3cret\nX-Injected: 1"},
            {"user_agent": "Mine\r\n\r\nGET /admin"},
            {"validators": Validators('"a"\r\nX-Injected: 1')},
            {"headers": {"X-Clé": "1"}},
        ],
    )
    async def test_nothing_can_be_injected_and_no_value_is_shown(self, options):
        async with both() as (publisher, client):
            outcome = await client.get(publisher.url(), **options)
        assert outcome.trouble is Trouble.PROTOCOL
        assert publisher.asked() == []
        assert "s3cret" not in outcome.reason

    async def test_a_header_in_any_script_is_sent(self):
        async with both() as (publisher, client):
            await client.get(publisher.url(), headers={"X-Key": "ключ"})
        assert publisher.asked()[0].header("X-Key") == "ключ".encode()


class TestTls:
    @asynccontextmanager
    async def secure(self, name):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(TLS / f"{name}.pem")
        async with FakeFeeds({"/feed": FEED}, tls=context) as publisher, outgoing() as client:
            asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # server's side
            yield publisher, client

    async def test_a_good_certificate_is_taken(self):
        async with self.secure("good") as (publisher, client):
            outcome = await client.get(publisher.url())
        assert outcome.document.body == FEED

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("expired", "has expired"),
            ("self-signed", "signed by itself"),
            ("wrong-name", "for another address"),
        ],
    )
    async def test_each_bad_certificate_has_its_own_words(self, name, words):
        async with self.secure(name) as (publisher, client):
            outcome = await client.get(publisher.url())
        assert outcome.trouble is Trouble.TLS
        assert words in outcome.reason
        assert publisher.asked() == []

    async def test_an_unknown_authority_and_another_name(self):
        async with self.secure("good") as (publisher, _), outgoing(environment={}) as strict:
            assert "nobody we know" in (await strict.get(publisher.url())).reason
        async with self.secure("wrong-name") as (publisher, client):
            outcome = await client.get(publisher.url(host="localhost"))
        assert "for another name" in outcome.reason

    @pytest.mark.parametrize(
        ("answer", "words"),
        [
            (b"\x15\x03\x01\x00\x02\x02\x46", "no longer safe"),  # alert: protocol version
            (b"", "broke off"),
        ],
    )
    async def test_an_old_version_and_a_broken_handshake_are_told_apart(self, answer, words):
        async def met(reader, writer):
            await reader.read(100)
            writer.write(answer)
            writer.close()

        server = await asyncio.start_server(met, "127.0.0.1", 0)
        async with server, outgoing() as client:
            port = server.sockets[0].getsockname()[1]
            outcome = await client.get(f"https://127.0.0.1:{port}/feed")
        assert outcome.trouble is Trouble.TLS
        assert words in outcome.reason

    async def test_plain_http_on_a_secure_address(self):
        async with both() as (publisher, client):
            outcome = await client.get(publisher.url().replace("http:", "https:"))
        assert outcome.trouble is Trouble.TLS
        assert "does not speak TLS" in outcome.reason


class TestGuard:
    @pytest.mark.parametrize("host", AS_HOST.values(), ids=AS_HOST)
    async def test_a_forbidden_feed_address_sees_no_connection(self, host):
        async with canary() as (port, seen), outgoing(allow=()) as client:
            outcome = await client.get(with_port(host, port))
        assert outcome.trouble is Trouble.BLOCKED_ADDRESS, outcome.reason
        assert seen == []

    @pytest.mark.parametrize("host", AS_HOST.values(), ids=AS_HOST)
    async def test_no_redirect_to_a_forbidden_address_is_followed(self, host):
        publisher = FakeFeeds()
        client = Client(Only(publisher), FakeClock(), user_agent="x", environment=CA)
        async with canary() as (port, seen), publisher, client:
            publisher.fault("/feed", fake.redirect(f"//{host}:{port}/feed"))
            outcome = await client.get(publisher.url())
        assert outcome.trouble is Trouble.BLOCKED_ADDRESS
        assert len(publisher.asked()) == 1
        assert seen == []

    @pytest.mark.parametrize("answer", AS_ANSWER.values(), ids=AS_ANSWER)
    async def test_a_name_that_leads_to_a_forbidden_address_sees_no_connection(self, answer):
        async def lookup(host, port):
            return answer

        async with canary() as (port, seen), outgoing(allow=(), lookup=lookup) as client:
            outcome = await client.get(with_port("news.example", port))
        assert outcome.trouble is Trouble.BLOCKED_ADDRESS
        assert seen == []

    async def test_the_last_of_several_steps_is_judged_too(self):
        publisher = FakeFeeds()
        client = Client(Only(publisher), FakeClock(), user_agent="x", environment=CA)
        async with canary() as (port, seen), publisher, client:
            for n in range(4):
                publisher.fault(f"/{n}", fake.redirect(f"/{n + 1}"))
            publisher.fault("/4", fake.redirect(with_port("[::1]", port)))
            outcome = await client.get(publisher.url("/0"))
        assert outcome.trouble is Trouble.BLOCKED_ADDRESS
        assert seen == []

    async def test_a_name_that_changes_its_answer_is_judged_at_each_connection(self):
        answers = [["127.0.0.1"], ["127.0.0.2"]]

        async def lookup(host, port):
            return answers.pop(0)

        async with both(allow=["127.0.0.1/32"], lookup=lookup) as (publisher, client):
            publisher.fault("/feed", fake.raw(fake.http(FEED)))  # and closes the connection
            url = publisher.url(host="news.example")
            first, second = await client.get(url), await client.get(url)
        assert isinstance(first, Fetched)
        assert second.trouble is Trouble.BLOCKED_ADDRESS

    async def test_the_socket_itself_refuses_what_a_lying_resolver_let_through(self):
        class Blind(AddressRules):
            """Sees nothing wrong until the second question: the one at the socket."""

            asked = 0

            def refusal(self, ip, port):
                self.asked += 1
                return "" if self.asked == 1 else super().refusal(ip, port)

        async def lookup(host, port):
            return ["127.0.0.1"]

        client = Client(Blind(), FakeClock(), user_agent="x", environment=CA, lookup=lookup)
        async with canary() as (port, seen), client:
            outcome = await client.get(with_port("news.example", port))
        assert outcome.trouble is Trouble.BLOCKED_ADDRESS
        assert seen == []

    async def test_a_database_port_is_refused_in_an_opened_range_too(self):
        async with outgoing() as client:
            outcome = await client.get("http://127.0.0.1:5432/feed")
        assert outcome.trouble is Trouble.BLOCKED_ADDRESS

    async def test_a_name_in_the_address_is_refused_with_advice(self):
        async with both() as (publisher, client):
            outcome = await client.get(publisher.url().replace("//", "//user:s3cret@"))
        assert outcome.trouble is Trouble.BAD_URL
        assert "auth" in outcome.reason
        assert "s3cret" not in outcome.reason
        assert publisher.asked() == []


class TestNames:
    async def test_forty_addresses_are_cut_to_four_of_both_kinds(self):
        async def lookup(host, port):
            return [f"::ffff:127.0.1.{n}" for n in range(40)] + ["127.0.0.1"]

        async with both(lookup=lookup) as (publisher, client):
            outcome = await client.get(publisher.url(host="news.example"))
        assert isinstance(outcome, Fetched)

    @pytest.mark.parametrize(
        ("error", "words"),
        [
            (socket.gaierror(socket.EAI_NONAME, "no"), "no host of this name"),
            (socket.gaierror(socket.EAI_AGAIN, "later"), "just now"),
        ],
    )
    async def test_a_name_that_cannot_be_found(self, error, words):
        async def lookup(host, port):
            raise error

        async with outgoing(lookup=lookup) as client:
            outcome = await client.get("http://news.example/feed")
        assert outcome.trouble is Trouble.DNS
        assert words in outcome.reason

    async def test_the_machines_own_resolver_finds_this_machine(self):
        async with both() as (publisher, client):
            outcome = await client.get(publisher.url(host="localhost"))
        assert isinstance(outcome, Fetched)


class TestProxy:
    @asynccontextmanager
    async def proxy(self):
        """The operator's proxy: it answers for every host."""
        seen = []

        async def answer(request):
            seen.append(str(request.raw_path))
            return web.Response(body=FEED)

        runner = web.ServerRunner(web.Server(answer, access_log=None))
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}", seen
        finally:
            await runner.cleanup()

    async def test_the_proxy_of_the_environment_is_used_wherever_it_stands(self):
        async with self.proxy() as (url, seen):
            environment = CA | {"HTTP_PROXY": url, "no_proxy": "inside.example"}
            async with outgoing(allow=(), environment=environment) as client:
                outcome = await client.get("http://news.example/feed")
                blocked = await client.get("http://10.0.0.1/feed")
        assert outcome.document.body == FEED
        assert blocked.trouble is Trouble.BLOCKED_ADDRESS
        assert seen == ["http://news.example/feed"]

    async def test_hosts_named_in_no_proxy_are_reached_directly(self):
        async with self.proxy() as (url, seen), FakeFeeds({"/feed": FEED}) as publisher:
            environment = CA | {"all_proxy": url, "NO_PROXY": "127.0.0.1, .example"}
            async with outgoing(environment=environment) as client:
                assert isinstance(await client.get(publisher.url()), Fetched)
        assert seen == []

    @asynccontextmanager
    async def tunnel(self):
        """A proxy for https: it opens a way to this machine, whatever name it is told."""
        seen = []

        async def pass_on(reader, writer):
            while chunk := await reader.read(65536):
                writer.write(chunk)
            writer.close()

        async def met(reader, writer):
            head = await reader.readuntil(b"\r\n\r\n")
            _, target, _ = head.split(b"\r\n")[0].decode().split()
            seen.append(target)
            there = await asyncio.open_connection("127.0.0.1", int(target.rpartition(":")[2]))
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            with contextlib.suppress(OSError):
                await asyncio.gather(pass_on(reader, there[1]), pass_on(there[0], writer))

        server = await asyncio.start_server(met, "127.0.0.1", 0)
        async with server:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", seen

    async def test_https_goes_through_the_tunnel_of_the_proxy_and_the_certificate_is_checked(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(TLS / "good.pem")
        async with self.tunnel() as (url, seen), FakeFeeds({"/feed": FEED}, tls=context) as secure:
            environment = CA | {"HTTPS_PROXY": url}
            async with outgoing(allow=OPEN, environment=environment) as client:
                good = await client.get(secure.url(host="127.0.0.1"))
                other = await client.get(secure.url(host="news.example"))
            async with outgoing(allow=(), environment=environment) as strict:
                closed = [
                    await strict.get(f"https://{host}/feed")
                    for host in ("127.0.0.1", "localhost", "0x7f.1", "169.254.169.254", "[::1]")
                ]
        assert good.document.body == FEED
        assert other.trouble is Trouble.TLS
        assert {outcome.trouble for outcome in closed} == {Trouble.BLOCKED_ADDRESS}
        assert seen == [f"127.0.0.1:{secure.port}", f"news.example:{secure.port}"]

    async def test_a_redirect_behind_a_proxy_is_judged_as_written_too(self):
        async with FakeFeeds({"/feed": FEED}) as proxy:
            proxy.fault("/feed", fake.redirect("http://10.0.0.1/secret", 302))
            environment = CA | {"HTTP_PROXY": proxy.url("")}
            async with outgoing(allow=(), environment=environment) as client:
                outcome = await client.get("http://news.example/feed")
        assert outcome.trouble is Trouble.BLOCKED_ADDRESS
        assert len(proxy.asked()) == 1
