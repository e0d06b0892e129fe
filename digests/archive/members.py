"""Which stories a list (a welcome, a digest, a folded flood) has told, so that no card repeats them.

The rows belong to a post and are read through it: wherever it is moved to, and whether it is dead,
is known there.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, literal_column, select

from digests.archive import dialects
from digests.archive.post_rows import AT, where
from digests.archive.schema import post, post_member
from digests.model import Destination, NewPost, PostState, StoryId

_ADD = dialects.insert(post_member).on_conflict_do_nothing()
_LISTED = (
    select(post_member.c.story)
    .join(post, post.c.id == post_member.c.post)
    .where(AT, post.c.state != literal_column(f"'{PostState.DEAD.value}'"))
)
_AMONG = _LISTED.where(post_member.c.story.in_(dialects.listed("these")))
_OF_SUBJECT = select(post.c.id, post.c.members).where(AT, post.c.subject == bindparam("subject"))


def add(connection: Connection, post_id: int, stories: Iterable[int]) -> None:
    """These stories are told by this post."""
    rows = [{"post": post_id, "story": story} for story in stories]
    if rows:
        connection.execute(_ADD, rows)


def add_of(connection: Connection, one: NewPost, there: Destination) -> None:
    """The members of a post as it was stored: of a known subject they are frozen."""
    found = connection.execute(_OF_SUBJECT, {"subject": one.subject, **where(there)}).one_or_none()
    if found is not None:
        add(connection, found.id, found.members)


def listed(
    connection: Connection, there: Destination, among: Sequence[StoryId] | None = None
) -> set[int]:
    """The stories that a post of this place has told or will tell, of all or of these."""
    if among is None:
        return set(connection.execute(_LISTED, where(there)).scalars())
    these = {"these": dialects.packed(among), **where(there)}
    return set(connection.execute(_AMONG, these).scalars()) if among else set()


def forget(connection: Connection, posts: Iterable[int]) -> None:
    """Forget what these posts told."""
    gone = dialects.values(list(posts))
    connection.execute(post_member.delete().where(post_member.c.post.in_(gone)))
