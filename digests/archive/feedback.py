"""Votes, counted, and all that readers say of a story; each change is one that the cards will show."""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import BindParameter, Connection, bindparam, delete, select

from digests.archive import comments, dialects, opinions, said
from digests.archive.schema import story
from digests.archive.schema_feedback import comment, feedback, vote
from digests.model import Feedback, Press, StoryId, Vote, Voted

_STORY: BindParameter[int] = bindparam("of")
_PERSON: BindParameter[str] = bindparam("who")
_VOTE_OF = select(vote.c.vote).where(vote.c.story == _STORY, vote.c.person == _PERSON)
_VOTE = dialects.upsert(vote, "story", "person")
_UNVOTE = delete(vote).where(vote.c.story == _STORY, vote.c.person == _PERSON)
_SUMS = select(feedback).where(feedback.c.story == _STORY)
_PUBLISHER = select(story.c.publisher).where(story.c.id == _STORY)


def find(connection: Connection, of: StoryId) -> Feedback:
    """What is shown of a story's feedback; comments oldest first."""
    sums = connection.execute(_SUMS, {"of": of}).one_or_none()
    shown = comments.shown(connection, of)
    return Feedback(sums.useful, sums.noise, shown) if sums else Feedback(comments=shown)


def cast(connection: Connection, of: StoryId, press: Press, wanted: Vote) -> Voted | None:
    """One person's vote; the same again takes it back, the same press delivered again does not.

    None when no card of that story stands in that place: such a press is forged.
    """
    if not said.told(connection, of, press.place):
        return None
    if said.is_new(connection, press):
        _toggle(connection, of, press, wanted)
    return Voted(_vote_of(connection, of, press.person), find(connection, of))


def _toggle(connection: Connection, of: StoryId, press: Press, wanted: Vote) -> None:
    before = _vote_of(connection, of, press.person)
    votes = Counter({wanted.value: 1})
    if before is not None:
        votes[before.value] -= 1
    if before is wanted:
        connection.execute(_UNVOTE, {"of": of, "who": press.person})
        votes = Counter({wanted.value: -1})
    else:
        row = {"story": of, "person": press.person, "vote": wanted.value, "at": press.at}
        connection.execute(_VOTE, row)
    said.changed(connection, of, votes)
    publisher = connection.execute(_PUBLISHER, {"of": of}).scalar_one()
    opinions.change(connection, publisher, press.person, votes)


def _vote_of(connection: Connection, of: StoryId, person: str) -> Vote | None:
    stands = connection.execute(_VOTE_OF, {"of": of, "who": person}).scalar_one_or_none()
    return None if stands is None else Vote(stands)


def forget_person(connection: Connection, person: str) -> int:
    """Take a person's votes and comments back, wherever they stand. How many there were."""
    mine = connection.execute(
        select(vote.c.story, vote.c.vote).where(vote.c.person == person)
    ).all()
    connection.execute(delete(vote).where(vote.c.person == person))
    for row in mine:
        said.changed(connection, StoryId(row.story), Counter({row.vote: -1}))
    opinions.forget(connection, person)
    return len(mine) + comments.forget_person(connection, person)


def forget(connection: Connection, stories: Iterable[int]) -> None:
    """The stories are gone; so is what was said of them."""
    gone = {"these": dialects.packed(stories)}
    for table in (vote, comment, feedback):
        connection.execute(delete(table).where(table.c.story.in_(dialects.listed("these"))), gone)
