"""What the stories that match a query have in common, and how many there were when.

Bounded like every search: the newest matches are looked into, and it is said how many they are.
Counts over time are whole: they walk the index alone, within the days that are asked for.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from digests.archive import dialects, matching, stories
from digests.archive.insight import insight_from
from digests.archive.plan import Ids, Plan
from digests.archive.plan import plan as plan_of
from digests.archive.records import Bucket, Facets, Share, Trend
from digests.archive.resolve import resolve
from digests.archive.schema import story
from digests.rules.query import Query
from digests.rules.traits import FIELD_OF_NAME
from digests.stories.ids import first_id, time_of

LOOKED_INTO = 2_000  # newest matches whose publishers, topics and names are counted
MOST_BUCKETS = 60
_TOP = 10
_COLUMNS = select(story.c.id, story.c.publisher, story.c.topics, story.c.insight).where(
    story.c.id.in_(dialects.listed("these"))
)


@dataclass(frozen=True, slots=True)
class Over:
    """A span of time and the length of one step in it."""

    start: datetime
    end: datetime
    step: timedelta

    def steps(self) -> Iterator[tuple[datetime, datetime]]:
        """At most 60; the last one may be shorter."""
        at, step = self.start, max(self.step, (self.end - self.start) / MOST_BUCKETS)
        while at < self.end:
            yield at, min(at + step, self.end)
            at += step


def facets(connection: Connection, query: Query, now: datetime) -> Facets:
    """Publishers, topics, actors, malware, products and months of the newest matches."""
    return _facets(connection, _planned(connection, query, now))


def trend(connection: Connection, query: Query, now: datetime, over: Over) -> Trend:
    """How many stories match in each step of a span, and what the newest of them speak of."""
    plan = _planned(connection, query, now)
    buckets = tuple(
        Bucket(start, end, matching.count(connection, _within(plan, start, end)))
        for start, end in over.steps()
    )
    before = _within(plan, over.start - (over.end - over.start), over.start)
    return Trend(
        buckets=buckets,
        total=sum(bucket.stories for bucket in buckets),
        before=matching.count(connection, before),
        facets=_facets(connection, _within(plan, over.start, over.end)),
    )


def _planned(connection: Connection, query: Query, now: datetime) -> Plan:
    until = stories.last_id(connection)
    resolved = resolve(connection, query, until)
    begins = dialects.beginnings(connection)
    plan = plan_of(resolved.query, now, begins)
    return replace(plan, ids=Ids(plan.ids.low, min(plan.ids.high, until + 1)))


def _within(plan: Plan, start: datetime, end: datetime) -> Plan:
    low, high = max(plan.ids.low, first_id(start)), min(plan.ids.high, first_id(end))
    return replace(plan, ids=Ids(low, max(low, high)))


def _facets(connection: Connection, plan: Plan) -> Facets:
    found = [] if plan.empty else matching.newest(connection, plan, LOOKED_INTO + 1)
    chosen = found[:LOOKED_INTO]
    counts: dict[str, Counter[str]] = {
        name: Counter() for name in ("publisher", "topic", "actor", "malware", "product", "month")
    }
    for row in connection.execute(_COLUMNS, {"these": dialects.packed(chosen)}):
        counts["publisher"][row.publisher] += 1
        counts["topic"].update(set(row.topics))
        counts["month"][f"{time_of(row.id):%Y-%m}"] += 1
        for field, name in _named(row.insight):
            counts[field][name] += 1
    return Facets(
        publishers=_top(counts["publisher"]),
        topics=_top(counts["topic"]),
        actors=_top(counts["actor"]),
        malware=_top(counts["malware"]),
        products=_top(counts["product"]),
        months=tuple(Share(*pair) for pair in sorted(counts["month"].items(), reverse=True)),
        stories=len(chosen),
        more=len(found) > LOOKED_INTO,
    )


def _named(insight: str) -> Iterable[tuple[str, str]]:
    """Each name once: a story may have it by two spellings."""
    if insight == "{}":
        return ()
    names = insight_from(insight)["names"]
    return {(FIELD_OF_NAME[one.kind], one.name) for one in names if one.kind in FIELD_OF_NAME}


def _top(counts: Counter[str]) -> Sequence[Share]:
    """The most frequent, equals in the order of the alphabet."""
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Share(*pair) for pair in ordered[:_TOP])
