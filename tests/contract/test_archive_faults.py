"""Locked, full, read-only, damaged, foreign or newer: a clear word, and going on afterwards."""

import asyncio
import inspect
import os
import resource
import sqlite3
from pathlib import Path

import pytest

from digests.archive import dialects
from digests.archive.store import Archive
from digests.errors import ArchiveBusy, ArchiveError, ArchiveNewer
from digests.model import CveFacts, PostState
from digests.testing import START
from tests.contract.archives import card, poll, story_id, told


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(dialects, "BUSY_SECONDS", 0.02)


def statement(sql: str):
    return lambda connection: connection.exec_driver_sql(sql)


async def test_a_second_instance_is_refused_and_told_who_works_here(archives, archive):
    with pytest.raises(ArchiveBusy, match=rf"news\.db: process {os.getpid()} works on it"):
        await archives.open()
    await archives.reopen()


async def test_a_closed_archive_is_one_file(archives, archive, tmp_path):
    await archive.commit_poll(poll(told(1)))
    await archive.last_id()
    await archives.close()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["news.db", "news.db.lock"]


async def test_the_lock_is_free_when_opening_failed(tmp_path):
    path = tmp_path / "news.db"
    path.write_bytes(b"no database at all" * 100)
    for _ in range(2):
        with pytest.raises(ArchiveError, match=r"news\.db: the file is no database"):
            await Archive.open(path)


async def test_a_second_process_may_read_while_the_first_writes(archives, archive):
    await archive.commit_poll(poll(told(1)))
    reader = await archives.open(read_only=True)
    assert reader.installation == archive.installation
    assert (await reader.find_story(story_id(1))).key == "k001"
    await archive.commit_poll(poll(told(2)))
    assert await reader.last_number() == 2
    with pytest.raises(ArchiveError, match="opened for reading only"):
        await reader.commit_poll(poll(told(3)))
    assert await reader.problems() == []


async def test_reading_alone_needs_no_running_bot_but_a_database(archives, archive, tmp_path):
    await archive.commit_poll(poll(told(1)))
    await archives.close()
    reader = await archives.open(read_only=True)
    assert await reader.last_number() == 1
    with pytest.raises(ArchiveError, match=r"other\.db: there is no such database"):
        await Archive.open(tmp_path / "other.db", read_only=True)


async def test_while_another_program_holds_the_database_nothing_is_lost(archives, impatient):
    archive = await archives.open()
    other = sqlite3.connect(archives.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    posts = [archive.outbox.owe([card(n)], now=START) for n in range(8)]
    for end in await asyncio.gather(*posts, return_exceptions=True):
        assert isinstance(end, ArchiveError)
        assert "another program holds it" in str(end)
    assert (await archive.outbox.counts())[PostState.QUEUED] == 0
    other.execute("ROLLBACK")
    other.close()
    assert await archive.outbox.owe([card(1)], now=START) == 1


async def test_a_full_database_says_so_and_goes_on_when_there_is_room(archive):
    await archive.commit_poll(poll(told(1)))
    (size,) = await archive._engine.write(lambda c: statement("PRAGMA page_count")(c).one())
    await archive._engine.write(statement(f"PRAGMA max_page_count = {size + 2}"))
    with pytest.raises(ArchiveError, match="the disk is full"):
        await archive.commit_poll(poll(*(told(n) for n in range(2, 400))))
    assert await archive.last_number() == 1
    await archive.commit_poll(poll(*(told(n) for n in range(2, 400))))
    assert await archive.last_number() == 399
    assert await archive.problems() == []


async def test_a_disk_that_refuses_to_write_loses_nothing_that_was_acknowledged(archive):
    await archive.commit_poll(poll(told(1)))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, hard))
    try:
        with pytest.raises(ArchiveError, match=r"news\.db: the disk"):
            await archive.commit_poll(poll(*(told(n) for n in range(2, 400))))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert await archive.last_number() == 1
    await archive.commit_poll(poll(*(told(n) for n in range(2, 400))))
    assert await archive.last_number() == 399
    assert await archive.problems() == []


async def test_a_database_that_cannot_be_written_says_so_until_it_can(archive):
    await archive._engine.write(statement("PRAGMA query_only = ON"))
    with pytest.raises(ArchiveError, match="it cannot be written to"):
        await archive.commit_poll(poll(told(1)))
    await archive.commit_poll(poll(told(1)))
    assert await archive.last_number() == 1


async def test_a_damaged_file_is_named(archives, archive):
    await archive.commit_poll(poll(*(told(n) for n in range(1, 200))))
    await archives.close()
    path = Path(archives.database)
    body = bytearray(path.read_bytes())
    body[4096:] = b"\xff" * (len(body) - 4096)
    path.write_bytes(body)
    with pytest.raises(ArchiveError, match=r"news\.db: the file is damaged"):
        await archives.open()


async def test_another_programs_database_is_left_alone(archives):
    other = sqlite3.connect(archives.database)
    other.execute("CREATE TABLE theirs (x)")
    other.commit()
    other.close()
    before = Path(archives.database).read_bytes()
    with pytest.raises(ArchiveError, match="another program's database"):
        await archives.open()
    with pytest.raises(ArchiveError, match="another program's database"):
        await archives.open(read_only=True)
    assert Path(archives.database).stat().st_size == len(before)


async def test_a_database_of_a_newer_version_is_refused(archives, archive):
    await archives.close()
    other = sqlite3.connect(archives.database)
    other.execute("UPDATE alembic_version SET version_num = '9999'")
    other.commit()
    other.close()
    for read_only in (False, True):
        with pytest.raises(ArchiveNewer, match="written by a newer Nightdesk"):
            await archives.open(read_only=read_only)


@pytest.mark.parametrize(
    ("database", "reason"),
    [
        ("postgresql://localhost/news", "only SQLite is supported"),
        ("sqlite://", "only SQLite is supported"),
        ("://", "not a database address"),
        ("/nowhere/at/all/news.db", "No such file or directory"),
    ],
)
async def test_an_address_that_cannot_be_used_says_why(database, reason):
    with pytest.raises(ArchiveError, match=reason):
        await Archive.open(database)


async def test_a_password_in_an_address_is_not_repeated():
    with pytest.raises(ArchiveError) as caught:
        await Archive.open("postgresql://user:hunter2@db.example/news")
    assert "hunter2" not in str(caught.value)


async def test_a_sqlite_address_is_a_path(tmp_path):
    archive = await Archive.open(f"sqlite:///{tmp_path}/news.db")
    await archive.close()
    assert (tmp_path / "news.db").is_file()


async def test_a_path_with_odd_characters_works(tmp_path):
    odd = tmp_path / "100% ours? #1 'ünï'"
    odd.mkdir()
    archive = await Archive.open(odd / "news.db")
    await archive.commit_poll(poll(told(1)))
    assert await archive.last_number() == 1
    await archive.close()


async def test_a_backup_is_a_database_of_its_own(archive, tmp_path):
    await archive.commit_poll(poll(told(1), posts=(card(1),)))
    await archive.backup(tmp_path / "copy.db")
    assert sorted(p.name for p in tmp_path.glob("copy*")) == ["copy.db"]
    copy = await Archive.open(tmp_path / "copy.db")
    assert copy.installation == archive.installation
    assert (await copy.outbox.counts())[PostState.QUEUED] == 1
    assert await copy.problems() == []
    await copy.close()
    with pytest.raises(ArchiveError, match="nowhere"):
        await archive.backup(tmp_path / "nowhere" / "copy.db")


async def test_every_method_of_a_closed_archive_says_that_it_is_closed(archives, archive):
    await archives.close()
    methods = [
        method
        for part in (archive, archive.outbox)
        for name, method in inspect.getmembers(part, inspect.iscoroutinefunction)
        if not name.startswith("_") and name not in ("open", "close")
    ]
    assert len(methods) > 40
    for method in methods:
        needed = [p for p in inspect.signature(method).parameters.values() if p.default is p.empty]
        positional = [_anything(p) for p in needed if p.kind is p.POSITIONAL_OR_KEYWORD]
        named = {p.name: _anything(p) for p in needed if p.kind is p.KEYWORD_ONLY}
        with pytest.raises(ArchiveError, match="is closed"):
            await method(*positional, **named)


def _anything(parameter: inspect.Parameter):
    """Believable enough to reach the database."""
    if parameter.name in ("names", "links", "seconds", "posts", "cves"):
        return []
    if parameter.name == "facts":
        return [CveFacts("CVE-2026-1")]
    if parameter.name == "keep":
        return START - START
    return START if parameter.name != "post" else type("Any", (), dict.fromkeys(POST))()


POST = ("id", "destination", "wanted")
