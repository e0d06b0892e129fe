"""A process that works in forks (forking.py), as its starter sees it."""

import contextlib
import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Launcher:
    """The process that forks bots, or what else the module does."""

    process: "subprocess.Popen[str]"

    @classmethod
    @contextlib.contextmanager
    def started(cls, module: str = "tests.rig.launcher") -> Iterator["Launcher"]:
        env = os.environ | {"OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=env,
        )  # fmt: skip
        launcher = cls(process)
        try:
            launcher._answer(60)
            yield launcher
        finally:
            process.kill()
            process.communicate()

    def launch(self, request: dict[str, Any]) -> dict[str, Any]:
        """Run one to its end, or to the end of its `seconds`."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return self._answer(request["seconds"] + 30)

    def _answer(self, within: float) -> dict[str, Any]:
        assert self.process.stdout
        ready, _, _ = select.select([self.process.stdout], [], [], within)
        assert ready, "the launcher does not answer"
        line = self.process.stdout.readline()
        assert line, "the launcher has died"
        return json.loads(line)
