"""feeds.yaml while it runs: looked at again and again, read only when it changed."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from digests.config.loader import parse_bytes, read_bytes
from digests.config.settings import Settings
from digests.errors import ConfigError
from digests.model import Clock

# Within this time of a change a second one may leave time and size of the file as they are.
_FRESH = timedelta(seconds=3)
_Stamp = tuple[int, int, int, int]


class Watcher:
    """One file. The first poll always reads it; from then on only a change is told.

    A bad file is told once and leaves `settings`, the last good ones, as they were.
    """

    def __init__(self, path: Path, env: Mapping[str, str], clock: Clock) -> None:
        self.settings: Settings | None = None
        self._path = path
        self._env = env
        self._clock = clock
        self._stamp: _Stamp | None = None
        self._digest = b""  # of what was read last, good or bad
        self._failed = ""  # why it could not be read at all, to be told once
        self._good = False  # whether the last word was good

    def poll(self) -> Settings | ConfigError | None:
        """New settings, a new mistake, or None when there is nothing new. Blocks to read."""
        stamp = self._look()
        if stamp is not None and stamp == self._stamp:
            return None
        try:
            body = read_bytes(self._path)
        except ConfigError as error:
            return self._unreadable(error)
        self._stamp = stamp
        self._failed = ""
        digest = hashlib.blake2b(body, digest_size=16).digest()
        if digest == self._digest:
            return None
        self._digest = digest
        return self._read(body)

    def _look(self) -> _Stamp | None:
        """What the directory says of the file; None when that is no proof that it is the same."""
        try:
            status = self._path.stat()
            changed = datetime.fromtimestamp(status.st_mtime, UTC)
        except (OSError, ValueError, OverflowError):  # told when reading is tried, or absurd times
            return None
        if abs(self._clock.now() - changed) < _FRESH:
            return None
        return (status.st_mtime_ns, status.st_size, status.st_ino, status.st_dev)

    def _unreadable(self, error: ConfigError) -> ConfigError | None:
        self._stamp, self._digest = None, b""
        if str(error) == self._failed:
            return None
        self._failed, self._good = str(error), False
        return error

    def _read(self, body: bytes) -> Settings | ConfigError | None:
        try:
            settings = parse_bytes(body, str(self._path), self._env)
        except ConfigError as error:
            self._good = False
            return error
        if self._good and settings == self.settings:  # a comment changed
            return None
        self.settings, self._good = settings, True
        return settings
