"""One document read in portions, each a task of the worker with limits of its own.

A task's time goes by the bytes of its document; what entries cost goes by their number. Very many
small ones would get the whole document refused, at every poll anew.
"""

from dataclasses import replace
from datetime import datetime

from digests import reading
from digests.desk.summaries import Worker
from digests.errors import WorkerError
from digests.feeds.entries import TORN, WAITING
from digests.model import Document, Feed, Reading

PORTIONS = 10  # of one poll; other feeds get the worker between them

_OF_THE_DOCUMENT = frozenset({TORN, WAITING})  # each portion says them again


async def read_in_portions(
    worker: Worker,
    document: Document,
    known: frozenset[bytes],
    feed: Feed,
    now: datetime,
    *,
    slow: bool = False,
) -> Reading:
    """What is new in a document; raises WorkerError when not even the first portion is read.

    `slow`: a feed that was killed before; one portion a poll is what it may cost others.
    """

    async def portion() -> Reading:
        size = len(document.body)
        return await worker.run(reading.read, document, known, feed, now, size=size, slow=slow)

    found = await portion()
    for _ in range(0 if slow else PORTIONS - 1):
        if WAITING not in found.refused:
            break
        known |= frozenset(found.slices)
        try:
            found = _joined(found, await portion())
        except WorkerError:
            break  # what is read counts; the next poll meets the rest first
    return found


def _joined(found: Reading, more: Reading) -> Reading:
    drafts = (*found.drafts, *more.drafts)
    earlier = (one for one in found.refused if one not in _OF_THE_DOCUMENT)
    refused = (*earlier, *more.refused)
    return replace(
        more,
        drafts=drafts,
        refused=refused,
        # The document is the same, so what is neither is an entry that was known or is repeated.
        unchanged=max(0, found.total - len(drafts) - len(refused)),
        slices=tuple(dict.fromkeys((*found.slices, *more.slices))),
    )
