"""Peers beside us in interleaved rounds, so that a busy machine is busy for all of them."""

import statistics
from collections.abc import Callable, Mapping


def interleaved(rounds: int, runners: Mapping[str, Callable[[], float]]) -> dict[str, float]:
    """The median of each runner's own figure over `rounds` rounds, all of them in each round."""
    figures: dict[str, list[float]] = {name: [] for name in runners}
    for _ in range(rounds):
        for name, runner in runners.items():
            figures[name].append(runner())
    return {name: statistics.median(values) for name, values in figures.items()}


def say(id_: str, words: str, *, ratio: float | None = None, goal: str = "") -> None:
    """One line of the report."""
    shown = f"  {ratio:8.2f}x" if ratio is not None else ""
    print(f"{id_:4} {words}{shown}{f'  (goal {goal})' if goal else ''}", flush=True)
