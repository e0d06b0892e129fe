"""W1 to W4: whole pollers over the same feeds: Nightdesk, `reader` and newsboat.

Ours is the product itself: `nightdesk run --once --all` in a process of its own, down to stories
that are stored and indexed. `reader` and newsboat only store; `reader` with its search index is
printed too, since that is what a like-for-like comparison needs.
"""

import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.grounds import Ground
from benchmarks.measure import Cost, cost
from benchmarks.rounds import say

FEEDS = int(os.environ.get("BENCH_FEEDS", "500"))
PEERS = Path(".venv-bench/bin/python")
_READER = Path(__file__).with_name("peer_reader.py")


@dataclass(frozen=True)
class Goal:
    """A workload, and by how much less than each peer we want to cost."""

    id: str
    words: str
    way: str
    reader: str
    newsboat: str


STEPS = (
    Goal("W1", "cold", "etag", ">= 3", ">= 0.77"),
    Goal("W2", "304, less the run without feeds", "etag", ">= 6", ">= 30"),
    Goal("W4", "one new entry in each", "etag", ">= 10", ">= 3"),
)
SAME = Goal("W3", "the same 200 again", "bare", ">= 15", "")


def w() -> None:
    """All of W1 to W4."""
    with Ground(FEEDS) as ground:
        pollers = _pollers(ground, "etag", ground.urls())
        empty = {
            name: run() for name, run in _pollers(ground, "empty", [ground.nothing()]).items()
        }
        start = ", ".join(f"{name} {one.cpu:.2f} s" for name, one in empty.items())
        say("W", f"without feeds: {start}")
        for step in STEPS:
            if step.id == "W4":
                ground.renew()
            less = empty if step.id == "W2" else {}
            _say(step, {name: run() for name, run in pollers.items()}, less)
        again = _pollers(ground, "bare", ground.urls("bare"))
        for run in again.values():
            run()
        _say(SAME, {name: run() for name, run in again.items()}, {})


def _say(step: Goal, costs: dict[str, Cost], less: dict[str, Cost]) -> None:
    spent = {name: one.cpu - (less[name].cpu if less else 0) for name, one in costs.items()}
    ours = spent.pop("nightdesk")
    say(step.id, f"{FEEDS} feeds x 30, {step.words}: ours {ours:.2f} s,"
        f" {costs['nightdesk'].megabytes:.0f} MB")  # fmt: skip
    goals = {"reader": step.reader, "newsboat": step.newsboat}
    for name, theirs in spent.items():
        say(step.id, f"{name} {theirs:.2f} s: less by", ratio=theirs / max(ours, 1e-9),
            goal=goals.get(name, ""))  # fmt: skip


def _pollers(ground: Ground, name: str, urls: list[str]) -> dict[str, Callable[[], Cost]]:
    home = ground.home / name
    home.mkdir()
    listed = home / "urls"
    listed.write_text("".join(f"{url}\n" for url in urls))
    found = {"nightdesk": _nightdesk(home, urls)}
    if PEERS.exists():
        found["reader"] = _reader(home, listed, "")
        found["reader with search"] = _reader(home, listed, "search")
    else:
        print(f"     reader is skipped: no {PEERS}; `make bench` installs it")
    if program := shutil.which("newsboat"):
        found["newsboat"] = _newsboat(home, listed, program)
    else:
        print("     newsboat is skipped: not installed; Debian has a package of that name")
    return found


def _nightdesk(home: Path, urls: list[str]) -> Callable[[], Cost]:
    config = home / "feeds.yaml"
    feeds = [{"url": url} for url in urls]
    settings = {
        "network": {"allow": ["127.0.0.0/8"]},
        "channels": [{"name": "news", "to": "terminal"}],
        "feeds": feeds,
    }
    config.write_text(json.dumps(settings))  # JSON is YAML
    database = str(home / "nightdesk.db")
    return lambda: cost(
        sys.executable, "-m", "bot", "run", "--once", "--all",
        "--config", str(config), "--database", database,
    )  # fmt: skip


def _reader(home: Path, listed: Path, search: str) -> Callable[[], Cost]:
    database = str(home / f"reader{search}.db")
    return lambda: cost(str(PEERS), str(_READER), database, str(listed), search)


def _newsboat(home: Path, listed: Path, program: str) -> Callable[[], Cost]:
    (home / "config").write_text("reload-threads 10\nsuppress-first-reload yes\n")
    return lambda: cost(
        program, "-q", "-u", str(listed), "-c", str(home / "newsboat.db"),
        "-C", str(home / "config"), "-x", "reload", env={"HOME": str(home)},
    )  # fmt: skip
