"""What was understood of a story: names, indicators, relevance, quality, relations."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column(
        "story", sa.Column("insight", sa.Text, nullable=False, server_default=sa.text("'{}'"))
    )
