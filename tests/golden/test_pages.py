"""Article pages of our own to text and facts; and what must not take us down."""

import gzip
import json
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digests.feeds.pages import Page, extract
from tests.corpus import corpus, needs_corpus

PAGES = Path(__file__).parent / "pages"
URL = "https://harbour.example/gateway"


def stored(name: str) -> bytes:
    return (PAGES / name).read_bytes()


def page(head: str = "", body: str = "<p>Text.</p>") -> bytes:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()


def test_an_article_is_its_paragraphs_without_headline_and_furniture():
    text = extract(stored("article.html"), URL).text
    paragraphs = text.split("\n\n")
    assert paragraphs[0].startswith("A flaw in a widely used gateway lets strangers into")
    assert paragraphs[-1].startswith("Two of the three ports said that nothing was taken.")
    assert "What to do" in paragraphs
    for foreign in ("Home", "Also on", "First!", "rope", "Copyright", "Gateway flaw lets"):
        assert foreign not in text


def test_facts_come_from_what_the_page_declares():
    found = extract(stored("article.html"), URL)
    assert found == Page(
        text=found.text,
        title="Gateway flaw lets strangers in",
        byline="Ada Quay",
        canonical="https://harbour.example/gateway",
        language="en",
        picture="https://img.harbour.example/gate.png",
        date=datetime(2026, 3, 2, 6, 15, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "stated",
    [
        "Harbour Watch",
        "admin",
        "Editorial Team",
        "https://harbour.example/people/1",
        "desk@harbour.example",
        "Redaktion",
        "user_1234",
        "A sentence that somebody put where a name should have been",
    ],
)
def test_a_missing_byline_is_better_than_a_wrong_one(stated):
    head = f'<meta property="og:site_name" content="Harbour Watch"><meta name="author" content="{stated}">'
    assert extract(page(head), URL).byline == ""


@pytest.mark.parametrize(
    ("author", "byline"),
    [
        ('{"@type": "Person", "name": "Ada Quay"}', "Ada Quay"),
        ('[{"name": "Ada Quay"}, {"name": "Bo Pier"}, {"name": "Ada Quay"}]', "Ada Quay, Bo Pier"),
        ('"von Eva Kai"', "Eva Kai"),
        ('["أحمد الميناء"]', "أحمد الميناء"),
        ('{"@type": "Organization", "name": "Ada Quay"}', ""),
        ("17", ""),
        ('{"name": {"name": "x"}}', ""),
        ("[[[]]]", ""),
    ],
)
def test_authors_of_an_article_in_any_shape(author, byline):
    declared = f'{{"@type": "BlogPosting", "author": {author}}}'
    head = f'<script type="application/ld+json">{declared}</script>'
    assert extract(page(head), URL).byline == byline


def test_the_charset_of_the_header_counts():
    text = "Уязвимость в шлюзе открывает сеть. " * 10
    html = f"<!doctype html><html><body><article><p>{text}</p></article></body></html>"
    found = extract(html.encode("cp1251"), URL, content_type="text/html; charset=windows-1251")
    assert found.text.startswith("Уязвимость в шлюзе")


def test_the_charset_of_a_meta_element_counts():
    text = "Уязвимость в шлюзе открывает сеть. " * 10
    html = f"<!doctype html><html><head><META content='text/html; charset=koi8-r'></head><body><p>{text}</p></body></html>"
    assert extract(html.encode("koi8-r"), URL).text.startswith("Уязвимость в шлюзе")


def test_the_language_is_the_pages_own_or_else_the_callers():
    assert extract(b'<html lang="de-AT"><p>x</p></html>', URL, language="en").language == "de"
    assert extract(page(), URL, language="fr").language == "fr"


@pytest.mark.parametrize(
    "html",
    [
        b"",
        b"\x00" * 100,
        b"%PDF-1.7 \xff\xfe",
        b"plain text without any markup",
        b"<",
        b"<html>" + b"<div>" * 20_000,
        page("<title>" + "x" * 500_000 + "</title>"),
        page('<script type="application/ld+json">' + "[" * 100_000 + "</script>"),
        page('<script type="application/ld+json">{"@type": "Article", "author": ' + "9" * 9_999),
        page('<link rel="canonical" href="http://[::1"><meta property="og:image" content="//[x">'),
        page(body="<p>" + "<span>" * 200_000),
        page(body="<p>&#xD800; \ud7ff &#0; \x00 text</p>"),
        page('<meta name="author" content="&#xD800;">'),
        b"<html><!-- " + b"-" * 100_000,
        b'<?xml version="1.0" encoding="utf-16"?><html><p>x</p></html>',
    ],
)
def test_no_page_raises(html):
    found = extract(html, URL)
    found.text.encode()
    found.title.encode()


def shingles(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    return Counter(zip(*(words[start:] for start in range(4)), strict=False))


@needs_corpus
def test_article_text_keeps_its_quality():
    """The metric of the public benchmark: runs of four words, mean precision and recall."""
    folder = corpus("articles", "pages-dev")
    precision, recall = [], []
    for name, true in json.loads((folder / "ground-truth.json").read_text()).items():
        html = gzip.decompress((folder / f"{name}.html.gz").read_bytes())
        wanted = shingles(true["articleBody"])
        found = shingles(extract(html, true["url"]).text)
        hits = sum((wanted & found).values())
        recall.append(hits / max(1, sum(wanted.values())))
        precision.append(hits / max(1, sum(found.values())))
    p, r = sum(precision) / len(precision), sum(recall) / len(recall)
    assert 2 * p * r / (p + r) >= 0.96
    assert p >= 0.96
