"""Run one command and say what it and all its descendants cost: `python -m benchmarks.measure CMD`.

Workers of a fork server are nobody's children once their parent is gone; as a subreaper this
process gets them all, waits for them, and so the kernel adds up everything.
"""

import contextlib
import ctypes
import json
import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

_PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h


@dataclass(frozen=True)
class Cost:
    """CPU seconds (user and system), and the largest process in MB."""

    cpu: float
    megabytes: float
    code: int = 0


def cost(*command: str, env: dict[str, str] | None = None, most: float = 900) -> Cost:
    """What a command costs; it is ended after `most` seconds. Raises when it fails."""
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.measure", *command],
        check=True,
        capture_output=True,
        text=True,
        timeout=most,
        env={**os.environ, **(env or {})},
    )
    found = Cost(**json.loads(run.stdout.splitlines()[-1]))
    if found.code:
        raise RuntimeError(f"{command[0]} ended with {found.code}: {run.stderr[-2000:]}")
    return found


def main(command: Sequence[str]) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
    child = subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    scale = 1024 if sys.platform == "linux" else 2**20
    print(
        json.dumps(
            {
                "cpu": used.ru_utime + used.ru_stime,
                "megabytes": used.ru_maxrss / scale,
                "code": child.returncode,
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1:])
