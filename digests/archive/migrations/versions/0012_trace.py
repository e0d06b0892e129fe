"""What was decided of every entry, what was refused, mutes, and what editors did."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def words(name: str, **options: Any) -> "sa.Column[Any]":
    return sa.Column(name, sa.Text, nullable=False, **options)


def moment(name: str) -> "sa.Column[Any]":
    return sa.Column(name, sa.BigInteger, nullable=False)


def upgrade() -> None:
    op.create_index("ix_entry_story", "entry", ["story"])
    op.create_table(
        "trace",
        sa.Column("id", ROW_ID, primary_key=True),
        sa.Column("story", sa.BigInteger, nullable=False),
        moment("at"),
        words("what"),
        words("feed"),
        words("grounds"),
        words("ruled"),
        sa.Index("ix_trace_story", "story"),
    )
    op.create_table(
        "ruling",
        sa.Column("id", ROW_ID, primary_key=True),
        words("text"),
        moment("used"),
        sa.UniqueConstraint("text", name="uq_ruling_text"),
    )
    op.create_table(
        "refused",
        words("feed", primary_key=True),
        words("entry", primary_key=True),
        words("reason"),
        moment("first"),
        moment("last"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "mute",
        words("channel", primary_key=True),
        words("publisher", primary_key=True),
        words("by"),
        moment("at"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "act",
        sa.Column("id", ROW_ID, primary_key=True),
        moment("at"),
        words("person"),
        words("verb"),
        words("what"),
        words("place"),
        sqlite_autoincrement=True,
    )
    # The editor who paused a channel; nobody else resumes it.
    op.add_column("channel_pause", words("by", server_default=sa.text("''")))
    op.create_index(
        "ix_post_leaving",
        "post",
        ["id"],
        sqlite_where=sa.text("state = 'leaving'"),
        postgresql_where=sa.text("state = 'leaving'"),
    )
