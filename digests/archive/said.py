"""What votes and comments have in common: where they may come from, and what they change.

A story's feedback has a version that every visible change raises. It is the second part of what
its posts want to show ("3.7": revision 3, version 7), so that the courier edits them for it.
"""

from collections import Counter
from datetime import datetime

from sqlalchemy import (
    BindParameter,
    Connection,
    and_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)

from digests.archive import dialects, outbox, post_states
from digests.archive.post_rows import where
from digests.archive.schema import post, story
from digests.archive.schema_feedback import click, feedback
from digests.model import Destination, PostState, Press, StoryId, Vote

_STORY: BindParameter[int] = bindparam("of")
_STANDING = (PostState.SENDING, PostState.SENT, PostState.HELD, PostState.LEAVING)
_INSIDE = func.substr(post.c.message_id, 1, func.length(bindparam("inside"))) == bindparam(
    "inside"
)
# A card in a forum stands in a thread of its own: its message's name begins with the thread's.
_THERE = and_(
    post.c.platform == bindparam("platform"),
    or_(post.c.place == bindparam("place"), _INSIDE),
)
_TOLD = select(post.c.id).where(
    _THERE,
    post.c.story == _STORY,
    post.c.state.in_(_STANDING),
    exists().where(story.c.id == _STORY),
)
_CLICK = dialects.insert(click).on_conflict_do_nothing()
_SEEN = select(click.c.id).where(click.c.id == bindparam("id"))
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
_STANDS = select(story.c.revision).where(story.c.id == _STORY)


def told(connection: Connection, of: StoryId, place: Destination) -> bool:
    """Whether a card of a story that is still there stands, or may stand, in a place."""
    there = {"of": of, "inside": f"{place.place}/", **where(place)}
    return bool(place.place) and connection.execute(_TOLD, there).first() is not None


def seen(connection: Connection, press: Press) -> bool:
    """Whether a press was counted before."""
    this = {"id": f"{press.place.platform}:{press.click}"}
    return bool(press.click) and connection.execute(_SEEN, this).first() is not None


def is_new(connection: Connection, press: Press) -> bool:
    """Whether a press was not counted before; from now on it was."""
    if not press.click:
        return True
    row = {"id": f"{press.place.platform}:{press.click}", "at": press.at}
    return connection.execute(_CLICK, row).rowcount == 1


def changed(connection: Connection, of: StoryId, votes: Counter[str] | None = None) -> None:
    """Raise the version of what is shown, and let the posts know; `votes` by kind, signed."""
    votes = votes or Counter()
    connection.execute(_FIRST, {"story": of, "useful": 0, "noise": 0, "version": 0})
    more = {f"more_{one.value}": votes[one.value] for one in Vote}
    connection.execute(_CHANGE, {"of": of} | more)
    revision = connection.execute(_STANDS, {"of": of}).scalar_one_or_none()
    if revision is not None:
        outbox.want(connection, of, str(revision))


def withdrawn(connection: Connection, of: StoryId) -> None:
    """Something that a person said must go from the cards of a story, however old they are."""
    changed(connection, of)
    cards = and_(post.c.story == of, post.c.state == PostState.SENT)
    wanted = post.c.wanted.concat(post_states.WITHDRAWN)
    connection.execute(update(post).where(cards).values(wanted=wanted))


def forget_clicks(connection: Connection, before: datetime) -> int:
    """Forget presses that no platform delivers again."""
    return connection.execute(delete(click).where(click.c.at < before)).rowcount
