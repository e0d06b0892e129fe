"""`reader` as its users run it: DATABASE, file of addresses, and "search" when it is to index."""

import sys
from pathlib import Path

from reader import make_reader


def main(database: str, listed: str, search: str) -> None:
    reader = make_reader(database, search_enabled=bool(search))
    for url in Path(listed).read_text().split():
        reader.add_feed(url, exist_ok=True)
    reader.update_feeds(workers=10, scheduled=False)
    if search:
        reader.enable_search()
        reader.update_search()


if __name__ == "__main__":
    main(*sys.argv[1:])
