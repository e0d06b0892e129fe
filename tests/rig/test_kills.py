"""Killed anywhere, any number of times: no card is lost, none comes twice (docs/delivery.md)."""

import json
import os
from pathlib import Path

import pytest

from tests.rig.failpoints import FAILPOINTS
from tests.rig.mutants import MUTANTS
from tests.rig.world import Broken, Launcher, mutant_run, other_ends, random_kills, world

KILLS = 20  # in one world
SEEDS = range(10)  # 200 kills
LONG_KILLS = 10_000


@pytest.fixture(scope="module")
def launcher():
    with Launcher.started() as started:
        yield started


@pytest.mark.parametrize("seed", SEEDS)
def test_killed_at_every_boundary_and_at_random_nothing_is_lost_or_repeated(
    seed: int, launcher: Launcher, tmp_path: Path
) -> None:
    boundaries = list(FAILPOINTS)
    begin = seed * KILLS // 2 % len(boundaries)  # so that all worlds together visit them all
    with world(tmp_path, launcher, seed) as found:
        random_kills(found, KILLS, boundaries[begin:] + boundaries[:begin])


@pytest.mark.parametrize("part", [0, pytest.param(1, marks=pytest.mark.nightly)])
def test_asked_to_stop_or_struck_by_a_fault_of_our_own_nothing_is_lost_or_repeated(
    part: int, launcher: Launcher, tmp_path: Path
) -> None:
    with world(tmp_path, launcher, 200 + part) as found:
        other_ends(found, list(FAILPOINTS)[part::2])


def test_without_kills_faults_alone_lose_and_repeat_nothing(
    launcher: Launcher, tmp_path: Path
) -> None:
    with world(tmp_path, launcher, 99) as found:
        found.publish(6)
        found.bot()
        found.settle()
        found.judge()


@pytest.mark.parametrize("name", MUTANTS)
def test_a_fault_in_our_own_code_is_noticed(
    name: str, launcher: Launcher, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A rig that passes everything proves nothing."""
    mutant = MUTANTS[name]
    for seed in range(4):
        folder = tmp_path_factory.mktemp("mutant")
        with world(folder, launcher, seed, mutant=mutant, name=name) as found:
            try:
                mutant_run(found, mutant)
            except Broken:
                return
    pytest.fail(f"nobody noticed that a rule is broken: {mutant.rule}")


def test_every_mutant_is_installed_on_something_that_exists() -> None:
    assert len(MUTANTS) >= 12
    assert all(not m.kill_at or m.kill_at in FAILPOINTS for m in MUTANTS.values())


@pytest.mark.nightly
def test_ten_thousand_kills(launcher: Launcher, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Resumable: NIGHTDESK_RIG_LOG names a file that remembers the seeds that passed."""
    log = Path(os.environ.get("NIGHTDESK_RIG_LOG", tmp_path_factory.mktemp("rig") / "log.jsonl"))
    done = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    kills = sum(one["kills"] for one in done)
    seed = max((one["seed"] for one in done), default=999) + 1
    boundaries = list(FAILPOINTS)
    while kills < LONG_KILLS:
        with world(tmp_path_factory.mktemp("world"), launcher, seed) as found:
            random_kills(found, KILLS, boundaries[seed % len(boundaries) :] + boundaries)
            line = {"seed": seed, "kills": found.kills, "stories": len(found.stories)}
        with log.open("a") as file:
            file.write(json.dumps(line) + "\n")
        kills += found.kills
        seed += 1
