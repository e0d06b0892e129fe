"""What a channel would have been told of the stories of some days, and why not. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from digests.model import Channel, Reason, Story
from digests.rules.match import Subject
from digests.rules.routing import Arrival, Decision, Tally, counted, decide, rules

_KEPT_ONLY = (Reason("kept"),)


@dataclass(frozen=True, slots=True)
class Simulated:
    """One story, and what the channel's rules say of it as they are now."""

    story: Story
    decision: Decision

    @property
    def what(self) -> str:
        """card, breaking, the digest that would tell it, or nothing."""
        if not self.decision.owed:
            return "nothing"
        if self.decision.breaking:
            return "breaking"
        return self.decision.digest or "card"


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest that would have been told."""

    subject: str
    due: datetime | None
    stories: int


def simulate(channel: Channel, subjects: Iterable[Subject]) -> tuple[Simulated, ...]:
    """One decision for each story, in the order in which they were seen.

    As if the channel had been there all the time and each story had arrived whole: what was told
    by another rule, and what revisions brought later, is left out. Raises QueryError where the
    file was not checked.
    """
    (rule,) = rules([channel])
    ordered = sorted(subjects, key=lambda seen: seen.story.id)
    first = min((seen.story.seen for seen in ordered), default=None)
    tally = Tally(born=first - timedelta(days=1) if first else None)
    told = []
    for seen in ordered:
        if not seen.story.announced:
            told.append(Simulated(seen.story, Decision(channel, False, _KEPT_ONLY)))
            continue
        now = seen.story.seen
        decision = decide(seen, rule, tally, Arrival(now))
        if decision.owed:
            tally = counted(tally, decision, rule, seen, now)
        told.append(Simulated(seen.story, decision))
    return tuple(told)


def digests(told: Sequence[Simulated]) -> tuple[Digest, ...]:
    """The digests among what would have been told, in the order in which they come due."""
    counts = Counter(one.decision.digest for one in told if one.decision.digest)
    due = {one.decision.digest: one.decision.not_before for one in told}
    found = [Digest(subject, due[subject], count) for subject, count in counts.items()]
    return tuple(sorted(found, key=lambda one: (one.due is None, one.due, one.subject)))
