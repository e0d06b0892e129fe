"""Indicators: CVE identifiers however they are written, and addresses made harmless."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.model import Indicator
from digests.text.indicators import cves, defang, find
from digests.text.traces import MOST


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


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("hxxps://Evil[.]Example[.]com/a.php?x=1.", "url", "https://evil.example.com/a.php?x=1"),
        ("hxxps://evil[.]example[.]com/a", "domain", "evil.example.com"),
        ("(hxxp://evil[.]com/x(1))", "url", "http://evil.com/x(1)"),
        ("http[:]//evil.com/", "url", "http://evil.com/"),
        ("hxxps[://]evil.com/b", "url", "https://evil.com/b"),
        ("http://185.220.101.4:8080/x.sh", "url", "http://185.220.101.4:8080/x.sh"),
        ("http://185.220.101.4:8080/x.sh", "ipv4", "185.220.101.4"),
        ("evil[.]com", "domain", "evil.com"),
        ("evil(.)co(dot)uk", "domain", "evil.co.uk"),
        ("evil[.com", "domain", "evil.com"),
        ("пример[.]рф", "domain", "xn--e1afmkfd.xn--p1ai"),
        ("вредонос evil[．]com", "domain", "evil.com"),
        ("user[@]evil[.]com", "email", "user@evil.com"),
        ("185[.]220[.]101[.]4", "ipv4", "185.220.101.4"),
        ("185.220.101[.]4:443", "ipv4", "185.220.101.4"),
        ("it called 45.133.1.20.", "ipv4", "45.133.1.20"),
        ("the C2 server at 5.9.1.2,", "ipv4", "5.9.1.2"),
        ("2a02:4780:1:2::5", "ipv6", "2a02:4780:1:2::5"),
        ("d41d8cd98f00b204e9800998ecf8427e", "md5", "d41d8cd98f00b204e9800998ecf8427e"),
        ("SHA1: DA39A3EE5E6B4B0D3255BFEF95601890AFD80709", "sha1",
         "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        ("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "sha256",
         "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("CVE‑2021‑44228", "cve", "CVE-2021-44228"),
    ],
)  # fmt: skip
def test_a_trace_is_found_refanged_and_in_one_spelling(text: str, kind: str, value: str) -> None:
    assert Indicator(kind, value) in find(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ASP.NET, Node.js, app.py and Booking.com are words",
        "read it at https://www.heise.de/security/ or mail me at me@example.com",
        "version 7.2.11.5, Chrome 120.0.6099.109, v5.64.91.20, firmware 5.64.91.200",
        "10.0.0.1 192.168[.]1[.]1 127.0.0.1 0.0.0.0 224.0.0.251",
        "open http://127.0.0.1:8080/x, http://192.168.1.8, hxxp://10[.]0[.]0[.]1/a or http://[::1]/",
        "00:1a:2b:3c:4d:5e at 12:30:45, ratio 3::1, std::vector, ::1, 2001:db8::1",
        "12345678901234567890123456789012 and ffffffffffffffffffffffffffffffff",
        "see [1.] and [this] and (2.5)",
    ],
)
def test_words_versions_and_honest_links_are_no_traces(text: str) -> None:
    assert find(text) == []


def test_traces_come_in_order_once_and_never_too_many() -> None:
    found = find("b[.]com a[.]com b[.]com CVE-2024-3400")
    assert [one.value for one in found] == ["b.com", "a.com", "CVE-2024-3400"]
    assert len(find(" ".join(f"x{n}[.]com" for n in range(5_000)))) == MOST


@given(st.text(alphabet="abc.[]()hxtps:/@1dot{}\\ -", max_size=120))
def test_anything_may_be_searched_and_what_is_found_is_never_broken(text: str) -> None:
    for one in find(text):
        if one.kind in {"domain", "ipv4", "email"}:
            assert "[" not in one.value
            assert " " not in one.value


NOTE = (
    "Note: The CVEs in this advisory are unrelated to vulnerabilities (CVE-2025-0282 and"
    " CVE-2025-0283) in Connect Secure. For more information on CVE -2025-0282 and"
    " CVE-2025-0283, see the other one. Attackers chained CVE-2024-8963 and CVE-2024-8190."
)


def test_what_a_text_is_said_not_to_be_about_is_not_what_it_names() -> None:
    assert cves(f"Flaws in CSA\n{NOTE}") == ("CVE-2024-8963", "CVE-2024-8190")


def test_a_cve_of_the_headline_or_told_of_at_length_is_named_whatever_a_sentence_says() -> None:
    assert "CVE-2025-0282" in cves(f"Not CVE-2025-0282\n{NOTE}")
    assert "CVE-2025-0282" in cves(f"Flaws\n{NOTE} CVE-2025-0282 is exploited as well.")
    assert cves("It is unrelated to older bugs, and CVE-2026-1234 is exploited.") == (
        "CVE-2026-1234",
    )
