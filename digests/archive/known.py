"""What is known of CVEs from elsewhere (KEV, EPSS, CVSS), and which stories name them.

Searches look for it in the index, so what is learnt later indexes the stories anew that name it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace

from sqlalchemy import Connection, bindparam, select

from digests.archive import dialects
from digests.archive.schema import cve, story_cve
from digests.model import CveFacts, Story

_KNOWN = select(cve).where(cve.c.cve.in_(dialects.listed("these")))
_NAMING = select(story_cve.c.story).where(story_cve.c.cve.in_(dialects.listed("these"))).distinct()
_EXPLOITED = select(cve.c.cve).where(cve.c.kev_since.is_not(None))
_NAMED = select(story_cve.c.cve).distinct().where(story_cve.c.story >= bindparam("since"))
_LEARN = dialects.upsert(cve, "cve")
_NAME = dialects.insert(story_cve).on_conflict_do_nothing()


def facts_of(connection: Connection, cves: Iterable[str]) -> dict[str, CveFacts]:
    """What is known of each of these; the unknown ones are left out."""
    wanted = set(cves)
    if not wanted:
        return {}
    found = connection.execute(_KNOWN, {"these": dialects.packed(sorted(wanted))})
    return {row.cve: CveFacts(**row._asdict()) for row in found}


def completed(connection: Connection, stories: Sequence[Story]) -> list[Story]:
    """The stories with what is known now of the CVEs that they name."""
    facts = facts_of(connection, (named for one in stories for named in one.cves))
    if not facts:
        return [replace(one, facts=()) if one.facts else one for one in stories]
    return [
        replace(one, facts=tuple(facts[named] for named in one.cves if named in facts))
        if one.cves
        else one
        for one in stories
    ]


def name(connection: Connection, stories: Iterable[Story]) -> None:
    """Remember which CVEs these stories name."""
    pairs = [{"cve": named, "story": one.id} for one in stories for named in set(one.cves)]
    if pairs:
        connection.execute(_NAME, pairs)


def forget(connection: Connection, ids: Iterable[int]) -> None:
    """These stories name nothing any more."""
    gone = story_cve.c.story.in_(dialects.listed("these"))
    connection.execute(story_cve.delete().where(gone), {"these": dialects.packed(ids)})


def learn(connection: Connection, facts: Iterable[CveFacts]) -> list[int]:
    """Keep what is new in these; the ids of the stories that name a CVE whose facts changed."""
    wanted = {one.cve: one for one in facts}
    known = facts_of(connection, wanted)
    changed = [one for one in wanted.values() if known.get(one.cve) != one]
    if not changed:
        return []
    connection.execute(_LEARN, [asdict(one) for one in changed])
    return naming(connection, (one.cve for one in changed))


def naming(connection: Connection, cves: Iterable[str]) -> list[int]:
    """Ids of the stories that name at least one of these."""
    these = {"these": dialects.packed(cves)}
    return sorted(connection.execute(_NAMING, these).scalars())


def exploited(connection: Connection) -> frozenset[str]:
    """The CVEs that are known to be exploited."""
    return frozenset(connection.execute(_EXPLOITED).scalars())


def named(connection: Connection, since: int) -> frozenset[str]:
    """The CVEs that stories from this id on name."""
    return frozenset(connection.execute(_NAMED, {"since": since}).scalars())
