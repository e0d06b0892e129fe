"""U1: how long `--help` takes, beside `import asyncio`."""

import sys

from benchmarks.measure import cost
from benchmarks.rounds import interleaved, say

ROUNDS = 7


def u1() -> None:
    figures = interleaved(
        ROUNDS,
        {
            "help": lambda: cost(sys.executable, "-m", "bot", "--help").cpu,
            "asyncio": lambda: cost(sys.executable, "-c", "import asyncio").cpu,
        },
    )
    ours, peer = figures["help"], figures["asyncio"]
    say("U1", f"--help {ours:.3f} s, import asyncio {peer:.3f} s: costs",
        ratio=ours / peer, goal="<= 2")  # fmt: skip
