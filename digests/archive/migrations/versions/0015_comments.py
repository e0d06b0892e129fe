"""Who decided a comment and in which language its writer reads; what each person thinks of a publisher."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def added(name: str, kind: Any, default: str) -> "sa.Column[Any]":
    return sa.Column(name, kind, nullable=False, server_default=sa.text(default))


def upgrade() -> None:
    op.add_column("comment", added("editor", sa.Text, "''"))
    op.add_column("comment", added("language", sa.Text, "'en'"))
    op.add_column("publisher", added("people", sa.Integer, "0"))
    op.add_column("publisher", added("voices", sa.Integer, "0"))
    op.create_table(
        "opinion",
        sa.Column("publisher", sa.Text, primary_key=True, nullable=False),
        sa.Column("person", sa.Text, primary_key=True, nullable=False),
        sa.Column("useful", sa.Integer, nullable=False),
        sa.Column("noise", sa.Integer, nullable=False),
        sa.Index("ix_opinion_person", "person"),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO opinion (publisher, person, useful, noise) "
        "SELECT story.publisher, vote.person, SUM(vote.vote = 'useful'), SUM(vote.vote = 'noise') "
        "FROM vote JOIN story ON story.id = vote.story GROUP BY story.publisher, vote.person"
    )
    # The same arithmetic as digests.stories.quality.voice, as it was when this was written.
    op.execute(
        "UPDATE publisher SET "
        "people = (SELECT COUNT(*) FROM opinion WHERE opinion.publisher = publisher.name), "
        "voices = COALESCE((SELECT SUM(CAST(ROUND(1000.0 * (opinion.useful - opinion.noise) "
        "/ (opinion.useful + opinion.noise + 1)) AS INTEGER)) FROM opinion "
        "WHERE opinion.publisher = publisher.name), 0)"
    )
