"""What stands in a channel, found by the channel's name."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_index("ix_post_channel", "post", ["channel", "state", "story"])
