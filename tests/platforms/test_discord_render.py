"""Content as Discord's JSON: harmless, inside every limit, complete."""

import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commands import Reply
from bot.platforms.discord import controls, render
from bot.platforms.discord.escape import address, escape, fit, units
from digests.model import Alarm, Button, Card, Key, Line, Listing, Notice, Span
from tests.fakediscord.rules import faults_of

AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
CARD = Card(
    key=Key("k7f3"),
    language="en",
    rtl=False,
    headline="Gateway flaw lets attackers in without a password",
    url="https://news.example/gateway",
    publisher="news.example",
    byline="By Jane Doe",
    at=AT,
    sentences=("A flaw lets attackers in.", "A fixed version is out."),
    reading_time="24 s here · 3 min at news.example",
    also="Also told by 2: a.example, b.example",
    chips=("vulnerability", "CVE-2026-1234"),
    picture="https://news.example/picture.jpg",
    footer="Example News · seen 2 Mar, 08:00 · k7f3",
    read_label="Read full text",
    exploitation="Known to be exploited: CVE-2026-1234 (in KEV since 1 Mar 2026)",
    alarm=Alarm.EXPLOITED,
    quality="News 71 % · Publisher 64 % · #3 in US",
    indicators="Indicators: evil[.]example, 203.0.113[.]7",
    buttons=(Button("Similar", "similar", "k7f3"), Button("Why?", "why-quality", "k7f3")),
)
LINE = Line(Key("k001"), "A headline", "https://news.example/1", "news.example", AT)
LISTING = Listing("Found", (LINE,), "en", notes=("Searched as words.",), footer="page 1")
NOTICE = Notice("Help", "/digest search ivanti\n/digest latest", "en")


def embed(content, **kwargs):
    (only,) = render.message(content, **kwargs)["embeds"]
    return only


def test_what_has_no_end_of_its_own_stands_on_a_line_of_its_own():
    card = replace(CARD, sentences=("- A heading", "A flaw lets attackers in.", "It is old."))
    told = embed(card)["description"].split("\n\n")[1]
    assert told == "\\- A heading\nA flaw lets attackers in. It is old."


def test_a_card_has_headline_author_text_and_a_link_button():
    body = render.message(CARD, mark="m4rk", nonce="n1")
    (shown,) = body["embeds"]
    assert shown["title"] == "Gateway flaw lets attackers in without a password"
    assert shown["url"] == "https://news.example/gateway"
    assert shown["author"] == {"name": "news.example · By Jane Doe"}
    known, told, _ = shown["description"].split("\n\n")
    assert known == "**Known to be exploited: CVE-2026-1234 (in KEV since 1 Mar 2026)**"
    assert told == "A flaw lets attackers in. A fixed version is out."
    assert "24 s here · 3 min at news.example" in shown["description"]
    assert "`CVE-2026-1234`" in shown["description"]
    assert shown["timestamp"] == "2026-03-02T08:00:00+00:00"
    assert shown["thumbnail"] == {"url": "https://news.example/picture.jpg"}
    assert body["components"][0]["components"][0]["url"] == "https://news.example/gateway"
    assert (body["nonce"], body["enforce_nonce"]) == ("n1", True)
    assert body["allowed_mentions"] == {"parse": []}
    assert faults_of(body) == []


def test_the_mark_is_the_last_word_of_the_footer():
    assert embed(CARD, mark="m4rk")["footer"]["text"] == f"{CARD.footer} · m4rk"
    assert embed(LISTING, mark="m4rk")["footer"]["text"] == "page 1 · m4rk"
    assert embed(NOTICE, mark="m4rk")["footer"]["text"] == "m4rk"


def test_the_mark_survives_an_endless_footer():
    footer = embed(replace(CARD, footer="word " * 5000), mark="m4rk")["footer"]["text"]
    assert footer.endswith("… · m4rk")


def test_no_mark_no_nonce_nothing_invented():
    body = render.message(NOTICE)
    assert "nonce" not in body
    assert "footer" not in body["embeds"][0]


@pytest.mark.parametrize("content", [CARD, LISTING, NOTICE])
def test_the_plain_form_is_text_alone_and_ends_with_the_mark(content):
    body = render.message(content, mark="m4rk", nonce="n1", plain=True)
    assert body["content"].split()[-1] == "m4rk"
    assert not {"embeds", "components"} & body.keys()
    assert faults_of(body) == []


def test_a_plain_card_shows_its_address_without_unfolding_it():
    body = render.message(CARD, plain=True)
    assert "<https://news.example/gateway>" in body["content"]


def test_an_edit_clears_the_text_of_a_plain_message():
    assert render.edit(CARD, mark="m")["content"] is None


def test_a_long_address_loses_its_button_and_keeps_the_title_link():
    url = "https://news.example/" + "a" * 600
    body = render.message(replace(CARD, url=url, buttons=()))
    assert body["components"] == []
    assert body["embeds"][0]["url"] == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "vbscript:x",
        "https://google.com@evil.example/",
        "https://user:secret@news.example/",
        "https:///news.example",
        "https://news.example/%zz",
        "https://bücher.example/",
        "https://news.example\\@evil.example",
        "https://news.example/" + "a" * 2100,
        "//news.example",
        "not an address",
        "",
    ],
)
def test_an_address_that_may_not_be_trusted_is_no_link_anywhere(url):
    body = render.message(replace(CARD, url=url, picture=url, buttons=()))
    assert not {"url", "thumbnail"} & body["embeds"][0].keys()
    assert body["components"] == []
    assert "<http" not in render.message(replace(CARD, url=url), plain=True)["content"]


def test_an_address_with_foreign_letters_is_encoded():
    assert address("https://news.example/أخبار?q=a b") == (
        "https://news.example/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1?q=a%20b"
    )


def test_a_list_links_headlines_dates_them_and_marks_hits():
    line = replace(LINE, excerpt=(Span("the "), Span("patch", hit=True), Span("ed gateway")))
    shown = embed(replace(LISTING, lines=(line,)))["description"]
    assert "Searched as words." in shown
    assert "**[A headline](https://news.example/1)**" in shown
    assert "news.example · <t:1772438400:d> · `k001`" in shown
    assert "the **patch**ed gateway" in shown


def test_touching_hits_are_one_bold_run_and_blanks_stay_outside():
    line = replace(LINE, excerpt=(Span("a "), Span("zero ", hit=True), Span("day ", hit=True)))
    assert "a **zero day**" in embed(replace(LISTING, lines=(line,)))["description"]


def test_parentheses_and_brackets_do_not_break_a_headline_link():
    line = replace(LINE, headline="[a](b) c", url="https://news.example/x_(y)")
    shown = embed(replace(LISTING, lines=(line,)))["description"]
    assert "**[(a)(b) c](https://news.example/x_%28y%29)**" in shown


def test_twenty_long_lines_all_stand_with_their_keys():
    long = replace(
        LINE,
        headline="Attackers " * 30,
        url="https://news.example/" + "a" * 300,
        excerpt=(Span("word " * 200), Span("hit", hit=True)),
    )
    lines = tuple(replace(long, key=Key(f"k{n:03d}")) for n in range(20))
    body = render.message(replace(LISTING, lines=lines, footer="f" * 3000), mark="m4rk")
    text = "".join(part["description"] for part in body["embeds"])
    assert all(f"`k{n:03d}`" in text for n in range(20))
    assert faults_of(body) == []


def test_a_long_notice_is_told_to_its_end():
    lines = [f"c{n} " + "word word " * 20 + "." for n in range(25)]
    body = render.message(Notice("For review", "\n".join(lines)), mark="m4rk")

    assert "\n".join(one["description"] for one in body["embeds"]).split("\n") == lines
    assert [one.get("title") for one in body["embeds"]] == ["For review", None]
    assert body["embeds"][-1]["footer"]["text"] == "m4rk"
    assert faults_of(body, "create") == []


def test_a_list_without_lines_says_so():
    listing = replace(LISTING, lines=(), empty="No stories.")
    assert "No stories." in embed(listing)["description"]


def test_a_reply_has_buttons_only_where_there_is_a_page():
    def labels(answer):
        body = render.reply(answer)
        return [b["label"] for row in body["components"] for b in row["components"]]

    assert labels(Reply(LISTING)) == []
    assert labels(Reply(LISTING, next="q:abc:2")) == ["Next"]
    assert labels(Reply(LISTING, previous="q:abc:1", next="q:abc:3")) == ["Previous", "Next"]
    assert labels(Reply(replace(LISTING, language="ar"), next="q:abc:2")) == ["التالي"]
    assert labels(Reply(CARD, next="q:abc:2")) == ["Read full text", "Similar", "Why?", "Next"]


def test_the_longest_state_fits_its_button_even_when_both_are_the_same():
    body = render.reply(Reply(LISTING, previous="s" * 90, next="s" * 90))
    ids = [button["custom_id"] for button in body["components"][0]["components"]]
    assert len(set(ids)) == 2
    assert max(map(len, ids)) <= 100
    assert all(name[len(controls.TURN) + 1 :] == "s" * 90 for name in ids)


def test_right_to_left_lines_of_our_own_begin_right_to_left():
    shown = embed(replace(CARD, rtl=True, language="ar"))["description"]
    assert "\n\n\u200fNews 71 %" in shown
    assert "\n\u200f24 s here" in shown


def test_a_cards_buttons_carry_their_verb_and_state():
    (row,) = render.message(CARD)["components"]
    assert [button.get("custom_id") for button in row["components"]] == [
        None,
        "nd:act:similar:k7f3",
        "nd:act:why-quality:k7f3",
    ]


def test_more_buttons_than_a_row_takes_stand_in_a_second_one():
    six = tuple(Button(str(n), "similar", f"k{n}") for n in range(6))
    rows = render.message(replace(CARD, buttons=six))["components"]
    assert [len(row["components"]) for row in rows] == [5, 2]


def test_the_colour_says_how_grave_it_is():
    colours = [embed(replace(CARD, alarm=alarm))["color"] for alarm in Alarm]
    assert len(set(colours)) == len(Alarm)


def test_chips_stand_in_rows_that_break_none_of_them():
    chips = (*("DragonForce", "SimpleHelp", "Windows", "Linux", "Ransomware"), "CVE-2024-57727")
    rows = embed(replace(CARD, chips=chips, indicators=""))["description"].splitlines()[-2:]
    assert rows == [
        "`DragonForce` `SimpleHelp` `Windows` `Linux`",
        "`Ransomware` `CVE-2024-57727`",
    ]


def test_the_fullest_card_keeps_all_its_parts():
    chips = tuple(f"a chip as long as chips may be: {n:08}" for n in range(18))
    full = replace(CARD, chips=chips, sentences=("word " * 99,) * 3, also="n" * 300)
    shown = embed(full)["description"]
    assert all(chip in shown for chip in chips)
    assert "203" in shown.rpartition("\n")[2]


# --- from a story to the body --------------------------------------------------------------

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "discord"


ARABIC = replace(
    CARD,
    language="ar",
    rtl=True,
    headline="ثغرة في \u2068VPN\u2069 تسمح بالدخول دون كلمة مرور",
    publisher="\u2068news.example\u2069",
    byline="بقلم \u2068Jane Doe\u2069",
    sentences=("تسمح الثغرة للمهاجمين بالدخول.", "صدر إصدار مصحَّح."),
    reading_time="24 ثانية هنا · 3 دقائق لدى \u2068news.example\u2069",
    also="رواه أيضًا 2: \u2068a.example\u2069، \u2068b.example\u2069",
    chips=("\u2068CVE-2026-1234\u2069",),
    footer="\u200f\u2068Example News\u2069 · رُصد في 2 مارس، 08:00 · \u2068k7f3\u2069",
    read_label="اقرأ النص الكامل",
    exploitation="معروف استغلالها: \u2068CVE-2026-1234 (في قائمة KEV منذ 1 مارس 2026)\u2069",
    quality="الخبر 71% · الناشر 64% · المرتبة 3 في \u2068US\u2069",
    indicators="مؤشرات: \u2068evil[.]example\u2069، \u2068203.0.113[.]7\u2069",
    buttons=(
        Button("أخبار مشابهة", "similar", "k7f3"),
        Button("لماذا؟", "why-quality", "k7f3"),
    ),
)


def golden_bodies():
    found = replace(LISTING, lines=(replace(LINE, excerpt=(Span("a "), Span("hit", hit=True))),))
    return {
        "card.en": render.message(CARD, mark="m4rk", nonce="n0nce"),
        "card.ar": render.message(ARABIC, mark="m4rk", nonce="n0nce"),
        "card.en.plain": render.message(CARD, mark="m4rk", plain=True),
        "results.en": render.reply(Reply(found, "q:abc:1", "q:abc:3")),
    }


@pytest.mark.parametrize("name", ["card.en", "card.ar", "card.en.plain", "results.en"])
def test_bodies_are_as_agreed(name):
    """To agree on new ones: NIGHTDESK_GOLDEN=write, then look at the difference."""
    path, body = GOLDEN / f"{name}.json", golden_bodies()[name]
    if os.environ.get("NIGHTDESK_GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", "utf-8")
    assert body == json.loads(path.read_text("utf-8"))
    assert faults_of(body, "original" if name == "results.en" else "create") == []


# --- text from outside -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("@everyone", r"\@everyone"),
        ("@here", r"\@here"),
        ("<@123>", r"\<\@123\>"),
        ("<@&123>", r"\<\@&123\>"),
        ("<#123>", r"\<#123\>"),
        ("<!channel>", r"\<!channel\>"),
        ("<!subteam^S1>", r"\<!subteam^S1\>"),
        ("&lt;!here&gt;", "&lt;!here&gt;"),
        ("<http://evil|bank.com>", r"\<http\://evil\|bank.com\>"),
        ("[google.com](http://evil)", r"\[google.com\](http\://evil)"),
        ("[a](<http://evil>)", r"\[a\](\<http\://evil\>)"),
        ("</digest:1>", r"\</digest:1\>"),
        ("<t:0:R>", r"\<t\:0:R\>"),
        ("<:e:1>", r"\<\:e:1\>"),
        ("<id:browse>", r"\<id:browse\>"),
        ("discord.gg/abc", r"discord\.gg/abc"),
        ("DISCORD.com/invite/abc", r"DISCORD\.com/invite/abc"),
        ("discordapp.com/invite/abc", r"discordapp\.com/invite/abc"),
        ("```x```", r"\`\`\`x\`\`\`"),
        ("||spoiler||", r"\|\|spoiler\|\|"),
        ("# heading", r"\# heading"),
        ("-# small", r"\-# small"),
        ("- point", r"\- point"),
        ("1. point", r"1\. point"),
        ("> quote", r"\> quote"),
        ("*a* _b_ ~~c~~", r"\*a\* \_b\_ \~\~c\~\~"),
        ("a\\*b", r"a\\\*b"),
        (":smile:", r"\:smile:"),
        ("C# and C++, 2.5 - 3, #1", "C# and C++, 2.5 - 3, #1"),
        ("https://news.example/a_b", r"https\://news.example/a\_b"),
    ],
)
def test_markup_from_outside_is_shown_and_does_nothing(text, shown):
    assert escape(text) == shown


def test_line_starts_are_tamed_on_every_line():
    assert escape("a\n# b\n  - c\n12. d") == "a\n\\# b\n  \\- c\n12\\. d"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202eb", "ab"),
        ("a\x1b[31mb", r"a\[31mb"),
        ("a\x00b", "ab"),
        ("a\nb\r\nc\u2028d", "a b c d"),
        ("a\U000e0041b", "ab"),
        ("a\ud800b", "a\ufffdb"),
        ("\u2068open", "\u2068open\u2069"),
        (" \u200b\u2069 \n", ""),
        ("ينشر Ivanti 1.2", "ينشر Ivanti 1.2"),
    ],
)
def test_unseen_characters_do_not_reach_discord(text, shown):
    assert fit(text, 100) == shown


def test_a_cut_never_goes_through_an_emoji_or_an_escape():
    family = "👩‍👩‍👧‍👦"
    assert fit(family * 50, 60).rstrip("…").replace(family, "") == ""
    for limit in range(5, 40):
        cut = fit("*" * 50, limit)
        assert units(cut) <= limit
        assert cut.rstrip("…").replace("\\*", "") == ""


def test_every_mention_in_every_field_is_tamed():
    bad = "@everyone <@1> </x:1> <id:browse>"
    card = Card(
        Key(bad), "en", False, bad, "", bad, bad, AT, (bad,), bad, bad, (bad,), "", bad, bad,
        bad, Alarm.NONE, bad, bad, bad, (Button(bad, "similar", "k"),),
    )  # fmt: skip
    line = Line(Key("k"), bad, "https://a.example/", bad, AT, (Span(bad), Span(bad, hit=True)))
    listing = Listing(bad, (line,), "en", False, (bad,), bad, bad)
    for content in (card, listing, replace(listing, lines=()), Notice(bad, bad)):
        assert faults_of(render.message(content, mark="m")) == []
        assert faults_of(render.message(content, mark="m", plain=True)) == []


# --- any content at all ------------------------------------------------------------------

NASTY = st.sampled_from(
    [
        "",
        " ",
        "@everyone",
        "*" * 300,
        "👩‍👩‍👧‍👦" * 90,
        "a\u0301" * 300,
        "<@1>",
        "\u2068" * 40,
        "word " * 900,
    ]
)
LONG = st.builds(str.__mul__, st.text(max_size=12), st.integers(50, 600))
TEXT = st.one_of(NASTY, st.text(max_size=40), LONG)
URL = st.one_of(
    TEXT,
    st.text(max_size=30).map("https://news.example/".__add__),
    st.integers(400, 2100).map(lambda n: "https://news.example/" + "a" * n),
)
MOMENT = st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - naive bounds
KEY = st.text("abcdefghjk234", max_size=8).map(Key)
LANGUAGE = st.sampled_from(["en", "ar", "ja", "xx"])
VERBS = st.sampled_from(["similar", "why-quality", "useful", "noise"])
CARDS = st.builds(
    Card,
    key=KEY,
    language=LANGUAGE,
    rtl=st.booleans(),
    headline=TEXT,
    url=URL,
    publisher=TEXT,
    byline=TEXT,
    at=MOMENT,
    sentences=st.lists(TEXT, max_size=4).map(tuple),
    reading_time=TEXT,
    also=TEXT,
    chips=st.lists(TEXT, max_size=15).map(tuple),
    picture=URL,
    footer=TEXT,
    read_label=TEXT,
    exploitation=TEXT,
    alarm=st.sampled_from(Alarm),
    quality=TEXT,
    indicators=TEXT,
    origin=TEXT,
    buttons=st.lists(st.builds(Button, TEXT, VERBS, st.text(max_size=90)), max_size=12).map(tuple),
)
SPANS = st.lists(st.builds(Span, TEXT, st.booleans()), max_size=5).map(tuple)
LINES = st.builds(Line, KEY, TEXT, URL, TEXT, MOMENT, SPANS)
LISTINGS = st.builds(
    Listing,
    title=TEXT,
    lines=st.one_of(st.lists(LINES, max_size=6).map(tuple), LINES.map(lambda line: (line,) * 20)),
    language=LANGUAGE,
    rtl=st.booleans(),
    notes=st.lists(TEXT, max_size=8).map(tuple),
    footer=TEXT,
    empty=TEXT,
)
CONTENT = st.one_of(CARDS, LISTINGS, st.builds(Notice, TEXT, TEXT, LANGUAGE, st.booleans()))


@settings(max_examples=60, deadline=None)
@given(CONTENT, st.booleans())
def test_any_content_makes_a_body_that_discord_takes(content, plain):
    body = render.message(content, mark="m4rkm4rkm4rk", nonce="n" * 25, plain=plain)
    assert faults_of(body) == []
    json.dumps(body, ensure_ascii=False).encode()
    last = body["content"] if plain else body["embeds"][-1]["footer"]["text"]
    assert last.split()[-1] == "m4rkm4rkm4rk"


@settings(max_examples=40, deadline=None)
@given(CONTENT, st.text(max_size=90), st.text(max_size=90))
def test_any_reply_makes_a_body_that_discord_takes(content, previous, following):
    assert faults_of(render.reply(Reply(content, previous, following))) == []


@given(st.text(), st.integers(5, 60))
def test_fitting_keeps_the_limit_for_any_text(text, limit):
    assert units(fit(text, limit)) <= limit


def test_half_a_character_in_an_address_breaks_nothing() -> None:
    assert address("https://news.example/\ud800") == "https://news.example/?"
