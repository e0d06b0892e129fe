"""Cutting a feed to its unseen entries, and refusing what would stop a parser."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.feeds import slices
from digests.feeds.slices import Cut, TooMuch, cut, fingerprint

NOTHING: frozenset[bytes] = frozenset()


def rss(*entries: str, channel: str = "<title>Port</title>") -> bytes:
    return f'<rss version="2.0"><channel>{channel}{"".join(entries)}</channel></rss>'.encode()


def entry(number: int) -> str:
    return f"<item><title>Story {number}</title><link>https://a.example/{number}</link></item>"


def sliced(body: bytes, known: frozenset[bytes] = NOTHING) -> Cut:
    part = cut(body, known)
    assert isinstance(part, Cut)
    return part


def reason(body: bytes) -> str:
    part = cut(body, NOTHING)
    assert isinstance(part, TooMuch)
    return part.reason


def test_a_new_document_is_kept_whole_and_every_entry_fingerprinted():
    body = rss(entry(1), entry(2))
    assert sliced(body) == Cut(
        body,
        slices=(fingerprint(entry(1).encode()), fingerprint(entry(2).encode())),
        kept=2,
        unchanged=0,
        positions=(0, 1),
    )


def test_known_entries_are_cut_out_and_the_channel_stays():
    known = frozenset(sliced(rss(entry(1), entry(3))).slices)
    part = sliced(rss(entry(1), entry(2), entry(3)), known)
    assert part.body == rss(entry(2))
    assert (part.kept, part.unchanged, part.positions) == (1, 2, (1,))


def test_a_changed_entry_is_new_again():
    known = frozenset(sliced(rss(entry(1))).slices)
    part = sliced(rss(entry(1).replace("Story", "The story")), known)
    assert (part.kept, part.unchanged) == (1, 0)


def test_the_same_entry_twice_in_a_document_is_kept_twice():
    assert sliced(rss(entry(1), entry(1))).kept == 2


@pytest.mark.parametrize(
    "closed",
    [
        '<item about="a>b"/>',
        "<item about='/item>>'/>",
        "<item\n about = \"'>'\"\n/>",
        "<item></item >",
        "<item><![CDATA[</item><item>]]></item>",
        "<item><!-- </item> <item> --><title>x</title></item>",
        "<item><?php </item> ?></item>",
    ],
)
def test_an_entry_ends_where_its_element_ends(closed):
    body = rss(closed, entry(2))
    known = frozenset({fingerprint(closed.encode())})
    assert sliced(body, known).body == rss(entry(2))


@pytest.mark.parametrize(
    ("document", "entries"),
    [
        ('<feed xmlns="http://www.w3.org/2005/Atom">{}</feed>', "<entry>a</entry>"),
        ('<a:feed xmlns:a="http://www.w3.org/2005/Atom">{}</a:feed>', "<a:entry>a</a:entry>"),
        ('<rss xmlns="http://backend.userland.com/rss2"><channel>{}</channel></rss>', "<item/>"),
        (
            '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">{}</r:RDF>',
            '<item r:about="x">a</item>',
        ),
        ('<rdf xmlns="http://my.netscape.com/rdf/simple/0.9/">{}</rdf>', "<item>a</item>"),
    ],
)
def test_entries_are_known_by_name_and_namespace(document, entries):
    body = document.format(entries).encode()
    assert sliced(body).slices == (fingerprint(entries.encode()),)


def test_an_entry_of_a_foreign_namespace_is_not_cut():
    foreign = '<c:entry xmlns:c="urn:comments"><c:item/></c:entry>'
    known = frozenset({fingerprint(foreign.encode()), fingerprint(entry(1).encode())})
    assert sliced(rss(foreign, entry(1)), known).body == rss(foreign)


def test_an_entry_inside_an_entry_belongs_to_it():
    nested = f"<item>{entry(1)}<title>outer</title></item>"
    assert sliced(rss(nested)).slices == (fingerprint(nested.encode()),)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no markup",
        rss(),
        b"<rss><channel><item></channel></rss>",
        b'<!DOCTYPE rss [<!ENTITY a "b">]><rss><channel><item>&a;</item></channel></rss>',
        b'<!-- <a --><!DOCTYPE r [<!ENTITY a "b">]><rss><channel><item/></channel></rss>',
        b'<?xml version="1.0" encoding="gbk"?><rss><channel><item>\xc4\xe3</item></channel></rss>',
        b'<?xml version="1.0" encoding="utf-16"?><rss><item/></rss>',
    ],
)
def test_what_cannot_be_sliced_is_left_to_the_full_parser(body):
    assert cut(body, NOTHING) is None


def test_elements_nested_without_end_are_refused():
    assert "nested" in reason(b"<rss>" + b"<item>" * 300)
    assert "nested" in reason(rss("<item>" + "<p>" * 100_000))


def test_an_element_with_thousands_of_attributes_is_refused():
    many = " ".join(f'a{number}="1"' for number in range(600))
    assert "attributes" in reason(rss(f"<item {many}/>"))


def test_thousands_of_namespaces_are_refused():
    many = " ".join(f'xmlns:n{number}="urn:{number}"' for number in range(300))
    assert "namespaces" in reason(rss(f"<item {many}/>"))


def test_one_namespace_declared_in_every_entry_is_honest():
    again = '<item><div xmlns="http://www.w3.org/1999/xhtml">x</div></item>'
    assert sliced(rss(*[again] * 400)).kept == 400


@pytest.mark.parametrize("person", ["author", "managingEditor", "webMaster"])
def test_a_name_of_endless_letters_is_refused(person):
    assert "word" in reason(rss(f"<item><{person}>{'a' * 300}</{person}></item>"))


@pytest.mark.parametrize(
    "topics",
    [
        "".join(f"<category>{number}</category>" for number in range(1_001)),
        f"<keywords>{'a,' * 1_001}</keywords>",
    ],
)
def test_thousands_of_topics_of_one_entry_are_refused(topics):
    assert "topics" in reason(rss(f"<item>{topics}</item>"))


def test_many_entries_with_a_few_topics_are_honest():
    found = sliced(rss(*["<item><category>a</category></item>"] * 1_200))
    assert found.kept + found.surplus == 1_200


def test_a_long_list_of_authors_is_honest():
    names = ", ".join(f"Ada Quay {number}" for number in range(2_000))
    body = f'<rss xmlns:dc="http://purl.org/dc/elements/1.1/"><item><dc:creator>{names}</dc:creator></item></rss>'
    assert sliced(body.encode()).kept == 1


def test_more_entries_than_anyone_publishes_are_refused():
    assert "entries" in reason(b"<rss>" + b"<item/>" * 100_001 + b"</rss>")


def test_new_entries_over_the_limit_wait_for_the_next_poll(monkeypatch):
    monkeypatch.setattr(slices, "MAX_ENTRIES", 2)
    body = rss(*map(entry, range(5)))
    first = sliced(body)
    assert (first.kept, first.surplus, len(first.slices)) == (2, 3, 2)
    second = sliced(body, frozenset(first.slices))
    assert (second.positions, second.unchanged, second.surplus) == ((2, 3), 2, 1)
    third = sliced(body, frozenset(second.slices))
    assert (third.positions, third.unchanged, third.surplus) == ((4,), 4, 0)


TEXT = st.text(
    st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="<>&]"), max_size=20
)


@given(
    st.lists(TEXT, max_size=8),
    st.lists(TEXT, min_size=1, max_size=8),
    st.sets(st.integers(0, 15), max_size=8),
)
def test_every_entry_is_either_kept_or_known(before, after, chosen):
    written = [f"<item>{text}</item>" for text in (*before, *after)]
    known = frozenset(
        fingerprint(one.encode()) for number, one in enumerate(written) if number in chosen
    )
    part = sliced(rss(*written), known)
    left = [one for one in written if fingerprint(one.encode()) not in known]
    assert part.body == rss(*left)
    assert part.kept == len(left)
    assert part.kept + part.unchanged == len(written) == len(part.slices)
    assert [written[position] for position in part.positions] == left


@given(st.binary(max_size=200))
def test_any_bytes_end_in_an_outcome(noise):
    for body in (noise, rss("<item>") + noise, b"<rss><item>" + noise + b"</item></rss>"):
        assert cut(body, NOTHING) is None or isinstance(cut(body, NOTHING), (Cut, TooMuch))
