"""Bad feeds.yaml files, each with the exact words a person gets for it."""

from pathlib import Path

import pytest

from digests.config.loader import parse_bytes
from digests.errors import ConfigError

HERE = Path(__file__).parent / "bad_files"
ENV = {
    "FEED_PATH": "feed",
    "EMPTY": "",
    "PASSWORD": "correct-horse-battery",
    "LINES": "correct-horse\nbattery",
    "GITLAB": "correct-horse-battery",
    "HOST": "news.example",
}
FILES = sorted(HERE.glob("*.yaml"))
SECRETS = (
    "correct-horse",
    "battery",
    "hunter2",
    "98765432",
    "this-is-not-a-real",
    "not-a-real-hook",
)


def told(path: Path) -> str:
    with pytest.raises(ConfigError) as refused:
        parse_bytes(path.read_bytes(), "feeds.yaml", ENV)
    return f"{refused.value}\n"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_bad_file_is_told_with_place_and_cure(path: Path) -> None:
    assert told(path) == path.with_suffix(".txt").read_text("utf-8")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_secret_of_a_bad_file_is_repeated(path: Path) -> None:
    words = told(path)
    assert not [secret for secret in SECRETS if secret in words]


def test_problems_are_sorted_by_place_and_told_once() -> None:
    for path in FILES:
        with pytest.raises(ConfigError) as refused:
            parse_bytes(path.read_bytes(), "feeds.yaml", ENV)
        problems = refused.value.problems
        assert list(problems) == sorted(problems, key=lambda p: (p.line, p.column, p.message))
        assert len(set(problems)) == len(problems)
        assert all(p.line >= 1 and p.column >= 1 for p in problems)


def test_there_are_enough_bad_files() -> None:
    assert len(FILES) >= 40
