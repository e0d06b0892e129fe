"""Feeds put into and taken out of feeds.yaml: nothing else changes, and the result is good."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.config import parse
from digests.config.edits import NewFeed, with_feeds, without_feed, written_urls
from digests.errors import ConfigError

FILE = """\
# my feeds
defaults: {every: 30m}   # slowly

feeds:
  # --- the good ones ---
  - url: https://a.example/feed   # the first
    name: A
    topics: [crime, fraud]

  - name: B          # name first
    url: "https://b.example/feed?x=1"

# below the feeds
channels:
  - {name: desk, to: terminal}
"""


def add(text, *feeds, env=None):
    return with_feeds(text, "feeds.yaml", env or {}, [NewFeed(*f) for f in feeds])


def test_a_feed_is_put_behind_the_others_and_every_other_character_stays():
    changed = add(FILE, ("https://c.example/feed", "C & Co"))
    lines = "  - url: https://c.example/feed\n    name: C & Co\n"
    assert changed.replace(lines, "") == FILE
    assert [f.url for f in parse(changed, "x", {}).feeds][-1] == "https://c.example/feed"


def test_a_feed_is_taken_out_and_the_file_is_as_it_was():
    changed = add(FILE, ("https://c.example/feed", "C"))
    assert without_feed(changed, "feeds.yaml", {}, "https://www.c.example/feed/") == FILE


def test_comments_around_a_feed_that_is_taken_out_stay():
    changed = without_feed(FILE, "feeds.yaml", {}, "https://a.example/feed")
    assert "# --- the good ones ---" in changed
    assert "# the first" not in changed
    assert written_urls(changed, "x") == ("https://b.example/feed?x=1",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing yet\n",
        "feeds:\n",
        "defaults: {every: 1h}",
        "feeds:\ndefaults: {every: 1h}\n",
    ],
)
def test_the_first_feed_of_a_file(text):
    changed = add(text, ("https://c.example/feed",))
    assert written_urls(changed, "x") == ("https://c.example/feed",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("feeds: [{url: https://a.example/feed}]\n", "not written as"),
        ("feeds: {a: b}\n", "no list"),
        ("feeds:\n  - url: [\n", "1"),
    ],
)
def test_what_cannot_be_edited_is_refused_with_its_place(text, words):
    with pytest.raises(ConfigError) as refused:
        add(text, ("https://c.example/feed",))
    assert words in str(refused.value)


def test_a_feed_that_is_there_already_is_refused():
    with pytest.raises(ConfigError, match="the address of another feed"):
        add(FILE, ("https://www.a.example/feed/",))


def test_the_last_feed_cannot_be_taken_out_nor_one_that_others_lean_on():
    with pytest.raises(ConfigError):
        without_feed(add("", ("https://c.example/feed",)), "x", {}, "https://c.example/feed")
    shared = "feeds:\n  - url: https://a.example/\n    topics: &t [crime]\n"
    shared += "  - url: https://b.example/\n    topics: *t\n"
    with pytest.raises(ConfigError):
        without_feed(shared, "x", {}, "https://a.example/")


def test_variables_stay_variables():
    text = FILE + "editors: {slack: [U0123]}\n"
    text = text.replace("x=1", "token=${KEY}")
    changed = add(text, ("https://c.example/feed",), env={"KEY": "s3cret"})
    assert "s3cret" not in changed
    assert "${KEY}" in changed


def test_windows_line_ends_and_a_missing_last_one():
    changed = add("feeds:\r\n  - url: https://a.example/feed", ("https://c.example/feed",))
    assert len(written_urls(changed, "x")) == 2


@given(st.text(max_size=120))
def test_whatever_a_publisher_calls_its_feed_the_file_stays_good(name):
    try:
        changed = add(FILE, ("https://c.example/feed", name), env={"HOME": "/home"})
    except ConfigError:
        return  # a control character, a token: refused, and nothing is written
    feeds = parse(changed, "x", {}).feeds
    assert len(feeds) == 3
    assert feeds[2].every == feeds[0].every
