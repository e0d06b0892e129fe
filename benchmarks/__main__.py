"""`make bench`: prints each figure beside its peer; CPU seconds, medians of interleaved rounds."""

import resource
import statistics
import subprocess
import sys

ROUNDS = 7


def cpu(*command: str) -> float:
    """CPU seconds (user and system) of one child process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def u1() -> None:
    """`nightdesk --help` against `import asyncio`."""
    ours, peer = [], []
    for _ in range(ROUNDS):
        ours.append(cpu(sys.executable, "-m", "bot", "--help"))
        peer.append(cpu(sys.executable, "-c", "import asyncio"))
    help_, bare = statistics.median(ours), statistics.median(peer)
    print(
        f"U1 --help {help_:.3f} s, import asyncio {bare:.3f} s, ratio {help_ / bare:.2f} (goal 2)"
    )


if __name__ == "__main__":
    u1()
