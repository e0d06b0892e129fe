"""Trains digests/weights/clickbait.json; needs scikit-learn and the labelled data beside the project.

    python -m benchmarks.training.clickbait [--write]

16,001 headlines marked click-bait or not (Chakraborty et al., "Stop Clickbait", ASONAM 2016), and
as further news the headlines of CASIE and of the same-event set, so that "hack" and "you" in the
trade's own headlines are not taken for bait. Capitals are no feature: they tell house styles apart.
"""

import csv
import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from benchmarks.data import articles
from digests.stories import clickbait as ours

WEIGHTS = Path(ours.__file__).parent.parent / "weights" / "clickbait.json"
KEPT = 1_200
FEWEST = 8
STRENGTH = 1.0
FOLDS = 5

Headline = tuple[str, bool]


def labelled() -> list[Headline]:
    with articles("headlines-clickbait-dev.csv").open() as file:
        return [(row["headline"], row["clickbait"] == "1") for row in csv.DictReader(file)]


def further() -> list[Headline]:
    casie = [json.loads(row) for row in articles("casie-dev.jsonl").read_text().splitlines()]
    with articles("same-event-dev.csv").open() as file:
        titles = [row["title"] for row in csv.DictReader(file)]
    titles += [one["title"] for one in casie if one["title"]]
    return [(title, False) for title in titles]


class Model:
    """Logistic regression on words, pairs of words and signs of form, each there or not."""

    def __init__(
        self, rows: Sequence[Headline], kept: int = KEPT, strength: float = STRENGTH
    ) -> None:
        seen: dict[str, int] = {}
        for headline, _ in rows:
            for sign in ours.signs(headline):
                seen[sign] = seen.get(sign, 0) + 1
        common = sorted(sign for sign, times in seen.items() if times >= FEWEST)
        rough = fit(common, rows, strength)
        order = np.argsort(-np.abs(rough.coef_[0]), kind="stable")[:kept]
        self.signs = sorted(common[place] for place in order)
        fine = fit(self.signs, rows, strength)
        self.weights = dict(zip(self.signs, fine.coef_[0], strict=True))
        self.bias = float(fine.intercept_[0])

    def margin(self, headline: str) -> float:
        return self.bias + sum(self.weights.get(sign, 0) for sign in ours.signs(headline))


def fit(known: Sequence[str], rows: Sequence[Headline], strength: float) -> LogisticRegression:
    places = {sign: place for place, sign in enumerate(known)}
    columns: list[int] = []
    ends = [0]
    for headline, _ in rows:
        columns += sorted(places[sign] for sign in ours.signs(headline) if sign in places)
        ends.append(len(columns))
    matrix = csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(rows), len(known)))
    return LogisticRegression(C=strength, max_iter=2_000).fit(matrix, [bait for _, bait in rows])


def cross_validated(rows: list[Headline], extra: list[Headline], **settings: float) -> list[float]:
    order = list(range(len(rows)))
    random.Random(3).shuffle(order)
    margins = [0.0] * len(rows)
    for fold in range(FOLDS):
        held = set(order[fold::FOLDS])
        model = Model([rows[place] for place in order if place not in held] + extra, **settings)
        for place in held:
            margins[place] = model.margin(rows[place][0])
    return margins


def main() -> None:
    rows, extra = labelled(), further()
    margins = cross_validated(rows, extra)
    print(f"cross-validated AUC {roc_auc_score([bait for _, bait in rows], margins):.4f}")
    model = Model([*rows, *extra])
    trade = [model.margin(headline) for headline, _ in extra]
    print(f"{np.mean(np.array(trade) > 0):.4f} of {len(trade)} news headlines called click-bait")
    if "--write" in sys.argv:
        weights = {sign: round(float(weight), 2) for sign, weight in model.weights.items()}
        written = {
            "bias": round(model.bias, 3),
            "weights": {sign: weight for sign, weight in weights.items() if weight},
        }
        text = json.dumps(written, ensure_ascii=False, indent=0, sort_keys=True)
        WEIGHTS.write_text(text + "\n")


if __name__ == "__main__":
    main()
