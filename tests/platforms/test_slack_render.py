"""Any card, list or notice becomes a body that Slack takes, in which text from outside is text."""

import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.commands import Reply
from bot.platforms.slack import render
from bot.platforms.slack.text import cost, escape, fit, web_link
from digests.cards.compose import compose
from digests.model import Alarm, Button, Card, Key, Line, Listing, Notice, Span
from digests.testing import START, build_story
from tests.slackrules import broken_rules, text_length

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "slack"
FSI, PDI = "\u2068", "\u2069"


def card(**changes: Any) -> Card:
    return replace(compose(build_story(), "en"), **changes)


def line(number: int = 1, **changes: Any) -> Line:
    of = Line(Key(f"k{number}"), f"Headline {number}", f"https://n.example/{number}", "N", START)
    return replace(of, **changes)


def everything(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def elements(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The runs of all paragraphs."""
    return [e for b in blocks if b["type"] == "rich_text" for e in b["elements"][0]["elements"]]


def one(blocks: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    (block,) = [b for b in blocks if b["type"] == kind]
    return block


# --- properties ----------------------------------------------------------------------------

# Pieces joined: an alphabet would mix these few in with all of Unicode, where they drown.
PIECES = (
    *"&<>|*_~`@#!: \n\t\x00\x1b\ud800\u2066\u2067\u2068\u2069\u200b\u200f\u202e\u0301",
    *("<!here>", "<@U1>", "&amp;", "<http://a|b>", "xox", "\u0301" * 50, "\u2068VPN\u2069"),
    *("عربي", "מבחן", "漢字", "👩‍👩‍👧‍👦", "🇩🇪", "word ", "a", "x" * 80),
)
hostile = (
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=12)
    .map("".join)
    .flatmap(lambda text: st.sampled_from([text, text, text * 3, text * 90]))
)
addresses = st.one_of(
    st.sampled_from(
        [
            "",
            "https://n.example/a?b=1&c=2|3",
            "http://127.0.0.1:8080/x y",
            "javascript:alert(1)",
            "https://user:pw@n.example/",
            "https://[::1",
            "https://n.example/" + "a" * 2990,
            "https://n.example/" + "ü" * 900,
            "HTTPS://N.example/<script>",
        ]
    ),
    hostile,
)
moments = st.datetimes(timezones=st.just(UTC), min_value=datetime(1900, 1, 1))  # noqa: DTZ001 - naive bounds
verbs = st.sampled_from(["similar", "why-quality", "useful", "noise"])
states = st.text("abcdefghjkmnpqrstuvwxyz23456789:", min_size=1, max_size=90)
few = st.lists(hostile, max_size=5).map(tuple)
cards = st.builds(
    Card,
    key=hostile.map(Key),
    language=st.sampled_from(["en", "ar", "xx"]),
    rtl=st.booleans(),
    headline=hostile,
    url=addresses,
    publisher=hostile,
    byline=hostile,
    at=moments,
    sentences=few,
    reading_time=hostile,
    also=hostile,
    chips=few,
    picture=addresses,
    footer=hostile,
    read_label=hostile,
    exploitation=hostile,
    alarm=st.sampled_from(Alarm),
    quality=hostile,
    indicators=hostile,
    origin=hostile,
    buttons=st.lists(st.builds(Button, hostile, verbs, states), max_size=30).map(tuple),
)
lines = st.builds(
    Line,
    key=hostile.map(Key),
    headline=hostile,
    url=addresses,
    publisher=hostile,
    at=moments,
    excerpt=st.lists(st.builds(Span, hostile, st.booleans()), max_size=4).map(tuple),
)
listings = st.builds(
    Listing,
    title=hostile,
    lines=st.lists(lines, max_size=3).flatmap(
        lambda some: st.sampled_from([tuple(some), tuple(some * 7)])
    ),
    language=st.sampled_from(["en", "ar"]),
    notes=few,
    footer=hostile,
    empty=hostile,
)
notices = st.builds(Notice, title=hostile, text=hostile)
contents = st.one_of(cards, listings, notices)
thorough = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@thorough
@given(contents, st.sampled_from(["m1k2m3", "a"]))
def test_slack_takes_any_content(content: Card | Listing | Notice, mark: str) -> None:
    body = render.message(content, mark=mark)

    assert broken_rules(body, posted=True) == []
    assert text_length(body["blocks"]) <= 10_000
    assert len(body["blocks"]) <= 26


@thorough
@given(contents)
def test_slack_takes_any_content_in_its_plainest_form(content: Card | Listing | Notice) -> None:
    body = render.message(content, mark="m1", plain=True)

    assert "blocks" not in body
    assert broken_rules(body, posted=True) == []
    assert len(body["text"]) < 4_000


@settings(max_examples=40, deadline=None)
@given(contents, st.text("q:AZ09", max_size=90), st.text("q:AZ09", max_size=90))
def test_slack_takes_any_reply(content: Card | Listing | Notice, before: str, after: str) -> None:
    assert broken_rules(render.reply(Reply(content, before, after), replace=True)) == []


@given(hostile, st.integers(1, 400))
def test_a_fitted_text_never_costs_more_than_its_limit(text: str, limit: int) -> None:
    fitted = fit(text, limit)

    assert cost(fitted) == len(escape(fitted).encode("utf-16-le", "surrogatepass")) // 2
    assert cost(fitted) <= limit or limit < 12


@given(hostile)
def test_every_isolate_that_is_opened_is_closed(text: str) -> None:
    depth = 0
    for char in fit(text, 50):
        depth = depth + 1 if char in "\u2066\u2067\u2068" else max(0, depth - (char == PDI))
    assert depth == 0


@given(st.lists(st.builds(Span, hostile, st.booleans()), max_size=4))
def test_an_excerpt_says_what_it_was_given(spans: list[Span]) -> None:
    drawn = elements(render.blocks(Listing("T", (line(excerpt=tuple(spans)),), "en")))
    told = "".join(e.get("text", "") for e in drawn[2:])
    whole = fit("".join(s.text for s in spans), 300)

    assert told.startswith("\n" + whole) if whole else True


# --- golden bodies -------------------------------------------------------------------------

ENGLISH = Card(
    key=Key("k7f3"),
    language="en",
    rtl=False,
    headline="Gateway flaw lets attackers in without a password",
    url="https://news.example/gateway?id=1&ref=a",
    publisher="Example News",
    byline="By Jane Doe",
    at=START,
    sentences=("A flaw lets attackers log in.", "The vendor published a fix on Monday."),
    reading_time="6 s here · 3 min at Example News",
    also="Also told by 2: A, B",
    chips=("CVE-2026-1234", "vulnerability"),
    picture="https://news.example/gateway.png",
    footer="Example News · seen 2 Mar, 09:12 · k7f3",
    read_label="Read full text",
    exploitation="Known to be exploited: CVE-2026-1234 (in KEV since 1 Mar 2026)",
    alarm=Alarm.EXPLOITED,
    quality="News 71 % · Publisher 64 % · #3 in US",
    indicators="Indicators: evil[.]example, 203.0.113[.]7",
    buttons=(Button("Similar", "similar", "k7f3"), Button("Why?", "why-quality", "k7f3")),
)
ARABIC = replace(
    ENGLISH,
    language="ar",
    rtl=True,
    headline="ثغرة في \u2068VPN\u2069 تسمح بالدخول دون كلمة مرور",
    publisher="\u2068Example News\u2069",
    byline="بقلم \u2068Jane Doe\u2069",
    sentences=("تسمح الثغرة للمهاجمين بالدخول.", "نشر المورّد إصلاحًا يوم الاثنين."),
    reading_time="6 ثوانٍ هنا · 3 دقائق لدى \u2068Example News\u2069",
    also="",
    chips=("\u2068CVE-2026-1234\u2069",),
    picture="",
    footer="\u200f\u2068Example News\u2069 · رُصد في 2 مارس، 09:12 · \u2068k7f3\u2069",
    read_label="اقرأ النص الكامل",
    exploitation="معروف استغلالها: \u2068CVE-2026-1234 (في قائمة KEV منذ 1 مارس 2026)\u2069",
    quality="الخبر 71% · الناشر 64% · المرتبة 3 في \u2068US\u2069",
    indicators="مؤشرات: \u2068evil[.]example\u2069، \u2068203.0.113[.]7\u2069",
    buttons=(
        Button("أخبار مشابهة", "similar", "k7f3"),
        Button("لماذا؟", "why-quality", "k7f3"),
    ),
)
FOUND = Line(
    key=Key("k7f3"),
    headline=ENGLISH.headline,
    url=ENGLISH.url,
    publisher="Example News",
    at=START,
    excerpt=(Span("The "), Span("vendor", hit=True), Span(" published a fix on Monday.")),
)
RESULTS = Listing("vendor: 1 story", (FOUND,), "en", notes=("Any word.",), footer="Page 1")


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("card.en", render.message(ENGLISH, mark="m1k2m3")),
        ("card.ar", render.message(ARABIC, mark="m1k2m3")),
        ("card.en.plain", render.message(ENGLISH, mark="m1k2m3", plain=True)),
        ("results.en", render.reply(Reply(RESULTS, "", "q:ab:2"), replace=True)),
    ],
)
def test_a_body_is_drawn_as_it_was_agreed(name: str, body: dict[str, Any]) -> None:
    path = GOLDEN / f"{name}.json"
    if os.environ.get("NIGHTDESK_GOLDEN") == "write":
        path.write_text(json.dumps(body, ensure_ascii=False, indent=2) + "\n", "utf-8")
    assert body == json.loads(path.read_text("utf-8"))


def test_a_cards_buttons_carry_their_verb_and_state() -> None:
    (row,) = [b for b in render.blocks(ENGLISH) if b["type"] == "actions"]

    assert [(b["action_id"], b.get("value")) for b in row["elements"]] == [
        ("nightdesk:read", None),
        ("nightdesk:act:similar", "k7f3"),
        ("nightdesk:act:why-quality", "k7f3"),
    ]


def test_many_chips_are_all_shown_whole() -> None:
    chips = tuple(f"a rather long chip number {n}" for n in range(18))
    shown = everything(render.blocks(card(chips=chips)))

    assert all(chip in shown for chip in chips)


# --- the card ----------------------------------------------------------------------------------


def test_a_card_reads_headline_source_sentences_button_footer() -> None:
    blocks = render.blocks(card(), mark="m1k2m3")

    assert [b["type"] for b in blocks] == [
        "rich_text",
        "context",
        "section",
        "context",
        "context",
        "actions",
        "context",
    ]
    (headline,) = elements(blocks)
    assert headline["url"] == "https://news.example/1"
    assert headline["text"].startswith("Gateway flaw number 1")
    assert "\n" in blocks[2]["text"]["text"]
    assert one(blocks, "actions")["elements"][0]["text"]["text"] == "Read full text"


def test_the_date_is_shown_on_the_clock_of_the_reader() -> None:
    source = render.blocks(card(at=datetime(2014, 2, 18, 14, 39, 42, tzinfo=UTC)))[1]

    assert source["elements"][1] == {
        "type": "mrkdwn",
        "text": "<!date^1392734382^{date_short_pretty} {time}|2014-02-18 14:39 UTC>",
    }


def test_the_mark_stands_in_the_metadata_the_footer_and_its_id() -> None:
    body = render.message(card(), mark="m1k2m3")

    assert body["metadata"] == {
        "event_type": "nightdesk_post",
        "event_payload": {"key": "m1k2m3"},
    }
    footer = body["blocks"][-1]
    assert footer["elements"][0]["text"].endswith(" · m1k2m3")
    assert footer["block_id"] == render.block_id("m1k2m3")
    assert "m1k2m3" in render.plain_text(card(), "m1k2m3")


def test_links_are_never_unfolded() -> None:
    for plain in (False, True):
        body = render.message(card(), mark="m1", plain=plain)
        assert body["unfurl_links"] is False
        assert body["unfurl_media"] is False


def test_a_long_address_opens_from_the_button_alone() -> None:
    url = "https://news.example/" + "a" * 2000
    blocks = render.blocks(card(url=url))

    assert elements(blocks)[0]["type"] == "text"
    assert one(blocks, "actions")["elements"][0]["url"] == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://news.example/" + "a" * 3000,
        "javascript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "vbscript:x",
        "https://bank.com@evil.example/",
        "https:///nowhere",
        "//evil.example",
    ],
)
def test_an_address_that_cannot_be_opened_makes_no_link_and_no_button(url: str) -> None:
    blocks = render.blocks(card(url=url))

    assert elements(blocks)[0]["type"] == "text"
    assert "url" not in everything(blocks)


def test_an_address_is_sent_encoded() -> None:
    assert (
        web_link("https://n.example/a|b>c d\u202e") == "https://n.example/a%7Cb%3Ec%20d%E2%80%AE"
    )
    assert web_link("https://n.example/?a=1&b=%20") == "https://n.example/?a=1&b=%20"


@pytest.mark.parametrize(
    "attack",
    [
        "@everyone",
        "<!here>",
        "<!channel>",
        "<!subteam^S1>",
        "<@U1>",
        "<#C1>",
        "&lt;!here&gt;",
        "<http://evil.example|bank.com>",
        "[google.com](http://evil.example)",
        "<!date^0^{date}|x>",
        ":tada:",
        "```code```",
        "*bold* _it_ ~no~ `c`",
        "> quote",
        "a|b>c",
    ],
)
def test_text_from_outside_is_shown_as_it_is(attack: str) -> None:
    content = card(headline=attack, byline=attack, sentences=(attack,), also=attack)
    body = render.message(content, mark="m1")

    assert broken_rules(body, posted=True) == []
    assert elements(body["blocks"])[0]["text"] == attack
    assert body["blocks"][2]["text"] == {"type": "plain_text", "text": attack, "emoji": False}
    assert body["text"].startswith(escape(attack))


def test_a_picture_stands_beside_the_sentences() -> None:
    section = render.blocks(card(picture="https://news.example/p.png"))[2]

    assert section["accessory"]["image_url"] == "https://news.example/p.png"
    assert section["accessory"]["alt_text"].startswith("Gateway flaw")
    assert "accessory" not in render.blocks(card(picture="file:///p.png"))[2]


def test_isolates_of_the_card_reach_slack_unbroken() -> None:
    arabic = compose(build_story(headline="ثغرة في VPN تسمح بالدخول"), "ar")
    body = everything(render.blocks(arabic, mark="m1"))

    assert body.count(FSI) == body.count(PDI) > 0
    assert "اقرأ النص الكامل" in body


def test_a_cut_never_goes_through_a_grapheme() -> None:
    family = "👩‍👩‍👧‍👦"
    assert fit(family * 50, 40).removesuffix("…").replace(family, "") == ""


def test_a_card_of_nothing_but_marks_still_says_something() -> None:
    bare = Card(
        Key(""), "en", False, "\u2068\u2069", "", "", "", START, (), "", "", (), "", "", ""
    )

    assert broken_rules(render.message(bare, mark="m1"), posted=True) == []


@pytest.mark.parametrize("unit", ["a", "a ", "é", "漢", "&", "<", "👩‍👩‍👧‍👦", "عر ب"])
def test_the_largest_contents_stay_within_every_limit(unit: str) -> None:
    long = unit * 4000
    largest = Card(
        Key(long), "en", False, long, "https://n.example/" + "a" * 1400, long, long, START,
        (long, long), long, long, (long,) * 20, "https://n.example/p.png", long, long,
        long, Alarm.EXPLOITED, long, long, long, tuple(Button(long, f"act{n}", "k" * 90) for n in range(30)),
    )  # fmt: skip
    one_line = line(headline=long, publisher=long, excerpt=(Span(long), Span(long, hit=True)))
    listing = Listing(long, (one_line,) * 30, "en", notes=(long,) * 9, footer=long, empty=long)
    for content in (largest, listing, Notice(long, long)):
        body = render.message(content, mark="m1k2m3")
        assert broken_rules(body, posted=True) == []
        assert text_length(body["blocks"]) <= 10_000


def test_a_picture_of_a_card_without_words_still_has_a_description() -> None:
    body = render.message(card(headline=" ", picture="https://n.example/p.png"), mark="m1")

    assert broken_rules(body, posted=True) == []


@pytest.mark.parametrize("content", [Listing("", (), "en"), Notice(" ", "\u2068\u2069")])
def test_content_without_words_is_still_a_message(content: Listing | Notice) -> None:
    body = render.reply(Reply(content))

    assert body["blocks"]
    assert broken_rules(body) == []


# --- lists, notices, replies -------------------------------------------------------------------


def test_a_list_links_each_headline_and_marks_the_hits() -> None:
    spans = (Span("A flaw in "), Span("Ivanti", hit=True), Span(" gear."))
    listing = Listing("Results", (line(excerpt=spans),), "en", notes=("2 more",), footer="Page 1")
    blocks = render.blocks(listing)
    runs = elements(blocks)

    assert runs[0] == {"type": "text", "text": "Results", "style": {"bold": True}}
    assert runs[1]["url"] == "https://n.example/1"
    assert {"type": "text", "text": "Ivanti", "style": {"bold": True}} in runs
    assert [r["type"] for r in runs[-3:]] == ["text", "date", "text"]
    assert runs[-1]["text"] == " · k1"
    assert blocks[1]["elements"][0]["text"] == "2 more"
    assert blocks[-1]["elements"][0]["text"] == "Page 1"


def test_a_hit_at_the_cut_stays_bold_as_far_as_it_goes() -> None:
    spans = (Span("x" * 290), Span("Ivanti Ivanti Ivanti", hit=True))
    runs = elements(render.blocks(Listing("T", (line(excerpt=spans),), "en")))

    assert any(r.get("style") and r["text"].startswith("Ivanti") for r in runs)


def test_twenty_lines_keep_their_links_and_more_are_left_out() -> None:
    long = "A headline of some length about a flaw in a gateway that many companies use " * 3
    url = "https://news.example/" + "a" * 170
    spans = (Span(long), Span("Ivanti", hit=True), Span(long))
    many = tuple(line(n, headline=long, url=url, excerpt=spans) for n in range(25))
    blocks = render.blocks(Listing("Results", many, "en"))

    assert len([r for r in elements(blocks) if r["type"] == "link"]) == 20
    assert text_length(blocks) < 10_000


def test_an_empty_list_says_so() -> None:
    assert "Nothing found." in everything(
        render.blocks(Listing("T", (), "en", empty="Nothing found."))
    )


def test_a_notice_is_a_title_and_lines() -> None:
    blocks = render.blocks(Notice("Help", "/digest search <words>\n/digest latest"))

    assert blocks[1]["text"]["text"] == "/digest search <words>\n/digest latest"


def test_a_long_notice_is_told_to_its_end() -> None:
    lines = [f"{n}. " + "word & word " * 16 + "." for n in range(28)]
    body = render.message(Notice("For review", "\n".join(lines)))

    told = "\n".join(b["text"]["text"] for b in body["blocks"] if b["type"] == "section")
    assert told.split("\n") == lines
    assert broken_rules(body) == []


def test_a_reply_is_for_the_asker_alone_and_pages_in_place() -> None:
    body = render.reply(Reply(Listing("T", (line(),), "en"), "q:ab:1", "q:ab:3"), replace=True)
    previous, following = one(body["blocks"], "actions")["elements"]

    assert body["response_type"] == "ephemeral"
    assert body["replace_original"] is True
    assert (previous["value"], following["value"]) == ("q:ab:1", "q:ab:3")
    assert (previous["text"]["text"], following["text"]["text"]) == ("Previous", "Next")


def test_a_reply_without_more_pages_has_no_buttons() -> None:
    body = render.reply(Reply(Notice("Help", "words")))

    assert not [b for b in body["blocks"] if b["type"] == "actions"]
    assert body["replace_original"] is False


def test_the_buttons_speak_the_language_of_the_reply() -> None:
    body = render.reply(Reply(Listing("نتائج", (line(),), "ar", rtl=True), "", "q:ab:2"))

    assert one(body["blocks"], "actions")["elements"][0]["text"]["text"] == "التالي"
