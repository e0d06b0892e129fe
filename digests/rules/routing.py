"""Which channel is owed a story, and why not. Pure: the story, the rules and the clock decide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from digests.model import Channel
from digests.rules.match import Subject, matches
from digests.rules.query import Query, parse_strict


@dataclass(frozen=True, slots=True)
class Rule:
    """A channel with its rule read; the file was checked, so it parses."""

    channel: Channel
    query: Query


@dataclass(frozen=True, slots=True)
class Decision:
    """What one channel is owed of one story; `why` is said to people."""

    channel: Channel
    owed: bool
    why: str


def rules(channels: Sequence[Channel]) -> tuple[Rule, ...]:
    """Read the rules of all channels once. Raises QueryError where the file was not checked."""
    return tuple(Rule(channel, parse_strict(channel.only)) for channel in channels)


def route(
    seen: Subject, channels: Sequence[Rule], births: Mapping[str, datetime]
) -> tuple[Decision, ...]:
    """One decision for each channel. `births`: when each channel was first in the file."""
    return tuple(_decide(seen, rule, births.get(rule.channel.name)) for rule in channels)


def _decide(seen: Subject, rule: Rule, born: datetime | None) -> Decision:
    if born is None or seen.story.seen < born:
        return Decision(rule.channel, owed=False, why="seen before this channel was set up")
    if not matches(rule.query, seen):
        return Decision(rule.channel, owed=False, why=f"does not match only: {rule.channel.only}")
    return Decision(
        rule.channel, owed=True, why=f"matches only: {rule.channel.only or 'everything'}"
    )
