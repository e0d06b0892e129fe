"""Inside a worker: limits around every task, and an end when the bot is gone.

Limits belong to the task, not to the worker: a limit over a worker's life kills the honest task
that happens to come late. The kernel keeps them, so they also end C code that never returns to
Python, and they hold when nobody is left to watch.
"""

import ctypes
import fcntl
import multiprocessing
import os
import pickle
import resource
import select
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_MB = 2**20
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


@dataclass(frozen=True, slots=True)
class Limits:
    """What one task may cost."""

    cpu: float = 1.0  # seconds of processor time, user and system
    cpu_per_mb: float = 0.5  # more for each MB of its document: honest feeds reach 6 MB
    cpu_most: float = 4.0
    wall: float = 6.0  # seconds on the clock, for whatever sleeps or swaps
    wall_per_cpu: float = 3.0  # more for each CPU second above `cpu`: others work here too
    memory: int = 400 * _MB  # address space over what the worker had at the task's start
    result: int = 32 * _MB  # bytes of its pickled result: the bot has to hold it

    def cpu_for(self, size: int) -> float:
        """Seconds of processor time for a document of `size` bytes."""
        return min(self.cpu + self.cpu_per_mb * size / _MB, self.cpu_most)

    def wall_for(self, size: int) -> float:
        """Seconds on the clock for a document of `size` bytes."""
        return self.wall + self.wall_per_cpu * max(0.0, self.cpu_for(size) - self.cpu)


@dataclass(frozen=True, slots=True)
class Done:
    """The task ended well; its result is pickled inside the limits."""

    pickled: bytes


@dataclass(frozen=True, slots=True)
class Broke:
    """The task raised, or asked for too much."""

    reason: str
    limit: bool = False  # a limit ended it


def settle_in() -> None:
    """Once in each new worker: no worker outlives the bot or the fork server.

    An idle worker sees the end of its pipe and leaves by itself on every system. A busy one is
    ended by the kernel on Linux; elsewhere at the end of its task or of the task's time.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    parent = multiprocessing.parent_process()
    assert parent is not None
    _signal_at_end_of(parent.sentinel)


def attempt(
    function: Callable[..., object], args: Sequence[object], limits: Limits, size: int
) -> Done | Broke:
    """Run one task inside its limits; raises nothing, since not every error can be pickled."""
    _set(limits, size)
    try:
        pickled = pickle.dumps(function(*args), pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        return Broke(f"it needed more than {limits.memory // _MB} MB of memory", limit=True)
    except BaseException as error:  # noqa: BLE001 - also SystemExit: it must cross as words
        return Broke(_words(error))
    finally:
        _lift()
    if len(pickled) > limits.result:
        return Broke(f"its result has more than {limits.result // _MB} MB", limit=True)
    return Done(pickled)


def _set(limits: Limits, size: int) -> None:
    for number in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)  # the kernel ends us; a handler would wait for C
    signal.setitimer(signal.ITIMER_PROF, limits.cpu_for(size))
    signal.setitimer(signal.ITIMER_REAL, limits.wall_for(size))
    _limit_memory(_address_space() + limits.memory if sys.platform == "linux" else None)


def _lift() -> None:
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)
    _limit_memory(None)


def _limit_memory(size: int | None) -> None:
    """Linux only in effect: macOS does not enforce it, and cannot tell the size either."""
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    soft = hard if size is None else size
    if hard != resource.RLIM_INFINITY:  # somebody above us limits us too
        soft = min(soft, hard)
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _address_space() -> int:
    """Bytes of address space of this process now."""
    with open("/proc/self/statm", "rb") as pages:  # noqa: PTH123 - each task pays for it
        return int(pages.read().split()[0]) * resource.getpagesize()


def _signal_at_end_of(pipe: int) -> None:
    """Let the kernel send SIGIO, whose default ends us, when the other end of the pipe closes."""
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(pipe, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(pipe, fcntl.F_SETFL, fcntl.fcntl(pipe, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([pipe], [], [], 0)[0]:  # it closed before we asked
        os._exit(1)


def _words(error: BaseException) -> str:
    """One printable line; the text may come from the document."""
    text = "".join(sign if sign.isprintable() else " " for sign in f"{error}"[:500])
    return f"{type(error).__name__}: {' '.join(text.split())}"[:200].rstrip(": ")
