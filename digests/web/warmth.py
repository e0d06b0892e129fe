"""Imported last in the fork server: loads what tasks would else load in their own short time.

A preloaded module may define `warm_worker()`. It runs once, before the first fork, so models and
lazily imported libraries are there in every worker at no further cost.
"""

import gc
import sys

for _module in list(sys.modules.values()):
    _warm = vars(_module).get("warm_worker")
    if callable(_warm):
        try:
            _warm()
        except Exception as _error:  # noqa: BLE001 - without it workers are slower, not wrong
            sys.stderr.write(f"nightdesk: warming up {_module.__name__} failed: {_error!r}\n")

# All of it stays. Left alone by the collector it is neither looked through in the time of tasks
# nor copied into every worker for having been looked at.
gc.collect()
gc.freeze()
