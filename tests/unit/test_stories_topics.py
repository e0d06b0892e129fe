"""Topics: what a story is about, in eight languages, and nothing where nothing is clear."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.model import Name
from digests.stories.topics import MOST, TOPICS, topics


@pytest.mark.parametrize(
    ("title", "topic"),
    [
        ("LockBit ransomware gang hits a hospital", "ransomware"),
        ("Erpressungstrojaner legt Stadtwerke lahm", "ransomware"),
        ("Un rançongiciel paralyse un hôpital", "ransomware"),
        ("研究人员发现新的勒索软件攻击医院", "ransomware"),
        ("新たなランサムウェア攻撃が病院を襲った", "ransomware"),
        ("هجوم فدية جديد على المستشفيات: برامج الفدية", "ransomware"),
        ("Хакеры-вымогатели атаковали больницу", "ransomware"),
        ("Data breach at airline exposes 9 million customers", "breach"),
        ("Filtración de datos en un banco", "breach"),
        ("Критическая уязвимость в роутерах", "vulnerability"),
        ("Kritische Sicherheitslücke in Routern", "vulnerability"),
        ("Ivanti patches zero-day in Connect Secure", "vulnerability"),
        ("ثغرة خطيرة في أجهزة التوجيه", "vulnerability"),
        ("New botnet infects routers", "malware"),
        ("Phishing campaign targets bank customers", "phishing"),
        ("Chinese espionage group spied on ministries", "espionage"),
        ("スパイ集団が省庁を狙う", "espionage"),
        ("顧客情報136万件が流出か", "breach"),
        ("New malicious modules: infection attempts by an update system", "malware"),
        ("Record DDoS attack stopped", "ddos"),
        ("Hacker sentenced to five years in prison", "crime"),
        ("Parliament adopts new cybersecurity legislation", "policy"),
        ("Malicious package on npm: a supply chain attack", "supply-chain"),
    ],
)  # fmt: skip
def test_a_headline_tells_its_topic(title: str, topic: str) -> None:
    assert topic in topics(title, "")


@pytest.mark.parametrize("title", ["", "Our week in review", "The queen opens a garden", "Kekse"])
def test_what_is_about_nothing_of_ours_has_no_topic(title: str) -> None:
    assert topics(title, title) == ()


def test_surveillance_is_a_matter_of_privacy_and_a_spider_is_no_spy() -> None:
    title, text = "Kommentar: Überwachung und Zensur", "Das DNS kann mit der Überwachung umgehen."
    assert topics(title, text) == ("privacy",)
    assert topics("「Scattered Spider（スキャタード・スパイダー）」が有罪を認める", "") == ()


def test_a_flaw_that_allows_denial_of_service_is_no_ddos() -> None:
    title = "Server components have multiple denial of service vulnerabilities"
    text = "The fixes were incomplete; a denial-of-service vulnerability still exists."
    assert topics(title, text) == ("vulnerability",)
    assert "ddos" in topics(
        "A denial-of-service attack on a bank", "The DDoS attack lasted a day."
    )


def test_a_payload_alone_is_no_malware() -> None:
    assert topics("Shortest polyglot payload wins", "The payload runs in 22 contexts.") == ()


def test_a_cve_and_a_malware_help_to_decide() -> None:
    title, text = "Ivanti warns customers", "A flaw is exploited; patch now."
    assert topics(title, text) == ()
    assert topics(title, text, (), ("CVE-2024-21887",)) == ("vulnerability",)
    assert topics("LockBit is back", "The loader", [Name("malware", "LockBit")], ()) == ()


def test_the_most_telling_comes_first() -> None:
    found = topics("Ransomware gang arrested", "Police seized servers of the ransomware gang.")
    assert found[0] == "ransomware"
    assert "crime" in found


def test_where_nothing_is_clear_the_first_lines_decide() -> None:
    lead = "The payroll service is back nine days after ransomware stopped it. "
    assert topics("Payroll service is back", lead) == ("ransomware",)
    assert topics("Payroll service is back", "x " * 200 + lead) == ()
    assert topics("Payroll service is back", "A patch is out.") == ()  # a plain word alone


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_has_at_most_three_of_the_fixed_set(title: str, text: str) -> None:
    found = topics(title, text)
    assert len(found) <= MOST
    assert set(found) <= set(TOPICS)
