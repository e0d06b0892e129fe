"""backup and restore, as an operator types them."""

import sqlite3
from contextlib import closing
from pathlib import Path

from digests.archive.store import Archive
from tests.contract.archives import poll, told
from tests.e2e.test_process import nightdesk


async def kept(database: Path, *numbers: int) -> None:
    archive = await Archive.open(database)
    await archive.commit_poll(poll(*(told(number) for number in numbers)))
    await archive.close()


def stories(database: Path) -> int:
    with closing(sqlite3.connect(database)) as archive:
        return archive.execute("SELECT count(*) FROM story").fetchone()[0]


async def test_a_copy_is_put_back_as_it_was(tmp_path: Path) -> None:
    database = tmp_path / "nightdesk.db"
    await kept(database, 1, 2)
    archive = await Archive.open(database)  # as a bot that runs
    made = nightdesk("backup", "copy.db", cwd=tmp_path)
    refused = nightdesk("restore", "copy.db", cwd=tmp_path)
    await archive.close()
    assert (made.returncode, stories(tmp_path / "copy.db")) == (0, 2), made.stderr
    assert refused.returncode == 1
    assert "works on it" in refused.stderr
    await kept(database, 3)
    done = nightdesk("restore", "copy.db", cwd=tmp_path)
    assert (done.returncode, stories(database)) == (0, 2), done.stderr
    await kept(database, 4)
    assert stories(tmp_path / "copy.db") == 2


async def test_what_is_no_archive_is_not_put_back_and_a_damaged_one_is_kept_aside(
    tmp_path: Path,
) -> None:
    database = tmp_path / "nightdesk.db"
    await kept(database, 1)
    (tmp_path / "notes.txt").write_text("no database at all " * 100)
    for file, why in (
        ("notes.txt", "the file is no database"),
        ("nowhere.db", "there is no such file"),
        ("nightdesk.db", "that is the database itself"),
    ):
        refused = nightdesk("restore", file, cwd=tmp_path)
        assert (refused.returncode, stories(database)) == (1, 1)
        assert why in refused.stderr
    assert nightdesk("backup", "copy.db", cwd=tmp_path).returncode == 0
    database.write_bytes(b"what a broken disk left" * 500)
    assert nightdesk("restore", "copy.db", cwd=tmp_path).returncode == 0
    assert stories(database) == 1
    assert (tmp_path / "nightdesk.db.damaged").read_bytes().startswith(b"what a broken disk")
    assert sorted(one.suffix for one in tmp_path.glob("*.restored")) == []
