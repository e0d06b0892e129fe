"""A post may be taken back while nobody knows how its sending ends: then that is known afterwards."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column(
        "post", sa.Column("taken_back", sa.Text, nullable=False, server_default=sa.text("''"))
    )
