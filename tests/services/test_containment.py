"""Documents made to hurt, in the real worker with its real limits, and honest ones beside them."""

import asyncio
from datetime import UTC, datetime

import pytest

from digests.desk.portions import read_in_portions
from digests.errors import WorkerError
from digests.model import Document, Feed, Reading
from digests.reading import read
from digests.web.sandbox import Sandbox
from tests.hostilefeeds import bombs, honest_feed, hostile_feeds
from tests.measured import measured_read

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
URL = "https://news.example/feed"
FEED = Feed(url=URL, name="News", publisher="news.example")
NOTHING: frozenset[bytes] = frozenset()
MOST_CPU = 4.2  # seconds, and as much for whoever must end it
MOST_MEMORY = 400  # MB over what the worker had


def asked(body: bytes, function=read):
    """The arguments of a run."""
    return function, Document(URL, URL, body), NOTHING, FEED, NOW


async def ended(box: Sandbox, body: bytes) -> tuple[float, float] | str:
    """CPU seconds and MB of a task that ended by itself, or why it was ended."""
    try:
        return await box.run(*asked(body, measured_read), size=len(body))
    except WorkerError as error:
        return error.reason


async def test_an_honest_feed_of_six_megabytes_is_read():
    body = honest_feed(20_000)
    assert len(body) > 6.4e6
    document = Document(URL, URL, body)
    async with Sandbox() as box:
        found = await read_in_portions(box, document, NOTHING, FEED, NOW)
    assert isinstance(found, Reading)
    assert len(found.drafts) == len(found.slices) == 5_000
    assert len(found.refused) == 15_000  # told to wait for the next poll, none is lost


async def test_bombs_end_and_honest_feeds_beside_them_are_on_time():
    honest = honest_feed(20)
    async with Sandbox(workers=2) as box:
        attacks = [asyncio.create_task(ended(box, body)) for _, body in bombs()]
        beside = [await box.run(*asked(honest), size=len(honest)) for _ in range(20)]
        told = await asyncio.gather(*attacks)
    assert [len(found.drafts) for found in beside] == [20] * 20
    for (name, _), how in zip(bombs(), told, strict=True):
        assert isinstance(how, str) or (how[0] <= MOST_CPU and how[1] <= MOST_MEMORY), name
        assert not isinstance(how, str) or how, name  # a reason in words


@pytest.mark.nightly
async def test_every_hostile_document_of_full_size_ends_within_its_limits():
    async with Sandbox() as box:
        for name, body in hostile_feeds(part=1):
            how = await ended(box, body)
            assert isinstance(how, str) or (how[0] <= MOST_CPU and how[1] <= MOST_MEMORY), name
            again = await box.run(*asked(honest_feed(3)), size=1_000)
            assert len(again.drafts) == 3, f"after {name}"
