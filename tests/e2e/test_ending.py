"""How a running bot ends: at once when killed, in time when asked, whatever the platforms do."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.test_process import ENV, ROOT, write_config
from tests.fakefeeds import FakeFeeds
from tests.fakeslack import APP_TOKEN, BOT_TOKEN, FakeSlack
from tests.services.test_desk import rss
from tests.slackfaults import Fault

WITHIN = 60.0  # seconds that anything may take on a busy machine before a test gives up

needs_proc = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="no /proc to see the processes in"
)


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + WITHIN
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@contextmanager
def running(folder: Path, **env: str) -> Iterator[subprocess.Popen[bytes]]:
    """`nightdesk run` in a process of its own; killed at the end if it has not ended."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "run"], cwd=folder, env=ENV | {"PYTHONPATH": ROOT} | env,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.wait(WITHIN)


def descendants(pid: int) -> set[int]:
    """All processes below this one."""
    children = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:  # it ended while we looked
            continue
        children.setdefault(int(fields[1]), set()).add(int(status.parent.name))
    found, unseen = set(), {pid}
    while unseen:
        unseen = {child for parent in unseen for child in children.get(parent, ())}
        found |= unseen
    return found


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@needs_proc
def test_a_killed_bot_leaves_no_process_behind(tmp_path: Path) -> None:
    with FakeFeeds({"/feed": rss("Alpha breach")}).in_background() as publisher:
        write_config(tmp_path, publisher.url())
        with running(tmp_path) as bot:
            until(lambda: publisher.asked("/feed"))
            until(lambda: len(descendants(bot.pid)) >= 2)  # a fork server and a worker
            below = descendants(bot.pid)
            os.kill(bot.pid, signal.SIGKILL)
            bot.wait(WITHIN)
            until(lambda: not any(map(alive, below)))


@needs_proc
def test_a_bot_that_is_asked_to_stop_ends_while_a_send_hangs(tmp_path: Path) -> None:
    feeds = FakeFeeds({"/feed": rss("Alpha breach")}).in_background()
    with feeds as publisher, FakeSlack.in_thread(slow=WITHIN) as slack:
        slack.add_channel("soc")
        slack.faults.script("chat.postMessage", *[Fault.SLOW] * 9)
        write_config(tmp_path, publisher.url())
        config = tmp_path / "feeds.yaml"
        config.write_text(config.read_text().replace("to: terminal", 'to: "slack:#soc"'))
        env = {
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "SLACK_API_URL": slack.api_url,
        }
        with running(tmp_path, **env) as bot:
            until(lambda: "chat.postMessage" in slack.calls)
            below = descendants(bot.pid)
            asked = time.monotonic()
            bot.send_signal(signal.SIGTERM)
            assert bot.wait(WITHIN) == 0
            print(f"ended after {time.monotonic() - asked:.1f} s")
            until(lambda: not any(map(alive, below)))
        slack.run(asyncio.sleep(0))
