"""The commands around the bot: preview, feeds list, doctor, and a bar where somebody watches."""

import asyncio
import contextlib
import json
import os
import pty
import sqlite3
import subprocess
import sys
from email.utils import formatdate
from pathlib import Path

from digests.archive.store import Archive
from digests.model import (
    Channel,
    Comment,
    CommentId,
    Destination,
    Posted,
    PostState,
    Press,
    Target,
)
from digests.testing import START, build_story
from tests.contract.archives import card, of_story, poll
from tests.e2e.test_process import ENV, ROOT, nightdesk, write_config
from tests.fakefeeds import FakeFeeds, status
from tests.services.test_desk import rss


def test_a_preview_shows_named_stories_of_the_archive_in_one_page(tmp_path: Path) -> None:
    with FakeFeeds({"/feed": rss("Alpha breach", "Beta flaw")}).in_background() as publisher:
        write_config(tmp_path, publisher.url())
        cards = nightdesk("run", "--once", cwd=tmp_path).stdout
        newest = nightdesk("preview", "--language", "ar", cwd=tmp_path)
    assert newest.stdout == "preview.html: 2 cards\n", newest.stderr
    page = (tmp_path / "preview.html").read_text("utf-8")
    assert "Alpha breach" in page
    assert "<script" not in page
    assert "src=" not in page
    key = next(line for line in cards.splitlines() if " seen " in line).split("·")[-1].strip()
    one = nightdesk("preview", key, "--output", "one.html", cwd=tmp_path)
    assert one.stdout == "one.html: 1 card\n", one.stderr


def test_a_preview_of_an_empty_archive_shows_the_demos_newsroom(tmp_path: Path) -> None:
    shown = nightdesk("preview", cwd=tmp_path)
    said = "preview.html: 6 cards of the demo's invented stories: the archive has none yet\n"
    assert shown.stdout == said, shown.stderr
    assert ".example" in (tmp_path / "preview.html").read_text("utf-8")


def test_a_preview_says_what_it_cannot_show(tmp_path: Path) -> None:
    for arguments, code, said in (
        (("--language", "xx"), 2, "there are ar"),
        (("k7f3",), 1, "no such archive"),
        (("--output", "no/such/folder.html"), 1, "could not be written"),
        (("--channel", "soc"), 2, "feeds.yaml"),
    ):
        shown = nightdesk("preview", *arguments, cwd=tmp_path)
        assert shown.returncode == code
        assert said in shown.stderr
        assert "Traceback" not in shown.stderr


def test_a_channels_rules_are_tried_on_what_came_in(tmp_path: Path) -> None:
    with FakeFeeds({"/feed": rss("Alpha breach", "Beta flaw")}).in_background() as publisher:
        write_config(tmp_path, publisher.url())
        nightdesk("run", "--once", cwd=tmp_path)
    config = tmp_path / "feeds.yaml"
    rule = "channels:\n  - {name: soc, to: 'slack:#soc', only: alpha, post: daily at 08:30}\n"
    config.write_text(config.read_text("utf-8").replace("channels:\n", rule), "utf-8")
    shown = nightdesk("preview", "--channel", "soc", "--since", "9999d", cwd=tmp_path)
    assert "2 stories: 0 cards, 1 in digests, 1 not told" in shown.stdout, shown.stderr
    assert "post: daily at 08:30" in shown.stdout
    assert all(len(line) <= 80 for line in shown.stdout.splitlines())
    assert "does not match only: alpha" in shown.stdout
    wrong = nightdesk("preview", "--channel", "ops", cwd=tmp_path)
    assert wrong.returncode == 2
    assert "soc" in wrong.stderr
    assert nightdesk("preview", "--channel", "soc", "--since", "x", cwd=tmp_path).returncode == 2


def test_a_feeds_state_is_told_in_words(tmp_path: Path) -> None:
    today = rss("Alpha breach", published=formatdate(usegmt=True))
    with FakeFeeds({"/feed": today}).in_background() as publisher:
        write_config(tmp_path, publisher.url())
        before = nightdesk("feeds", "list", cwd=tmp_path).stdout
        nightdesk("run", "--once", cwd=tmp_path)
        after = nightdesk("feeds", "list", cwd=tmp_path).stdout
    assert "not asked yet" in before
    assert "well" in after
    assert "ago" in after
    assert " in " in after


def test_doctor_names_the_way_to_each_platform_and_ends_well(tmp_path: Path) -> None:
    write_config(tmp_path, "http://127.0.0.1:9/feed")
    shown = nightdesk("doctor", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert "https://api.slack.com/apps?new_app=1&manifest_json=" in shown.stdout
    assert "docs/discord.md" in shown.stdout
    assert "all is well" in shown.stdout


def test_doctor_does_not_call_a_platform_connected_that_cannot_be_asked(tmp_path: Path) -> None:
    write_config(tmp_path, "http://127.0.0.1:9/feed")
    nowhere = {"DISCORD_TOKEN": "a-token", "DISCORD_API_URL": "http://127.0.0.1:9/api/v10"}
    told = nightdesk("doctor", cwd=tmp_path, **nowhere)
    assert told.returncode == 1
    assert "1 problem" in told.stdout
    assert "its token works" not in told.stdout
    assert "invite" not in told.stdout


def test_doctor_and_the_list_of_feeds_say_the_same_of_a_feed_that_is_gone(tmp_path: Path) -> None:
    with FakeFeeds({"/feed": rss("Alpha breach")}).in_background() as publisher:
        publisher.fault("/feed", status(410))
        write_config(tmp_path, publisher.url())
        file = tmp_path / "feeds.yaml"
        model = 'summariser: {url: "http://127.0.0.1:9/v1", model: local}\n'
        file.write_text(file.read_text() + model)
        nightdesk("run", "--once", cwd=tmp_path)
        told = nightdesk("doctor", cwd=tmp_path)
        listed = nightdesk("feeds", "list", "--json", cwd=tmp_path)
    feed = json.loads(listed.stdout)
    assert told.returncode == 1
    assert "gone" in told.stdout
    assert feed["advice"] == "Take it out of feeds.yaml, or look for its new address on the site."
    assert feed["advice"] in told.stdout
    assert "summariser: local does not answer (no answer: " in told.stdout
    assert "2 problems" in told.stdout


def everything(terminal: int) -> bytes:
    """All that was written to a terminal whose other side is closed: it may come in pieces."""
    pieces = []
    with contextlib.suppress(OSError):  # how a terminal says that nobody writes any more
        while piece := os.read(terminal, 65536):
            pieces.append(piece)
    return b"".join(pieces)


def test_a_bar_is_drawn_only_where_a_terminal_watches(tmp_path: Path) -> None:
    with FakeFeeds({"/feed": rss("Alpha breach")}).in_background() as publisher:
        write_config(tmp_path, publisher.url())
        unwatched = nightdesk("check", "--probe", cwd=tmp_path)
        ours, theirs = pty.openpty()
        watched = subprocess.run(
            [sys.executable, "-m", "bot", "check", "--probe"],
            cwd=tmp_path, env=ENV | {"PYTHONPATH": ROOT, "TERM": "xterm"}, timeout=120,
            stdout=subprocess.PIPE, stderr=theirs, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        os.close(theirs)
        drawn = everything(ours)
        os.close(ours)
    assert unwatched.stderr == ""
    assert watched.returncode == 0
    assert b"Polling" in drawn
    assert b"1/1" in drawn
    assert b"Polling" not in watched.stdout


async def comment_that_waits(database: Path) -> None:
    """An archive with a story that was told, and a comment under its card."""
    place, story = Destination("slack", "C1"), build_story(1)
    archive = await Archive.open(database)
    await archive.commit_poll(poll(of_story(story, 1), posts=(card(1, place),)))
    (post,) = await archive.outbox.in_state(PostState.QUEUED)
    await archive.outbox.begin(post, watermark="", now=START)
    await archive.outbox.settle(post.id, Posted("m1"), now=START, shown=post.wanted)
    written = Comment(CommentId(0), story.id, "slack:U1", "Ana", "We saw this too.", START)
    review = Channel("review of comments", Target("slack", "#review"))
    press = Press("t1", "slack:U1", place, START)
    assert isinstance(await archive.readers.comment(press, written, review), Comment)
    await archive.close()


def test_what_waits_for_editors_is_told_in_the_terminal_and_by_doctor(tmp_path: Path) -> None:
    write_config(tmp_path, "http://127.0.0.1:9/feed")
    asyncio.run(comment_that_waits(tmp_path / "nightdesk.db"))
    waits = nightdesk("review", cwd=tmp_path)
    assert "We saw this too." in waits.stdout, waits.stderr
    assert "slack:U1" in waits.stdout
    assert "Comments: 1 wait for an editor" in nightdesk("doctor", cwd=tmp_path).stdout


def test_doctor_says_in_one_line_that_another_program_holds_the_database(tmp_path: Path) -> None:
    write_config(tmp_path, "http://127.0.0.1:9/feed")
    nightdesk("doctor", cwd=tmp_path)
    with contextlib.closing(sqlite3.connect(tmp_path / "nightdesk.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        told = nightdesk("doctor", cwd=tmp_path)
    assert told.returncode == 1
    assert told.stderr.splitlines()[-1].startswith("nightdesk.db: another program holds it")
    assert "Traceback" not in told.stderr


def test_wrong_use_ends_with_2_and_says_what_would_be_right(tmp_path: Path) -> None:
    for arguments, said in (
        (("run",), "feeds.yaml: there is no such file (docs/configure.md"),
        (("run", "--all"), "--all goes with --once only"),
        (("run", "--json"), "--json goes with --once only"),
    ):
        ended = nightdesk(*arguments, cwd=tmp_path)
        assert ended.returncode == 2
        assert ended.stderr.startswith(said)


def test_a_program_reads_the_mistakes_of_a_file_with_their_places(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text("feeds:\n  - {url: https://a.example/, naem: A}\n")
    checked = nightdesk("check", "--json", cwd=tmp_path)
    (problem,) = json.loads(checked.stdout)["problems"]
    assert checked.returncode == 2
    assert (problem["file"], problem["line"], problem["column"]) == ("feeds.yaml", 2, 31)
    assert problem["hint"] == "did you mean name?"


def test_a_round_ends_with_what_was_asked_and_what_could_not_be_read(tmp_path: Path) -> None:
    with FakeFeeds({"/feed": rss("Alpha breach")}).in_background() as publisher:
        write_config(tmp_path, publisher.url())
        file = tmp_path / "feeds.yaml"
        file.write_text(f'{file.read_text()}  - {{url: "{publisher.url("/none")}"}}\n')
        ended = nightdesk("run", "--once", cwd=tmp_path)
    said = "2 feeds asked, 1 not read (`nightdesk feeds list` says why): 1 new story"
    assert said in ended.stderr.splitlines()


def test_answers_fit_the_window_and_end_with_1_where_the_question_makes_no_sense(
    tmp_path: Path,
) -> None:
    with FakeFeeds({"/feed": rss("Alpha breach at the harbour office")}).in_background() as one:
        write_config(tmp_path, one.url())
        nightdesk("run", "--once", cwd=tmp_path)
    for arguments, code in (
        (("search", "harbour"), 0),
        (("search", "nowhere"), 0),
        (("watch", "list"), 0),
        (("cve", "seven"), 1),
        (("digest", "soon"), 1),
        (("publishers", "nobody"), 1),
        (("watch", "remove", "12"), 1),
        (("watch", "add", "is:kex"), 1),
        (("watch", "quiet", "late"), 1),
    ):
        ended = nightdesk(*arguments, cwd=tmp_path, COLUMNS="60")
        assert ended.returncode == code, arguments
        assert all(len(line) <= 60 for line in ended.stdout.splitlines() if "://" not in line)
        assert ended.stdout.startswith("── ")
