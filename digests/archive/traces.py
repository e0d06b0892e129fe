"""The way of every story, step by step, kept for some weeks; and what could not be kept, with why.

A step is a short row. What was decided for a channel repeats itself from story to story, so each
such ruling is written once and steps name it by number. Measured: see docs/why.md.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, update

from digests.archive import dialects
from digests.archive.columns import Moment, compact
from digests.archive.rows import AnyRow
from digests.archive.schema import entry, feed
from digests.archive.schema_trace import refused, ruling, trace
from digests.model import (
    EntryId,
    Happening,
    KeptEntry,
    Reason,
    Refusal,
    RefusedEntry,
    Relevance,
    Ruled,
    Step,
    StoryId,
)
from digests.text.plain import clean, clip

KEPT_FOR = timedelta(days=30)
REFUSED_AT_ONCE = 50  # of one document: one that is nothing but faults must not fill the disk
REFUSED_EACH = 200  # of one feed
_WORDS = 300  # characters of a refused entry's name, and of the reason
_TOUCH_EVERY = timedelta(days=1)
_THESE = dialects.listed("these")
_ADD = trace.insert()
_STEPS = select(trace).where(trace.c.story == bindparam("of")).order_by(trace.c.id)
_RULINGS = select(ruling).where(ruling.c.id.in_(_THESE))
_KNOWN = select(ruling).where(ruling.c.text.in_(_THESE))
_RULE = ruling.insert().returning(ruling.c.id)
_TOUCH = (
    update(ruling).where(ruling.c.id.in_(_THESE)).values(used=bindparam("now", type_=Moment()))
)
_REFUSE = dialects.upsert(refused, "feed", "entry", keep=("first",))
_SPARED = (
    select(refused.c.entry)
    .where(refused.c.feed == bindparam("of"))
    .order_by(refused.c.last.desc(), refused.c.entry)
    .limit(REFUSED_EACH)
)
_TOO_MANY = delete(refused).where(
    refused.c.feed == bindparam("of"), refused.c.entry.not_in(_SPARED)
)
_ENTRIES = select(
    entry.c.id,
    feed.c.url.label("feed_url"),
    entry.c.link,
    entry.c.title,
    entry.c.story,
    entry.c.seen,
    entry.c.published,
    entry.c.nearest,
    entry.c.likeness,
).join(feed, feed.c.id == entry.c.feed)
# By the index of each feed in turn: there is none of links alone.
_AT = _ENTRIES.where(
    entry.c.feed.in_(select(feed.c.id)), entry.c.link == bindparam("link")
).order_by(entry.c.id)
_OF = _ENTRIES.where(entry.c.story == bindparam("of")).order_by(entry.c.id)
_ONE = _ENTRIES.where(entry.c.id == bindparam("this"))


def add(connection: Connection, steps: Sequence[Step]) -> None:
    """Write steps down."""
    if not steps:
        return
    texts = {_ruling_text(one) for step in steps for one in step.ruled}
    numbers = _numbers(connection, texts, max(step.at for step in steps))
    connection.execute(_ADD, [_row(step, numbers) for step in steps])


def refuse(connection: Connection, url: str, refusals: Sequence[Refusal], now: datetime) -> None:
    """Remember what a document held that could not be kept."""
    told = {clip(clean(one.entry), _WORDS): one.reason for one in refusals[:REFUSED_AT_ONCE]}
    rows = [
        {"feed": url, "entry": name, "reason": clip(clean(why), _WORDS), "first": now, "last": now}
        for name, why in told.items()
    ]
    if rows:
        connection.execute(_REFUSE, rows)
        connection.execute(_TOO_MANY, {"of": url})


def steps(connection: Connection, story: StoryId) -> list[Step]:
    """The way of a story, from the first step on."""
    found = connection.execute(_STEPS, {"of": story}).all()
    wanted = {number for row in found for number in row.ruled}
    rulings = connection.execute(_RULINGS, {"these": dialects.packed(wanted)})
    known = {row.id: _ruled(row.text) for row in rulings}
    return [_step(row, [known[one] for one in row.ruled if one in known]) for row in found]


def entries_at(connection: Connection, link: str) -> list[KeptEntry]:
    """Entries of any feed with this canonical link, the first one first."""
    return [_kept(row) for row in connection.execute(_AT, {"link": link})]


def entries_of(connection: Connection, story: StoryId) -> list[KeptEntry]:
    """The entries of a story, the first one first."""
    return [_kept(row) for row in connection.execute(_OF, {"of": story})]


def find_entry(connection: Connection, this: EntryId) -> KeptEntry | None:
    """One entry."""
    row = connection.execute(_ONE, {"this": this}).one_or_none()
    return None if row is None else _kept(row)


def refusals(connection: Connection, name: str, limit: int) -> list[RefusedEntry]:
    """Entries refused lately whose id, link or place holds this, the newest first."""
    holds = refused.c.entry.contains(name, autoescape=True)
    statement = select(refused).where(holds).order_by(refused.c.last.desc()).limit(limit)
    return [RefusedEntry(**row._asdict()) for row in connection.execute(statement)]


def forget(connection: Connection, before: datetime) -> int:
    """Forget what was decided and refused before then; how many steps."""
    connection.execute(delete(refused).where(refused.c.last < before))
    connection.execute(delete(ruling).where(ruling.c.used < before - _TOUCH_EVERY))
    return connection.execute(delete(trace).where(trace.c.at < before)).rowcount


def count(connection: Connection) -> int:
    """How many steps are kept."""
    return connection.execute(select(func.count()).select_from(trace)).scalar_one()


def _numbers(connection: Connection, texts: Iterable[str], now: datetime) -> dict[str, int]:
    """The numbers of rulings; those not yet written down are."""
    wanted = set(texts)
    if not wanted:
        return {}
    found = connection.execute(_KNOWN, {"these": dialects.packed(wanted)}).all()
    if stale := [row.id for row in found if row.used < now - _TOUCH_EVERY]:
        connection.execute(_TOUCH, {"these": dialects.packed(stale), "now": now})
    numbers = {row.text: int(row.id) for row in found}
    for text in sorted(wanted - numbers.keys()):
        numbers[text] = connection.execute(_RULE, {"text": text, "used": now}).scalar_one()
    return numbers


def _row(step: Step, numbers: dict[str, int]) -> dict[str, Any]:
    return {
        "story": step.story,
        "at": step.at,
        "what": step.what,
        "feed": step.feed,
        "grounds": _grounds_text(step),
        "ruled": tuple(numbers[_ruling_text(one)] for one in step.ruled),
    }


def _step(row: AnyRow, ruled: Iterable[Ruled]) -> Step:
    grounds = json.loads(row.grounds) if row.grounds else {}
    judged, quiet = grounds.get("r"), grounds.get("q")
    return Step(
        StoryId(row.story),
        row.at,
        Happening(row.what),
        row.feed,
        quiet=Reason(*quiet) if quiet else None,
        relevance=Relevance(judged[0], judged[1], tuple(judged[2])) if judged else None,
        likeness=grounds.get("l", 0.0),
        ruled=tuple(ruled),
    )


def _grounds_text(step: Step) -> str:
    """Short names: they are written for every entry."""
    grounds: dict[str, object] = {}
    if step.quiet:
        grounds["q"] = (step.quiet.code, step.quiet.clause)
    if step.relevance:
        judged = step.relevance
        grounds["r"] = (round(judged.score, 3), judged.relevant, judged.reasons)
    if step.likeness:
        grounds["l"] = round(step.likeness, 3)
    return compact(grounds) if grounds else ""


def _ruling_text(one: Ruled) -> str:
    because = [(reason.code, reason.clause) for reason in one.because]
    return compact((one.channel, one.owed, because, one.digest))


def _ruled(text: str) -> Ruled:
    channel, owed, because, digest = json.loads(text)
    return Ruled(channel, owed, tuple(Reason(*one) for one in because), digest)


def _kept(row: AnyRow) -> KeptEntry:
    found = row._asdict()
    found["id"] = EntryId(row.id)
    found["story"] = StoryId(row.story)
    found["nearest"] = None if row.nearest is None else StoryId(row.nearest)
    return KeptEntry(**found)
