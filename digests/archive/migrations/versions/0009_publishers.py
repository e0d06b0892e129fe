"""What each publisher has told so far."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

SUMS = ("stories", "points", "first", "shared", "useful", "noise")


def upgrade() -> None:
    op.create_table(
        "publisher",
        sa.Column("name", sa.Text, primary_key=True, nullable=False),
        sa.Column("country", sa.Text, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in SUMS),
    )
