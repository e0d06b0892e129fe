"""Addresses inside the house in thousands of spellings: a listener that must stay alone does.

Asked for as a feed, as the target of a redirect, as what a resolver answers, and as the page
behind an entry. Pictures are never fetched by us, only named on a card.
"""

import asyncio
import random

import pytest

from digests.feeds.fetch import Fetcher
from digests.model import FetchFailed, Trouble
from digests.reading import _first_secure
from digests.testing import FakeClock
from digests.text.links import shown
from digests.web.client import Client
from tests import fakefeeds as fake
from tests.fakefeeds import FakeFeeds
from tests.services.test_client import CA, Only, canary, outgoing
from tests.spellings import spellings

# What is no address at all is refused earlier, in other words.
REFUSED = {Trouble.BLOCKED_ADDRESS, Trouble.BAD_URL, Trouble.REDIRECTS, Trouble.DNS}
A_FEW, MANY = 500, 5_000
COUNTS = [A_FEW, pytest.param(MANY, marks=pytest.mark.nightly)]


async def leads_here(host, port):
    """A resolver that takes every name to this machine."""
    return ["127.0.0.1"]


def urls(count, port):
    for number, host in enumerate(spellings(count, seed=count)):
        scheme = ("http", "https", "HTTP")[number % 3]
        yield f"{scheme}://{host}:{port}/feed"


def refused(outcome, url):
    assert isinstance(outcome, FetchFailed), url
    assert outcome.trouble in REFUSED, (url, outcome)


@pytest.mark.parametrize("count", COUNTS)
async def test_as_a_feed_and_as_the_page_behind_an_entry(count):
    async with canary() as (port, seen), outgoing(allow=(), lookup=leads_here) as client:
        fetcher = Fetcher(client, FakeClock(), random.Random(1), spacing=0)
        for url in urls(count, port):
            refused(await client.get(url), url)
            if page := shown(url):
                refused(await fetcher.page(page), url)
        assert seen == []


@pytest.mark.parametrize("count", COUNTS)
async def test_as_the_target_of_a_redirect(count):
    publisher = FakeFeeds()
    client = Client(
        Only(publisher), FakeClock(), user_agent="x", environment=CA, lookup=leads_here
    )
    async with canary() as (port, seen), publisher, client:
        for url in urls(count, port):
            publisher.fault("/feed", fake.redirect(url.encode().decode("latin-1")))
            refused(await client.get(publisher.url()), url)
        assert seen == []


@pytest.mark.parametrize("count", COUNTS)
async def test_as_the_answer_of_a_resolver(count):
    """Whatever a resolver hands over, in whatever spelling, is judged before it is connected."""
    answers = []

    async def lookup(host, port):
        return answers

    async with canary() as (port, seen), outgoing(allow=(), lookup=lookup) as client:
        for number, host in enumerate(spellings(count, seed=3)):
            answers[:] = [host.rpartition("@")[2].strip("[]")]
            if number % 2:
                answers.insert(0, "198.41.0.4")  # a public address before it changes nothing
            refused(await client.get(f"http://n{number}.example:{port}/feed"), answers)
        assert seen == []


def test_no_picture_on_a_card_leads_inside():
    """Chats fetch pictures with their own servers; an entry must not aim them."""
    named = [_first_secure([shown(f"https://{host}/a.png")]) for host in spellings(MANY, seed=9)]
    assert set(named) == {""}
    assert _first_secure(["https://img.example/a.png"]) == "https://img.example/a.png"


@pytest.mark.nightly
async def test_many_at_once():
    async with canary() as (port, seen), outgoing(allow=(), lookup=leads_here) as client:
        asked = [client.get(url) for url in urls(MANY, port)]
        for outcome in await asyncio.gather(*asked):
            assert isinstance(outcome, FetchFailed)
        assert seen == []


def test_the_generator_makes_as_many_as_were_promised():
    made = list(spellings(MANY))
    assert len({*made}) == MANY
    assert made == list(spellings(MANY))
