"""Stories of real feeds through the whole bot into both platforms: killed or not, each stands once."""

import contextlib
import sqlite3
from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest

from tests.corpus import corpus, needs_corpus
from tests.fakediscord import CHANNEL
from tests.rig.failpoints import ANY
from tests.rig.world import Broken, Launcher, World, world

pytestmark = [pytest.mark.nightly, needs_corpus]

# In eight languages, with CVE records, advisories, a JSON feed, old encodings and broken markup.
FEEDS = (
    "bleepingcomputer.xml", "cisa-advisories.xml", "databreaches-net.xml", "crowdstrike-blog.xml",
    "ghsa-npm.json", "ghsa-go.atom", "big4-threat-dashboard.xml", "qingniao-zh.xml",
    "zundamon-security-ja.xml", "heise-online-de.rdf", "bbc-urdu-rtl.xml", "lemonde-fr.xml",
    "jn-pt-latin1.xml", "orenburg-ru-cp1251.xml", "kc0011-zh-gbk.xml", "techcrunch.xml",
)  # fmt: skip
STORIES, KILLS = 300, 50
PLACES = {"slack:#news": "en", f"discord:{CHANNEL}": "ar"}
LONG = 200.0  # seconds of one bot's life: five cards in five seconds go into a channel of Discord


@pytest.fixture(scope="module")
def launcher() -> Iterator[Launcher]:
    with Launcher.started() as started:
        yield started


@pytest.mark.parametrize("kills", [0, KILLS])
def test_each_stands_once_in_every_channel(kills: int, launcher, tmp_path) -> None:
    with world(tmp_path, launcher, 700 + kills) as found:
        _serve(found)
        random = Random(kills)
        while found.kills < kills:
            nth, delay = random.randint(1, 200), random.uniform(0, 0.05)
            found.bot(failpoint=ANY, nth=nth, delay=delay, seconds=8.0)
        if not kills:
            found.slack.faults.share, found.discord.faults.rates = 0.0, {}
        for _ in range(3):
            if found.bot(seconds=LONG)["code"] == 0:
                break
        _judge(found)


def _serve(found: World) -> None:
    lines = []
    for name in FEEDS:
        found.publisher.publish(f"/{name}", corpus("feeds", name).read_bytes())
        url = found.publisher.url(f"/{name}")
        lines.append(
            f"  - {{url: '{url}', publisher: {name.partition('.')[0]}.example, security: true}}"
        )
    channels = (
        f"  - {{name: c{number}, to: '{to}', language: {language}}}"
        for number, (to, language) in enumerate(PLACES.items())
    )
    head = (
        "defaults: {welcome: first, first: all, every: 1m, max_age: none, full_text: false}",
        "network: {allow: [127.0.0.0/8]}",
    )
    text = "\n".join([*head, "channels:", *channels, "feeds:", *lines, ""])
    (found.folder / "feeds.yaml").write_text(text)


def _judge(found: World) -> None:
    """By the platforms' own logs: as many messages as stories in each place, no id twice."""
    with contextlib.closing(sqlite3.connect(found.folder / "nightdesk.db")) as archive:
        (stories,) = archive.execute("SELECT count(*) FROM story").fetchone()
        owed = Counter(
            place for (place,) in archive.execute("SELECT place FROM post WHERE state = 'sent'")
        )
        others = archive.execute("SELECT count(*) FROM post WHERE state <> 'sent'").fetchone()
        ids = {i for (i,) in archive.execute("SELECT message_id FROM post WHERE state = 'sent'")}
    assert stories >= STORIES
    assert others == (0,)
    slack = [entry.ts for entry in found.slack.log if entry.kind == "posted"]
    discord = [
        noted.message
        for noted in found.discord.world.log
        if noted.what == "create" and noted.done == "accepted"
    ]
    assert sorted(owed.values()) == [stories, stories]
    if (len(slack), len(discord)) != (stories, stories) or {*slack, *discord} != ids:
        raise Broken(f"{stories} stories, {len(slack)} in Slack, {len(discord)} in Discord")
    assert [*found.slack.violations, *found.discord.violations] == []
    print(f"{stories} stories, {found.kills} kills, {dict(owed)}")
