"""Any charset to UTF-8."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.feeds.charsets import to_utf8

RUSSIAN = "Уязвимость в шлюзе"
JAPANESE = "脆弱性とゲートウェイ"
CHINESE = "网关漏洞"


def declared(text: str, encoding: str) -> bytes:
    return f'<?xml version="1.0" encoding="{encoding}"?><t>{text}</t>'.encode(encoding)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(RUSSIAN, name) for name in ("windows-1251", "koi8-r", "iso-8859-5", "cp866", "koi8-u")]
    + [(JAPANESE, name) for name in ("shift_jis", "euc-jp", "iso-2022-jp")]
    + [(CHINESE, name) for name in ("gb2312", "gbk", "gb18030")]
    + [("閘道漏洞", "big5"), ("閘道漏洞", "big5-hkscs")]
    + [("보안 소식", "euc-kr"), ("Lücke – geschlossen", "windows-1252"), ("Lücke", "iso-8859-1")],
)
def test_a_declared_charset_is_read(text, encoding):
    assert f"<t>{text}</t>" in to_utf8(declared(text, encoding)).decode()


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("mark", [True, False])
def test_wide_characters_are_read_with_and_without_a_mark(encoding, mark):
    body = f'<?xml version="1.0" encoding="utf-16"?><t>{RUSSIAN}</t>'.encode(encoding)
    marks = {
        "utf-16-le": codecs.BOM_UTF16_LE,
        "utf-16-be": codecs.BOM_UTF16_BE,
        "utf-32-le": codecs.BOM_UTF32_LE,
        "utf-32-be": codecs.BOM_UTF32_BE,
    }
    body = marks[encoding] + body if mark else body
    assert to_utf8(body).decode().endswith(f"<t>{RUSSIAN}</t>")


def test_utf8_comes_back_as_it_is_without_its_mark():
    body = f"<t>{CHINESE}</t>".encode()
    assert to_utf8(body) is body
    assert to_utf8(codecs.BOM_UTF8 + body) == body


def test_a_charset_that_only_the_header_names_is_read():
    body = f"<t>{RUSSIAN}</t>".encode("cp1251")
    assert to_utf8(body, "text/xml; charset=Windows-1251").decode() == f"<t>{RUSSIAN}</t>"


def test_the_header_goes_before_the_declaration():
    body = f'<?xml version="1.0" encoding="koi8-r"?><t>{RUSSIAN}</t>'.encode("cp1251")
    assert RUSSIAN in to_utf8(body, 'application/rss+xml; charset="cp1251"').decode()


@pytest.mark.parametrize("header", ["text/xml; charset=iso-8859-1", "text/xml; charset=us-ascii"])
def test_valid_utf8_is_believed_against_a_lazy_header(header):
    body = f'<?xml version="1.0" encoding="utf-8"?><t>{RUSSIAN}</t>'.encode()
    assert to_utf8(body, header) is body


def test_one_broken_character_does_not_garble_the_rest():
    body = f"<t>{RUSSIAN * 5}</t>".encode().replace("ш".encode(), b"\xd1", 1)
    text = to_utf8(body).decode()
    assert text.count("\ufffd") == 1
    assert RUSSIAN in text


def test_undeclared_western_bytes_are_windows_1252():
    assert to_utf8("<t>Caf\xe9 – “port”</t>".encode("cp1252")).decode() == "<t>Café – “port”</t>"


@pytest.mark.parametrize(
    "name",
    [
        *("punycode", "idna", "utf-7", "rot13", "hex", "base64", "undefined", "unicode_escape"),
        *("zlib", "nonsense", "../x", "a" * 5_000, "utf-8\x00", "aliases"),
    ],
)
def test_a_name_that_is_no_charset_is_ignored(name):
    body = f'<?xml version="1.0" encoding="{name}"?><t>+ADw-b Caf\xe9</t>'.encode()
    assert to_utf8(body, f"text/xml; charset={name}") == body


@given(st.binary(max_size=300), st.sampled_from(["", "utf-8", "gb18030", "iso-2022-jp", "utf-16"]))
def test_any_bytes_become_utf8(body, name):
    to_utf8(body, f"text/xml; charset={name}").decode()


def test_a_feed_of_two_charsets_is_read_in_both():
    """A short feed with one entry pasted in from an older system."""
    body = "<title>À la une – été</title>".encode() + "<title>Privé, où?</title>".encode("cp1252")
    assert to_utf8(body).decode() == "<title>À la une – été</title><title>Privé, où?</title>"
