"""What the bot holds does not grow with how long it runs: weeks of news in simulated time."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

GROWTH = 1.03
ROOT = Path(__file__).resolve().parents[2]


def proved(tmp_path: Path, *, early: int, days: int, stories: int, within: float) -> None:
    numbers = map(str, (early, days, stories))
    command = [sys.executable, "-m", "tests.services.soaking", str(tmp_path), *numbers]
    done = subprocess.run(
        command, cwd=ROOT, timeout=within, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    before, after = json.loads(done.stdout.splitlines()[-1])
    print(before, after, f"{after['memory'] / before['memory'] - 1:+.1%}")
    assert (after["files"], after["tasks"]) == (before["files"], before["tasks"])
    assert after["memory"] <= before["memory"] * GROWTH, (before, after)


def test_days_of_little_news_leaves_nothing_behind(tmp_path) -> None:
    proved(tmp_path, early=5, days=7, stories=8, within=300)


@pytest.mark.nightly
def test_two_months_of_news_leave_nothing_behind(tmp_path) -> None:
    proved(tmp_path, early=10, days=60, stories=32, within=7200)
