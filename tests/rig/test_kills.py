"""Killed anywhere, any number of times: no card is lost, none comes twice (docs/delivery.md)."""

import contextlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from threading import Lock

import pytest

from tests.rig.failpoints import FAILPOINTS
from tests.rig.launching import Launcher
from tests.rig.mutants import MUTANTS
from tests.rig.runs import Runs, side_by_side
from tests.rig.world import (
    Broken,
    Stalled,
    World,
    directed_kill,
    mutant_run,
    other_ends,
    random_kills,
    world,
)

KILLS = 20  # in one world
SEEDS = range(10)  # 200 kills
LONG_KILLS = 10_000
BOUNDARIES = list(FAILPOINTS)
IN_A_DIGEST = 20  # stories that it names; of the others it says how many they are
TRIES = 3  # of a run in which the machine stood still
Run = Callable[[Path, Launcher], Counter[str]]


def proving(run: Run, folder: Path, launcher: Launcher) -> Counter[str]:
    """A run that proves something: made again when the machine stood still meanwhile."""
    for number in range(TRIES - 1):
        with contextlib.suppress(Stalled):
            return run(_within(folder, number), launcher)
    return run(_within(folder, TRIES), launcher)


def _within(folder: Path, number: int) -> Path:
    within = folder / str(number)
    within.mkdir()
    return within


def killed(seed: int, folder: Path, launcher: Launcher) -> Counter[str]:
    """How often each boundary was hit."""
    begin = seed * KILLS // 2 % len(BOUNDARIES)  # so that all worlds together visit them all
    with world(folder, launcher, seed) as found:
        random_kills(found, KILLS, BOUNDARIES[begin:] + BOUNDARIES[:begin])
        return found.hit


def otherwise_ended(part: int, folder: Path, launcher: Launcher) -> Counter[str]:
    with world(folder, launcher, 200 + part) as found:
        other_ends(found, BOUNDARIES[part::2])
        return found.hit


def faulty(folder: Path, launcher: Launcher) -> Counter[str]:
    with world(folder, launcher, 99) as found:
        found.publish(IN_A_DIGEST + 2)
        found.bot()
        found.settle()
        found.judge()
        return found.hit


def mutated(name: str, folder: Path, launcher: Launcher) -> Counter[str]:
    mutant = MUTANTS[name]
    for seed in range(4):
        with world(_within(folder, seed), launcher, seed, mutant=mutant, name=name) as found:
            try:
                mutant_run(found, mutant)
            except Broken:
                return found.hit
    raise AssertionError(f"nobody noticed that a rule is broken: {mutant.rule}")


CASES: dict[str, Run] = (
    {f"kills {seed}": partial(killed, seed) for seed in SEEDS}
    | {f"ends {part}": partial(otherwise_ended, part) for part in (0, 1)}
    | {"no kills": faulty}
    | {f"mutant: {name}": partial(mutated, name) for name in MUTANTS}
)


@pytest.fixture(scope="module")
def runs(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Runs[Counter[str]]]:
    """All cases that this session asks for, several at once."""
    nightly = request.config.getoption("--nightly")
    wanted = {
        item.callspec.params["case"]
        for item in request.session.items
        if "case" in getattr(getattr(item, "callspec", None), "params", {})
        and (nightly or "nightly" not in item.keywords)
    }
    work = {
        name: partial(proving, run, tmp_path_factory.mktemp("world"))
        for name, run in CASES.items()
        if name in wanted
    }
    with side_by_side(work) as running:
        yield running


@pytest.mark.parametrize("case", [f"kills {seed}" for seed in SEEDS])
def test_killed_at_every_boundary_and_at_random_nothing_is_lost_or_repeated(
    case: str, runs: Runs[Counter[str]]
) -> None:
    runs(case)


@pytest.mark.parametrize("case", ["ends 0", pytest.param("ends 1", marks=pytest.mark.nightly)])
def test_asked_to_stop_or_struck_by_a_fault_of_our_own_nothing_is_lost_or_repeated(
    case: str, runs: Runs[Counter[str]]
) -> None:
    runs(case)


@pytest.mark.parametrize("case", ["no kills"])
def test_without_kills_faults_alone_lose_and_repeat_nothing(
    case: str, runs: Runs[Counter[str]]
) -> None:
    runs(case)


@pytest.mark.parametrize("case", [f"mutant: {name}" for name in MUTANTS])
def test_a_fault_in_our_own_code_is_noticed(case: str, runs: Runs[Counter[str]]) -> None:
    """A rig that passes everything proves nothing."""
    runs(case)


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_every_boundary_was_hit(
    boundary: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """By the kills above; else by one of its own."""
    names = [f"kills {seed}" for seed in SEEDS]
    try:
        running: Runs[Counter[str]] = request.getfixturevalue("runs")
        hits = sum((running(name) for name in names), Counter[str]())
    except (KeyError, Broken, Stalled):  # asked for alone, or told above
        hits = Counter()
    if hits[boundary]:
        return
    with Launcher.started() as launcher, world(tmp_path, launcher, 300) as found:
        directed_kill(found, boundary)


def test_every_mutant_is_installed_on_something_that_exists() -> None:
    assert len(MUTANTS) >= 12
    assert all(not m.kill_at or m.kill_at in FAILPOINTS for m in MUTANTS.values())


@pytest.mark.nightly
def test_ten_thousand_kills(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Resumable: NIGHTDESK_RIG_LOG names a file that remembers the seeds that passed."""
    log = Path(os.environ.get("NIGHTDESK_RIG_LOG", tmp_path_factory.mktemp("rig") / "log.jsonl"))
    done = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    passed = {one["seed"] for one in done}
    missing = -(-(LONG_KILLS - sum(one["kills"] for one in done)) // KILLS)
    first = 1000
    seeds = [seed for seed in range(first, first + missing + len(passed)) if seed not in passed]
    writing = Lock()

    def one(seed: int, folder: Path, launcher: Launcher) -> Counter[str]:
        begin = seed % len(BOUNDARIES)
        with world(folder, launcher, seed) as found:
            random_kills(found, KILLS, BOUNDARIES[begin:] + BOUNDARIES[:begin])
            with writing, log.open("a") as file:
                file.write(json.dumps(_line(found)) + "\n")
            return found.hit

    folders = {seed: tmp_path_factory.mktemp("world") for seed in seeds}
    runs = {str(seed): partial(proving, partial(one, seed), folders[seed]) for seed in seeds}
    with side_by_side(runs) as running:
        for seed in seeds:
            running(str(seed))


def _line(found: World) -> dict[str, object]:
    return {
        "seed": found.seed,
        "kills": found.kills,
        "stories": len(found.stories),
        "late": round(max(pulse.worst for pulse in found.pulses), 3),  # seconds
        "hit": dict(found.hit),
    }
