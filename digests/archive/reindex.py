"""Indexing anew, story by story, when what is indexed has changed; searches go on meanwhile."""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, bindparam, select

from digests.archive import facets, meta, stories
from digests.archive.schema import story
from digests.model import IndexTokens, Story, StoryId
from digests.text.meaning import VERSION as MEANING_VERSION
from digests.text.tokens import ANALYZER_VERSION

BITE = 200  # some 20 ms in which others wait to write; of fewer the index has more pieces to merge
_NEXT = select(story.c.id).where(story.c.id > bindparam("after")).order_by(story.c.id).limit(BITE)


def next_ids(connection: Connection, after: int) -> Sequence[StoryId]:
    """The next bite of stories."""
    return [StoryId(id_) for id_ in connection.execute(_NEXT, {"after": after}).scalars()]


def index(
    connection: Connection, ids: Sequence[StoryId], words: Callable[[Story], IndexTokens]
) -> None:
    """Index these stories by the words that `words` finds in them."""
    found = stories.load(connection, ids)
    stories.index_again(connection, [stories.text_row(one, words(one)) for one in found])


def version() -> str:
    """Of what stands in the index: of the words, and of what stands beside them."""
    return f"{ANALYZER_VERSION}.{facets.VERSION}.{MEANING_VERSION}"


def is_outdated(connection: Connection) -> bool:
    """Whether the index was made by another version."""
    return meta.get(connection, meta.ANALYZER) != version()


def finish(connection: Connection) -> None:
    """From now on the index is this version's."""
    meta.put(connection, meta.ANALYZER, version())
