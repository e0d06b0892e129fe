"""What is known of CVEs, and which stories name them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "story_cve",
        sa.Column("cve", sa.Text, primary_key=True, nullable=False),
        sa.Column("story", sa.BigInteger, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO story_cve (cve, story)"
        " SELECT DISTINCT named.value, story.id FROM story, json_each(story.cves) AS named"
    )
    op.create_index("ix_story_cve_story", "story_cve", ["story"])
    op.create_table(
        "cve",
        sa.Column("cve", sa.Text, primary_key=True, nullable=False),
        sa.Column("kev_since", sa.Date),
        sa.Column("ransomware", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("epss", sa.Float),
        sa.Column("cvss", sa.Float),
        sa.Column("title", sa.Text, nullable=False, server_default=""),
        sa.Column("product", sa.Text, nullable=False, server_default=""),
        sqlite_with_rowid=False,
    )
