"""A search and a rule give the same answer: random queries on random stories, every field."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digests.model import (
    Channel,
    CveFacts,
    Indicator,
    Name,
    NewPost,
    PostState,
    Quality,
    Source,
    Target,
)
from digests.rules.match import matches, subject
from digests.rules.query import And, Field, Not, Or, Phrase, Word, parse_strict, render
from digests.testing import START
from tests.contract.archives import SOC, card, poll, story_id, told, words
from tests.contract.test_archive_search import NEWS, NOW, found

WORDS = [
    *("Ivanti", "gateways", "attack", "flaw", "patched", "supply", "chain", "secure", "zero-day"),
    *("CVE-2024-3400", "Router", "Lücke", "勒索软件", "攻击", "医院", "podcast", "hospital"),
    *("evil.example.com", "of", "a", "the", "week", "2024-3094", "هجوم", "C++", "192.0.2.7"),
]
MD5 = "d41d8cd98f00b204e9800998ecf8427e"
FACTS = [
    CveFacts("CVE-2024-3400", kev_since=START.date(), ransomware=True, epss=0.29, cvss=10.0),
    CveFacts("CVE-2024-3094", epss=0.001, cvss=9.8),
    CveFacts("CVE-2026-1", cvss=4.3),
    CveFacts("CVE-2026-2", kev_since=START.date(), epss=0.97),
]
CVES = [fact.cve for fact in FACTS] + ["CVE-2026-9"]
NAMES = [
    Name("actor", "APT28", "Fancy Bear"),
    Name("actor", "Lazarus Group"),
    Name("malware", "LockBit", "lock-bit"),
    Name("tool", "Cobalt Strike"),
    Name("vendor", "Ivanti"),
    Name("product", "Connect Secure"),
    Name("person", "Nobody"),
]
INDICATORS = [
    Indicator("domain", "c2.evil.example"),
    Indicator("url", "http://drop.evil.example:8080/a"),
    Indicator("url", "http://192.0.2.7/a"),
    Indicator("email", "x@mail.example"),
    Indicator("ipv4", "192.0.2.7"),
    Indicator("ipv6", "2001:DB8::1"),
    Indicator("md5", MD5.upper()),
]
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=7).map(" ".join)


def some(values, most=3):
    return st.lists(st.sampled_from(values), max_size=most, unique=True).map(tuple)


def _source(publisher: str) -> Source:
    return Source(publisher, "Other", "Other words", "https://other.example/1", START)


parts = st.fixed_dictionaries(
    {
        "headline": texts,
        "sentences": st.lists(texts, max_size=2).map(tuple),
        "publisher": st.sampled_from(["krebsonsecurity.com", "heise.de", "news.example"]),
        "feed": st.sampled_from(["Krebs on Security", "heise"]),
        "country": st.sampled_from(["", "US", "DE"]),
        "language": st.sampled_from(["en", "de", "zh", "ar"]),
        "topics": some(["Crime", "health-care", "ransomware"]),
        "cves": some(CVES),
        "picture": st.sampled_from(["", "https://news.example/p.jpg"]),
        "also": some(["heise.de", "a.example", "b.example", "c.example"], 4).map(
            lambda names: tuple(map(_source, names))
        ),
        "names": some(NAMES, 4),
        "indicators": some(INDICATORS, 4),
        "quality": st.one_of(st.none(), st.integers(0, 100).map(Quality)),
    }
)
stories = st.lists(parts, min_size=1, max_size=6).map(
    lambda all_: tuple(told(number, **one) for number, one in enumerate(all_, 1))
)
operators = st.sampled_from(["", ">=", "<=", ">", "<"])
numbers = st.one_of(
    st.builds(
        lambda v, op: Field("cvss", v, op), st.sampled_from(["9.8", "10", "4.3"]), operators
    ),
    st.builds(
        lambda v, op: Field("epss", v, op), st.sampled_from(["0.29", "0", "0.9"]), operators
    ),
    st.builds(lambda v, op: Field("quality", str(v), op), st.integers(0, 100), operators),
    st.builds(lambda v, op: Field("sources", str(v), op), st.integers(0, 5), operators),
)
fields = st.sampled_from(
    [
        parse_strict(text)
        for text in (
            *("cve:*", "cve:CVE-2024-3400", "topic:crime", 'topic:"health care"', "#ransomware"),
            *("publisher:heise.de", "publisher:heise", "country:us", "language:zh"),
            *('feed:"krebs on security"', "actor:apt28", 'actor:"fancy bear"', "actor:*"),
            *("actor:apt-28", "malware:lockbit", 'malware:"cobalt strike"', "malware:*"),
            *("product:ivanti", "product:*", "domain:evil.example", "domain:*", "ip:192.0.2.7"),
            *("domain:c2.evil.example", "domain:mail.example", "ip:2001:db8:0::1", "ip:*"),
            *(f"hash:{MD5}", "hash:*", "is:kev", "is:ransomware", "has:cve", "has:picture"),
        )
    ]
)
leaves = st.one_of(
    st.sampled_from(WORDS).map(Word),
    st.sampled_from(["gat", "att", "ran", "vul", "lüc", "勒索软"]).map(
        lambda w: Word(w, prefix=True)
    ),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join).map(Phrase),
    st.sampled_from([*WORDS, "gat*"]).map(lambda w: Field("title", w)),
    st.lists(st.sampled_from(WORDS), min_size=2, max_size=2)
    .map(" ".join)
    .map(lambda w: Field("title", w, phrase=True)),
    fields,
    numbers,
    st.just(Field("nope", "x")),
)
queries = st.recursive(
    leaves,
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=2, max_size=4).map(lambda q: And(tuple(q))),
        st.lists(inner, min_size=2, max_size=4).map(lambda q: Or(tuple(q))),
    ),
    max_leaves=10,
)
unhurried = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
async def news(archive):
    await archive.commit_poll(poll(*NEWS))
    return archive


@unhurried
@given(records=stories, asked=st.lists(queries, min_size=12, max_size=25))
async def test_a_search_and_a_rule_give_the_same_answer(archive, records, asked):
    await archive.learn(FACTS)
    await archive.commit_poll(poll(revised=records))
    kept = {one.id: one for one in await archive.stories([r.story.id for r in records])}
    subjects = {r.story.id: subject(kept[r.story.id], words(r.story)) for r in records}
    for query in asked:
        page = await archive.search(query, now=NOW, limit=100)
        hits = {hit.story.id for hit in page.hits} & subjects.keys()
        expected = {id_ for id_, seen in subjects.items() if matches(query, seen)}
        assert hits == expected, render(query)


@unhurried
@given(query=queries)
async def test_the_best_are_the_same_stories_in_another_order(news, query):
    newest = await news.search(query, now=NOW, limit=100)
    best = await news.search(query, now=NOW, limit=100, sort="best")
    assert {hit.story.id for hit in best.hits} == {hit.story.id for hit in newest.hits}


@unhurried
@given(text=st.text(st.characters(), max_size=40), sort=st.sampled_from(["new", "best"]))
async def test_any_characters_at_all_get_an_answer(news, text, sort):
    numbers = await found(news, text, sort=sort)
    assert len(numbers) == len(set(numbers))


async def test_what_is_learnt_later_is_found(news):
    assert await found(news, "is:kev") == await found(news, "cvss:>=9") == []
    await news.learn(FACTS)
    assert await found(news, "is:kev") == await found(news, "is:ransomware") == [4]
    assert await found(news, "cvss:>=9") == await found(news, "epss:0.29") == [4]
    assert await found(news, "-cvss:>=9") == [6, 5, 3, 2, 1]
    await news.learn([CveFacts("CVE-2024-3400", cvss=8.1)])
    assert await found(news, "is:kev") == await found(news, "cvss:10") == []


async def test_an_actor_is_found_by_all_its_names(archive):
    apt28 = (Name("actor", "APT28", "Sofacy"),)
    await archive.commit_poll(poll(told(1, names=apt28), told(2)))
    for text in ("actor:apt28", "actor:Sofacy", 'actor:"Fancy Bear"', "actor:APT-28", "actor:*"):
        assert await found(archive, text) == [1], text
    assert await found(archive, "actor:apt29") == []


async def test_a_channel_finds_what_was_told_in_it(news):
    outbox = news.outbox
    for number, state in ((1, PostState.SENT), (2, PostState.QUEUED), (3, PostState.FOLDED)):
        await outbox.owe([card(number, state=state)], now=START)
    listed = NewPost("Soc", SOC, "digest:day", members=(story_id(4),), state=PostState.SENT)
    await outbox.owe([listed], now=START)
    await news.register_channels([Channel("Soc", Target("slack", "C1"))], START)
    assert await found(news, "channel:soc") == [4]
    assert await found(news, "-channel:soc") == [6, 5, 3, 2, 1]
    await news.register_channels([Channel("other", Target("slack", "C2"))], START)
    await outbox.owe([card(5, channel="other", state=PostState.SENT)], now=START)
    assert await found(news, "channel:other OR flaw") == [6, 5, 1]
    assert await found(news, "channel:nowhere") == []


async def test_stories_like_another_share_its_telling_words(archive):
    await archive.commit_poll(
        poll(
            told(1, "Zephyr backdoor in gateways", "Zephyr was used by thieves.", cves=()),
            told(2, "Weather", "A zephyr over the sea.", cves=()),
            told(3, "Thieves use the backdoor Zephyr", "Another attack.", cves=()),
            *(told(n, "Another flaw", "A flaw in a router.", cves=()) for n in range(4, 40)),
        )
    )
    assert await found(archive, "like:k001") == [3, 2]
    assert await found(archive, "like:k001 -weather") == [3]
    assert await found(archive, "like:nope") == []
