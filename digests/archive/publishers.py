"""What each publisher has told so far, as sums that every commit keeps up to date.

Sums, since a mean over a year of stories must not be worked out anew for each card. What retention
forgets stays counted: a publisher's name is made over years.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, bindparam, or_, select, update

from digests.archive import dialects
from digests.archive.rows import AnyRow
from digests.archive.schema import publisher
from digests.model import Story
from digests.stories.quality import Standing

_HEARD = ("useful", "noise", "people", "voices")
_SUMS = ("stories", "points", "first", "shared")
_KNOWN = dialects.insert(publisher).on_conflict_do_nothing()
_ADD = (
    update(publisher)
    .where(publisher.c.name == bindparam("this"))
    .values({name: publisher.c[name] + bindparam(f"more_{name}") for name in _SUMS})
)
_PLACE = (
    update(publisher)
    .where(publisher.c.name == bindparam("this"), publisher.c.country == "")
    .values(country=bindparam("where"))
)
_VOTED = (
    update(publisher)
    .where(publisher.c.name == bindparam("this"))
    .values(
        useful=publisher.c.useful + bindparam("more_useful"),
        noise=publisher.c.noise + bindparam("more_noise"),
        people=publisher.c.people + bindparam("more_people"),
        voices=publisher.c.voices + bindparam("more_voices"),
    )
)
_ALL = select(publisher).order_by(publisher.c.name)
_COUNTRY = (
    select(publisher.c.country).where(publisher.c.name == bindparam("this")).scalar_subquery()
)
_COMPARED = select(publisher).where(
    or_(
        publisher.c.name == bindparam("this"),
        and_(publisher.c.country == _COUNTRY, publisher.c.country != ""),
    )
)


def contributions(told: Story) -> dict[str, Counter[str]]:
    """What one story adds to its publishers' sums; nothing when it was never judged."""
    if told.quality is None:
        return {}
    others = {source.publisher for source in told.also} - {told.publisher}
    shared = int(bool(others))
    mine = {"stories": 1, "points": told.quality.score, "first": shared, "shared": shared}
    return {told.publisher: Counter(mine)} | {name: Counter(shared=1) for name in others}


def count(connection: Connection, before: Iterable[Story], after: Sequence[Story]) -> None:
    """Bring the sums from what stories were to what they are; `before` lacks the new ones."""
    sums = _difference(before, after)
    if not sums:
        return
    connection.execute(_KNOWN, [_empty(name) for name in sums])
    changes = [_change(name, more) for name, more in sums.items() if any(more.values())]
    if changes:
        connection.execute(_ADD, changes)
    places = {one.publisher: one.country for one in after if one.country}
    if places:
        connection.execute(_PLACE, [{"this": name, "where": at} for name, at in places.items()])


def heard(connection: Connection, name: str, change: Counter[str]) -> None:
    """What readers think of it has changed: useful, noise, people, voices."""
    more = {f"more_{sum_}": change[sum_] for sum_ in _HEARD}
    if any(more.values()):
        connection.execute(_KNOWN, [_empty(name)])
        connection.execute(_VOTED, {"this": name} | more)


def standings(connection: Connection) -> list[Standing]:
    """All publishers, by name."""
    return [_standing(row) for row in connection.execute(_ALL)]


def compared(connection: Connection, name: str) -> list[Standing]:
    """A publisher and those of its country, which are all that its rating depends on."""
    return [_standing(row) for row in connection.execute(_COMPARED, {"this": name})]


def _standing(row: AnyRow) -> Standing:
    return Standing(
        row.name, row.country, row.stories, row.points, row.first, row.shared,
        useful=row.useful, noise=row.noise, people=row.people, voices=row.voices,
    )  # fmt: skip


def _difference(before: Iterable[Story], after: Iterable[Story]) -> dict[str, Counter[str]]:
    sums: dict[str, Counter[str]] = {}
    for told in after:
        for name, more in contributions(told).items():
            sums.setdefault(name, Counter()).update(more)
    for told in before:
        for name, less in contributions(told).items():
            sums.setdefault(name, Counter()).subtract(less)
    return sums


def _empty(name: str) -> Mapping[str, Any]:
    return {"name": name, "country": ""} | dict.fromkeys((*_SUMS, *_HEARD), 0)


def _change(name: str, more: Counter[str]) -> Mapping[str, Any]:
    return {"this": name} | {f"more_{sum_}": more[sum_] for sum_ in _SUMS}
