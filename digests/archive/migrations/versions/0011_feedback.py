"""Votes and comments of readers."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def words(name: str, **options: Any) -> "sa.Column[Any]":
    return sa.Column(name, sa.Text, nullable=False, **options)


def upgrade() -> None:
    op.create_table(
        "vote",
        sa.Column("story", sa.BigInteger, primary_key=True, autoincrement=False),
        words("person", primary_key=True),
        words("vote"),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Index("ix_vote_person", "person"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "comment",
        sa.Column("id", ROW_ID, primary_key=True),
        sa.Column("story", sa.BigInteger, nullable=False),
        words("person"),
        words("name"),
        words("text"),
        sa.Column("at", sa.BigInteger, nullable=False),
        words("state"),
        words("decided_by"),
        sa.Index("ix_comment_story", "story"),
        sa.Index("ix_comment_person", "person"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "feedback",
        sa.Column("story", ROW_ID, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("useful", "noise", "version")),
    )
