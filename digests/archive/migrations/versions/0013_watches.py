"""Watches: saved queries of people, and how these people want to be told."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def words(name: str, **options: Any) -> "sa.Column[Any]":
    return sa.Column(name, sa.Text, nullable=False, **options)


def upgrade() -> None:
    op.create_table(
        "watch",
        sa.Column("id", ROW_ID, primary_key=True),
        words("owner"),
        words("query"),
        words("platform"),
        words("address"),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger),
        sa.Index("ix_watch_owner", "owner"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "habits",
        words("owner", primary_key=True),
        words("language"),
        words("timezone"),
        words("quiet"),
        sqlite_with_rowid=False,
    )
