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
        _flush(part)
        part.replace(target)
        _flush(target.parent)
    except OSError as exc:
        raise ArchiveError(f"{target}: {exc.strerror}") from exc
    except dialects.DRIVER_ERRORS as exc:
        raise ArchiveError(f"{target}: {dialects.reason(exc)}") from exc
    finally:
        part.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
