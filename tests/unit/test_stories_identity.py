"""Which entry is which: tables of what publishers do, and what must hold for any document."""

import json
from collections.abc import Sequence
from dataclasses import replace

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.model import Draft, EntryId, SeenEntry, StoryId
from digests.stories.identity import (
    Edited,
    New,
    Same,
    Verdict,
    classify,
    is_home,
    is_specific,
    story_link,
    story_links,
    title_key,
    words_hash,
)
from digests.text.links import canonical
from digests.text.plain import title_text, to_plain
from tests.corpus import corpus, needs_corpus


def draft(name: str = "", link: str = "", title: str = "", text: str = "Some words.") -> Draft:
    link = canonical(link) if link else ""
    return Draft(
        id=name,
        link=link,
        shown_link=link,
        title=title,
        text=text,
        title_key=title_key(title, "en"),
        words_hash=words_hash(title, text),
    )


def stored(
    drafts: Sequence[Draft], verdicts: Sequence[Verdict], seen: Sequence[SeenEntry] = ()
) -> tuple[SeenEntry, ...]:
    """What the archive remembers after this poll."""
    rows = {row.entry: row for row in seen}
    for one, verdict in zip(drafts, verdicts, strict=True):
        if isinstance(verdict, New):
            entry = EntryId(len(rows) + 1)
        elif isinstance(verdict, Edited):
            entry = verdict.entry
        else:
            continue
        rows[entry] = SeenEntry(entry, StoryId(1), one.id, one.link, one.title_key, one.words_hash)
    return tuple(rows.values())


def after(*documents: Sequence[Draft]) -> tuple[SeenEntry, ...]:
    seen: tuple[SeenEntry, ...] = ()
    for document in documents:
        seen = stored(document, classify(document, seen), seen)
    return seen


A = draft("id-a", "https://x.example/a", "Gateway flaw lets attackers in")
B = draft("id-b", "https://x.example/b", "Ransomware crew hits three hospitals")


# --- the ordinary --------------------------------------------------------------------------------


def test_what_was_never_seen_is_new_and_what_was_is_the_same() -> None:
    assert classify([A, B], after([A])) == (Same(EntryId(1)), New())


def test_an_edit_is_a_change_of_words() -> None:
    edited = draft("id-a", "https://x.example/a", "Gateway flaw lets attackers in", "Other words.")
    assert classify([edited, B], after([A, B])) == (Edited(EntryId(1)), Same(EntryId(2)))


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("A flaw. 3 comments", "A flaw. 14 comments"),
        ("Points: 155 # Comments: 57", "Points: 161 # Comments: 60"),
        ("A flaw (1,024 views)", "A flaw (2,048 views)"),
        ("A  flaw\nwas found", "A flaw was found"),
        ("“A flaw” was found", '"A flaw" was found'),
        ("A FLAW was found", "A flaw was found"),
        ("Read more [12 Kommentare]", "Read more [13 Kommentare]"),
    ],
)
def test_counters_signs_and_spacing_are_no_words(before: str, now: str) -> None:
    assert words_hash("Title", before) == words_hash("Title", now)


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("fixed in 1.2.3", "fixed in 1.2.4"),
        ("rated 7.5", "rated 9.8"),
        ("the flaw is not exploited", "the flaw is exploited"),
        ("影响 3 个版本", "影响 5 个版本"),
    ],
)
def test_numbers_and_small_words_are_words(before: str, now: str) -> None:
    assert words_hash("Title", before) != words_hash("Title", now)


def test_a_word_that_moves_from_the_title_to_the_text_is_an_edit() -> None:
    assert words_hash("a b", "c") != words_hash("a", "b c")


def test_an_entry_that_vanishes_and_returns_is_the_same() -> None:
    seen = after([A, B], [B], [B])
    assert classify([A], seen) == (Same(EntryId(1)),)


def test_a_new_headline_and_a_new_address_under_a_known_id_are_an_edit() -> None:
    moved = draft("https://x.example/?p=123456", "https://x.example/old", "Old headline")
    now = draft("https://x.example/?p=123456", "https://x.example/new", "Quite another one")
    assert classify([now], after([moved])) == (Edited(EntryId(1)),)


# --- ids that are no ids -------------------------------------------------------------------------


def advisory(package: str, text: str = "Some words.") -> Draft:
    return draft("GHSA-1", "https://gh.example/GHSA-1", f"[{package}] Malicious code", text)


def test_an_advisory_told_once_for_each_package_is_as_many_entries() -> None:
    document = [advisory(f"package-{n}") for n in range(10)]
    assert classify(document, ()) == (New(),) * 10
    assert classify(document, after(document)) == tuple(Same(EntryId(n + 1)) for n in range(10))


def test_a_repeated_id_is_never_an_edit() -> None:
    first = [advisory("one"), advisory("two")]
    then = [advisory("one", "Reworded."), advisory("two", "Reworded.")]
    assert classify(then, after(first)) == (Same(EntryId(1)), Same(EntryId(2)))


def test_one_of_several_under_an_id_is_no_edit_of_another_when_it_stands_alone() -> None:
    seen = after([advisory("one"), advisory("two")])
    assert classify([advisory("two", "Reworded.")], seen) == (Same(EntryId(2)),)
    assert classify([advisory("three")], seen) == (New(),)


def test_a_new_package_beside_a_known_one_is_new() -> None:
    seen = after([advisory("one")])
    assert classify([advisory("two"), advisory("one")], seen) == (New(), Same(EntryId(1)))


def test_the_same_entry_twice_in_a_document_is_one() -> None:
    assert classify([A, B, A], ()) == (New(), New(), Same(of=0))
    assert classify([A, B, A], after([A])) == (Same(EntryId(1)), New(), Same(EntryId(1)))


def test_a_repeat_with_other_words_is_no_edit() -> None:
    other = replace(A, words_hash=b"other")
    assert classify([other, A], after([A])) == (Same(EntryId(1)), Same(EntryId(1)))


def test_articles_of_one_issue_that_differ_by_fragment_are_many() -> None:
    issue = [
        draft("tag:phrack:71", f"https://phrack.example/71#{part}", title, "")
        for part, title in [("intro", "Introduction"), ("loop", "Loopback"), ("exp", "Exploit")]
    ]
    assert classify(issue, ()) == (New(),) * 3
    assert classify(issue, after(issue)) == tuple(Same(EntryId(n)) for n in (1, 2, 3))


def test_introductions_of_two_issues_are_two() -> None:
    old = draft("tag:71", "https://phrack.example/71#intro", "Introduction to this issue", "")
    new = draft("tag:72", "https://phrack.example/72#intro", "Introduction to this issue", "")
    assert classify([new], after([old])) == (New(),)


def test_where_all_ids_are_equal_the_link_decides() -> None:
    document = [draft("id", f"https://x.example/{n}", f"Headline number {n}") for n in range(100)]
    assert classify(document, ()) == (New(),) * 100
    seen = after(document)
    assert classify(document, seen) == tuple(Same(EntryId(n + 1)) for n in range(100))
    retitled = [replace(document[0], title_key="another"), *document[1:]]
    assert classify(retitled, seen)[0] == Same(EntryId(1))
    extra = draft("id", "https://x.example/new", "A new one")
    assert classify([extra, *document], seen)[0] == New()


def test_where_all_ids_and_links_are_equal_the_headline_decides() -> None:
    document = [draft("id", "https://x.example/", f"Headline {n}") for n in range(5)]
    assert classify(document, ()) == (New(),) * 5
    assert classify(document, after(document)) == tuple(Same(EntryId(n + 1)) for n in range(5))


def test_ids_that_change_at_every_poll_are_seen_through() -> None:
    first = [draft(f"session-1-{n}", f"https://x.example/{n}", f"Headline {n}") for n in range(5)]
    then = [draft(f"session-2-{n}", f"https://x.example/{n}", f"Headline {n}") for n in range(5)]
    assert classify(then, after(first)) == tuple(Same(EntryId(n + 1)) for n in range(5))


def test_ids_and_links_that_change_at_every_poll_are_seen_through() -> None:
    def poll(session: int) -> list[Draft]:
        return [
            draft(
                f"{session}-{n}", f"https://x.example/{n}?s={session}", f"The {word} gateway flaw"
            )
            for n, word in enumerate(["first", "second", "third"])
        ]

    seen = after(poll(1))
    assert classify(poll(2), seen) == tuple(Same(EntryId(n + 1)) for n in range(3))


def test_ids_that_are_places_in_a_list_move_with_it() -> None:
    def poll(*numbers: int) -> list[Draft]:
        return [
            draft(str(place), f"https://x.example/{n}", f"Headline number {n}")
            for place, n in enumerate(numbers, 1)
        ]

    seen = after(poll(3, 2, 1))
    assert classify(poll(4, 3, 2), seen) == (New(), Same(EntryId(1)), Same(EntryId(2)))
    assert classify(poll(9, 8, 7), seen) == (New(), New(), New())


# --- no ids --------------------------------------------------------------------------------------


def test_without_ids_the_link_is_one() -> None:
    first = draft(link="https://x.example/a", title="Gateway flaw")
    retitled = draft(link="https://x.example/a", title="Gateway flaw exploited", text="More.")
    assert classify([retitled], after([first])) == (Edited(EntryId(1)),)


def test_without_ids_and_links_the_headline_is_one() -> None:
    first, second = draft(title="Gateway flaw"), draft(title="Router flaw")
    assert classify([second, first], after([first])) == (New(), Same(EntryId(1)))


def test_a_feed_that_begins_to_give_ids_is_not_told_again() -> None:
    before = [draft(link=f"https://x.example/{n}", title=f"Headline {n}") for n in range(3)]
    now = [draft(f"new-{n}", f"https://x.example/{n}", f"Headline {n}") for n in range(3)]
    assert classify(now, after(before)) == tuple(Same(EntryId(n + 1)) for n in range(3))


def test_a_feed_that_begins_to_give_links_is_not_told_again() -> None:
    before, now = draft(title="Episode 4"), draft(link="https://x.example/4", title="Episode 4")
    assert classify([now], after([before])) == (Same(EntryId(1)),)


@pytest.mark.parametrize("home", ["https://show.example/", "https://show.example/podcast"])
def test_episodes_that_all_link_to_one_page_are_many(home: str) -> None:
    show = [draft(link=home, title=f"Episode {n}") for n in range(3)]
    assert classify(show, ()) == (New(),) * 3
    seen = after(show)
    new = draft(link=home, title="Episode 3")
    assert classify([new, *show], seen) == (New(), *(Same(EntryId(n + 1)) for n in range(3)))
    assert story_link(new, [new, *show]) == ""


def test_an_episode_alone_in_its_feed_is_not_an_edit_of_the_last_one() -> None:
    first = draft(link="https://show.example/", title="Episode 1")
    second = draft(link="https://show.example/", title="Episode 2")
    assert classify([second], after([first])) == (New(),)


def test_daily_episodes_with_one_headline_and_one_page_are_told_by_their_ids() -> None:
    monday = draft("ep-1", "https://show.example/", "The daily show", "About worms.")
    tuesday = draft("ep-2", "https://show.example/", "The daily show", "About keys.")
    assert classify([tuesday], after([monday])) == (New(),)


def test_a_link_shared_by_entries_with_ids_and_headlines_of_their_own_is_no_identity() -> None:
    first = draft("one", "https://x.example/changes", "Version 1 released")
    second = draft("two", "https://x.example/changes", "Version 2 released")
    assert classify([second], after([first])) == (New(),)
    assert story_link(second, [second, first]) == ""
    assert story_link(second, [second], after([first])) == ""


def test_a_plain_copy_under_another_id_is_a_repeat() -> None:
    copy = replace(A, id="id-of-the-copy")
    assert classify([A, copy], ()) == (New(), Same(of=0))
    assert classify([copy, A], after([A])) == (Same(EntryId(1)), Same(EntryId(1)))


def test_headlines_of_signs_alone_are_told_apart_by_their_text() -> None:
    one, two = draft(title="???", text="One."), draft(title="!!!", text="Two.")
    assert classify([one, two], ()) == (New(), New())
    assert classify([two, one], after([one, two])) == (Same(EntryId(2)), Same(EntryId(1)))


# --- links and headlines across feeds ------------------------------------------------------------


def test_the_link_of_an_advisory_told_for_many_packages_identifies_it() -> None:
    document = [advisory("one"), advisory("two")]
    assert story_link(document[0], document) == "https://gh.example/GHSA-1"


@pytest.mark.parametrize(
    ("link", "home"),
    [
        ("https://x.example", True),
        ("http://www.x.example/", True),
        ("https://x.example/index.html", True),
        ("https://x.example/?p=1", False),
        ("https://x.example/#one", False),
        ("https://x.example/blog", False),
    ],
)
def test_a_front_page_identifies_nothing(link: str, home: bool) -> None:
    assert is_home(canonical(link)) is home
    one = draft("id", link, "Headline")
    assert (story_link(one, [one]) == "") is home


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Cisco’s gateway: a flaw!", "CISCO'S Gateway - a flaw"),
        ("Vulnérabilité critique", "vulnerabilite critique"),
        ("Zero-day in C++ parser", "Zero day in C++ parser"),
        ("  A \n b ", "a b"),
    ],
)
def test_spelling_does_not_change_a_title_key(one: str, other: str) -> None:
    assert title_key(one) == title_key(other)


def test_title_keys_keep_what_makes_headlines_different() -> None:
    headlines = ["Version 1.2.3", "Version 1.2.4", "Flaw in C", "Flaw in C++", "Flaw in C#"]
    assert len({title_key(headline) for headline in headlines}) == len(headlines)


def test_spaces_between_chinese_words_do_not_count() -> None:
    assert title_key("微软 Exchange 漏洞", "zh") == title_key("微软Exchange漏洞", "zh")


@pytest.mark.parametrize(
    ("title", "specific"),
    [
        ("Weekly update", False),
        ("Security news of the week", True),
        ("Ransomware crew hits three hospitals", True),
        ("a b c d", False),
        ("每周更新", False),
        ("研究人员发现新的勒索软件", True),
        ("", False),
    ],
)
def test_only_a_long_headline_means_one_event(title: str, specific: bool) -> None:
    assert is_specific(title_key(title, "zh" if title > "z" else "en")) is specific


# --- any document --------------------------------------------------------------------------------

drafts_of_any_feed = st.lists(
    st.builds(
        draft,
        st.sampled_from(["", "1", "2", "id-a", "id-b", "id-c"]),
        st.sampled_from(["", "https://x.example/", "https://x.example/a", "https://x.example/b"]),
        st.sampled_from(["", "Weekly update", "A rather long headline of one event", "Other"]),
        st.sampled_from(["", "Some words.", "Other words."]),
    ),
    max_size=7,
)


@given(drafts_of_any_feed, drafts_of_any_feed)
def test_a_document_seen_twice_brings_nothing(before: list[Draft], document: list[Draft]) -> None:
    seen = after(before)
    now = stored(document, classify(document, seen), seen)
    assert all(isinstance(verdict, Same) for verdict in classify(document, now))


def outcome(verdict: Verdict) -> tuple[str, EntryId | None]:
    """What is known; which of several equal new ones is called the first is left to the order."""
    match verdict:
        case Edited(entry):
            return "edited", entry
        case Same(entry=entry) if entry is not None:
            return "same", entry
        case _:
            return "new", None


@given(drafts_of_any_feed, drafts_of_any_feed, st.randoms())
def test_the_order_of_the_document_does_not_matter(
    before: list[Draft], document: list[Draft], random
) -> None:
    seen = after(before)
    order = list(range(len(document)))
    random.shuffle(order)
    straight = classify(document, seen)
    shuffled = classify([document[i] for i in order], seen)
    assert [outcome(straight[i]) for i in order] == [outcome(v) for v in shuffled]
    assert straight.count(New()) == shuffled.count(New())


@given(drafts_of_any_feed, drafts_of_any_feed)
def test_links_of_a_document_are_the_links_of_its_drafts(
    before: list[Draft], document: list[Draft]
) -> None:
    seen = after(before)
    one_by_one = tuple(story_link(one, document, seen) for one in document)
    assert story_links(document, seen) == one_by_one


@given(drafts_of_any_feed, drafts_of_any_feed)
def test_a_repeat_points_to_an_earlier_new_draft(
    before: list[Draft], document: list[Draft]
) -> None:
    verdicts = classify(document, after(before))
    for index, verdict in enumerate(verdicts):
        if isinstance(verdict, Same) and verdict.of is not None:
            assert verdict.of < index
            assert verdicts[verdict.of] == New()


@given(drafts_of_any_feed, drafts_of_any_feed)
def test_an_entry_is_edited_by_one_draft_at_most(
    before: list[Draft], document: list[Draft]
) -> None:
    edited = [v.entry for v in classify(document, after(before)) if isinstance(v, Edited)]
    assert len(edited) == len(set(edited))


# --- real documents ------------------------------------------------------------------------------


def drafts_of(path) -> list[Draft]:
    if path.suffix == ".json":
        items = json.loads(path.read_bytes())["items"]
        found = [
            (
                i.get("id", ""),
                i.get("url", ""),
                i.get("title", ""),
                i.get("content_html", i.get("content_text", "")),
            )
            for i in items
        ]
    else:
        entries = feedparser.parse(path.read_bytes(), sanitize_html=False).entries
        found = [
            (e.get("id", ""), e.get("link", ""), e.get("title", ""), e.get("summary", ""))
            for e in entries
        ]
    return [
        draft(name, link, title_text(title) or link, to_plain(text).text)
        for name, link, title, text in found
    ]


def real_feeds() -> list[str]:
    return ["cve-org-rss", "ghsa-npm-json", "raesene-rss", "rustsec-atom"]


@needs_corpus
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("feed", real_feeds())
def test_versions_of_a_real_feed_bring_each_entry_once(feed: str) -> None:
    seen: tuple[SeenEntry, ...] = ()
    told: set[tuple[str, str, str]] = set()
    for path in sorted(corpus("history", feed).iterdir()):
        document = drafts_of(path)
        verdicts = classify(document, seen)
        for one, verdict in zip(document, verdicts, strict=True):
            if isinstance(verdict, New):
                name = (one.id, one.link, one.title_key)
                assert name not in told
                told.add(name)
        seen = stored(document, verdicts, seen)
        assert all(isinstance(again, Same) for again in classify(document, seen))
    assert len(told) == len(seen)
