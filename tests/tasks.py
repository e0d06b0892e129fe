"""What tests let workers do. Imports little: each worker imports it too."""

import gc
import os
import re
import sys
import time

WARMED_BY = []


def warm_worker():
    """Called once, in the fork server."""
    WARMED_BY.append(os.getpid())


def warmed_by():
    return WARMED_BY, os.getppid()


def double(number):
    return number * 2


def echo(value):
    return value


def pid():
    return os.getpid()


def modules():
    return sorted(sys.modules)


def main_name():
    return getattr(sys.modules["__main__"], "__file__", None)


def environment(name):
    return os.environ.get(name)


def spin_in_c():
    """Minutes inside one call that never returns to Python."""
    return re.match(r"(a+)+$", "a" * 60 + "!")


def spin():
    while True:
        pass


def work(seconds):
    """Honest processor time."""
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass
    return os.getpid()


def sleep(seconds):
    time.sleep(seconds)
    return os.getpid()


def eat(megabytes):
    return len(bytearray(megabytes * 2**20))


def large(size):
    return bytes(size)


def fail(text):
    raise ValueError(text)


class Stubborn(Exception):
    """Cannot be built again from its arguments, so cannot be unpickled."""

    def __init__(self, one, two):
        super().__init__(f"{one} and {two}")


def fail_oddly():
    raise Stubborn("this", "that")


def leave():
    raise SystemExit(3)


def recurse():
    return recurse()


def crash():
    os.abort()


def vanish():
    os._exit(0)


def unpicklable():
    return lambda: None


def loaded() -> set[str]:
    """What this worker has imported by now."""
    return set(sys.modules)


def left_alone():
    """How many objects the collector of this worker no longer looks at."""
    return gc.get_freeze_count()
