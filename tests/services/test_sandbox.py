"""Workers that may be killed: what each end of a task looks like from outside."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import uuid
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from digests.errors import WorkerFailed, WorkerKilled
from digests.web.sandbox import Sandbox
from digests.web.worker import Limits
from tests import tasks

ROOT = Path(__file__).parents[2]
QUICK = Limits(cpu=0.3, cpu_per_mb=0.5, wall=20, memory=100 * 2**20, result=2**20)
linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")


@asynccontextmanager
async def sandbox(**options):
    async with Sandbox(preload=("tests.tasks",), **({"limits": QUICK} | options)) as made:
        yield made


async def test_a_result_comes_back_whole():
    value = {"text": "naïve \udcff", "numbers": tuple(range(1000))}
    async with sandbox() as box:
        assert await box.run(tasks.echo, value, size=10) == value


async def test_a_large_result_comes_back_too():
    async with sandbox() as box:
        assert len(await box.run(tasks.large, 900_000, size=10)) == 900_000


async def test_a_short_document_does_not_wait_for_long_ones_that_wait_too():
    ended = []

    async def one(box, name, size):
        await box.run(tasks.work, 0.1, size=size)
        ended.append(name)

    async with sandbox() as box:
        await box.start()
        async with asyncio.TaskGroup() as group:
            for name in ("first", "second", "third"):
                group.create_task(one(box, name, 2**20))
            await asyncio.sleep(0)  # they are in the queue
            group.create_task(one(box, "short", 1_000))
    assert ended == ["first", "short", "second", "third"]


async def test_no_task_pays_for_the_collector_looking_through_what_was_loaded():
    async with sandbox() as box:
        assert await box.run(tasks.left_alone, size=10) > 1_000  # a bare interpreter: 0


class TestLimits:
    @pytest.mark.parametrize("stuck", [tasks.spin, tasks.spin_in_c])
    async def test_a_stuck_task_is_ended_by_its_processor_time(self, stuck):
        async with sandbox() as box:
            with pytest.raises(WorkerKilled, match="processor time"):
                await box.run(stuck, size=0)
            assert await box.run(tasks.double, 21, size=0) == 42

    async def test_a_sleeping_task_is_ended_by_the_clock(self):
        async with sandbox(limits=replace(QUICK, wall=0.5)) as box:
            with pytest.raises(WorkerKilled, match=r"more than 0\.5 s$"):
                await box.run(tasks.sleep, 60, size=0)

    async def test_a_greedy_task_is_refused_memory_and_its_worker_goes_on(self):
        async with sandbox() as box:
            first = await box.run(tasks.pid, size=0)
            with pytest.raises(WorkerKilled, match="100 MB of memory"):
                await box.run(tasks.eat, 300, size=0)
            assert await box.run(tasks.pid, size=0) == first
            assert await box.run(tasks.eat, 50, size=0) == 50 * 2**20

    async def test_a_result_over_its_limit_is_not_sent(self):
        async with sandbox() as box:
            with pytest.raises(WorkerKilled, match="result"):
                await box.run(tasks.large, 2 * 2**20, size=0)

    async def test_honest_tasks_in_a_row_never_add_up_to_a_limit(self):
        async with sandbox() as box:
            workers = {await box.run(tasks.work, 0.15, size=0) for _ in range(5)}
        assert len(workers) == 1

    async def test_a_larger_document_gets_more_time(self):
        async with sandbox() as box:
            assert await box.run(tasks.work, 0.5, size=2**20)

    def test_time_grows_with_size_up_to_four_seconds(self):
        limits = Limits()
        assert [limits.cpu_for(mb * 2**20) for mb in (0, 1, 2, 6, 10)] == [1, 1.5, 2, 4, 4]


class TestFailures:
    async def test_an_error_crosses_as_one_line_of_words(self):
        async with sandbox() as box:
            with pytest.raises(WorkerFailed) as failed:
                await box.run(tasks.fail, "bad\nthing\x1b[31m\u202e at line 3" + "x" * 999, size=0)
        assert failed.value.reason.startswith("ValueError: bad thing [31m at line 3")
        assert len(failed.value.reason) <= 200

    @pytest.mark.parametrize(
        ("task", "words"),
        [
            (tasks.fail_oddly, "Stubborn: this and that"),
            (tasks.leave, "SystemExit: 3"),
            (tasks.recurse, "RecursionError"),
            (tasks.unpicklable, "pickle"),
        ],
    )
    async def test_no_error_is_odd_enough_to_cost_the_worker(self, task, words):
        async with sandbox() as box:
            before = await box.run(tasks.pid, size=0)
            with pytest.raises(WorkerFailed, match=words):
                await box.run(task, size=0)
            assert await box.run(tasks.pid, size=0) == before

    async def test_a_crash_costs_one_task(self):
        async with sandbox() as box:
            with pytest.raises(WorkerKilled, match="crashed"):
                await box.run(tasks.crash, size=0)
            assert await box.run(tasks.double, 21, size=0) == 42

    async def test_a_task_that_ends_the_process_quietly_is_not_waited_for_forever(self):
        async with sandbox(patience=2.0) as box:
            with pytest.raises(WorkerKilled, match="did not answer"):
                await box.run(tasks.vanish, size=0)
            assert await box.run(tasks.double, 21, size=0) == 42

    async def test_a_worker_killed_while_idle_is_replaced_unseen(self):
        async with sandbox() as box:
            os.kill(await box.run(tasks.pid, size=0), signal.SIGKILL)
            assert await box.run(tasks.double, 21, size=0) == 42
            await asyncio.sleep(0.3)
            os.kill(await box.run(tasks.pid, size=0), signal.SIGKILL)
            await asyncio.sleep(0.3)
            assert await box.run(tasks.double, 21, size=0) == 42

    async def test_cancelling_frees_the_lane(self):
        async with sandbox(limits=Limits()) as box:
            await box.start()
            task = asyncio.create_task(box.run(tasks.sleep, 5, size=0))
            await asyncio.sleep(0.3)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            async with asyncio.timeout(10):
                assert await box.run(tasks.double, 21, size=0) == 42


class TestLanes:
    async def test_the_slow_lane_does_not_hold_the_fast_one(self):
        async with sandbox(limits=Limits(wall=20)) as box:
            await box.run(tasks.double, 1, size=0, slow=True)
            slow = [
                asyncio.create_task(box.run(tasks.sleep, 0.5, size=0, slow=True)) for _ in "ab"
            ]
            assert await box.run(tasks.double, 21, size=0) == 42
            assert not any(task.done() for task in slow)
            await asyncio.gather(*slow)

    async def test_lanes_start_when_they_are_needed(self):
        async with sandbox() as box:
            assert box._fast._pool is box._slow._pool is None
            await box.run(tasks.pid, size=0)
            assert box._slow._pool is None

    async def test_workers_are_renewed_after_a_while(self):
        async with sandbox(max_tasks=2) as box:
            seen = {await box.run(tasks.pid, size=0) for _ in range(5)}
        assert len(seen) == 3

    async def test_all_tasks_of_a_crowd_come_back(self):
        async with sandbox(workers=2) as box:
            results = await asyncio.gather(*(box.run(tasks.double, n, size=0) for n in range(50)))
        assert results == [n * 2 for n in range(50)]


class TestStart:
    async def test_a_worker_brings_nothing_of_the_application_along(self):
        async with sandbox() as box:
            loaded = await box.run(tasks.modules, size=0)
        heavy = {"discord", "slack_bolt", "slack_sdk", "aiohttp", "sqlalchemy", "apscheduler"}
        assert not heavy & {name.partition(".")[0] for name in loaded}
        assert "tests.tasks" in loaded

    async def test_numerical_libraries_are_told_to_use_one_thread(self):
        async with sandbox() as box:
            assert await box.run(tasks.environment, "OPENBLAS_NUM_THREADS", size=0) == "1"


# --- as a process of its own ------------------------------------------------------------------

PROGRAM = """
import asyncio, os, signal, sys
sys.path.insert(0, {root!r})
open(sys.argv[1], "a").write("main\\n")
from digests.web.sandbox import Sandbox
from digests.errors import WorkerKilled
from tests import tasks

async def main():
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop.set)
    async with Sandbox(preload=("tests.tasks",)) as box:
        await box.start()
        await box.run(tasks.pid, size=0, slow=True)
        print("ready", flush=True)
        stuck = asyncio.ensure_future(box.run(getattr(tasks, {task!r}), *{args!r}, size=10**7))
        await stop.wait()
        stuck.cancel()
    print("closed", flush=True)

if __name__ == "__main__":
    asyncio.run(main())
"""


def launch(*arguments, **environment):
    return subprocess.Popen(
        [sys.executable, *arguments],
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        cwd=ROOT,
    )


@asynccontextmanager
async def program(tmp_path, task, *args):
    """A bot of its own in its own process group, every child of it marked by the environment."""
    script, log, mark = tmp_path / "bot", tmp_path / "log", uuid.uuid4().hex
    script.write_text(textwrap.dedent(PROGRAM.format(root=str(ROOT), task=task, args=args)))
    process = launch(str(script), str(log), NIGHTDESK_TEST_MARK=mark)
    try:
        assert await asyncio.to_thread(process.stdout.readline) == "ready\n", process.stderr.read()
        await asyncio.sleep(0.5)  # until the worker is well inside its task
        yield process, mark, log
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.communicate()


def living(mark):
    """Process ids that carry the mark and still run something."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            marked = mark.encode() in (folder / "environ").read_bytes()
            state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
            if marked and state != "Z":
                found.append(int(folder.name))
    return found


async def wait_until_gone(mark, seconds):
    for _ in range(int(seconds / 0.05)):
        if not living(mark):
            break
        await asyncio.sleep(0.05)
    return living(mark)


@linux
@pytest.mark.parametrize(("task", "args"), [("spin_in_c", ()), ("sleep", (60,)), ("double", (1,))])
async def test_nothing_is_left_after_the_bot_was_killed(tmp_path, task, args):
    async with program(tmp_path, task, *args) as (process, mark, log):
        assert len(living(mark)) >= 4  # bot, fork server, a worker in each lane
        process.kill()
        process.wait()
        assert await wait_until_gone(mark, 3.0) == []
        assert log.read_text() == "main\n"  # workers did not run the program again


@linux
async def test_nothing_is_left_after_the_fork_server_was_killed_with_the_bot(tmp_path):
    async with program(tmp_path, "spin_in_c") as (process, mark, _):
        for pid in living(mark):
            with suppress(ProcessLookupError, FileNotFoundError):  # it may end by itself first
                command = Path(f"/proc/{pid}/cmdline").read_bytes()
                if b"forkserver" in command or pid == process.pid:
                    os.kill(pid, signal.SIGKILL)
        process.wait()
        assert await wait_until_gone(mark, 3.0) == []


@linux
async def test_ctrl_c_reaches_the_bot_alone_and_prints_no_traceback(tmp_path):
    async with program(tmp_path, "sleep", 4) as (process, mark, _):
        os.killpg(process.pid, signal.SIGINT)
        out, err = await asyncio.to_thread(process.communicate, None, 15)
        assert out == "closed\n"
        assert err == ""
        assert process.returncode == 0
        assert await wait_until_gone(mark, 3.0) == []


@linux
async def test_ctrl_c_during_the_first_moments_prints_no_traceback_either():
    for delay in (0.0, 0.2):
        process = launch("-c", EARLY, str(ROOT))
        assert await asyncio.to_thread(process.stdout.readline) == "launched\n"
        await asyncio.sleep(delay)
        os.killpg(process.pid, signal.SIGINT)
        _, err = await asyncio.to_thread(process.communicate, None, 15)
        assert err == ""


EARLY = """
import asyncio, signal, sys
sys.path.insert(0, sys.argv[1])
from digests.web.sandbox import Sandbox
from tests import tasks

async def main():
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, lambda: None)
    async with Sandbox(preload=("tests.tasks",)) as box:
        starting = asyncio.ensure_future(box.start())
        await asyncio.sleep(0)
        print("launched", flush=True)
        await starting
        assert await box.run(tasks.double, 21, size=0) == 42

asyncio.run(main())
"""


async def test_what_a_module_warms_up_is_warm_in_every_worker():
    process = launch("-c", WARM, str(ROOT))  # this process may have a fork server already
    out, err = await asyncio.to_thread(process.communicate, None, 30)
    assert (out, err) == ("warm\nwarm\n", "")


WARM = """
import asyncio, sys
sys.path.insert(0, sys.argv[1])
from digests.web.sandbox import Sandbox
from tests import tasks

async def main():
    async with Sandbox(preload=("tests.tasks",), max_tasks=1) as box:
        for _ in range(2):
            warmers, server = await box.run(tasks.warmed_by, size=0)
            print("warm" if warmers == [server] else (warmers, server))

asyncio.run(main())
"""


async def test_a_fresh_worker_has_loaded_what_reading_and_telling_need():
    process = launch("-c", LOADED, str(ROOT))
    out, err = await asyncio.to_thread(process.communicate, None, 60)
    assert (out, err) == ("[]\n", "")


LOADED = """
import asyncio, sys
sys.path.insert(0, sys.argv[1])
from digests.web.sandbox import Sandbox
from tests import tasks

async def main():
    async with Sandbox() as box:
        loaded = await box.run(tasks.loaded, size=0)
    needed = {"feedparser", "trafilatura", "digests.text.letters", "sentencex", "Stemmer"}
    print(sorted(needed - loaded))

asyncio.run(main())
"""


def test_the_clock_grants_more_to_who_may_work_longer():
    assert [Limits().wall_for(mb * 2**20) for mb in (0, 1, 6, 10)] == [6, 7.5, 15, 15]
