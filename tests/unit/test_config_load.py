"""What a good feeds.yaml becomes, and how a file is read from the disk."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from digests.config import Defaults, People, Settings, Welcome, load, parse
from digests.config.loader import LARGEST, parse_bytes
from digests.errors import ConfigError
from digests.model import Channel, Feed, Proof, Target

WHOLE = """
defaults: {every: 30m, first: none, welcome: first, keep: 90d, max_age: none, full_text: false}
feeds:
  - url: HTTPS://Www.KrebsOnSecurity.com:443/feed/
    name: Krebs on Security
    country: US
    language: en
    publisher: Krebs.example
    topics: [crime, سرقة]
    security: true
    every: 2h
    first: all
    max_age: 2w
    full_text: true
    headers: {X-Key: "a ${KEY} b", Accept: "text/xml, */*;q=0.1"}
    auth: Bearer ${TOKEN}
    allow_http: true
    user_agent: Reader/1.0 (+https://reader.example)
    was: https://krebsonsecurity.com/rss
  - url: http://127.0.0.1:8080/feed
channels:
  - name: soc
    to: slack:#security-news
    only: topic:crime -podcast
    language: ar
    timezone: Europe/Berlin
    post: each story
    proof: resend
    was: news
  - {name: dm, to: "slack:@alice.b"}
  - {name: id, to: slack:C0123ABC}
  - {name: discord, to: discord:1234567890}
  - {name: here, to: terminal}
readers: {slack: [U0123], discord: [role:4567, 99999999999999999999999]}
editors: {slack: [U0123, W99]}
notices: slack:#ops
network: {allow: [10.1.0.0/16, 192.168.1.7, "fd00::/8"]}
""".replace(", 99999999999999999999999", "")
ENV = {"KEY": "k-1", "TOKEN": "t-2"}


def settings(text: str, **env: str) -> Settings:
    return parse(text, "feeds.yaml", env)


def words(text: str) -> str:
    with pytest.raises(ConfigError) as refused:
        settings(text)
    return str(refused.value)


def test_every_key_reaches_its_feed() -> None:
    feed = settings(WHOLE, **ENV).feeds[0]
    assert feed == Feed(
        url="https://www.krebsonsecurity.com:443/feed/",
        name="Krebs on Security",
        publisher="krebs.example",
        country="US",
        language="en",
        topics=("crime", "سرقة"),
        security=True,
        every=timedelta(hours=2),
        first=None,
        full_text=True,
        max_age=timedelta(days=14),
        headers=(("X-Key", "a k-1 b"), ("Accept", "text/xml, */*;q=0.1")),
        auth="Bearer t-2",
        allow_http=True,
        user_agent="Reader/1.0 (+https://reader.example)",
        was="https://krebsonsecurity.com/rss",
    )


def test_what_a_feed_does_not_say_comes_from_the_defaults() -> None:
    feed = settings(WHOLE, **ENV).feeds[1]
    assert feed == Feed(
        url="http://127.0.0.1:8080/feed",
        name="127.0.0.1:8080",
        publisher="127.0.0.1:8080",
        every=timedelta(minutes=30),
        first=0,
        full_text=False,
        max_age=None,
    )


def test_every_key_reaches_its_channel() -> None:
    channels = settings(WHOLE, **ENV).channels
    assert channels[0] == Channel(
        name="soc",
        to=Target("slack", "#security-news"),
        only="topic:crime -podcast",
        language="ar",
        timezone="Europe/Berlin",
        proof=Proof.RESEND,
        was="news",
    )
    assert [str(channel.to) for channel in channels[1:]] == [
        "slack:@alice.b",
        "slack:C0123ABC",
        "discord:1234567890",
        "terminal",
    ]


def test_the_rest_of_the_file() -> None:
    whole = settings(WHOLE, **ENV)
    assert whole.defaults == Defaults(
        every=timedelta(minutes=30),
        first=0,
        welcome=Welcome.FIRST,
        keep=timedelta(days=90),
        max_age=None,
        full_text=False,
    )
    assert whole.readers == People(slack=frozenset({"U0123"}), discord=frozenset({"role:4567"}))
    assert whole.editors == People(slack=frozenset({"U0123", "W99"}))
    assert whole.notices == Target("slack", "#ops")
    assert whole.allow == ("10.1.0.0/16", "192.168.1.7/32", "fd00::/8")


def test_the_smallest_file_has_every_default() -> None:
    smallest = settings("feeds: [{url: https://news.example/feed}]")
    feed = Feed(url="https://news.example/feed", name="news.example", publisher="news.example")
    assert smallest == Settings(feeds=(feed,))
    assert smallest.readers.everyone
    assert not smallest.editors.everyone
    channel = settings(
        "feeds: [{url: https://news.example/}]\nchannels: [{name: a, to: terminal}]"
    )
    assert channel.channels == (Channel("a", Target("terminal", "")),)


def test_the_representation_of_a_feed_shows_no_secret() -> None:
    whole = repr(settings(WHOLE, KEY="hunter2", TOKEN="hunter3"))
    assert "hunter" not in whole


@pytest.mark.parametrize(
    ("written", "read"),
    [("NO", "NO"), ('"DE"', "DE"), ("'JP'", "JP"), ("EU", "EU"), ("${WHERE}", "FR")],
)
def test_norway_is_a_country(written: str, read: str) -> None:
    text = f"feeds: [{{url: https://news.example/, country: {written}}}]"
    if "$" in written:
        text = text.replace(written, f'"{written}"')
    assert settings(text, WHERE="FR").feeds[0].country == read


@pytest.mark.parametrize(
    "name", ["12:30:45", "2027-03-01", "1_000", "yes", "off", "NO", "0o17x", "1.2.3", "y"]
)
def test_what_old_yaml_took_for_something_else_is_a_text(name: str) -> None:
    assert settings(f"feeds: [{{url: https://n.example/, name: {name}}}]").feeds[0].name == name


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_any_line_end_and_a_byte_order_mark_are_read(line_end: str) -> None:
    text = "feeds:\n  - url: https://news.example/feed\n    every: 1s\n".replace("\n", line_end)
    with pytest.raises(ConfigError) as refused:
        parse_bytes(b"\xef\xbb\xbf" + text.encode(), "f", {})
    (problem,) = refused.value.problems
    assert (problem.line, problem.column) == (3, 12)


def test_a_rule_may_stand_in_a_block() -> None:
    text = "feeds: [{url: https://n.example/}]\nchannels:\n- name: a\n  to: terminal\n  only: >\n"
    assert settings(text + "    topic:crime OR\n    cve:*\n").channels[0].only == (
        "topic:crime OR cve:*\n"
    )


def test_an_address_may_hold_a_variable_and_keeps_it_out_of_messages() -> None:
    text = 'feeds:\n- url: "https://n.example/?token=${T}"\n- url: "https://n.example/?token=${T}"'
    with pytest.raises(ConfigError) as refused:
        settings(text, T="hunter2")
    assert "hunter2" not in str(refused.value)
    one = settings(text.rpartition("\n")[0], T="hunter2").feeds[0]
    assert one.url == "https://n.example/?token=hunter2"


def test_a_variable_is_filled_in_once_only() -> None:
    feed = settings('feeds: [{url: https://n.example/, name: "${A}"}]', A="${B}", B="no").feeds[0]
    assert feed.name == "${B}"


def test_http_may_become_https_with_its_history() -> None:
    text = "feeds: [{url: https://n.example/feed, was: http://n.example/feed}]"
    assert settings(text).feeds[0].was == "http://n.example/feed"


def test_aliases_are_understood() -> None:
    text = (
        "feeds:\n"
        "- {url: https://n.example/1, every: &slow 6h, topics: &t [crime]}\n"
        "- {url: https://n.example/2, every: *slow, topics: *t}\n"
    )
    assert {(f.every, f.topics) for f in settings(text).feeds} == {
        (timedelta(hours=6), ("crime",))
    }


def test_a_large_file_is_refused_before_it_is_read() -> None:
    body = b"#" * LARGEST + b"\n"
    with pytest.raises(ConfigError, match=r"f: larger than 1,024 KiB"):
        parse_bytes(body, "f", {})
    with pytest.raises(ConfigError, match=r"f: larger than 1,024 KiB"):
        parse(body.decode(), "f", {})


def test_a_file_of_the_largest_size_is_read() -> None:
    good = b"feeds: [{url: https://news.example/feed}]\n"
    assert parse_bytes(good + b"#" * (LARGEST - len(good)), "f", {}).feeds


def test_many_problems_are_cut_off_and_counted() -> None:
    lines = words("".join(f"key{n}: 1\n" for n in range(1_000))).splitlines()
    assert len(lines) == 101
    assert lines[-1] == "feeds.yaml: 901 more problems"


def test_load_names_the_file_as_it_was_given(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text("feed: 1\n", "utf-8")
    with pytest.raises(ConfigError) as refused:
        load(path, {})
    assert {problem.file for problem in refused.value.problems} == {str(path)}


def test_what_is_no_file_is_told(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    told = {}
    for path in (tmp_path / "absent", tmp_path, pipe, Path("/dev/zero"), Path("nul\0")):
        with pytest.raises(ConfigError) as refused:
            load(path, {})
        (problem,) = refused.value.problems
        assert problem.line == 0
        told[path.name] = problem.message
    assert told["absent"] == "there is no such file"
    assert told["pipe"] == told["zero"] == "is not a regular file"
    assert told["nul\0"] == "cannot be read: not a path"


def test_a_file_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text("feeds: []", "utf-8")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    with pytest.raises(ConfigError, match="cannot be read: Permission denied"):
        load(path, {})
