"""A copy of the whole archive in one file, checked before it takes its name."""

import os
from pathlib import Path

from sqlalchemy import Connection

from digests.archive import dialects
from digests.errors import ArchiveError


def write(connection: Connection, target: Path) -> None:
    """Copy, check, flush to the disk, then rename: a half-written backup never has the name."""
    part = target.with_name(target.name + ".part")
    try:
        part.unlink(missing_ok=True)
        dialects.copy_to(connection, part)
        flush(part)
        part.replace(target)
        flush(target.parent)
    except OSError as exc:
        raise ArchiveError(f"{target}: {exc.strerror}") from exc
    except dialects.DRIVER_ERRORS as exc:
        raise ArchiveError(f"{target}: {dialects.reason(exc)}") from exc
    finally:
        part.unlink(missing_ok=True)


def flush(path: Path) -> None:
    """What was written to a file, or renamed in a folder, is on the disk when this returns."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
