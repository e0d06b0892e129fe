"""Knowledge on a real archive: kept fresh, looked up, and raising the stories it is about."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from digests.archive.store import Archive
from digests.config import Defaults, Settings, Welcome
from digests.desk.desk import Desk
from digests.desk.learning import Learner
from digests.errors import KnowledgeError, WorkerFailed
from digests.feeds.fetch import Fetcher
from digests.knowledge.sources import AGAIN, EPSS_EVERY, KEV_EVERY, Sources
from digests.model import Channel, Feed, Post, Posted, Target
from digests.testing import FakeClock
from digests.web.addresses import AddressRules
from digests.web.client import Client
from tests.fakefeeds import FakeFeeds
from tests.services.test_desk import InlineWorker, rss

CVE = "CVE-2026-40001"
OLD = "CVE-2024-3400"
JSON = "application/json"
TITLE = f"Flaw {CVE} in Meridian gateways lets attackers log in"


def catalog(*cves: str, added: str = "2026-03-02") -> bytes:
    rows = [
        {
            "cveID": cve,
            "vendorProject": "Meridian",
            "product": "Gateway",
            "vulnerabilityName": "Meridian Gateway Authentication Bypass",
            "dateAdded": added,
            "knownRansomwareCampaignUse": "Unknown",
        }
        for cve in cves
    ]
    return json.dumps({"vulnerabilities": rows}).encode()


def scores(**found: float) -> bytes:
    rows = "".join(f"{cve.replace('_', '-')},{score},0.5\n" for cve, score in found.items())
    return f"#model_version:v1\ncve,epss,percentile\n{rows}".encode()


def record(score: float) -> bytes:
    cna = {"title": "Bypass", "metrics": [{"cvssV3_1": {"baseScore": score}}]}
    return json.dumps({"cveMetadata": {"cveId": CVE}, "containers": {"cna": cna}}).encode()


class Wrapped(InlineWorker):
    """What a function raises is the worker's failure, as in a real one."""

    async def run(self, function, *args, size, slow=False):
        try:
            return function(*args)
        except KnowledgeError as error:
            raise WorkerFailed(str(error)) from None


class Parts:
    """A desk, its learner and one publisher of everything."""

    def __init__(self, archive, desk, learner, clock, publisher, feed: Feed) -> None:
        self.archive, self.desk, self.learner = archive, desk, learner
        self.clock, self.publisher, self.feed = clock, publisher, feed

    async def subjects(self) -> Sequence[str]:
        story = (await self.archive.latest(1))[0]
        about = await self.archive.outbox.about(story.id)
        queued = await self.archive.outbox.queued(about[0].destination, self.clock.now())
        return [one.subject for one in about] + ([queued.subject] if queued else [])

    async def sent(self) -> Post:
        """The one card, posted."""
        story = (await self.archive.latest(1))[0]
        (post,) = await self.archive.outbox.about(story.id)
        begun = await self.archive.outbox.begin(post, watermark="", now=self.clock.now())
        assert begun is not None
        now = self.clock.now()
        after = await self.archive.outbox.settle(begun.id, Posted("7"), now=now, shown=post.wanted)
        assert after is not None
        return after


@pytest.fixture
async def parts(tmp_path: Path):
    clock = FakeClock()
    archive = await Archive.open(tmp_path / "learning.db")
    pages = {"/feed": rss(TITLE), "/kev": catalog(OLD), "/epss": scores(), f"/{CVE}": record(5.0)}
    client = Client(AddressRules(["127.0.0.0/8"]), clock, user_agent="test")
    async with client, FakeFeeds(pages) as publisher:
        fetcher = Fetcher(client, clock, Random(1), spacing=0)
        worker = Wrapped()
        desk = Desk(archive, fetcher, worker, clock)
        sources = Sources(publisher.url("/kev"), publisher.url("/epss"), publisher.url("/{cve}"))
        learner = Learner(client, worker, archive, desk, clock, sources)
        feed = Feed(publisher.url(), "x", "x.example", security=True, full_text=False)
        yield Parts(archive, desk, learner, clock, publisher, feed)
    await archive.close()


async def opened(parts: Parts, only: str = "") -> None:
    channel = Channel("soc", Target("terminal", ""), only=only)
    await parts.desk.open(Settings(Defaults(welcome=Welcome.FIRST), (parts.feed,), (channel,)))


async def later(parts: Parts, after: timedelta) -> None:
    parts.clock.advance(after.total_seconds())
    await parts.learner.look()


async def test_a_cve_that_enters_the_catalog_raises_its_story(parts: Parts) -> None:
    await opened(parts)
    await parts.desk.poll(parts.feed)
    await parts.learner.look()
    before = (await parts.archive.latest(1))[0]
    card = await parts.sent()
    parts.publisher.publish("/kev", catalog(OLD, CVE))
    await later(parts, KEV_EVERY)
    story = (await parts.archive.latest(1))[0]
    assert story.facts[0].kev_since == date(2026, 3, 2)
    assert story.revision == before.revision + 1
    assert (await parts.archive.outbox.find(card.id)).wanted == str(story.revision)
    assert any(one.startswith(f"note:{story.id}:exploited-") for one in await parts.subjects())


async def test_a_story_that_first_matches_when_its_cve_is_exploited_is_told_then(parts) -> None:
    await opened(parts, "is:kev")
    await parts.desk.poll(parts.feed)
    await parts.learner.look()
    story = (await parts.archive.latest(1))[0]
    assert await parts.archive.outbox.about(story.id) == []
    parts.publisher.publish("/kev", catalog(OLD, CVE))
    await later(parts, KEV_EVERY)
    (post,) = await parts.archive.outbox.about(story.id)
    assert post.subject == f"story:{story.id}"


async def test_the_first_catalog_is_no_news(parts: Parts) -> None:
    parts.publisher.publish("/kev", catalog(OLD, CVE))
    await opened(parts)
    await parts.desk.poll(parts.feed)
    card = await parts.sent()
    await parts.learner.look()
    story = (await parts.archive.latest(1))[0]
    assert story.facts[0].kev_since
    assert card.subject == f"story:{story.id}"
    assert not any(one.startswith("note:") for one in await parts.subjects())


async def test_a_score_is_looked_up_and_asks_the_rules_again(parts: Parts) -> None:
    parts.publisher.publish(f"/{CVE}", record(9.8))
    await opened(parts, "cvss:>=9")
    await parts.desk.poll(parts.feed)
    story = (await parts.archive.latest(1))[0]
    assert await parts.archive.outbox.about(story.id) == []
    await parts.learner.look()
    assert len(await parts.archive.outbox.about(story.id)) == 1
    assert (await parts.archive.latest(1))[0].facts[0].cvss == 9.8


async def test_a_forecast_changes_the_number_and_no_story(parts: Parts) -> None:
    await opened(parts)
    await parts.desk.poll(parts.feed)
    await parts.learner.look()
    before = (await parts.archive.latest(1))[0]
    parts.publisher.publish("/epss", scores(CVE_2026_40001=0.7))
    await later(parts, EPSS_EVERY)
    story = (await parts.archive.latest(1))[0]
    assert story.facts[0].epss == 0.7
    assert story.revision == before.revision


async def test_a_new_story_has_what_is_known_already(parts: Parts) -> None:
    parts.publisher.publish("/kev", catalog(OLD, CVE))
    await opened(parts, "is:kev")
    await parts.learner.look()
    await parts.desk.poll(parts.feed)
    assert len(await parts.archive.outbox.about((await parts.archive.latest(1))[0].id)) == 1


async def test_an_unchanged_catalog_costs_a_header_also_after_a_restart(parts: Parts) -> None:
    await opened(parts)
    await parts.learner.look()
    again = replace(parts.learner)
    await later(parts, KEV_EVERY)
    again._due.clear()
    await again.look()
    assert [one.status for one in parts.publisher.asked("/kev")] == [200, 304, 304]


async def test_what_is_broken_changes_nothing_and_is_asked_again(parts: Parts) -> None:
    await opened(parts)
    await parts.learner.look()
    parts.publisher.publish("/kev", b"<html>maintenance</html>")
    await later(parts, KEV_EVERY)
    assert await parts.archive.exploited() == {OLD}
    parts.publisher.publish("/kev", catalog(CVE))
    await later(parts, AGAIN)
    assert await parts.archive.exploited() == {CVE}
    assert (await parts.archive.facts([OLD]))[OLD].kev_since is None


async def test_without_any_answer_everything_else_goes_on(parts: Parts) -> None:
    await parts.publisher.__aexit__(None, None, None)
    await opened(parts)
    await parts.learner.look()
    assert await parts.archive.exploited() == frozenset()
