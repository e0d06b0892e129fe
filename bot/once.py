"""One round and then the end: poll what is due, post what is owed (`nightdesk run --once`)."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.app import STOP_WITHIN, App
from bot.upkeep import learn
from digests.desk.desk import PollReport
from digests.model import Post, PostState
from digests.rules.routing import FLOOD

LEARN_WITHIN = 20.0  # seconds that one round waits for them


@dataclass(frozen=True, slots=True)
class Once:
    """What one round of polling and posting came to."""

    reports: tuple[PollReport, ...]
    posts: dict[PostState, int]
    waiting: tuple[Post, ...]


async def once(app: App, *, everything: bool, done: Callable[[PollReport], None]) -> Once:
    """Poll what is due, then post until all that was due by then is settled."""
    deadline = app.clock.now() + timedelta(seconds=2 * app.env.settle)
    reports: list[PollReport] = []

    def note(report: PollReport) -> None:
        reports.append(report)
        done(report)

    await app.retry_channels()
    learning = asyncio.create_task(learn(app.learner, app.courier.wake))
    await app.poll(app.desk.due(everything=everything), note)
    await asyncio.wait([learning], timeout=LEARN_WITHIN)
    learning.cancel()
    await asyncio.gather(learning, return_exceptions=True)
    await app.desk.welcome()
    # Every feed was asked: no more will come of what had piled up.
    await app.archive.outbox.ripen(FLOOD, now=app.clock.now())
    await app.notices.look()
    await _settle(app, deadline)
    waiting = await app.archive.outbox.waiting(app.clock.now())
    return Once(tuple(reports), await app.archive.outbox.counts(), tuple(waiting))


async def _settle(app: App, deadline: datetime) -> None:
    while app.clock.now() < deadline:
        await app.courier.round()
        await app.courier.drained()
        counts = await app.archive.outbox.counts()
        due = await app.archive.outbox.destinations_with_work(app.clock.now())
        if not due and not counts.get(PostState.SENDING):
            return
        await app.clock.sleep(0.2)
    await app.courier.stop(STOP_WITHIN)
