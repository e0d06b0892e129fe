"""Feed documents of our own to raw entries: every format, every fault."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digests.feeds.entries import RawEntry
from digests.feeds.parse import Parsed, parse
from digests.model import Document, FeedFacts

FEEDS = Path(__file__).parent / "feeds"
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
NOTHING: frozenset[bytes] = frozenset()


def document(body: bytes, url: str = "https://asked.example/feed", **headers: str) -> Document:
    return Document(url=url, final_url=url, body=body, **headers)


def stored(name: str) -> bytes:
    return (FEEDS / name).read_bytes()


def parsed(name: str, known: frozenset[bytes] = NOTHING) -> Parsed:
    return parse(document(stored(name)), known, NOW)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_rss_with_everything_in_it():
    result = parsed("rss.xml")
    assert result.facts == FeedFacts(
        title="Harbour Watch & Co", language="en", ttl=timedelta(minutes=30), format="rss20"
    )
    first = result.entries[0]
    assert replace(first, body="") == RawEntry(
        id="harbour-1",
        link="https://harbour.example/gateway?utm_source=rss",
        title="Gateway flaw CVE-2026-1234 lets strangers in",
        base="https://harbour.example/gateway?utm_source=rss",
        author="Ada Quay, Bo Pier",
        published=at("2026-03-02T06:15:00"),
        categories=("Vulnerabilities", "vulnerabilities", "Gateways & Proxies"),
        pictures=("https://img.harbour.example/thumb.png",),
    )
    assert first.body.startswith("<p>A flaw in the <b>gateway</b>")


def test_links_of_related_stories_are_not_the_entrys_own():
    related = "<r:related><link url='https://a.example/other'>Other</link></r:related>"
    items = "".join(
        f"<item><title>{n}</title><link>https://a.example/{n}</link>{related}</item>" for n in "xy"
    )
    body = f"<rss xmlns:r='urn:r' version='2.0'><channel>{items}</channel></rss>"
    assert [one.link for one in parse(document(body.encode()), NOTHING, NOW).entries] == [
        "https://a.example/x",
        "https://a.example/y",
    ]


def test_the_dates_that_feedparser_misreads_are_right():
    result = parsed("rss.xml")
    assert result.entries[1].published == at("2025-07-23T05:00:00")
    assert result.entries[2].published == at("2020-01-10T14:33:00")


def test_a_date_that_cannot_be_is_none():
    assert parsed("rss.xml").entries[3].published is None
    assert parsed("atom.xml").entries[2].published is None


def test_markup_in_a_title_that_is_text_is_kept_as_text():
    entry = parsed("rss.xml").entries[1]
    assert entry.title == "Using &lt;script> in titles &lt;safely&gt;"
    assert entry.author == "Cy Dock"
    assert entry.pictures == ("https://img.harbour.example/two.jpg",)


def test_atom_with_bases_languages_and_types():
    result = parsed("atom.xml")
    assert result.facts == FeedFacts(title="Hafen & Netz", language="de", format="atom10")
    first, second, third = result.entries
    assert first.title == "Schwachstelle im Gateway: a &lt; b"
    assert (first.id, first.link) == (
        "tag:hafen.example,2026:1",
        "https://hafen.example/blog/eins",
    )
    assert first.base == "https://hafen.example/blog/"
    assert first.body == '<p>Die Lücke steht offen.</p><p><a href="zwei">Mehr</a> dazu.</p>'
    assert (first.author, first.language) == ("Eva Kai", "de")
    assert first.published == at("2026-03-02T07:00:00")
    assert first.categories == ("Lücke",)
    assert first.pictures == ("https://hafen.example/eins.png",)
    assert (second.link, second.base) == (
        "https://anders.example/x/seite",
        "https://anders.example/x/",
    )
    assert second.title == "Zweiter <b>Beitrag</b>"
    assert second.published == at("2026-03-01T10:00:00")
    assert third.body == "Eine Zeile mit &lt;script> als Text."


def test_rdf_has_its_entries_outside_the_channel():
    result = parsed("rdf.xml")
    assert result.facts.format == "rss10"
    assert [entry.id for entry in result.entries] == [
        "https://quai.example/1",
        "https://quai.example/2",
    ]
    assert result.entries[0].published == at("2026-03-01T08:00:00")


def test_json_feed_with_missing_ids_and_wrong_types():
    result = parsed("feed.json")
    assert result.facts == FeedFacts(title="Pier & Post", language="en", format="json1")
    first, second, third, last = result.entries
    assert first == RawEntry(
        id="https://pier.example/1",
        link="https://pier.example/1",
        title="First of all",
        body='<p>Hello, <em>port</em>. <img src="a.png"></p>',
        base="https://pier.example/1",
        author="Dee Mole",
        published=at("2026-03-01T08:00:00"),
        categories=("Ports", "ports"),
        pictures=("https://pier.example/i.png",),
    )
    assert (second.id, second.link) == ("2", "https://asked.example/elsewhere")
    assert second.body == "Plain &lt;words> & more.\n\nSecond paragraph."
    assert (second.author, second.published) == ("Old Style", at("2026-02-28T00:00:00"))
    assert second.pictures == ("https://pier.example/cover.jpg",)
    assert (third.id, third.author) == ("", "The Harbourmaster")
    assert third.body == "Only a summary."
    assert last == RawEntry(author="The Harbourmaster", base="https://asked.example/feed")
    assert [refusal.reason for refusal in result.refused] == ["not a JSON object"]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"{}",
        b"[1]",
        b'{"items": []}',
        b'{"version": 1}',
        b'{"a":' * 100_000,
        b"{" + b"9" * 9_999,
    ],
)
def test_json_that_is_no_feed_is_an_outcome(body):
    result = parse(document(body), NOTHING, NOW)
    assert result.facts == FeedFacts()
    assert result.entries == ()


def test_a_page_offers_its_feeds():
    result = parsed("page.html")
    assert result.facts == FeedFacts(
        alternates=(
            "https://harbour.example/en/feed.xml?a=1&b=2",
            "https://harbour.example/atom.xml",
        )
    )
    assert (result.entries, result.refused) == ((), ())


def test_what_is_not_well_formed_still_gives_all_entries():
    result = parsed("broken.xml")
    assert [entry.title for entry in result.entries] == ["Fish & chips", "Second"]
    assert (result.facts.title, result.whole) == ("Broken & bare", True)


def test_small_faults_are_mended_and_entities_disarmed():
    result = parsed("mended.xml")
    assert result.facts.title == "Café du Port"
    (entry,) = result.entries
    assert entry.title == "Un\xa0café \ufffd \ufffd noir"
    assert entry.body == "<p>Bon&nbsp;café.</p>"


@pytest.mark.parametrize("name", ["rss.xml", "atom.xml", "rdf.xml", "feed.json", "broken.xml"])
def test_what_is_known_is_counted_and_not_parsed(name):
    first = parsed(name)
    assert first.unchanged == 0
    again = parsed(name, frozenset(first.slices))
    assert (again.entries, again.unchanged) == ((), len(first.entries))
    assert again.slices == first.slices
    assert again.facts == first.facts


@pytest.mark.parametrize("name", ["rss.xml", "atom.xml", "rdf.xml", "feed.json", "broken.xml"])
def test_one_new_entry_is_the_same_as_in_a_full_parse(name):
    full = parsed(name)
    for entry, position, mark in zip(full.entries, full.positions, full.slices, strict=True):
        again = parsed(name, frozenset(full.slices) - {mark})
        assert (again.entries, again.positions) == ((entry,), (position,))


@pytest.mark.parametrize(
    "encoding",
    ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "windows-1252", "iso-8859-1", "gb18030"],
)
def test_the_charset_of_a_document_makes_no_difference(encoding):
    text = stored("atom.xml").decode().replace('encoding="utf-8"', f'encoding="{encoding}"')
    result = parse(document(text.encode(encoding)), NOTHING, NOW)
    assert result.entries == parsed("atom.xml").entries
    assert len(result.slices) == len(result.entries)


def test_a_charset_that_only_http_names_is_read():
    body = "<rss><channel><item><title>Уязвимость</title></item></channel></rss>".encode("cp1251")
    result = parse(document(body, content_type="text/xml; charset=windows-1251"), NOTHING, NOW)
    assert result.entries[0].title == "Уязвимость"


def test_relative_addresses_are_resolved_against_the_final_address_or_content_location():
    body = b"<rss><channel><item><link>/p/1</link></item></channel></rss>"
    asked = replace(document(body), final_url="https://final.example/feeds/all")
    assert parse(asked, NOTHING, NOW).entries[0].link == "https://final.example/p/1"
    moved = replace(asked, content_location="https://other.example/x")
    assert parse(moved, NOTHING, NOW).entries[0].link == "https://other.example/p/1"


def test_a_document_that_was_cut_off_gives_its_whole_entries():
    body = stored("rss.xml")
    result = parse(document(body[: body.index(b"quiet port")]), NOTHING, NOW)
    assert len(result.entries) == 2
    assert [refusal.entry for refusal in result.refused] == ["the last entry"]
    assert not result.whole


def test_when_slices_and_entries_do_not_match_the_whole_document_is_parsed():
    nested = (
        b"<rss><channel><item><title>a</title><item><title>b</title></item></item></channel></rss>"
    )
    result = parse(document(nested), NOTHING, NOW)
    assert len(result.entries) == 2
    again = parse(document(nested), frozenset(result.slices), NOW)
    assert (again.entries, again.unchanged) == ((), 2)


def test_an_entry_that_makes_the_parser_raise_does_not_silence_its_feed():
    odd = b"<item><textInput><link>x</link></textInput></item>"
    fine = b"<item><title>%d</title></item>"
    body = b"<rss version='2.0'><channel>%s</channel></rss>" % (fine % 1 + odd + fine % 2)
    result = parse(document(body), NOTHING, NOW)
    assert [entry.title for entry in result.entries] == ["1", "2"]
    assert result.positions == (0, 2)
    assert [refusal.entry for refusal in result.refused] == ["entry 2"]
    assert result.facts.format == "rss20"
    again = parse(document(body), frozenset(result.slices), NOW)
    assert (again.unchanged, again.entries, again.refused) == (3, (), ())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"%PDF-1.7\n%\xe2\xe3",
        bytes(range(256)) * 8,
        b"plain words, no feed",
        b"<urlset><url><loc>https://a.example/</loc></url></urlset>",
        b"<?xml version='1.0' encoding='punycode'?><nothing/>",
    ],
)
def test_what_is_no_feed_is_an_outcome(body):
    result = parse(document(body), NOTHING, NOW)
    assert result.facts.format == ""
    assert len(result.refused) == 1


def test_hostile_depth_is_refused_with_its_reason():
    result = parse(document(b"<rss>" + b"<a>" * 100_000), NOTHING, NOW)
    assert "nested" in result.refused[0].reason


def test_entries_beyond_the_limit_are_refused_and_read_at_the_next_poll():
    body = b"<rss><channel>%s</channel></rss>" % b"".join(
        b"<item><title>%d</title></item>" % number for number in range(510)
    )
    first = parse(document(body), NOTHING, NOW)
    assert (len(first.entries), len(first.refused), first.whole) == (500, 10, False)
    second = parse(document(body), frozenset(first.slices), NOW)
    assert (len(second.entries), second.unchanged, second.whole) == (10, 500, True)


def test_entries_of_json_beyond_the_limit_wait_too():
    listed = [{"id": str(number), "title": "x"} for number in range(501)]
    body = json.dumps({"version": "https://jsonfeed.org/version/1", "items": listed}).encode()
    first = parse(document(body), NOTHING, NOW)
    assert (len(first.entries), len(first.refused), first.whole) == (500, 1, False)
