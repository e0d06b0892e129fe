"""Starts bots by fork: `python -m tests.rig.launcher`."""

from tests.rig import child, forking

if __name__ == "__main__":
    child.preload()
    forking.serve(child.main)
