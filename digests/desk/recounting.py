"""Counts anew, from the archive, what the channels were owed lately: at a start and after a fault."""

from datetime import datetime

from digests.archive.store import Archive
from digests.desk.deciding import STORIES_KEPT
from digests.rules.ledger import Ledger
from digests.rules.match import subject
from digests.stories.ids import first_id


async def recount(archive: Archive, ledger: Ledger, now: datetime) -> None:
    """Bring a ledger to what the archive holds."""
    owed = await archive.outbox.owed_since(first_id(now - STORIES_KEPT))
    births = await archive.channel_births()
    counted = ledger.to_count(owed, now)
    words = await archive.words(counted)
    stories = await archive.stories(sorted(counted & words.keys()))
    subjects = {story.id: subject(story, words[story.id]) for story in stories}
    ledger.start_over(owed, births, subjects, now)
