"""Single values: durations, addresses, targets, secrets, places inside a scalar."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.config.durations import guess
from digests.config.durations import parse as parse_duration
from digests.config.places import Lines, inside
from digests.config.sheet import Refused
from digests.config.tree import Scalar, compose
from digests.config.urls import normal_url
from digests.text.links import canonical, registrable_domain
from digests.text.masks import find_tokens, masked, quoted


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("1m", 60), ("90m", 5400), ("6h", 21600), ("3d", 259200), ("2w", 1209600)],
)
def test_durations(written: str, seconds: int) -> None:
    assert parse_duration(written) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "written",
    ["", "m", "15", "01m", "1.5h", "-1m", "1 m", "1M", "1mo", "1y", "٣m", "1m\n", "9" * 7 + "m"],
)
def test_no_durations(written: str) -> None:
    assert parse_duration(written) is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("15 minutes", "15m"),
        ("15min", "15m"),
        ("1 hour", "1h"),
        ("1h30m", "90m"),
        ("1 hour, 30 minutes", "90m"),
        ("1 day and 12 hours", "36h"),
        ("1.5 h", "90m"),
        ("90", "90m"),
        ("2 weeks", "14d"),
        ("45 seconds", "1m"),
        ("soon", ""),
        ("12:30", ""),
        ("1e3", ""),
        ("0 minutes", ""),
        ("1" * 50, ""),
    ],
)
def test_what_was_meant_by_a_duration(written: str, meant: str) -> None:
    assert guess(written) == meant


@given(st.text(max_size=50))
def test_what_is_guessed_is_a_duration(written: str) -> None:
    meant = guess(written)
    assert not meant or parse_duration(meant)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://news.example", "https://news.example"),
        ("HTTP://News.Example./Feed?A=b#C", "http://news.example/Feed?A=b#C"),
        ("https://news.example:00443/", "https://news.example:443/"),
        ("https://news.example:/", "https://news.example/"),
        ("https://bücher.example/ü", "https://xn--bcher-kva.example/ü"),
        ("https://пример.example/", "https://xn--e1afmkfd.example/"),
        ("https://日本語abc.example/", "https://xn--abc-s08fl0dtz6h.example/"),
        ("https://[::1]:8080/feed", "https://[::1]:8080/feed"),
        ("https://[2001:DB8:0::1]/", "https://[2001:db8::1]/"),
        ("https://10.0.0.1/feed", "https://10.0.0.1/feed"),
        ("https://intranet/feed", "https://intranet/feed"),
        ("https://news.example/a@b:c", "https://news.example/a@b:c"),
    ],
)
def test_addresses(written: str, read: str) -> None:
    assert normal_url(written) == read


@pytest.mark.parametrize(
    "written",
    [
        *(
            "",
            "https",
            "https:",
            "https:/",
            "https://",
            "https://:80/",
            "https://@/",
            "https://a@b/",
        ),
        *(
            "https://①②⑦.⓪.⓪.①.5/",
            "https://127。1/",
            "https://a b/",
            "https://a\tb/",
            "https://a\\b/",
        ),
        *(
            "https://a/\x00",
            "https://a/\u202e",
            "https://a/\ud800",
            "https://[/",
            "https://[::1]x/",
        ),
        *("https://a:65536/", "https://a:+1/", "https://a:１/", "https://a:1_0/", "file:///x"),
        *("https://аbс.example/", "https://" + "ü" * 300 + "/", "https://xn--.example/x y"),
        *(
            "https://" + "a." * 130 + "b/",
            "http://" + "a" * 64 + ".example/",
            "https://a/" + "b" * 65_536,
        ),
        *("ht\ntps://a/", " https://a/", "https://a/ ", "http:\\\\a/", "view-source:https://a/"),
    ],
)
def test_no_addresses(written: str) -> None:
    with pytest.raises(Refused):
        normal_url(written)


@given(st.text(max_size=60).map(lambda text: f"https://{text}"))
def test_an_address_is_read_once_and_then_stays(written: str) -> None:
    try:
        read = normal_url(written)
    except Refused:
        return
    assert normal_url(read) == read


TOKENS = [
    "xox" + "b-1234567890-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx",
    "xox" + "e.xoxp-1-Mi0yLTEyMzQ1Njc4OTAx",
    "xap" + "p-1-A0123456789-1234567890123-abcdef0123456789",
    "M" + "TE5ODc2NTQzMjEwOTg3NjU0Mw" + ".GAbCdE." + "x" * 38,
    "https://hooks.slack.com/" + "services/T00000000/B00000000/abcdefabcdefabcdef",
    "https://discord.com/api/" + "webhooks/123456789012345678/abcdefghijklmnopqrstuvwxyz_-0123",
    "gh" + "p_" + "a" * 36,
    "AK" + "IA" + "ABCDEFGHIJKLMNOP",
    "-----BEGIN RSA " + "PRIVATE KEY-----",
]


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("around", ["{}", "a: '{}'", "# {}", "https://x.example/{}/y", "é{}"])
def test_tokens_are_found_and_masked(token: str, around: str) -> None:
    text = around.format(token)
    assert [kind for _, kind in find_tokens(text)]
    assert token[8:] not in masked(text)
    assert token[8:] not in quoted(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://krebsonsecurity.com/feed/",
        "xoxb-…",
        "slack:#xoxb-team",
        "https://discord.com/api/webhooks",
        "https://medium.com/feed/@some-long-name-of-a-person.with.dots-and-a-long-tail-of-words",
        "https://www.youtube.com/feeds/videos.xml?channel_id=UC-8Ba047kFinfgp3sO53qcA",
        "https://n.example/?author=me&design=2&keyword=x",
    ],
)
def test_what_is_no_secret_stays_as_it_is(text: str) -> None:
    assert not list(find_tokens(text))
    assert masked(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://bob:hunter2@n.example/", "https://***@n.example/"),
        ("https://hunter2@n.example/", "https://***@n.example/"),
        ("https://n.example/?Token=hunter2&a=b", "https://n.example/?Token=***&a=b"),
        ("https://n.example/?a=b;api-key=hunter2#x", "https://n.example/?a=b;api-key=***#x"),
        ("https://n.example/?feed_token=hunter2", "https://n.example/?feed_token=***"),
        ("https://n.example/?token=${T}", "https://n.example/?token=${T}"),
    ],
)
def test_secrets_in_addresses_are_masked(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_a_quotation_is_one_line_and_not_endless() -> None:
    assert quoted("a\nb\x00\u202e\ud800") == '"a\\nb\\x00\\u202e\\ud800"'
    assert len(quoted("x" * 10_000)) == 72


@given(st.text(alphabet="ab\r\n", max_size=30))
def test_lines_count_as_editors_do(text: str) -> None:
    lines = Lines(text)
    pieces = text.replace("\r\n", "\0\n").replace("\r", "\n").replace("\0\n", "\n\0").split("\n")
    assert lines.place(len(text))[0] == len(pieces)
    for index in range(len(text) + 1):
        line, column = lines.place(index)
        assert line >= 1
        assert column >= 1


SCALARS = [
    "plain words here",
    "plain words\n    folded here",
    "'it''s single quoted'",
    '"double \\"quoted\\" \\x41\\u00e9 tail"',
    '"folded\n    over lines \\\n    and back"',
    "|\n  literal\n  lines\n",
    ">\n  folded\n  lines\n\n  twice\n",
    "|-\r\n  windows\r\n  lines\r\n",
]


@pytest.mark.parametrize("written", SCALARS)
def test_a_place_in_a_value_is_found_in_the_file(written: str) -> None:
    text = f"a: {written}"
    root, _ = compose(text, Lines(text))
    assert root is not None
    value = root.pairs[0][1]  # type: ignore[union-attr]  # a mapping, or the test fails
    assert isinstance(value, Scalar)
    source = text[value.start : value.end]
    for offset, character in enumerate(value.text):
        if character.isalpha() and character not in "Aé":
            assert source[inside(source, value.text, offset)] == character
    assert inside(source, value.text, len(value.text)) == len(source)


@given(st.text(max_size=40), st.text(max_size=40), st.integers(0, 50))
def test_a_place_is_always_inside(written: str, value: str, offset: int) -> None:
    assert 0 <= inside(written, value, offset) <= len(written)


@given(st.from_regex(r"[a-zé0-9_.-]{1,20}(?::[0-9]{1,5})?(?:/[!-~é]{0,20})?", fullmatch=True))
def test_every_address_that_is_accepted_has_an_identity_and_a_publisher(rest: str) -> None:
    try:
        url = normal_url(f"https://{rest}")
    except Refused:
        return
    assert canonical(url)
    assert registrable_domain(url)
