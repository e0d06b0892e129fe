"""What happens before an archive is used: the tables, and who this installation is."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from digests.archive import meta, reindex
from digests.archive.schema import REVISIONS
from digests.archive.upgrade import refuse_foreign, revision_of, upgrade
from digests.errors import ArchiveError


@dataclass(frozen=True, slots=True)
class Identity:
    """What a database says of itself."""

    installation: str
    fresh: bool  # never welcomed
    outdated: bool  # indexed by another version of the analyzer


def prepare(connection: Connection, database: Path, newcomer: str) -> Identity:
    """Make or upgrade the tables; a new database becomes installation `newcomer`."""
    refuse_foreign(connection, database)
    upgrade(connection)
    if meta.get(connection, meta.INSTALLATION) is None:
        meta.put(connection, meta.INSTALLATION, newcomer)
        reindex.finish(connection)
    return _identity(connection, database)


def inspect(connection: Connection, database: Path) -> Identity:
    """For a second process: the tables must be there already."""
    refuse_foreign(connection, database)
    if revision_of(connection) != REVISIONS[-1]:
        raise ArchiveError(f"{database}: not yet upgraded; start the bot on it once")
    return _identity(connection, database)


def _identity(connection: Connection, database: Path) -> Identity:
    installation = meta.get(connection, meta.INSTALLATION)
    if installation is None:
        raise ArchiveError(f"{database}: the database does not say whose it is")
    return Identity(
        installation,
        fresh=meta.get(connection, meta.WELCOMED) is None,
        outdated=reindex.is_outdated(connection),
    )
