"""Searching: what is found, in which order, page by page, and that it agrees with the rules."""

from dataclasses import replace
from datetime import timedelta

import pytest

from digests.archive import candidates, dialects, matching, reindex
from digests.archive import search as searching
from digests.archive.leaves import leaf_of
from digests.archive.matching import Frequencies
from digests.archive.stories import last_id
from digests.model import IndexTokens, Span, StoryId
from digests.rules.match import matches, subject
from digests.rules.query import (
    And,
    Everything,
    Field,
    Not,
    Or,
    Phrase,
    Word,
    parse_lenient,
    parse_strict,
)
from digests.testing import START
from digests.text.meaning import DIMENSIONS
from tests.contract.archives import poll, story_id, told, words

DAY = timedelta(days=1)
NOW = START + 10 * DAY

NEWS = (
    told(1, "Ivanti gateways under attack", "Attackers use a flaw in Connect Secure."),
    told(2, "Patch released", "Ivanti patched the supply chain of its secure gateway."),
    told(
        3,
        "Ransomware hits a hospital",
        "A chain of supply problems followed.",
        publisher="krebsonsecurity.com",
        topics=("Crime", "health care"),
        country="US",
        feed="Krebs on Security",
        cves=(),
    ),
    told(
        4,
        "Sicherheitslücke in Routern",
        "Die Lücken werden gestopft.",
        language="de",
        publisher="heise.de",
        cves=("CVE-2024-3400", "CVE-2024-3094"),
    ),
    told(5, "勒索软件", "研究人员发现新的勒索软件攻击医院。", language="zh", cves=()),
    told(6, "Podcast of the week", "We talk about zero-day flaws and C++ at evil.example.com."),
)


@pytest.fixture
async def news(archive):
    await archive.commit_poll(poll(*NEWS))
    return archive


async def found(archive, text: str, **options) -> list[int]:
    """Numbers of the stories that a search finds, in its order."""
    parsed = parse_lenient(text)
    options = {"now": NOW, "sort": parsed.sort, "limit": 100} | options
    page = await archive.search(parsed.query, **options)
    return [hit.story.id & 0xFFFFF for hit in page.hits]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ivanti", [2, 1]),
        ("IVANTI gateway", [2, 1]),
        ("ivanti secure gateways", [2, 1]),
        ("patches", [2]),
        ('"supply chain"', [2]),
        ('"chain of supply"', [3]),
        ("supply chain", [3, 2]),
        ("ivanti -patch", [1]),
        ("-ivanti", [6, 5, 4, 3]),
        ("-ivanti -podcast", [5, 4, 3]),
        ("-(ivanti OR podcast)", [5, 4, 3]),
        ("ransomware OR podcast", [6, 3]),
        ("podcast OR -(gateway OR flaw)", [6, 5, 4, 3]),
        ("", [6, 5, 4, 3, 2, 1]),
        ("title:ivanti", [1]),
        ('title:"under attack"', [1]),
        ("title:ransom*", [3]),
        ("ransom*", [3]),
        ("publisher:heise.de", [4]),
        ("publisher:krebsonsecurity", [3]),
        ("publisher:krebs", []),
        ("-publisher:news", [4, 3]),
        ("topic:crime", [3]),
        ('topic:"Health Care"', [3]),
        ("country:us", [3]),
        ("language:de", [4]),
        ('feed:"krebs on security"', [3]),
        ("cve:CVE-2024-3400", [4]),
        ("cve:2024-3400", [4]),
        ("cve:*", [6, 4, 2, 1]),
        ("-cve:*", [5, 3]),
        ("sicherheitslucke", [4]),
        ("router", [4]),
        ("攻击", [5]),
        ("击攻", []),
        ("zero-day", [6]),
        ("C++", [6]),
        ("evil.example.com", [6]),
        ("nowhere", []),
        ("NEAR(", []),
        ("*", [6, 5, 4, 3, 2, 1]),
    ],
)
async def test_a_query_finds(news, text, expected):
    assert await found(news, text) == expected


async def test_a_field_that_does_not_exist_finds_nothing_and_its_exclusion_everything(news):
    unknown = Field("nope", "8", ">=")
    assert (await news.search(unknown, now=NOW)).hits == ()
    assert (await news.search(Not(unknown), now=NOW)).total == 6
    assert (await news.search(Or((unknown, Word("podcast"))), now=NOW)).total == 1
    assert (await news.search(And((unknown, Word("podcast"))), now=NOW)).total == 0


async def test_dates_are_the_time_a_story_was_seen(archive):
    for day in range(5):
        await archive.commit_poll(poll(told(day + 1, at=START + day * DAY)))
    now = START + 5 * DAY
    for text, expected in {
        "since:2026-03-05": [5, 4],
        "before:2026-03-04": [2, 1],
        "since:2d": [5, 4],
        "date:2026-03-03": [2],
        "date:2026-03-03..2026-03-05": [4, 3, 2],
        "date:2026-03": [5, 4, 3, 2, 1],
        "date:2026-04": [],
        "-since:2026-03-03": [1],
        "-date:2026-03-03": [5, 4, 3, 1],
        "gateway since:2026-03-04 before:2026-03-06": [4, 3],
        "date:2026-03-02 OR since:2026-03-06": [5, 1],
        "(date:2026-03-02 gateway) OR (since:2026-03-06 -nothing)": [5, 1],
        "-(date:2026-03-02 OR gateway)": [],
        "since:2026-03-05 before:2026-03-03": [],
    }.items():
        assert await found(archive, text, now=now) == expected, text
    assert await found(archive, "since:2026-02-31", now=now) == []


async def test_pages_follow_each_other_and_new_stories_do_not_shift_them(archive):
    await archive.commit_poll(poll(*(told(n) for n in range(1, 26))))
    query = Word("gateway")
    first = await archive.search(query, now=NOW, limit=10)
    assert (first.total, first.more, first.until) == (25, False, story_id(25))
    await archive.commit_poll(poll(*(told(n) for n in range(26, 31))))
    pages = [
        await archive.search(query, now=NOW, limit=10, page=page, until=first.until)
        for page in (0, 1, 2, 3, 10**9, -1)
    ]
    numbers = [[hit.story.id & 0xFFFFF for hit in page.hits] for page in pages]
    assert numbers[0] == list(range(25, 15, -1))
    assert numbers[1] == list(range(15, 5, -1))
    assert numbers[2] == list(range(5, 0, -1))
    assert numbers[3] == numbers[4] == []
    assert numbers[5] == numbers[0]
    assert {page.total for page in pages} == {25}


async def test_many_matches_are_counted_up_to_a_thousand(archive):
    await archive.commit_poll(poll(*(told(n) for n in range(1, 1003))))
    for query in (Word("gateway"), Everything()):
        page = await archive.search(query, now=NOW, limit=1)
        assert (page.total, page.more) == (1_000, True)
    page = await archive.search(Word("gateway"), now=NOW, sort="best", limit=1)
    assert (page.total, page.more) == (candidates.ALONE, True)


async def test_best_puts_the_rarer_words_and_the_titles_first(archive):
    await archive.commit_poll(
        poll(
            told(1, "Quiet day", "A flaw in zephyr and nothing else."),
            told(2, "Zephyr flaw", "Something about it."),
            *(told(n, "Another flaw", "A flaw is a flaw.") for n in range(3, 30)),
        )
    )
    query = parse_lenient("zephyr OR flaw").query
    page = await archive.search(query, now=NOW, sort="best", limit=3)
    assert [hit.story.id & 0xFFFFF for hit in page.hits] == [2, 1, 29]
    assert page.total == 29


async def test_best_finds_the_old_story_with_the_rare_word_among_many_newer_ones(
    archive, monkeypatch
):
    monkeypatch.setattr(candidates, "MOST", 30)
    monkeypatch.setattr(searching, "COUNTED", 60)
    monkeypatch.setattr(matching, "SAMPLE", 40)
    common = (told(n, "Another flaw", "A flaw in a gateway.") for n in range(2, 200))
    await archive.commit_poll(poll(told(1, "Old", "A zephyr in the gateway."), *common))
    page = await archive.search(
        parse_lenient("zephyr OR gateway OR flaw").query, now=NOW, sort="best"
    )
    assert page.hits[0].story.id == story_id(1)
    assert (page.total, page.more) == (30, True)
    only = await archive.search(parse_lenient("gateway flaw").query, now=NOW, sort="best")
    assert (only.total, only.more) == (30, True)


async def test_of_any_words_the_stories_with_two_of_them_are_scored_however_old(
    archive, monkeypatch
):
    monkeypatch.setattr(candidates, "MOST", 30)
    monkeypatch.setattr(matching, "SAMPLE", 40)
    both = told(1, "Old", "A zephyr beside a willow.")
    alone = [
        told(n, "Later", f"A {word} alone.")
        for n, word in enumerate(("zephyr", "willow", "gateway") * 60, start=2)
    ]
    await archive.commit_poll(poll(both, *alone))
    for text in ("zephyr OR willow OR gateway", "told OR zephyr OR willow channel:soc OR willow"):
        query = parse_lenient(text).query
        page = await archive.search(query, now=NOW, sort="best", limit=1)
        assert page.hits[0].story.id == story_id(1), text


async def test_of_many_words_the_stories_with_some_of_each_hand_are_scored_however_old(
    archive, monkeypatch
):
    monkeypatch.setattr(candidates, "MOST", 30)
    monkeypatch.setattr(candidates, "_BUDGET", 1)  # for the first pair, which the old one lacks
    monkeypatch.setattr(matching, "SAMPLE", 40)
    words = ("zephyr", "willow", "harbour", "lantern", "meadow", "thistle")
    some = told(1, "Old", "A lantern in a meadow, a thistle behind.")
    alone = [told(n, "Later", f"A {word} alone.") for n, word in enumerate(words * 50, start=2)]
    await archive.commit_poll(poll(some, *alone))
    for text in (" OR ".join(words), f"told OR ({' OR '.join(words)}) channel:soc OR lantern"):
        page = await archive.search(parse_lenient(text).query, now=NOW, sort="best", limit=1)
        assert page.hits[0].story.id == story_id(1), text


async def test_many_conditions_find_the_same_in_any_order(archive):
    words = ("zephyr", "willow", "harbour", "lantern", "meadow")
    missing_one = [
        told(n, "Later", " ".join(w for w in words if w != missing))
        for n, missing in enumerate(words * 8, start=2)
    ]
    await archive.commit_poll(poll(told(1, "All", " ".join(words)), *missing_one))
    for order in (words, words[::-1], (words[2], *words[3:], *words[:2])):
        text = " ".join(order)
        assert await found(archive, text) == [1], text
        assert await found(archive, f"{text} -all") == [], text
        assert await found(archive, f"{text} (zephyr OR nothing) -nothing") == [1], text


async def test_best_with_nothing_to_weigh_is_newest_first(news):
    assert await found(news, "cve:* sort:best") == [6, 4, 2, 1]
    assert await found(news, "sort:best") == [6, 5, 4, 3, 2, 1]


async def test_the_excerpt_is_the_best_sentence_with_the_hits_marked(archive):
    story = told(1, sentences=("Nothing here.", "The flaws in Ivanti are old.", "Ivanti again."))
    await archive.commit_poll(poll(story))
    (hit,) = (await archive.search(parse_lenient("ivanti flaw").query, now=NOW)).hits
    assert hit.excerpt == (
        Span("The "),
        Span("flaws", hit=True),
        Span(" in "),
        Span("Ivanti", hit=True),
        Span(" are old."),
    )
    (hit,) = (await archive.search(parse_lenient("title:gateway").query, now=NOW)).hits
    assert hit.excerpt == (Span("Nothing here."),)


async def test_a_story_without_sentences_has_no_excerpt(archive):
    await archive.commit_poll(poll(told(1, sentences=())))
    (hit,) = (await archive.search(Word("gateway"), now=NOW)).hits
    assert hit.excerpt == ()


async def test_hits_are_marked_in_every_script_and_inside_domains(news):
    marked = {}
    for text in ("攻击", "lucke", "evil.example.com", "zero-day", '"supply chain"', "gatew*"):
        page = await news.search(parse_lenient(text).query, now=NOW)
        marked[text] = [s.text for s in page.hits[0].excerpt if s.hit]
    assert marked == {
        "攻击": ["攻击"],
        "lucke": ["Lücken"],
        "evil.example.com": ["evil.example.com"],
        "zero-day": ["zero", "day"],
        '"supply chain"': ["supply", "chain"],
        "gatew*": ["gateway"],
    }


async def test_a_search_is_kept_for_its_buttons_under_a_short_key(archives, archive):
    text = "ivanti " * 500
    key = archive.save_query(text, StoryId(7), now=NOW)
    assert len(key) <= 16
    assert key.isalnum()
    assert archive.save_query(text, StoryId(7), now=NOW + DAY) == key
    assert archive.save_query(text, StoryId(8), now=NOW) != key
    saved = await (await archives.reopen()).load_query(key)
    assert (saved.text, saved.until) == (text, 7)
    assert await archives.opened[-1].load_query("nope") is None


@pytest.mark.parametrize("deep", [20, 12])
async def test_the_deepest_query_is_understood(news, deep):
    text = "ivanti"
    for level in range(deep):
        text = f"(podcast OR (-nothing{level} {text}))" if level % 2 else f"-(x{level} -({text}))"
    parsed = parse_lenient("(" * deep + "podcast" + ")" * deep)
    assert parsed.query == Word("podcast")
    assert (await news.search(parsed.query, now=NOW)).total == 1
    query = parse_lenient(text).query
    page = await news.search(query, now=NOW, limit=100)
    expected = [r for r in NEWS if matches(query, subject(r.story, words(r.story)))]
    assert page.total == len(expected)


async def test_thirty_two_long_phrases_are_answered(news):
    phrase = '"' + "attackers exploited vulnerabilities in gateways worldwide yesterday" + '"'
    assert await found(news, " OR ".join([phrase] * 32)) == []
    assert await found(news, " ".join(f"word{n}" for n in range(32))) == []


HOSTILE = ['"', "AND", "NEAR(", "C++", ".NET", "-a", "nope:a", "*", "(" * 200, "\0", "'; drop"]


@pytest.mark.parametrize("text", [*HOSTILE, "a* " * 2_000, "x" * 4_000, "هجوم", "۞"])
@pytest.mark.parametrize("sort", ["new", "best"])
async def test_whatever_is_typed_there_is_an_answer(news, text, sort):
    numbers = await found(news, text, sort=sort)
    assert len(numbers) == len(set(numbers))


async def test_half_a_character_finds_nothing_and_breaks_nothing(news):
    half = "\ud83d"
    for query in (Word(half), Phrase(f"{half}"), Field("title", half)):
        assert (await news.search(query, now=NOW)).total == 0
    await news.search(Phrase(f"{half} ivanti"), now=NOW)
    key = news.save_query(half, StoryId(1), now=NOW)
    assert (await news.load_query(key)).text == "?"


async def test_a_rule_of_the_file_is_searched_as_it_is_matched(news):
    query = parse_strict('topic:crime OR ("supply chain" -podcast)')
    page = await news.search(query, now=NOW)
    assert [hit.story.id & 0xFFFFF for hit in page.hits] == [3, 2]


async def test_a_story_is_found_by_what_it_has_become(news):
    changed = replace(NEWS[0], story=replace(NEWS[0].story, headline="Fortinet", revision=2))
    changed = replace(changed, tokens=words(changed.story))
    await news.commit_poll(poll(revised=(changed,)))
    assert await found(news, "title:ivanti") == []
    assert await found(news, "fortinet") == [1]


async def test_of_stories_with_the_same_words_the_one_that_means_the_query_is_best(archive):
    """The words asked for stand in each; what else a story says decides, also once it has grown."""
    near, far = (
        told(
            1,
            "Story 1",
            "Hackers leak records. Ransomware stole the patients' files from a clinic.",
        ),
        told(2, "Story 2", "Hackers leak records. Oil prices rose and shares fell across Asia."),
    )

    async def best():
        page = await archive.search(
            parse_lenient("hackers leak records").query, now=NOW, sort="best"
        )
        return [hit.story.headline for hit in page.hits]

    await archive.commit_poll(poll(near, far))
    assert await best() == ["Story 1", "Story 2"]
    grown = replace(near, story=replace(near.story, revision=2), tokens=IndexTokens())
    await archive.commit_poll(poll(revised=(grown,)))
    assert await best() == ["Story 1", "Story 2"]


async def test_an_archive_from_before_meanings_gets_them_without_new_words(archive):
    """As an upgrade leaves it: the words are there, and nothing beside them."""

    def forget(connection) -> None:
        connection.exec_driver_sql("UPDATE story_text SET meaning = x''")

    def meaning(connection) -> bytes:
        first = "SELECT meaning FROM story_text ORDER BY id LIMIT 1"
        return connection.exec_driver_sql(first).scalar_one()

    await archive.commit_poll(poll(*NEWS))
    await archive._engine.write(forget)
    await archive.reindex(words)
    assert len(await archive._engine.read(meaning)) == DIMENSIONS
    assert await found(archive, "ivanti") == [2, 1]
    assert await archive.problems() == []


async def test_how_common_a_word_is_is_asked_once_until_a_newer_story_is_there(archive):
    def counted(connection):
        asked: list[str] = []
        until = last_id(connection)
        dialects.raw(connection).set_trace_callback(asked.append)
        first = Frequencies(connection, until).of(leaf_of(Word("ivanti"))).stories
        statements = len(asked)
        assert Frequencies(connection, until).of(leaf_of(Word("ivanti"))).stories == first
        dialects.raw(connection).set_trace_callback(None)
        return first, statements > 0, len(asked) - statements

    await archive.commit_poll(poll(*NEWS))
    assert await archive._engine.read(counted) == (2, True, 0)
    await archive.commit_poll(poll(told(9, "Ivanti again", "Once more.")))
    assert await archive._engine.read(counted) == (3, True, 0)


async def test_another_analyzer_indexes_everything_anew(archives, archive, monkeypatch):
    await archive.commit_poll(poll(*(told(n) for n in range(1, 121))))
    assert not archive.index_outdated
    monkeypatch.setattr(reindex, "ANALYZER_VERSION", 99)
    archive = await archives.reopen()
    assert archive.index_outdated
    assert await found(archive, "zephyr") == []
    assert await archive.reindex(lambda story: IndexTokens("zephyr", story.key)) == 120
    assert len(await found(archive, "title:zephyr", limit=200)) == 120
    assert await found(archive, "gateway") == []
    assert await found(archive, "k007") == [7]
    assert await found(archive, "cve:*", limit=1) == [120]
    assert await archive.problems() == []
    assert not (await archives.reopen()).index_outdated
