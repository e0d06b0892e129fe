"""The database refuses for a minute under the whole bot: nothing lost, nothing twice, said once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.rig.disks import WORDS
from tests.rig.launching import Launcher
from tests.rig.world import World, world

EVERY = 0.3  # seconds of the machine between two publications
AT_MOST = 9  # all of them fit into one digest


@contextmanager
def publishing(found: World) -> Iterator[None]:
    """Stories come all the time, so some come while nothing can be written."""
    over = threading.Event()

    def go_on() -> None:
        while not over.wait(EVERY):
            if len(found.stories) < AT_MOST:
                found.publish(1)

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@pytest.fixture(scope="module")
def launcher() -> Iterator[Launcher]:
    with Launcher.started() as started:
        yield started


@pytest.mark.parametrize("disk", WORDS)
def test_a_minute_without_writing_loses_and_repeats_nothing_and_is_said_once(
    disk, launcher, tmp_path
):
    with world(tmp_path, launcher, 500) as found:
        found.struck = True  # the one line that is wanted
        found.publish(2)
        with publishing(found):
            ended = found.bot(disk=disk)
        assert ended["code"] == 0, "it must go on by itself"
        found.settle()
        found.judge()
        errors = [line for line in found.output().splitlines() if " ERROR " in line]
        assert len(errors) == 1, errors
        assert f"cannot be written: {WORDS[disk]}" in errors[0]
