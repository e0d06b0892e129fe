"""Published knowledge: what the catalog, the scores and the records say, whatever is beside it."""

import gzip
import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.errors import KnowledgeError
from digests.knowledge import parse
from digests.knowledge.sources import CVE, KEV, Sources, sources
from digests.model import CveFacts
from tests.corpus import corpus, needs_corpus

ROW = {
    "cveID": "CVE-2025-0282",
    "vendorProject": "Ivanti",
    "product": "Connect Secure",
    "vulnerabilityName": "Ivanti Connect Secure Stack-Based Buffer Overflow",
    "dateAdded": "2025-01-08",
    "knownRansomwareCampaignUse": "Known",
}
SCORES = (
    b"#model_version:v2026.06.15,score_date:2026-08-08T12:02:54Z\ncve,epss,percentile\n"
    b"CVE-2025-0282,0.93,0.99\nCVE-2024-0001,0.001,0.2\n"
)


def catalog(*rows: object) -> bytes:
    return json.dumps({"title": "x", "vulnerabilities": rows}).encode()


def test_the_catalog_says_what_is_exploited_since_when_and_whether_for_ransom() -> None:
    (found,) = parse.kev(catalog(ROW))
    assert found == CveFacts(
        "CVE-2025-0282",
        kev_since=date(2025, 1, 8),
        ransomware=True,
        title="Ivanti Connect Secure Stack-Based Buffer Overflow",
        product="Ivanti Connect Secure",
    )


@pytest.mark.parametrize(
    "row",
    [None, [], {}, "x", ROW | {"cveID": 7}, ROW | {"cveID": "CVE-1"}, ROW | {"dateAdded": None}],
)
def test_a_broken_row_is_left_out(row: object) -> None:
    assert [one.cve for one in parse.kev(catalog(row, ROW))] == ["CVE-2025-0282"]


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"vulnerabilities": []}'])
def test_what_is_no_catalog_is_refused(body: bytes) -> None:
    with pytest.raises(KnowledgeError):
        parse.kev(body)


@pytest.mark.parametrize("body", [SCORES, gzip.compress(SCORES, mtime=0)])
def test_scores_are_read_for_the_wanted_cves_packed_or_not(body: bytes) -> None:
    wanted = frozenset({"CVE-2025-0282", "CVE-2020-1"})
    assert parse.epss(body, wanted) == {"CVE-2025-0282": 0.93}


@pytest.mark.parametrize(
    "body", [b"", b"<html></html>", gzip.compress(SCORES, mtime=0)[:40], b"\x1f\x8bnonsense"]
)
def test_what_is_no_list_of_scores_is_refused(body: bytes) -> None:
    with pytest.raises(KnowledgeError):
        parse.epss(body, frozenset())


@pytest.mark.parametrize("score", [b"2", b"-1", b"nan", b"inf", b"x", b""])
def test_an_impossible_score_is_none(score: bytes) -> None:
    body = SCORES + b"CVE-2024-9999," + score + b",0\n"
    assert parse.epss(body, frozenset({"CVE-2024-9999"})) == {}


def test_a_list_that_unpacks_without_end_is_refused() -> None:
    bomb = gzip.compress(b"cve,epss,percentile\n" + b"0" * 300 * 2**20)
    with pytest.raises(KnowledgeError):
        parse.epss(bomb, frozenset())


def record(**containers: object) -> bytes:
    return json.dumps(
        {"cveMetadata": {"cveId": "CVE-2025-0282"}, "containers": containers}
    ).encode()


def test_a_record_gives_its_own_score_before_that_of_others() -> None:
    own = {
        "title": "Overflow",
        "affected": [{"vendor": "Ivanti", "product": "Connect Secure"}],
        "metrics": [{"cvssV3_1": {"baseScore": 9.0}}, {"cvssV4_0": {"baseScore": 9.3}}],
    }
    others = [{"metrics": [{"cvssV3_1": {"baseScore": 5.0}}]}]
    found = parse.record(record(cna=own, adp=others))
    assert (found.cvss, found.title, found.product) == (9.3, "Overflow", "Ivanti Connect Secure")
    assert parse.record(record(cna={}, adp=others)).cvss == 5.0
    assert (
        parse.record(record(cna={"affected": [{"vendor": "n/a", "product": "n/a"}]})).product == ""
    )


@pytest.mark.parametrize("body", [b"", b"[1]", b"{}", b'{"cveMetadata": {"cveId": "x"}}'])
def test_what_is_no_record_is_refused(body: bytes) -> None:
    with pytest.raises(KnowledgeError):
        parse.record(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["cna", "adp", "metrics", "cvssV3_1", "baseScore", "affected", "title"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_json_in_a_record_is_survived(inner: object) -> None:
    body = json.dumps({"cveMetadata": {"cveId": "CVE-2025-0282"}, "containers": inner}).encode()
    found = parse.record(body)
    assert found.cvss is None or 0 <= found.cvss <= 10


@needs_corpus
def test_the_real_catalog_and_real_records_are_read() -> None:
    found = parse.kev(corpus("knowledge", "kev-cisa-2025-08.json").read_bytes())
    assert len(found) == 1404
    for path in sorted(corpus("knowledge", "cve5").glob("*.json")):
        assert parse.record(path.read_bytes()).cvss


def test_addresses_come_from_the_environment_and_can_be_off() -> None:
    assert sources({}).kev == KEV
    chosen = sources({"NIGHTDESK_KEV": "off", "NIGHTDESK_EPSS": "https://mirror.example/e.gz"})
    assert chosen == Sources(kev="", epss="https://mirror.example/e.gz", cve=CVE)
    address = chosen.record("CVE-2024-3400")
    assert address.endswith("/cves/2024/3xxx/CVE-2024-3400.json")
    assert Sources(cve="").record("CVE-2024-3400") == ""
