"""The environment and .env: what is wrong in them is named, and never what they hold."""

from pathlib import Path

import pytest

from bot import settings
from digests.errors import ConfigError


def test_a_line_of_the_env_file_that_says_nothing_is_named_without_its_text(
    tmp_path: Path,
) -> None:
    (tmp_path / ".env").write_text("A=1\n\nxoxb secret\nB='two words'\n")
    (tmp_path / ".env").chmod(0o600)
    found = settings.read({}, config=str(tmp_path / "feeds.yaml"))
    assert found.warnings == (f"{tmp_path}/.env:3: no NAME=value; the line is left out",)
    assert found.values == {"A": "1", "B": "two words"}


def test_an_env_file_that_is_no_text_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"A=\xff\n")
    with pytest.raises(ConfigError, match="UTF-8"):
        settings.read({}, config=str(tmp_path / "feeds.yaml"))


@pytest.mark.parametrize("written", ["soon", "-1", "nan", "inf"])
def test_a_time_to_settle_that_is_none_is_refused(written: str) -> None:
    with pytest.raises(ConfigError, match=r"NIGHTDESK_SETTLE: found .*; accepted: seconds"):
        settings.read({"NIGHTDESK_SETTLE": written})


def test_a_time_to_settle_may_be_left_out() -> None:
    assert settings.read({}).settle == settings.read({"NIGHTDESK_SETTLE": ""}).settle == 60
