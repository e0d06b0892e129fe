"""One thread that writes, a few that read, and an async face for both.

Group commit: what waits when the writer is free is done in one transaction and so costs one wait
for the disk. Each job has its own savepoint, so that one that fails fails alone; nobody hears of
success before COMMIT has returned.
"""

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import sqlalchemy
from sqlalchemy import Connection

from digests.archive import dialects
from digests.archive.trouble import Trouble
from digests.errors import ArchiveError

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)

READERS = 2
# More, for what people typed: hundreds of reads a second for cards must not stand before it.
ASKERS = 2
GROUP_SECONDS = 0.05  # a group takes in no more jobs after this: the first one is waiting
GROUP_JOBS = 512
_STEPS = 20_000  # of SQLite's virtual machine between two looks at the clock


@dataclass(slots=True)
class _Job:
    """Work for the writer, and who waits for it."""

    work: Callable[[Connection], Any]
    loop: asyncio.AbstractEventLoop
    future: "asyncio.Future[Any]"
    result: Any = None
    error: Exception | None = None

    def run(self, connection: Connection) -> None:
        """Do it inside a savepoint. Raises only when the whole transaction is lost."""
        driver = dialects.raw(connection)
        driver.execute("SAVEPOINT job")
        try:
            self.result = self.work(connection)
        except Exception as exc:  # whoever asked for the work is told
            if not driver.in_transaction:  # a full disk makes SQLite roll back everything
                raise
            driver.execute("ROLLBACK TO job")
            self.error = exc
        driver.execute("RELEASE job")


@dataclass(slots=True)
class Engine:
    """The connections of one archive. `start` before use, `close` after."""

    path: Path
    read_only: bool = False
    monotonic: Callable[[], float] = time.monotonic
    commits: int = 0
    _jobs: "queue.SimpleQueue[_Job | None]" = field(default_factory=queue.SimpleQueue)
    _writer: threading.Thread | None = None
    _write_engine: sqlalchemy.Engine | None = None
    _read_engine: sqlalchemy.Engine = field(init=False)
    _readers: ThreadPoolExecutor = field(init=False)
    _askers: ThreadPoolExecutor = field(init=False)
    _connection: Connection | None = None
    _closed: bool = False
    _unwritten: Trouble = field(default_factory=lambda: Trouble("written"))
    _unread: Trouble = field(default_factory=lambda: Trouble("read"))

    def start(self) -> None:
        """Start the threads; nothing is opened before it is needed."""
        self._read_engine = dialects.connect_readers(self.path, READERS + ASKERS)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="archive-read")
        self._askers = ThreadPoolExecutor(ASKERS, thread_name_prefix="archive-ask")
        if not self.read_only:
            self._write_engine = dialects.connect_writer(self.path)
            self._writer = threading.Thread(target=self._serve, name="archive-write", daemon=True)
            self._writer.start()

    async def write(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Do work in the next transaction; returns when it is durable. Raises ArchiveError.

        Once asked for, it is done even when the asker is cancelled meanwhile.
        """
        return await self._asked(lambda connection: work(connection, *args, **kwargs))

    def write_soon(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """The same for what nobody waits for; that it was refused is said in the log alone."""
        future = self._asked(lambda connection: work(connection, *args, **kwargs))
        future.add_done_callback(lambda ended: ended.cancelled() or ended.exception())

    def _asked(self, work: Callable[[Connection], T]) -> "asyncio.Future[T]":
        if self.read_only:
            raise ArchiveError(f"{self.path}: opened for reading only")
        if self._closed:
            raise ArchiveError(f"{self.path}: is closed")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._jobs.put(_Job(work, loop, future))
        return future

    async def read(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Do work on one unchanging view of what is committed. Raises ArchiveError."""
        return await self._reading(lambda connection: work(connection, *args, **kwargs), None)

    async def read_within(
        self,
        seconds: float,
        work: Callable[Concatenate[Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """The same, ended by force when it takes longer: for what people typed.

        It waits for others of its kind alone.
        """
        return await self._reading(lambda connection: work(connection, *args, **kwargs), seconds)

    async def close(self) -> None:
        """Do what is still waiting, then let go of everything."""
        if not self._closed:
            self._closed = True
            await asyncio.to_thread(self._end)

    def fail(self, error: BaseException) -> ArchiveError:
        """Our error for one of the database's."""
        return ArchiveError(f"{self.path}: {dialects.reason(error)}")

    def _end(self) -> None:
        self._readers.shutdown()
        self._askers.shutdown()
        self._read_engine.dispose()
        if self._writer is not None and self._write_engine is not None:
            # The last connection to go tidies the files up, and only one that writes can.
            self._jobs.put(None)
            self._writer.join()
            self._write_engine.dispose()

    # --- the reading threads ---

    async def _reading(self, work: Callable[[Connection], T], seconds: float | None) -> T:
        if self._closed:
            raise ArchiveError(f"{self.path}: is closed")
        loop = asyncio.get_running_loop()
        threads = self._readers if seconds is None else self._askers
        return await loop.run_in_executor(threads, self._read, work, seconds)

    def _read(self, work: Callable[[Connection], T], seconds: float | None) -> T:
        try:
            with self._read_engine.connect() as connection:
                result = self._limited(connection, work, seconds)
        except dialects.DATABASE_ERRORS as exc:
            if seconds is None:  # else it may only have taken too long
                self._note(self._unread, exc)
            if dialects.spoils_connection(exc):
                self._read_engine.dispose()  # those in use are closed when they come back
            raise self.fail(exc) from exc
        self._note(self._unread, None)
        return result

    def _note(self, trouble: Trouble, error: BaseException | None) -> None:
        """Say what has changed."""
        reason = "" if error is None else dialects.reason(error)
        said = trouble.after(reason, self.monotonic())
        if said:
            log.log(logging.ERROR if reason else logging.WARNING, "%s: %s", self.path, said)

    def _limited(
        self, connection: Connection, work: Callable[[Connection], T], seconds: float | None
    ) -> T:
        if seconds is None:
            return work(connection)
        end = self.monotonic() + seconds
        driver = dialects.raw(connection)
        driver.set_progress_handler(lambda: self.monotonic() > end, _STEPS)
        try:
            return work(connection)
        finally:
            driver.set_progress_handler(None, 0)

    # --- the writing thread ---

    def _serve(self) -> None:
        """Groups until told to end."""
        while (job := self._jobs.get()) is not None:
            self._group(job)
        self._disconnect()

    def _group(self, first: _Job) -> None:
        """One transaction for what waits now."""
        taken: list[_Job] = []
        try:
            with self._connected().begin() as transaction:
                for job in self._jobs_from(first):
                    taken.append(job)
                    job.run(transaction.connection)
            self.commits += 1
            refused = [job.error for job in taken if dialects.spoils_connection(job.error)]
        except Exception as exc:  # noqa: BLE001 - the thread must outlive any fault
            # When not even BEGIN came through, those behind need not wait for the same answer.
            taken = taken or list(self._jobs_from(first))
            for job in taken:
                job.error = exc
            refused = [exc]
        self._note(self._unwritten, refused[0] if refused else None)
        if refused:  # a fresh connection is what gets us going once the cause is gone
            self._disconnect()
        self._deliver(taken)

    def _jobs_from(self, first: _Job) -> Iterator[_Job]:
        """The first and what waits behind it, as long as the first may be kept waiting."""
        yield first
        end = self.monotonic() + GROUP_SECONDS
        for _ in range(GROUP_JOBS):
            if self.monotonic() >= end:
                return
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return
            if job is None:
                self._jobs.put(None)  # the sign to end is for _serve; nothing comes after it
                return
            yield job

    def _connected(self) -> Connection:
        if self._connection is None:
            assert self._write_engine is not None
            self._connection = self._write_engine.connect()
        return self._connection

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.invalidate()
            connection.close()
        except dialects.DATABASE_ERRORS:
            pass  # it is being thrown away

    def _deliver(self, jobs: list[_Job]) -> None:
        """Tell each loop once; a commit of sixty jobs must not wake it sixty times."""
        for job in jobs:
            if isinstance(job.error, dialects.DATABASE_ERRORS):
                error = self.fail(job.error)
                error.__cause__ = job.error
                job.error = error
        for loop in {job.loop for job in jobs}:
            mine = [job for job in jobs if job.loop is loop]
            try:
                loop.call_soon_threadsafe(_resolve, mine)
            except RuntimeError:
                continue  # that loop was closed: nobody is left to be told


def _resolve(jobs: list[_Job]) -> None:
    for job in jobs:
        if job.future.done():  # cancelled meanwhile
            continue
        if job.error is not None:
            job.future.set_exception(job.error)
        else:
            job.future.set_result(job.result)
