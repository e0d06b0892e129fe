"""Renew what is made from the table of keys: `python -m digests.config`, in the project's root."""

import json
from pathlib import Path

from digests.config.reference import renewed
from digests.config.schema import schema


def main(docs: Path) -> None:
    """Write docs/feeds.schema.json and the made part of docs/configure.md."""
    (docs / "feeds.schema.json").write_text(schema_text(), encoding="utf-8")
    page = docs / "configure.md"
    page.write_text(renewed(page.read_text("utf-8")), encoding="utf-8")


def schema_text() -> str:
    """The schema as it lies in docs/."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    main(Path("docs"))
