"""Brings a database to this version's tables, in one transaction; refuses newer ones."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from digests.archive import dialects
from digests.archive.schema import REVISIONS
from digests.errors import ArchiveError, ArchiveNewer

_MIGRATIONS = Path(__file__).parent / "migrations"


def revision_of(connection: Connection) -> str | None:
    """The revision a database is at; None when it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def refuse_foreign(connection: Connection, database: Path) -> None:
    """Raises ArchiveNewer or ArchiveError when this database is not one we can work on."""
    if not dialects.is_ours(connection):
        raise ArchiveError(f"{database}: the file holds another program's database")
    revision = revision_of(connection)
    if revision is not None and revision not in REVISIONS:
        raise ArchiveNewer(
            f"{database}: written by a newer Nightdesk (tables {revision}, this version knows"
            f" {REVISIONS[-1]}); install that version, or restore a backup"
        )


def upgrade(connection: Connection) -> bool:
    """Run the missing revisions inside the caller's transaction; True when there were any."""
    if revision_of(connection) == REVISIONS[-1]:
        return False
    # Imported only when needed: it costs a tenth of a second and some megabytes.
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.config import Config  # noqa: PLC0415 - see above

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    return True
