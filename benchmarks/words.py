"""The table "Words" of the goals: each figure with its 95 % interval, beside a simple rival.

    python -m benchmarks.words [row ...]

On the development data beside the project. The weights of condensing, relevance and click-bait
were learned from the same texts: what counts for these are the cross-validated figures that the
scripts in benchmarks/training print (they need scikit-learn; docs/quality.md quotes them).
"""

import csv
import gzip
import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from benchmarks.data import articles
from benchmarks.intervals import auc, bcubed, f1, harmonic, interval, mean
from benchmarks.rouge import rouge
from benchmarks.same_event import tfidf_groups
from benchmarks.training.labels import AG_SECURITY

csv.field_size_limit(10**9)

LANGUAGES = {
    "English": "en", "German": "de", "French": "fr", "Spanish": "es",
    "Russian": "ru", "Chinese": "zh", "Japanese": "ja", "Arabic": "ar",
}  # fmt: skip

Row = tuple[str, str, str]  # what, ours, the rival


def with_interval(values: Sequence, figure: Callable, form: str = ".4f", **more: int) -> str:
    low, high = interval(values, figure, **more)
    return f"{figure(values):{form}} [{low:{form}}, {high:{form}}]"


def rows_of(name: str) -> list[dict[str, str]]:
    with articles(name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def first_words(text: str, words: int = 40) -> str:
    return " ".join(text.split()[:words])


def condensing() -> Iterator[Row]:
    """Three sentences against the first three."""
    from digests.cards.condense import _sentences, condense

    stories = rows_of("cnn-summaries-dev.csv")
    ours = [rouge(condense(one["article"]), one["highlights"]) for one in stories]
    lead = [rouge(_sentences(one["article"], "en")[:3], one["highlights"]) for one in stories]
    for number, name in enumerate(("ROUGE-1", "ROUGE-2")):
        gain = [a[number] - b[number] for a, b in zip(ours, lead, strict=True)]
        reached = mean([one[number] for one in ours])
        yield (
            f"condensing, {name} above lead-3 (learned here)",
            f"{with_interval(gain, mean, '+.2f')} to {reached:.2f}",
            f"lead-3 {mean([one[number] for one in lead]):.2f}",
        )


def security() -> list[tuple[str, str]]:
    rows = map(json.loads, articles("casie-dev.jsonl").read_text("utf-8").splitlines())
    return [(one["title"] or "", first_words(one["text"] or "")) for one in rows]


def general() -> list[tuple[str, str]]:
    return [
        (one["title"], first_words(one["description"]))
        for number, one in enumerate(rows_of("ag-news-dev.csv"))
        if number not in AG_SECURITY
    ]


def relevance_() -> Iterator[Row]:
    """Security news against general news, by headline and forty words."""
    from digests.stories.relevance import _bounded, _found, relevance
    from digests.text.tokens import terms

    def listed(title: str, text: str) -> bool:
        found = _found(terms(title, "en").split(), terms(text, "en").split(), "en")
        return _bounded(found) >= 3

    texts = [(True, *one) for one in security()] + [(False, *one) for one in general()]
    ours = [(true, relevance(title, text, "en").relevant) for true, title, text in texts]
    rival = [(true, listed(title, text)) for true, title, text in texts]
    yield "relevance, F1 (learned here)", with_interval(ours, f1, rounds=300), f"{f1(rival):.4f}"
    cnn = [("", one["article"]) for one in rows_of("cnn-summaries-dev.csv")]
    for name, others in (("AG News", general()), ("CNN, whole", cnn)):
        alarms = [float(relevance(*one, "en").relevant) for one in others]
        by_list = mean([float(listed(title, text[:500])) for title, text in others])
        yield f"false alarms, {name}", with_interval(alarms, mean), f"{by_list:.4f}"


def events() -> Iterator[Row]:
    """Which headlines tell one event; the rival knows TF-IDF only, at its best threshold."""
    from digests.stories.cluster import group

    told = sorted(rows_of("same-event-dev.csv"), key=lambda one: int(one["time_ms"]))
    at = [datetime.fromtimestamp(int(one["time_ms"]) / 1000, UTC) for one in told]
    titles = [one["title"] for one in told]
    true = [one["story"] for one in told]
    said = group([(title, "", when) for title, when in zip(titles, at, strict=True)])
    rival = max(
        harmonic(bcubed(true, tfidf_groups(titles, at, threshold)))
        for threshold in (0.02, 0.03, 0.04, 0.05)
    )
    ours = bcubed(true, said)
    yield "same event, B-cubed F1", with_interval(ours, harmonic, rounds=300), f"{rival:.4f}"


def sentences() -> list[tuple[str, str]]:
    rows = map(json.loads, articles("sentences-dev.jsonl").read_text("utf-8").splitlines())
    return [(LANGUAGES[one["language"]], one["text"]) for one in rows]


def language() -> Iterator[Row]:
    """The right one of eight languages, by a sentence and by its first five words."""
    from digests.text.language import detect

    known = sentences()
    whole = [float(detect(text) == true) for true, text in known]
    few = [float(detect(beginning(text, true)) == true) for true, text in known]
    yield "language, one sentence", with_interval(whole, mean), ""
    yield "language, five words", with_interval(few, mean), ""


def beginning(text: str, language: str) -> str:
    return text[:14] if language in {"zh", "ja"} else first_words(text, 5)


def splitting() -> Iterator[Row]:
    """Boundaries between five sentences of one language, joined."""
    from digests.text.sentences import split

    for name in LANGUAGES.values():
        texts = [text for language, text in sentences() if language == name]
        fives = [texts[at : at + 5] for at in range(0, len(texts) - 4, 5)]
        glue = "" if name in {"zh", "ja"} else " "
        ours = [boundaries(split(glue.join(five), name), five) for five in fives]
        rival = [
            boundaries(re.split(r"(?<=[.!?。！？؟])\s*", glue.join(five)), five) for five in fives
        ]
        yield f"sentences, {name}, F1", with_interval(ours, over_all), f"{over_all(rival):.4f}"


def boundaries(found: Sequence[str], true: Sequence[str]) -> tuple[int, int, int]:
    """Boundaries met, found, and true, as places counted in characters that are no space."""

    def ends(parts: Sequence[str]) -> set[int]:
        places, at = set(), 0
        for part in parts:
            at += len(re.sub(r"\s", "", part))
            places.add(at)
        return places

    ours, theirs = ends([part for part in found if part]), ends(true)
    return len(ours & theirs), len(ours), len(theirs)


def over_all(counts: Sequence[tuple[int, int, int]]) -> float:
    met, found, true = (sum(column) for column in zip(*counts, strict=True))
    return 2 * met / (found + true)


def names() -> Iterator[Row]:
    """Actors and malware in general news, where hardly any belong; each hit is taken for false."""
    from digests.text.names import find

    stories = [one["article"] for one in rows_of("cnn-summaries-dev.csv")]
    stories += [f"{title}. {text}" for title, text in general()]
    kinds = {"actor", "malware", "tool"}
    hits = [float(any(name.kind in kinds for name in find(text))) for text in stories]
    yield "names, general stories hit", with_interval(hits, mean, ".4f"), "naive 0.52"
    trade = [f"{title}. {text}" for title, text in security()]
    found = [float(any(name.kind in kinds for name in find(text))) for text in trade]
    yield "names, security stories hit", with_interval(found, mean, ".4f"), ""


def pages() -> Iterator[Row]:
    """The article's words on publishers' pages: shingles of four, as the set's own script counts."""
    from digests.feeds.pages import extract

    truth = json.loads(articles("pages-dev/ground-truth.json").read_text("utf-8"))
    scored = []
    for name, one in truth.items():
        html = gzip.decompress(articles(f"pages-dev/{name}.html.gz").read_bytes())
        text = extract(html, one.get("url", "https://x.example/")).text
        scored.append(overlap(text, one["articleBody"]))
    yield "article text, F1", with_interval(scored, harmonic), "baseline 0.854"
    yield "article text, precision", with_interval([p for p, _ in scored], mean), "0.802"


def overlap(found: str, true: str) -> tuple[float, float]:
    """Precision and recall over runs of four words, with their counts."""
    ours, theirs = shingles(found), shingles(true)
    met = sum(min(times, theirs.get(run, 0)) for run, times in ours.items())
    precision = met / sum(ours.values()) if ours else float(not theirs)
    return precision, met / sum(theirs.values()) if theirs else float(not ours)


def shingles(text: str) -> dict[tuple[str, ...], int]:
    words = re.findall(r"\w+", text)
    runs: dict[tuple[str, ...], int] = {}
    for at in range(max(1, len(words) - 3) if words else 0):
        run = tuple(words[at : at + 4])
        runs[run] = runs.get(run, 0) + 1
    return runs


BAIT = re.compile(
    r"^\d+ |\b(?:you|your|you'll|this|these|here's|here are|what|why|how|which|guess|actually"
    r"|literally|ever|best|perfect|amazing|hilarious|adorable|things|reasons|ways|times|tweets"
    r"|people|everyone|should|can|will|make|need|know|according to|we)\b",
    re.IGNORECASE,
)


def baits() -> Iterator[Row]:
    """Click-bait headlines above honest ones."""
    from digests.stories.quality import clickbait

    rows = [
        (row["clickbait"] == "1", row["headline"])
        for row in rows_of("headlines-clickbait-dev.csv")
    ]
    ours = [(true, clickbait(headline)) for true, headline in rows]
    rival = [(true, float(len(BAIT.findall(headline)))) for true, headline in rows]
    yield (
        "click-bait, AUC (learned here)",
        with_interval(ours, auc, rounds=100),
        f"{auc(rival):.4f}",
    )


TABLE: dict[str, Callable[[], Iterator[Row]]] = {
    "condensing": condensing,
    "relevance": relevance_,
    "events": events,
    "language": language,
    "sentences": splitting,
    "names": names,
    "pages": pages,
    "clickbait": baits,
}


def main(asked: Sequence[str]) -> None:
    for name in asked or TABLE:
        for what, ours, rival in TABLE[name]():
            print(f"{what:<48} {ours:<40} rival {rival or '-'}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
