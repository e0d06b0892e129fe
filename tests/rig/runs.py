"""Several worlds at once: a bot mostly waits for platforms, so one at a time leaves the machine idle.

Each run has a launcher of its own. What is asked for first waits until its run is over; the others
go on meanwhile.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Generic, TypeVar

from tests.rig.launching import Launcher

T = TypeVar("T")
AT_ONCE = 3


@dataclass
class Runs(Generic[T]):
    """The results of runs by name; one that failed raises for whoever asks for it."""

    _futures: dict[str, "Future[T]"] = field(default_factory=dict)

    def __call__(self, name: str) -> T:
        return self._futures[name].result()


@contextlib.contextmanager
def side_by_side(
    work: Mapping[str, Callable[[Launcher], T]], at_once: int = AT_ONCE
) -> Iterator[Runs[T]]:
    """Begin all runs, so many at once; what was not begun when this ends never is."""
    idle: SimpleQueue[Launcher] = SimpleQueue()

    def run(one: Callable[[Launcher], T]) -> T:
        launcher = idle.get()
        try:
            return one(launcher)
        finally:
            idle.put(launcher)

    with contextlib.ExitStack() as stack:
        for _ in range(min(at_once, len(work))):
            idle.put(stack.enter_context(Launcher.started()))
        pool = ThreadPoolExecutor(at_once, thread_name_prefix="rig")
        stack.callback(pool.shutdown, cancel_futures=True)
        yield Runs({name: pool.submit(run, one) for name, one in work.items()})
