"""What a change in what is known of vulnerabilities does to the stories that name them.

A CVE that enters the catalog of known exploited ones, or is found to be used by ransomware there,
raises its stories: a revision, every channel's rule asked again, and a line under each card that
stands. A score that becomes known is a revision without that line, since rules ask for it
(`cvss:>=8`). EPSS moves daily by itself: it changes the number that is shown next, never a story.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from digests.archive.store import Archive
from digests.desk.deciding import Decider
from digests.desk.turns import Turns
from digests.model import CveFacts, StoryId
from digests.rules.match import subject
from digests.stories.growth import enters, learnt, used_now
from digests.stories.ids import first_id

RAISED = timedelta(days=30)  # older stories are history: who looks finds what is known now
MOST = 200  # stories raised at once, the newest: a catalog may grow by a hundred CVEs in a day


async def learn(archive: Archive, turns: Turns, facts: Sequence[CveFacts], now: datetime) -> None:
    """Keep the facts, and raise the stories for which they say something new.

    Such a fact is kept together with what it does, so that a crash loses neither or both. And in a
    turn, so that a story that is being written either knows it or is raised for it.
    """
    before = await archive.facts(one.cve for one in facts)
    telling = [one for one in facts if _tells(before.get(one.cve), one)]
    apart = frozenset(telling)
    await archive.learn([one for one in facts if one not in apart])
    if telling:
        async with turns.take() as decider:
            await _tell(archive, turns, decider, telling, before, now)


async def _tell(
    archive: Archive,
    turns: Turns,
    decider: Decider,
    telling: Sequence[CveFacts],
    before: Mapping[str, CveFacts],
    now: datetime,
) -> None:
    naming, oldest = await archive.naming(one.cve for one in telling), first_id(now - RAISED)
    raised = [story for story in naming if story >= oldest][-MOST:]
    if raised:
        await turns.recall((), raised)
        await _raise(archive, decider, raised, telling, before, now)
    else:
        await archive.learn(telling)


def _tells(before: CveFacts | None, now: CveFacts) -> bool:
    return enters(before, now) or used_now(before, now) or _scored(before, now)


def _scored(before: CveFacts | None, now: CveFacts) -> bool:
    return now.cvss is not None and (before is None or before.cvss != now.cvss)


async def _raise(
    archive: Archive,
    decider: Decider,
    raised: Sequence[StoryId],
    telling: Sequence[CveFacts],
    before: Mapping[str, CveFacts],
    now: datetime,
) -> None:
    known = bool(await archive.exploited())  # else the catalog itself is new, not what it lists
    stories = await archive.stories(raised)
    words = await archive.words(raised)
    facts = await archive.facts(cve for story in stories for cve in story.cves)
    facts |= {one.cve: one for one in telling}
    news = {story.id: learnt(story, before, telling) for story in stories if known}
    standing = {
        story: await archive.outbox.standing(story) for story, growth in news.items() if growth
    }
    decided = decider.learn(raised, facts, words, now)
    for story in standing.keys() & words.keys():
        seen = subject(decider.stories[story], words[story])
        decided.posts += decider.ledger.notes(seen, news[story], standing[story], now)
    revised, steps = tuple(decided.revised.values()), tuple(decided.steps)
    await archive.commit_known(telling, revised, tuple(decided.posts), now, steps)
