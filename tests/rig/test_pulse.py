"""A stand-in that could not run is noticed."""

import asyncio
import time

from tests.rig.pulse import BEAT, Pulse

BLOCKED = 10 * BEAT


async def test_a_loop_that_stood_still_is_noticed_once_lately_and_for_good() -> None:
    pulse = Pulse()
    await pulse.start()
    await asyncio.sleep(2 * BEAT)
    time.sleep(BLOCKED)  # noqa: ASYNC251 - this is what is to be noticed
    await asyncio.sleep(2 * BEAT)
    await pulse.stop()
    assert pulse.worst > BLOCKED / 2
    assert pulse.lately() == pulse.worst
    assert pulse.lately() == 0
