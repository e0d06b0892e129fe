"""R9: a database that cannot be written for a minute, in real time: how soon the bot is back.

A bot as a process for each trouble, all at once, between a publisher and a stand-in of Slack. A story comes
out while nothing can be written; counted is the time from the end of the trouble to its card, without
a restart.
"""

import asyncio
import contextlib
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from benchmarks.rounds import say
from benchmarks.service import ROOT
from tests.fakefeeds import FIRST as FIRST_DAY
from tests.fakefeeds import FakeFeeds, item
from tests.fakeslack import APP_TOKEN, BOT_TOKEN, FakeSlack

LONG = 60.0  # seconds of a trouble
BEFORE_END = 20.0  # when the story comes out
LONGEST = 60.0  # seconds that a card is waited for
FLAG = "trouble"
MORE = 100  # old entries that come with the story, so that the database would have to grow
FIRST, SECOND = "Alpha ransomware closes a harbour", "Bravo botnet empties a museum's tills"
# The bot with a writer that SQLite itself refuses while a file exists: no disk is filled, and the codes
# that come are SQLite's own.
_BOT = """
import runpy, sys
from pathlib import Path
from digests.archive.engine import Engine
inner, pragma = Engine._connected, sys.argv.pop(1)
free = "PRAGMA query_only = OFF; PRAGMA max_page_count = 1073741823"
def connected(self):
    connection = inner(self)
    wanted = pragma if Path("trouble").exists() else free
    connection.connection.dbapi_connection.executescript(wanted)
    return connection
Engine._connected = connected
runpy.run_module("bot", run_name="__main__", alter_sys=True)
"""
_PRAGMAS = {
    "full": "PRAGMA max_page_count = 1",
    "read-only": "PRAGMA query_only = ON",
    "busy": "",  # another program holds the lock
}


def troubles() -> None:
    for name, back in asyncio.run(_all()):
        said = f"back after {back:.1f} s" if back is not None else "not back"
        say("R9", f"{LONG:.0f} s with a database that is {name}: {said}", goal="<= 10 s")


async def _all() -> list[tuple[str, float | None]]:
    return list(zip(_PRAGMAS, await asyncio.gather(*map(_one, _PRAGMAS)), strict=True))


async def _one(name: str) -> float | None:
    """Seconds from the end of the trouble until the card stands there; None when it never does."""
    async with FakeFeeds({"/feed": _feed(FIRST)}) as publisher, FakeSlack() as slack:
        slack.add_channel("news")
        with tempfile.TemporaryDirectory() as folder:
            async with _bot(Path(folder), name, publisher, slack):
                await _stands(slack, FIRST)
                with _trouble(Path(folder), name):
                    await asyncio.sleep(LONG - BEFORE_END)
                    publisher.publish("/feed", _feed(SECOND, FIRST, more=MORE))
                    await asyncio.sleep(BEFORE_END)
                    assert not _is_there(slack, SECOND), "nothing was in the way"
                return await _stands(slack, SECOND)


def _feed(*titles: str, more: int = 0) -> str:
    """With more old entries, which are kept only: a poll that needs room."""
    entries = "".join(item(title, text=f"{title}. Nobody was hurt.") for title in titles)
    entries += "".join(
        item(f"Old note {n}", text=f"A matter of {n} and of {n + 1}. " * 200, published=FIRST_DAY)
        for n in range(more)
    )
    return f'<rss version="2.0"><channel><title>x</title>{entries}</channel></rss>'


async def _stands(slack: FakeSlack, title: str) -> float | None:
    began = time.monotonic()
    while time.monotonic() - began < LONGEST:
        if _is_there(slack, title):
            return time.monotonic() - began
        await asyncio.sleep(0.05)
    return None


def _is_there(slack: FakeSlack, title: str) -> bool:
    return any(one.kind == "posted" and title in str(one.body) for one in slack.log)


@contextmanager
def _trouble(folder: Path, name: str) -> Iterator[None]:
    if name == "busy":
        with contextlib.closing(
            sqlite3.connect(folder / "nightdesk.db", isolation_level=None, timeout=30)
        ) as other:
            other.execute("BEGIN EXCLUSIVE")
            yield
            other.execute("ROLLBACK")
        return
    (folder / FLAG).touch()
    yield
    (folder / FLAG).unlink()


@asynccontextmanager
async def _bot(
    folder: Path, name: str, publisher: FakeFeeds, slack: FakeSlack
) -> AsyncIterator[None]:
    (folder / "feeds.yaml").write_text(
        "defaults: {welcome: first, every: 1m, first: all, full_text: false}\n"
        "network: {allow: [127.0.0.0/8]}\nchannels:\n  - {name: news, to: 'slack:#news'}\n"
        f"feeds:\n  - {{url: '{publisher.url()}', publisher: a.example, security: true}}\n"
    )
    env = os.environ | {
        "PYTHONPATH": str(ROOT),
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "SLACK_API_URL": slack.api_url,
        **{f"NIGHTDESK_{source}": "off" for source in ("KEV", "EPSS", "CVE")},
    }
    with (folder / "log.txt").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", _BOT, _PRAGMAS[name], "run",
            cwd=folder, env=env, stdout=log, stderr=log, stdin=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            yield
            assert process.returncode is None, "it must go on by itself"
        finally:
            process.terminate()
            await process.wait()
