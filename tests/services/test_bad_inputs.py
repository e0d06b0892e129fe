"""160 inputs that were made to hurt, by number, and the outcome that each must have.

A addresses (1-48), B addresses in the file (49-68), C bodies (69-90), D documents (91-120), E words
on cards (121-152), F links (153-160). What cannot happen to us stands in NOT_HERE, with the reason.
"""

import asyncio
import gzip
import json
import random
import re
import zlib

import pytest

from bot.platforms.discord import render as discord
from bot.platforms.slack import render as slack
from bot.platforms.terminal.layout import harmless
from digests.cards.compose import compose
from digests.config import parse as parse_config
from digests.errors import ConfigError
from digests.feeds.fetch import Fetcher
from digests.model import Document, Fetched, FetchFailed, Trouble
from digests.reading import read, tell
from digests.testing import FakeClock, build_story
from digests.text.links import shown
from digests.text.masks import masked
from digests.web.addresses import AddressRules
from digests.web.client import Client
from tests import fakefeeds as fake
from tests.fakediscord.rules import faults_of
from tests.fakefeeds import FakeFeeds
from tests.forbidden import AS_HOST
from tests.hostilefeeds import hostile_feeds
from tests.services.test_client import CA, FEED, Only, both, canary, outgoing, with_port
from tests.services.test_reading import FEED as ASKED
from tests.services.test_reading import NOTHING, NOW, of_rss
from tests.slackrules import broken_rules

NOT_HERE = {
    "a proxy of one feed (as a way to A)": "feeds have none; the operator's own is judged by name",
    "a picture (as a way to A)": "never fetched by us; test_spellings.py: none is named on a card",
    "G 161-184": "commands, tested with them",
    "H 185-194": "Slack is reached by Socket Mode: no request comes in, none is signed",
    "H 195-198": "one team in one installation",
    "H 203": "the file includes no other",
}
QUIET = re.compile(r"\\.|`[^`\n]*`", re.DOTALL)  # escaped, or inside a code span


# --- A: addresses ---------------------------------------------------------------------------

HOSTS = dict(enumerate(AS_HOST.values(), start=1))


def test_the_addresses_are_numbered_as_they_were_collected():
    assert len(HOSTS) == 42
    assert (HOSTS[1], HOSTS[16], HOSTS[33], HOSTS[42]) == (
        "127.0.0.1",
        "[::1]",
        "169.254.169.254",
        "example.com@127.0.0.1",
    )


@pytest.mark.parametrize("way", ["feed", "redirect", "page"])
@pytest.mark.parametrize("number", HOSTS)
async def test_a_an_address_inside_sees_no_connection(number, way):
    publisher = FakeFeeds()
    client = Client(Only(publisher), FakeClock(), user_agent="x", environment=CA)
    async with canary() as (port, seen), publisher, client:
        url = with_port(HOSTS[number], port)
        if way == "redirect":
            publisher.fault("/feed", fake.redirect(url))
            outcome = await client.get(publisher.url())
        elif way == "page":
            page = shown(url)
            outcome = await Fetcher(client, FakeClock(), random.Random(1), spacing=0).page(page)
        else:
            outcome = await client.get(url)
        refused = {Trouble.BLOCKED_ADDRESS} | ({Trouble.BAD_URL} if way == "page" else set())
        assert outcome.trouble in refused
        assert seen == []


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(["198.41.0.4", "127.0.0.1"], id="43 public, then loopback"),
        pytest.param(["::1", "198.41.0.4"], id="44 AAAA loopback beside a public A"),
        pytest.param(["10.1.2.3"], id="45 another name for a machine inside"),
    ],
)
async def test_a_an_answer_that_leads_inside_sees_no_connection(answer):
    async def lookup(host, port):
        return answer

    async with canary() as (port, seen), outgoing(allow=(), lookup=lookup) as client:
        outcome = await client.get(with_port("news.example", port))
    assert (outcome.trouble, seen) == (Trouble.BLOCKED_ADDRESS, [])


async def test_a_46_ten_steps_that_end_inside_are_not_walked():
    publisher = FakeFeeds()
    client = Client(Only(publisher), FakeClock(), user_agent="x", environment=CA)
    async with canary() as (port, seen), publisher, client:
        for step in range(10):
            publisher.fault(f"/{step}", fake.redirect(f"/{step + 1}"))
        publisher.fault("/10", fake.redirect(with_port("127.0.0.1", port)))
        outcome = await client.get(publisher.url("/0"))
    assert (outcome.trouble, seen) == (Trouble.REDIRECTS, [])


@pytest.mark.parametrize("number", [47, 48])
async def test_a_our_own_port_and_the_databases_are_refused_even_where_loopback_is_open(number):
    port = 5432 if number == 48 else 8099
    rules = AddressRules(["127.0.0.0/8"], ports=[8099])
    async with Client(rules, FakeClock(), user_agent="x", environment=CA) as client:
        outcome = await client.get(f"http://127.0.0.1:{port}/feed")
    assert outcome.trouble is Trouble.BLOCKED_ADDRESS


# --- B: addresses in the file ---------------------------------------------------------------

IN_THE_FILE = {
    49: "file:///etc/passwd",
    50: "gopher://news.example/",
    51: "ftp://news.example/feed",
    52: "data:text/xml,<rss/>",
    53: "javascript:alert(1)",
    54: "feed:file:///etc/passwd",
    55: "https:///feed",
    56: "https://news .example/feed",
    57: "https://news.example/\\r\\nX-Injected: 1",
    58: "https://news.example/\\0",
    59: "https://news.example\\\\@127.0.0.1/",
    60: "https://news.example:0/feed",
    61: "https://news.example:99999/feed",
    62: f"https://{'a' * 70}.example/feed",
    63: "https://a..example/feed",
    64: f"https://news.example/{'a' * 65_536}",
    66: "https://n\u0435ws.example/feed",  # one Cyrillic letter among Latin ones
    67: "https://news.example%2f@127.0.0.1/",
    68: "https://news.example/feed?token=s3cretvalue12345",
}


@pytest.mark.parametrize("number", IN_THE_FILE)
def test_b_an_address_that_no_publisher_has_is_refused_with_its_place(number):
    text = f'channels: [{{name: news, to: terminal}}]\nfeeds:\n  - url: "{IN_THE_FILE[number]}"\n'
    with pytest.raises(ConfigError) as refused:
        parse_config(text, "feeds.yaml", {})
    told = "\n".join(str(problem) for problem in refused.value.problems)
    assert "feeds.yaml:3:" in told
    assert len(told) < 2_000
    assert "s3cret" not in told


def test_b_65_a_lookalike_host_is_shown_as_what_it_is():
    """All its letters are Cyrillic, so it is a name like any other; nobody takes it for ours."""
    text = "channels: [{name: news, to: terminal}]\nfeeds:\n  - url: https://\u0441\u0435\u0441.example/\n"
    (feed,) = parse_config(text, "feeds.yaml", {}).feeds
    assert feed.url.startswith("https://xn--")


def test_b_68_a_secret_in_an_address_is_masked_wherever_it_is_written():
    assert "s3cret" not in masked(IN_THE_FILE[68])


# --- C: bodies ------------------------------------------------------------------------------


def cut_gzip() -> bytes:
    return gzip.compress(FEED, mtime=0)[:-20]


def wrong_sum() -> bytes:
    packed = bytearray(gzip.compress(FEED, mtime=0))
    packed[-6] ^= 0xFF
    return bytes(packed)


def headers(count: int, length: int) -> bytes:
    lines = b"".join(b"X-%d: %s\r\n" % (n, b"a" * length) for n in range(count))
    return b"HTTP/1.1 200 OK\r\n" + lines + b"\r\n"


MULTIPART = b"--x\r\nContent-Type: text/xml\r\n\r\n<rss/>\r\n--x--\r\n"
BODIES = {
    69: fake.coded(fake.gzip_bomb(64 * 2**20), "gzip"),
    70: fake.coded(fake.brotli_bomb(64 * 2**20), "br"),
    71: fake.coded(zlib.compress(bytes(64 * 2**20), 9), "deflate"),
    72: fake.coded(b"\x28\xb5\x2f\xfd" + bytes(40), "zstd"),
    73: fake.coded(gzip.compress(fake.gzip_bomb(2**20)), "gzip, gzip"),
    74: fake.coded(fake.many_members(), "gzip"),
    75: fake.coded(cut_gzip(), "gzip"),
    76: fake.coded(wrong_sum(), "gzip"),
    77: fake.endless(),
    78: fake.slow(),
    79: fake.raw(headers(1_000, 10_000)),
    80: fake.raw(headers(10_000, 10)),
    81: fake.raw(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n" + FEED),
    82: fake.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 9\r\n\r\n<rss/>"),
    83: fake.truncated(FEED),
    84: fake.html_page(),
    85: fake.coded(b'{"status": "ok"}', "identity"),
    86: fake.coded(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj", "identity"),
    87: fake.coded(random.Random(87).randbytes(4_096), "identity"),
    88: fake.coded(b"", "identity"),
    89: fake.coded("<rss><channel><item><title>x</title></item></channel></rss>".encode("utf-16-le"), "identity"),
    90: fake.raw(fake.http(MULTIPART, **{"Content-Type": "multipart/mixed; boundary=x"})),
}  # fmt: skip
READABLE = {89}  # UTF-16 without its mark is told by its look
EMPTY = {90}  # the feed inside the parts is found, and has no entries


@pytest.mark.parametrize("number", BODIES)
async def test_c_a_hostile_body_ends_in_an_outcome_and_holds_up_nobody(number):
    async with both() as (publisher, client):
        publisher.serve("/good", FEED)
        publisher.fault("/feed", BODIES[number])
        hostile = asyncio.create_task(client.get(publisher.url()))
        good = await client.get(publisher.url("/good"))
        outcome = await hostile
    assert isinstance(good, Fetched)
    if isinstance(outcome, Fetched):  # it came whole: then the reader says what it is
        found = _read(outcome.document)
        assert bool(found.drafts) is (number in READABLE)
        assert found.drafts or not found.facts.format or number in EMPTY
    else:
        assert isinstance(outcome, FetchFailed)
        assert outcome.reason


def _read(document):
    return read(document, NOTHING, ASKED, NOW)


# --- D: documents ---------------------------------------------------------------------------

DOCUMENTS = dict(hostile_feeds())
BY_NUMBER = {
    91: "billion laughs",
    92: "laughs behind a comment",
    93: "quadratic entity",
    94: "quadratic under the ratio",
    95: "external file entity",
    96: "external http entity",
    97: "parameter entity",
    98: "external subset",
    99: "include",
    100: "deep and closed",
    101: "deep and unclosed",
    102: "attributes",
    103: "namespaces",
    104: "blanks before the root",
    105: "endless declaration",
    106: "author of letters",
    107: "author of labels",
    108: "style of urls",
    109: "comments in content",
    110: "sections",
    111: "unclosed entries",
    112: "surrogate",
    113: "zero",
    114: "charset punycode",
    115: "charset utf-7",
    116: "charset rot13",
    117: "charset idna",
    118: "zero bytes",
    119: "million entries",
    120: "long title",
}


@pytest.mark.parametrize("number", BY_NUMBER)
def test_d_a_hostile_document_ends_in_an_outcome(number):
    """Its time and memory: test_containment.py, in the real worker."""
    body = DOCUMENTS[BY_NUMBER[number]]
    found = _read(Document("https://a.example/", "https://a.example/", body))
    assert found.total == found.unchanged + len(found.drafts) + len(found.refused)
    assert all(len(one.title) <= 1_000 for one in found.drafts)
    assert "root:" not in repr(found)  # no file was opened


# --- E: words on cards ----------------------------------------------------------------------

WORDS = {
    121: "@everyone",
    122: "@here",
    123: "<@123>",
    124: "<@&123>",
    125: "<#123>",
    126: "<!channel>",
    127: "<!here>",
    128: "<!subteam^S1>",
    129: "<@U1>",
    130: "&lt;!here&gt;",
    131: "<http://evil.example|bank.com>",
    132: "[google.com](http://evil.example)",
    133: "[a](<http://evil.example>)",
    134: "</digest:1>",
    135: "<t:0:R>",
    136: "<:e:1>",
    137: "discord.gg/abc",
    138: "```fence```",
    139: "||spoiler||",
    140: "# heading",
    141: "> quote",
    142: "bank\u202etxt.exe",
    143: "\u2066\u2067\u2068 open",
    144: "CVE-2026\u200b-1234",
    145: "a" + "\u0301" * 1_000,
    146: "seen" + "".join(chr(0xE0000 + ord(c)) for c in "hidden"),
    147: "\x1b[31mred\x1b]8;;http://evil.example\x07here\x1b]8;;\x07",
    148: " \u200b\u2003\u00a0\t",
    149: "word " * 58 + "👩‍👩‍👧‍👦" * 40,
    150: "a\ud800b",
    151: "ثغرة في VPN https://evil.example/a تسمح بالدخول",
    152: " ".join(f"http://evil.example/{n}" for n in range(10_000)),
}
LIVE_ON_DISCORD = re.compile(
    r"@everyone|@here|<[@#/:]|<t:|<id:|<a:|\[[^\]]*\]\(|```|\|\||discord\.gg/|(?m:^(?:#|>) )"
)


def card_of(words: str):
    """Through the whole way: a feed, a draft, what is told of it, a story, its card."""
    escaped = words.encode("utf-8", "replace").decode().replace("&", "&amp;").replace("<", "&lt;")
    found = of_rss(
        f"<item><title>{escaped} told</title><link>https://a.example/1</link>"
        f"<author>{escaped[:200]}</author><category>{escaped[:90]}</category>"
        f"<description>{escaped}. A sentence of words comes after it.</description></item>"
    )
    (draft,) = found.drafts
    told = tell(draft, None)
    story = build_story(headline=draft.title, sentences=told.sentences, topics=draft.topics)
    return compose(story, "en")


def strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for part in parts for text in strings(part)]


@pytest.mark.parametrize("number", WORDS)
def test_e_words_from_outside_are_shown_and_do_nothing(number):
    card = card_of(WORDS[number])
    body = discord.message(card, mark="m1")
    assert faults_of(body) == []
    for text in strings({"embeds": body.get("embeds", []), "content": body.get("content", "")}):
        if not text.startswith("https://"):
            assert not LIVE_ON_DISCORD.search(QUIET.sub("", text)), text
    body = slack.message(card, mark="m1")
    assert broken_rules(body, posted=True) == []
    assert not re.search(r"<[!@#]|<http://evil", body["text"])
    unseen = re.compile(
        "[\u202a-\u202e\u2066\u2067\x00-\x08\x1b\U000e0000-\U000e007f\ud800-\udfff]"
    )
    everything = json.dumps([*strings(body), harmless(card.headline)], ensure_ascii=False)
    assert not unseen.search(everything)


# --- F: links -------------------------------------------------------------------------------

LINKS = {
    153: "javascript:alert(1)",
    154: "data:text/html,x",
    155: "file:///etc/passwd",
    156: "vbscript:x",
    157: "java\tscript:alert(1)",
    158: "https://bank.example@evil.example/",
    160: f"https://a.example/{'a' * 2_048}",
}


@pytest.mark.parametrize("number", LINKS)
def test_f_an_address_that_must_not_be_opened_has_no_button(number):
    link = LINKS[number].replace("\t", "&#9;")
    found = of_rss(f"<item><title>x</title><link>{link}</link></item>")
    (draft,) = found.drafts
    assert draft.shown_link == ""
    card = compose(build_story(url=draft.shown_link), "en")
    for body in (discord.message(card, mark="m"), slack.message(card, mark="m")):
        assert LINKS[number] not in json.dumps(body)


def test_f_159_a_lookalike_is_shown_in_its_real_letters():
    link = "https://b\u0430nk.example/login"  # a Cyrillic letter
    (draft,) = of_rss(f"<item><title>x</title><link>{link}</link></item>").drafts
    assert draft.shown_link == "https://xn--bnk-6cd.example/login"


def test_every_number_is_tried():
    tried = {*HOSTS, 43, 44, 45, 46, 47, 48, *IN_THE_FILE, 65, *BODIES, *BY_NUMBER}
    assert tried | {*WORDS} | {*LINKS, 159} == set(range(1, 161))
    assert all(NOT_HERE.values())
