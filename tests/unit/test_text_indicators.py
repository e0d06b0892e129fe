"""Indicators: CVE identifiers however they are written, and addresses made harmless."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.text.indicators import cves, defang


@pytest.mark.parametrize(
    "text",
    [
        "CVE-2021-44228",
        "cve-2021-44228",
        "CVE‑2021‑44228",
        "CVE–2021–44228",
        "CVE−2021−44228",
        "CVE\xad2021\xad44228",
        "ＣＶＥ－２０２１－４４２２８",
        "CVE 2021-44228",
        "CVE: 2021-44228",
        "CVE_2021_44228",
        "CVE2021-44228",
        "(CVE-2021-44228)",
        "CVE-2021-44228.",
        "CVE-2021-44228.html",
        "https://nvd.example/vuln/detail/CVE-2021-44228",
        "exploit-CVE-2021-44228-poc",
        "漏洞CVE-2021-44228被利用",
        "ثغرة CVE-2021-44228 خطيرة",
    ],
)
def test_an_identifier_is_found_however_it_is_written(text: str) -> None:
    assert cves(text) == ("CVE-2021-44228",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "CVE-2021-1",
        "CVE-21-44228",
        "CVE-1821-44228",
        "CVE-2021-44228" + "0" * 30,
        "ACVE-2021-44228",
        "CVE",
        "2021-44228",
        "CVE-2021",
        "CVE-2021-XXXX",
    ],
)
def test_what_only_looks_like_one_is_none(text: str) -> None:
    assert cves(text) == ()


def test_identifiers_come_in_order_and_once() -> None:
    text = "CVE-2024-3400 and CVE-2021-44228, again CVE-2024-3400, CVE-1999-0001"
    assert cves(text) == ("CVE-2024-3400", "CVE-2021-44228", "CVE-1999-0001")


@pytest.mark.parametrize(
    ("text", "harmless"),
    [
        ("see http://evil.example/a.php?b=c.d now", "see hxxp://evil[.]example/a.php?b=c.d now"),
        ("HTTPS://Evil.example", "hxxps://Evil[.]example"),
        ("hxxps://evil.example/x", "hxxps://evil[.]example/x"),
        ("hxxp[:]//evil[.]example", "hxxp[:]//evil[.]example"),
        ("to 10.0.0.1 and 10.0.0.1:8080", "to 10.0.0[.]1 and 10.0.0[.]1:8080"),
        ("http://10.0.0.1/", "hxxp://10[.]0[.]0[.]1/"),
        ("Booking.com and app.py", "Booking.com and app.py"),
        ("version 1.2.3.4.5", "version 1.2.3.4.5"),
        ("no address", "no address"),
    ],
)
def test_addresses_are_broken_and_words_are_not(text: str, harmless: str) -> None:
    assert defang(text) == harmless


@given(
    st.lists(st.sampled_from(["http", "hxxp", "s", "://", "[:]//", "evil", ".", "[.]", "1", " "]))
)
def test_breaking_twice_changes_nothing(parts: list[str]) -> None:
    once = defang("".join(parts))
    assert defang(once) == once
