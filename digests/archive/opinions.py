"""What each person thinks of each publisher, and the sums of it that its score is made of.

Nobody has more than one voice about a publisher, however many of its stories they vote on. What
retention forgets of stories stays in the opinions; a person who wants to be forgotten is, wholly.
"""

from collections import Counter

from sqlalchemy import Connection, bindparam, delete, select

from digests.archive import dialects, publishers
from digests.archive.schema_feedback import opinion
from digests.model import Vote
from digests.stories.quality import voice

_THIS = (opinion.c.publisher == bindparam("of")) & (opinion.c.person == bindparam("who"))
_FIND = select(opinion.c.useful, opinion.c.noise).where(_THIS)
_KEEP = dialects.upsert(opinion, "publisher", "person")
_DROP = delete(opinion).where(_THIS)
_OF_PERSON = select(opinion).where(opinion.c.person == bindparam("who"))


def change(connection: Connection, publisher: str, person: str, votes: Counter[str]) -> None:
    """A person voted on a story of a publisher, or took a vote back: `votes` by kind, signed."""
    this = {"of": publisher, "who": person}
    row = connection.execute(_FIND, this).one_or_none()
    before = Counter(useful=row.useful, noise=row.noise) if row else Counter[str]()
    after = {one.value: max(before[one] + votes[one], 0) for one in Vote}
    if any(after.values()):
        connection.execute(_KEEP, {"publisher": publisher, "person": person} | after)
    else:
        connection.execute(_DROP, this)
    publishers.heard(connection, publisher, _difference(before, Counter(after)))


def forget(connection: Connection, person: str) -> None:
    """Take a person's opinions back, of all publishers."""
    for row in connection.execute(_OF_PERSON, {"who": person}).all():
        change(connection, row.publisher, person, Counter(useful=-row.useful, noise=-row.noise))


def _difference(before: Counter[str], after: Counter[str]) -> Counter[str]:
    def heard(votes: Counter[str]) -> Counter[str]:
        useful, noise = votes["useful"], votes["noise"]
        voices, people = voice(useful, noise), int(bool(useful or noise))
        return Counter(useful=useful, noise=noise, people=people, voices=voices)

    change = heard(after)
    change.subtract(heard(before))
    return change
