"""The program itself: files in, cards out, nothing twice, nothing left behind."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakefeeds import FakeFeeds
from tests.services.test_desk import rss

ROOT = str(Path(__file__).resolve().parents[2])
ENV = {k: v for k, v in os.environ.items() if "TOKEN" not in k and "NIGHTDESK" not in k}


def nightdesk(
    *arguments: str, cwd: Path, within: float = 120, **environment: str
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bot", *arguments]
    env = ENV | {"PYTHONPATH": ROOT} | environment
    return subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, text=True, timeout=within, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip


def write_config(folder: Path, url: str) -> None:
    (folder / "feeds.yaml").write_text(
        "defaults: {welcome: first, every: 1m, max_age: none, full_text: false}\n"
        "network: {allow: [127.0.0.0/8]}\n"
        "channels:\n  - {name: desk, to: terminal}\n"
        f'feeds:\n  - {{url: "{url}", publisher: news.example, first: all, security: true}}\n'
    )


def test_cards_come_once_and_a_second_run_tells_nothing(tmp_path: Path) -> None:
    with FakeFeeds(
        {"/feed": rss("Alpha breach at the harbour office")}
    ).in_background() as publisher:
        write_config(tmp_path, publisher.url())
        first = nightdesk("run", "--once", cwd=tmp_path)
        second = nightdesk("run", "--once", "--all", "--json", cwd=tmp_path)
        found = nightdesk("search", "harbour", cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    assert first.stdout.count("Alpha breach at the harbour office") >= 1
    report = json.loads(second.stdout)
    assert report["feeds"][0]["outcome"] == "not_modified"
    assert report["stories"] == {"new": 0, "grown": 0}
    assert report["posts"]["sent"] == 1
    assert "1 story" in found.stdout


def test_the_demo_shows_cards_and_two_searches_with_hits(tmp_path: Path) -> None:
    shown = nightdesk("demo", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.count("Read full text") >= 10
    assert shown.stdout.count("search> ") == 2
    assert "Nothing found" not in shown.stdout
    assert "Also told by 3" in shown.stdout
    # The last word of a story that was told before: its flaw entered the catalog since.
    last = shown.stdout.partition("Third poll:")[2]
    assert "Known to be exploited: CVE-2026-41234" in last


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("schema",), 0), (("--help",), 0), (("nonsense",), 2), (("check",), 2)],
)
def test_the_exit_code_says_how_it_went(
    arguments: tuple[str, ...], code: int, tmp_path: Path
) -> None:
    assert nightdesk(*arguments, cwd=tmp_path).returncode == code


def test_the_projects_own_feeds_file_is_good(tmp_path: Path) -> None:
    own = Path(__file__).resolve().parents[2] / "feeds.yaml"
    checked = nightdesk("check", "--config", str(own), cwd=tmp_path)
    assert checked.returncode == 0, checked.stderr
