"""Whatever stands in a feeds.yaml: settings or a ConfigError, soon, and never a secret repeated."""

import random
import re
import time

import pytest

from digests.config.loader import LARGEST, parse_bytes
from digests.config.settings import Settings
from digests.errors import ConfigError

SECRET = "correct-horse-battery-staple"
ENV = {"SECRET": SECRET, "PLACE": "feed"}
SEEDS = r"""
defaults: {every: 15m, first: 3, welcome: digest, keep: 400d, max_age: 3d, full_text: true}
feeds: [{url: https://n.example/feed}]
=====
feeds:
  - url: https://n.example/${PLACE}
    name: 'It''s'
    country: NO
    topics: &t [crime, a-b]
    auth: Bearer ${SECRET}
  - {url: https://m.example, topics: *t}
=====
feeds:
- url: "https://n.example/\u00e9?a=b&c=d"
  headers: {X-Key: '${SECRET}'}
  every: 6h
  was: http://n.example/
=====
feeds: [{url: https://n.example/feed}]
channels:
  - name: soc
    to: slack:#news
    only: >-
      (topic:crime OR cve:*)
      -"bug bounty"
    timezone: Asia/Tokyo
    post: each story
    proof: hold
=====
feeds: [{url: https://n.example/feed}]
readers: {slack: [U0123], discord: ['role:4567', 12]}
editors: {discord: [7]}
notices: discord:1234567890
network: {allow: [10.0.0.0/8, '::1']}
""".split("=====\n")  # noqa: SIM905 - files are read, and written, as files
PIECES = (
    *"[]{}:,-?#&*!|>'\"%@`~\\/ \t\n\r\0.\x1b\x85\u2028\ufeff\u202eß字🙂\ud800",
    *("- ", ": ", "? ", "<<: *t", "*t", "&t ", "!!python/object:os.system ", "---\n", "...\n", "%YAML 1.1\n"),
    *("${SECRET}", "${", "${NOPE}", "$SECRET", "null", "~", "true", "NO", "12:30:45", "0x1F", "1e9", ".inf"),
    *("file:///etc/passwd", "javascript:", "https://a:b@c/", "https://[::1", "xn--", "\\UFFFFFFFF", "\\x"),
    *("every", "url", "quiet", "  ", "\n  - ", "\n    ", "(" * 30, "[" * 60, "{" * 60, "- " * 60, "a" * 1100),
    *("9" * 400, "'" * 3, '"' * 3, "OR", "topic:", "cve:", "-", "\xff", "\r\n", "slack:", "discord:", "#"),
)  # fmt: skip


WORDS = [word for seed in SEEDS for word in re.findall(r"[\w./:#&*$-]+", seed)]


def mutated(rng: random.Random) -> bytes:
    text = rng.choice(SEEDS)
    for _ in range(rng.choice((1, 1, 1, 1, 2, 3, 8))):
        text = edited(text, rng)
    body = text.encode("utf-8", "surrogatepass")
    if rng.random() < 0.05:
        body = bytes(byte ^ (rng.random() < 0.01) * rng.randrange(256) for byte in body)
    return body


def edited(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text) + 1)
    match rng.randrange(8):
        case 0 | 1 | 2:  # a word for another one: the likeliest to go deep
            old = rng.choice(WORDS)
            return text.replace(old, rng.choice(rng.choice((WORDS, PIECES))), rng.choice((1, -1)))
        case 3:
            return text[:at] + rng.choice(PIECES) + text[at:]
        case 4:
            return text[:at] + rng.choice(PIECES) + text[at + rng.randrange(1, 9) :]
        case 5:
            return text[:at] + text[at + rng.randrange(1, 30) :]
        case 6:
            lines = text.splitlines(keepends=True) or [""]
            lines[rng.randrange(len(lines))] = rng.choice(
                rng.choice(SEEDS).splitlines(keepends=True)
            )
            return "".join(lines)
        case _:
            other = rng.choice(SEEDS)
            return text[:at] + other[rng.randrange(len(other)) :]


def generated(rng: random.Random) -> bytes:
    return "".join(rng.choices(PIECES, k=rng.randrange(1, 12))).encode("utf-8", "surrogatepass")


def check(body: bytes) -> bool:
    """Whether it was good; fails on anything but settings or a well-formed ConfigError."""
    try:
        settings = parse_bytes(body, "f", ENV)
    except ConfigError as error:
        assert error.problems
        text = str(error)
        assert SECRET not in text, body
        assert len(text.splitlines()) == len(error.problems), body
        return False
    assert isinstance(settings, Settings)
    return True


def run(seed: int, count: int) -> int:
    rng = random.Random(seed)
    good = 0
    for number in range(count):
        good += check(generated(rng) if number % 5 == 4 else mutated(rng))
    return good


@pytest.mark.parametrize("seed", range(5))
def test_a_thousand_mutated_files_end_in_settings_or_problems(seed: int) -> None:
    good = run(seed, 1_000)
    assert 100 < good < 700  # the files are neither all broken nor all unharmed


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(1_000, 1_200))
def test_a_million_mutated_files_end_in_settings_or_problems(seed: int) -> None:
    run(seed, 5_000)


# A name, what is repeated as long as a file may be (or as often as said), and what stands around.
HOSTILE = (
    ("brackets", "[", "", ""),
    ("braces", "{", "", ""),
    ("dashes", "- ", "", ""),
    ("question marks", "? ", "", ""),
    ("colons", ": ", "", ""),
    ("empty lists", "[],", "[", ""),
    ("keys", "a: b\n", "", ""),
    ("values", "x, ", "a: [", "]"),
    ("plain lines", "a\n", "", ""),
    ("quoted lines", "a\n", '"', ""),
    ("spaces", " ", "", ""),
    ("line ends", "\n", "", ""),
    ("comments", "#\n", "", ""),
    ("tabs", "\t", "", ""),
    ("one word", "a", "", ""),
    ("escapes", "\\n", 'a: "', '"'),
    ("anchors", "- &a x\n", "", ""),
    ("long address", "a", "feeds: [{url: https://", "}]"),
    ("address of signs", "//@", "feeds: [{url: 'https:", "'}]"),
    ("secret query", "?token=", "feeds: [{url: 'https://a/", "'}]"),
    ("long rule", "(", "channels: [{only: '", "'}]"),
    ("rule of words", "a OR ", "channels: [{only: '", "'}]"),
    ("long country", "Ger many", "feeds: [{country: '", "'}]"),
    ("long duration", "1h", "defaults: {every: '", "'}"),
    ("long zone", "Europe/", "channels: [{timezone: '", "'}]"),
    ("long topic", "a-", "feeds: [{topics: ['", "']}]"),
    ("variables", "${A}", "feeds: [{name: '", "'}]"),
    ("open variables", "${", "feeds: [{name: '", "'}]"),
    ("nearly tokens", "xoxb-", "", ""),
    ("nearly webhooks", "hooks.slack.com/", "", ""),
    ("control characters", "\x01", "", ""),
    ("digits", "9", "defaults: {first: ", "}"),
    ("ranges", "1.", "network: {allow: ['", "']}"),
)


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda hostile: hostile[0])
def test_a_hostile_file_is_refused_before_long(hostile: tuple[str, str, str, str]) -> None:
    refuse(*hostile, size=LARGEST // 8)


@pytest.mark.nightly
@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda hostile: hostile[0])
def test_a_hostile_file_as_large_as_may_be(hostile: tuple[str, str, str, str]) -> None:
    refuse(*hostile, size=LARGEST)


def refuse(name: str, piece: str, before: str, after: str, *, size: int) -> None:
    times = (size - len(before) - len(after)) // len(piece)
    started = time.process_time()
    with pytest.raises(ConfigError):
        parse_bytes(f"{before}{piece * times}{after}".encode(), name, {"A": "b"})
    assert time.process_time() - started < 20  # seconds of CPU; the slowest takes about two


def test_two_hundred_feeds_are_read_in_a_second() -> None:
    feed = "  - {{url: https://n{}.example/feed, name: N, country: US, topics: [a, b], security: true}}\n"
    text = "feeds:\n" + "".join(feed.format(n) for n in range(200))
    parse_bytes(text.encode(), "f", {})
    started = time.process_time()
    assert len(parse_bytes(text.encode(), "f", {}).feeds) == 200
    assert time.process_time() - started < 1
