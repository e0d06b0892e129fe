"""Killed while it looks after the archive: tables brought up to date, copies, what is forgotten.

However it ends, the database opens, is sound, and holds all it held before or all it was to hold.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from digests.archive import upgrade
from digests.archive.schema import REVISIONS
from digests.archive.store import Archive
from digests.model import PostState
from digests.testing import START
from tests.contract.archives import card, poll, told
from tests.rig.keeper import LONG_AFTER
from tests.rig.launching import Launcher

KILLS = 6  # of each job
LONGEST = 60.0  # seconds of one that is to end by itself
ROWS = 200  # of each table that is brought up to date
CONTENTS = {"state": "sent", "members": "[]", "cves": '["CVE-2026-1"]'}  # that a revision reads


@dataclass
class Keeper:
    """Has the jobs done."""

    launcher: Launcher

    def do(self, job: str, *files: Path, delay: float = LONGEST) -> tuple[int, float]:
        """How it ended (-9: killed) and after how many seconds."""
        request = {"job": job, "files": [str(one) for one in files], "seconds": delay}
        ended = self.launcher.launch(request)
        return ended["code"], ended["seconds"]


@pytest.fixture(scope="module")
def keeper() -> Iterator[Keeper]:
    with Launcher.started("tests.rig.keeper") as launcher:
        yield Keeper(launcher)


@contextmanager
def reading(database: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(database)) as connection:
        yield connection


def whole(database: Path) -> int:
    """How many stories a sound database has."""
    with reading(database) as archive:
        assert archive.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        (count,) = archive.execute("SELECT count(*) FROM story").fetchone()
        return int(count)


def killed(keeper: Keeper, job: str, begin, *files: Path) -> Iterator[int]:
    """Let a job end by itself once, then kill it in its course; gives after how many kills it did.

    `begin` brings the files to where they were before.
    """
    begin()
    code, seconds = keeper.do(job, *files)
    assert code == 0
    random, kills = Random(job), 0
    for _ in range(4 * KILLS):
        begin()
        code, _ = keeper.do(job, *files, delay=random.uniform(0.1, 1) * seconds)
        kills += code == -9
        yield kills
        if kills == KILLS:
            return
    raise AssertionError(f"only {kills} kills of {job} came in time")


# --- the tables are brought up to date ------------------------------------------------------


def first_tables(database: Path) -> None:
    """A database of the first revision with rows in every table but the index."""
    engine = create_engine(f"sqlite:///{database}")
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(upgrade._MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, REVISIONS[0])
    engine.dispose()
    with reading(database) as archive, archive:
        names = [name for (name,) in archive.execute("SELECT name FROM sqlite_schema"
                 " WHERE type = 'table' AND name NOT LIKE '%fts%' AND name NOT LIKE 'story_te%'"
                 " AND name NOT IN ('alembic_version', 'meta', 'sqlite_sequence')")]  # fmt: skip
        for name in names:
            columns = archive.execute(f"PRAGMA table_info({name})").fetchall()
            for number in range(1, ROWS + 1):
                values = [value_of(name, column, kind, number) for _, column, kind, *_ in columns]
                marks = ", ".join("?" * len(values))
                archive.execute(f"INSERT INTO {name} VALUES ({marks})", values)


def value_of(table: str, column: str, kind: str, number: int) -> object:
    """Something a column may hold, different in every row."""
    if (table, column) == ("post", "subject"):
        return f"story:{number}"
    if column in CONTENTS:
        return CONTENTS[column]
    if "INT" in kind:
        return number
    if kind == "BLOB":
        return b"%d" % number
    return 0.5 if kind == "FLOAT" else f"{column} {number}"


def rows(database: Path) -> dict[str, int]:
    """How many each table of the first revision has."""
    with reading(database) as archive:
        return {
            name: archive.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
            for name in ("feed", "entry", "story", "post")
        }


def revision(database: Path) -> str:
    with reading(database) as archive:
        return archive.execute("SELECT version_num FROM alembic_version").fetchone()[0]


def test_killed_while_tables_are_brought_up_to_date_all_or_nothing_is_done(keeper, tmp_path):
    old, database = tmp_path / "old.db", tmp_path / "news.db"
    first_tables(old)
    before = rows(old)
    assert set(before.values()) == {ROWS}

    def begin() -> None:
        for name in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                (tmp_path / f"news.db{name}").unlink()
        shutil.copy(old, database)

    for _ in killed(keeper, "migrate", begin, database):
        assert whole(database) == ROWS
        assert revision(database) in (REVISIONS[0], REVISIONS[-1])
        assert rows(database) == before
    assert keeper.do("migrate", database)[0] == 0
    assert (revision(database), rows(database)) == (REVISIONS[-1], before)


# --- copies -------------------------------------------------------------------------------------


async def filled(database: Path, stories: int) -> None:
    archive = await Archive.open(database)
    records = [
        told(n, text=f"A gateway of type {n} is flawed. " * 20) for n in range(1, stories + 1)
    ]
    await archive.commit_poll(poll(*records, posts=(card(1),)))
    await archive.close()


async def test_killed_while_it_copies_the_last_whole_copy_stands(keeper, tmp_path):
    database, copy = tmp_path / "news.db", tmp_path / "copy.db"
    await filled(database, 400)
    stories, copied = 400, 0
    for _ in killed(keeper, "backup", lambda: None, database, copy):
        now = whole(database)
        assert now >= stories
        assert copied <= whole(copy) <= now
        stories, copied = now, whole(copy)
    assert keeper.do("backup", database, copy)[0] == 0
    assert whole(copy) == whole(database)
    assert sorted(one.name for one in tmp_path.glob("copy*")) == ["copy.db"]


async def test_killed_while_a_copy_is_put_back_the_old_or_the_new_one_stands(keeper, tmp_path):
    database, copy = tmp_path / "news.db", tmp_path / "copy.db"
    await filled(copy, 300)
    await filled(tmp_path / "busy.db", 500)
    left_open = sqlite3.connect(tmp_path / "busy.db")  # so that a log lies beside it
    left_open.execute("PRAGMA journal_mode = WAL")
    left_open.execute("PRAGMA wal_autocheckpoint = 0")
    left_open.execute("CREATE TABLE late AS SELECT id FROM story")
    left_open.commit()

    def begin() -> None:
        for one in tmp_path.glob("news.db*"):
            one.unlink()
        for name in ("", "-wal"):
            shutil.copy(tmp_path / f"busy.db{name}", tmp_path / f"news.db{name}")

    outcomes = set()
    for _ in killed(keeper, "restore", begin, database, copy):
        with reading(database) as archive:
            late = archive.execute("SELECT 1 FROM sqlite_schema WHERE name = 'late'").fetchone()
        count = whole(database)
        assert count == (500 if late else 300), "what stood in the log belongs to the old one"
        outcomes.add(count)
    left_open.close()
    assert 500 in outcomes
    assert keeper.do("restore", database, copy)[0] == 0
    archive = await Archive.open(database)
    assert await archive.problems() == []
    assert (await archive.outbox.counts())[PostState.QUEUED] == 1
    await archive.close()


# --- what is forgotten ----------------------------------------------------------------------------


async def test_killed_while_it_forgets_nothing_else_goes_and_no_word_stays(keeper, tmp_path):
    full, database = tmp_path / "full.db", tmp_path / "news.db"
    archive = await Archive.open(full)
    old = [told(n, text=f"A gateway of type {n} is flawed.") for n in range(1, 1_001)]
    await archive.commit_poll(poll(*old, posts=(card(1),)))
    await archive.commit_poll(poll(*(told(n, at=LONG_AFTER) for n in range(2_001, 2_011))))
    await archive.close()

    def begin() -> None:
        for one in tmp_path.glob("news.db*"):
            one.unlink()
        shutil.copy(full, database)

    for _ in killed(keeper, "forget", begin, database):
        archive = await Archive.open(database)
        assert await archive.problems() == []
        assert len(await archive.latest(100)) >= 10
        assert (await archive.outbox.queued(card(1).destination, START)) is not None
        await archive.close()
        assert 11 <= whole(database) <= 1_010
    assert keeper.do("forget", database)[0] == 0
    assert whole(database) == 11  # the young ones, and the one that is still to be told
