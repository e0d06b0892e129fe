"""What has no story of its own (a comment, its verdict, a line under a card) is found by its subject."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    no_story = sa.text("story IS NULL")
    op.create_index(
        "ix_post_subject",
        "post",
        ["subject"],
        sqlite_where=no_story,
        postgresql_where=no_story,
    )
