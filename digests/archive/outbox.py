"""What is owed to channels and what stands there: each change decided by post_states.py.

See docs/delivery.md. The rules that must hold even against a fault in our own code are the
database's: one post for each destination and subject, one post in flight for each destination.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, select, update

from digests.archive import channels, dialects, members, post_states, queues
from digests.archive.marks import Names
from digests.archive.post_rows import AT, find, is_in, new_row, save, story_of, where
from digests.archive.records import Retraction
from digests.archive.schema import post
from digests.archive.schema_feedback import feedback
from digests.model import (
    Destination,
    NewPost,
    Post,
    PostId,
    PostOutcome,
    PostState,
    Proof,
    Rejected,
    RemovalOutcome,
    Scope,
    Sighting,
    StoryId,
)
from digests.model.watching import is_personal

PERSON_AGAIN = timedelta(days=1)
# Post states in which what should stand there may still change.
_LIVING = (PostState.QUEUED, PostState.SENDING, PostState.SENT, PostState.HELD)
_THIS = post.c.id == bindparam("this")
_KNOWN = ("platform", "place", "subject")
_NEW = dialects.insert(post)
_OWE = _NEW.on_conflict_do_nothing()
# What waits for a digest and turns out to be breaking leaves it: the digest tells it no more.
_PROMOTE = _NEW.on_conflict_do_update(
    index_elements=_KNOWN,
    set_={
        **{name: _NEW.excluded[name] for name in ("digest", "urgency", "reason", "wanted")},
        **{name: _NEW.excluded[name] for name in ("queued_at", "not_before", "mention")},
    },
    where=and_(is_in(PostState.QUEUED), post.c.digest != ""),
)
_WANT = (
    update(post)
    .where(post.c.story == bindparam("of"), post.c.state.in_(_LIVING))
    .values(wanted=bindparam("revision"))
)
_SAID = select(feedback.c.version).where(feedback.c.story == bindparam("of"))
_IN_FLIGHT = select(post.c.id).where(AT, is_in(PostState.SENDING))
_OF_SUBJECTS = select(post.c.id, post.c.state, post.c.message_id).where(
    post.c.subject.in_(dialects.listed("these")), post.c.story.is_(None)
)
# What an editor took back anywhere is told nowhere else, whoever begins to watch for it.
_TAKEN_BACK = select(post.c.story).where(
    post.c.story.in_(dialects.listed("these")),
    post.c.state.in_((PostState.LEAVING, PostState.RETRACTED)),
)
_TOLD = select(post.c.id).where(AT, post.c.subject == bindparam("subject"))


def owe(connection: Connection, posts: Sequence[NewPost], now: datetime) -> int:
    """Add posts; what a place is owed or was told already is left alone. How many were added.

    A story that a list of that place tells is told there.
    """
    if not posts:
        return 0
    places = {one.destination for one in posts}
    there = {place: channels.resolved(connection, place) for place in places}
    wanted = _not_listed(connection, [(one, there[one.destination]) for one in posts])
    count = 0
    for breaking, statement in ((True, _PROMOTE), (False, _OWE)):
        rows = [new_row(one, place, now) for one, place in wanted if one.breaking is breaking]
        count += connection.execute(statement, rows).rowcount if rows else 0
    for one, place in wanted:
        if one.members:
            members.add_of(connection, one, place)
    return count


def _not_listed(
    connection: Connection, posts: Sequence[tuple[NewPost, Destination]]
) -> list[tuple[NewPost, Destination]]:
    """Without the cards of stories that a list in the same place tells already."""
    cards: defaultdict[Destination, list[StoryId]] = defaultdict(list)
    for one, place in posts:
        if (story := story_of(one.subject)) is not None:
            cards[place].append(story)
    told = {place: members.listed(connection, place, ids) for place, ids in cards.items()}
    every = {"these": dialects.packed(story for ids in cards.values() for story in ids)}
    back = set(connection.execute(_TAKEN_BACK, every).scalars())
    return [
        (one, place)
        for one, place in posts
        if (story := story_of(one.subject)) not in told.get(place, ())
        and (story not in back or one.state is PostState.RETRACTED)
    ]


def want(connection: Connection, story: StoryId, revision: str) -> None:
    """A story was revised, or readers said something: its posts should show that."""
    version = connection.execute(_SAID, {"of": story}).scalar_one_or_none()
    wanted = post_states.version(revision, version or 0)
    connection.execute(_WANT, {"of": story, "revision": wanted})


def begin(
    connection: Connection,
    names: Names,
    post_id: PostId,
    *,
    watermark: str,
    now: datetime,
    destination: Destination,
    shown: str,
) -> Post | None:
    """Write down the intent to send. None: it must not be sent now.

    The destination is fixed here. `shown` is what is about to be sent.
    """
    before = find(connection, names, post_id)
    if before is None or before.state is not PostState.QUEUED:
        return None
    if before.destination != destination and not _moved(connection, before, destination):
        return None
    if connection.execute(_IN_FLIGHT, where(destination)).first() is not None:
        return None  # moved all the same: it waits there for its turn
    after = post_states.begun(before, destination, watermark=watermark, now=now, shown=shown)
    return save(connection, before, after)


def settle(
    connection: Connection,
    names: Names,
    post_id: PostId,
    outcome: PostOutcome,
    *,
    now: datetime,
    shown: str | None,
) -> Post | None:
    """Write down how an attempt ended; a refusal of access pauses the channel with it."""
    before = find(connection, names, post_id)
    if before is None:
        return None
    after = post_states.settled(before, outcome, now=now, shown=shown)
    if isinstance(outcome, Rejected) and outcome.scope is Scope.ACCESS and after != before:
        # A person who takes no messages from us is not asked again and again.
        until = now + PERSON_AGAIN if is_personal(before.channel) else None
        channels.pause(connection, before.channel, outcome.reason, until)
    return save(connection, before, after)


def settle_sighting(
    connection: Connection,
    names: Names,
    post_id: PostId,
    sighting: Sighting,
    *,
    now: datetime,
    proof: Proof,
) -> Post | None:
    """Write down what reading the channel back has shown."""
    before = find(connection, names, post_id)
    if before is None:
        return None
    return save(connection, before, post_states.sighted(before, sighting, now=now, proof=proof))


def settle_edit(
    connection: Connection,
    names: Names,
    post_id: PostId,
    outcome: PostOutcome,
    *,
    now: datetime,
    shown: str,
) -> Post | None:
    """Write down how an edit ended."""
    before = find(connection, names, post_id)
    if before is None or before.state is not PostState.SENT:
        return before
    return save(connection, before, post_states.edited(before, outcome, now=now, shown=shown))


def hold(connection: Connection, post_id: PostId, reason: str) -> None:
    """Keep a post until an operator decides."""
    still_open = post.c.state.in_((PostState.QUEUED, PostState.SENDING))
    values = {"state": PostState.HELD, "reason": reason}
    connection.execute(update(post).where(post.c.id == post_id, still_open).values(values))


def drop(connection: Connection, post_id: PostId, reason: str) -> None:
    """Close a queued post that something else tells."""
    queued = and_(_THIS, is_in(PostState.QUEUED))
    values = {"state": PostState.FOLDED, "reason": reason}
    connection.execute(update(post).where(queued).values(values), {"this": post_id})


def redrive(
    connection: Connection, names: Names, posts: Iterable[PostId], now: datetime
) -> list[Post]:
    """Send held and dead posts on their way again, each with a new nonce."""
    driven = []
    for post_id in posts:
        before = find(connection, names, post_id)
        if before is None or (after := post_states.redriven(before, now)) == before:
            continue
        save(connection, before, after)
        another_life = update(post).where(_THIS).values(lives=post.c.lives + 1)
        connection.execute(another_life, {"this": post_id})
        found = find(connection, names, post_id)
        assert found is not None
        driven.append(found)
    return driven


def retract(
    connection: Connection,
    names: Names,
    story: StoryId,
    reason: str,
    nowhere: Sequence[NewPost],
    now: datetime,
) -> Retraction:
    """Take back the posts of a story and the lines under them.

    `nowhere`: such posts of all channels, so that none of them tells it at a later revision.
    """
    taken = []
    for before in queues.with_notes(connection, names, story):
        after = post_states.retracted(before, reason)
        if after != before:
            taken.append(save(connection, before, after))
    had = {post.channel for post in queues.about(connection, names, story)}
    owe(connection, nowhere, now)
    now_have = {post.channel for post in queues.about(connection, names, story)}
    return Retraction(tuple(taken), tuple(sorted(now_have - had)))


def withdraw(connection: Connection, subjects: Sequence[str]) -> None:
    """Take posts back whose words must not stand any more, wherever they went.

    What is in flight cannot be called back: it will say that it was taken back (see contents.py).
    """
    for row in connection.execute(_OF_SUBJECTS, {"these": dialects.packed(subjects)}).all():
        state = PostState(row.state)
        # Also of what is to be deleted: where that is refused, it is edited.
        gone = post_states.version("0", 2) + post_states.WITHDRAWN
        left: dict[str, Any] = {"wanted": gone}
        if state is PostState.SENT and row.message_id:
            left |= {"state": PostState.LEAVING, "attempt": 0, "not_before": None}
        elif state in (PostState.QUEUED, PostState.HELD, PostState.DEAD):
            left |= {"state": PostState.RETRACTED, "not_before": None}
        connection.execute(update(post).where(_THIS).values(left), {"this": row.id})


def settle_removal(
    connection: Connection, names: Names, post_id: PostId, outcome: RemovalOutcome, now: datetime
) -> Post | None:
    """Write down how an attempt to delete a post ended."""
    before = find(connection, names, post_id)
    if before is None:
        return None
    return save(connection, before, post_states.removed(before, outcome, now))


def _moved(connection: Connection, before: Post, destination: Destination) -> bool:
    """Move a post to where it will be sent; when that place has been told already it is folded."""
    told = {"subject": before.subject, **where(destination)}
    values = where(destination)
    free = connection.execute(_TOLD, told).first() is None
    story = story_of(before.subject)
    if story is not None and members.listed(connection, destination, [story]):
        free = False
    if not free:
        values = {"state": PostState.FOLDED, "reason": channels.TOLD_HERE}
    this = and_(post.c.id == before.id, is_in(PostState.QUEUED))
    connection.execute(update(post).where(this).values(values))
    return free
