"""Where the data for training and measuring lies: beside the project, never in it."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from digests.feeds.parse import parse
from digests.model import Document
from digests.text.plain import title_text, to_plain

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"


def articles(name: str) -> Path:
    """A file of development data; a clear word where there is none."""
    path = CORPUS / "articles" / name
    if not path.exists():
        message = f"{path} is absent: the development data lies beside the project"
        raise SystemExit(message)
    return path


def feeds(*kinds: str, language: str = "en", most: int = 60) -> Iterator[tuple[str, str]]:
    """Headline and text of the entries of real feeds of these kinds, so many of each feed."""
    with (CORPUS / "feeds" / "INDEX.tsv").open() as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["kind"] in kinds]
    for row in rows:
        if row["language"] == language:
            body = (CORPUS / "feeds" / row["file"]).read_bytes()
            document = Document(
                url="https://x.example/", final_url="https://x.example/", body=body
            )
            parsed = parse(document, frozenset(), datetime(2026, 11, 24, tzinfo=UTC))
            for entry in parsed.entries[:most]:
                yield title_text(entry.title), to_plain(entry.body).text
