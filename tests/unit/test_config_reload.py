"""feeds.yaml while it runs: what the watcher tells, and what it leaves alone."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digests.config import Settings, Watcher
from digests.errors import ConfigError
from digests.testing import FakeClock

GOOD = "feeds: [{url: https://news.example/one}]\n"
OTHER = "feeds: [{url: https://news.example/two}]\n"
BAD = "feeds: [{url: file://news.example/x}]\n\n"


class Desk:
    """A file with a watcher; the file's times follow the fake clock, an hour behind."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = FakeClock(datetime(2026, 3, 2, 8, 0, tzinfo=UTC))
        self.watcher = Watcher(path, {}, self.clock)

    def write(self, text: str, *, age: float = 3600) -> None:
        self.path.write_text(text, "utf-8")
        self.touch(age)

    def touch(self, age: float) -> None:
        when = (self.clock.now() - timedelta(seconds=age)).timestamp()
        os.utime(self.path, (when, when))

    def poll(self) -> str:
        """What the watcher says, in a word or the address of the first feed."""
        match self.watcher.poll():
            case None:
                return "nothing"
            case ConfigError() as error:
                return error.problems[0].message
            case Settings(feeds=feeds):
                return feeds[0].url


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path / "feeds.yaml")
    desk.write(GOOD)
    return desk


def test_the_first_poll_reads_and_the_next_has_nothing_to_tell(desk: Desk) -> None:
    assert [desk.poll(), desk.poll(), desk.poll()] == [
        "https://news.example/one",
        "nothing",
        "nothing",
    ]


def test_a_change_is_told_once(desk: Desk) -> None:
    desk.poll()
    desk.write(OTHER, age=1800)
    assert [desk.poll(), desk.poll()] == ["https://news.example/two", "nothing"]
    assert desk.watcher.settings is not None
    assert desk.watcher.settings.feeds[0].url == "https://news.example/two"


def test_a_bad_file_is_told_once_and_the_last_good_one_stays(desk: Desk) -> None:
    desk.poll()
    desk.write(BAD, age=1800)
    assert "which begins with file:" in desk.poll()
    assert desk.poll() == "nothing"
    assert desk.watcher.settings is not None
    assert desk.watcher.settings.feeds[0].url == "https://news.example/one"


def test_the_same_bad_file_saved_again_is_not_told_again(desk: Desk) -> None:
    desk.poll()
    desk.write(BAD, age=1800)
    desk.poll()
    desk.write(BAD, age=900)
    assert desk.poll() == "nothing"


def test_a_file_that_is_good_again_is_told_even_when_it_is_the_old_one(desk: Desk) -> None:
    desk.poll()
    desk.write(BAD, age=1800)
    desk.poll()
    desk.write(GOOD, age=900)
    assert [desk.poll(), desk.poll()] == ["https://news.example/one", "nothing"]


def test_a_touched_file_and_a_changed_comment_are_nothing_new(desk: Desk) -> None:
    desk.poll()
    desk.touch(1800)
    assert desk.poll() == "nothing"
    desk.write(f"# a comment\n{GOOD}", age=900)
    assert desk.poll() == "nothing"


def test_an_unchanged_file_is_not_even_opened(desk: Desk) -> None:
    desk.poll()
    status = desk.path.stat()
    desk.path.write_text(OTHER, "utf-8")  # as long as before, in the same file
    os.utime(desk.path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert desk.poll() == "nothing"


def test_two_changes_within_one_tick_of_the_file_system_are_seen(desk: Desk) -> None:
    desk.poll()
    desk.write(OTHER, age=0)
    assert desk.poll() == "https://news.example/two"
    desk.write(GOOD, age=0)  # same length, same time, same file
    assert desk.poll() == "https://news.example/one"


def test_a_file_replaced_by_another_of_the_same_time_and_size_is_seen(desk: Desk) -> None:
    desk.poll()
    new = desk.path.with_suffix(".new")
    new.write_text(OTHER, "utf-8")
    status = desk.path.stat()
    os.utime(new, ns=(status.st_atime_ns, status.st_mtime_ns))
    new.rename(desk.path)
    assert desk.poll() == "https://news.example/two"


def test_a_vanished_file_is_told_once_and_its_return_too(desk: Desk) -> None:
    desk.poll()
    desk.path.unlink()
    assert desk.poll() == "there is no such file"
    assert desk.poll() == "nothing"
    assert desk.watcher.settings is not None
    desk.write(GOOD)
    assert [desk.poll(), desk.poll()] == ["https://news.example/one", "nothing"]


def test_a_file_that_becomes_a_folder_is_an_error_and_no_crash(desk: Desk) -> None:
    desk.poll()
    desk.path.unlink()
    desk.path.mkdir()
    assert desk.poll() != "nothing"
    assert desk.poll() == "nothing"
    desk.path.rmdir()
    assert desk.poll() == "there is no such file"


def test_a_watcher_may_begin_without_a_file_and_with_a_bad_one(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "feeds.yaml")
    assert desk.poll() == "there is no such file"
    assert desk.watcher.settings is None
    desk.write(BAD)
    assert "which begins with file:" in desk.poll()
    assert desk.watcher.settings is None
    desk.write(GOOD, age=1800)
    assert desk.poll() == "https://news.example/one"


def test_variables_come_from_the_mapping_given(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text("feeds: [{url: 'https://news.example/${PATH_OF_FEED}'}]", "utf-8")
    watcher = Watcher(path, {"PATH_OF_FEED": "three"}, FakeClock())
    settings = watcher.poll()
    assert isinstance(settings, Settings)
    assert settings.feeds[0].url == "https://news.example/three"
