"""Addresses: which are the same page, which may be opened, and who stands behind them."""

import feedparser
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digests.text.links import canonical, host_of, registrable_domain, shown
from tests.corpus import corpus, needs_corpus

PAGE = "https://example.com/a/page"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/a/page",
        "HTTPS://WWW.Example.COM/a/page",
        "https://example.com:443/a/page",
        "http://example.com:80/a/page",
        "https://example.com./a/page",
        "https://example.com/a/page/",
        "https://example.com/a/./b/../page",
        "https://example.com/%61/p%61ge",
        "https://example.com/a/page?",
        "https://example.com/a/page?utm_source=rss&utm_medium=rss&UTM_campaign=x",
        "https://example.com/a/page?fbclid=1&gclid=2&mc_cid=3&mkt_tok=4&at_medium=RSS",
        "https://example.com/a/page?wt_mc=rss.red.ho.news",
        "https://example.com/a/page?ref=rss",
        "https://example.com/a/page?source=rss&from=twitter",
        "https://example.com/a/page#comments",
        "https://example.com/a/page#comment-123",
        "https://example.com/a/page#xtor=RSS-3208",
        "https://example.com/a/page#:~:text=words",
        "https://example.com/a/page#utm_source=x",
        "  https://example.com/a/page\n",
        "https://www.google.com/url?rct=j&sa=t&url=https://example.com/a/page&ct=ga&usg=x",
        "https://www.google.co.uk/url?q=https%3A%2F%2Fexample.com%2Fa%2Fpage&sa=D",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.com%2Fa%2Fpage&h=x",
        "https://www.youtube.com/redirect?q=https%3A%2F%2Fexample.com%2Fa%2Fpage",
        "https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.com%2Fa%2Fpage",
        "https://duckduckgo.com/l/?uddg=https%3A%2F%2Fexample.com%2Fa%2Fpage",
        "https://google.com/url?q=https://google.com/url?q%3Dhttps://example.com/a/page",
    ],
)
def test_addresses_of_one_page_are_one(url: str) -> None:
    assert canonical(url) == PAGE


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/a/Page",
        "https://blog.example.com/a/page",
        "https://example.com:8443/a/page",
        "https://example.com/a/page?id=1",
        "https://example.com/a/page?ref=chapter-2",
        "https://example.com/a/page?source=bing-maps",
        "https://example.com/a/page#article",
        "https://example.com/a/page#!/other",
        "https://example.com/a%2Fpage",
        "https://example.org/a/page",
    ],
)
def test_addresses_of_other_pages_stay_apart(url: str) -> None:
    assert canonical(url) not in {"", PAGE}


def test_parameters_have_no_order_but_repeat() -> None:
    assert canonical("https://e.example/?b=2&a=1&a=0") == canonical("http://e.example?a=0&b=2&a=1")
    assert canonical("https://e.example/?a=1&a=1") != canonical("https://e.example/?a=1")


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:msgbox(1)",
        "file:///etc/passwd",
        "feed:file:///etc/passwd",
        "gopher://example.com/",
        "ftp://example.com/",
        "mailto:a@example.com",
        "https://user:password@example.com/",
        "https://example.com@evil.example/",
        "https://google.com%2f@evil.example/",
        "https://example.com\\@evil.example/",
        "https:\\\\evil.example/",
        "https:evil.example",
        "https:///path",
        "https://",
        "https://exa mple.com/",
        "https://example.com:0/",
        "https://example.com:99999/",
        "https://example.com:port/",
        "https://a..b/",
        f"https://{'a' * 70}.example/",
        "https://-example.com/",
        "https://[::1/",
        "https://[not-an-address]/",
        "https://example.com/\x00",
        "https://example.com/a\r\nHost: evil",
        "https://example.com/\ud800",
        "https://example.com/" + "a" * 2048,
        "https://example.com/" + "é" * 1000,
        "https://google.com/url?q=javascript:alert(1)",
        "https://google.com/url?q=data:text/html,x",
        "https://google.com/url?q=https://user@evil.example/",
        "www.example.com/page",
        "",
        " ",
    ],
)
def test_what_is_unsafe_has_no_address(url: str) -> None:
    assert canonical(url) == ""
    assert shown(url) == ""
    assert f"{shown(url, 'https://base.example/')}https://base.example/".startswith(
        "https://base.example/"
    )


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://example.com", "http://example.com"),
        ("http://www.example.com:8080/A/?b=2&utm_source=x&a=1#c", None),
        ("https://www.google.com/url?q=http://www.example.com/", "http://www.example.com/"),
        ("https://example.com/a b/é?q=ü", "https://example.com/a%20b/%C3%A9?q=%C3%BC"),
        ("https://example.com/100%", "https://example.com/100%25"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://faß.de/", "https://xn--fa-hia.de/"),
        ("https://аррӏе.com/", "https://xn--80ak6aa92e.com/"),
        ("https://例え。テスト/", "https://xn--r8jz45g.xn--zckzah/"),
        ("https://EXAMPLE.com/Path", "https://example.com/Path"),
        ("http://192.0.2.1:81/x", "http://192.0.2.1:81/x"),
        ("http://[2001:DB8:0::1]/x", "http://[2001:db8::1]/x"),
        ("https://example.com/<script>\"'|`", "https://example.com/%3Cscript%3E%22'%7C%60"),
    ],
)
def test_the_shown_address_opens_the_page_and_hides_nothing(url: str, address: str | None) -> None:
    assert shown(url) == (address or "http://www.example.com:8080/A/?b=2&a=1#c")


@pytest.mark.parametrize(
    ("relative", "address"),
    [
        ("/p", "https://x.example/p"),
        ("p", "https://x.example/d/p"),
        ("../p?q#f", "https://x.example/p?q#f"),
        ("?q", "https://x.example/d/?q"),
        ("#f", "https://x.example/d/#f"),
        ("//y.example/p", "https://y.example/p"),
        ("http://y.example/p", "http://y.example/p"),
        ("", ""),
        ("javascript:alert(1)", ""),
        ("mailto:a@b.example", ""),
        ("//user@y.example/", ""),
    ],
)
def test_relative_addresses_are_resolved(relative: str, address: str) -> None:
    assert shown(relative, "https://x.example/d/") == address


def test_a_relative_address_without_a_base_is_none() -> None:
    assert shown("/p") == ""
    assert shown("/p", "not an address") == ""
    assert shown("/p", "file:///etc/") == ""
    assert shown("//x.example/p") == "https://x.example/p"


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://krebsonsecurity.com/feed/", "krebsonsecurity.com"),
        ("https://www.feeds.bbc.co.uk/x", "bbc.co.uk"),
        ("https://somebody.github.io/feed.xml", "somebody.github.io"),
        ("https://github.io/", "github.io"),
        ("http://127.0.0.1:8000/feed", "127.0.0.1:8000"),
        ("http://127.0.0.1/feed", "127.0.0.1"),
        ("http://[::1]:8000/", "[::1]:8000"),
        ("http://localhost:8000/", "localhost:8000"),
        ("https://www.news.example/", "news.example"),
        ("https://пример.рф/", "xn--e1afmkfd.xn--p1ai"),
        ("https://a.пример.рф/", "xn--e1afmkfd.xn--p1ai"),
        ("javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_the_publisher_is_who_registered_the_name(url: str, domain: str) -> None:
    assert registrable_domain(url) == domain


def test_the_host_is_the_name_alone() -> None:
    assert host_of("https://WWW.Bücher.example:8443/x") == "www.xn--bcher-kva.example"
    assert host_of("file:///x") == ""


# --- any address ---------------------------------------------------------------------------------

HOSTS = ["example.com", "www.example.com", "www.www.x.example", "www.google.com", "bücher.example"]
HOSTS += [
    "youtube.com",
    "l.facebook.com",
    "[::1]",
    "127.0.0.1",
    "EXAMPLE.com.",
    "xn--bcher-kva.example",
]
BITS = ["/", "/url", "/%75rl", "/redirect", "/.", "/..", "//", "/a", "%41", "%2541", "%", "%zz"]
BITS += ["?q=", "&url=", "https://", "www.", "example.com", "&", "=", "#", "#top", "#a=1", "é"]
BITS += ["?utm_x=1", "&ref=rss", "+", " ", "\\", ":80", "@", "https%3A%2F%2F"]
addresses = st.builds(
    lambda scheme, host, port, bits: f"{scheme}://{host}{port}{''.join(bits)}",
    st.sampled_from(["http", "https"]),
    st.sampled_from(HOSTS),
    st.sampled_from(["", ":80", ":443", ":8080"]),
    st.lists(st.sampled_from(BITS), max_size=10),
)


@given(addresses | st.text(st.characters(), max_size=60))
@example("http://x.example:443/")
@example("https://google.com/%75rl?q=https%3A%2F%2Fgoogle.com%2Furl%3Fq%3Dhttps://x.example")
def test_a_canonical_address_is_its_own(url: str) -> None:
    once = canonical(url)
    assert canonical(once) == once
    assert once == "" or once.startswith("https://")
    assert len(once) <= 2048
    assert once.isascii()


@given(addresses | st.text(st.characters(), max_size=60))
def test_a_shown_address_is_plain_and_means_the_same_page(url: str) -> None:
    address = shown(url)
    assert shown(address) == address
    assert canonical(address) == canonical(url if not url.strip().startswith("//") else address)
    assert all("!" <= character <= "~" for character in address)
    assert not set(address) & set("<>\"'`{}|\\^") - {"'"}


@given(st.text(st.characters(), max_size=60), addresses)
def test_nothing_relative_leads_to_anything_but_http(relative: str, base: str) -> None:
    address = shown(relative, base)
    assert address == "" or address.startswith(("http://", "https://"))
    assert "@" not in address.partition("://")[2].partition("/")[0]


# --- real feeds ----------------------------------------------------------------------------------


def links_of(feed: str) -> list[str]:
    parsed = feedparser.parse(corpus("feeds", feed).read_bytes(), sanitize_html=False)
    return [entry.link for entry in parsed.entries if "link" in entry]


@needs_corpus
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    ("feed", "noise"),
    [
        ("heise-online-de.rdf", "wt_mc"),
        ("lemonde-fr.xml", "xtor"),
        ("slashdot.rdf", "utm_"),
        ("google-alerts.atom", "google.com/url"),
    ],
)
def test_noise_of_real_links_is_gone(feed: str, noise: str) -> None:
    links = links_of(feed)
    assert any(noise in link for link in links)
    for link in links:
        assert canonical(link)
        assert noise not in canonical(link)
        assert noise not in shown(link)


@needs_corpus
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_articles_of_a_real_issue_keep_their_fragments() -> None:
    links = set(links_of("phrack.atom"))
    assert len({canonical(link) for link in links}) == len(links) > 1000
