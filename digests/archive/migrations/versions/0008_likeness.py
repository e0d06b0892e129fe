"""How like the nearest story an entry was on arrival, and what judged it."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("entry", sa.Column("nearest", sa.BigInteger))
    op.add_column(
        "entry", sa.Column("likeness", sa.Float, nullable=False, server_default=sa.text("0"))
    )
    op.add_column(
        "entry", sa.Column("algorithm", sa.Integer, nullable=False, server_default=sa.text("0"))
    )
