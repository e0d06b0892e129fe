"""Taming a document before a parser sees it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.feeds.documents import Opened, ended, mended, opened

DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>\n'
FEED = b"<rss><channel><item>1</item><item>2</item></channel></rss>"


@pytest.mark.parametrize(
    "before",
    [
        b"",
        b"  \r\n\t",
        b'<?xml version="1.0"?>\n<?xml-stylesheet href="a>b"?>',
        b"<!-- <rss> <a -->",
        b'<!DOCTYPE rss PUBLIC "-//N//DTD" "http://dtd.example/rss.dtd">',
        b'<!DOCTYPE rss [ <!ENTITY a "x > y"> <!ENTITY b "&a;&a;"> ] >',
        b"text before, 1 < 2 and 3 > 2 ",
        b"<br />\n<b>Warning</b>: something failed<br />",
        b"\n" * 40_000,
    ],
)
def test_nothing_of_a_prolog_is_left(before):
    assert opened(before + FEED) == Opened("rss", b"rss", DECLARATION + FEED)


@pytest.mark.parametrize(
    ("body", "root", "is_page"),
    [
        (b"<!doctype html><HTML><p>", "html", True),
        (b"<a:feed xmlns:a='x'/>", "feed", False),
        (b"<rdf:RDF/>", "rdf", False),
        (b"<urlset/>", "urlset", False),
        (b"%PDF-1.4 \x00\xff", "", False),
        (b"", "", False),
        (b"<!-- never closed <rss>", "", False),
        (b"<!DOCTYPE rss [ <rss>", "", False),
        (b"1 < 2", "", False),
    ],
)
def test_the_root_says_what_a_document_is(body, root, is_page):
    found = opened(body)
    assert (found.root, found.is_page) == (root, is_page)


def test_a_whole_document_is_left_alone():
    found = ended(opened(FEED))
    assert (found.body, found.whole, found.torn) == (DECLARATION + FEED, True, False)
    assert ended(opened(b"<rss version='2.0'/>")).whole


@pytest.mark.parametrize(
    ("cut", "left", "torn"),
    [
        (b"<rss><channel><item>1</item><item>2", b"<rss><channel><item>1</item>", True),
        (b"<rss><channel><item>1</item>  ", b"<rss><channel><item>1</item>", False),
        (b"<rss><channel><title>x</title><item>1</it", b"<rss><channel><title>x</title>", True),
    ],
)
def test_a_document_that_was_cut_off_ends_after_its_last_whole_entry(cut, left, torn):
    found = ended(opened(cut))
    assert found.body == DECLARATION + left + b"</channel></rss>"
    assert (found.whole, found.torn) == (False, torn)


def test_a_document_cut_off_before_its_first_entry_is_not_whole():
    found = ended(opened(b"<feed><title>x</ti"))
    assert (found.whole, found.torn) == (False, False)


def test_other_roots_are_closed_by_their_own_names():
    found = ended(opened(b"<a:feed><a:entry>1</a:entry><a:entry>"))
    assert found.body.endswith(b"<a:entry>1</a:entry></a:feed>")


def test_forbidden_characters_are_mended():
    body = b"a\x00b\x0b &nbsp;&eacute; &amp;nbsp; &lt; &unknown; &#0; &#xD800; &#x10FFFF; &#99999999999;"
    assert mended(body) == (
        b"ab &#160;&#233; &amp;nbsp; &lt; &unknown; &#65533; &#65533; &#x10FFFF; &#65533;"
    )


def test_what_needs_no_mending_is_the_same_object():
    body = b"<t>&amp; &#65; \xc3\xa9</t>"
    assert mended(body) is body


@given(st.binary(max_size=200))
def test_no_bytes_raise(noise):
    for body in (noise, b"<rss>" + noise, b"<!DOCTYPE x [" + noise):
        mended(ended(opened(body)).body)


@pytest.mark.parametrize(
    "piece",
    [
        b"<",
        b"<!",
        b"<!--",
        b"<!DOCTYPE x [",
        b"<?",
        b"]",
        b"&",
        b"&#1",
        b"<item",
        b"</item",
        b" ",
        b"<!x>",
    ],
)
def test_the_scans_grow_with_the_length_only(piece):
    def cost(size: int) -> float:
        body = piece * (size // len(piece))
        start = time.process_time()
        for prefix in (b"", b"<rss>"):
            mended(ended(opened(prefix + body)).body)
        return time.process_time() - start

    cost(1_000)
    assert cost(1_000_000) < 2.0  # quadratic would be minutes
