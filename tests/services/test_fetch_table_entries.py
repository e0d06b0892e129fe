"""The fetch table, cases 46 to 62: documents and entries, restarts, clocks, many feeds."""

import asyncio
import itertools
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digests.archive.gather import Room
from digests.model import Channel, PostState, Target
from tests import fakefeeds as fake
from tests.fakefeeds import item, rss
from tests.fetchtable import DAY, FEED, HOUR, MINUTE, QUARTER, Rig, Table, run_case
from tests.services import test_fetch_table_answers, test_fetch_table_ways

case = Table()
ALPHA = "Alpha breach at the harbour office"


@case(46, "the header's charset against the declaration: read, noted, what is lost counted")
async def _charsets(rig: Rig):
    body = rss("Größe der Lücke").replace(b"utf-8", b"iso-8859-1")
    text = body.decode().encode("windows-1251", "replace")
    rig.publisher.serve("/feed", body, content_type="text/xml; charset=utf-8")
    rig.publisher.serve(
        "/torn",
        rss(
            "Lücke im Tor: Größe, Höhe, Tiefe für Bürger, später ändern wir Übles ü ö ä ß ü ö"
        ).replace(b"L\xc3\xbc", b"L\xc3"),
    )
    first, torn = rig.feed(), rig.feed("/torn")
    await rig.start(first, torn)
    assert (await rig.poll(first)).seen == 1
    headlines = [story.headline for story in await rig.archive.latest(1)]
    assert headlines == ["Größe der Lücke"]
    assert any("utf-8" in note and "iso-8859-1" in note for note in rig.noted())
    await rig.poll(torn)
    assert any("1 character" in note for note in rig.noted())
    assert text != body


@case(47, "text/plain, octet-stream or no type at all: read")
async def _types(rig: Rig):
    for n, kind in enumerate(("text/plain", "application/octet-stream", "")):
        head = {"Content-Type": kind} if kind else {}
        rig.publisher.fault(f"/feed{n}", fake.raw(fake.http(FEED, **head)))
        one = await rig.add(rig.feed(f"/feed{n}"))
        assert (await rig.poll(one)).seen == 2


@case(48, "order and dates change each time: nothing is told again")
async def _shuffled(rig: Rig):
    titles = ["Alpha breach at the harbour", "Beta flaw in the gateway", "Gamma worm in the mail"]
    await rig.start()
    for n, order in enumerate(itertools.permutations(titles)):
        at = rig.clock.now() - timedelta(minutes=n)
        body = rss(*(item(t, published=at + timedelta(seconds=i)) for i, t in enumerate(order)))
        rig.publisher.publish("/feed", body)
        await (rig.wait_and_poll() if n else rig.poll())
    assert await rig.told() == 3


@case(49, "a session in every id and link: normalised link and title hold")
async def _sessions(rig: Rig):
    titles = [f"Story number {n} about a different harbour" for n in range(5)]
    await rig.start()
    for n in range(6):
        items = [
            item(
                title,
                guid=f"s{n}-{i}",
                link=f"https://news.example/story-{i}?utm_source=s{n}&sid=session{n}",
                text=f"{title}, in full. It was found on Monday.",
            )
            for i, title in enumerate(titles)
        ]
        rig.publisher.publish("/feed", rss(*items))
        report = await (rig.wait_and_poll() if n else rig.poll())
        assert report.new == (0 if n else 5)
    assert await rig.told() == 3  # those that a new feed starts with


@case(50, "all ids equal, or absent: link, then title")
async def _equal_ids(rig: Rig):
    for path, guid, link in (
        ("/equal", "same", ""),
        ("/absent", "", ""),
        ("/home", "same", "https://news.example/"),
    ):
        items = [
            item(f"{path} number {n} about a harbour of its own", guid=guid, link=link)
            for n in range(100)
        ]
        rig.publisher.serve(path, rss(*items))
        one = await rig.add(rig.feed(path))
        assert (await rig.poll(one)).new == 100, path
        rig.publisher.publish(
            path, rss(item(f"{path} one more harbour", guid=guid, link=link), *items)
        )
        assert (await rig.wait_and_poll(one)).new == 1, path


@case(51, "5,000 new entries at once: at most ten cards, the rest one list, all searchable")
async def _flood(rig: Rig):
    await _flooded(rig, 200)  # each is understood in full; all 5,000 by night, below


async def _flooded(rig: Rig, size: int) -> None:
    await rig.start()
    await rig.poll()
    flood = [f"Number {n} of the {n * 7} gates is open" for n in range(size)]
    rig.publisher.publish("/feed", rss(*flood))
    report = await rig.wait_and_poll()
    assert report.new + report.same == report.seen - len(report.refused) == size
    await courier_round(rig)
    posts = await rig.archive.outbox.in_state(PostState.QUEUED, limit=10_000)
    kinds = Counter(
        "waits" if post.digest else post.subject.partition(":")[0]
        for post in posts
        if post.queued_at == rig.clock.now()
    )
    assert kinds["story"] <= 10
    assert kinds["waits"] == 0
    assert kinds.total() - kinds["story"] <= 2  # one list, in two parts


@pytest.mark.nightly
async def test_all_five_thousand(tmp_path):
    async with Rig(tmp_path) as rig:
        await _flooded(rig, 5_000)


async def courier_round(rig: Rig) -> None:
    """The courier gathers floods; nothing is sent here."""
    for told in await rig.archive.outbox.gathered(rig.clock.now()):
        await rig.archive.outbox.gather(told, told.members, Room(10), now=rig.clock.now())


@case(52, "a feed of 500 entries added later: at most three, of the last day")
async def _added(rig: Rig):
    now = rig.clock.now()
    items = [
        item(f"Number {n} of the {n * 7} gates is open", published=now - n * HOUR)
        for n in range(500)
    ]
    rig.publisher.serve("/feed", rss(*items))
    await rig.start()
    report = await rig.poll()
    assert report.new == 500
    assert await rig.told() == 3


@case(53, "dates of 1970, of 2099, absent or of a wrong zone count as seen now")
async def _dates(rig: Rig):
    dates = [datetime(1970, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC), None]
    items = [item(f"Number {n} of the gates is open", published=d) for n, d in enumerate(dates)]
    wrong = item("A gate in no zone").replace(
        "</item>", "<pubDate>Mon, 02 Mar 2026 07:00:00 XYZ</pubDate></item>"
    )
    rig.publisher.serve("/feed", rss(*items, wrong))
    await rig.start(rig.feed(first=None))
    assert (await rig.poll()).new == 4
    for story in await rig.archive.latest(10):
        assert story.published is None or abs(story.published - rig.clock.now()) < DAY
        assert story.seen == rig.clock.now()
    assert await rig.told() == 4


@case(54, "edited fifty times: the card at most every ten minutes and 24 times in all")
async def _edited(rig: Rig):
    one = await rig.start(rig.feed(every=MINUTE))
    at = rig.clock.now()
    await rig.poll(one)
    edits = []
    for n in range(400):
        text = f"Version {n} of what is known about the gate. It grows by the hour {n}."
        if n % 8 == 0 and n < 400:
            rig.publisher.publish("/feed", rss(item(ALPHA, text=text, published=at)))
        rig.clock.advance(60)
        await rig.poll(one)
        edits += await _edit_due(rig)
    assert 0 < len(edits) <= 24
    assert all(later - sooner >= 10 * MINUTE for sooner, later in itertools.pairwise(edits))


async def _edit_due(rig: Rig):
    """What the courier does: send what is owed, edit what the outbox says is due."""
    from digests.model import Destination, Posted

    outbox, now = rig.archive.outbox, rig.clock.now()
    for post in await outbox.in_state(PostState.QUEUED):
        sent = await outbox.begin(post, watermark="", now=now, destination=Destination("t", "1"))
        if sent is not None:
            await outbox.settle(sent.id, Posted(f"m{sent.id}"), now=now)
    due = await outbox.edits_due(now)
    for post in due:
        await outbox.settle_edit(post.id, Posted(post.message_id), now=now, shown=post.wanted)
    return [now] * len(due)


@case(55, "an entry that vanishes and returns after 90 days is not told again")
async def _returned(rig: Rig):
    await rig.start()
    await rig.poll()
    told = await rig.told()
    rig.publisher.publish("/feed", rss("Gamma worm in the mail server"))
    await rig.wait_and_poll()
    rig.clock.advance(90 * DAY.total_seconds())
    await rig.archive.forget(now=rig.clock.now(), keep=timedelta(days=400))
    rig.publisher.publish("/feed", FEED)
    await rig.restart()
    report = await rig.poll()
    assert (report.new, await rig.told()) == (0, told + 1)


@case(56, "one story in twelve feeds: one card, twelve sources")
async def _together(rig: Rig):
    title = "Flaw in Meridian gateways lets attackers log in without a password"
    feeds = []
    for n in range(12):
        rig.publisher.serve(f"/{n}", rss(item(title, link=f"https://p{n}.example/story")))
        feeds.append(rig.feed(f"/{n}", publisher=f"p{n}.example"))
    await rig.start(*feeds)
    reports = await asyncio.gather(*(rig.poll(one) for one in feeds))
    assert all(report.seen == 1 for report in reports), reports
    assert await rig.told() == 1
    story = (await rig.archive.latest(5))[0]
    assert len({story.publisher, *(source.publisher for source in story.also)}) == 12, [
        (story.publisher, story.url)
    ] + [(s.publisher, s.url) for s in story.also]


@case(57, "a hundred restarts in a minute: no poll more")
async def _restarts(rig: Rig):
    await rig.start()
    await rig.poll()
    for _ in range(100):
        await rig.restart()
        rig.clock.advance(0.6)
        for feed in rig.desk.due():
            await rig.poll(feed)
    assert len(rig.asked()) == 1


@case(58, "fifty channels follow one feed: one request")
async def _channels(rig: Rig):
    targets = [Target("slack", f"C{n:04d}") for n in range(50)]
    channels = tuple(Channel(f"c{n}", target) for n, target in enumerate(targets))
    await rig.start(channels=channels)
    for feed in rig.desk.due():
        await rig.poll(feed)
    assert len(rig.asked()) == 1
    assert await rig.told() == 100


@case(59, "200 feeds of one host: one at a time, two seconds apart, spread over the interval")
async def _one_host(rig: Rig):
    paths = [f"/f{n}" for n in range(200)]
    inside, most, times = 0, 0, []

    async def answer(request):
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        times.append(rig.clock.monotonic())
        await asyncio.sleep(0)
        inside -= 1
        return fake.plain_answer(request, rig.publisher.version(request.path))

    for path in paths:
        rig.publisher.serve(path, FEED)
        rig.publisher.fault(path, answer)
    rig.spacing = 2.0
    await rig.start(*(rig.feed(path) for path in paths))
    running = [asyncio.create_task(rig.poll(feed)) for feed in rig.desk.due()]
    while not all(task.done() for task in running):
        await asyncio.sleep(0.0005)
        rig.clock.advance(0.5)  # whoever is let in early shows by it
    assert (len(times), most) == (200, 1)
    gaps = [later - sooner for sooner, later in itertools.pairwise(times)]
    assert min(gaps) >= 2.0


@case(60, "the clock ten years ahead, then a day back: no burst, no stall")
async def _clocks(rig: Rig):
    await rig.start()
    await rig.poll()
    rig.publisher.fault("/feed", fake.rate_limited("600"), times=1)
    for jump in (timedelta(days=3650), timedelta(days=-3650), -DAY, HOUR, -HOUR):
        rig.clock.jump(jump)
        before = len(rig.asked())
        polls = await rig.live(QUARTER + MINUTE)
        assert len(rig.asked()) - before <= 3
        assert polls >= 1
        state = rig.state()
        assert QUARTER <= state.next_poll - state.last_poll <= QUARTER + MINUTE


@case(61, "name, version and contact; gzip and br; no cookie, no referer, no cache-buster")
async def _headers(rig: Rig):
    rig.publisher.serve("/feed", FEED, headers={"Set-Cookie": "a=b"})
    await rig.start()
    await rig.poll()
    await rig.wait_and_poll()
    asked = rig.last()
    agent = asked.header("User-Agent").decode()
    assert agent.startswith("Nightdesk/")
    assert "(+https://" in agent
    assert asked.header("Accept-Encoding") == b"gzip, br"
    assert asked.path == "/feed"
    for name in ("Cookie", "Referer", "Cache-Control", "Pragma"):
        assert asked.header(name) is None


@case(62, "nothing of ours listens, so nothing can be scraped from outside")
async def _nobody_listens(rig: Rig):
    root = Path(__file__).parents[2]
    listening = ("start_server", "TCPSite", "create_server", ".listen(", "start_unix_server")
    sources = [*root.glob("digests/**/*.py"), *root.glob("bot/**/*.py")]
    found = [
        str(path.relative_to(root))
        for path in sources
        if "newsroom" not in path.parts and any(w in path.read_text() for w in listening)
    ]
    assert found == []  # the demo's newsroom alone, on loopback


@case.parametrised()
async def test_case(row, tmp_path):
    await run_case(row, tmp_path)


def test_the_table_is_complete():
    tables = (test_fetch_table_answers.case, test_fetch_table_ways.case, case)
    assert [row.number for table in tables for row in table] == list(range(1, 63))
