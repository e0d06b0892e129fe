"""The whole application over real documents: all accounted for, each story told once."""

import csv
import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.app import opened
from bot.once import Once, once
from bot.settings import Environment
from digests.model import PostState
from tests.corpus import corpus, needs_corpus
from tests.e2e.test_process import nightdesk
from tests.fakefeeds import FakeFeeds

pytestmark = [pytest.mark.nightly, needs_corpus]

LOUD = "welcome: first, first: all, max_age: none, full_text: false, every: 1m"
PLAIN = "full_text: false"


def file(urls: dict[str, str], defaults: str) -> str:
    """A feeds.yaml; names by address. Not every document is security news, so none is judged."""
    feeds = "".join(
        f"  - {{url: '{url}', name: '{name}', publisher: {name.split('.')[0]}.example, "
        "security: true}\n"
        for url, name in urls.items()
    )
    return (
        f"defaults: {{{defaults}}}\nnetwork: {{allow: [127.0.0.0/8]}}\n"
        f"channels:\n  - {{name: desk, to: terminal}}\nfeeds:\n{feeds}"
    )


def histories() -> dict[str, list[bytes]]:
    """Feeds of the corpus in all their versions, oldest first."""
    found = defaultdict(list)
    with corpus("history", "INDEX.tsv").open() as index:
        for row in csv.DictReader(index, delimiter="\t"):
            name = row["file"].partition("/")[0]
            found[name].append(corpus("history", row["file"]).read_bytes())
    return dict(found)


def total(report: dict, *, of: str) -> int:
    return sum(feed["entries"][of] for feed in report["feeds"])


@pytest.mark.parametrize(("defaults", "loud"), [(LOUD, True), (PLAIN, False)])
def test_every_entry_of_the_corpus_is_accounted_for_and_none_told_twice(
    tmp_path: Path, defaults: str, loud: bool
) -> None:
    folder = corpus("feeds")
    names = sorted(path.name for path in folder.iterdir() if path.name != "INDEX.tsv")
    with FakeFeeds(folder).in_background() as publisher:
        urls = {publisher.url(f"/{name}"): name for name in names}
        (tmp_path / "feeds.yaml").write_text(file(urls, defaults))
        first = nightdesk("run", "--once", "--json", cwd=tmp_path, within=900)
        second = nightdesk("run", "--once", "--all", "--json", cwd=tmp_path, within=900)
    one, two = (json.loads(run.stdout.splitlines()[-1]) for run in (first, second))
    assert (first.returncode, second.returncode) == (0, 0)
    assert {feed["outcome"] for feed in one["feeds"]} == {"ok"}
    assert {feed["outcome"] for feed in two["feeds"]} == {"not_modified"}
    assert total(one, of="seen") == 3_074
    assert total(one, of="seen") == sum(
        total(one, of=kind) for kind in ("new", "same", "edited", "refused")
    )
    assert len(one["refused"]) == total(one, of="refused")
    told = one["stories"]["new"] if loud else 1  # one welcome
    assert one["posts"]["sent"] == two["posts"]["sent"] == told
    assert two["stories"] == {"new": 0, "grown": 0}


async def test_version_by_version_each_new_entry_is_told_once(tmp_path: Path) -> None:
    versions = histories()
    paths = {name: f"/{name}" for name in versions}
    first = {paths[name]: documents[0] for name, documents in versions.items()}
    async with FakeFeeds(first) as publisher:
        urls = {publisher.url(path): name for name, path in paths.items()}
        config = tmp_path / "feeds.yaml"
        config.write_text(file(urls, LOUD))
        env = Environment(config, str(tmp_path / "nightdesk.db"), {})
        rounds = []
        async with opened(env, spacing=0) as app:
            for number in range(max(map(len, versions.values()))):
                for name, documents in versions.items():
                    if 0 < number < len(documents):
                        publisher.publish(paths[name], documents[number])
                rounds.append(await once(app, everything=True, done=lambda _: None))
            again = await once(app, everything=True, done=lambda _: None)
    assert stories(again) == (0, 0)
    assert again.posts[PostState.SENT] == sum(stories(one)[0] for one in rounds) == 627
    assert edits(rounds) == 5
    assert not any(again.posts[state] for state in PostState if state is not PostState.SENT)


def stories(ended: Once) -> tuple[int, int]:
    reports = ended.reports
    return sum(r.stories for r in reports), sum(r.grown for r in reports)


def edits(rounds: Sequence[Once]) -> int:
    """Changes of words; neither of markup, nor of an entry that stands in a document twice."""
    return sum(report.edited for one in rounds for report in one.reports)
