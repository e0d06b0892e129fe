"""The tables of watches: saved queries, and how their owners want to be told."""

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text

from digests.archive.columns import Moment
from digests.archive.schema import metadata

_ROW_ID = BigInteger().with_variant(Integer, "sqlite")  # the row id itself

# An owner is a person (`platform:user`), or `file:` and a name of feeds.yaml.
watch = Table(
    "watch",
    metadata,
    Column("id", _ROW_ID, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("query", Text, nullable=False),
    Column("platform", Text, nullable=False),
    Column("address", Text, nullable=False),  # as a target writes it
    Column("since", Moment, nullable=False),
    Column("until", Moment),
    Index("ix_watch_owner", "owner"),
    sqlite_autoincrement=True,
)

# People alone; those of the file are in the file.
habits = Table(
    "habits",
    metadata,
    Column("owner", Text, primary_key=True, nullable=False),
    Column("language", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("quiet", Text, nullable=False),  # 22:00-07:00; "" none
    sqlite_with_rowid=False,
)
