"""The oddities that were counted in real feeds, each at the place where it was found."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

import pytest

from digests.model import Document, Draft, Feed
from digests.reading import read
from tests.corpus import corpus, needs_corpus

pytestmark = [needs_corpus, pytest.mark.usefixtures("whole_documents")]

NOW = datetime(2026, 11, 24, tzinfo=UTC)
URL = "https://asked.example/feed"
FEED = Feed(url=URL, name="Corpus", publisher="asked.example")
ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-f]+|[a-z]{2,8});", re.IGNORECASE)
MARKUP = re.compile(r"</?(?:p|br|div|span|img|li)\b[^>]*>", re.IGNORECASE)
TRACKING = re.compile(r"[?&](?:utm_\w+|wt_mc|xtor|fbclid)=")
FORWARDING = re.compile(r"//(?:[a-z]+\.)?google\.[a-z]+/url|feedsportal|feeds\.feedburner")


@cache
def drafts(name: str) -> tuple[Draft, ...]:
    document = Document(URL, URL, corpus("feeds", name).read_bytes())
    return read(document, frozenset(), FEED, NOW).drafts


@cache
def everything() -> tuple[Draft, ...]:
    names = sorted(path.name for path in corpus("feeds").iterdir() if path.suffix != ".tsv")
    return tuple(draft for name in names for draft in drafts(name))


def those(test: Callable[[Draft], object]) -> list[Draft]:
    return [draft for draft in everything() if test(draft)]


@pytest.mark.parametrize("name", ["crowdstrike-blog.xml", "uol-pt-bozo.xml", "geekpark-zh.xml"])
def test_dates_that_feedparser_misreads_or_cannot_read_are_read(name):
    assert all(draft.published for draft in drafts(name))


def test_no_date_lies_ahead_and_none_before_there_was_a_web():
    years = {draft.published.year for draft in everything() if draft.published}
    assert max(years) <= 2026
    assert min(years) >= 1990


def test_what_has_no_date_has_none_to_be_believed():
    """heise gives none; Phrack's first issues are older than feeds; two blogs write the year 1."""
    undated = {
        name: sum(draft.published is None for draft in drafts(name))
        for name in ("heise-online-de.rdf", "phrack.atom", "yutian-zh.xml", "cisa-advisories.xml")
    }
    assert undated == {
        "heise-online-de.rdf": 60,
        "phrack.atom": 324,
        "yutian-zh.xml": 8,
        "cisa-advisories.xml": 0,
    }


def test_a_zone_by_its_name_is_understood():
    hours = {draft.published.hour for draft in drafts("cisa-advisories.xml") if draft.published}
    assert hours <= set(range(10, 24))  # noon in Washington, where they write EDT


def test_no_title_shows_a_reference_and_none_its_emphasis():
    assert those(lambda draft: ENTITY.search(draft.title)) == []
    assert those(lambda draft: re.search(r"</?b>", draft.title)) == []


def test_words_between_brackets_that_are_the_subject_stay_in_the_title():
    assert [d.title for d in those(lambda d: "<style>" in d.title)] == [
        (
            "CVE-2026-35046 | Tandoor has a Stored CSS Injection via <style> Tag in Recipe Instructions"
            " (API-Level)"
        )
    ]


def test_links_are_freed_of_what_follows_their_readers():
    assert those(lambda draft: TRACKING.search(draft.link)) == []
    assert those(lambda draft: FORWARDING.search(draft.link)) == []


def test_google_alerts_lead_to_the_pages_themselves():
    assert not any("google." in draft.shown_link for draft in drafts("google-alerts.atom"))


def test_a_fragment_that_names_a_page_of_its_own_stays():
    links = {draft.link for draft in drafts("phrack.atom")}
    assert len(links) > 1_000
    assert all("#" in link for link in links)


def test_every_link_is_whole():
    bad = those(lambda draft: draft.shown_link and "://" not in draft.shown_link)
    assert bad == []


@pytest.mark.parametrize(
    "name", ["aif-ru.xml", "orenburg-ru-cp1251.xml", "heise-developer-de.atom"]
)
def test_no_markup_is_left_in_the_words_of_an_article(name):
    assert [draft.text for draft in drafts(name) if MARKUP.search(draft.text)] == []


def test_payloads_that_a_text_quotes_stay_words_and_lead_nowhere():
    """They are what the entry is about; nothing downstream reads a text as markup."""
    quoted = [d for d in drafts("ghsa-npm.atom") if '<a href="{{maliciousUrl}}"' in d.text]
    assert quoted
    addresses = [a for d in everything() for a in (d.shown_link, d.picture) if a]
    assert all(a.startswith(("https://", "http://")) for a in addresses)
