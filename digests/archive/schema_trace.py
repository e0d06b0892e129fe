"""The tables of what was decided and done: steps of stories, refusals, mutes, the audit trail."""

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text, UniqueConstraint

from digests.archive.columns import Listed, Moment
from digests.archive.schema import metadata

_ROW_ID = BigInteger().with_variant(Integer, "sqlite")  # the row id itself

# One row for each step of a story's way.
trace = Table(
    "trace",
    metadata,
    Column("id", _ROW_ID, primary_key=True),
    Column("story", BigInteger, nullable=False),
    Column("at", Moment, nullable=False),
    Column("what", Text, nullable=False),
    Column("feed", Text, nullable=False),
    Column("grounds", Text, nullable=False),  # JSON, see traces.py; "" for none
    Column("ruled", Listed, nullable=False),  # ids of `ruling`
    Index("ix_trace_story", "story"),
)

# What was decided for one channel, in words that many steps share.
ruling = Table(
    "ruling",
    metadata,
    Column("id", _ROW_ID, primary_key=True),
    Column("text", Text, nullable=False),  # JSON, see traces.py
    Column("used", Moment, nullable=False),  # written at most daily
    UniqueConstraint("text", name="uq_ruling_text"),
)

# Entries that could not be kept; the newest of each feed.
refused = Table(
    "refused",
    metadata,
    Column("feed", Text, primary_key=True, nullable=False),  # its address
    Column("entry", Text, primary_key=True, nullable=False),  # its id, link or place
    Column("reason", Text, nullable=False),
    Column("first", Moment, nullable=False),
    Column("last", Moment, nullable=False),
    sqlite_with_rowid=False,
)

# Publishers that an editor silenced in a channel.
mute = Table(
    "mute",
    metadata,
    Column("channel", Text, primary_key=True, nullable=False),
    Column("publisher", Text, primary_key=True, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
    sqlite_with_rowid=False,
)

# What editors did. A person is `platform:user`; what others wrote is never in it.
act = Table(
    "act",
    metadata,
    Column("id", _ROW_ID, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("person", Text, nullable=False),
    Column("verb", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("place", Text, nullable=False),
    sqlite_autoincrement=True,
)
