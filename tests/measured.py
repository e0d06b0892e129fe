"""Work that measures itself, for workers of tests."""

import resource
import sys
import time

from digests.reading import read


def measured_read(document, known, feed, now):
    """CPU seconds of reading, and by how many MB the worker's largest size grew."""
    before, size = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    read(document, known, feed, now)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - size
    return time.process_time() - before, grown / (1024 if sys.platform == "linux" else 2**20)
