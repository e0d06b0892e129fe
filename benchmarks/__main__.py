"""`make bench`: prints each figure beside its peer; CPU seconds, medians of interleaved rounds.

`python -m benchmarks P N1 W` runs only what begins with one of these.
"""

import sys
from collections.abc import Callable

from benchmarks import parsing, pollers, polling, service, starting, story

BENCHES: dict[str, Callable[[], None]] = {
    "U1": starting.u1,
    "P1 P2 P3": parsing.p1_p2_p3,
    "P4": parsing.p4,
    "N1": polling.n1,
    "N2": polling.n2,
    "W1 W2 W3 W4": pollers.w,
    "T1": story.t1,
    "L1 E1 U2": service.service,
}


def main(wanted: list[str]) -> None:
    for ids, run in BENCHES.items():
        if not wanted or any(id_.startswith(tuple(wanted)) for id_ in ids.split()):
            run()


if __name__ == "__main__":
    main(sys.argv[1:])
