"""`make bench`: prints each figure beside its peer, in CPU seconds (see docs/benchmarks.md).

`python -m benchmarks P N1 W` runs only what begins with one of these. Search has scripts of its own,
since it builds a million stories first: benchmarks/search.py (S1, S2) and hidden.py (S4).
"""

import sys
from collections.abc import Callable

from benchmarks import (
    parsing,
    pollers,
    polling,
    service,
    starting,
    story,
    throughput,
    troubles,
    watching,
    writing,
)

BENCHES: dict[str, Callable[[], None]] = {
    "U1": starting.u1,
    "P1 P2 P3": parsing.p1_p2_p3,
    "P4": parsing.p4,
    "N1": polling.n1,
    "N2": polling.n2,
    "W1 W2 W3 W4": pollers.w,
    "T1": story.t1,
    "M1": watching.m1,
    "S3": writing.s3,
    "D1": writing.d1,
    "L1 E1 U2": service.service,
    "R7": throughput.throughput,
    "R9": troubles.troubles,
}


def main(wanted: list[str]) -> None:
    chosen = [run for ids, run in BENCHES.items() if not wanted or _named(ids, wanted)]
    if not chosen:
        sys.exit(f"no figure begins with {' or '.join(wanted)}; there are {' '.join(BENCHES)}")
    for run in chosen:
        run()


def _named(ids: str, wanted: list[str]) -> bool:
    return any(id_.startswith(tuple(wanted)) for id_ in ids.split())


if __name__ == "__main__":
    main(sys.argv[1:])
