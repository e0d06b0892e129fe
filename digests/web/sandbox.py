"""Killable workers for everything that depends on a document's bytes.

A worker that is killed, runs out of memory or disappears costs one task and a tenth of a second.
Two lanes keep documents that were killed before from standing in front of honest ones, and in each
short documents go before long ones (ranks.py).
"""

import asyncio
import multiprocessing
import pickle
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures.process import BrokenProcessPool
from importlib.machinery import ModuleSpec
from multiprocessing import forkserver, resource_tracker
from types import TracebackType
from typing import Self, TypeVar, cast

from pebble import ProcessExpired, ProcessPool

from digests.errors import WorkerFailed, WorkerKilled
from digests.web.ranks import Ranks
from digests.web.worker import Broke, Done, Limits, attempt, settle_in

T = TypeVar("T")

# The kernel's limits end a task within 15 s; beyond this the pool itself is broken. Long enough
# for a fresh fork server to import everything on a busy machine.
PATIENCE = 30.0
USUAL = Limits()
# Leaks of parsers stay small when a worker lives for so many tasks.
MAX_TASKS = 200
_CLOSING = 5.0  # seconds; what is still alive then is killed with the process
_LARGE = 256 * 1024  # bytes of pickle: above it, unpickling would hold the loop for over a ms


class Sandbox:
    """Runs functions in worker processes, each task inside its own limits.

    `preload` names modules that are imported once, before the first fork, and their
    `warm_worker()` is called when they have one: whatever a task would else load in its own time.
    A function must be importable by name and not stand in `__main__`.
    """

    def __init__(
        self,
        *,
        workers: int = 1,
        slow_workers: int = 1,
        preload: Sequence[str] = ("digests.reading",),
        limits: Limits = USUAL,
        max_tasks: int = MAX_TASKS,
        patience: float = PATIENCE,
    ) -> None:
        self._preload = tuple(preload)
        self._limits = limits
        self._fast = _Lane(workers, max_tasks, patience)
        self._slow = _Lane(slow_workers, max_tasks, patience)
        self._launched = False

    async def __aenter__(self) -> Self:
        """Nothing starts before the first task; `start` does it earlier."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """As `close`."""
        await self.close()

    async def start(self) -> None:
        """Fork the fast lane's workers now, so that the first task does not wait for it."""
        self._launch()
        await self._fast.ready()

    async def close(self) -> None:
        """End every worker; running tasks end as WorkerKilled."""
        ending = [lane.discard() for lane in (self._fast, self._slow)]
        for thread in ending:
            if thread is not None:
                await asyncio.to_thread(thread.join, _CLOSING)

    async def run(
        self, function: Callable[..., T], *args: object, size: int, slow: bool = False
    ) -> T:
        """The function's result; raises WorkerKilled or WorkerFailed.

        `size`, the document's bytes, sets the processor time. Tasks wait for a free worker of
        their lane. Cancelling ends the worker that is at it.
        """
        self._launch()
        lane = self._slow if slow else self._fast
        ended = await lane.run(function, args, self._limits, size)
        if isinstance(ended, Broke):
            raise (WorkerKilled if ended.limit else WorkerFailed)(ended.reason)
        if len(ended.pickled) > _LARGE:
            return cast("T", await asyncio.to_thread(pickle.loads, ended.pickled))
        return cast("T", pickle.loads(ended.pickled))  # noqa: S301 - made by our own worker

    def _launch(self) -> None:
        """Start the fork server from this thread, before any other thread could."""
        if not self._launched:
            self._launched = True
            _launch_fork_server(self._preload)


class _Lane:
    """A pool of workers and the queue before it."""

    def __init__(self, workers: int, max_tasks: int, patience: float) -> None:
        self._workers = workers
        self._max_tasks = max_tasks
        self._patience = patience
        self._ranks = Ranks(workers)
        self._starting = asyncio.Lock()
        self._pool: ProcessPool | None = None

    async def ready(self) -> ProcessPool:
        """The running pool; forking its workers waits for the fork server, in a thread."""
        async with self._starting:
            if self._pool is None:
                context = multiprocessing.get_context("forkserver")
                pool = ProcessPool(
                    self._workers, self._max_tasks, initializer=settle_in, context=context
                )
                await asyncio.to_thread(getattr, pool, "active")  # reading it starts the pool
                self._pool = pool
            return self._pool

    async def run(
        self, function: Callable[..., object], args: Sequence[object], limits: Limits, size: int
    ) -> Done | Broke:
        """How the task ended, if it did; raises WorkerKilled when its worker ended first."""
        async with self._ranks.turn(size):
            try:
                return await self._once(function, args, limits, size)
            except BrokenProcessPool:  # an idle worker died before: not this task's fault
                pass
            try:
                return await self._once(function, args, limits, size)
            except BrokenProcessPool:
                raise WorkerKilled("its workers were lost twice") from None

    async def _once(
        self, function: Callable[..., object], args: Sequence[object], limits: Limits, size: int
    ) -> Done | Broke:
        pool = await self.ready()
        try:
            future = pool.schedule(attempt, args=(function, args, limits, size))
            async with asyncio.timeout(self._patience):
                return cast("Done | Broke", await asyncio.wrap_future(future))
        except ProcessExpired as expired:
            raise WorkerKilled(_ended_words(expired.exitcode, limits, size)) from None
        except TimeoutError:
            self.discard(pool)
            raise WorkerKilled(f"its worker did not answer within {self._patience:g} s") from None
        except RuntimeError as broken:  # BrokenProcessPool is one, and what follows it another
            self.discard(pool)
            raise BrokenProcessPool from broken

    def discard(self, pool: ProcessPool | None = None) -> threading.Thread | None:
        """Give up the pool, or only this one; its end is waited for in a thread nobody joins."""
        pool = pool or self._pool
        if pool is None:
            return None
        if pool is self._pool:
            self._pool = None
        thread = threading.Thread(target=_end, args=(pool,), name="sandbox-end", daemon=True)
        thread.start()
        return thread


def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]  # pebble's has no types
    pool.join()


def _ended_words(code: int, limits: Limits, size: int) -> str:
    match -code:
        case signal.SIGPROF:
            return f"it took more than {limits.cpu_for(size):.1f} s of processor time"
        case signal.SIGALRM:
            return f"it took more than {limits.wall_for(size):g} s"
        case signal.SIGKILL:
            return "the system ended it, most likely for want of memory"
        case signal.SIGSEGV | signal.SIGBUS | signal.SIGABRT:
            return "it crashed its worker"
        case _:
            return f"its worker ended with code {code}"


def _launch_fork_server(preload: Sequence[str]) -> None:
    """Start the process that workers are forked from, deaf to Ctrl-C from its first moment.

    The mask is inherited: until the server ignores the signal by itself, it is blocked there.
    """
    _keep_main_out()
    multiprocessing.set_forkserver_preload(["digests.web.nursery", *preload, "digests.web.warmth"])
    resource_tracker.ensure_running()  # else started below, and it would clear the mask
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _keep_main_out() -> None:
    """Keep workers from running the program's main file again, with all that it imports.

    multiprocessing leaves a main module alone whose spec bears this name; scripts have no spec.
    """
    main = sys.modules["__main__"]
    if main.__spec__ is None:
        main.__spec__ = ModuleSpec("__main__", None)
