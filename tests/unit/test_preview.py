"""The preview: what is really sent, drawn so that text stays text and nothing is loaded."""

import re
import shutil
import socketserver
import subprocess
import threading
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.platforms.discord.escape import escape as discord_escape
from bot.platforms.slack.text import escape as slack_escape
from bot.preview import THEMES, page
from bot.preview.discord import _markdown
from bot.preview.html import link, tag, text
from bot.preview.slack import _mrkdwn
from digests.cards.compose import compose, listing, welcome
from digests.model import Content, Notice, Span
from digests.testing import START, build_story

NOW = START + timedelta(hours=2)
EVIL = (
    "<script>document.title='owned'</script><img src=https://evil.example/x onerror=alert(1)>"
    "</pre></style>&lt;b&gt; \"' {x} **bold** *it* `code` [a](https://evil.example) @everyone"
    " <!here> <@U1> <https://evil.example|label> :smile: \x1b[31m\x1b]8;;https://evil.example\x07"
)
VOID = {"meta", "hr"}
TAGS = VOID | {
    *("html", "head", "title", "style", "body", "h1", "h2", "section", "div", "figure"),
    *("figcaption", "span", "a", "b", "i", "code", "pre"),
}


class Reader(HTMLParser):
    """Checks the shape of a page while it collects its words and links."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.open: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.feed(source)
        self.close()
        assert self.open == []

    def handle_starttag(self, name, attributes):
        assert name in TAGS
        for key, value in attributes:
            assert key in {"class", "id", "dir", "lang", "style", "title"} or name in {"meta", "a"}
            if key == "href":
                self.links.append(value)
            if key == "id":
                self.ids.append(value)
        if name not in VOID:
            self.open.append(name)

    def handle_endtag(self, name):
        assert self.open.pop() == name

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.words.append(data)


def shown(fragment: str) -> str:
    return "".join(Reader(fragment).words)


def contents(**changes) -> list[Content]:
    story = build_story(**changes)
    spans = {story.id: (Span("a "), Span("flaw", hit=True), Span(story.headline))}
    return [
        compose(story, "en"),
        compose(story, "ar"),
        listing([story], title=story.headline, language="en", excerpts=spans),
        welcome([story], language="ar"),
        Notice(story.headline, f"{story.headline}\nsecond"),
    ]


def hostile() -> list[Content]:
    return contents(
        headline=EVIL,
        byline=EVIL,
        publisher=EVIL,
        feed=EVIL,
        url="javascript:alert(1)",
        picture="https://evil.example/picture.png",
        sentences=(EVIL, EVIL),
        topics=(EVIL,),
    )


# --- the page --------------------------------------------------------------------------------


def test_each_content_is_seen_on_each_platform_in_each_theme() -> None:
    read = Reader(page(contents(), now=NOW))
    assert read.ids == [
        f"{platform}-{theme}-{number}"
        for number in range(1, 6)
        for platform in ("slack", "discord", "terminal")
        for theme in THEMES
    ]


def test_a_card_is_there_with_all_its_parts_six_times() -> None:
    card = compose(build_story(byline="Jane Doe"), "en")
    words = shown(page([card], now=NOW, mark="m4rk"))
    for part in (card.byline, card.reading_time, card.footer, card.read_label, "CVE-2026-1234"):
        assert words.count(part) == 6
    assert words.count("m4rk") == 4  # chats need it to recognise the post, a terminal does not


def test_links_lead_to_the_story_and_tell_nobody_who_follows_them() -> None:
    source = page(contents(), now=NOW)
    assert set(Reader(source).links) == {"https://news.example/1"}
    assert source.count("<a ") == source.count('rel="noopener noreferrer nofollow"')


@pytest.mark.parametrize("made", [contents, hostile])
def test_the_page_needs_nothing_else(made) -> None:
    source = page(
        made(picture="https://news.example/p.png") if made is contents else made(), now=NOW
    )
    Reader(source)  # only tags and attributes that load nothing
    assert "default-src 'none'; style-src 'unsafe-inline'" in source
    style = source[source.index("<style>") : source.index("</style>")]
    assert not re.search(r"url\(|@import|expression|http", style)


def test_text_from_outside_is_only_text() -> None:
    source = page(hostile(), now=NOW)
    read = Reader(source)
    assert not [link for link in read.links if "evil" in link or "javascript" in link]
    assert 'class="ping"' not in source
    assert "<script>document.title='owned'</script>" in "".join(read.words)
    assert "[a](https://evil.example)" in "".join(read.words)


def test_a_picture_is_a_box_that_says_where_it_would_come_from() -> None:
    source = page([compose(build_story(picture="https://news.example/p.png"), "en")], now=NOW)
    assert source.count('class="picture"') == 4
    assert "p.png" not in source


def test_the_same_cards_give_the_same_page() -> None:
    assert page(hostile(), now=NOW) == page(hostile(), now=NOW)


# --- its parts -------------------------------------------------------------------------------


@given(st.text())
def test_text_comes_back_as_it_was_but_for_what_html_cannot_carry(run: str) -> None:
    kept = re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", "", run)
    kept = re.sub("[\ud800-\udfff]", "\ufffd", kept)
    assert shown(tag("b", text(run))) == kept


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//x", "", "http://a b", "https://a\n", '"']
)
def test_only_web_addresses_become_links(url: str) -> None:
    assert link(url, text("x")) == "<span>x</span>"


def test_an_address_cannot_leave_its_attribute() -> None:
    made = link('https://a/"onclick="x', text("x"))
    assert Reader(made).links == ['https://a/"onclick="x']
    assert made.count('"') == 4


@pytest.mark.parametrize(
    ("source", "drawn"),
    [
        ("**bold** and *it*", "<b>bold</b> and <i>it</i>"),
        (r"\*\*not bold\*\*", "**not bold**"),
        ("`a*b*`", "<code>a*b*</code>"),
        (r"**a \*\* b**", "<b>a ** b</b>"),
        ("<t:1772442000:d>", '<span class="date">02/03/2026</span>'),
        ("<t:1772442000:R>", '<span class="date">1 hour ago</span>'),
        ("-# small", '<span class="small">small</span>'),
        ("@everyone", '<span class="ping">@everyone</span>'),
        (r"\@everyone", "@everyone"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("<b>", "&lt;b&gt;"),
    ],
)
def test_discords_markdown(source: str, drawn: str) -> None:
    assert _markdown(source, NOW) == drawn


@pytest.mark.parametrize(
    ("source", "drawn"),
    [
        ("*bold* _it_ `code`", "<b>bold</b> <i>it</i> <code>code</code>"),
        ("&lt;!here&gt; &amp;", "&lt;!here&gt; &amp;"),
        ("<!here>", '<span class="ping">&lt;!here&gt;</span>'),
        ("<!date^1772442000^{date_short_pretty} {time}|then>", "Mar 2, 2026 09:00"),
        ("<ftp://x|y>", '<span class="ping">&lt;ftp://x|y&gt;</span>'),
    ],
)
def test_slacks_markup(source: str, drawn: str) -> None:
    assert _mrkdwn(source) == drawn


markup = st.text(st.sampled_from("ab*_~`|<>[]()@:/\\#-+.!&1 \n"), max_size=60)


@settings(max_examples=400)
@given(markup | st.lists(st.sampled_from(EVIL.split())).map(" ".join))
def test_what_is_escaped_for_discord_is_drawn_as_it_was(run: str) -> None:
    drawn = _markdown(discord_escape(run), NOW)
    assert "<" not in drawn
    assert shown(tag("b", drawn)) == run.replace("\x1b", "").replace("\x07", "")


@given(markup)
def test_what_is_escaped_for_slack_neither_links_nor_pings(run: str) -> None:
    drawn = _mrkdwn(slack_escape(run))
    assert "<a" not in drawn
    assert "ping" not in drawn


# --- in a browser ----------------------------------------------------------------------------

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_a_browser_shows_it_and_asks_nobody(tmp_path: Path) -> None:
    asked: list[bytes] = []

    class Listener(socketserver.StreamRequestHandler):
        def handle(self):
            asked.append(self.rfile.readline())

    with socketserver.TCPServer(("127.0.0.1", 0), Listener) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        local = f"http://127.0.0.1:{server.server_address[1]}"
        evil = f"<img src={local}/a><script src={local}/b></script>{EVIL}"
        cards = contents(headline=evil, picture=f"{local}/c.png", url=f"{local}/d")
        path = tmp_path / "preview.html"
        path.write_text(page(cards, now=NOW, title="Preview"), "utf-8")
        dom = in_browser(path, tmp_path)
        server.shutdown()
    assert "<title>Preview</title>" in dom
    assert dom.count("<figure>") == 30
    assert asked == []


def in_browser(path: Path, home: Path) -> str:
    command = [
        *(str(CHROMIUM), "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run"),
        *(f"--user-data-dir={home / 'profile'}", "--dump-dom", path.as_uri()),
    ]
    ended = subprocess.run(command, capture_output=True, timeout=120, check=True)
    return ended.stdout.decode("utf-8")
