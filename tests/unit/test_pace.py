"""The waits between polls: what each answer permits, and what no answer can change."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.feeds.pace import FeedState, host_pause, is_due, next_poll, polled
from digests.model import (
    CacheHints,
    Document,
    Fetched,
    FetchFailed,
    NotModified,
    Trouble,
    Validators,
)
from digests.testing import START

URL = "https://news.example/feed"
QUARTER = timedelta(minutes=15)
MINUTE, HOUR, DAY, WEEK = (
    timedelta(minutes=1),
    timedelta(hours=1),
    timedelta(days=1),
    timedelta(days=7),
)
NOW = START
CONDITIONAL = Validators(etag='"1"')


def known(**changes):
    """A feed that was polled before and brought something yesterday."""
    values = {"last_poll": NOW - HOUR, "newest": NOW - DAY}
    return FeedState(URL, **(values | changes))


def fetched(validators=CONDITIONAL, **hints):
    document = Document(URL, URL, b"<rss/>")
    return Fetched(document, validators, CacheHints(**hints))


def failed(trouble, status=0, **hints):
    return FetchFailed(trouble, "it failed", status, CacheHints(**hints))


def wait(outcome, state=None, every=QUARTER, **more):
    state = known() if state is None else state
    return next_poll(state, outcome, now=NOW, every=every, **more) - NOW


class TestAfterSuccess:
    def test_a_healthy_feed_is_asked_as_often_as_its_owner_wants(self):
        assert wait(fetched()) == QUARTER
        assert wait(NotModified()) == QUARTER
        assert wait(NotModified(), every=MINUTE) == MINUTE

    def test_without_validators_it_is_asked_hourly(self):
        assert wait(fetched(Validators())) == HOUR
        assert wait(fetched(Validators()), every=3 * HOUR) == 3 * HOUR

    def test_a_lifetime_is_waited_out_but_never_over_a_day(self):
        assert wait(fetched(max_age=2 * HOUR)) == 2 * HOUR
        assert wait(fetched(max_age=timedelta(days=365))) == DAY
        assert wait(fetched(max_age=timedelta(seconds=5))) == QUARTER

    def test_the_documents_own_hint_counts_when_it_is_longer(self):
        assert wait(fetched(max_age=HOUR), ttl=4 * HOUR) == 4 * HOUR
        assert wait(fetched(max_age=4 * HOUR), ttl=HOUR) == 4 * HOUR
        assert wait(NotModified(), ttl=30 * DAY) == DAY

    def test_a_feed_silent_for_a_week_is_asked_as_usual(self):
        assert wait(NotModified(), known(newest=NOW - WEEK)) == QUARTER

    def test_a_feed_that_seldom_publishes_is_asked_more_seldom(self):
        assert wait(NotModified(), known(newest=NOW - 17 * DAY)) == DAY / 10
        assert wait(NotModified(), known(rate=17 * DAY)) == DAY / 10

    def test_every_feed_is_asked_daily_however_seldom_it_publishes(self):
        dead = known(newest=NOW - 900 * DAY)
        assert wait(NotModified(), dead) == DAY
        assert wait(NotModified(), dead, every=12 * HOUR) == DAY
        assert wait(NotModified(), dead, every=3 * DAY) == 3 * DAY

    def test_what_the_last_document_asked_for_holds_while_it_stays_the_same(self):
        assert wait(NotModified(), known(ttl=3 * HOUR)) == 3 * HOUR

    def test_hours_and_days_that_a_document_skips_are_not_polled_in(self):
        skipped = 1 << NOW.hour | 1 << NOW.hour + 1
        due = next_poll(known(skip_hours=skipped), NotModified(), now=NOW, every=QUARTER)
        assert due == NOW.replace(hour=NOW.hour + 2, minute=0)
        assert wait(NotModified(), known(skip_hours=2**24 - 1)) == QUARTER  # all: a mistake
        assert wait(NotModified(), known(skip_days=1 << NOW.weekday())) <= DAY
        assert wait(NotModified(), known(skip_days=127)) == QUARTER

    def test_feeds_registered_together_move_apart_step_by_step(self):
        state, phases = FeedState(URL), []
        for _n in range(20):
            state = polled(state, fetched(), now=NOW, every=QUARTER, jitter=0.55)
            phases.append((state.next_poll - NOW) - QUARTER)
        assert set(phases[:8]) == {MINUTE}
        assert sum(phases, timedelta(0)) == 0.55 * QUARTER

    def test_feeds_that_are_all_late_are_moved_apart_again(self):
        late = known(next_poll=NOW - 2 * DAY)
        assert wait(fetched(), late, jitter=0.8) == QUARTER + MINUTE
        assert wait(fetched(), jitter=0.8) == QUARTER


class TestAfterFailure:
    def test_a_broken_server_is_left_alone_longer_each_time_up_to_six_hours(self):
        broken = failed(Trouble.SERVER, 500)
        waits = [wait(broken, known(failures=n)) for n in (0, 1, 2, 3, 30)]
        assert waits == [QUARTER, 2 * QUARTER, HOUR, 2 * HOUR, 6 * HOUR]

    def test_not_found_is_daily_after_it_was_said_twice(self):
        assert wait(failed(Trouble.NOT_FOUND, 404)) == HOUR
        assert wait(failed(Trouble.NOT_FOUND, 404), known(failures=1)) == DAY

    def test_gone_is_not_asked_again_within_a_year(self):
        assert wait(failed(Trouble.GONE, 410)) >= 365 * DAY

    @pytest.mark.parametrize("trouble", [Trouble.UNAUTHORISED, Trouble.BOT_WALL])
    def test_a_closed_door_is_tried_daily(self, trouble):
        assert wait(failed(trouble, 403)) == DAY

    def test_other_refusals_are_daily_and_a_legal_one_weekly(self):
        assert wait(failed(Trouble.REFUSED, 402)) == DAY
        assert wait(failed(Trouble.REFUSED, 451)) == WEEK

    def test_an_address_we_refuse_costs_nobody_and_is_tried_hourly(self):
        assert wait(failed(Trouble.BLOCKED_ADDRESS)) == HOUR

    def test_an_unavailable_feed_returns_when_it_said(self):
        down = failed(Trouble.UNAVAILABLE, 503, retry_after=40 * MINUTE)
        assert wait(down, known(failures=6)) == 40 * MINUTE
        assert wait(down, every=2 * HOUR) == 2 * HOUR

    @pytest.mark.parametrize(
        ("said", "kept"),
        [
            (timedelta(0), MINUTE),
            (timedelta(seconds=-5), MINUTE),
            (timedelta(days=11_574), WEEK),
        ],
    )
    def test_absurd_retry_after_is_brought_into_bounds(self, said, kept):
        limited = failed(Trouble.RATE_LIMITED, 429, retry_after=said)
        assert wait(limited, every=MINUTE) == kept
        assert host_pause(limited, failures=0, now=NOW) == NOW + kept

    def test_backoff_is_stretched_by_the_feeds_own_jitter(self):
        broken = failed(Trouble.TIMEOUT)
        assert wait(broken, jitter=0.5) == QUARTER * 1.125


class TestHostPause:
    def test_only_a_429_pauses_the_host(self):
        assert host_pause(fetched(), failures=0, now=NOW) is None
        assert host_pause(failed(Trouble.UNAVAILABLE, 503), failures=0, now=NOW) is None
        assert host_pause(failed(Trouble.RATE_LIMITED), failures=0, now=NOW) is None

    def test_without_a_time_it_starts_at_a_quarter_and_doubles_to_a_day(self):
        limited = failed(Trouble.RATE_LIMITED, 429)
        pauses = [host_pause(limited, failures=n, now=NOW) - NOW for n in (0, 1, 2, 50)]
        assert pauses == [QUARTER, 2 * QUARTER, HOUR, DAY]


class TestDue:
    def test_a_new_feed_is_due_at_once(self):
        assert is_due(FeedState(URL), NOW)

    def test_its_time_is_kept_over_any_number_of_restarts(self):
        state = known(next_poll=NOW + QUARTER)
        assert not any(is_due(state, NOW) for _ in range(100))
        assert is_due(state, NOW + QUARTER)

    def test_gone_and_paused_feeds_are_never_due(self):
        assert not is_due(known(gone=True), NOW)
        assert not is_due(known(paused=True), NOW)

    def test_a_clock_set_back_does_not_stall_the_feed(self):
        in_ten_years = NOW + 3650 * DAY
        state = known(last_poll=in_ten_years, next_poll=in_ten_years + QUARTER)
        assert is_due(state, NOW)

    def test_a_clock_corrected_by_seconds_changes_nothing(self):
        state = known(last_poll=NOW + timedelta(seconds=3), next_poll=NOW + QUARTER)
        assert not is_due(state, NOW)


class TestPolled:
    def after(self, state, outcome):
        return polled(state, outcome, now=NOW, every=QUARTER)

    def test_a_success_forgets_the_failures_before_it(self):
        state = known(failures=4, trouble=Trouble.DNS, reason="no such host", gone=True)
        after = self.after(state, fetched())
        assert (after.failures, after.trouble, after.reason, after.gone) == (0, None, "", False)
        assert (after.last_success, after.next_poll) == (NOW, NOW + QUARTER)

    def test_a_new_document_keeps_the_old_validators_until_its_stories_are_stored(self):
        state = known(validators=Validators(etag='"old"'))
        assert self.after(state, fetched()).validators == Validators(etag='"old"')

    def test_a_304_renews_only_the_validators_it_names(self):
        state = known(validators=Validators('"a"', "Mon, 02 Mar 2026 07:00:00 GMT"))
        newer = NotModified(Validators(last_modified="Mon, 02 Mar 2026 08:00:00 GMT"))
        assert self.after(state, newer).validators == Validators(
            '"a"', "Mon, 02 Mar 2026 08:00:00 GMT"
        )

    def test_a_failure_is_counted_and_named(self):
        after = self.after(known(failures=1), failed(Trouble.SERVER, 502))
        assert (after.failures, after.trouble, after.status) == (2, Trouble.SERVER, 502)
        assert after.last_success is None

    def test_gone_is_remembered(self):
        assert self.after(known(), failed(Trouble.GONE, 410)).gone

    def test_a_host_on_pause_says_nothing_about_the_feed(self):
        state = known(failures=0, last_poll=NOW - DAY)
        after = self.after(state, failed(Trouble.RATE_LIMITED, retry_after=2 * HOUR))
        assert after == replace(state, next_poll=NOW + 2 * HOUR, wait_until=NOW + 2 * HOUR)


spans = st.timedeltas(min_value=timedelta(days=-2), max_value=timedelta(days=40_000))
hints = st.builds(CacheHints, max_age=st.none() | spans, retry_after=st.none() | spans)
statuses = {
    Trouble.GONE: 410,
    Trouble.NOT_FOUND: 404,
    Trouble.RATE_LIMITED: 429,
    Trouble.UNAVAILABLE: 503,
    Trouble.UNAUTHORISED: 401,
    Trouble.SERVER: 500,
    Trouble.REFUSED: 402,
}
outcomes = st.one_of(
    st.builds(lambda h: NotModified(CONDITIONAL, h), hints),
    st.builds(
        lambda v, h: Fetched(Document(URL, URL, b"x"), v, h),
        st.sampled_from([Validators(), CONDITIONAL]),
        hints,
    ),
    st.builds(
        lambda t, h: FetchFailed(t, "it failed", statuses.get(t, 0), h),
        st.sampled_from(list(Trouble)),
        hints,
    ),
)
past = st.none() | st.timedeltas(timedelta(0), timedelta(days=4000)).map(lambda d: NOW - d)
states = st.builds(
    FeedState,
    url=st.just(URL),
    last_poll=past,
    newest=past,
    failures=st.integers(0, 500),
    rate=st.none() | st.timedeltas(timedelta(0), timedelta(days=4000)),
)
everys = st.timedeltas(MINUTE, DAY)
jitters = st.floats(0, 1, exclude_max=True)


@given(states, outcomes, everys, st.none() | spans, jitters)
def test_no_poll_comes_before_the_permitted_time(state, outcome, every, ttl, jitter):
    delay = wait(outcome, state, every, ttl=ttl, jitter=jitter)
    assert delay >= every
    if outcome.hints.retry_after is not None:
        assert delay >= min(max(outcome.hints.retry_after, MINUTE), WEEK)
    if not isinstance(outcome, FetchFailed) and outcome.hints.max_age is not None:
        assert delay >= min(outcome.hints.max_age, DAY)


@given(states, outcomes, everys, st.none() | spans, jitters)
def test_no_feed_is_forgotten_for_more_than_a_day_unless_its_publisher_said_so(
    state, outcome, every, ttl, jitter
):
    delay = wait(outcome, state, every, ttl=ttl, jitter=jitter)
    if getattr(outcome, "trouble", None) is Trouble.GONE:
        return
    assert delay <= (DAY if outcome.hints.retry_after is None else WEEK)


@given(states, outcomes, everys, jitters)
def test_the_same_feed_and_answer_always_give_the_same_time(state, outcome, every, jitter):
    first = wait(outcome, state, every, jitter=jitter)
    assert first == wait(outcome, state, every, jitter=jitter)


class TestAMonth:
    """Thirty days of one feed, polled the moment it is due."""

    def polls(self, answers, every=QUARTER):
        """How often it was asked when it answers `answers(number of the poll)`."""
        state, now, count = FeedState(URL), NOW, 0
        while True:
            if not is_due(state, now):
                if state.gone or state.next_poll >= NOW + 30 * DAY:
                    return count
                now = state.next_poll
                continue
            outcome = answers(count)
            count += 1
            new = isinstance(outcome, Fetched)
            state = polled(state, outcome, now=now, every=every)
            state = replace(state, newest=now if new else state.newest)

    def test_a_lively_feed(self):
        assert self.polls(lambda n: fetched()) == 30 * 24 * 4

    def test_a_feed_without_validators(self):
        assert self.polls(lambda n: fetched(Validators())) == 30 * 24

    def test_a_feed_that_fell_silent(self):
        counted = self.polls(lambda n: fetched() if n == 0 else NotModified())
        assert 30 * 12 < counted < 30 * 24 * 2

    def test_a_missing_feed_is_asked_about_daily_and_heals_by_itself(self):
        missing = failed(Trouble.NOT_FOUND, 404)
        assert self.polls(lambda n: missing) == 31
        assert self.polls(lambda n: missing if n < 10 else fetched()) > 1000

    def test_a_gone_feed_is_asked_once(self):
        assert self.polls(lambda n: failed(Trouble.GONE, 410)) == 1

    def test_a_broken_server(self):
        assert self.polls(lambda n: failed(Trouble.SERVER, 500)) < 30 * 4 + 10

    def test_a_host_that_always_limits_us(self):
        assert self.polls(lambda n: failed(Trouble.RATE_LIMITED, 429)) < 30 + 10
