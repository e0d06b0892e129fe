"""Damaged feeds through the worker's own path: nothing raises, and no good entry goes with a bad.

Seeded, so that what is found once can be found again. The base are our own small feeds, and
parts of real ones where they lie beside the project.
"""

from datetime import UTC, datetime
from functools import cache
from random import Random

import pytest

from digests.model import Document, Feed, Reading
from digests.reading import read
from tests.damage import anywhere, documents, inside

NOW = datetime(2026, 11, 24, tzinfo=UTC)
URL = "https://asked.example/feed"
FEED = Feed(url=URL, name="Fuzzed", publisher="asked.example")
TYPES = ("", "", "", "text/xml; charset=big5", "text/html", "application/json; charset=utf-16")
NOTHING: frozenset[bytes] = frozenset()

# A hundred parts, the first of them at every change; all of them by night.
PARTS, EACH = 100, 1_000
PART = [0, *(pytest.param(part, marks=pytest.mark.nightly) for part in range(1, PARTS))]
DOCUMENTS = documents()


def reading(body: bytes, content_type: str = "", known: frozenset[bytes] = NOTHING) -> Reading:
    return read(Document(URL, URL, body, content_type), known, FEED, NOW)


@cache
def told(body: bytes) -> frozenset[tuple[str, str]]:
    return frozenset((one.title, one.link) for one in reading(body).drafts)


@pytest.mark.parametrize("part", PART)
def test_a_damaged_feed_ends_in_an_outcome(part):
    for number in range(part * EACH, (part + 1) * EACH):
        chance = Random(number)
        body = anywhere(chance.choice(DOCUMENTS), chance)
        found = reading(body, chance.choice(TYPES))
        assert not [r for r in found.refused if "not understood" in r.reason], number
        assert found.total == found.unchanged + len(found.drafts) + len(found.refused), number
        for one in found.drafts:
            assert one.title, number
            f"{one.title}{one.text}{one.id}{one.author}{one.link}".encode()


@pytest.mark.parametrize("part", PART)
def test_a_fault_inside_one_entry_costs_no_other(part):
    for number in range(part * EACH // 2, (part + 1) * EACH // 2):
        chance = Random(number)
        whole = chance.choice(DOCUMENTS)
        damaged = inside(whole, chance)
        if damaged is not None:
            left = {(one.title, one.link) for one in reading(damaged[0]).drafts}
            assert len(told(whole) - left) <= 1, number


@pytest.mark.parametrize("part", PART)
def test_what_was_read_of_a_damaged_feed_is_not_read_again(part):
    for number in range(part * EACH // 10, (part + 1) * EACH // 10):
        chance = Random(-number - 1)
        body = anywhere(chance.choice(DOCUMENTS), chance)
        first = reading(body)
        again = reading(body, known=frozenset(first.slices))
        assert (len(again.drafts), again.unchanged) == (0, len(first.slices)), number
