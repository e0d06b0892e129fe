"""A document of very many small entries is read in portions, none of them more than a worker bears."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from digests.desk.portions import PORTIONS, read_in_portions
from digests.errors import WorkerKilled
from digests.feeds import entries, slices
from digests.model import Document, Feed

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
URL = "https://news.example/feed"
FEED = Feed(url=URL, name="News", publisher="news.example")
NOTHING: frozenset[bytes] = frozenset()


@dataclass
class Counting:
    """Works here, counts the drafts of each task, and dies in the one that is named."""

    dies_in: int = 0
    drafts: list[int] = field(default_factory=list)

    async def run(self, function, *args, size, slow=False):
        if len(self.drafts) + 1 == self.dies_in:
            raise WorkerKilled("it took more than 1.0 s of processor time")
        found = function(*args)
        self.drafts.append(len(found.drafts))
        return found


def rss(*titles: object, end: str = "</channel></rss>") -> Document:
    listed = "".join(f"<item><title>Gate {title}</title></item>" for title in titles)
    return Document(URL, URL, f"<rss><channel><title>x</title>{listed}{end}".encode())


async def portions(worker: Counting, document: Document, known=NOTHING, *, slow=False):
    return await read_in_portions(worker, document, known, FEED, NOW, slow=slow)


@pytest.fixture
def by_twos(monkeypatch):
    for module in (slices, entries):
        monkeypatch.setattr(module, "MAX_ENTRIES", 2)


async def test_no_task_gets_more_than_five_hundred_entries_and_none_is_lost():
    worker = Counting()
    found = await portions(worker, rss(*range(1_201)))
    assert worker.drafts == [500, 500, 201]
    assert [draft.title for draft in found.drafts] == [f"Gate {n}" for n in range(1_201)]
    assert (found.total, found.refused, found.whole) == (1_201, (), True)
    again = await portions(worker, rss(*range(1_202)), frozenset(found.slices))
    assert ([draft.position for draft in again.drafts], again.unchanged) == ([1_201], 1_201)


@pytest.mark.usefixtures("by_twos")
async def test_what_is_beyond_all_portions_waits_for_the_next_poll():
    worker, document = Counting(), rss(*range(2 * PORTIONS + 3))
    found = await portions(worker, document)
    assert worker.drafts == [2] * PORTIONS
    assert (len(found.refused), found.whole, found.total) == (3, False, 2 * PORTIONS + 3)
    rest = await portions(worker, document, frozenset(found.slices))
    assert (len(rest.drafts), rest.refused, rest.whole) == (3, (), True)


@pytest.mark.usefixtures("by_twos")
async def test_a_feed_that_was_killed_before_gets_one_portion_a_poll():
    worker = Counting()
    found = await portions(worker, rss(*range(5)), slow=True)
    assert (worker.drafts, len(found.refused), found.whole) == ([2], 3, False)


@pytest.mark.usefixtures("by_twos")
async def test_a_portion_that_is_killed_takes_none_of_the_earlier_along():
    found = await portions(Counting(dies_in=3), rss(*range(7)))
    assert (len(found.drafts), len(found.refused), found.whole) == (4, 3, False)
    with pytest.raises(WorkerKilled):
        await portions(Counting(dies_in=1), rss(*range(7)))


@pytest.mark.usefixtures("by_twos")
async def test_an_entry_that_stands_there_twice_is_counted_twice():
    found = await portions(Counting(), rss(1, 2, 1, 1, 3))
    assert ([draft.title for draft in found.drafts], found.total) == (
        ["Gate 1", "Gate 2", "Gate 3"],
        5,
    )


@pytest.mark.usefixtures("by_twos")
async def test_that_a_document_was_cut_off_is_said_once():
    found = await portions(Counting(), rss(*range(5), end="<item><title>Half of a"))
    assert [one.reason for one in found.refused] == [
        "the document was cut off in the middle of it"
    ]
    assert (len(found.drafts), found.whole) == (5, False)


@pytest.mark.usefixtures("by_twos")
async def test_json_is_read_in_portions_too():
    listed = ",".join(f'{{"id": "{n}", "title": "Gate {n}"}}' for n in range(5))
    body = f'{{"version": "https://jsonfeed.org/version/1", "items": [{listed}]}}'.encode()
    worker = Counting()
    found = await portions(worker, Document(URL, URL, body))
    assert (worker.drafts, found.total, found.whole) == ([2, 2, 1], 5, True)
