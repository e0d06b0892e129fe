"""What a channel is owed of a story, when, and why not. Pure: story, rule, tally and clock decide.

A story that is owed becomes a card of its own, or waits for a digest (`Decision.digest`) that
tells it with others: the digest of a period, of the quiet hours, of what was over a limit, or of
a flood. A story waits for one digest only, and what is told once is not told again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from digests.model import Channel, Pace, Reason
from digests.rules.calendar import audible, day, period, quiet
from digests.rules.match import Subject, matches, missing
from digests.rules.query import Query, parse_strict
from digests.rules.tree import render

_SAID = {
    "born": "seen before this channel was set up",
    "kept": "kept and searchable only: too old when first seen, or no security news",
    "not-only": "does not match only: {}",
    "lacks": "lacks {}",
    "muted": "{} is muted here",
    "told": "told here already",
    "waits": "waits for {}",
    "breaking": "breaking: {}",
    "only": "matches only: {}",
    "everything": "matches only: everything",
    "watch": "watched for: {}",
    "post": "post: {}",
    "quiet": "quiet: {}",
    "limit": "limit: {} per day",
    "quota": "quota: {} per day",
    "flood": "many at once",
}

BURST = 25  # cards into one channel within BURST_TIME; what follows is gathered
BURST_TIME = timedelta(minutes=10)
GATHER = timedelta(minutes=5)  # a flood is told when nothing more has come for so long
GATHER_MOST = timedelta(hours=1)  # after which another gathering begins

# Beginnings of the subjects of digests; of a period's digest it is its name that follows.
DIGEST, QUIET, OVER, FLOOD = "digest:", "digest:quiet-", "digest:more-", "digest:flood-"


@dataclass(frozen=True, slots=True)
class Rule:
    """A channel with its queries read; the file was checked, so they parse."""

    channel: Channel
    query: Query
    breaking: Query | None = None
    mention: Query | None = None
    quota: tuple[tuple[Query, int], ...] = ()
    muted: frozenset[str] = frozenset()  # publishers that an editor silenced here
    born: datetime | None = None  # of watches: since when the oldest one watches
    watches: str = ""  # of watches: what those that match are called


@dataclass(frozen=True, slots=True)
class Tally:
    """What a channel has been owed lately."""

    born: datetime | None = None  # when it was first in the file
    today: str = ""  # the day that is counted, by name
    cards: int = 0  # of today
    shares: tuple[int, ...] = ()  # cards of today that count for each quota
    recent: tuple[datetime, ...] = ()  # when the last cards came that nobody may hold back longer
    flood: str = ""  # the gathering that is open
    flood_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a story comes to be routed."""

    now: datetime
    flood: bool = False  # one of very many in one document
    late: bool = False  # what had piled up while the feed could not be read
    unlimited: bool = False  # its feed was added with `first: all`
    waiting: Mapping[str, str] = field(default_factory=dict)  # channel -> digest; "" told already


@dataclass(frozen=True, slots=True)
class Decision:
    """What one channel is owed of one story."""

    channel: Channel
    owed: bool
    because: tuple[Reason, ...] = ()
    digest: str = ""  # the digest that will tell it; "" a card of its own
    not_before: datetime | None = None
    breaking: bool = False
    mention: tuple[str, ...] = ()
    watches: str = ""  # what the watches are called that it is owed for

    @property
    def why(self) -> str:
        """The grounds in plain English, for a log and for the operator."""
        return "; ".join(_SAID[one.code].format(one.clause) for one in self.because)


def rules(
    channels: Sequence[Channel], muted: Mapping[str, frozenset[str]] | None = None
) -> tuple[Rule, ...]:
    """Read the rules of all channels once. Raises QueryError where the file was not checked.

    `muted`: by channel, the publishers that are not told there.
    """
    silenced = muted or {}
    return tuple(
        replace(_rule(channel), muted=silenced.get(channel.name, frozenset()))
        for channel in channels
    )


def route(
    seen: Subject, channels: Sequence[Rule], tallies: Mapping[str, Tally], arrival: Arrival
) -> tuple[Decision, ...]:
    """One decision for each channel."""
    nothing = Tally()
    return tuple(
        decide(seen, rule, tallies.get(rule.channel.name, nothing), arrival) for rule in channels
    )


def decide(seen: Subject, rule: Rule, tally: Tally, arrival: Arrival) -> Decision:
    """What one channel is owed of a story."""
    channel = rule.channel
    born = rule.born or tally.born
    if born is None or seen.story.seen < born:
        return _not_owed(channel, "born")
    if not matches(rule.query, seen):
        return _unmatched(rule, seen)
    if _is_muted(rule, seen):
        return _not_owed(channel, "muted", seen.story.publisher)
    breaking = rule.breaking is not None and matches(rule.breaking, seen)
    waits = arrival.waiting.get(channel.name)
    if waits == "":
        return _not_owed(channel, "told")
    if waits and not breaking:
        return _not_owed(channel, "waits", waits)
    mention = _mention(rule, seen)
    if breaking:
        because = (Reason("breaking", channel.breaking),)
        return Decision(channel, True, because, breaking=True, mention=mention)
    digest, not_before, held = _when(seen, rule, tally, arrival)
    grounds = (_matched(rule), *held)
    return Decision(
        channel, True, grounds, digest, not_before, mention=mention, watches=rule.watches
    )


def counted(
    tally: Tally, decision: Decision, rule: Rule, seen: Subject | None, now: datetime
) -> Tally:
    """The tally after a story was owed; one without its words (None) counts for no quota."""
    if decision.digest.startswith(FLOOD) and decision.digest != tally.flood:
        return replace(tally, flood=decision.digest, flood_since=now)
    if decision.digest:
        return tally
    fresh = _of_today(tally, rule, now)
    shares = (
        count + (seen is not None and matches(query, seen))
        for count, (query, _) in zip(fresh.shares, rule.quota, strict=True)
    )
    recent = (*(at for at in fresh.recent if abs(now - at) < BURST_TIME), now)
    return replace(fresh, cards=fresh.cards + 1, shares=tuple(shares), recent=recent[-BURST:])


def _rule(channel: Channel) -> Rule:
    return Rule(
        channel,
        parse_strict(channel.only),
        parse_strict(channel.breaking) if channel.breaking else None,
        parse_strict(channel.mention.when) if channel.mention else None,
        tuple((parse_strict(one.query), one.per_day) for one in channel.quota),
    )


def _not_owed(channel: Channel, code: str, clause: str = "") -> Decision:
    return Decision(channel, owed=False, because=(Reason(code, clause),))


def _unmatched(rule: Rule, seen: Subject) -> Decision:
    """With the part of `only` that decided, where that is not the whole of it."""
    lacking, whole = render(missing(rule.query, seen)), rule.channel.only
    part = (Reason("lacks", lacking),) if lacking != render(rule.query) else ()
    return Decision(rule.channel, owed=False, because=(Reason("not-only", whole), *part))


def _is_muted(rule: Rule, seen: Subject) -> bool:
    """Whether everybody who tells it is silenced here."""
    told = {seen.story.publisher, *(source.publisher for source in seen.story.also)}
    return bool(rule.muted) and told <= rule.muted


def _matched(rule: Rule) -> Reason:
    if rule.watches:
        return Reason("watch", rule.watches)
    only = rule.channel.only
    return Reason("only", only) if only else Reason("everything")


def _mention(rule: Rule, seen: Subject) -> tuple[str, ...]:
    mention = rule.channel.mention
    if mention is None or rule.mention is None or not matches(rule.mention, seen):
        return ()
    return mention.who


def _when(
    seen: Subject, rule: Rule, tally: Tally, arrival: Arrival
) -> tuple[str, datetime | None, tuple[Reason, ...]]:
    """The digest ("" a card), not before when, and why it waits."""
    channel, now = rule.channel, arrival.now
    zone = channel.timezone
    if channel.post.pace is not Pace.EACH:
        one = period(channel.post, zone, now)
        due = audible(channel.quiet, zone, one.end)
        return f"{DIGEST}{one.name}", due, (Reason("post", str(channel.post)),)
    if held := quiet(channel.quiet, zone, now):
        return f"{QUIET}{held.name}", held.end, (Reason("quiet", str(channel.quiet)),)
    if (arrival.flood or arrival.late) and not arrival.unlimited:
        return _gathered(channel, tally, arrival)
    today = _of_today(tally, rule, now)
    if over := _over(seen, rule, today):
        one = day(zone, now)
        return f"{OVER}{one.name}", audible(channel.quiet, zone, one.end), (over,)
    if _bursts(today, now) and not arrival.unlimited:
        return _gathered(channel, tally, arrival)
    return "", None, ()


def _gathered(
    channel: Channel, tally: Tally, arrival: Arrival
) -> tuple[str, datetime, tuple[Reason, ...]]:
    """One of many: the most important get cards, the rest a digest, once all are there."""
    now = arrival.now
    is_open = tally.flood_since is not None and abs(now - tally.flood_since) < GATHER_MOST
    name = tally.flood if is_open else f"{FLOOD}{now:%Y-%m-%dT%H%M%S}"
    due = now if arrival.flood else now + GATHER  # the whole of one document is there already
    return name, audible(channel.quiet, channel.timezone, due), (Reason("flood"),)


def _over(seen: Subject, rule: Rule, today: Tally) -> Reason | None:
    """The limit that is used up; None when none is."""
    channel = rule.channel
    if channel.limit is not None and today.cards >= channel.limit:
        return Reason("limit", str(channel.limit))
    for (query, most), quota, count in zip(rule.quota, channel.quota, today.shares, strict=True):
        if count >= most and matches(query, seen):
            return Reason("quota", f"{quota.query}: {most}")
    return None


def _bursts(today: Tally, now: datetime) -> bool:
    return sum(abs(now - at) < BURST_TIME for at in today.recent) >= BURST


def _of_today(tally: Tally, rule: Rule, now: datetime) -> Tally:
    """The tally, begun anew on a new day of the channel's clock."""
    name = day(rule.channel.timezone, now).name
    if tally.today == name and len(tally.shares) == len(rule.quota):
        return tally
    return replace(tally, today=name, cards=0, shares=(0,) * len(rule.quota))
