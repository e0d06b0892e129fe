"""What the terminal says to whoever types too little, too early or in a narrow window."""

import json
from pathlib import Path

import pytest

from bot.cli.feeds import below_each_other
from tests.e2e.test_feeds_commands import nightdesk
from tests.e2e.test_process import write_config
from tests.fakefeeds import FakeFeeds
from tests.services.test_desk import rss

NAMES = ("Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Zeta", "Eta", "Theta")


@pytest.mark.parametrize("verb", ["search", "story", "cve", "similar", "pause", "retract"])
def test_a_verb_without_what_it_needs_says_what_to_type(tmp_path: Path, verb: str) -> None:
    write_config(tmp_path, "https://a.example/feed")
    done = nightdesk(verb, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"Usage: nightdesk {verb} " in done.stderr
    assert f"\n  nightdesk {verb} " in done.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["feeds.yaml"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("pause", "nosuch"), "feeds.yaml has nothing named nosuch"),
        (("test", "nosuch"), "feeds.yaml has nothing named nosuch"),
        (("retract", "k7f3"), "there is no such archive yet"),
    ],
)
def test_what_has_no_use_yet_makes_no_archive(tmp_path: Path, words, said) -> None:
    write_config(tmp_path, "https://a.example/feed")
    done = nightdesk(*words, cwd=tmp_path)
    assert (done.returncode, said in done.stderr) == (1, True), done
    assert [one.name for one in tmp_path.iterdir()] == ["feeds.yaml"]
    assert nightdesk("pause", "desk", "for the night", cwd=tmp_path).returncode == 0


def test_the_trail_and_what_waits_are_there_for_programs(tmp_path: Path) -> None:
    write_config(tmp_path, "https://a.example/feed")
    nightdesk("pause", "desk", cwd=tmp_path)
    (deed,) = json.loads(nightdesk("audit", "--json", cwd=tmp_path).stdout)
    assert (deed["verb"], deed["what"], "at" in deed) == ("pause", "desk", True)
    assert json.loads(nightdesk("audit", "--json", "--page", "2", cwd=tmp_path).stdout) == []
    waiting = json.loads(nightdesk("review", "--json", cwd=tmp_path).stdout)
    assert waiting == {"comments": [], "held": []}


def test_what_is_like_a_story_has_pages(tmp_path: Path) -> None:
    heads = [f"{name} ransomware strikes the Meridian harbour of {name} town" for name in NAMES]
    with FakeFeeds({"/feed": rss(*heads)}).in_background() as publisher:
        write_config(tmp_path, publisher.url())
        nightdesk("run", "--once", cwd=tmp_path)
    found = json.loads(nightdesk("search", "--json", "alpha", cwd=tmp_path).stdout)
    key = found["stories"][0]["key"]
    pages = [nightdesk("similar", key, "--page", n, cwd=tmp_path).stdout for n in "12"]
    assert ["--page 2 shows more." in one for one in pages] == [True, False]
    told = [[name for name in NAMES[1:] if f"{name} ransomware" in page] for page in pages]
    assert (len(told[0]), set(told[0]) & set(told[1])) == (5, set())
    assert told[1]
    assert nightdesk("similar", key, "--page", "9", cwd=tmp_path).stdout == pages[1]


def test_a_preview_of_the_demo_says_that_it_is_one(tmp_path: Path) -> None:
    said = nightdesk("preview", cwd=tmp_path).stdout
    assert said.startswith("preview.html: 6 cards of the demo's invented stories")


def test_a_feed_that_failed_just_now_is_a_remark_of_doctor(tmp_path: Path) -> None:
    write_config(tmp_path, "http://127.0.0.1:9/feed")
    nightdesk("run", "--once", cwd=tmp_path)
    done = nightdesk("doctor", cwd=tmp_path)
    assert "could not be read the last time (" in done.stdout
    assert (done.returncode, "all is well" in done.stdout) == (0, True), done.stdout


def test_in_a_narrow_window_a_feed_is_told_in_lines() -> None:
    row = ("Alpha Wire", "failing: 503", "3 hours ago", "in 5 minutes", "Nothing to do yet")
    assert below_each_other(row) == [
        "Alpha Wire",
        "    failing: 503",
        "    last success: 3 hours ago; next poll: in 5 minutes",
        "    Nothing to do yet",
    ]
    assert below_each_other(("A", "new", "never", "", ""))[-1] == "    last success: never"
