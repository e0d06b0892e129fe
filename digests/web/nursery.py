"""Imported in the fork server and nowhere else: it makes that process a quiet parent of workers.

Importing it changes the process it is imported in; multiprocessing offers no other hook there.
"""

import os
import signal

# Threads of numerical libraries would make forking unsafe, and workers are one per core anyway.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

# Ctrl-C and a service manager's stop reach every process of the group. The bot alone decides:
# the server ends when the bot and the last worker have closed their pipe to it.
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN)

# What every worker needs, so that a fresh one is forked ready.
import pebble.pool.process  # noqa: E402, F401 - after the environment above; kept for its import

import digests.web.worker  # noqa: E402, F401 - after the environment above; kept for its import
