"""What the terminal says to whoever types too little, too early or in a narrow window."""

import asyncio
import json
import shlex
from pathlib import Path

import pytest

from bot.cli.feeds import below_each_other
from digests.archive.store import Archive
from digests.cards.words import words
from digests.model import Source
from digests.testing import START, build_story
from tests.contract.archives import of_story, poll
from tests.e2e.test_feeds_commands import nightdesk
from tests.e2e.test_process import write_config
from tests.fakefeeds import FakeFeeds
from tests.services.test_desk import rss

NAMES = ("Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Zeta", "Eta", "Theta")


@pytest.mark.parametrize(
    "verb", ["search", "story", "cve", "similar", "pause", "retract", "watch add"]
)
def test_a_verb_without_what_it_needs_says_what_to_type(tmp_path: Path, verb: str) -> None:
    write_config(tmp_path, "https://a.example/feed")
    done = nightdesk(*verb.split(), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"Usage: nightdesk {verb} " in done.stderr
    assert f"\n  nightdesk {verb} " in done.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["feeds.yaml"]


@pytest.mark.parametrize(
    "text", ["-podcast since:2026-03-01", "--json", "a -b", '"a b" (c)', "$x"]
)
@pytest.mark.parametrize("verb", ["search", "watch add"])
def test_a_command_that_an_answer_names_can_be_typed(tmp_path: Path, verb: str, text: str) -> None:
    write_config(tmp_path, "https://a.example/feed")
    _, *typed = shlex.split(words("en", "terminal").typed(verb, text))
    done = nightdesk(*typed, cwd=tmp_path)
    assert done.returncode != 2, done.stderr


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("pause", "nosuch"), "feeds.yaml has nothing named nosuch"),
        (("test", "nosuch"), "feeds.yaml has nothing named nosuch"),
        (("retract", "k7f3"), "there is no such archive yet"),
        (("watch", "list"), "there is no such archive yet"),
        (("watch",), "there is no such archive yet"),
        (("watch", "remove", "1"), "there is no such archive yet"),
    ],
)
def test_what_has_no_use_yet_makes_no_archive(tmp_path: Path, asked, said) -> None:
    write_config(tmp_path, "https://a.example/feed")
    done = nightdesk(*asked, cwd=tmp_path)
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


def test_behind_a_story_pages_say_who_told_it(tmp_path: Path) -> None:
    write_config(tmp_path, "https://a.example/feed")
    also = tuple(
        Source(f"p{n}.example", "F", "Told", f"https://p{n}.example/1", START) for n in range(24)
    )
    told, alone = build_story(1, also=also), build_story(2)

    async def build() -> None:
        archive = await Archive.open(tmp_path / "nightdesk.db")
        await archive.commit_poll(poll(of_story(told, 1), of_story(alone, 2)))
        await archive.close()

    asyncio.run(build())
    card, first, second, behind = (
        nightdesk("story", told.key, "--page", n, cwd=tmp_path).stdout for n in "1239"
    )
    assert card.endswith("--page 2 shows more.\n")
    assert ("5 more" in first, first.endswith("--page 3 shows more.\n")) == (True, True)
    assert [f"p{n}.example" in first for n in (0, 18, 19, 23)] == [True, True, False, False]
    assert [f"p{n}.example" in second for n in (0, 18, 19, 23)] == [False, False, True, True]
    assert "more" not in second
    assert behind == second
    assert "--page" not in nightdesk("story", alone.key, cwd=tmp_path).stdout
    listed = json.loads(nightdesk("story", told.key, "--page", "3", "--json", cwd=tmp_path).stdout)
    assert len(listed["stories"]) == 5


@pytest.mark.parametrize("verb", ["latest", "trends", "publishers", "audit", "review"])
def test_where_nothing_was_polled_yet_a_question_says_what_makes_an_archive(
    tmp_path: Path, verb: str
) -> None:
    write_config(tmp_path, "https://a.example/feed")
    done = nightdesk(verb, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "there is no such archive yet; `nightdesk run` makes it" in done.stderr


def test_where_nobody_else_is_a_watch_tells_its_owner(tmp_path: Path) -> None:
    write_config(tmp_path, "https://a.example/feed")
    done = nightdesk("watch", "add", "is:kev", "where:here", cwd=tmp_path)
    assert (done.returncode, "is told to you alone" in done.stdout) == (0, True), done


def test_whoever_has_no_file_is_told_how_to_begin(tmp_path: Path) -> None:
    done = nightdesk("latest", cwd=tmp_path)
    assert done.returncode == 2
    for cure in ("docs/configure.md", "`nightdesk feeds add URL` writes one", "`nightdesk demo`"):
        assert cure in done.stderr


def test_a_part_of_a_name_is_enough_to_be_told_the_whole(tmp_path: Path) -> None:
    write_config(tmp_path, "https://a.example/feed")
    with (tmp_path / "feeds.yaml").open("a", encoding="utf-8") as file:
        file.write("  - {url: 'https://b.example/feed', name: Nightly News of Harbour}\n")
    nightdesk("pause", "desk", cwd=tmp_path)
    for typed in ("harbour", "nightly"):
        said = nightdesk("test", typed, cwd=tmp_path).stdout
        assert "Did you mean Nightly News of Harbour?" in " ".join(said.split())


def test_a_preview_of_the_demo_says_that_it_is_one(tmp_path: Path) -> None:
    said = nightdesk("preview", cwd=tmp_path).stdout
    assert said.startswith("preview.html: 6 cards of the demo's invented stories")


def test_an_archive_named_by_an_address_is_found_by_every_command(tmp_path: Path) -> None:
    write_config(tmp_path, "http://127.0.0.1:9/feed")
    named = ("--database", "sqlite:///news.db")
    assert "no such archive" in nightdesk("latest", *named, cwd=tmp_path).stderr
    nightdesk("run", "--once", *named, cwd=tmp_path)
    (row,) = nightdesk("feeds", "list", "--json", *named, cwd=tmp_path).stdout.splitlines()
    assert json.loads(row)["condition"] != "new", row
    assert nightdesk("latest", *named, cwd=tmp_path).returncode == 0


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
