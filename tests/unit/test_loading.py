"""What a command imports is left alone by the collector from then on."""

import subprocess
import sys

import pytest

LOADED = """
import gc
from bot.cli.common import loading

with loading():
    assert not gc.isenabled()
    made = [[] for _ in range(1_000)]
assert gc.isenabled()
assert gc.get_freeze_count() > 1_000
try:
    with loading():
        raise ImportError
except ImportError:
    assert gc.isenabled()
    print("whole")
"""


@pytest.mark.skipif(sys.implementation.name != "cpython", reason="needs this collector")
def test_what_is_loaded_is_no_longer_collected_and_the_collector_goes_on() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED], check=False, capture_output=True, text=True, timeout=60
    )
    assert (done.stdout, done.stderr) == ("whole\n", "")
