"""Votes and comments: kept, counted, decided; each change is one that the cards will show.

A story's feedback has a version that every visible change raises. It is the second part of what
its posts want to show ("3.7": revision 3, version 7), so that the courier edits them for it.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, delete, exists, func, select, update

from digests.archive import dialects, outbox, publishers
from digests.archive.post_rows import AT, where
from digests.archive.rows import AnyRow
from digests.archive.schema import post, story
from digests.archive.schema_feedback import click, comment, feedback, vote
from digests.model import (
    Comment,
    CommentId,
    CommentState,
    Destination,
    Feedback,
    PostState,
    Press,
    StoryId,
    Vote,
    Voted,
)

COMMENTS_SHOWN = 5  # under a card, the newest; the rest is counted by nobody but kept
WAITING_EACH = 3  # comments of one person that may wait for an editor

_STORY: BindParameter[int] = bindparam("of")
_PERSON: BindParameter[str] = bindparam("who")
_VOTE_OF = select(vote.c.vote).where(vote.c.story == _STORY, vote.c.person == _PERSON)
_VOTE = dialects.upsert(vote, "story", "person")
_UNVOTE = delete(vote).where(vote.c.story == _STORY, vote.c.person == _PERSON)
_TOLD = select(post.c.id).where(
    AT,
    post.c.story == _STORY,
    post.c.state.in_((PostState.SENDING, PostState.SENT, PostState.HELD, PostState.LEAVING)),
    exists().where(story.c.id == _STORY),
)
_CLICK = dialects.insert(click).on_conflict_do_nothing()
_SUMS = select(feedback).where(feedback.c.story == _STORY)
_FIRST = dialects.insert(feedback).on_conflict_do_nothing()
_CHANGE = (
    update(feedback)
    .where(feedback.c.story == _STORY)
    .values(
        useful=feedback.c.useful + bindparam("more_useful"),
        noise=feedback.c.noise + bindparam("more_noise"),
        version=feedback.c.version + 1,
    )
)
_STANDS = select(story.c.revision, story.c.publisher).where(story.c.id == _STORY)
_SHOWN = (
    select(comment)
    .where(comment.c.story == _STORY, comment.c.state == CommentState.SHOWN)
    .order_by(comment.c.id.desc())
    .limit(COMMENTS_SHOWN)
)
_ADD = comment.insert().returning(comment.c.id)
_COMMENT = select(comment).where(comment.c.id == bindparam("this"))
_WAITING = select(comment).where(comment.c.state == CommentState.WAITING).order_by(comment.c.id)
_WAITING_OF = (
    select(func.count())
    .select_from(comment)
    .where(comment.c.person == _PERSON, comment.c.state == CommentState.WAITING)
)
_DECIDE = (
    update(comment)
    .where(comment.c.id == bindparam("this"))
    .values(state=bindparam("new_state"), decided_by=bindparam("by"))
)


def find(connection: Connection, of: StoryId) -> Feedback:
    """What is shown of a story's feedback; comments oldest first."""
    sums = connection.execute(_SUMS, {"of": of}).one_or_none()
    shown = [_comment(row) for row in connection.execute(_SHOWN, {"of": of})]
    comments = tuple(reversed(shown))
    if sums is None:
        return Feedback(comments=comments)
    return Feedback(sums.useful, sums.noise, comments)


def cast(connection: Connection, of: StoryId, press: Press, wanted: Vote) -> Voted | None:
    """One person's vote; the same again takes it back, the same press delivered again does not.

    None when no card of that story stands in that place: such a press is forged.
    """
    if not _told(connection, of, press.place):
        return None
    if _is_new(connection, press):
        _toggle(connection, of, press, wanted)
    return Voted(vote_of(connection, of, press.person), find(connection, of))


def _toggle(connection: Connection, of: StoryId, press: Press, wanted: Vote) -> None:
    who = {"of": of, "who": press.person}
    before = connection.execute(_VOTE_OF, who).scalar_one_or_none()
    change = Counter({wanted.value: 1})
    if before is not None:
        change[before] -= 1
    if before == wanted.value:
        connection.execute(_UNVOTE, who)
        change = Counter({before: -1})
    else:
        row = {"story": of, "person": press.person, "vote": wanted.value, "at": press.at}
        connection.execute(_VOTE, row)
    _changed(connection, of, change)


def _told(connection: Connection, of: StoryId, place: Destination) -> bool:
    """Whether a card of a story that is still there stands, or may stand, in a place."""
    return connection.execute(_TOLD, {"of": of, **where(place)}).first() is not None


def _is_new(connection: Connection, press: Press) -> bool:
    """Whether a press was not counted before; from now on it was."""
    if not press.click:
        return True
    row = {"id": f"{press.place.platform}:{press.click}", "at": press.at}
    return connection.execute(_CLICK, row).rowcount == 1


def vote_of(connection: Connection, of: StoryId, person: str) -> Vote | None:
    """What a person thinks of a story, as far as it was said."""
    stands = connection.execute(_VOTE_OF, {"of": of, "who": person}).scalar_one_or_none()
    return None if stands is None else Vote(stands)


def write(
    connection: Connection, of: StoryId, person: str, name: str, text: str, now: datetime
) -> Comment | None:
    """A comment that waits for an editor. None: too many of this person's wait already."""
    waiting = connection.execute(_WAITING_OF, {"who": person}).scalar_one()
    there = connection.execute(_STANDS, {"of": of}).one_or_none()
    if waiting >= WAITING_EACH or there is None:
        return None
    written = Comment(CommentId(0), of, person, name, text, now)
    key = connection.execute(_ADD, _row(written)).scalar_one()
    return get(connection, CommentId(key))


def decide(
    connection: Connection, this: CommentId, state: CommentState, by: str
) -> Comment | None:
    """An editor's decision. None: there is no such comment, or it was decided before."""
    found = get(connection, this)
    if found is None or found.state is not CommentState.WAITING:
        return None
    connection.execute(_DECIDE, {"this": this, "new_state": state, "by": by})
    if state is CommentState.SHOWN:
        _changed(connection, found.story, Counter())
    return get(connection, this)


def get(connection: Connection, this: CommentId) -> Comment | None:
    """One comment."""
    row = connection.execute(_COMMENT, {"this": this}).one_or_none()
    return None if row is None else _comment(row)


def waiting(connection: Connection) -> list[Comment]:
    """What waits for an editor, oldest first."""
    return [_comment(row) for row in connection.execute(_WAITING)]


def forget_person(connection: Connection, person: str) -> int:
    """Take a person's votes and comments back. How many there were."""
    mine = connection.execute(
        select(vote.c.story, vote.c.vote).where(vote.c.person == person)
    ).all()
    written = connection.execute(
        select(comment.c.story, comment.c.state).where(comment.c.person == person)
    ).all()
    connection.execute(delete(vote).where(vote.c.person == person))
    connection.execute(delete(comment).where(comment.c.person == person))
    for row in mine:
        _changed(connection, StoryId(row.story), Counter({row.vote: -1}))
    for of in {row.story for row in written if row.state == CommentState.SHOWN}:
        _changed(connection, StoryId(of), Counter())
    return len(mine) + len(written)


def forget(connection: Connection, stories: Iterable[int]) -> None:
    """The stories are gone; so is what was said of them."""
    gone = {"these": dialects.packed(stories)}
    for table in (vote, comment, feedback):
        connection.execute(delete(table).where(table.c.story.in_(dialects.listed("these"))), gone)


def forget_clicks(connection: Connection, before: datetime) -> int:
    """Forget presses that no platform delivers again."""
    return connection.execute(delete(click).where(click.c.at < before)).rowcount


def _changed(connection: Connection, of: StoryId, change: Counter[str]) -> None:
    """Raise the version, and let the publisher and the posts know."""
    connection.execute(_FIRST, {"story": of, "useful": 0, "noise": 0, "version": 0})
    more = {f"more_{one.value}": change[one.value] for one in Vote}
    connection.execute(_CHANGE, {"of": of} | more)
    stands = connection.execute(_STANDS, {"of": of}).one_or_none()
    if stands is not None:
        publishers.voted(connection, stands.publisher, change)
        outbox.want(connection, of, str(stands.revision))


def _row(one: Comment) -> dict[str, Any]:
    return {
        "story": one.story,
        "person": one.person,
        "name": one.name,
        "text": one.text,
        "at": one.at,
        "state": one.state,
        "decided_by": one.decided_by,
    }


def _comment(row: AnyRow) -> Comment:
    found = row._asdict()
    found["id"] = CommentId(row.id)
    found["story"] = StoryId(row.story)
    found["state"] = CommentState(row.state)
    return Comment(**found)
