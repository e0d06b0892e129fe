"""The terminal: what it prints at every width and in both directions, and what never gets through."""

import errno
import io
import re
import threading
import unicodedata
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from bot.platforms.terminal.chat import TerminalChat, on_stream
from bot.platforms.terminal.layout import column, styled
from bot.platforms.terminal.render import NARROWEST, WIDE, WIDEST, harmless, text
from digests.cards.compose import compose, listing
from digests.model import (
    Content,
    Destination,
    Found,
    Line,
    Listing,
    Notice,
    Posted,
    Rejected,
    Retry,
    Scope,
    Source,
    Span,
    Target,
    Unclear,
)
from digests.testing import START, FakeClock, build_story

if TYPE_CHECKING:
    from bot.platforms import Chat

NOW = START + timedelta(hours=2)
PLACE = Destination("terminal", "")
OURS = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;;[!-~]*\x1b\\")  # colours and links, nothing else
STORY = build_story(
    byline="Jane Doe",
    also=(Source("b.example", "B", "", "https://b.example", START),),
)
HEBREW = "פרצה בשער מאפשרת כניסה ללא סיסמה"


def drawn(content: Content, width: int = 80, *, tty: bool = False) -> str:
    return text(content, now=NOW, width=width, tty=tty)


# --- what stands there -----------------------------------------------------------------------


def test_what_has_no_end_of_its_own_stands_on_a_line_of_its_own() -> None:
    sentences = ("A heading", "A flaw lets attackers in.", "It is old.")
    shown = drawn(compose(replace(STORY, sentences=sentences), "en"))
    assert "   A heading\n   A flaw lets attackers in. It is old.\n" in shown


def test_no_chip_is_broken_at_a_space_of_its_own() -> None:
    card = replace(compose(STORY, "en"), chips=("word " * 13 + "word", "two words", "and one"))
    assert "   two words  and one\n" in drawn(card)


def test_a_card_at_eighty_columns() -> None:
    assert drawn(compose(STORY, "en")) == (
        "── news.example ───────────────────────────────────────────────── 3 hours ago ──\n"
        "   Gateway flaw number 1 lets attackers in without a password\n"
        "   By Jane Doe\n"
        "\n"
        "   A flaw in a widely used gateway lets attackers log in without a password.\n"
        "   The vendor published a fixed version on Monday.\n"
        "\n"
        "   6 s here · 3 min at news.example\n"
        "   Also told by b.example\n"
        "   Vulnerability  CVE-2026-1234\n"
        "\n"
        "   Read full text: https://news.example/1\n"
        "   Example News · seen 2 Mar, 08:00 · k001\n"
    )


def test_a_wide_card_has_its_facts_beside_its_text() -> None:
    rows = drawn(compose(STORY, "en"), WIDE).splitlines()
    assert rows[1].split(" │ ")[1:] == ["6 s here · 3 min at news.example"]
    assert rows[4].startswith("   A flaw in a widely used gateway")
    assert len({row.index("│") for row in rows if "│" in row}) == 1


def test_a_card_without_facts_has_no_column_for_them() -> None:
    bare = build_story(length_here=0, topics=(), cves=())
    assert "│" not in drawn(compose(bare, "en"), WIDEST)


def test_an_arabic_card_runs_from_the_right() -> None:
    rows = drawn(compose(STORY, "ar")).splitlines()
    assert rows[0].endswith("\u2067\u2068news.example\u2069\u2069 ──")
    assert rows[0].startswith("── \u2067قبل 3 ساعات\u2069 ─")
    footer = rows[-1]
    assert cell_len(footer) == 80 - 3
    assert footer.lstrip(" ").startswith("\u2067")
    assert footer.endswith("\u2069")


def test_text_runs_its_own_way_whatever_the_card_says() -> None:
    english = drawn(compose(STORY, "ar"))
    assert "\n   Gateway flaw number 1 lets attackers in" in english
    hebrew = drawn(compose(build_story(headline=HEBREW), "en"))
    assert f"\u2067{HEBREW}\u2069\n" in hebrew


@pytest.mark.parametrize(
    ("told", "rows"),
    [
        (
            "固有名詞、数字を軸に「解説」します。Ciscoの業務ソフトに脆弱性9件。",
            ["固有名詞、数字を軸に「解説」し", "ます。Ciscoの業務ソフトに脆弱", "性9件。"],
        ),
        ("一二三四五六七八九十ランサムウェア", ["一二三四五六七八九十ランサム", "ウェア"]),
        (
            "如果您需要，breach.txt 是一个很好的起点。👩‍👩‍👧‍👦",
            ["如果您需要，breach.txt 是一个", "很好的起点。👩‍👩‍👧‍👦"],
        ),
    ],
)
def test_scripts_without_spaces_break_between_letters_only(told: str, rows: list[str]) -> None:
    lines = column(styled(told), 30, rtl=False).lines
    assert [line.plain.rstrip() for line in lines] == rows


def test_a_list_numbers_its_lines_and_marks_what_was_found() -> None:
    spans = (Span("A "), Span("flaw", hit=True), Span(" in a gateway."))
    found = listing(
        [STORY, build_story(2)],
        title="Search: flaw",
        language="en",
        notes=["Searched as words."],
        footer="2 stories",
        excerpts={STORY.id: spans},
    )
    assert drawn(found).splitlines() == [
        "── Search: flaw ────────────────────────────────────────────────────────────────",
        "   Searched as words.",
        "",
        "   1.  Gateway flaw number 1 lets attackers in without a password",
        "       news.example · 3 hours ago · k001",
        "       A *flaw* in a gateway.",
        "       https://news.example/1",
        "",
        "   2.  Gateway flaw number 2 lets attackers in without a password",
        "       news.example · 3 hours ago · k002",
        "       https://news.example/2",
        "",
        "   2 stories",
    ]
    assert "*" not in drawn(found, tty=True)
    assert "\x1b[1;33mflaw\x1b[0m" in drawn(found, tty=True)


def test_an_empty_list_says_so() -> None:
    assert "No stories." in drawn(listing([], title="Latest", language="en"))


def test_a_notice_keeps_its_lines() -> None:
    rows = drawn(Notice("Help", "first\n\nsecond")).splitlines()
    assert rows[1:] == ["   first", "", "   second"]


def test_a_title_too_long_for_the_rule_stands_below_it() -> None:
    rows = drawn(Notice("word " * 30, "text")).splitlines()
    assert set(rows[0]) == {"─"}
    assert rows[1].startswith("   word word")


def test_colours_and_links_are_for_people_who_look() -> None:
    card = compose(STORY, "en")
    assert "\x1b" not in drawn(card)
    seen = drawn(card, tty=True)
    assert "\x1b]8;;https://news.example/1\x1b\\" in seen
    assert OURS.sub("", seen) == drawn(card)
    assert seen == drawn(card, tty=True)  # no names made by chance


# --- what never gets through -----------------------------------------------------------------

EVIL = (
    "\x1b[2J\x1b[31mred\x07\x9b1A\x1b]8;;https://evil.example\x1b\\"
    "\r\x08\u202eover\u2028\x00 \ud800 [bold]:smile:"
)


def evil_contents() -> list[Content]:
    story = build_story(
        headline=EVIL,
        byline=EVIL,
        publisher=EVIL,
        feed=EVIL,
        url=f"https://x.example/{EVIL}",
        sentences=(EVIL, EVIL),
        topics=(EVIL,),
        also=(Source(EVIL, EVIL, EVIL, EVIL, START),),
    )
    lines = listing([story], title=EVIL, language="en", notes=[EVIL], footer=EVIL, empty=EVIL)
    spans = Line(story.key, EVIL, "", EVIL, START, (Span(EVIL, hit=True), Span(EVIL)))
    return [
        compose(story, "en"),
        compose(story, "ar"),
        lines,
        Listing(EVIL, (spans,), "ar", rtl=True),
        Notice(EVIL, EVIL),
    ]


@pytest.mark.parametrize("tty", [False, True])
@pytest.mark.parametrize("content", evil_contents(), ids=lambda content: type(content).__name__)
def test_nothing_from_outside_moves_colours_or_links(content: Content, tty: bool) -> None:
    shown = drawn(content, tty=tty)
    shown.encode("utf-8")
    left = OURS.sub("", shown) if tty else shown
    assert not [c for c in left if unicodedata.category(c) in {"Cc", "Cs"} and c != "\n"]
    assert "\u202e" not in left
    assert "[bold]:smile:" in left  # no markup of ours either
    assert "\x1b]8;;https://evil" not in shown
    assert "\x1b]8;;https://x.example" not in shown


@given(st.text())
def test_harmless_runs_stay_on_their_line(run: str) -> None:
    tame = harmless(run)
    assert harmless(tame) == tame
    assert len(tame.splitlines()) <= 1
    tame.encode("utf-8")


letters = st.text(st.sampled_from("ab é研攻 عربה\u2068\u2069\u0301👩‍💻-1.\n"), max_size=120)


@settings(max_examples=60, deadline=None)
@given(
    headline=letters,
    told=letters,
    name=letters,
    width=st.sampled_from([0, NARROWEST, 47, 80, WIDE, WIDEST, 500]),
    language=st.sampled_from(["en", "ar"]),
)
def test_no_line_is_longer_than_the_terminal_and_every_isolate_is_closed(
    headline: str, told: str, name: str, width: int, language: str
) -> None:
    story = build_story(headline=headline, sentences=(told,), byline=name, topics=(name, told))
    room = max(NARROWEST, min(width, WIDEST))
    for row in drawn(compose(story, language), width).splitlines():
        assert cell_len(row) <= room or "https://" in row
        depth = 0
        for char in row:
            depth += (char in "\u2066\u2067\u2068") - (char == "\u2069" and depth > 0)
        assert depth == 0


def test_addresses_are_never_broken() -> None:
    url = "https://news.example/" + "a-long-path/" * 20
    assert url in drawn(compose(build_story(url=url), "en"), NARROWEST)
    assert f"\u2068{url}\u2069" in drawn(compose(build_story(url=url), "ar"), NARROWEST)


# --- the chat --------------------------------------------------------------------------------


def chat(write, **changes) -> TerminalChat:
    return TerminalChat(write, FakeClock(NOW), **changes)


async def post(terminal: TerminalChat, *, plain: bool = False):
    card = compose(STORY, "en")
    return await terminal.post(PLACE, card, mark="m4rk", nonce="n", plain=plain)


async def test_a_card_is_printed_whole_and_once() -> None:
    printed: list[str] = []
    terminal: Chat = chat(printed.append)
    assert await post(terminal) == Posted("m4rk")
    assert printed == [drawn(compose(STORY, "en")) + "\n"]


async def test_what_was_begun_is_taken_as_printed_and_edits_leave_it() -> None:
    printed: list[str] = []
    terminal = chat(printed.append)
    assert await terminal.resolve(Target("terminal", "")) == PLACE
    sighting = await terminal.find(PLACE, mark="m4rk", nonce="n", since=START, watermark="")
    assert sighting == Found("m4rk")
    assert await terminal.edit(PLACE, "m4rk", Notice("a", "b"), mark="m4rk") == Posted("m4rk")
    assert printed == []


@pytest.mark.parametrize(
    ("error", "outcome", "scope"),
    [
        (BrokenPipeError(), Rejected, Scope.ACCESS),
        (ValueError("I/O operation on closed file"), Rejected, Scope.ACCESS),
        (UnicodeEncodeError("ascii", "─", 0, 1, "no"), Rejected, Scope.CONTENT),
        (OSError(errno.ENOSPC, "No space left on device"), Unclear, None),
    ],
)
async def test_every_failure_of_the_stream_is_an_outcome(
    error: Exception, outcome: type, scope: Scope | None
) -> None:
    def write(_: str) -> None:
        raise error

    ended = await post(chat(write))
    assert isinstance(ended, outcome)
    assert getattr(ended, "scope", None) == scope


async def test_the_plain_form_fits_terminals_that_know_ascii_only() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), "ascii")
    terminal = on_stream(stream, FakeClock(NOW), {})
    assert isinstance(await post(terminal), Rejected)
    assert await post(terminal, plain=True) == Posted("m4rk")
    stream.seek(0)
    assert stream.read().startswith("-- news.example ----")


async def test_a_stopped_terminal_holds_up_nobody_and_says_so() -> None:
    go_on = threading.Event()
    terminal = chat(lambda _: go_on.wait(20), timeout=0.05)
    try:
        assert isinstance(await post(terminal), Unclear)
        assert isinstance(await post(terminal), Retry)  # proven not begun
    finally:
        go_on.set()
    ended = terminal._under_way
    assert ended is not None
    await ended
    assert await post(terminal) == Posted("m4rk")


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "env", "coloured"),
    [
        (Screen(), {}, True),
        (Screen(), {"NO_COLOR": "1"}, False),
        (Screen(), {"TERM": "dumb"}, False),
        (io.StringIO(), {}, False),
    ],
)
async def test_a_stream_is_coloured_only_where_that_is_wanted(
    stream: io.StringIO, env: dict[str, str], coloured: bool
) -> None:
    await post(on_stream(stream, FakeClock(NOW), env))
    assert ("\x1b[" in stream.getvalue()) == coloured
