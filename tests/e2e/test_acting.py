"""why and the verbs of editors from the terminal: the process itself, its archive, its exit codes."""

import json
from pathlib import Path

import pytest

from tests.e2e.test_process import nightdesk, write_config
from tests.fakefeeds import FakeFeeds
from tests.services.test_desk import rss


def test_why_and_the_verbs_of_editors_from_the_terminal(tmp_path: Path) -> None:
    feeds = {"/feed": rss("Alpha breach at the harbour", "Beta flaw in the gateway")}
    with FakeFeeds(feeds).in_background() as publisher:
        write_config(tmp_path, publisher.url())
        nightdesk("run", "--once", cwd=tmp_path)
        told = nightdesk("why", "alpha", "breach", cwd=tmp_path)
        assert "began this story" in told.stdout, told.stderr
        found = json.loads(nightdesk("why", "--json", "alpha", "breach", cwd=tmp_path).stdout)
        assert found["steps"][0]["what"] == "new"
        name = found["entries"][0]["feed"]
        assert "is not asked any more" in nightdesk("pause", name, cwd=tmp_path).stdout
        audit = nightdesk("audit", cwd=tmp_path).stdout
    assert " pause " in audit


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("pause", "nosuch"), "The file has nothing named nosuch"),
        (("retract", "zzz9"), "There is no story zzz9"),
        (("story", "zzz9"), "There is no story zzz9"),
    ],
)
def test_what_is_not_there_is_said_and_told_by_the_exit_code(tmp_path: Path, words, said) -> None:
    write_config(tmp_path, "https://a.example/feed")
    nightdesk("run", "--once", cwd=tmp_path)
    done = nightdesk(*words, cwd=tmp_path)
    assert (done.returncode, said in done.stdout) == (1, True), done


@pytest.mark.parametrize("words", [("pause",), ("why", "zzz9")])
def test_what_cannot_be_done_is_said_without_a_traceback(tmp_path: Path, words) -> None:
    write_config(tmp_path, "https://a.example/feed")
    done = nightdesk(*words, cwd=tmp_path)
    assert "Traceback" not in done.stderr
    assert done.stdout or done.stderr


def test_lists_in_the_terminal_have_pages(tmp_path: Path) -> None:
    names = ("Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Zeta")
    feeds = {"/feed": rss(*(f"{name} ransomware in {name} town" for name in names))}
    with FakeFeeds(feeds).in_background() as publisher:
        write_config(tmp_path, publisher.url())
        nightdesk("run", "--once", cwd=tmp_path)
    first = nightdesk("search", "ransomware", cwd=tmp_path).stdout
    assert "--page 2 shows more." in first
    second = nightdesk("search", "ransomware", "--page", "2", cwd=tmp_path).stdout
    assert "shows more" not in second
    assert nightdesk("search", "ransomware", "--page", "9", cwd=tmp_path).stdout == second
    assert all(
        (f"{name} ransomware" in first) != (f"{name} ransomware" in second) for name in names
    )


def test_verbs_that_read_are_answered_in_words_and_for_programs(tmp_path: Path) -> None:
    feeds = {"/feed": rss("Alpha ransomware at the harbour", "Beta flaw in the gateway")}
    with FakeFeeds(feeds).in_background() as publisher:
        write_config(tmp_path, publisher.url())
        nightdesk("run", "--once", cwd=tmp_path)
    found = json.loads(nightdesk("search", "--json", "alpha", cwd=tmp_path).stdout)
    key = found["stories"][0]["key"]
    assert "Alpha ransomware" in nightdesk("latest", cwd=tmp_path).stdout
    card = json.loads(nightdesk("story", key, "--json", cwd=tmp_path).stdout)
    assert card["headline"] == "Alpha ransomware at the harbour"
    assert "█" in nightdesk("trends", "alpha", "30d", cwd=tmp_path).stdout


def test_feeds_of_one_name_are_told_apart_by_their_addresses(tmp_path: Path) -> None:
    one, two = "https://news.example/one", "https://news.example/two"
    write_config(tmp_path, one)
    file = tmp_path / "feeds.yaml"
    file.write_text(f"{file.read_text('utf-8')}  - {{url: '{two}', publisher: news.example}}\n")
    asked = nightdesk("pause", "news.example", cwd=tmp_path)
    paused = nightdesk("pause", two, cwd=tmp_path)
    listed = nightdesk("feeds", "list", cwd=tmp_path)
    states = [
        json.loads(line)
        for line in nightdesk("feeds", "list", "--json", cwd=tmp_path).stdout.splitlines()
    ]
    assert asked.returncode == 1
    assert one in asked.stdout
    assert two in asked.stdout
    assert f"news.example ({two}) is not asked any more" in " ".join(paused.stdout.split())
    assert [state["condition"] for state in states] == ["new", "paused"]
    assert "(https://news" in listed.stdout
