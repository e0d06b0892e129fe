"""Starts bots by fork: everything is imported once, so that a kill and a restart cost little.

A process of its own (`python -m tests.rig.launcher`), because a process with threads, such as the
one with the stand-ins, must not fork. One request a line on standard input, one answer a line on
standard output.
"""

import json
import os
import signal
import sys
import time
from typing import Any

from tests.rig import child


def main() -> None:
    child.preload()
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        print(json.dumps(_launch(json.loads(line))), flush=True)


def _launch(request: dict[str, Any]) -> dict[str, Any]:
    """Run one bot; kill it when its time is over."""
    began = time.monotonic()
    pid = os.fork()
    if pid == 0:
        child.main(request)  # never returns
    end = began + request["seconds"]
    while time.monotonic() < end:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return _ended(status, began, timed_out=False)
        time.sleep(0.004)
    os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    return _ended(status, began, timed_out=True)


def _ended(status: int, began: float, *, timed_out: bool) -> dict[str, Any]:
    code = os.waitstatus_to_exitcode(status)
    return {"code": code, "timed_out": timed_out, "seconds": round(time.monotonic() - began, 3)}


if __name__ == "__main__":
    main()
