"""Posts that wait for a digest, breaking ones, whom a post mentions, parts that follow each other."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    for name, kind, default in (
        ("digest", sa.Text, "''"),
        ("urgency", sa.Integer, "1"),
        ("mention", sa.Text, "'[]'"),
    ):
        op.add_column(
            "post", sa.Column(name, kind, nullable=False, server_default=sa.text(default))
        )
    op.add_column("post", sa.Column("parent", sa.BigInteger))
    op.drop_index("ix_post_queued", "post")
    queued = sa.text("state = 'queued'")
    op.create_index(
        "ix_post_queued",
        "post",
        ["platform", "place", "digest", "urgency", "id"],
        sqlite_where=queued,
        postgresql_where=queued,
    )
