"""The tables. What differs between databases (the full-text index) is in dialects.py.

Two rules hold the room together: an id that people or platforms have seen is never given again,
and no row points to another by a foreign key: retention forgets a story while what was seen of it
is still remembered, on purpose.
"""

from typing import TypeVar

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)
from sqlalchemy.types import TypeEngine

from digests.archive.columns import Duration, Listed, Moment, Opaque

# Every revision of migrations/versions, oldest first. Kept here so that opening a database that
# is up to date (nearly every start) need not import alembic.
REVISIONS = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "0006",
    "0007",
    "0008",
    "0009",
    "0010",
    "0011",
    "0012",
    "0013",
    "0014",
    "0015",
    "0016",
    "0017",
    "0018",
)

metadata = MetaData()
T = TypeVar("T")


def _text(name: str, *, primary_key: bool = False) -> "Column[str]":
    return Column(name, Text, primary_key=primary_key, nullable=False)


def _number(name: str) -> "Column[int]":
    return Column(name, Integer, nullable=False)


def _flag(name: str) -> "Column[bool]":
    return Column(name, Boolean, nullable=False)


def _added(name: str, kind: type[TypeEngine[T]], default: str) -> "Column[T]":
    """A column of a later revision: rows from before it have the default, written as SQL."""
    return Column(name, kind, nullable=False, server_default=text(default))


def _row_id() -> "Column[int]":
    # SQLite makes only a column of exactly this type the row id itself.
    return Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True)


def _story_id(name: str) -> "Column[int]":
    """A story's id as the row id: given by us, never counted by the database."""
    kind = BigInteger().with_variant(Integer, "sqlite")
    return Column(name, kind, primary_key=True, autoincrement=False)


def _part_of_key(name: str) -> "Column[int]":
    """One of several columns that are the key together."""
    return Column(name, BigInteger, primary_key=True, autoincrement=False)


meta = Table("meta", metadata, _text("name", primary_key=True), _text("value"))

feed = Table(
    "feed",
    metadata,
    _row_id(),
    _text("url"),
    Column("etag", Opaque, nullable=False),
    Column("last_modified", Opaque, nullable=False),
    Column("body_hash", LargeBinary, nullable=False),
    Column("next_poll", Moment),
    Column("last_poll", Moment),
    Column("last_success", Moment),
    _number("failures"),
    Column("trouble", Text),
    _text("reason"),
    _number("status"),
    _flag("gone"),
    _text("moved_to"),
    _text("title"),
    _flag("first_poll_done"),
    _flag("announce_first"),
    _number("entries"),
    Column("rate", Duration),
    _flag("slow"),
    Column("newest", Moment),
    _flag("paused"),
    _added("format", Text, "''"),
    Column("ttl", Duration),
    _added("skip_hours", Integer, "0"),
    _added("skip_days", Integer, "0"),
    Column("failing_since", Moment),
    Column("wait_until", Moment),
    Column("moved_since", Moment),
    _added("sightings", Integer, "0"),
    _added("adopted", Text, "''"),
    _added("apart", Duration, "0"),
    UniqueConstraint("url", name="uq_feed_url"),
)

# Apart from the feed, so that the many polls that bring nothing rewrite a small row only.
feed_slices = Table(
    "feed_slices",
    metadata,
    _part_of_key("feed"),
    _number("width"),  # bytes of one fingerprint
    Column("fingerprints", LargeBinary, nullable=False),  # one after the other
)

host_pause = Table(
    "host_pause",
    metadata,
    _text("host", primary_key=True),
    Column("until", Moment, nullable=False),
)

entry = Table(
    "entry",
    metadata,
    _row_id(),
    Column("feed", BigInteger, nullable=False),
    _text("publisher_id"),
    _text("link"),
    _text("title_key"),
    Column("words_hash", LargeBinary, nullable=False),
    _text("title"),
    Column("story", BigInteger, nullable=False),
    Column("seen", Moment, nullable=False),
    Column("published", Moment),
    Column("last_seen", Moment, nullable=False),  # last recognised in its document
    Column("nearest", BigInteger),  # the story most like it on arrival
    Column("likeness", Float, nullable=False, server_default=text("0")),
    Column("algorithm", Integer, nullable=False, server_default=text("0")),
    Index("ix_entry_publisher_id", "feed", "publisher_id"),
    Index("ix_entry_link", "feed", "link"),
    Index("ix_entry_title_key", "feed", "title_key"),
    Index("ix_entry_story", "story"),
)

story = Table(
    "story",
    metadata,
    _story_id("id"),
    _text("key"),
    _number("number"),
    _text("headline"),
    _text("url"),
    _text("publisher"),
    _text("feed"),
    _text("feed_url"),
    Column("seen", Moment, nullable=False),
    _number("revision"),
    _text("country"),
    _text("byline"),
    Column("published", Moment),
    _text("language"),
    Column("sentences", Listed, nullable=False),
    _number("length_here"),
    _number("length_there"),
    Column("topics", Listed, nullable=False),
    Column("cves", Listed, nullable=False),
    _text("picture"),
    _text("also"),  # JSON
    _flag("full_text"),
    _text("title_key"),
    Column("insight", Text, nullable=False, server_default=text("'{}'")),  # JSON, see insight.py
    Column("announced", Boolean, nullable=False, server_default=true()),
    UniqueConstraint("key", name="uq_story_key"),
    UniqueConstraint("number", name="uq_story_number"),
    Index("ix_story_seen", "seen"),
)

# What each has told so far; see publishers.py.
publisher = Table(
    "publisher",
    metadata,
    _text("name", primary_key=True),
    _text("country"),
    _number("stories"),
    _number("points"),
    _number("first"),
    _number("shared"),
    _number("useful"),
    _number("noise"),
    _added("people", Integer, "0"),  # who voted
    _added("voices", Integer, "0"),  # what they think together, in thousandths; see opinions.py
)

# The words of the index. Its own table: the index needs the old words when a story changes, and
# scoring reads them without the rest.
story_text = Table(
    "story_text",
    metadata,
    _story_id("id"),
    _text("title"),
    _text("body"),
    _text("facets"),
    Column("meaning", LargeBinary, nullable=False, server_default=text("x''")),
)

story_link = Table(
    "story_link",
    metadata,
    _text("link", primary_key=True),
    _part_of_key("story"),
    Index("ix_story_link_story", "story"),
    sqlite_with_rowid=False,
)

# Which stories name a CVE: what becomes known of it later is found again by it.
story_cve = Table(
    "story_cve",
    metadata,
    _text("cve", primary_key=True),
    _part_of_key("story"),
    Index("ix_story_cve_story", "story"),
    sqlite_with_rowid=False,
)

# What is known of a CVE from elsewhere, whether or not a story names it; see model.CveFacts.
cve = Table(
    "cve",
    metadata,
    _text("cve", primary_key=True),
    Column("kev_since", Date),
    Column("ransomware", Boolean, nullable=False, server_default=false()),
    Column("epss", Float),
    Column("cvss", Float),
    Column("title", Text, nullable=False, server_default=""),
    Column("product", Text, nullable=False, server_default=""),
    sqlite_with_rowid=False,
)

channel = Table(
    "channel",
    metadata,
    _text("name", primary_key=True),
    _text("target"),
    Column("born", Moment, nullable=False),
)

channel_pause = Table(
    "channel_pause",
    metadata,
    _text("name", primary_key=True),
    _text("reason"),
    Column("until", Moment),  # NULL: until somebody resumes it
    _added("by", Text, "''"),  # the editor who paused it
)

place = Table(
    "place",
    metadata,
    _text("target", primary_key=True),  # as written in the file
    _text("platform"),
    _text("place"),  # the platform's own id
)

post = Table(
    "post",
    metadata,
    _row_id(),
    _text("channel"),
    _text("platform"),
    _text("place"),
    _text("subject"),
    Column("story", BigInteger),  # of subject story:ID
    _text("state"),
    _number("attempt"),
    _number("lives"),  # how often an operator sent it on its way again
    _text("watermark"),
    Column("queued_at", Moment, nullable=False),
    Column("intent_at", Moment),
    Column("not_before", Moment),
    _text("message_id"),
    _text("reason"),
    _text("wanted"),
    _text("shown"),
    _number("edits"),
    Column("edited_at", Moment),
    Column("sent_at", Moment),
    Column("members", Listed, nullable=False),
    _text("text"),
    # The digest that will tell it: such a row is a line to come and is never sent itself.
    Column("digest", Text, nullable=False, server_default=text("''")),
    Column("urgency", Integer, nullable=False, server_default=text("1")),  # 0 breaking
    Column("mention", Listed, nullable=False, server_default=text("'[]'")),
    Column("parent", BigInteger),  # the part of a digest after which this one comes
    # Why an editor took it back while it was being sent: when that has ended, it goes.
    Column("taken_back", Text, nullable=False, server_default=text("''")),
    UniqueConstraint("platform", "place", "subject", name="uq_post_subject"),
    Index("ix_post_channel", "channel", "state", "story"),
    # At most one in flight: keeps the order, and bounds any doubt to one card.
    Index(
        "uq_post_sending",
        "platform",
        "place",
        unique=True,
        sqlite_where=text("state = 'sending'"),
        postgresql_where=text("state = 'sending'"),
    ),
    Index(
        "ix_post_queued",
        "platform",
        "place",
        "digest",
        "urgency",
        "id",
        sqlite_where=text("state = 'queued'"),
        postgresql_where=text("state = 'queued'"),
    ),
    Index(
        "ix_post_trouble",
        "state",
        "id",
        sqlite_where=text("state IN ('held', 'dead')"),
        postgresql_where=text("state IN ('held', 'dead')"),
    ),
    Index(
        "ix_post_leaving",
        "id",
        sqlite_where=text("state = 'leaving'"),
        postgresql_where=text("state = 'leaving'"),
    ),
    Index(
        "ix_post_edits",
        "sent_at",
        sqlite_where=text("state = 'sent' AND wanted <> shown"),
        postgresql_where=text("state = 'sent' AND wanted <> shown"),
    ),
    Index(
        "ix_post_story",
        "story",
        sqlite_where=text("story IS NOT NULL"),
        postgresql_where=text("story IS NOT NULL"),
    ),
    # Comments, verdicts and lines under cards: whoever looks for a subject says `story IS NULL`.
    Index(
        "ix_post_subject",
        "subject",
        sqlite_where=text("story IS NULL"),
        postgresql_where=text("story IS NULL"),
    ),
    sqlite_autoincrement=True,
)

# The stories that a post with members tells: no card repeats them in that place.
post_member = Table(
    "post_member",
    metadata,
    _part_of_key("story"),
    _part_of_key("post"),
    Index("ix_post_member_post", "post"),
    sqlite_with_rowid=False,
)

saved_query = Table(
    "saved_query",
    metadata,
    _text("key", primary_key=True),
    _text("text"),
    Column("until", BigInteger, nullable=False),
    Column("saved_at", Moment, nullable=False),
)

# What an operator's model wrote of a text, by the text's fingerprint; "" when it was not believed.
summary = Table(
    "summary",
    metadata,
    _text("key", primary_key=True),
    _text("text"),
    Column("saved_at", Moment, nullable=False),
)
