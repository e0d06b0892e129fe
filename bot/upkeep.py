"""What the service does beside its main job: learns what is known of flaws, indexes anew."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from digests.archive.store import Archive
from digests.desk.learning import Learner
from digests.errors import ArchiveError
from digests.model import Clock
from digests.stories.indexing import words_of

log = logging.getLogger(__name__)

LEARN_EVERY = 60.0  # seconds between looks at what is due of the knowledge sources


async def keep_learning(learner: Learner, wake: Callable[[], None], clock: Clock) -> None:
    """Keep what is known of vulnerabilities fresh, beside everything else."""
    while True:
        await learn(learner, wake)
        await clock.sleep(LEARN_EVERY)


async def learn(learner: Learner, wake: Callable[[], None]) -> None:
    """Once: what is due of the knowledge sources."""
    try:
        await learner.look()
        wake()
    except ArchiveError as error:
        log.info("what is known of vulnerabilities is not kept this time: %s", error)
    except Exception:  # it is an extra: nothing else may stop for it
        log.exception("what is known of vulnerabilities could not be renewed")


async def reindex(archive: Archive) -> None:
    """After an upgrade that reads words in another way; searches find what is done so far."""
    if not archive.index_outdated:
        return
    log.warning("the words of all stories are indexed anew; until then searches miss some")
    try:
        log.warning("%d stories were indexed anew", await archive.reindex(words_of))
    except ArchiveError as error:
        log.warning("not indexed anew, which is tried at the next start: %s", error)


async def attempt(work: Callable[[], Awaitable[object]]) -> None:
    """What the archive refuses is tried the next time."""
    try:
        await work()
    except ArchiveError as error:
        log.info("not done this time: %s", error)  # the archive itself says so, once


@dataclass(slots=True)
class Seldom:
    """Work that is done again after a while; what the archive refuses is tried the next time.

    By the monotonic clock: the other may jump.
    """

    work: Callable[[], Awaitable[object]]
    every: timedelta
    due: float

    async def when_due(self, now: float) -> None:
        """Do it when its time has come; `now` in monotonic seconds."""
        if now < self.due:
            return
        self.due = now + self.every.total_seconds()
        await attempt(self.work)
