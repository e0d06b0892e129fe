"""One instance for each database: a lock file beside it, held as long as the process lives."""

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from digests.errors import ArchiveBusy, ArchiveError


@dataclass(slots=True)
class Lock:
    """The held lock. The kernel lets go of it when the process ends, however it ends."""

    _file: TextIO

    @classmethod
    def take(cls, database: Path) -> "Lock":
        """Raises ArchiveBusy, naming the process that holds it."""
        path = database.with_name(database.name + ".lock")
        try:
            file = path.open("a+", encoding="utf-8")
        except OSError as exc:
            raise ArchiveError(f"{path}: {exc.strerror}") from exc
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            file.close()
            raise ArchiveBusy(
                f"{database}: process {holder} works on it; stop that one first,"
                " or take another database"
            ) from exc
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        return cls(file)

    def release(self) -> None:
        """Let go. The file stays: removing it would race with the next one to lock it."""
        self._file.close()
