"""The first tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from digests.archive import dialects

revision = "0001"
down_revision = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def words(name: str, **options: Any) -> "sa.Column[Any]":
    return sa.Column(name, sa.Text, nullable=False, **options)


def number(name: str) -> "sa.Column[Any]":
    return sa.Column(name, sa.Integer, nullable=False)


def moment(name: str, *, nullable: bool = True) -> "sa.Column[Any]":
    return sa.Column(name, sa.BigInteger, nullable=nullable)


def flag(name: str) -> "sa.Column[Any]":
    return sa.Column(name, sa.Boolean, nullable=False)


def octets(name: str) -> "sa.Column[Any]":
    return sa.Column(name, sa.LargeBinary, nullable=False)


def partial_index(
    name: str, table: str, columns: list[str], condition: str, *, unique: bool = False
) -> None:
    op.create_index(
        name,
        table,
        columns,
        unique=unique,
        sqlite_where=sa.text(condition),
        postgresql_where=sa.text(condition),
    )


def upgrade() -> None:
    op.create_table("meta", words("name", primary_key=True), words("value"))
    feeds()
    stories()
    channels()
    posts()
    op.create_table(
        "saved_query",
        words("key", primary_key=True),
        words("text"),
        sa.Column("until", sa.BigInteger, nullable=False),
        moment("saved_at", nullable=False),
    )
    dialects.create_index(op.get_bind())


def feeds() -> None:
    op.create_table(
        "feed",
        sa.Column("id", ROW_ID, primary_key=True),
        words("url"),
        octets("etag"),
        octets("last_modified"),
        octets("body_hash"),
        moment("next_poll"),
        moment("last_poll"),
        moment("last_success"),
        number("failures"),
        sa.Column("trouble", sa.Text),
        words("reason"),
        number("status"),
        flag("gone"),
        words("moved_to"),
        words("title"),
        flag("first_poll_done"),
        flag("announce_first"),
        number("entries"),
        moment("rate"),
        flag("slow"),
        moment("newest"),
        flag("paused"),
        sa.UniqueConstraint("url", name="uq_feed_url"),
    )
    op.create_table(
        "feed_slices",
        sa.Column("feed", sa.BigInteger, primary_key=True, autoincrement=False),
        number("width"),
        octets("fingerprints"),
    )
    op.create_table("host_pause", words("host", primary_key=True), moment("until", nullable=False))
    op.create_table(
        "entry",
        sa.Column("id", ROW_ID, primary_key=True),
        sa.Column("feed", sa.BigInteger, nullable=False),
        words("publisher_id"),
        words("link"),
        words("title_key"),
        octets("words_hash"),
        words("title"),
        sa.Column("story", sa.BigInteger, nullable=False),
        moment("seen", nullable=False),
        moment("published"),
        moment("last_seen", nullable=False),
    )
    op.create_index("ix_entry_publisher_id", "entry", ["feed", "publisher_id"])
    op.create_index("ix_entry_link", "entry", ["feed", "link"])
    op.create_index("ix_entry_title_key", "entry", ["feed", "title_key"])


def stories() -> None:
    op.create_table(
        "story",
        sa.Column("id", ROW_ID, primary_key=True, autoincrement=False),
        words("key"),
        number("number"),
        words("headline"),
        words("url"),
        words("publisher"),
        words("feed"),
        words("feed_url"),
        moment("seen", nullable=False),
        number("revision"),
        words("country"),
        words("byline"),
        moment("published"),
        words("language"),
        words("sentences"),
        number("length_here"),
        number("length_there"),
        words("topics"),
        words("cves"),
        words("picture"),
        words("also"),
        flag("full_text"),
        words("title_key"),
        sa.UniqueConstraint("key", name="uq_story_key"),
        sa.UniqueConstraint("number", name="uq_story_number"),
    )
    op.create_index("ix_story_seen", "story", ["seen"])
    op.create_table(
        "story_text",
        sa.Column("id", ROW_ID, primary_key=True, autoincrement=False),
        words("title"),
        words("body"),
        words("facets"),
    )
    op.create_table(
        "story_link",
        words("link", primary_key=True),
        sa.Column("story", sa.BigInteger, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_story_link_story", "story_link", ["story"])


def channels() -> None:
    op.create_table(
        "channel",
        words("name", primary_key=True),
        words("target"),
        moment("born", nullable=False),
    )
    op.create_table(
        "channel_pause", words("name", primary_key=True), words("reason"), moment("until")
    )
    op.create_table(
        "place", words("target", primary_key=True), words("platform"), words("place")
    )


def posts() -> None:
    op.create_table(
        "post",
        sa.Column("id", ROW_ID, primary_key=True),
        words("channel"),
        words("platform"),
        words("place"),
        words("subject"),
        sa.Column("story", sa.BigInteger),
        words("state"),
        number("attempt"),
        number("lives"),
        words("watermark"),
        moment("queued_at", nullable=False),
        moment("intent_at"),
        moment("not_before"),
        words("message_id"),
        words("reason"),
        words("wanted"),
        words("shown"),
        number("edits"),
        moment("edited_at"),
        moment("sent_at"),
        words("members"),
        words("text"),
        sa.UniqueConstraint("platform", "place", "subject", name="uq_post_subject"),
        sqlite_autoincrement=True,
    )
    place = ["platform", "place"]
    partial_index("uq_post_sending", "post", place, "state = 'sending'", unique=True)
    partial_index("ix_post_queued", "post", [*place, "id"], "state = 'queued'")
    partial_index("ix_post_trouble", "post", ["state", "id"], "state IN ('held', 'dead')")
    partial_index("ix_post_edits", "post", ["sent_at"], "state = 'sent' AND wanted <> shown")
    partial_index("ix_post_story", "post", ["story"], "story IS NOT NULL")
