"""What a story's words mean, beside them: what says the same in other words ranks higher for it."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column(
        "story_text",
        sa.Column("meaning", sa.LargeBinary, nullable=False, server_default=sa.text("x''")),
    )
