"""A month of 200 feeds: what publishers would have seen, judged by what they had asked for."""

import heapq
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

import pytest

from digests.feeds.fetch import Fetcher
from digests.feeds.hosts import host_of
from digests.feeds.pace import FeedState, is_due, polled
from digests.model import (
    CacheHints,
    Document,
    Feed,
    Fetched,
    FetchFailed,
    NotModified,
    Trouble,
    Validators,
)
from digests.testing import FakeClock

MINUTE, HOUR, DAY, WEEK = (
    timedelta(minutes=1),
    timedelta(hours=1),
    timedelta(days=1),
    timedelta(days=7),
)
LIFETIMES = (None, None, timedelta(0), 5 * MINUTE, HOUR, 6 * HOUR, 400 * DAY)
WAITS = (None, timedelta(seconds=-5), 10 * MINUTE, 3 * HOUR, 5 * DAY, 4000 * DAY)


@dataclass
class Publisher:
    """One feed's server: what it answers, and what it then expects of us."""

    random: Random
    every: timedelta
    url: str
    etag: str = ""
    lifetime: timedelta | None = None
    permitted: datetime | None = None
    asked: list[datetime] = field(default_factory=list)
    served: bool = False

    def __post_init__(self) -> None:
        self.etag = '"1"' if self.random.random() < 0.8 else ""
        self.lifetime = self.random.choice(LIFETIMES)

    def answer(self, now: datetime, validators: Validators):
        assert self.permitted is None or now >= self.permitted, (self.url, now, self.permitted)
        if self.served and self.etag:
            assert validators.etag == self.etag, f"{self.url}: unconditional"
        self.asked.append(now)
        outcome = self._outcome(validators)
        self.permitted = now + max(self.every, self._wish(outcome))
        return outcome

    def _outcome(self, validators: Validators):
        drawn = self.random.random()
        if drawn < 0.02:
            hints = CacheHints(retry_after=self.random.choice(WAITS))
            limited = drawn < 0.01
            trouble = Trouble.RATE_LIMITED if limited else Trouble.UNAVAILABLE
            return FetchFailed(trouble, "later", 429 if limited else 503, hints)
        if drawn < 0.05:
            return FetchFailed(Trouble.SERVER, "broken", 500)
        hints = CacheHints(max_age=self.lifetime)
        if validators.etag and drawn < 0.9:
            return NotModified(hints=hints)
        self.served = True
        document = Document(self.url, self.url, b"<rss/>")
        return Fetched(document, Validators(self.etag), hints)

    def _wish(self, outcome) -> timedelta:
        wish = min(outcome.hints.max_age or timedelta(0), DAY)
        if outcome.hints.retry_after is not None:
            wish = max(wish, min(max(outcome.hints.retry_after, MINUTE), WEEK))
        return wish


class Publishers:
    """Stands where the client stands; a 429 speaks for all feeds of its host."""

    def __init__(self, clock: FakeClock, every: timedelta, seed: int) -> None:
        self.clock = clock
        urls = [f"https://host{n // 4 if n < 80 else n}.example/{n}" for n in range(200)]
        self.all = {
            url: Publisher(Random(f"{seed} {n}"), every, url) for n, url in enumerate(urls)
        }
        self.hosts: dict[str, datetime] = {}

    async def get(self, url: str, *, validators: Validators, **_):
        now = self.clock.now()
        assert now >= self.hosts.get(host_of(url), now), f"{url}: its host is on pause"
        outcome = self.all[url].answer(now, validators)
        if isinstance(outcome, FetchFailed) and outcome.status == 429:
            asked = outcome.hints.retry_after
            pause = 15 * MINUTE if asked is None else min(max(asked, MINUTE), WEEK)
            self.hosts[host_of(url)] = now + pause
        return outcome


def _after(state: FeedState, outcome, now: datetime, every: timedelta, jitter: float) -> FeedState:
    after = polled(state, outcome, now=now, every=every, jitter=jitter)
    if isinstance(outcome, Fetched):
        after = replace(after, validators=outcome.validators, newest=now)
    return after


async def _month(every: timedelta, seed: int, days: int = 30) -> Publishers:
    clock = FakeClock()
    publishers = Publishers(clock, every, seed)
    fetcher = Fetcher(publishers, clock, Random(seed), spacing=0)
    feeds = {url: Feed(url, url, url, every=every) for url in publishers.all}
    jitters = {url: Random(url).random() for url in feeds}
    states = {url: FeedState(url) for url in feeds}
    end = clock.now() + timedelta(days=days)
    waiting = [(clock.now(), url) for url in feeds]
    while waiting[0][0] < end:
        due, url = heapq.heappop(waiting)
        clock.advance((due - clock.now()).total_seconds())
        assert is_due(states[url], clock.now())
        outcome = await fetcher.fetch(feeds[url], states[url])
        states[url] = _after(states[url], outcome, clock.now(), every, jitters[url])
        heapq.heappush(waiting, (states[url].next_poll, url))
    return publishers


@pytest.mark.parametrize("seed", [1])
async def test_in_a_month_no_feed_is_asked_before_the_permitted_time(seed):
    publishers = await _month(8 * HOUR, seed)
    polls = [len(publisher.asked) for publisher in publishers.all.values()]
    assert min(polls) >= 3
    assert sum(polls) > 5_000


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(5))
async def test_nor_in_a_month_of_quarters_of_an_hour(seed):
    await _month(15 * MINUTE, seed)


def test_feeds_that_were_polled_together_come_to_fill_the_interval():
    every, now = 15 * MINUTE, FakeClock().now()
    answer = NotModified(Validators('"1"'))
    phases: Counter[int] = Counter()
    for n in range(200):
        state, at = FeedState(f"https://host.example/{n}"), now
        for _ in range(20):
            state = polled(state, answer, now=at, every=every, jitter=Random(n).random())
            assert every <= state.next_poll - at <= every * 16 / 15
            at = state.next_poll
        phases[int((at - now) % every / MINUTE)] += 1
    assert len(phases) == 15
    assert max(phases.values()) <= 35
