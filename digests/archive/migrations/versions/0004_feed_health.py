"""What is remembered of a feed's wishes, its troubles and where it moved to."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    for name in ("ttl", "failing_since", "wait_until", "moved_since"):
        op.add_column("feed", sa.Column(name, sa.BigInteger))
    for name in ("skip_hours", "skip_days", "sightings"):
        column = sa.Column(name, sa.Integer, nullable=False, server_default=sa.text("0"))
        op.add_column("feed", column)
    op.add_column(
        "feed", sa.Column("apart", sa.BigInteger, nullable=False, server_default=sa.text("0"))
    )
    for name in ("format", "adopted"):
        words = sa.Column(name, sa.Text, nullable=False, server_default=sa.text("''"))
        op.add_column("feed", words)
