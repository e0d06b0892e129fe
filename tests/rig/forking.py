"""A process that does its work in forks: everything is imported once, so that each costs little.

One of its own, because a process with threads, such as the one with the stand-ins, must not fork.
One request a line on standard input, one answer a line on standard output (launching.py).
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any, NoReturn

_LOOK = 0.002  # seconds between two looks whether a fork has ended


def serve(child: Callable[[dict[str, Any]], NoReturn]) -> None:
    """Run `child` in a fork for each request, and kill it after the request's `seconds`."""
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        print(json.dumps(_forked(child, json.loads(line))), flush=True)


def _forked(
    child: Callable[[dict[str, Any]], NoReturn], request: dict[str, Any]
) -> dict[str, Any]:
    """How it ended (-9: killed), whether by its time, and after how many seconds."""
    began = time.monotonic()
    pid = os.fork()
    if pid == 0:
        child(request)
    end = began + request["seconds"]
    done, status = 0, 0
    while not done and time.monotonic() < end:
        time.sleep(_LOOK)
        done, status = os.waitpid(pid, os.WNOHANG)
    if not done:
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
    code, took = os.waitstatus_to_exitcode(status), time.monotonic() - began
    return {"code": code, "timed_out": not done, "seconds": round(took, 3)}
