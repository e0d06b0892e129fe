"""nightdesk feeds add, remove, import, export, list, and check --probe, as a shell sees them."""

import contextlib
import io
import json
import logging
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from bot.cli import main
from tests import fakefeeds as fake
from tests.corpus import corpus, needs_corpus
from tests.e2e.test_process import write_config
from tests.fakefeeds import FakeFeeds, rss

FILE = """\
# my feeds
network: {allow: [127.0.0.0/8]}
feeds:
  - url: URL  # the first
"""


@dataclass
class Ended:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


def nightdesk(*arguments: str, cwd: Path) -> Ended:
    """A command, run here: a process of its own for each would take half a minute in all."""
    out, err = io.StringIO(), io.StringIO()
    before, argv, handlers = Path.cwd(), sys.argv, logging.getLogger().handlers[:]
    os.chdir(cwd)
    sys.argv = ["nightdesk", *arguments]
    code: object = 0
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main()
    except SystemExit as ended:
        code = ended.code or 0
    finally:
        os.chdir(before)
        sys.argv = argv
        logging.getLogger().handlers[:] = handlers
    return Ended(int(str(code)), out.getvalue(), err.getvalue())


def write(folder: Path, url: str) -> Path:
    path = folder / "feeds.yaml"
    path.write_text(FILE.replace("URL", url))
    return path


def page(*feeds: str) -> str:
    links = (f'<link rel="alternate" type="application/rss+xml" href="{feed}">' for feed in feeds)
    return f"<!doctype html><html><head>{''.join(links)}</head><body>Hello</body></html>"


def test_a_feed_is_probed_written_and_taken_out_again(tmp_path: Path) -> None:
    feeds = {"/feed": rss("Alpha breach"), "/new": rss("Beta", title="New: the desk's ${HOME}")}
    with FakeFeeds(feeds).in_background() as publisher:
        path = write(tmp_path, publisher.url())
        before = path.read_text()
        added = nightdesk("feeds", "add", publisher.url("/new"), cwd=tmp_path)
        written = path.read_text()
        again = nightdesk("feeds", "add", publisher.url("/new"), cwd=tmp_path)
        checked = nightdesk("check", cwd=tmp_path)
        removed = nightdesk("feeds", "remove", publisher.url("/new"), cwd=tmp_path)
    assert added.returncode == 0, added.stderr
    assert "rss20, 1 entries" in added.stdout
    assert "ETag and Last-Modified" in added.stdout
    assert written.startswith(before)
    assert "New: the desk's" in written
    assert again.returncode == 2
    assert "is in feeds.yaml already, as New: the desk's" in again.stderr
    assert checked.returncode == removed.returncode == 0
    assert path.read_text() == before


def test_the_feed_of_a_page_is_found_and_several_are_offered(tmp_path: Path) -> None:
    with FakeFeeds(
        {"/feed": rss("A"), "/b": rss("B"), "/c": rss("C")}
    ).in_background() as publisher:
        publisher.page("/one", page("/b"))
        publisher.page("/two", page("/b", "/c"))
        publisher.page("/none", page())
        path = write(tmp_path, publisher.url())
        one = nightdesk("feeds", "add", publisher.url("/one"), cwd=tmp_path)
        two = nightdesk("feeds", "add", publisher.url("/two"), cwd=tmp_path)
        none = nightdesk("feeds", "add", publisher.url("/none"), cwd=tmp_path)
        assert one.returncode == 0, one.stderr
        assert publisher.url("/b") in path.read_text()
        assert two.returncode == none.returncode == 1
        assert f"nightdesk feeds add {publisher.url('/c')}" in two.stderr
        assert publisher.url("/c") not in path.read_text()
        assert "not a feed" in none.stdout


def test_a_bad_address_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    write(tmp_path, "https://a.example/feed")
    for url, words in (
        ("file:///etc/passwd", "http"),
        ("http://127.0.0.1:22/feed", "not where publishers are"),
        ("http://169.254.169.254/feed", "network.allow"),
        ("https://a.example/?token=abcdef", "secret"),
        ("nonsense", "'nonsense': no http or https address"),
    ):
        ended = nightdesk("feeds", "add", url, cwd=tmp_path)
        assert ended.returncode in (1, 2)
        assert words in ended.stderr + ended.stdout
        assert "Traceback" not in ended.stderr


def test_a_list_goes_in_and_out(tmp_path: Path) -> None:
    path = write(tmp_path, "https://a.example/feed")
    (tmp_path / "in.opml").write_text(
        '<opml version="2.0"><body>'
        '<outline text="A again" xmlUrl="http://www.a.example/feed/"/>'
        '<outline text="B &amp; C" xmlUrl="https://b.example/feed"/>'
        '<outline text="bad" xmlUrl="gopher://c.example/"/>'
        '<outline text="key" xmlUrl="https://d.example/feed?api_key=abc123def"/>'
        "</body></opml>"
    )
    imported = nightdesk("feeds", "import", "in.opml", cwd=tmp_path)
    exported = nightdesk("feeds", "export", cwd=tmp_path)
    again = nightdesk("feeds", "import", "in.opml", cwd=tmp_path)
    assert imported.returncode == 0, imported.stderr
    assert imported.stderr.count("left out") == 3
    assert "abc123def" not in imported.stderr + path.read_text()
    assert 'text="B &amp; C"' in exported.stdout
    assert exported.stdout.count("<outline") == 2
    assert "nothing new" in again.stdout
    kept = nightdesk("feeds", "export", "--output", "out.opml", cwd=tmp_path)
    assert kept.stderr == "out.opml: 2 feeds\n"
    assert (tmp_path / "out.opml").read_text("utf-8") == exported.stdout
    astray = nightdesk("feeds", "export", "--output", "no/such/out.opml", cwd=tmp_path)
    assert astray.returncode == 1
    assert astray.stderr.startswith("no/such/out.opml could not be written")


def test_a_hostile_list_changes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, "https://a.example/feed")
    (tmp_path / "in.opml").write_text('<!DOCTYPE o [<!ENTITY a "b">]><opml>&a;</opml>')
    ended = nightdesk("feeds", "import", "in.opml", cwd=tmp_path)
    assert ended.returncode == 2
    assert ended.stderr.startswith("in.opml:1:")
    assert "a.example" in path.read_text()


def test_addresses_with_variables_are_not_exported(tmp_path: Path) -> None:
    write(tmp_path, "https://a.example/feed?token=${PWD}")
    exported = nightdesk("feeds", "export", cwd=tmp_path)
    assert "${PWD}" in exported.stderr
    assert str(tmp_path) not in exported.stdout


@needs_corpus
def test_a_real_list_of_a_thousand_feeds(tmp_path: Path) -> None:
    source = next(corpus("opml").glob("zer0yu*.opml"))
    imported = nightdesk("feeds", "import", str(source), cwd=tmp_path)
    checked = nightdesk("check", "--json", cwd=tmp_path)
    assert imported.returncode == 0, imported.stderr
    assert json.loads(checked.stdout)["feeds"] > 1_000


def test_a_probe_says_what_each_feed_is(tmp_path: Path) -> None:
    with FakeFeeds({"/feed": rss("Alpha"), "/moved": b""}).in_background() as publisher:
        publisher.fault("/moved", fake.redirect("/feed?moved", 301))
        publisher.fault("/wall", fake.status(403, cf_mitigated="challenge"))
        publisher.page("/page", page("/feed"))
        urls = [publisher.url(p) for p in ("/feed", "/moved", "/wall", "/page")]
        (tmp_path / "feeds.yaml").write_text(
            "network: {allow: [127.0.0.0/8]}\nfeeds:\n" + "".join(f"  - url: {u}\n" for u in urls)
        )
        probed = nightdesk("check", "--probe", "--json", cwd=tmp_path)
        words = nightdesk("check", "--probe", cwd=tmp_path).stdout
    good, moved, wall, shown = map(json.loads, probed.stdout.splitlines())
    assert probed.returncode == 1
    assert (good["outcome"], good["format"], good["entries"]) == ("ok", "rss20", 1)
    assert good["etag"]
    assert moved["moved_to"].endswith("/feed?moved")
    assert wall["trouble"] == "bot_wall"
    assert wall["advice"]
    assert shown["feeds"] == [urls[0]]
    assert "bot protection" in words


def test_a_gone_feed_is_listed_with_advice_and_can_be_resumed(tmp_path: Path) -> None:
    with FakeFeeds().in_background() as publisher:
        publisher.fault("/feed", fake.status(410), times=1)
        write_config(tmp_path, publisher.url())
        nightdesk("run", "--once", cwd=tmp_path)
        listed = nightdesk("feeds", "list", "--json", cwd=tmp_path)
        resumed = nightdesk("feeds", "resume", publisher.url(), cwd=tmp_path)
        publisher.serve("/feed", rss("Alpha breach"))
        nightdesk("run", "--once", cwd=tmp_path)
        after = nightdesk("feeds", "list", "--json", cwd=tmp_path)
    assert json.loads(listed.stdout)["condition"] == "gone"
    assert json.loads(listed.stdout)["advice"]
    assert resumed.returncode == 0, resumed.stderr
    assert json.loads(after.stdout)["condition"] == "well"
