"""docs/search.md tells the truth: every query in it is run, by the archive and by the rules."""

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from digests.model import CveFacts, Indicator, Name, Quality, Source
from digests.rules import fields
from digests.rules.match import matches, subject
from digests.rules.query import parse_lenient, parse_strict, terms
from digests.testing import START
from tests.contract.archives import poll, told, words

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "search.md").read_text("utf-8")
ROWS = [
    (query, sorted(map(int, re.findall(r"\d+", finds))))
    for query, finds in re.findall(r"^\| `([^`]+)` \| ([\d, ]*) ?\|", PAGE, re.MULTILINE)
]
NOW = START + timedelta(days=1)
FACTS = (
    CveFacts("CVE-2026-1111", kev_since=date(2026, 3, 1), epss=0.93, cvss=9.8),
    CveFacts("CVE-2026-2222", cvss=5.3),
)


def _source(publisher: str) -> Source:
    return Source(publisher, "Other", "Other words", "", START)


STORIES = (
    told(
        1,
        "Ivanti patches Connect Secure",
        "Attackers exploited CVE-2026-1111 for weeks. The vendor fixed the supply chain of its"
        " gateway.",
        publisher="krebsonsecurity.com",
        country="US",
        cves=("CVE-2026-1111",),
        quality=Quality(71),
        also=(_source("a.example"), _source("b.example")),
        names=(Name("vendor", "Ivanti"),),
        topics=(),
    ),
    told(
        2,
        "Ransomware hits a hospital",
        "LockBit encrypted backups of a hospital.",
        country="GB",
        cves=(),
        topics=("ransomware",),
        names=(Name("malware", "LockBit"),),
        picture="https://news.example/p.jpg",
        quality=Quality(40),
    ),
    told(
        3,
        "Sicherheitslücke in Routern",
        "APT28 nutzt die Lücke, Zugriff über evil.example.com.",
        language="de",
        country="DE",
        publisher="heise.de",
        cves=("CVE-2026-2222",),
        names=(Name("actor", "APT28"),),
        indicators=(Indicator("domain", "evil.example.com"),),
        topics=(),
    ),
    told(
        4,
        "Podcast of the week",
        "We talk about zero-day flaws and C++.",
        country="US",
        cves=(),
        topics=(),
    ),
)


@pytest.mark.parametrize(("query", "finds"), ROWS, ids=[query for query, _ in ROWS])
async def test_a_query_of_the_page_finds_what_the_page_says(archive, query, finds):
    await archive.learn(FACTS)
    await archive.commit_poll(poll(*STORIES))
    parsed = parse_lenient(query)
    assert parsed.notes == ()
    page = await archive.search(parsed.query, now=NOW, sort=parsed.sort)
    assert sorted(hit.story.id & 0xFF for hit in page.hits) == finds
    backwards = any(getattr(leaf, "name", "") in fields.SEARCH for leaf in terms(parsed.query))
    if backwards or "sort:" in query:
        return
    rule, found = parse_strict(query), []
    for record in STORIES:
        facts = tuple(one for one in FACTS if one.cve in record.story.cves)
        story = replace(record.story, facts=facts)
        if matches(rule, subject(story, words(story))):
            found.append(story.id & 0xFF)
    assert found == finds


def test_the_page_speaks_of_every_field():
    assert len(ROWS) > 35
    for name in (*fields.KNOWN, *fields.ALIASES):
        assert re.search(rf"\b{name}\b[:><]", PAGE), name


def test_what_the_page_says_is_not_understood_is_explained():
    for query in ("publsher:krebs", "is:kex", "cvss:high"):
        assert f"`{query}`" in PAGE
        assert parse_lenient(query).notes[0].near
