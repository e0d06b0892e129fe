"""Where a bot may be killed: the boundaries between one step of a delivery and the next.

Each installs itself into the running program by wrapping what lies before or after the boundary;
the program itself knows nothing of them. At the n-th time the boundary is passed, SIGKILL.
"""

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Collection
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any

Fire = Callable[[], None]
Condition = Callable[[tuple[Any, ...], Any], bool]
_A_MOMENT = 0.002  # seconds, longer than writing takes and shorter than answering
Install = Callable[[Fire, Collection[int]], None]


ANY = "any"
_asked_to_stop = threading.Event()


KILL, TERM, RAISE = "kill", "term", "raise"  # what may happen at a boundary


class Injected(Exception):
    """An exception that nobody foresaw."""


def arm(
    name: str, nth: int, ports: Collection[int], *, delay: float = 0.0, what: str = KILL
) -> None:
    """Let something happen the n-th time the boundary is passed, or `delay` seconds after it.

    ANY counts all boundaries together. `ports`: the chat platforms'.
    """
    left = nth

    def fire() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            if what == TERM:
                stop()
            elif what == RAISE:
                raise Injected(name)
            elif delay:  # a thread: the loop may be busy, and at any moment is what is wanted
                threading.Timer(delay, _die).start()
            else:
                _die()

    for boundary in FAILPOINTS if name == ANY else [name]:
        FAILPOINTS[boundary](fire, ports)


def stop() -> None:
    """SIGTERM, once in a life: a second one ends a bot at once, which is another case."""
    if not _asked_to_stop.is_set():
        _asked_to_stop.set()
        os.kill(os.getpid(), signal.SIGTERM)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def before(owner: Any, name: str, when: Condition | None = None) -> Install:
    """When this method is about to run."""
    return lambda fire, _: _wrap(owner(), name, when, fire, after=False)


def after(owner: Any, name: str, when: Condition | None = None) -> Install:
    """When this method has returned."""
    return lambda fire, _: _wrap(owner(), name, when, fire, after=True)


def _wrap(owner: Any, name: str, when: Condition | None, fire: Fire, *, after: bool) -> None:
    inner = getattr(owner, name)

    def hit(args: tuple[Any, ...], result: Any) -> None:
        if when is None or when(args, result):
            fire()

    @wraps(inner)
    async def waiting(*args: Any, **options: Any) -> Any:
        if not after:
            hit(args, None)
        result = await inner(*args, **options)
        if after:
            hit(args, result)
        return result

    @wraps(inner)
    def at_once(*args: Any, **options: Any) -> Any:
        if not after:
            hit(args, None)
        result = inner(*args, **options)
        if after:
            hit(args, result)
        return result

    setattr(owner, name, waiting if iscoroutinefunction(inner) else at_once)


# --- what is wrapped; looked up late, since the launcher arms a fork of itself ---------------


def _client() -> Any:
    from digests.web.client import Client

    return Client


def _wire() -> Any:
    from digests.web import client

    return client


def _worker() -> Any:
    from tests.rig.child import InlineWorker

    return InlineWorker


def _stories() -> Any:
    from digests.archive import stories

    return stories


def _owing() -> Any:
    from digests.archive import outbox

    return outbox


def _gathering() -> Any:
    from digests.archive import gather

    return gather


def _archive() -> Any:
    from digests.archive.store import Archive

    return Archive


def _outbox() -> Any:
    from digests.archive.post_box import Outbox

    return Outbox


def _chats() -> list[Any]:
    from bot.platforms.discord import chat as discord_chat
    from bot.platforms.slack import chat as slack_chat

    return [discord_chat.DiscordChat, slack_chat.SlackChat]


def on_chats(name: str, *, after_: bool, when: Condition | None = None, only: str = "") -> Install:
    """Around a method of both platforms, or of one alone."""

    def install(fire: Fire, _: Collection[int]) -> None:
        for chat in _chats():
            if only in ("", chat.platform):
                _wrap(chat, name, when, fire, after=after_)

    return install


def in_commit(work: Callable[[], Any], name: str) -> Install:
    """After this work was done in the writer's transaction, before COMMIT."""

    def install(fire: Fire, _: Collection[int]) -> None:
        from sqlalchemy import event
        from sqlalchemy.engine import Engine

        marked: list[bool] = []
        inner = getattr(work(), name)

        @wraps(inner)
        def noted(*args: Any, **options: Any) -> Any:
            result = inner(*args, **options)
            marked.append(True)
            return result

        setattr(work(), name, noted)

        def on_commit(_: Any) -> None:
            if marked:
                marked.clear()
                fire()

        event.listen(Engine, "commit", on_commit)

    return install


def on_the_wire(share: float) -> Install:
    """In the middle of a request to a chat platform: after this share of its bytes."""

    def install(fire: Fire, ports: Collection[int]) -> None:
        from asyncio import selector_events

        transport = selector_events._SelectorSocketTransport  # type: ignore[attr-defined]  # private
        inner = transport.write

        def write(self: Any, block: Any) -> None:
            peer = self.get_extra_info("peername")
            if not (peer and peer[1] in ports and b"POST" in bytes(block[:4])):
                inner(self, block)
                return
            if share == 1:  # the body may come in a second block: a moment later all is out
                asyncio.get_running_loop().call_later(_A_MOMENT, fire)
                inner(self, block)
                return
            cut = int(len(block) * share)
            if cut:
                inner(self, bytes(block[:cut]))
            fire()
            inner(self, bytes(block[cut:]))

        transport.write = write

    return install


def _is_read(args: tuple[Any, ...], _: Any) -> bool:
    return getattr(args[1], "__name__", "") == "read"


def _has_records(args: tuple[Any, ...], _: Any) -> bool:
    return bool(args[1])


def _is_retry(_: tuple[Any, ...], result: Any) -> bool:
    from digests.model import Retry

    return isinstance(result, Retry)


def _is_digest(args: tuple[Any, ...], _: Any) -> bool:
    return not args[1].subject.startswith("story:")


def _put_back(_: tuple[Any, ...], result: Any) -> bool:
    from digests.model import PostState

    return result is not None and result.state is PostState.QUEUED


FAILPOINTS: dict[str, Install] = {
    "fetch: before connect": before(_client, "get"),
    "fetch: after headers": before(_wire, "read_body"),
    "fetch: after body": after(_client, "get"),
    "fetch: after parse": after(_worker, "run", _is_read),
    "store: after stories": after(_stories, "add", _has_records),
    "store: after deliveries": after(_owing, "owe", _has_records),
    "store: before commit": in_commit(_stories, "add"),
    "store: after commit": after(_archive, "commit_poll"),
    "send: before intent": before(_outbox, "begin"),
    "send: inside the intent's commit": in_commit(_owing, "begin"),
    "send: after intent": after(_outbox, "begin"),
    "send: after connect": on_the_wire(0.0),
    "send: half the request written": on_the_wire(0.5),
    "send: request written, no answer": on_the_wire(1.0),
    "send: answer read, not stored": on_chats("post", after_=True),
    # Discord forgives a repetition for two minutes; Slack never.
    "send: Slack's answer read, not stored": on_chats("post", after_=True, only="slack"),
    "send: inside the end's commit": in_commit(_owing, "settle"),
    "send: after the end's commit": after(_outbox, "settle"),
    "send: refused for now": on_chats("post", after_=True, when=_is_retry),
    "reconcile: start": on_chats("find", after_=False),
    "reconcile: after reading back": on_chats("find", after_=True),
    "reconcile: after putting back": after(_outbox, "settle_sighting", _put_back),
    "digest: before gathering": before(_outbox, "gather"),
    "digest: gathered, not committed": in_commit(_gathering, "gather"),
    "digest: gathered": after(_outbox, "gather"),
    "digest: claimed": after(_outbox, "begin", _is_digest),
    "edit: sent, not stored": on_chats("edit", after_=True),
}
