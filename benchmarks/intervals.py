"""Bootstrap confidence intervals: draw the texts again and again, and see how far a figure moves."""

import random
from collections.abc import Callable, Sequence
from typing import TypeVar

ROUNDS = 1_000

Sample = TypeVar("Sample")


def interval(
    samples: Sequence[Sample],
    figure: Callable[[Sequence[Sample]], float],
    *,
    rounds: int = ROUNDS,
    seed: int = 1,
) -> tuple[float, float]:
    """The middle 95 % of a figure over samples drawn with replacement (Efron, 1979)."""
    rng = random.Random(seed)
    drawn = sorted(figure(rng.choices(samples, k=len(samples))) for _ in range(rounds))
    return drawn[int(0.025 * rounds)], drawn[int(0.975 * rounds)]


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def f1(judged: Sequence[tuple[bool, bool]]) -> float:
    """F1 of pairs (true, said)."""
    hit = sum(true and said for true, said in judged)
    wrong = sum(true != said for true, said in judged)
    return 2 * hit / (2 * hit + wrong) if hit else 0.0


def auc(scored: Sequence[tuple[bool, float]]) -> float:
    """The chance that a positive scores above a negative (ties count half)."""
    ordered = sorted(score for _, score in scored)
    places: dict[float, float] = {}
    at = 0
    while at < len(ordered):
        end = at
        while end < len(ordered) and ordered[end] == ordered[at]:
            end += 1
        places[ordered[at]] = (at + end + 1) / 2
        at = end
    positives = [places[score] for true, score in scored if true]
    n, m = len(positives), len(scored) - len(positives)
    return (sum(positives) - n * (n + 1) / 2) / (n * m)


def bcubed(true: Sequence[object], said: Sequence[object]) -> list[tuple[float, float]]:
    """B-cubed precision and recall of each element (Bagga and Baldwin, 1998)."""
    sizes: dict[object, int] = {}
    for group in (*(("t", one) for one in true), *(("s", one) for one in said)):
        sizes[group] = sizes.get(group, 0) + 1
    both: dict[object, int] = {}
    for pair in zip(true, said, strict=True):
        both[pair] = both.get(pair, 0) + 1
    return [
        (both[t, s] / sizes["s", s], both[t, s] / sizes["t", t])
        for t, s in zip(true, said, strict=True)
    ]


def harmonic(pairs: Sequence[tuple[float, float]]) -> float:
    """F1 of the mean precision and the mean recall."""
    precision, recall = mean([p for p, _ in pairs]), mean([r for _, r in pairs])
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
