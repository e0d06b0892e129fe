"""Trains digests/weights/relevance.json; needs scikit-learn and the labelled data beside the project.

    python -m benchmarks.training.relevance            cross-validates and prints
    python -m benchmarks.training.relevance --write    and writes the weights

Security news: stories of CASIE (2017-2019) and entries of security feeds (2023-2026). Other news:
AG News (2004), CNN (2015), business and technology headlines (2014), headlines of 2007-2016.
What the lexicon alone calls security is taken out of the headlines and feeds, whose labels nobody
checked; what I read among AG's technology rows to be security news is set aside (labels.py).
"""

import csv
import json
import random
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from benchmarks.data import articles, feeds
from benchmarks.training.labels import AG_SECURITY
from digests.stories import relevance as ours
from digests.text.tokens import terms

WEIGHTS = Path(ours.__file__).parent.parent / "weights" / "relevance.json"
KEPT = 500  # terms with a weight; 2,000 were no better
FEWEST = 4  # texts that must have a term
STRENGTH = 3.0  # of the fit to the data, against small weights
LEXICON_UNIT = 3.0  # one unit of the lexicon's feature, in its points
FOLDS = 5
SHIFT = -0.5  # of the bias: a false alarm costs more than a story missed
# What says where a text comes from, or when, and not what it is about.
ARTEFACT = re.compile(
    r"(?:.* )?(?:\d+\S*|reuter|ap|afp|quot|amp|lt|gt|b|cnn|com|www|http\w*|mon|tue|wed|thu|fri|sat|sun|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|januari|februari|march|april|may|june|juli|"
    r"august|septemb|octob|novemb|decemb|pt|et|s|t|zh|zp)(?: .*)?"
)


@dataclass(frozen=True)
class Text:
    title: str
    text: str
    security: bool
    source: str


def first(text: str, words: int = 40) -> str:
    return " ".join(text.split()[:words])


def labelled() -> list[Text]:
    """What is cross-validated: CASIE, AG News without the rows set aside, CNN."""
    casie = [json.loads(row) for row in articles("casie-dev.jsonl").read_text().splitlines()]
    rows = [Text(one["title"] or "", first(one["text"] or ""), True, "casie") for one in casie]
    with articles("ag-news-dev.csv").open() as file:
        for number, row in enumerate(csv.DictReader(file)):
            if number not in AG_SECURITY:
                rows.append(Text(row["title"], first(row["description"]), False, "ag"))
    with articles("cnn-summaries-dev.csv").open() as file:
        rows += [Text("", first(row["article"]), False, "cnn") for row in csv.DictReader(file)]
    return rows


def further() -> list[Text]:
    """What is only learned from."""
    rng = random.Random(7)
    with articles("same-event-dev.csv").open() as file:
        titles = [row["title"] for row in csv.DictReader(file)]
    with articles("headlines-clickbait-dev.csv").open() as file:
        titles += rng.sample([row["headline"] for row in csv.DictReader(file)], 3_000)
    others = [Text(title, "", False, "headline") for title in titles]
    others += [Text(title, first(text), False, "feed") for title, text in feeds("news", "it")]
    others = [one for one in others if points(one) < 3]
    secure = [Text(title, first(text), True, "feed") for title, text in feeds("sec")]
    return others + rng.sample(secure, min(400, len(secure)))


def headlines(rows: Iterable[Text]) -> list[Text]:
    """Some of the texts again, by their headline alone: teasers are often no longer."""
    return [Text(one.title, "", one.security, one.source) for one in rows if one.title][::2]


def points(one: Text) -> float:
    headline, body = terms(one.title, "en").split(), terms(one.text, "en").split()
    return ours._bounded(ours._found(headline, body, "en"))


def grams(one: Text) -> set[str]:
    return ours.grams(terms(one.title, "en").split(), terms(one.text, "en").split())


class Model:
    """Logistic regression on terms (each 1 / sqrt of their number) and the lexicon's points."""

    def __init__(self, rows: Sequence[Text], kept: int = KEPT, strength: float = STRENGTH) -> None:
        seen: dict[str, int] = {}
        for one in rows:
            for gram in grams(one):
                seen[gram] = seen.get(gram, 0) + 1
        common = sorted(g for g, n in seen.items() if n >= FEWEST and not ARTEFACT.fullmatch(g))
        rough = self._fit(common, rows, strength)
        order = np.argsort(-np.abs(rough.coef_[0][:-1]), kind="stable")[:kept]
        self.terms = sorted(common[place] for place in order)
        fine = self._fit(self.terms, rows, strength)
        self.weights = dict(zip(self.terms, fine.coef_[0][:-1], strict=True))
        self.bias = float(fine.intercept_[0])
        self.lexicon = float(fine.coef_[0][-1]) / LEXICON_UNIT

    def _fit(
        self, vocabulary: Sequence[str], rows: Sequence[Text], strength: float
    ) -> LogisticRegression:
        places = {gram: place for place, gram in enumerate(vocabulary)}
        values, columns, ends = [], [], [0]
        for one in rows:
            known = sorted(places[gram] for gram in grams(one) if gram in places)
            values += [1 / max(1, len(known)) ** 0.5] * len(known)
            columns += known
            ends.append(len(columns))
        matrix = csr_matrix((values, columns, ends), shape=(len(rows), len(vocabulary)))
        lexicon = np.array([[points(one) / LEXICON_UNIT] for one in rows])
        model = LogisticRegression(C=strength, max_iter=2_000)
        return model.fit(
            hstack([matrix, csr_matrix(lexicon)]).tocsr(), [one.security for one in rows]
        )

    def margin(self, one: Text) -> float:
        known = [self.weights[gram] for gram in grams(one) if gram in self.weights]
        return self.bias + self.lexicon * points(one) + sum(known) / max(1, len(known)) ** 0.5


def cross_validated(rows: list[Text], extra: list[Text], **settings: float) -> list[float]:
    """Each row's margin by a model that saw neither it nor its fold."""
    order = list(range(len(rows)))
    random.Random(3).shuffle(order)
    margins = [0.0] * len(rows)
    for fold in range(FOLDS):
        held = set(order[fold::FOLDS])
        seen = [rows[place] for place in order if place not in held]
        model = Model([*seen, *headlines(seen), *extra], **settings)
        for place in held:
            margins[place] = model.margin(rows[place])
    return margins


def figures(rows: Sequence[Text], margins: Sequence[float], shift: float = 0.0) -> str:
    said = [margin + shift > 0 for margin in margins]
    pairs = list(zip(rows, said, strict=True))
    hit = sum(yes for one, yes in pairs if one.security)
    wrong = sum(yes for one, yes in pairs if one.source == "ag")
    cnn = sum(yes for one, yes in pairs if one.source == "cnn")
    of = sum(one.security for one in rows)
    precision, recall = hit / max(1, hit + wrong), hit / of
    f1 = 2 * precision * recall / (precision + recall)
    return f"shift {shift:+.1f}: F1 {f1:.4f} P {precision:.4f} R {recall:.4f} CNN {cnn} of 500"


def main() -> None:
    rows, extra = labelled(), further()
    print(len(rows), "labelled,", len(extra), "further")
    margins = cross_validated(rows, extra)
    for shift in (-1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5):
        print(figures(rows, margins, shift))
    if "--write" in sys.argv:
        write(Model([*rows, *headlines(rows), *extra]))


def write(model: Model) -> None:
    weights = {term: round(weight, 2) for term, weight in model.weights.items()}
    written = {
        "bias": round(model.bias + SHIFT, 3),
        "lexicon": round(model.lexicon, 4),
        "weights": {term: weight for term, weight in weights.items() if weight},
    }
    WEIGHTS.write_text(json.dumps(written, ensure_ascii=False, indent=0, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
