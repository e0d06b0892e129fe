"""The stand-in in a thread, for a bot that is a process of its own."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from tests.fakediscord.server import FakeDiscord

T = TypeVar("T")


class ThreadedDiscord:
    """The stand-in in a thread of its own, for a bot that is another process."""

    def __init__(self, **options: Any) -> None:
        self.fake = FakeDiscord(**options)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def run(self, work: Coroutine[Any, Any, T], within: float = 30.0) -> T:
        """Do something in the stand-in's loop, for example `run(fake.command("help"))`."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(within)

    def __enter__(self) -> FakeDiscord:
        self._thread.start()
        self.run(self.fake.start())
        self.fake.run = self.run  # type: ignore[attr-defined]  # the thread's own way in
        return self.fake

    def __exit__(self, *_: object) -> None:
        self.run(self.fake.__aexit__(None, None, None))
        self.run(_tasks_ended())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()


async def _tasks_ended() -> None:
    """Requests whose client was killed may still wait for it."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
