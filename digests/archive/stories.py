"""Stories as the archive keeps them: reading, adding, revising, recognising."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, select, update

from digests.archive import dialects, facets, known, meta, publishers, rows
from digests.archive.columns import Moment
from digests.archive.insight import insight_from
from digests.archive.records import StoryRecord
from digests.archive.schema import story, story_link, story_text
from digests.model import CveFacts, IndexTokens, Key, Story, StoryId
from digests.stories.cluster import StoryRef
from digests.stories.events import UNSEEN, Evidence, evidence

LAST_NUMBER = "last_number"  # in meta; what retention has taken away must not be counted anew
_OF_WORDS = ("title", "body", "meaning")
_INDEXED = ("title", "body", "facets")
_IN_TEXT = (*_INDEXED, "meaning")
_REF_COLUMNS = (
    story.c.id,
    story.c.key,
    story.c.title_key,
    story.c.seen,
    story.c.publisher,
    story.c.also,
    story.c.headline,
    story.c.cves,
    story.c.insight,
    story.c.announced,
    story_text.c.title,
    story_text.c.body,
)
_ADD = story.insert()
_ADD_TEXT = story_text.insert()
_ADD_LINK = dialects.insert(story_link).on_conflict_do_nothing()
_THESE = dialects.listed("these")
_LOAD = select(*rows.STORY_COLUMNS).where(story.c.id.in_(_THESE))
_KNOWN = select(story.c.id).where(story.c.id.in_(_THESE))
_TEXTS = select(story_text).where(story_text.c.id.in_(_THESE))
_REVISE_TEXT = (
    update(story_text)
    .where(story_text.c.id == bindparam("this"))
    .values({name: bindparam(name) for name in _IN_TEXT})
)
_HIGHEST = select(func.max(story.c.id)).where(
    story.c.id >= bindparam("low"), story.c.id < bindparam("high")
)
_LAST_ID = select(func.max(story.c.id))
_LAST_NUMBER = select(func.max(story.c.number))


def _refs_of(condition: ColumnElement[bool]) -> tuple[Select[Any], Select[Any]]:
    """What to ask for the references of some stories: the stories, and their links."""
    chosen = select(story.c.id).where(condition)
    return (
        select(*_REF_COLUMNS)
        .outerjoin(story_text, story_text.c.id == story.c.id)
        .where(condition)
        .order_by(story.c.id),
        select(story_link).where(story_link.c.story.in_(chosen)),
    )


_WINDOW = _refs_of(story.c.seen >= bindparam("since", type_=Moment()))
_LINKED = select(story_link.c.story).where(story_link.c.link.in_(dialects.listed("links")))
_ANY_LINKED = _LINKED.limit(1)
_BY_LINKS = _refs_of(story.c.id.in_(_LINKED))


def add(connection: Connection, records: Sequence[StoryRecord]) -> None:
    """Keep and index new stories."""
    if not records:
        return
    connection.execute(_ADD, [rows.story_row(record) for record in records])
    connection.execute(_ADD_TEXT, _texts(connection, records))
    dialects.add_to_index(connection, (record.story.id for record in records))
    known.name(connection, (record.story for record in records))
    publishers.count(connection, (), [record.story for record in records])
    _add_links(connection, records)


def revise(connection: Connection, records: Sequence[StoryRecord]) -> None:
    """Replace stories by what they have become; an unknown one is added."""
    if not records:
        return
    there = _known(connection, (record.story.id for record in records))
    add(connection, [record for record in records if record.story.id not in there])
    changed = [record for record in records if record.story.id in there]
    if not changed:
        return
    before = load(connection, [record.story.id for record in changed])
    publishers.count(connection, before, [record.story for record in changed])
    for record in changed:
        values = rows.story_row(record)
        for fixed in ("key", "number", "title_key"):  # given once, when the story was new
            del values[fixed]
        connection.execute(update(story).where(story.c.id == values.pop("id")).values(values))
    known.forget(connection, (record.story.id for record in changed))
    known.name(connection, (record.story for record in changed))
    index_again(connection, _texts(connection, changed))
    _add_links(connection, changed)


def _texts(connection: Connection, records: Sequence[StoryRecord]) -> list[dict[str, Any]]:
    """The rows of table `story_text`, with what is known now of the CVEs."""
    told = known.completed(connection, [record.story for record in records])
    pairs = zip(told, records, strict=True)
    return [text_row(one, record.tokens) for one, record in pairs]


def text_row(told: Story, tokens: IndexTokens) -> dict[str, Any]:
    """The columns of table `story_text`."""
    return {
        "id": told.id,
        "title": tokens.title,
        "body": tokens.body,
        "facets": facets.facets_of(told),
        "meaning": tokens.meaning,
    }


def index_again(connection: Connection, texts: Sequence[dict[str, Any]]) -> None:
    """Only where the words changed: another publisher telling the same is the usual revision.

    A text without any words keeps those that it had. What only means otherwise than it did is not in
    the index.
    """
    wanted = {text["id"]: text for text in texts}
    indexed = []
    stored = connection.execute(_TEXTS, {"these": dialects.packed(wanted)}).mappings().all()
    for row in stored:
        if not (wanted[row["id"]]["title"] or wanted[row["id"]]["body"]):
            wanted[row["id"]] |= {name: row[name] for name in _OF_WORDS}
        if wanted[row["id"]] == dict(row):
            del wanted[row["id"]]
        elif any(wanted[row["id"]][name] != row[name] for name in _INDEXED):
            indexed.append(row["id"])
    if not wanted:
        return
    dialects.remove_from_index(connection, indexed)
    connection.execute(_REVISE_TEXT, [text | {"this": text["id"]} for text in wanted.values()])
    dialects.add_to_index(connection, indexed)


def window(connection: Connection, since: datetime) -> list[StoryRef]:
    """What a new entry may be the same story as: all stories seen since then, oldest first."""
    return _refs(connection, _WINDOW, since=since)


def find_by_links(connection: Connection, links: Iterable[str]) -> list[StoryRef]:
    """Stories that one of these canonical links identifies, whatever their age."""
    wanted = dialects.packed(set(links) - {""})
    if connection.execute(_ANY_LINKED, {"links": wanted}).first() is None:
        return []  # as for most news
    return _refs(connection, _BY_LINKS, links=wanted)


def last_ids(connection: Connection, seconds: Iterable[int]) -> dict[int, int]:
    """The highest id of each of these seconds that has stories."""
    found = {}
    for second in set(seconds):
        bounds = {"low": second << 20, "high": (second + 1) << 20}
        highest = connection.execute(_HIGHEST, bounds).scalar_one()
        if highest is not None:
            found[second] = highest
    return found


def last_id(connection: Connection) -> int:
    """The highest id; 0 when there are no stories."""
    return connection.execute(_LAST_ID).scalar_one() or 0


def last_number(connection: Connection) -> int:
    """The highest number ever given to a story."""
    stored = connection.execute(_LAST_NUMBER).scalar_one() or 0
    return max(stored, int(meta.get(connection, LAST_NUMBER) or 0))


def find(connection: Connection, what: StoryId | Key) -> Story | None:
    """One story by its id or its key."""
    condition = story.c.id == what if isinstance(what, int) else story.c.key == what
    row = connection.execute(select(*rows.STORY_COLUMNS).where(condition)).one_or_none()
    return None if row is None else known.completed(connection, [rows.story_from(row)])[0]


def load(connection: Connection, ids: Sequence[StoryId]) -> list[Story]:
    """These stories in this order; those that are gone are left out."""
    found = connection.execute(_LOAD, {"these": dialects.packed(ids)})
    by_id = {one.id: one for one in map(rows.story_from, found)}
    return known.completed(connection, [by_id[id_] for id_ in ids if id_ in by_id])


def words(connection: Connection, ids: Iterable[StoryId]) -> dict[StoryId, IndexTokens]:
    """What the index holds of these stories; forgotten ones are left out."""
    found = connection.execute(_TEXTS, {"these": dialects.packed(ids)})
    return {StoryId(row.id): IndexTokens(row.title, row.body, row.meaning) for row in found}


def latest(connection: Connection, limit: int, before: StoryId | None) -> list[Story]:
    """The newest stories, newest first."""
    statement = select(*rows.STORY_COLUMNS).order_by(story.c.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(story.c.id < before)
    found = [rows.story_from(row) for row in connection.execute(statement)]
    return known.completed(connection, found)


def learn(connection: Connection, facts: Sequence[CveFacts]) -> list[StoryId]:
    """Keep what is known of some CVEs; the stories whose CVEs it concerns are indexed anew."""
    found = [StoryId(one) for one in known.learn(connection, facts)]
    index_again(connection, [text_row(one, IndexTokens()) for one in load(connection, found)])
    return found


def unlink(connection: Connection, of: StoryId, links: Sequence[str]) -> None:
    """These links identify this story no more."""
    these = {"these": dialects.packed(links)}
    gone = story_link.delete().where(story_link.c.story == of, story_link.c.link.in_(_THESE))
    connection.execute(gone, these)


def remove(connection: Connection, ids: Sequence[int]) -> None:
    """Forget stories: row, words, links, index."""
    gone = {"these": dialects.packed(ids)}
    highest = (
        connection.execute(_LAST_NUMBER.where(story.c.id.in_(_THESE)), gone).scalar_one() or 0
    )
    if highest > int(meta.get(connection, LAST_NUMBER) or 0):
        meta.put(connection, LAST_NUMBER, str(highest))
    dialects.remove_from_index(connection, ids)
    connection.execute(story_text.delete().where(story_text.c.id.in_(_THESE)), gone)
    known.forget(connection, ids)
    connection.execute(story_link.delete().where(story_link.c.story.in_(_THESE)), gone)
    connection.execute(story.delete().where(story.c.id.in_(_THESE)), gone)


def _refs(
    connection: Connection, statements: tuple[Select[Any], Select[Any]], **parameters: Any
) -> list[StoryRef]:
    found, linked = statements
    links: defaultdict[int, list[str]] = defaultdict(list)
    for row in connection.execute(linked, parameters):
        links[row.story].append(row.link)
    return [_ref(row, links[row.id]) for row in connection.execute(found, parameters)]


def _ref(row: rows.AnyRow, links: Sequence[str]) -> StoryRef:
    publishers = {row.publisher, *(source.publisher for source in rows.sources_from(row.also))}
    return StoryRef(
        id=StoryId(row.id),
        key=Key(row.key),
        link_keys=tuple(links),
        title_key=row.title_key,
        seen=row.seen,
        publishers=frozenset(publishers),
        evidence=_evidence(row) if row.announced else UNSEEN,
    )


def _evidence(row: rows.AnyRow) -> Evidence:
    """What the story tells now; what its other entries said is in their own words, long gone."""
    return evidence(
        row.headline,
        (row.title or "", row.body or ""),
        cves=row.cves,
        names=insight_from(row.insight)["names"],
        publisher=row.publisher,
    )


def _known(connection: Connection, ids: Iterable[int]) -> set[int]:
    return set(connection.execute(_KNOWN, {"these": dialects.packed(ids)}).scalars())


def _add_links(connection: Connection, records: Sequence[StoryRecord]) -> None:
    pairs = [
        {"link": link, "story": record.story.id} for record in records for link in record.link_keys
    ]
    if pairs:
        connection.execute(_ADD_LINK, pairs)
