"""Summaries by a model, remembered for each text."""

import sqlalchemy as sa
from alembic import op

from digests.archive.columns import Moment

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "summary",
        sa.Column("key", sa.Text, primary_key=True, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("saved_at", Moment, nullable=False),
    )
