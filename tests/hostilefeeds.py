"""Feed documents made to hurt a reader, each with a name; sizes up to 1 MB."""

from collections.abc import Iterator

_HEAD = b'<?xml version="1.0"?>\n'


def _rss(inner: bytes, before: bytes = b"") -> bytes:
    return (
        _HEAD
        + before
        + b'<rss version="2.0"><channel><title>t</title>'
        + inner
        + b"</channel></rss>"
    )


def _entry(inner: bytes) -> bytes:
    return _rss(b"<item><title>x</title><link>https://a.example/1</link>" + inner + b"</item>")


def _laughs(levels: int = 10) -> bytes:
    declared = b"".join(
        b'<!ENTITY l%d "%s">' % (level, b"&l%d;" % (level - 1) * 10) for level in range(1, levels)
    )
    return b'<!DOCTYPE rss [<!ENTITY l0 "lol">' + declared + b"]>"


def _quadratic(length: int, uses: int) -> tuple[bytes, bytes]:
    return b'<!DOCTYPE rss [<!ENTITY a "' + b"A" * length + b'">]>', b"&a;" * uses


def hostile_feeds(part: int = 4) -> Iterator[tuple[str, bytes]]:
    """Bombs, depths, floods and nonsense; each `part` times smaller than a megabyte."""

    def few(count: int) -> int:
        return count // part

    long_entity, many_uses = _quadratic(50_000, 2_000)
    yield "billion laughs", _rss(b"<item><title>&l9;</title></item>", _laughs())
    yield (
        "laughs behind a comment",
        _rss(b"<item><title>&l9;</title></item>", b"<!-- <a -->" + _laughs()),
    )
    yield "quadratic entity", _rss(b"<item><title>" + many_uses + b"</title></item>", long_entity)
    yield (
        "quadratic under the ratio",
        _rss(
            b"<item><title>" + b"&a;" * few(90_000) + b"</title></item>",
            b'<!DOCTYPE rss [<!ENTITY a "' + b"A" * 500 + b'">]>',
        ),
    )
    yield (
        "external file entity",
        _rss(
            b"<item><title>&x;</title></item>",
            b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        ),
    )
    yield (
        "external http entity",
        _rss(
            b"<item><title>&x;</title></item>",
            b'<!DOCTYPE rss [<!ENTITY x SYSTEM "http://127.0.0.1:9/">]>',
        ),
    )
    yield (
        "parameter entity",
        _rss(
            b"<item><title>x</title></item>",
            b'<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1:9/">%p;]>',
        ),
    )
    yield (
        "external subset",
        _rss(b"<item><title>x</title></item>", b'<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/">'),
    )
    yield (
        "include",
        _entry(
            b'<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/hostname"/>'
        ),
    )
    yield "deep and closed", _rss(b"<item>" + b"<a>" * 140_000 + b"</a>" * 140_000 + b"</item>")
    yield "deep and unclosed", b"<rss><channel><item>" + b"<a>" * few(300_000)
    yield (
        "attributes",
        b"<rss "
        + b" ".join(b'a%d="1"' % n for n in range(few(50_000)))
        + b"><channel><item/></channel></rss>",
    )
    yield (
        "attributes, broken",
        b"<rss "
        + b" ".join(b'a%d="1"' % n for n in range(few(50_000)))
        + b"><channel><item>&</item></channel></rss>",
    )
    yield (
        "namespaces",
        b"<rss "
        + b" ".join(b'xmlns:n%d="urn:%d"' % (n, n) for n in range(25_000))
        + b"><channel><item/></channel></rss>",
    )
    yield "blanks before the root", b"\n" * few(40_000) + _rss(b"<item><title>x</title></item>")
    yield (
        "blanks in the prolog",
        _HEAD
        + b"\n" * few(1_000_000)
        + b"<rss><channel><item><title>x</title></item></channel></rss>",
    )
    yield (
        "endless declaration",
        b"<?" + b"encoding='" * 800 + b"?><rss><channel><item/></channel></rss>",
    )
    yield "author of letters", _entry(b"<author>" + b"a" * few(40_000) + b"</author>")
    yield (
        "authors of letters",
        _rss(b"".join(b"<item><author>" + b"a" * 10_000 + b"</author></item>" for _ in range(20))),
    )
    yield "author of labels", _entry(b"<author>a@" + b"b." * few(50_000) + b"</author>")
    yield "author of letters, broken", _entry(b"<author>" + b"a" * few(40_000) + b"</author>&")
    yield "author of labels, broken", _entry(b"<author>a@" + b"b." * few(50_000) + b"</author>&")
    yield (
        "style of urls",
        _entry(
            b"<description><![CDATA[<p style='"
            + b"url(" * few(50_000)
            + b"'>x</p>]]></description>"
        ),
    )
    yield (
        "style of blanks",
        _entry(
            b"<description><![CDATA[<p style='" + b" " * few(50_000) + b"'>x</p>]]></description>"
        ),
    )
    yield (
        "comments in content",
        _entry(b"<description><![CDATA[" + b"<!--" * few(50_000) + b"]]></description>"),
    )
    yield "sections", _entry(b"<description>" + b"<![CDATA[" * few(50_000) + b"</description>")
    yield "unclosed entries", b"<rss><channel>" + b"<item>" * few(50_000)
    yield "surrogate", _entry(b"<description>&#xD800;</description>")
    yield (
        "surrogate in the link",
        _rss(b"<item><title>x</title><link>https://a.example/&#xD800;</link></item>"),
    )
    yield "zero", _entry(b"<description>&#0;</description>")
    for name in (
        b"punycode",
        b"utf-7",
        b"rot13",
        b"idna",
        b"undefined",
        b"unicode_escape",
        b"hex",
    ):
        yield (
            f"charset {name.decode()}",
            b'<?xml version="1.0" encoding="'
            + name
            + b'"?><rss><channel><item><title>\xff+ADw-x \\ud800</title></item></channel></rss>',
        )
    yield "zero bytes", _entry(b"<description>a\0b\0\0</description>")
    yield "zero bytes only", b"\0" * few(1_000_000)
    yield "million entries", b"<rss><channel>" + b"<item/>" * 140_000 + b"</channel></rss>"
    yield "long title", _rss(b"<item><title>" + b"word " * few(200_000) + b"</title></item>")
    yield "long word", _rss(b"<item><title>" + b"w" * few(1_000_000) + b"</title></item>")
    yield (
        "long link",
        _rss(
            b"<item><title>x</title><link>https://a.example/"
            + b"a" * few(1_000_000)
            + b"</link></item>"
        ),
    )
    yield (
        "long id",
        _rss(b"<item><title>x</title><guid>" + b"a" * few(1_000_000) + b"</guid></item>"),
    )
    yield (
        "long date",
        _rss(b"<item><title>x</title><pubDate>" + b"1 " * few(500_000) + b"</pubDate></item>"),
    )
    yield (
        "categories",
        _rss(b"<item><title>x</title>" + b"<category>c</category>" * few(45_000) + b"</item>"),
    )
    yield (
        "different categories",
        _rss(
            b"<item><title>x</title>"
            + b"".join(b"<category>c%d</category>" % n for n in range(20_000))
            + b"</item>"
        ),
    )
    yield (
        "links",
        _rss(
            b"<item><title>x</title>"
            + b"<link>https://a.example/</link>" * few(30_000)
            + b"</item>"
        ),
    )
    yield (
        "spans in content",
        _entry(b"<description><![CDATA[<p>" + b"<span>" * few(150_000) + b"]]></description>"),
    )
    yield (
        "combining marks",
        _entry(b"<description>a" + "\u0301".encode() * few(200_000) + b"</description>"),
    )
    yield (
        "quotes in content",
        _entry(b"<description>" + b"\"a' " * few(150_000) + b"</description>"),
    )
    yield (
        "numbers of identifiers",
        _entry(b"<description>" + b"CVE-2026-" * few(100_000) + b"</description>"),
    )
    yield "references", _entry(b"<description>" + b"&#" * few(100_000) + b"</description>")
    yield "ampersands", _entry(b"<description>" + b"&a" * few(200_000) + b"</description>")
    yield "open brackets", _entry(b"<description>" + b"<" * few(300_000) + b"</description>")
    yield "closers", _entry(b"<description>" + b"</" * few(300_000) + b"</description>")
    yield (
        "declarations inside",
        _entry(b"<description>" + b"<!" * few(200_000) + b"</description>"),
    )
    yield (
        "instructions inside",
        _entry(b"<description>" + b"<?" * few(200_000) + b"</description>"),
    )
    yield (
        "json deep",
        b'{"version":"https://jsonfeed.org/version/1","items":' + b"[" * few(500_000),
    )
    yield (
        "json numbers",
        b'{"version":"https://jsonfeed.org/version/1","items":[' + b"9" * few(900_000) + b"]}",
    )
    yield (
        "json entries",
        b'{"version":"https://jsonfeed.org/version/1","items":[' + b"1," * few(400_000) + b"1]}",
    )


def bombs() -> list[tuple[str, bytes]]:
    """The tiny ones that stop a parser, as measured against feedparser alone."""
    long_entity, many_uses = _quadratic(50_000, 2_000)
    return [
        ("laughs", _rss(b"<item><title>&l9;</title></item>", b"<!-- <a -->" + _laughs())),
        ("quadratic", _rss(b"<item><title>" + many_uses + b"</title></item>", long_entity)),
        ("blanks", b"\n" * 40_000 + _rss(b"<item><title>x</title></item>")),
        ("letters", _entry(b"<author>" + b"a" * 40_000 + b"</author>&")),
        ("labels", _entry(b"<author>a@" + b"b." * 50_000 + b"</author>&")),
        ("declaration", b"<?" + b"encoding='" * 800 + b"?><rss><channel><item/></channel></rss>"),
        ("attributes", _attributes(b"<item/>")),
        ("attributes, broken", _attributes(b"<item>&</item>")),
        ("deep", _rss(b"<item>" + b"<a>" * 500_000 + b"</a>" * 500_000 + b"</item>")),
        ("unclosed", b"<rss><channel><item>" + b"<a>" * 500_000),
        ("surrogate", _entry(b"<description>&#xD800;</description>")),
        ("punycode", b'<?xml version="1.0" encoding="punycode"?>' + _rss(b"<item/>")),
        ("long title", _rss(b"<item><title>" + b"word " * 2_000_000 + b"</title></item>")),
        ("entries", b"<rss><channel>" + b"<item/>" * 1_000_000 + b"</channel></rss>"),
    ]


def _attributes(inner: bytes) -> bytes:
    many = b" ".join(b'a%d="1"' % n for n in range(50_000))
    return b"<rss " + many + b"><channel>" + inner + b"</channel></rss>"


def honest_feed(entries: int) -> bytes:
    """Nothing wrong with it: 320 bytes an entry."""
    return _rss(
        b"".join(
            b"<item><title>Vendor number %d fixes a flaw in its gateway</title>"
            b"<link>https://news.example/%d</link><guid>%d</guid>"
            b"<pubDate>Mon, 02 Mar 2026 07:00:00 GMT</pubDate><description>Attackers were seen"
            b" using the flaw to run code on gateways of version %d; an update is there, and it is"
            b" the second one in this month.</description></item>" % ((n,) * 4)
            for n in range(entries)
        )
    )
