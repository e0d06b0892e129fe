"""What a change in what is known of vulnerabilities does to the stories that name them.

A CVE that enters the catalog of known exploited ones raises its stories: a revision, every
channel's rule asked again, and a line under each card that stands. A score that becomes known is a
revision without that line, since rules ask for it (`cvss:>=8`). EPSS moves daily by itself: it
changes the number that is shown next, never a story.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from digests.archive.store import Archive
from digests.deciding import Decider
from digests.model import CveFacts, NewPost, Post, PostState, StoryId
from digests.rules.ledger import Ledger
from digests.rules.match import Subject, subject
from digests.stories.ids import first_id

RAISED = timedelta(days=30)  # older stories are history: who looks finds what is known now
MOST = 200  # stories raised at once, the newest: a catalog may grow by a hundred CVEs in a day
NOTE = "note:{story}:kev"  # the subject of the line under a card


async def learn(
    archive: Archive, decider: Decider, facts: Sequence[CveFacts], now: datetime
) -> None:
    """Keep the facts, and raise the stories for which they say something new.

    Such a fact is kept together with what it does, so that a crash loses neither or both.
    """
    before = await archive.facts(one.cve for one in facts)
    entered = {one.cve for one in facts if _enters(before.get(one.cve), one)}
    scored = {one.cve for one in facts if _scored(before.get(one.cve), one)}
    naming = await archive.naming(entered | scored)
    oldest = first_id(now - RAISED)
    raised = [story for story in naming if story >= oldest][-MOST:]
    telling = [one for one in facts if raised and one.cve in entered | scored]
    await archive.learn([one for one in facts if one not in telling])
    if raised:
        await _raise(archive, decider, raised, telling, entered, now)


def _enters(before: CveFacts | None, now: CveFacts) -> bool:
    return now.kev_since is not None and (before is None or before.kev_since is None)


def _scored(before: CveFacts | None, now: CveFacts) -> bool:
    return now.cvss is not None and (before is None or before.cvss != now.cvss)


async def _raise(
    archive: Archive,
    decider: Decider,
    raised: Sequence[StoryId],
    telling: Sequence[CveFacts],
    entered: set[str],
    now: datetime,
) -> None:
    """Everything that waits first; then decide, without an await between, and commit."""
    known = bool(await archive.exploited())  # else the catalog itself is new, not what it lists
    unknown = {story for story in raised if story not in decider.stories}
    stories = await archive.stories(raised)
    decider.recall((), [story for story in stories if story.id in unknown])
    decider.ledger.recall(await archive.outbox.owed_of(unknown))
    words = await archive.words(raised)
    facts = await archive.facts(cve for story in stories for cve in story.cves)
    facts |= {one.cve: one for one in telling}
    news = [story.id for story in stories if known and not entered.isdisjoint(story.cves)]
    standing = {story: await archive.outbox.about(story) for story in news}
    decided = decider.learn(raised, facts, words, now)
    subjects = [subject(decider.stories[story], words[story]) for story in news if story in words]
    posts = (*decided.posts, *notes(subjects, standing, decider.ledger, now))
    revised, steps = tuple(decided.revised.values()), tuple(decided.steps)
    await archive.commit_known(telling, revised, posts, now, steps)


def notes(
    subjects: Iterable[Subject],
    standing: Mapping[StoryId, Iterable[Post]],
    ledger: Ledger,
    now: datetime,
) -> list[NewPost]:
    """A line for every card that stands in a channel, told after its quiet hours."""
    return [
        NewPost(
            channel=card.channel,
            destination=card.destination,
            subject=NOTE.format(story=seen.story.id),
            not_before=ledger.not_before(card.channel, seen, now),
        )
        for seen in subjects
        for card in standing[seen.story.id]
        if card.state is PostState.SENT
    ]
