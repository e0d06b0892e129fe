"""Whether a story may be told, and which stories a list has told."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column(
        "story", sa.Column("announced", sa.Boolean, nullable=False, server_default=sa.true())
    )
    member = op.create_table(
        "post_member",
        sa.Column("story", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("post", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Index("ix_post_member_post", "post"),
        sqlite_with_rowid=False,
    )
    connection = op.get_bind()
    lists = connection.execute(sa.text("SELECT id, members FROM post WHERE members <> '[]'")).all()
    rows = [
        {"post": post, "story": story} for post, text in lists for story in set(json.loads(text))
    ]
    if rows:
        op.bulk_insert(member, rows)
