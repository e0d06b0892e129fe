"""What the channels were owed lately, kept in step with what is decided. Pure but for its memory."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from digests.model import (
    Channel,
    Destination,
    Growth,
    NewPost,
    Owed,
    Post,
    PostState,
    Story,
    StoryId,
)
from digests.rules.calendar import day, quiet
from digests.rules.match import Subject, matches
from digests.rules.routing import FLOOD, Arrival, Decision, Rule, Tally, counted, decide
from digests.rules.watchers import Watchers


@dataclass(slots=True)
class Ledger:
    """The channels' rules and tallies, and which story waits where or was told."""

    rules: tuple[Rule, ...] = ()
    tallies: dict[str, Tally] = field(default_factory=dict)  # by channel
    owed: dict[StoryId, dict[str, str]] = field(default_factory=dict)  # story -> channel -> digest
    watchers: Watchers = field(default_factory=Watchers)

    def owe(self, seen: Subject, arrival: Arrival) -> list[NewPost]:
        """Ask every channel's rule for what is owed; whoever asks next sees what was decided."""
        return posts(self.decide(seen, arrival), seen.story)

    def decide(self, seen: Subject, arrival: Arrival) -> list[Decision]:
        """Ask every channel's rule, then the watches; whoever asks next sees what was decided."""
        story = seen.story
        waiting = self.owed.get(story.id, {})
        decisions = []
        for rule in (*self.rules, *self.watchers.matching(seen, arrival.now)):
            tally = self.tallies.get(rule.channel.name, Tally())
            decision = decide(seen, rule, tally, replace(arrival, waiting=waiting))
            decisions.append(decision)
            if not decision.owed:
                continue
            name = rule.channel.name
            self.tallies[name] = counted(tally, decision, rule, seen, arrival.now)
            waiting = self.owed.setdefault(story.id, {})
            waiting[name] = decision.digest
        return decisions

    def notes(
        self, seen: Subject, growth: Growth, cards: Iterable[Post], now: datetime
    ) -> list[NewPost]:
        """A line for every card that stands in a channel, told after its quiet hours.

        The same growth is said once under a card, however often it comes back.
        """
        return [
            NewPost(
                channel=card.channel,
                destination=card.destination,
                subject=f"note:{seen.story.id}:{growth.reason}",
                text=growth.written,
                not_before=self.not_before(card.channel, seen, now),
            )
            for card in cards
            if card.state in (PostState.SENT, PostState.SENDING)
        ]

    def not_before(self, channel: str, seen: Subject, now: datetime) -> datetime | None:
        """When a line about a card of this channel may be told: breaking ones at once."""
        rule = self._rule(channel)
        if rule is None or (rule.breaking is not None and matches(rule.breaking, seen)):
            return None
        held = quiet(rule.channel.quiet, rule.channel.timezone, now)
        return held.end if held else None

    def start_over(
        self,
        owed: Sequence[Owed],
        births: Mapping[str, datetime],
        subjects: Mapping[StoryId, Subject],
        now: datetime,
    ) -> None:
        """Take what the archive holds for all that is known.

        `subjects`: of the stories whose cards count for a quota, see `to_count`.
        """
        self.owed = {}
        self.recall(owed)
        by_channel: defaultdict[str, list[Owed]] = defaultdict(list)
        for one in owed:
            by_channel[one.channel].append(one)
        watched = [rule for name in [*by_channel] if (rule := self.watchers.rule(name))]
        self.tallies = {
            rule.channel.name: _recounted(
                rule, by_channel[rule.channel.name], births, subjects, now
            )
            for rule in (*self.rules, *watched)
        }

    def _rule(self, channel: str) -> Rule | None:
        found = next((rule for rule in self.rules if rule.channel.name == channel), None)
        return found or self.watchers.rule(channel)

    def recall(self, owed: Iterable[Owed]) -> None:
        """Add what the archive holds of stories; what memory holds already is newer."""
        for one in owed:
            self.owed.setdefault(one.story, {}).setdefault(one.channel, one.digest)

    def forget(self, before: StoryId, keep: Container[StoryId] = ()) -> None:
        """Let go of older stories, but for some."""
        for story in [one for one in self.owed if one < before and one not in keep]:
            del self.owed[story]

    def to_count(self, owed: Iterable[Owed], now: datetime) -> set[StoryId]:
        """The stories whose words `start_over` needs: today's cards where there is a quota."""
        quotas = {rule.channel.name: rule for rule in self.rules if rule.quota}
        return {
            one.story
            for one in owed
            if one.channel in quotas and _is_card_of_today(one, quotas[one.channel], now)
        }


def provisional(channel: Channel) -> Destination:
    """The place as the file names it; the archive knows where it leads, once that was found."""
    return Destination(channel.to.platform, channel.to.address)


def posts(decisions: Iterable[Decision], story: Story) -> list[NewPost]:
    """What decisions about a story owe to their channels."""
    return [_post(decision, story) for decision in decisions if decision.owed]


def _post(decision: Decision, story: Story) -> NewPost:
    channel = decision.channel
    return NewPost(
        channel=channel.name,
        destination=provisional(channel),
        subject=f"story:{story.id}",
        wanted=str(story.revision),
        reason=decision.why if decision.digest else "",
        not_before=decision.not_before,
        digest=decision.digest,
        breaking=decision.breaking,
        mention=decision.mention,
        text=decision.watches,
    )


def _recounted(
    rule: Rule,
    owed: Sequence[Owed],
    births: Mapping[str, datetime],
    subjects: Mapping[StoryId, Subject],
    now: datetime,
) -> Tally:
    """What the tally would be had we never stopped."""
    tally = Tally(born=births.get(rule.channel.name))
    for one in sorted(owed, key=lambda one: one.at):
        if one.digest.startswith(FLOOD) and one.digest != tally.flood:
            tally = replace(tally, flood=one.digest, flood_since=one.at)
        if not _is_card_of_today(one, rule, now):
            continue
        card = Decision(rule.channel, owed=True)
        tally = counted(tally, card, rule, subjects.get(one.story), one.at)
    return tally


def _is_card_of_today(one: Owed, rule: Rule, now: datetime) -> bool:
    return one.card and one.at >= day(rule.channel.timezone, now).start
