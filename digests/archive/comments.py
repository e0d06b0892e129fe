"""Comments: written, decided once, shown, taken back; each step with what it makes the outbox owe.

Three posts follow a comment, all through the outbox: `review:ID` in the editors' channel,
`verdict:ID` to its writer, and where a channel tells such things in threads `note:STORY:said:ID`.
What they say is made from the comment when they are sent or edited.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, delete, func, select, update

from digests.archive import outbox, post_states, said
from digests.archive.rows import AnyRow
from digests.archive.schema import post
from digests.archive.schema_feedback import comment
from digests.model import (
    Channel,
    Comment,
    CommentId,
    CommentState,
    Decision,
    Destination,
    NewPost,
    PostState,
    Press,
    StoryId,
    Unwritten,
)
from digests.model.watching import channel_of, person_at

SHOWN = 5  # under a card, the newest; older ones are kept
WAITING_EACH = 3  # comments of one person that may wait for an editor
DAILY_EACH = 10  # that one person may write in twenty-four hours
REVIEW, VERDICT = "review:", "verdict:"  # so begin the subjects of these posts
_UNDECIDED, _DECIDED = post_states.version("0", 0), post_states.version("0", 1)

_THIS: BindParameter[int] = bindparam("this")
_SHOWN = (
    select(comment)
    .where(comment.c.story == bindparam("of"), comment.c.state == CommentState.SHOWN)
    .order_by(comment.c.id.desc())
    .limit(SHOWN)
)
_ADD = comment.insert().returning(comment.c.id)
_COMMENT = select(comment).where(comment.c.id == _THIS)
_WAITING = select(comment).where(comment.c.state == CommentState.WAITING).order_by(comment.c.id)
_MINE = select(comment).where(comment.c.person == bindparam("who"))
_LAST = _MINE.where(comment.c.story == bindparam("of")).order_by(comment.c.id.desc()).limit(1)
_DECIDE = (
    update(comment)
    .where(comment.c.id == _THIS)
    .values(state=bindparam("new"), decided_by=bindparam("by"), editor=bindparam("their_name"))
)
_CARDS = select(post.c.channel, post.c.platform, post.c.place).where(
    post.c.story == bindparam("of"), post.c.state == PostState.SENT
)
_WANT = (
    update(post)
    .where(post.c.subject == bindparam("about"), post.c.story.is_(None))
    .values(wanted=_DECIDED)
)


def shown(connection: Connection, of: StoryId) -> tuple[Comment, ...]:
    """The newest that editors approved, oldest first."""
    found = [_read(row) for row in connection.execute(_SHOWN, {"of": of})]
    return tuple(reversed(found))


def get(connection: Connection, this: CommentId) -> Comment | None:
    """One comment."""
    row = connection.execute(_COMMENT, {"this": this}).one_or_none()
    return None if row is None else _read(row)


def waiting(connection: Connection) -> list[Comment]:
    """What waits for an editor, oldest first."""
    return [_read(row) for row in connection.execute(_WAITING)]


def write(
    connection: Connection, press: Press, written: Comment, review: Channel
) -> Comment | Unwritten:
    """A comment that waits for an editor, and the post that shows it to editors.

    `written` has no id yet. The same press delivered again is the comment that it made.
    """
    if not said.told(connection, written.story, press.place):
        return Unwritten.NOT_TOLD
    mine = {"who": written.person, "of": written.story}
    if said.seen(connection, press):
        row = connection.execute(_LAST, mine).one_or_none()
        return Unwritten.NOT_TOLD if row is None else _read(row)
    if not _may_write(connection, press):
        return Unwritten.TOO_MANY
    said.is_new(connection, press)
    key = CommentId(connection.execute(_ADD, _row(written)).scalar_one())
    place = Destination(review.to.platform, review.to.address)
    shown_to = NewPost(review.name, place, f"{REVIEW}{key}", wanted=_UNDECIDED)
    outbox.owe(connection, [shown_to], press.at)
    found = get(connection, key)
    assert found is not None
    return found


def _may_write(connection: Connection, press: Press) -> bool:
    mine = comment.c.person == press.person
    waits = comment.c.state == CommentState.WAITING
    today = comment.c.at > press.at - timedelta(days=1)
    count = select(func.count()).select_from(comment)
    return bool(
        connection.execute(count.where(mine, waits)).scalar_one() < WAITING_EACH
        and connection.execute(count.where(mine, today)).scalar_one() < DAILY_EACH
    )


def decide(connection: Connection, this: CommentId, made: Decision) -> Comment | None:
    """An editor's decision. None: there is no such comment, or it was decided before."""
    found = get(connection, this)
    if found is None or found.state is not CommentState.WAITING:
        return None
    row = {"this": this, "new": made.state, "by": made.by, "their_name": made.editor}
    connection.execute(_DECIDE, row)
    connection.execute(_WANT, {"about": f"{REVIEW}{this}"})
    owed = [_verdict(found)]
    if made.state is CommentState.SHOWN:
        said.changed(connection, found.story)
        owed += _asides(connection, found, made)
    outbox.owe(connection, owed, made.at)
    return get(connection, this)


def _verdict(decided: Comment) -> NewPost:
    """What its writer is told, in a direct message."""
    to = person_at(decided.person)
    place = Destination(to.platform, to.address)
    return NewPost(channel_of(decided.person), place, f"{VERDICT}{decided.id}", wanted=_DECIDED)


def _asides(connection: Connection, decided: Comment, made: Decision) -> list[NewPost]:
    """A line in the thread of each card that stands in a channel with threads."""
    subject = f"note:{decided.story}:said:{decided.id}"
    return [
        NewPost(row.channel, Destination(row.platform, row.place), subject, wanted=_DECIDED)
        for row in connection.execute(_CARDS, {"of": decided.story})
        if row.channel in made.asides
    ]


def forget_person(connection: Connection, person: str) -> int:
    """Take a person's comments back, and every post that shows one. How many comments."""
    mine = [_read(row) for row in connection.execute(_MINE, {"who": person})]
    connection.execute(delete(comment).where(comment.c.person == person))
    for one in mine:
        note = f"note:{one.story}:said:{one.id}"
        outbox.withdraw(connection, (f"{REVIEW}{one.id}", f"{VERDICT}{one.id}", note))
        if one.state is CommentState.SHOWN:
            said.withdrawn(connection, one.story)
    return len(mine)


def _row(one: Comment) -> dict[str, Any]:
    names = ("story", "person", "name", "text", "at", "state", "decided_by", "editor", "language")
    return {name: getattr(one, name) for name in names}


def _read(row: AnyRow) -> Comment:
    found = row._asdict()
    found["id"] = CommentId(row.id)
    found["story"] = StoryId(row.story)
    found["state"] = CommentState(row.state)
    return Comment(**found)
