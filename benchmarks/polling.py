"""N1 and N2: as many hosts asked once, beside bare aiohttp: `python -m benchmarks.polling WHO N URL`.

Run as a program it is one client in a process of its own, and prints its CPU seconds and memory.
"""

import asyncio
import json
import os
import resource
import ssl
import subprocess
import sys
import time
from pathlib import Path

import aiohttp

from benchmarks.grounds import Ground
from benchmarks.rounds import say
from benchmarks.site import HOSTS
from digests.clock import SystemClock
from digests.model import Fetched, NotModified, Validators
from digests.web.addresses import AddressRules
from digests.web.client import IN_FLIGHT, Client

ROUNDS = 3


def n1() -> None:
    _compare("N1", "500 x 304", 500, "<= 1.3", tls=False)


def n2() -> None:
    _compare("N2", "2,000 x 200 over TLS", 2_000, "<= 1.15", tls=True)


def _compare(id_: str, words: str, count: int, goal: str, *, tls: bool) -> None:
    with Ground(500, tls=tls) as ground:
        found: dict[str, list[tuple[float, float]]] = {"ours": [], "bare": []}
        for _ in range(ROUNDS):
            for who, runs in found.items():
                runs.append(_child(who, count, ground))
    ours, bare = (sorted(runs)[len(runs) // 2] for runs in found.values())
    say(id_, f"{words}: bare aiohttp {bare[0]:.2f} s, ours {ours[0]:.2f} s: costs",
        ratio=ours[0] / bare[0], goal=goal)  # fmt: skip
    say(id_, f"memory: bare {bare[1]:.0f} MB, ours {ours[1]:.0f} MB")


def _child(who: str, count: int, ground: Ground) -> tuple[float, float]:
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks.polling", who, str(count), ground.scheme],
        check=True,
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "SSL_CERT_FILE": str(ground.certificate)},
    )
    cpu, megabytes = json.loads(ended.stdout)
    return cpu, megabytes


# --- in the child ---


def _urls(count: int, scheme: str) -> list[str]:
    port, way = Ground.ports[scheme], "etag" if scheme == "http" else "bare"
    return [f"{scheme}://{HOSTS[n]}:{port}/{way}/{n % 500}.xml" for n in range(count)]


def _tags(urls: list[str]) -> dict[str, str]:
    """What a first poll would have left: asked for once, outside the measured time."""
    import urllib.request

    if urls[0].startswith("https"):
        return dict.fromkeys(urls, "")
    found = {}
    for url in urls:
        with urllib.request.urlopen(url, timeout=30) as answer:
            found[url] = answer.headers["ETag"]
    return found


async def _ours(tags: dict[str, str]) -> None:
    rules = AddressRules(["127.0.0.0/8"])
    environment = {"SSL_CERT_FILE": os.environ["SSL_CERT_FILE"]}
    clock = SystemClock()
    async with Client(rules, clock, user_agent="bench", environment=environment) as client:
        asked = (client.get(url, validators=Validators(tag)) for url, tag in tags.items())
        for outcome in await asyncio.gather(*asked):
            assert isinstance(outcome, NotModified | Fetched), outcome


async def _bare(tags: dict[str, str]) -> None:
    tls = ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])
    gate = asyncio.Semaphore(IN_FLIGHT)
    connector = aiohttp.TCPConnector(limit=IN_FLIGHT, ssl=tls)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def one(url: str, tag: str) -> None:
            headers = {"If-None-Match": tag} if tag else {}
            async with gate, session.get(url, headers=headers) as answer:
                await answer.read()
                assert answer.status in {200, 304}

        await asyncio.gather(*(one(url, tag) for url, tag in tags.items()))


def main(who: str, count: int, scheme: str) -> None:
    tags = _tags(_urls(count, scheme))
    before = time.process_time()
    asyncio.run({"ours": _ours, "bare": _bare}[who](tags))
    used = time.process_time() - before
    scale = 1024 if sys.platform == "linux" else 2**20
    print(json.dumps([used, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale]))


if __name__ == "__main__":
    assert Path.cwd().joinpath("benchmarks").is_dir()
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
