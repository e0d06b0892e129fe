"""The fetch table, cases 1 to 21: validators, lifetimes, limits and broken servers."""

from datetime import timedelta
from email.utils import format_datetime

from digests.model import Trouble, Validators
from tests import fakefeeds as fake
from tests.fakefeeds import rss
from tests.fetchtable import DAY, FEED, HOUR, MINUTE, QUARTER, Rig, Table, run_case

case = Table()
SECOND = rss("Gamma worm in the mail server", "Alpha breach at the harbour office")
STEP = QUARTER / 15  # by which a feed moves apart from its neighbours, at most


@case(1, "etag and last-modified come back byte for byte, after a restart too")
async def _both_validators(rig: Rig):
    date = "Mon, 02 Mar 2026 06:00:00 GMT"
    rig.publisher.serve("/feed", FEED, etag='W/"a-1"', last_modified=date)
    await rig.start()
    await rig.poll()
    await rig.restart()
    assert (await rig.wait_and_poll()).outcome == "not_modified"
    assert rig.last().header("If-None-Match") == b'W/"a-1"'
    assert rig.last().header("If-Modified-Since") == date.encode()


@case(2, "no validators: the same body is not parsed, and asked for hourly")
async def _no_validators(rig: Rig):
    rig.publisher.serve("/feed", FEED, etag=False, last_modified=False)
    await rig.start()
    await rig.poll()
    assert rig.wait() >= HOUR
    parsed = rig.worker.ran.count("read")
    assert (await rig.wait_and_poll()).outcome == "unchanged"
    assert rig.worker.ran.count("read") == parsed
    assert not rig.last().conditional


@case(3, "304: no parse, errors forgotten, a newer date adopted")
async def _not_modified(rig: Rig):
    await rig.start()
    await rig.poll()
    rig.publisher.fault("/feed", fake.status(500), times=1)
    await rig.wait_and_poll()
    assert rig.state().failures == 1
    newer = "Mon, 02 Mar 2026 09:00:00 GMT"
    rig.publisher.fault("/feed", fake.status(304, Last_Modified=newer), times=1)
    parsed = rig.worker.ran.count("read")
    assert (await rig.wait_and_poll()).outcome == "not_modified"
    assert rig.worker.ran.count("read") == parsed
    assert (rig.state().failures, rig.state().failing_since) == (0, None)
    assert rig.state().validators.last_modified == newer
    assert rig.state().validators.etag


@case(4, "304 to an unconditional request: a protocol error, one plain retry when due")
async def _unasked(rig: Rig):
    rig.publisher.fault("/feed", fake.status(304), times=1)
    await rig.start()
    assert (await rig.poll()).outcome == "failed"
    assert rig.state().trouble is Trouble.PROTOCOL
    assert rig.wait() >= QUARTER
    assert (await rig.wait_and_poll()).new == 2
    assert [asked.conditional for asked in rig.asked()] == [False, False]


@case(5, "304 with a body: ignored, the line not used again")
async def _surplus(rig: Rig):
    await rig.start()
    await rig.poll()
    rig.publisher.fault("/feed", fake.raw(fake.http(FEED, code="304 Not Modified")), times=1)
    assert (await rig.wait_and_poll()).outcome == "not_modified"
    rig.publisher.publish("/feed", SECOND)
    assert (await rig.wait_and_poll()).new == 1


@case(6, "last-modified is opaque: malformed, future, local")
async def _odd_dates(rig: Rig):
    for number, date in enumerate(
        ("yesterday", "Fri, 01 Jan 2100 00:00:00 GMT", "02.03.26 08:00")
    ):
        path = f"/feed{number}"
        rig.publisher.serve(path, FEED, etag=False, last_modified=date)
        one = await rig.add(rig.feed(path))
        await rig.poll(one)
        await rig.wait_and_poll(one)
        assert rig.last(path).header("If-Modified-Since") == date.encode()


@case(7, "etags of any look up to a kilobyte; longer ones dropped, nothing injected")
async def _odd_etags(rig: Rig):
    shapes = {"abc": b"abc", '"a b c"': b'"a b c"', '"\udcff\udce9"': b'"\xff\xe9"'}
    for number, (etag, sent) in enumerate([*shapes.items(), ('"' + "x" * 1100 + '"', None)]):
        path = f"/feed{number}"
        rig.publisher.fault(path, fake.raw(fake.http(FEED, ETag=etag)))
        one = await rig.add(rig.feed(path))
        await rig.poll(one)
        await rig.wait_and_poll(one)
        assert rig.last(path).header("If-None-Match") == sent


@case(8, "a new etag on the same body tells nothing")
async def _new_etag(rig: Rig):
    rig.publisher.serve("/feed", FEED, etag='"1"', last_modified=False)
    await rig.start()
    await rig.poll()
    told = await rig.told()
    rig.publisher.publish("/feed", FEED, etag='"2"', last_modified=False)
    assert (await rig.wait_and_poll()).outcome == "unchanged"
    assert await rig.told() == told
    await rig.wait_and_poll()
    assert rig.last().header("If-None-Match") == b'"2"'


@case(9, "200 with the same etag and a new body is read")
async def _lying_etag(rig: Rig):
    rig.publisher.fault("/feed", fake.raw(fake.http(FEED, ETag='"same"')), times=1)
    rig.publisher.fault("/feed", fake.raw(fake.http(SECOND, ETag='"same"')), times=1)
    await rig.start()
    await rig.poll()
    assert (await rig.wait_and_poll()).new == 1


@case(10, "max-age: not before it, at most a day")
async def _max_age(rig: Rig):
    headers = {"Cache-Control": "public, max-age=7200"}
    rig.publisher.serve("/feed", FEED, headers=headers)
    await rig.start()
    await rig.poll()
    assert rig.wait() >= 2 * HOUR
    rig.clock.advance(2 * 3600 - 1)
    assert rig.desk.due() == []
    rig.publisher.publish("/feed", SECOND, headers={"Cache-Control": "max-age=31536000"})
    await rig.wait_and_poll()
    assert DAY <= rig.wait() <= DAY + STEP


@case(11, "max-age=0, no-cache, no-store: the usual pace, still conditional")
async def _no_cache(rig: Rig):
    for number, said in enumerate(("max-age=0", "no-cache", "no-store", "no-cache, max-age=9999")):
        path = f"/feed{number}"
        rig.publisher.serve(path, FEED, headers={"Cache-Control": said})
        one = await rig.add(rig.feed(path))
        await rig.poll(one)
        assert QUARTER <= rig.wait(one) <= QUARTER + STEP
        await rig.wait_and_poll(one)
        assert rig.last(path).conditional


@case(12, "expires alone is honoured; expires 0 is not")
async def _expires(rig: Rig):
    later = format_datetime(rig.clock.now() + 3 * HOUR, usegmt=True)
    date = format_datetime(rig.clock.now(), usegmt=True)
    rig.publisher.serve("/feed", FEED, headers={"Expires": later, "Date": date})
    await rig.start()
    await rig.poll()
    assert 3 * HOUR <= rig.wait() <= 3 * HOUR + STEP
    rig.publisher.publish("/feed", SECOND, headers={"Expires": "0"})
    await rig.wait_and_poll()
    assert QUARTER <= rig.wait() <= QUARTER + STEP


@case(13, "max-age wins over expires")
async def _both_lifetimes(rig: Rig):
    later = format_datetime(rig.clock.now() + 9 * HOUR, usegmt=True)
    date = format_datetime(rig.clock.now(), usegmt=True)
    headers = {"Expires": later, "Date": date, "Cache-Control": "max-age=3600"}
    rig.publisher.serve("/feed", FEED, headers=headers)
    await rig.start()
    await rig.poll()
    assert HOUR <= rig.wait() <= HOUR + STEP


@case(14, "ttl, skipHours, skipDays, sy:update*: the longest hint, at most a day")
async def _document_hints(rig: Rig):
    sy = (
        '<sy:updatePeriod xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">daily'
        '</sy:updatePeriod><sy:updateFrequency xmlns:sy="http://purl.org/rss/1.0/modules/'
        'syndication/">6</sy:updateFrequency>'
    )
    hours = "<skipHours>" + "".join(f"<hour>{h}</hour>" for h in range(8, 13)) + "</skipHours>"
    monday = "<skipDays><day>Monday</day></skipDays>"  # the clock starts on one, at eight
    for path, extra, least, most in (
        ("/ttl", "<ttl>120</ttl>", 2 * HOUR, 2 * HOUR),
        ("/sy", sy, 4 * HOUR, 4 * HOUR),
        ("/longest", f"<ttl>120</ttl>{sy}", 4 * HOUR, 4 * HOUR),
        ("/year", "<ttl>525600</ttl>", DAY, DAY),
        ("/hours", hours, 5 * HOUR, 5 * HOUR),
        ("/days", monday, 16 * HOUR, 16 * HOUR),
    ):
        rig.publisher.serve(path, rss("Alpha breach", extra=extra))
        rig.clock.jump(-(rig.clock.now().replace(tzinfo=None) - _monday(rig)))
        one = await rig.add(rig.feed(path))
        await rig.poll(one)
        assert least <= rig.wait(one) <= most + STEP, path
        if path == "/ttl":  # and it is remembered while nothing changes
            await rig.wait_and_poll(one)
            assert rig.wait(one) >= least


def _monday(rig: Rig):
    at = rig.clock.now().replace(tzinfo=None)
    return at.replace(day=2, hour=8, minute=0, second=0, microsecond=0)


@case(15, "429 with seconds: no feed of the host is asked")
async def _limited(rig: Rig):
    rig.publisher.serve("/other", FEED)
    one, other = rig.feed(), rig.feed("/other")
    rig.publisher.fault("/feed", fake.rate_limited("5400"), times=1)
    await rig.start(one, other)
    await rig.poll(one)
    assert (await rig.poll(other)).outcome == "failed"
    assert rig.asked("/other") == []
    await rig.restart()  # and a restart changes nothing
    await rig.poll(other)
    assert rig.asked("/other") == []
    assert rig.wait(other) >= 90 * MINUTE
    assert one not in rig.desk.due(everything=True)
    assert (await rig.wait_and_poll(other)).new == 2


@case(16, "429 with a date: counted from the answer's own Date")
async def _limited_until(rig: Rig):
    theirs = rig.clock.now() + 400 * DAY  # their clock is wrong; the difference is what counts
    until, date = (format_datetime(at, usegmt=True) for at in (theirs + 2 * HOUR, theirs))
    rig.publisher.fault("/feed", fake.rate_limited(until, Date=date), times=1)
    await rig.start()
    await rig.poll()
    assert rig.wait() == 2 * HOUR


@case(17, "429 without a time: a quarter of an hour, doubled each time, at most a day")
async def _limited_again(rig: Rig):
    rig.publisher.fault("/feed", fake.rate_limited())
    await rig.start()
    await rig.poll()
    waits = [rig.wait()]
    for _ in range(8):
        await rig.wait_and_poll()
        waits.append(rig.wait())
    assert all(
        min(QUARTER * 2**n, DAY) <= wait <= min(QUARTER * 2**n * 1.25, DAY)
        for n, wait in enumerate(waits)
    )


@case(18, "absurd Retry-After is brought between a minute and a week")
async def _absurd_wait(rig: Rig):
    for number, (said, least, most) in enumerate(
        (
            ("0", MINUTE, QUARTER),
            ("-5", MINUTE, QUARTER),
            ("1000000000000", 7 * DAY, 7 * DAY),
            ("soon", QUARTER, 1.25 * QUARTER),
        )
    ):
        one = rig.feed(f"/feed{number}", host=f"host{number}.example")
        rig.publisher.fault(f"/feed{number}", fake.rate_limited(said))
        await rig.add(one)
        await rig.poll(one)
        assert least <= rig.wait(one) <= most, said


@case(19, "three limited hosts of one service pause the service")
async def _service(rig: Rig):
    blogs = [rig.feed(host=f"{name}.manyblogs.com") for name in "abcd"]
    rig.publisher.fault("/feed", fake.rate_limited("3600"), times=3)
    await rig.start(*blogs)
    for blog in blogs:
        await rig.poll(blog)
    assert len(rig.asked()) == 3
    await rig.restart()
    await rig.poll(blogs[3])
    assert len(rig.asked()) == 3


@case(20, "503 on one feed of a bridge is that feed's; on two it is the bridge's")
async def _bridge(rig: Rig):
    paths = ("/a", "/b", "/c")
    for path in paths:
        rig.publisher.serve(path, FEED)
    feeds = [rig.feed(path) for path in paths]
    rig.publisher.fault("/a", fake.status(503, Retry_After="3600"))
    await rig.start(*feeds)
    await rig.poll(feeds[0])
    assert (await rig.poll(feeds[1])).seen == 2
    rig.publisher.fault("/b", fake.status(503, Retry_After="3600"))
    await rig.wait_and_poll(feeds[1])
    await rig.poll(feeds[2])
    assert rig.asked("/c") == []


@case(21, "500, 502, 504: backoff of that feed, the last good state kept, an alert after a day")
async def _broken(rig: Rig):
    await rig.start()
    await rig.poll()
    good = rig.state()
    for code in (500, 502, 504):
        rig.publisher.fault("/feed", fake.status(code), times=1)
    rig.publisher.fault("/feed", fake.status(500))
    waits = []
    for _ in range(8):
        await rig.wait_and_poll()
        waits.append(rig.wait())
    assert waits == sorted(waits)
    assert waits[-1] == 6 * HOUR
    assert rig.state().validators == good.validators != Validators()
    assert rig.state().body_hash == good.body_hash
    assert rig.clock.now() - rig.state().failing_since >= timedelta(hours=10)
    rig.publisher.heal("/feed")
    assert (await rig.wait_and_poll()).outcome == "not_modified"


@case.parametrised()
async def test_case(row, tmp_path):
    await run_case(row, tmp_path)
