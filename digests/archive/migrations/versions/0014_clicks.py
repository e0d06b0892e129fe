"""Presses of buttons that were counted, each once."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "click",
        sa.Column("id", sa.Text, primary_key=True, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Index("ix_click_at", "at"),
        sqlite_with_rowid=False,
    )
