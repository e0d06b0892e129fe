"""`reader`'s search index: CPU seconds for the entries of one feed file."""

import sys
import time

from reader import make_reader


def main(database: str, feed: str) -> None:
    reader = make_reader(database, feed_root="", search_enabled=False)
    reader.add_feed(feed)
    reader.update_feeds()
    reader.enable_search()
    began = time.process_time()
    reader.update_search()
    print(time.process_time() - began)


if __name__ == "__main__":
    main(*sys.argv[1:])
