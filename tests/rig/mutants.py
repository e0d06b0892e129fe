"""Faults in our own code that the rig must notice: each breaks one rule that delivery rests on.

A mutant names the boundary at which a kill brings it to light, if any, and the faults of the
platforms that do.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from tests.fakediscord.faults import AFTER
from tests.slackfaults import PASSING, Fault

DONE = tuple(fault for fault in PASSING if fault.done and fault is not Fault.SLOW)


@dataclass(frozen=True)
class Mutant:
    """One rule broken: why it matters, how it is broken, and where it shows."""

    rule: str
    install: Callable[[], None]
    kill_at: str = ""  # where a kill always shows it; the moment must not be left to chance
    nth: int = 1  # time that it passes there, in the first round
    slack: tuple[Fault, ...] = ()  # among which each call is drawn
    discord: tuple[str, ...] = ()
    share: float = 0.5  # of the calls that meet a fault
    stories: int = 3  # told in each round


def _outbox() -> Any:
    from digests.archive.post_box import Outbox

    return Outbox


def _module(name: str) -> Any:
    from importlib import import_module

    return import_module(name)


def _no_intent() -> None:
    async def begin(self: Any, post: Any, *, watermark: str, now: Any, destination: Any) -> Any:
        states = _module("digests.archive.post_states")
        return states.begun(post, destination, watermark=watermark, now=now, shown=post.wanted)

    async def settle(self: Any, post: Any, outcome: Any, *, now: Any, shown: Any = None) -> Any:
        before = await self.find(post)
        await inner_begin(self, before, watermark="", now=now)
        return await inner_settle(self, post, outcome, now=now, shown=shown)

    outbox = _outbox()
    inner_begin, inner_settle = outbox.begin, outbox.settle
    outbox.begin, outbox.settle = begin, settle


def _settled_too_soon() -> None:
    doubts = _module("bot.doubts")
    doubts.Doubts.is_settled = lambda self, post: True


def _random_nonce() -> None:
    import secrets

    marks = _module("digests.archive.marks")
    marks.Names.nonce = lambda self, post, life: secrets.token_hex(12)


def _sdk_retries() -> None:
    from slack_sdk.http_retry.builtin_async_handlers import AsyncConnectionErrorRetryHandler
    from slack_sdk.http_retry.builtin_interval_calculators import FixedValueRetryIntervalCalculator

    client = _module("bot.platforms.slack.client")
    inner = client.AsyncWebClient

    def build(*args: Any, **options: Any) -> Any:
        at_once = FixedValueRetryIntervalCalculator(0)
        handlers = [AsyncConnectionErrorRetryHandler(2, interval_calculator=at_once)]
        return inner(*args, **(options | {"retry_handlers": handlers}))

    client.AsyncWebClient = build


def _validators_first() -> None:
    archive = _module("digests.archive.store").Archive
    inner = archive.commit_poll

    async def commit_poll(self: Any, record: Any) -> None:
        await self.save_feed_state(record.state)
        await inner(self, record)

    archive.commit_poll = commit_poll


def _owed_later() -> None:
    archive = _module("digests.archive.store").Archive
    inner = archive.commit_poll

    async def commit_poll(self: Any, record: Any) -> None:
        await inner(self, replace(record, posts=()))
        await self.outbox.owe(record.posts, now=record.at)

    archive.commit_poll = commit_poll


def _several_in_flight() -> None:
    box = _module("digests.archive.outbox")
    box._IN_FLIGHT = box._IN_FLIGHT.where(box.post.c.id < 0)
    begin = box.begin

    def unguarded(connection: Any, *args: Any, **options: Any) -> Any:
        connection.exec_driver_sql("DROP INDEX IF EXISTS uq_post_sending")
        return begin(connection, *args, **options)

    box.begin = unguarded
    queues = _module("digests.archive.queues")
    queued_state = (_module("digests.model").PostState.QUEUED,)
    names = _module("digests.archive.marks").Names("")

    def due(connection: Any, now: Any) -> list[Any]:
        found = queues.in_state(connection, names, queued_state, 100)
        return [post for post in found if not post.not_before or post.not_before <= now]

    def queued(connection: Any, names: Any, destination: Any, now: Any) -> Any:
        mine = (post for post in due(connection, now) if post.destination == destination)
        first = next(mine, None)
        return first and queues.find(connection, names, first.id)

    def with_work(connection: Any, now: Any) -> list[Any]:
        return list(dict.fromkeys(post.destination for post in due(connection, now)))

    queues.find = _module("digests.archive.post_rows").find
    queues.queued, queues.destinations_with_work = queued, with_work


def _sent_before_sending() -> None:
    courier = _module("bot.courier").Courier
    inner = courier._deliver
    posted = _module("digests.model").Posted

    async def deliver(self: Any, chat: Any, post: Any, content: Any) -> Any:
        await self.archive.outbox.settle(post.id, posted("0"), now=self.clock.now())
        return await inner(self, chat, post, content)

    courier._deliver = deliver


def _unclear_as(make: Callable[[Any, str], Any]) -> Callable[[], None]:
    """Take what is unclear for something else."""

    def install() -> None:
        model = _module("digests.model")
        courier = _module("bot.courier").Courier
        inner = courier._deliver

        async def deliver(self: Any, chat: Any, post: Any, content: Any) -> Any:
            outcome = await inner(self, chat, post, content)
            return make(model, outcome.reason) if isinstance(outcome, model.Unclear) else outcome

        courier._deliver = deliver

    return install


def _sighting(make: Callable[[Any], Any]) -> Callable[[], None]:
    """What reading back says, whatever stands there."""

    def install() -> None:
        model = _module("digests.model")

        async def find(self: Any, *_: Any, **__: Any) -> Any:
            return make(model)

        _module("bot.platforms.slack.chat").SlackChat.find = find
        _module("bot.platforms.discord.chat").DiscordChat.find = find

    return install


def _long_nonce_window() -> None:
    discord = _module("bot.platforms.discord.chat").DiscordChat
    discord.nonce_window = timedelta(hours=24)
    courier = _module("bot.courier").Courier

    def ripe(self: Any, post: Any) -> bool:
        old = self.clock.now() - (post.intent_at or self.clock.now()) >= timedelta(minutes=4)
        return post.destination not in self._busy and old

    courier._ripe = ripe


def _every_post_anew() -> None:
    """What stands in the channels is owed again at each start, under subjects of its own."""
    model = _module("digests.model")
    box = _module("digests.archive.outbox")
    inner_row = box.new_row

    def new_row(one: Any, place: Any, now: Any) -> Any:
        return inner_row(replace(one, subject=_plain(one)), place, now) | {"subject": one.subject}

    box.new_row = new_row
    courier = _module("bot.courier").Courier
    content = courier._content

    async def of_story(self: Any, post: Any) -> Any:
        return await content(self, replace(post, subject=_plain(post)))

    courier._content = of_story
    desk = _module("digests.desk.desk").Desk
    inner_open = desk.open

    async def reopen(self: Any, settings: Any) -> None:
        await inner_open(self, settings)
        now = self._clock.now()
        standing = await self._archive.outbox.in_state(model.PostState.SENT)
        again = [
            model.NewPost(one.channel, one.destination, f"{_plain(one)}:{now.timestamp()}")
            for one in standing
        ]
        await self._archive.outbox.owe(again, now=now)

    desk.open = reopen


def _plain(post: Any) -> str:
    return ":".join(post.subject.split(":")[:2])


def _watermark_ahead() -> None:
    """The place is read back from the end of the attempt on, not from before it."""
    slack = _module("bot.platforms.slack.chat").SlackChat
    discord = _module("bot.platforms.discord.chat").DiscordChat

    for chat in (slack, discord):
        inner = chat.find

        async def find(self: Any, destination: Any, _inner: Any = inner, **options: Any) -> Any:
            self._newest.pop(destination.place, None)
            ahead = await self.watermark(destination)
            return await _inner(self, destination, **(options | {"watermark": ahead}))

        chat.find = find


def _forgets_what_failed() -> None:
    """A poll that could not be committed is remembered as read all the same, here and on disk."""
    desk = _module("digests.desk.desk").Desk
    archive = _module("digests.archive.store").Archive
    inner_commit, inner_understood = archive.commit_poll, desk._understood
    failed: list[str] = []

    async def commit_poll(self: Any, record: Any) -> None:
        if record.new and record.feed_url not in failed:
            failed.append(record.feed_url)
            raise _module("digests.errors").ArchiveError("disk full")
        await inner_commit(self, record)

    async def understood(
        self: Any, feed: Any, before: Any, after: Any, *rest: Any, **how: Any
    ) -> Any:
        try:
            return await inner_understood(self, feed, before, after, *rest, **how)
        except _module("digests.errors").ArchiveError:
            await self._commit_state(after)
            raise

    archive.commit_poll, desk._understood = commit_poll, understood


def _breaking_waits() -> None:
    routing = _module("digests.rules.routing")
    inner = routing._rule
    routing._rule = lambda channel: replace(inner(channel), breaking=None)


def _no_limits() -> None:
    routing = _module("digests.rules.routing")
    inner = routing._rule
    routing._rule = lambda channel: inner(replace(channel, limit=None, quota=()))


def _retry(model: Any, reason: str) -> Any:
    return model.Retry(reason, timedelta(seconds=1))


MUTANTS: Mapping[str, Mutant] = {
    "no intent": Mutant(
        "the intent is committed before the first byte",
        _no_intent,
        "send: Slack's answer read, not stored",
    ),
    "settled too soon": Mutant(
        "an unclear post is looked up only when no platform can still commit it",
        _settled_too_soon,
        slack=(Fault.SLOW,),
    ),
    "random nonce": Mutant(
        "all attempts of one post carry one nonce", _random_nonce, discord=AFTER
    ),
    "retries of the SDK": Mutant(
        "only the courier sends again", _sdk_retries, slack=(Fault.DROP_ACCEPTED,)
    ),
    "validators first": Mutant(
        "validators are committed with the stories", _validators_first, "store: after stories"
    ),
    "owed later": Mutant(
        "posts are owed in the stories' transaction", _owed_later, "store: after deliveries"
    ),
    "several in flight": Mutant(
        "at most one post for each place is in doubt",
        _several_in_flight,
        "send: answer read, not stored",
        nth=8,
        slack=(Fault.SLOW, *DONE),
        discord=AFTER,
    ),
    "sent before sending": Mutant(
        "a post is SENT only by the platform's word",
        _sent_before_sending,
        "send: half the request written",
    ),
    "unclear is refused": Mutant(
        "an unclear end is not taken for a refusal", _unclear_as(_retry), slack=DONE
    ),
    "unclear is sent": Mutant(
        "an unclear end is not taken for a success",
        _unclear_as(lambda model, _: model.Posted("0")),
        slack=(Fault.DROP_UNREAD, Fault.ERROR_500),
        discord=("drop_before", "500_before"),
    ),
    "always absent": Mutant(
        "what stands there is found by its mark",
        _sighting(lambda model: model.Absent()),
        slack=DONE,
    ),
    "always found": Mutant(
        "what is not there is sent",
        _sighting(lambda model: model.Found("1.0")),
        slack=(Fault.DROP_UNREAD, Fault.ERROR_500),
    ),
    "nonce trusted for a day": Mutant(
        "after two minutes Discord is read back instead", _long_nonce_window, discord=AFTER
    ),
    "every post anew": Mutant("one subject is owed once to a place", _every_post_anew),
    "read back from the end": Mutant(
        "a place is read back from before the intent", _watermark_ahead, slack=DONE
    ),
    "breaking waits": Mutant("what is breaking waits for no list", _breaking_waits),
    "limits forgotten": Mutant("a channel gets no more than it asked for", _no_limits, stories=6),
    "poll forgotten": Mutant("what could not be committed is read again", _forgets_what_failed),
}
