"""Which addresses may be reached, judged without a network."""

from ipaddress import IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from digests.web.addresses import AddressRules
from digests.web.targets import NoDocument, bare, parse_target, redirect_target, same_place
from tests.forbidden import AS_ANSWER, AS_HOST

RULES = AddressRules()
LOOPBACK = AddressRules(["127.0.0.0/8"])

PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.215.14",
    "100.63.255.255",
    "100.128.0.0",
    "169.253.255.255",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2606:4700:4700::1111",
    "2a00:1450:4001:82a::200e",
    "2001:200::1",
    "64:ff9b::808:808",
    "::ffff:8.8.8.8",
]
EDGES = [
    "0.255.255.255",
    "10.255.255.255",
    "100.64.0.0",
    "100.127.255.255",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.0.0",
    "172.31.255.255",
    "192.0.0.192",
    "192.88.99.1",
    "192.168.255.255",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.9",
    "239.255.255.255",
    "255.255.255.254",
    "2001:1ff:ffff::1",
    "2001:db8::1",
    "3fff::1",
    "4000::1",
    "64:ff9b::a00:1",
    "64:ff9b:1::808:808",
    "::",
    "::8.8.8.8",
    "fdff::1",
    "febf::1",
]


@pytest.mark.parametrize("ip", PUBLIC)
def test_a_public_address_may_be_reached(ip):
    assert RULES.refusal(ip, 443) == ""


@pytest.mark.parametrize("ip", EDGES)
def test_a_set_aside_address_is_refused_up_to_its_edges(ip):
    assert RULES.refusal(ip, 443)


@pytest.mark.parametrize("answer", AS_ANSWER.values(), ids=AS_ANSWER)
def test_each_bad_answer_holds_an_address_that_is_refused(answer):
    assert any(RULES.refusal(ip, 443) for ip in answer)


@pytest.mark.parametrize("host", AS_HOST.values(), ids=AS_HOST)
def test_each_bad_spelling_is_refused_as_name_or_as_address(host):
    target = parse_target(f"http://{host}/feed")
    assert RULES.refused_name(target.host, target.port)


def test_a_zone_does_not_hide_the_address():
    assert RULES.refusal("fe80::1%eth0", 80)


def test_what_is_no_address_is_refused():
    assert RULES.refusal("news.example", 80)
    assert RULES.refusal("", 80)


def test_the_operator_may_open_a_range():
    rules = AddressRules(["10.1.0.0/16", "fd00:1::/32"])
    assert rules.refusal("10.1.2.3", 8080) == ""
    assert rules.refusal("::ffff:10.1.2.3", 8080) == ""
    assert rules.refusal("fd00:1::5", 8080) == ""
    assert rules.refusal("10.2.2.3", 8080)


def test_an_opened_loopback_has_its_name_too():
    assert LOOPBACK.refused_name("localhost", 8080) == ""
    assert LOOPBACK.refused_name("feeds.localhost", 8080) == ""
    assert RULES.refused_name("localhost", 8080)


def test_a_disguised_address_stays_refused_even_where_it_leads_is_open():
    assert LOOPBACK.refused_name("127.0.0.1", 8080) == ""
    assert LOOPBACK.refused_name("2130706433", 8080)


def test_a_range_that_is_none_is_an_error():
    with pytest.raises(ValueError, match="not-a-range"):
        AddressRules(["not-a-range"])


@pytest.mark.parametrize("port", [0, 22, 25, 53, 3306, 5432, 6379, 9200, 11211, 27017])
def test_ports_of_other_services_are_refused_even_in_an_opened_range(port):
    assert LOOPBACK.refusal("127.0.0.1", port)
    assert RULES.refusal("8.8.8.8", port)


def test_our_own_port_is_refused_when_told():
    rules = AddressRules(["127.0.0.0/8"], ports=[8099])
    assert rules.refusal("127.0.0.1", 8099)
    assert rules.refusal("127.0.0.1", 8098) == ""


@pytest.mark.parametrize("name", ["news.example", "0xdead.example", "1.example", "a1", "x0"])
def test_an_ordinary_name_is_left_to_the_resolver(name):
    assert RULES.refused_name(name, 443) == ""


@given(st.integers(0, 2**32 - 1).map(ip_address))
def test_no_ipv4_address_that_python_calls_local_is_open(address):
    local = address.is_private or address.is_reserved or address.is_loopback
    if local or address.is_multicast or address.is_link_local or address.is_unspecified:
        assert RULES.refusal(str(address), 443)


@given(st.integers(0, 2**128 - 1).map(IPv6Address))
def test_only_global_unicast_ipv6_is_open(address):
    if not RULES.refusal(str(address), 443):
        assert address.packed[0] >> 5 == 1
        assert not address.is_private


@given(st.integers(0, 2**32 - 1))
def test_an_ipv4_address_is_judged_alike_however_it_is_wrapped(number):
    plain = bool(RULES.refusal(str(ip_address(number)), 443))
    mapped = IPv6Address((0xFFFF << 32) | number)
    nat64 = IPv6Address((0x64FF9B << 96) | number)
    assert bool(RULES.refusal(str(mapped), 443)) is plain
    assert bool(RULES.refusal(str(nat64), 443)) is plain


class TestTargets:
    @pytest.mark.parametrize(
        "url",
        [
            "file:///etc/passwd",
            "gopher://news.example/",
            "ftp://news.example/feed",
            "data:text/xml,<rss/>",
            "javascript:alert(1)",
            "feed:file:///etc/passwd",
            "http:///feed",
            "http://news example/feed",
            "http://news.example/\r\nX-Injected: 1",
            "http://news.example/\0",
            "http://news.example\\@127.0.0.1/",
            "http://news.example:99999/",
            "http://" + "a" * 70 + ".example/",
            "http://a..example/",
            "http://news.example/" + "a" * 65536,
            "http://127.0.0.1%00.example/",
            "http://[::1/feed",
            "news.example/feed",
            "",
        ],
    )
    def test_an_address_no_publisher_has_is_refused(self, url):
        with pytest.raises(NoDocument) as refused:
            parse_target(url)
        assert refused.value.outcome.trouble == "bad_url"

    def test_path_and_query_go_out_as_written(self):
        target = parse_target("https://News.Example/a%2Fb/%7Ec+d?x=%20y+z&sig=a%2Bb=#part")
        assert str(target) == "https://news.example/a%2Fb/%7Ec+d?x=%20y+z&sig=a%2Bb="

    def test_what_cannot_be_sent_is_encoded(self):
        target = parse_target("https://пример.example/лента новостей?т=1")
        assert target.raw_host == "xn--e1afmkfd.example"
        assert target.raw_path == (
            "/%D0%BB%D0%B5%D0%BD%D1%82%D0%B0%20%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B5%D0%B9"
        )

    def test_the_old_path_of_a_redirect_keeps_its_bytes(self):
        here = URL("https://news.example/old/feed")
        assert str(redirect_target(here, "../caf\udce9/")) == "https://news.example/caf%E9/"

    def test_messages_never_show_user_query_or_fragment(self):
        shown = bare(URL("https://user:pw@news.example/feed?key=s3cret#s3cret"))
        assert shown == "https://news.example/feed"

    @pytest.mark.parametrize(
        ("one", "other", "same"),
        [
            ("https://a.example/x", "https://a.example/y", True),
            ("http://a.example/x", "https://a.example/x", True),
            ("https://a.example/x", "http://a.example/x", False),
            ("https://a.example/x", "https://www.a.example/x", False),
            ("https://a.example/x", "https://a.example:8443/x", False),
            ("http://a.example:8080/x", "https://a.example/x", False),
        ],
    )
    def test_credentials_stay_with_their_origin_or_its_step_to_https(self, one, other, same):
        assert same_place(URL(one), URL(other)) is same
