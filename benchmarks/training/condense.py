"""Trains digests/weights/condense.json; needs scikit-learn and the labelled data beside the project.

    python -m benchmarks.training.condense [--write]

500 CNN stories with the highlights people wrote. The three sentences that come closest to them
together (a greedy search) are the ones to find; a logistic regression on the fifteen signs of
merit.py finds them. Few signs and a linear model: trees and embeddings were tried and overfit.
"""

import csv
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks.data import articles
from benchmarks.rouge import f1, grams, rouge, tokens
from digests.cards import condense as ours
from digests.cards import merit

WEIGHTS = Path(ours.__file__).parent.parent / "weights" / "condense.json"
SENTENCES = 3
LOOKED_AT = 30  # sentences of a text in which the best are searched
FOLDS, ROUNDS = 5, 4
# Not learned but wished for: a card answers questions, it does not ask them. (The highlights of
# general news ask some; learned, this weight would be +0.3.)
QUESTION, QUESTIONS_COUNT = merit.SIGNS.index("question"), -1.0


@dataclass(frozen=True)
class Story:
    article: str
    highlights: str
    known: Sequence[merit.Sentence]
    signs: np.ndarray
    best: np.ndarray
    lead: tuple[float, float]


def stories() -> list[Story]:
    csv.field_size_limit(10**9)
    with articles("cnn-summaries-dev.csv").open() as file:
        return [story(row["article"], row["highlights"]) for row in csv.DictReader(file)]


def story(article: str, highlights: str) -> Story:
    sentences = ours._sentences(article, "en")
    known = ours._preferred(ours._without_repeats(sentences, ""), SENTENCES)
    signs = np.array(list(merit.signs(known, merit.vectors(known), "en")), dtype=float)
    best = nearest([one.text for one in known], highlights)
    chosen = np.array([place in best for place in range(len(known))])
    return Story(
        article, highlights, known, signs, chosen, rouge(sentences[:SENTENCES], highlights)
    )


def nearest(sentences: Sequence[str], highlights: str) -> set[int]:
    """Up to three sentences that together come closest, found one by one."""
    wanted = tokens(highlights)
    first, second = grams(wanted, 1), grams(wanted, 2)
    split = [tokens(sentence) for sentence in sentences]

    def gain(places: list[int]) -> float:
        words = [word for place in sorted(places) for word in split[place]]
        return f1(grams(words, 1), first) + f1(grams(words, 2), second)

    chosen: list[int] = []
    reached = 0.0
    while len(chosen) < SENTENCES:
        left = [place for place in range(min(len(split), LOOKED_AT)) if place not in chosen]
        scores = [(gain([*chosen, place]), -place) for place in left]
        if not scores or max(scores)[0] <= reached:
            break
        reached, place = max(scores)
        chosen.append(-place)
    return set(chosen)


def fit(learned: Sequence[Story]) -> tuple[float, np.ndarray]:
    """Bias and weights of the signs as they are."""
    signs = np.vstack([one.signs for one in learned])
    signs[:, QUESTION] = 0
    chosen = np.concatenate([one.best for one in learned])
    middle, spread = signs.mean(0), signs.std(0) + 1e-9
    model = LogisticRegression(C=1.0, max_iter=1_000).fit((signs - middle) / spread, chosen)
    weights = model.coef_[0] / spread
    bias = float(model.intercept_[0] - weights @ middle)
    weights[QUESTION] = QUESTIONS_COUNT
    return bias, weights


def told(one: Story, bias: float, weights: np.ndarray) -> list[str]:
    """What `condense` says with these weights."""
    merit._weights = lambda: (bias, tuple(weights))  # type: ignore[assignment]  # these instead of the shipped
    return ours.condense(one.article, sentences=SENTENCES)


def cross_validated(known: Sequence[Story], report: Callable[[str], None]) -> None:
    gains = np.zeros((len(known), 2))
    for number in range(ROUNDS):
        order = np.random.RandomState(number).permutation(len(known))
        for fold in range(FOLDS):
            held = set(order[fold::FOLDS])
            bias, weights = fit([one for at, one in enumerate(known) if at not in held])
            for at in held:
                one = known[at]
                reached = rouge(told(one, bias, weights), one.highlights)
                gains[at] += (np.array(reached) - one.lead) / ROUNDS
    mean, half = gains.mean(0), 1.96 * gains.std(0) / len(known) ** 0.5
    report(
        f"cross-validated against lead-3: R1 {mean[0]:+.2f} ± {half[0]:.2f},"
        f" R2 {mean[1]:+.2f} ± {half[1]:.2f}"
    )


def main() -> None:
    known = stories()
    cross_validated(known, print)
    bias, weights = fit(known)
    for sign, weight in zip(merit.SIGNS, weights, strict=True):
        print(f"{weight:+6.2f} {sign}")
    if "--write" in sys.argv:
        written = {
            "bias": round(bias, 3),
            "weights": {s: round(float(w), 3) for s, w in zip(merit.SIGNS, weights, strict=True)},
        }
        WEIGHTS.write_text(json.dumps(written, indent=0) + "\n")


if __name__ == "__main__":
    main()
