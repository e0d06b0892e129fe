"""Lists of feeds in and out, strangers' ones among them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.config.opml import DEEPEST, LARGEST, Outline, read_opml, write_opml
from digests.errors import ConfigError
from tests.corpus import corpus, needs_corpus


def opml(inner: str, before: str = "") -> bytes:
    return f'<?xml version="1.0"?>{before}<opml version="2.0"><body>{inner}</body></opml>'.encode()


def test_feeds_are_found_at_any_depth_each_once_in_order():
    found = read_opml(
        opml(
            '<outline text="News"><outline text=" A\n x " xmlUrl="https://a.example/"/></outline>'
            '<outline title="B" text="b" xmlUrl="https://b.example/"/>'
            '<outline text="again" xmlUrl="https://a.example/"/><outline text="no feed"/>'
        ),
        "x",
    )
    assert found == (Outline("https://a.example/", "A x"), Outline("https://b.example/", "B"))


LAUGHS = '<!DOCTYPE opml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (opml("<outline text='&b;'/>", LAUGHS), "document type"),
        (opml("", '<!DOCTYPE opml SYSTEM "file:///etc/passwd">'), "document type"),
        (opml("<outline>" * (DEEPEST + 1)), "nested deeper"),
        (opml("<outline/>" * 20_001), "more than 20,000"),
        (b"<rss/>", "no OPML"),
        (b"", "not readable as XML"),
        (b"<opml><body>", "not readable as XML"),
        (opml("<outline text='a & b'/>"), "not readable as XML"),
        (b"\x00" * 100, "not readable as XML"),
        (b'<?xml version="1.0" encoding="rot13"?><opml/>', "encoding"),
        (b" " * (LARGEST + 1), "larger than"),
    ],
)
def test_a_hostile_list_is_refused_with_its_place(body, words):
    with pytest.raises(ConfigError) as refused:
        read_opml(body, "list.opml")
    assert words in str(refused.value)
    assert str(refused.value).startswith("list.opml")


@given(st.binary(max_size=300))
def test_any_bytes_end_in_a_list_or_an_error(body):
    try:
        read_opml(body, "x")
    except ConfigError:
        return


@given(
    st.lists(st.builds(Outline, st.text(min_size=1).map("https://a.example/{}".format), st.text()))
)
def test_what_is_written_can_be_read_again(outlines):
    found = read_opml(write_opml(outlines, "<Mine> & yours").encode(), "x")
    assert len(found) <= len(outlines)


def test_out_and_in_again_is_the_same():
    outlines = (
        Outline("https://a.example/?a=1&b=2", 'A "quoted" <b>'),
        Outline("https://b.example/"),
    )
    again = read_opml(write_opml(outlines, "t").encode(), "x")
    assert [one.url for one in again] == [one.url for one in outlines]
    assert again[0].title == outlines[0].title


@needs_corpus
@pytest.mark.parametrize("name", ["arch3rPro", "clivoa", "ransomfeed", "zer0yu"])
def test_real_lists_are_read(name):
    path = next(corpus("opml").glob(f"{name}*.opml"))
    assert len(read_opml(path.read_bytes(), path.name)) > 200
