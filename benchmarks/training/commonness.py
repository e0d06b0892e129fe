"""How common words are in headlines and first sentences: digests/weights/commonness.json.

    python -m benchmarks.training.commonness FOLDER

FOLDER holds general news (ag-news-dev.csv, cnn-summaries-dev.csv), headlines
(headlines-clickbait-dev.csv) and security news (casie-dev.jsonl). Only counts are kept: for each
stem that at least five texts have, its inverse document frequency, 0 to 1; rarer ones count as 1.
"""

import csv
import json
import math
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from digests.text.tokens import terms

TARGET = Path(__file__).parents[2] / "digests" / "weights" / "commonness.json"
SEEN_IN = 5  # texts
LENGTH = 600  # characters of a long text


def main() -> None:
    """Count, and write the file."""
    csv.field_size_limit(1 << 24)
    seen: Counter[str] = Counter()
    number = 0
    for text in texts(Path(sys.argv[1])):
        number += 1
        seen.update(set(terms(text, "en").split()))
    scale = math.log(number + 1)
    table = {
        stem: round(math.log((number + 1) / (count + 1)) / scale, 2)
        for stem, count in sorted(seen.items())
        if count >= SEEN_IN and len(stem) < 20
    }
    TARGET.write_text(json.dumps(table, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    print(f"{len(table):,} stems of {number:,} texts, {TARGET.stat().st_size:,} bytes")


def texts(folder: Path) -> Iterator[str]:
    """Headlines, and headlines with the beginning of their text."""
    with (folder / "ag-news-dev.csv").open(encoding="utf-8") as file:
        yield from (f"{row[1]} {row[2]}" for row in csv.reader(file))
    with (folder / "headlines-clickbait-dev.csv").open(encoding="utf-8") as file:
        yield from (row[1] for row in csv.reader(file))
    with (folder / "cnn-summaries-dev.csv").open(encoding="utf-8") as file:
        yield from (row["article"][:LENGTH] for row in csv.DictReader(file))
    with (folder / "casie-dev.jsonl").open(encoding="utf-8") as file:
        for one in map(json.loads, file):
            yield f"{one['title'] or ''} {(one['text'] or '')[:LENGTH]}"


if __name__ == "__main__":
    main()
