"""The tables of what readers say: votes, comments, and the presses that were counted."""

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text, text

from digests.archive.columns import Moment
from digests.archive.schema import metadata

_ROW_ID = BigInteger().with_variant(Integer, "sqlite")  # the row id itself


def _text(name: str, *, primary_key: bool = False) -> "Column[str]":
    return Column(name, Text, primary_key=primary_key, nullable=False)


def _story(name: str) -> "Column[int]":
    return Column(name, BigInteger, primary_key=True, autoincrement=False)


def _number(name: str) -> "Column[int]":
    return Column(name, Integer, nullable=False)


# What readers say: one vote a person and story; sums of it, since each card asks for them.
vote = Table(
    "vote",
    metadata,
    _story("story"),
    _text("person", primary_key=True),
    _text("vote"),
    Column("at", Moment, nullable=False),
    Index("ix_vote_person", "person"),
    sqlite_with_rowid=False,
)

comment = Table(
    "comment",
    metadata,
    Column("id", _ROW_ID, primary_key=True),
    Column("story", BigInteger, nullable=False),
    _text("person"),
    _text("name"),
    _text("text"),
    Column("at", Moment, nullable=False),
    _text("state"),
    _text("decided_by"),
    Column("editor", Text, nullable=False, server_default=text("''")),
    Column("language", Text, nullable=False, server_default=text("'en'")),
    Index("ix_comment_story", "story"),
    Index("ix_comment_person", "person"),
    sqlite_autoincrement=True,
)

# Presses that were counted: a press is a toggle, and a platform may deliver it twice, even to
# the next start of the bot.
click = Table(
    "click",
    metadata,
    _text("id", primary_key=True),  # platform:id
    Column("at", Moment, nullable=False),
    Index("ix_click_at", "at"),
    sqlite_with_rowid=False,
)

feedback = Table(
    "feedback",
    metadata,
    Column("story", _ROW_ID, primary_key=True, autoincrement=False),
    _number("useful"),
    _number("noise"),
    _number("version"),  # counts what changed; part of what a post wants to show
)

# What one person thinks of one publisher, over all its stories: nobody has more than one voice.
opinion = Table(
    "opinion",
    metadata,
    _text("publisher", primary_key=True),
    _text("person", primary_key=True),
    _number("useful"),  # votes
    _number("noise"),
    Index("ix_opinion_person", "person"),
    sqlite_with_rowid=False,
)
