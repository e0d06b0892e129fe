"""Untrusted HTML and headlines to plain text: what is kept, what is dropped, what is never lost."""

import html

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.text.plain import MAX_INPUT, clean, title_text, to_plain
from tests.corpus import corpus, needs_corpus


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
        ("<P>One<P>Two", "One\n\nTwo"),
        ("<div>One<div>Two</div>Three</div>", "One\n\nTwo\n\nThree"),
        ("<ul><li>One<li>Two</ul>", "One\n\nTwo"),
        ("One<br>Two<br/><br />Three", "One\nTwo\n\nThree"),
        ("<b>bo</b><i>ld</i> word", "bold word"),
        ("<p>wrapped\nsource\n\nlines</p>", "wrapped source lines"),
        ("<pre>one\n  two\n\nthree</pre> f\ng", "one\ntwo\n\nthree\n\nf g"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\n\nc"),
        ("a&nbsp;b&#160;c&emsp;d", "a b c d"),
        ("AT&amp;T &copy; &#8217;s &#x27;", "AT&T © ’s '"),
        ("<h1>Head</h1>text", "Head\n\ntext"),
        ("x<wbr>y<sub>2</sub>", "xy2"),
        ("<![CDATA[<p>twice wrapped</p>]]>", "twice wrapped"),
        ("<o:p>word</o:p> <fb-like>x</fb-like>", "word x"),
    ],
)
def test_markup_becomes_paragraphs(markup: str, text: str) -> None:
    assert to_plain(markup).text.removesuffix("]]>").strip() == text


@pytest.mark.parametrize(
    "markup",
    [
        "a<script>alert('</p>')</script>b",
        "a<SCRIPT src=x>if (1 < 2) {}</SCRIPT >b",
        "a<style>p{color:red}</style>b",
        "a<iframe src=x><p>fallback</p></iframe>b",
        "a<svg><title>t</title><path d='M0'/></svg>b",
        "a<!-- <p>hidden</p> -->b",
        "a<!-->b",
        "a<?xml version='1.0'?>b",
        "a<!DOCTYPE html>b",
        "a<select><option>x</select>b",
        'a<img alt="a > b" src=x onerror="alert(1)">b',
        "a<span title='x>y'></span>b",
        "a<template><p>x</template>b",
    ],
)
def test_what_is_not_prose_is_dropped(markup: str) -> None:
    assert to_plain(markup).text == "ab"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>", "<script>alert(1)</script>"),
        ("<p>&amp;lt;b&amp;gt;</p>", "&lt;b&gt;"),
        ("<p>use &lt;img src=x onerror=alert(1)&gt;</p>", "use <img src=x onerror=alert(1)>"),
        ("<code>List&lt;String&gt;</code>", "List<String>"),
        ("<p>set <username> and <T> first</p>", "set <username> and <T> first"),
        ("<p>mail <bob@example.com></p>", "mail <bob@example.com>"),
        ("<p>1 < 2 and 3 > 2</p>", "1 < 2 and 3 > 2"),
        ("<p>a <3 b</p>", "a <3 b"),
    ],
)
def test_payloads_and_placeholders_stay_readable(markup: str, text: str) -> None:
    assert to_plain(markup).text == text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One <b>two", "One two"),
        ("One <a href='x", "One <a href='x"),
        ("One <!-- two", "One <!-- two"),
        ("One <!-- two > three", "One three"),
        ("One <script> two", "One two"),
        ("One <", "One <"),
        ("One </", "One </"),
        ("</p></p>One", "One"),
        ('<p class="a>One</p> "two"', 'One\n\n"two"'),
        ("<a =\"'>One</a>", "One"),
        ("&bogus; &#0; &#xD800; &#1114112; &#" + "9" * 5000 + ";", "&bogus; � � � �"),
        ("&#x0000041;&#0066;", "AB"),
    ],
)
def test_broken_markup_loses_no_words(markup: str, text: str) -> None:
    assert to_plain(markup).text == text


@pytest.mark.parametrize(
    ("plain", "text"),
    [
        ("One.\n\nTwo\nlines.", "One.\n\nTwo\nlines."),
        ("R&D at AT&amp;T", "R&D at AT&T"),
        ("a < b\n\nc > d", "a < b\n\nc > d"),
        ("", ""),
        (" \n ", ""),
    ],
)
def test_plain_text_keeps_its_own_lines(plain: str, text: str) -> None:
    assert to_plain(plain).text == text


def test_characters_behind_references_are_tamed_too() -> None:
    assert to_plain("<p>a&#8238;b&#8203;c&#7;d</p>").text == "abcd"


def test_links_are_resolved_cleaned_and_named_once() -> None:
    found = to_plain(
        '<a href="/p?utm_source=rss">1</a><a href=p>2</a><A HREF="/p">3</A>'
        '<a href="javascript:alert(1)">4</a><a href="#top">5</a><a name=x>6</a>'
        '<a href="https://x.example/?a=1&amp;b=2">7</a>',
        base="https://x.example/d/",
    )
    assert found.links == (
        "https://x.example/p",
        "https://x.example/d/p",
        "https://x.example/?a=1&b=2",
    )


def test_pictures_are_found_but_not_what_counts_readers() -> None:
    found = to_plain(
        "<img src=a.png width=640><img src=pixel.gif width=1 height=1><img src=b.gif height='0'>"
        "<img src='data:image/gif;base64,R0' data-src=lazy.jpg><img alt=none>",
        base="https://x.example/",
    )
    assert found.pictures == ("https://x.example/a.png", "https://x.example/lazy.jpg")


def test_ten_thousand_links_are_a_hundred() -> None:
    many = "".join(f"<a href=https://x.example/{n}>x</a>" for n in range(10_000))
    assert len(to_plain(many).links) == 100


def test_only_the_beginning_of_a_huge_text_is_read() -> None:
    found = to_plain("<p>" + "word " * MAX_INPUT)
    assert MAX_INPUT - 10 < len(found.text) <= MAX_INPUT


def test_a_cut_does_not_show_half_a_tag_or_a_script() -> None:
    filler = "<p>" + "a" * (MAX_INPUT - 30)
    assert to_plain(f"{filler}<a href='https://x.example/{'b' * 99}'>").text == "a" * (
        MAX_INPUT - 30
    )
    assert "secret" not in to_plain(f"{filler}<script>secret();{'c' * 99}</script>").text


@given(st.text(st.characters(), max_size=80))
def test_escaped_text_comes_back_as_it_was(text: str) -> None:
    found = to_plain(f"<pre>{html.escape(text)}</pre>").text
    assert found.split() == clean(text).split()


PARTS = ["<", ">", "</", "<!--", "-->", "<p>", "<a href=", '"', "'", "=", "<script>", "</script>"]
PARTS += [
    "&",
    "&#",
    ";",
    "&lt;",
    "text ",
    "<![CDATA[",
    "]]>",
    "<b",
    "/>",
    "<pre>",
    "\n",
    "<?",
    "x",
]


@given(st.lists(st.sampled_from(PARTS), max_size=30).map("".join))
def test_any_soup_becomes_clean_text(soup: str) -> None:
    found = to_plain(soup, base="https://x.example/")
    assert found.text == clean(found.text)
    assert all(link.startswith("https://") for link in found.links)


# --- headlines -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        ("<b>Slack</b> stock &amp; more", "Slack stock & more"),
        ("Plugin &lt;= 2.0.8", "Plugin <= 2.0.8"),
        ("Plugin &amp;lt;= 2.0.8", "Plugin <= 2.0.8"),
        ("Vendor&amp;#8217;s &#8220;fix&#8221;", "Vendor’s “fix”"),
        ("&lt;b&gt;Cyber&lt;/b&gt; news", "Cyber news"),
        ("XSS through <script> in comments", "XSS through <script> in comments"),
        ("XSS through &lt;script&gt;", "XSS through <script>"),
        ("The <b> tag considered", "The <b> tag considered"),
        ("Flaw in <T> of List<T>", "Flaw in <T> of List<T>"),
        ("One\n  line\t<br/>only", "One line only"),
        ("<![CDATA[Title]]>", "Title"),
        ("<a href='x'>Linked</a> <em>words</em>", "Linked words"),
        ("AT&T, R&D", "AT&T, R&D"),
        ("<p>Whole</p>", "Whole"),
        ("evil\u202etxt.exe", "eviltxt.exe"),
        ("", ""),
        ("\u200b \ufeff", ""),
    ],
)
def test_headlines_are_one_plain_line(raw: str, title: str) -> None:
    assert title_text(raw) == title


def test_headlines_are_three_hundred_characters_at_most() -> None:
    assert title_text("a" * 5000) == "a" * 300
    assert title_text("é" * 5000) == "é" * 300
    assert len(title_text("👩\u200d" * 5000)) <= 2400


@given(st.text(st.characters(), max_size=60) | st.lists(st.sampled_from(PARTS)).map("".join))
def test_any_headline_is_one_clean_line(raw: str) -> None:
    title = title_text(raw)
    assert title == clean(title)
    assert "\n" not in title


# --- real feeds ----------------------------------------------------------------------------------


@needs_corpus
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("feed", ["google-alerts.atom", "crowdstrike-blog.xml", "hnapp.atom"])
def test_real_headlines_have_no_markup_left(feed: str) -> None:
    parsed = feedparser.parse(corpus("feeds", feed).read_bytes(), sanitize_html=False)
    assert parsed.entries
    for entry in parsed.entries:
        title = title_text(entry.title)
        assert not any(mark in title for mark in ("<b>", "</b>", "&lt;", "&amp;", "&#"))
        assert title


@needs_corpus
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("feed", ["cisa-advisories.xml", "swissky.xml", "qingniao-zh.xml"])
def test_real_texts_have_no_markup_left(feed: str) -> None:
    parsed = feedparser.parse(corpus("feeds", feed).read_bytes(), sanitize_html=False)
    for entry in parsed.entries:
        text = to_plain(entry.get("summary", ""), base=entry.link).text
        assert text
        assert not any(mark in text for mark in ("</p>", "<br", "&nbsp;", "&amp;", "</div>"))


def test_prose_is_the_text_without_what_is_set_as_it_is() -> None:
    found = to_plain("<p>One.</p><pre>x = 1\ny = 2</pre><p>Two.</p><pre>never closed")
    assert found.text == "One.\n\nx = 1\ny = 2\n\nTwo.\n\nnever closed"
    assert found.prose == "One.\n\nTwo."
    assert to_plain("<p>One.</p>").prose == ""
