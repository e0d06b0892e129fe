"""A backup put in the place of a database; killed anywhere, the old one or the new one stands there."""

from pathlib import Path

from digests.archive import backup, dialects
from digests.archive.lock import Lock
from digests.archive.upgrade import refuse_foreign, revision_of
from digests.errors import ArchiveBusy, ArchiveError


def restore(source: Path, database: Path) -> None:
    """Put a copy of `source` in the place of `database`. Blocks; takes seconds when it is large.

    A damaged database is kept beside it as `….damaged`. Raises ArchiveBusy while somebody works on
    the database, ArchiveNewer or ArchiveError when the source is no sound archive of ours.
    """
    if not source.is_file():
        raise ArchiveError(f"{source}: there is no such file")
    if database.exists() and source.samefile(database):
        raise ArchiveError(f"{source}: that is the database itself")
    lock = Lock.take(database)
    part = database.with_name(database.name + ".restored")
    try:
        _copy(source, part)
        _bring_to_rest(database)
        part.replace(database)
        backup.flush(database.parent)
    except OSError as exc:
        raise ArchiveError(f"{exc.filename or database}: {exc.strerror}") from exc
    finally:
        part.unlink(missing_ok=True)
        lock.release()


def _copy(source: Path, part: Path) -> None:
    """A sound archive as one file of its own, flushed to the disk."""
    engine = dialects.connect_readers(source, 1)
    try:
        with engine.connect() as connection:
            refuse_foreign(connection, source)
            if revision_of(connection) is None:
                raise ArchiveError(f"{source}: there is nothing in it")
            backup.write(connection, part)
    except dialects.DATABASE_ERRORS as exc:
        raise ArchiveError(f"{source}: {dialects.reason(exc)}") from exc
    finally:
        engine.dispose()


def _bring_to_rest(database: Path) -> None:
    """Leave no log beside the database: it would be taken for the new one's.

    What it holds is in the old database first, so that this one is whole until the new one is there.
    """
    log = database.with_name(database.name + "-wal")
    try:
        if database.exists():
            dialects.take_in_log(database)
    except dialects.DRIVER_ERRORS:
        database.replace(database.with_name(database.name + ".damaged"))
        log.unlink(missing_ok=True)
    if log.exists() and database.exists():  # kept by somebody who has it open
        raise ArchiveBusy(f"{database}: another program reads it; stop that one first")
