"""Real feed documents: every entry of them, slicing that changes nothing, and no fault that raises."""

import csv
import io
import random
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

import pytest

from digests.feeds.charsets import to_utf8
from digests.feeds.documents import ended, opened
from digests.feeds.entries import Parsed
from digests.feeds.parse import parse
from digests.feeds.slices import Cut, cut
from digests.model import Document, Feed
from digests.reading import read
from tests.corpus import SHARED, corpus, needs_corpus
from tests.services.test_reading import mutated, survives

pytestmark = [needs_corpus, pytest.mark.usefixtures("whole_documents")]

NOW = datetime(2026, 11, 24, tzinfo=UTC)
NOTHING: frozenset[bytes] = frozenset()
URL = "https://asked.example/feed"
FEED = Feed(url=URL, name="Corpus", publisher="asked.example")

# What does not slice, and why: bare ampersands, a token that is none, entries within entries.
NOT_SLICED = {
    "bold-dk-ampersand.xml",
    "guardian-world.xml",
    "saxerror.xml",
    "pcmag-illegally-nested.xml",
}
# Entries with neither title nor text nor link.
EMPTY = {"cercle-psy-fr-noenc.xml": 1, "pcmag-illegally-nested.xml": 10}


@dataclass(frozen=True)
class Stored:
    """One line of the corpus' index."""

    name: str
    entries: int

    @property
    def document(self) -> Document:
        return Document(URL, URL, corpus("feeds", self.name).read_bytes())


def index() -> list[Stored]:
    if SHARED is None:
        return []
    lines = corpus("feeds", "INDEX.tsv").read_text().splitlines()
    rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    return [Stored(row["file"], int(row["items"])) for row in rows]


INDEX = index()
XML = [stored for stored in INDEX if not stored.name.endswith(".json")]
SLICED = [stored for stored in XML if stored.name not in NOT_SLICED]


@cache
def whole(stored: Stored) -> Parsed:
    return parse(stored.document, NOTHING, NOW)


def tame(stored: Stored) -> bytes:
    return ended(opened(to_utf8(stored.document.body).lstrip())).body


def by_name(stored: Stored) -> str:
    return stored.name


@pytest.mark.parametrize("stored", INDEX, ids=by_name)
def test_every_entry_of_a_document_is_read(stored):
    found = read(stored.document, NOTHING, FEED, NOW)
    assert (found.total, len(found.refused)) == (stored.entries, EMPTY.get(stored.name, 0))
    assert found.facts.format
    assert found.facts.title
    assert found.whole


def test_the_corpus_is_whole():
    assert sum(stored.entries for stored in INDEX) == 3_074


@pytest.mark.parametrize("stored", INDEX, ids=by_name)
def test_what_was_read_once_is_not_read_again(stored):
    again = parse(stored.document, frozenset(whole(stored).slices), NOW)
    assert (again.entries, again.unchanged) == ((), stored.entries)
    assert again.facts == whole(stored).facts


@pytest.mark.parametrize("stored", XML, ids=by_name)
def test_which_documents_slice_is_known(stored):
    part = cut(tame(stored), NOTHING)
    assert (isinstance(part, Cut) and part.kept == stored.entries) == (
        stored.name not in NOT_SLICED
    )


@pytest.mark.parametrize("stored", SLICED, ids=by_name)
def test_slicing_gives_what_the_full_parse_gives(stored, monkeypatch):
    sliced = whole(stored).entries
    monkeypatch.setattr("digests.feeds.parse._parse_slices", lambda *_: None)
    assert parse(stored.document, NOTHING, NOW).entries == sliced


@pytest.mark.parametrize("stored", SLICED, ids=by_name)
def test_one_new_entry_gives_exactly_that_entry(stored):
    full = whole(stored)
    chosen = random.Random(stored.name).sample(range(stored.entries), min(8, stored.entries))
    for position in chosen:
        mark = full.slices[position]
        if full.slices.count(mark) > 1:
            continue  # GHSA repeats an advisory byte by byte, once for every package
        one = parse(stored.document, frozenset(full.slices) - {mark}, NOW)
        assert (one.entries, one.positions) == ((full.entries[position],), (position,))
        assert one.facts == full.facts


@pytest.mark.parametrize("stored", XML, ids=by_name)
def test_links_are_what_feedparser_makes_of_them_when_told_the_address(stored):
    feedparser = pytest.importorskip("feedparser")
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": URL}
    theirs = feedparser.parse(
        io.BytesIO(tame(stored)),
        response_headers=headers,
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    for ours, entry in zip(whole(stored).entries, theirs.entries, strict=True):
        assert ours.link == _page(entry)
        assert ours.id == dict.get(entry, "id", "")


def _page(entry) -> str:
    """feedparser's word, but that of several links it takes the last."""
    last = dict.get(entry, "feedburner_origlink") or dict.get(entry, "link", "")
    links = [link for link in entry.get("links", []) if link["rel"] == "alternate"]
    pages = [link["href"] for link in links if "href" in link]
    return pages[0] if last in pages else last


def test_links_of_related_stories_make_no_two_entries_one():
    stored = next(one for one in XML if one.name == "aif-ru.xml")
    links = [entry.link for entry in whole(stored).entries]
    assert len(set(links)) == len(links) == 100


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("name", ["bleepingcomputer.xml", "swissky.atom", "slashdot.rdf"])
def test_a_document_in_another_charset_slices_the_same(name, encoding):
    stored = next(one for one in XML if one.name == name)
    text = to_utf8(stored.document.body).decode()
    declaration = f'<?xml version="1.0" encoding="{encoding}"?>'
    body = (declaration + text[text.index("?>") + 2 :]).encode(encoding)
    found = parse(Document(URL, URL, body), NOTHING, NOW)
    assert found.entries == whole(stored).entries
    assert found.slices == whole(stored).slices


@pytest.mark.parametrize("encoding", ["shift_jis", "euc-jp", "iso-2022-jp", "koi8-r", "big5"])
def test_charsets_that_expat_does_not_know_are_sliced(encoding):
    words = {"koi8-r": "Уязвимость", "big5": "閘道漏洞"}.get(encoding, "脆弱性とゲートウェイ")
    entries = "".join(f"<item><title>{words} {number}</title></item>" for number in range(3))
    text = f'<?xml version="1.0" encoding="{encoding}"?><rss><channel>{entries}</channel></rss>'
    found = parse(Document(URL, URL, text.encode(encoding)), NOTHING, NOW)
    assert [entry.title for entry in found.entries] == [f"{words} {number}" for number in range(3)]
    again = parse(Document(URL, URL, text.encode(encoding)), frozenset(found.slices[1:]), NOW)
    assert (len(again.entries), again.unchanged) == (1, 2)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(50))
def test_damaged_real_documents_end_in_outcomes(seed):
    chance = random.Random(seed)
    for _ in range(100):
        stored = chance.choice(INDEX)
        body = stored.document.body
        if len(body) > 60_000:  # a part of it does as well, and fifty times as often
            at = chance.randrange(len(body) - 60_000)
            body = body[:2_000] + body[at : at + 50_000] + body[-2_000:]
        survives(mutated(body, chance), chance.choice(("", "text/xml; charset=big5", "text/html")))
