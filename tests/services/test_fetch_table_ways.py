"""The fetch table, cases 22 to 45: redirects, refusals, torn and lying bodies, names and TLS."""

import asyncio
import gzip
import socket
import ssl
import tracemalloc
from dataclasses import replace
from pathlib import Path

import brotli

from digests.model import Trouble, Validators
from digests.web.addresses import AddressRules
from digests.web.client import Timeouts
from tests import fakefeeds as fake
from tests.fakefeeds import FakeFeeds, rss
from tests.fetchtable import DAY, FEED, HOUR, QUARTER, Rig, Table, run_case

case = Table()
LOGIN = "<!doctype html><html><head><title>Log in</title></head><body>Please</body></html>"


@case(22, "301 and 308: adopted after three sightings over 48 hours, the file untouched")
async def _moved(rig: Rig):
    for code in (301, 308):
        old, new = f"/old{code}", f"/new{code}"
        rig.publisher.serve(new, FEED)
        rig.publisher.fault(old, fake.redirect(new, code))
        one = await rig.add(rig.feed(old, every=20 * HOUR))
        assert (await rig.poll(one)).outcome == "moved"
        for _ in range(2):
            assert rig.state(one).adopted == ""
            await rig.wait_and_poll(one)
        assert rig.state(one).sightings == 3  # within forty hours: not yet
        await rig.wait_and_poll(one)
        assert rig.state(one).adopted == rig.publisher.url(new)
        seen = len(rig.asked(old))
        await rig.restart()
        await rig.wait_and_poll(one)
        assert len(rig.asked(old)) == seen
        assert rig.last(new).conditional
        assert rig.state(one).moved_to == rig.publisher.url(new)
        assert one.url == rig.publisher.url(old)
    rig.publisher.fault(new, fake.status(404))  # the new address dies: the file's is asked again
    await rig.wait_and_poll(one)
    assert rig.state(one).adopted == ""
    await rig.wait_and_poll(one)
    assert len(rig.asked(old)) == seen + 1


@case(23, "302, 303 and 307 are followed and never remembered")
async def _lent(rig: Rig):
    rig.publisher.serve("/new", FEED)
    for code in (302, 303, 307):
        rig.publisher.fault(f"/old{code}", fake.redirect("/new", code))
        one = await rig.add(rig.feed(f"/old{code}", every=DAY))
        for _ in range(5):
            assert (await rig.poll(one)).outcome != "moved"
            rig.clock.advance(DAY.total_seconds() * 2)
        assert (rig.state(one).moved_to, rig.state(one).adopted) == ("", "")


@case(24, "301 to a home page, a login page or another feed is not adopted")
async def _lost(rig: Rig):
    rig.publisher.page("/login", LOGIN)
    rig.publisher.serve("/everything", rss("Cups and plates", title="Another feed"))
    for target in ("/login", "/everything"):
        old = f"/old{target[1:]}"
        rig.publisher.serve(old, FEED)
        one = await rig.add(rig.feed(old, every=DAY))
        await rig.poll(one)
        rig.publisher.fault(old, fake.redirect(target, 301))
        for _ in range(5):
            await rig.wait_and_poll(one)
        assert rig.state(one).adopted == ""
        assert len(rig.asked(old)) == 6


@case(25, "a loop, and more than five hops: an error that names the chain")
async def _circle(rig: Rig):
    rig.publisher.fault("/a", fake.redirect("/b"))
    rig.publisher.fault("/b", fake.redirect("/a"))
    for n in range(7):
        rig.publisher.fault(f"/hop{n}", fake.redirect(f"/hop{n + 1}"))
    for path, last in (("/a", "/b"), ("/hop0", "/hop5")):
        one = await rig.add(rig.feed(path))
        report = await rig.poll(one)
        assert rig.state(one).trouble is Trouble.REDIRECTS
        assert path in report.reason
        assert last in report.reason


@case(26, "https to http is refused unless the feed allows it")
async def _downgraded(rig: Rig):
    async with FakeFeeds(tls=_certificate("good")) as secure:
        secure.fault("/feed", fake.redirect(rig.publisher.url()))
        one = replace(rig.feed(), url=secure.url())
        await rig.start(one)
        assert (await rig.poll(one)).outcome == "refused"
        assert rig.asked() == []
        allowed = replace(one, url=secure.url("/feed?allowed"), allow_http=True)
        await rig.add(allowed)
        assert (await rig.poll(allowed)).seen == 2


@case(27, "a redirect to a private address is refused, no byte leaves")
async def _inwards(rig: Rig):
    met = []

    async def seen(reader, writer):
        met.append(writer.get_extra_info("peername"))
        writer.close()

    canary = await asyncio.start_server(seen, "127.0.0.1", 0)
    port = canary.sockets[0].getsockname()[1]
    rig.rules = _Only(rig.publisher.port)
    async with canary:
        for n, host in enumerate(("127.0.0.1", "localhost", "[::1]", "2130706433")):
            rig.publisher.fault(f"/feed{n}", fake.redirect(f"http://{host}:{port}/secret"))
            one = await rig.add(rig.feed(f"/feed{n}"))
            assert (await rig.poll(one)).outcome == "refused"
    assert met == []


@case(28, "a redirect to another scheme is refused")
async def _schemes(rig: Rig):
    targets = ("file:///etc/passwd", "gopher://x/1", "ftp://x/f", "data:text/xml,<rss/>")
    for n, target in enumerate(targets):
        rig.publisher.fault(f"/feed{n}", fake.redirect(target))
        one = await rig.add(rig.feed(f"/feed{n}"))
        await rig.poll(one)
        assert rig.state(one).trouble is Trouble.REDIRECTS


@case(29, "across origins no Authorization, no Cookie, no key")
async def _elsewhere(rig: Rig):
    rig.publisher.serve("/new", FEED)
    rig.publisher.fault("/feed", fake.redirect(rig.publisher.url("/new", host="b.example")))
    secret = {"auth": "Bearer s3cret", "headers": (("X-Key", "k"), ("Cookie", "c=1"))}
    one = rig.feed(host="a.example", every=DAY, **secret)
    await rig.start(one)
    for _ in range(5):  # nor is the new address adopted: the keys belong to the old one
        await rig.poll(one)
        rig.clock.advance(2 * DAY.total_seconds())
    assert rig.last("/feed").header("Authorization") == b"Bearer s3cret"
    for name in ("Authorization", "Cookie", "X-Key"):
        assert rig.last("/new").header(name) is None
    assert len(rig.asked("/feed")) == 5


@case(30, "410: asked no more, gone")
async def _gone(rig: Rig):
    rig.publisher.fault("/feed", fake.status(410))
    await rig.start()
    assert (await rig.poll()).outcome == "gone"
    await rig.restart()
    assert await rig.live(30 * DAY) == 0
    assert rig.desk.due(everything=True) == []


@case(31, "404: daily after an hour, heals by itself")
async def _missing(rig: Rig):
    rig.publisher.fault("/feed", fake.status(404))
    await rig.start()
    await rig.poll()
    assert rig.wait() == HOUR
    since = rig.clock.now()
    await rig.live(20 * DAY)
    assert len(rig.asked()) <= 22
    assert rig.state().failing_since == since
    rig.publisher.heal("/feed")
    rig.publisher.serve("/feed", FEED)
    assert (await rig.wait_and_poll()).new == 2
    assert rig.state().failing_since is None


@case(32, "401 and 403: daily, credentials named; a bot wall by its name")
async def _closed(rig: Rig):
    walled = fake.status(403, cf_mitigated="challenge")
    doors = {"/401": fake.status(401), "/403": fake.status(403), "/wall": walled}
    for path, fault in doors.items():
        rig.publisher.fault(path, fault)
        one = await rig.add(rig.feed(path))
        report = await rig.poll(one)
        assert rig.wait(one) == DAY
        assert ("bot protection" if path == "/wall" else "credentials") in report.reason


@case(33, "451 weekly, 402 and others daily, the code named")
async def _refused(rig: Rig):
    for code, wait in ((451, 7 * DAY), (402, DAY), (406, DAY), (418, DAY)):
        rig.publisher.fault(f"/{code}", fake.status(code))
        one = await rig.add(rig.feed(f"/{code}"))
        assert str(code) in (await rig.poll(one)).reason
        assert rig.wait(one) == wait


@case(34, "a page where a feed was meant: its feeds offered, its validators not kept")
async def _page(rig: Rig):
    link = '<link rel="alternate" type="application/rss+xml" href="/rss.xml">'
    rig.publisher.serve(
        "/feed", f"<html><head>{link}</head><body>Hi</body></html>", content_type=fake.HTML
    )
    await rig.start()
    report = await rig.poll()
    assert rig.state().trouble is Trouble.NOT_A_FEED
    assert rig.publisher.url("/rss.xml") in report.reason
    assert rig.state().validators == Validators()


@case(35, "an empty body is an error, the old validators are kept")
async def _empty(rig: Rig):
    await rig.start()
    await rig.poll()
    good = rig.state()
    rig.publisher.fault("/feed", fake.raw(fake.http(b"", ETag='"empty"')), times=1)
    await rig.wait_and_poll()
    assert rig.state().trouble is Trouble.EMPTY
    assert rig.state().validators == good.validators


@case(36, "a body shorter than it said, chunks without an end: discarded")
async def _short(rig: Rig):
    await rig.start()
    await rig.poll()
    good = rig.state()
    body = rss("Delta", "Alpha breach at the harbour office")
    for fault in (fake.truncated(body, missing=20), fake.unfinished_chunks(body)):
        rig.publisher.fault("/feed", fault, times=1)
        report = await rig.wait_and_poll()
        assert rig.state().trouble is Trouble.BROKEN_BODY
        assert (report.new, rig.state().validators) == (0, good.validators)


@case(37, "whole HTTP, torn XML: whole entries taken, validators not")
async def _torn(rig: Rig):
    whole = rss(*(f"Story number {n} about a different harbour" for n in range(10)))
    torn = whole[: whole.rindex(b"<title>")]
    rig.publisher.serve("/feed", torn)
    await rig.start()
    report = await rig.poll()
    assert report.new == 9
    assert len(report.refused) == 1
    assert rig.state().validators == Validators()
    rig.publisher.publish("/feed", whole)
    assert (await rig.wait_and_poll()).new == 1


@case(38, "a body in drops is cut in time, other feeds do not wait")
async def _drops(rig: Rig):
    rig.timeouts = Timeouts(first_byte=5, total=1)
    rig.publisher.serve("/other", FEED)
    rig.publisher.fault("/feed", fake.slow())
    slow, other = rig.feed(host="slow.example"), rig.feed("/other", host="other.example")
    await rig.start(slow, other)
    waiting = asyncio.create_task(rig.poll(slow))
    assert (await rig.poll(other)).seen == 2
    assert not waiting.done()
    await waiting
    assert rig.state(slow).trouble is Trouble.TIMEOUT


@case(39, "accepts and never answers: left in time")
async def _silent(rig: Rig):
    rig.timeouts = Timeouts(first_byte=0.3)
    rig.publisher.fault("/feed", fake.hang())
    await rig.start()
    assert "did not answer" in (await rig.poll()).reason
    assert rig.state().trouble is Trouble.TIMEOUT


@case(40, "no such name, a dead name server, forty addresses")
async def _names(rig: Rig):
    async def lookup(host, port):
        if host == "forty.example":
            return ["127.0.0.1", *(f"127.0.1.{n}" for n in range(1, 40))]
        later = host == "later.example"
        raise socket.gaierror(socket.EAI_AGAIN if later else socket.EAI_NONAME, "no")

    rig.lookup = lookup
    for host, words in (("none.example", "no host"), ("later.example", "just now")):
        one = await rig.add(rig.feed(host=host))
        assert words in (await rig.poll(one)).reason
        assert rig.state(one).trouble is Trouble.DNS
        await rig.wait_and_poll(one)
        assert rig.wait(one) > QUARTER
    assert (await rig.poll(await rig.add(rig.feed(host="forty.example")))).seen == 2


@case(41, "each fault of TLS is refused with words of its own")
async def _tls(rig: Rig):
    words = {"expired": "expired", "self-signed": "by itself", "wrong-name": "another address"}
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # the server's side
    for name, said in words.items():
        async with FakeFeeds({"/feed": FEED}, tls=_certificate(name)) as secure:
            one = await rig.add(replace(rig.feed(), url=secure.url()))
            assert said in (await rig.poll(one)).reason
            assert secure.asked() == []

    async def ancient(reader, writer):
        await reader.read(100)
        writer.write(b"\x15\x03\x01\x00\x02\x02\x46")  # alert: protocol version
        writer.close()

    async with await asyncio.start_server(ancient, "127.0.0.1", 0) as server:
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/feed"
        one = await rig.add(replace(rig.feed(), url=url))
        assert "no longer safe" in (await rig.poll(one)).reason


@case(42, "gzip and br are asked for, unfolded and counted on both sides")
async def _coded(rig: Rig):
    body = rss(*(f"Story number {n} about a different harbour" for n in range(20)))
    for coding, packed in (("gzip", gzip.compress(body)), ("br", brotli.compress(body))):
        rig.publisher.fault(f"/{coding}", fake.coded(packed, coding))
        one = await rig.add(rig.feed(f"/{coding}"))
        assert (await rig.poll(one)).seen == 20
        assert rig.last(f"/{coding}").header("Accept-Encoding") == b"gzip, br"


@case(43, "says gzip and sends plain: one retry as identity")
async def _mislabelled(rig: Rig):
    rig.publisher.fault("/feed", fake.mislabelled(FEED))
    await rig.start()
    assert (await rig.poll()).seen == 2
    codings = [asked.header("Accept-Encoding") for asked in rig.asked()]
    assert codings == [b"gzip, br", b"identity"]


@case(44, "a bomb is cut at ten megabytes and costs no more than twenty")
async def _bomb(rig: Rig):
    for coding, bomb in (("gzip", fake.gzip_bomb), ("br", fake.brotli_bomb)):
        rig.publisher.fault(f"/{coding}", fake.coded(bomb(64 * 2**20), coding))
        one = await rig.add(rig.feed(f"/{coding}"))
        tracemalloc.start()
        try:
            await rig.poll(one)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert rig.state(one).trouble is Trouble.TOO_LARGE
        assert peak < 20 * 2**20


@case(45, "a coding nobody asked for is an error with its name")
async def _unasked_coding(rig: Rig):
    rig.publisher.fault("/feed", fake.coded(b"(\xb5/\xfd\x04", "zstd"))
    await rig.start()
    assert "zstd" in (await rig.poll()).reason
    assert rig.state().trouble is Trouble.BAD_CODING


class _Only(AddressRules):
    """This machine stays closed but for the publisher's port."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._port = port

    def refusal(self, ip, port):
        return "" if port == self._port else super().refusal(ip, port)


def _certificate(name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(__file__).parents[1] / "tls" / f"{name}.pem")
    return context


@case.parametrised()
async def test_case(row, tmp_path):
    await run_case(row, tmp_path)
