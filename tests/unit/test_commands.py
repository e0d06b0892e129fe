"""Commands on a real archive: any text is answered, pages turn, forged buttons do nothing."""

import asyncio
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

import pytest

from bot.commands import Asker, Commands, Request, Showed, periods, publishers
from bot.commands.administering import _with_reason
from bot.commands.asking import Ask, Who
from bot.commands.machine import as_object
from bot.commands.table import TABLE
from bot.commands.why import as_json, look
from digests.archive.records import EntryRecord, PollRecord, StoryRecord
from digests.archive.store import Archive
from digests.cards.words import catalog, languages, words
from digests.config import People, Settings
from digests.desk.probing import Probe
from digests.feeds.pace import FeedState
from digests.model import Card, CveFacts, Feed, IndexTokens, Listing, Notice, Quality, Refusal
from digests.stories.quality import Standing, ratings
from digests.testing import FakeClock, build_story
from digests.text.tokens import terms
from tests.contract.archives import of_story, poll

BAD = ['"', "AND", "NEAR(", "CVE-2026-1", "C++", ".NET", "-a", "nope:a", "*", "(" * 200, "x" * 4_000,
       "a* " * 2_000, "'; drop table story", "a\0b", "the of and", "هجوم فدية", "(a+)+$", "(?=a)"]  # fmt: skip


@pytest.fixture
async def commands(tmp_path: Path):
    archive = await Archive.open(tmp_path / "s.db")
    clock = FakeClock()
    stories = [build_story(n) for n in range(1, 13)]
    records = [
        StoryRecord(s, IndexTokens(terms(s.headline, "en"), terms(" ".join(s.sentences), "en")), n)
        for n, s in enumerate(stories, 1)
    ]
    url = "https://news.example/feed"
    await archive.commit_poll(PollRecord(url, FeedState(url=url), clock.now(), new=tuple(records)))
    yield Commands(archive, Settings, clock)
    await archive.close()


async def test_pages_turn_forward_and_back(commands: Commands) -> None:
    first = await commands.answer(Request("search", "gateways"))
    assert isinstance(first.content, Listing)
    assert len(first.content.lines) == 5
    assert not first.previous
    second = await commands.answer(Request("page", first.next))
    third = await commands.answer(Request("page", second.next))
    assert isinstance(third.content, Listing)
    assert len(third.content.lines) == 2
    assert not third.next
    back = await commands.answer(Request("page", second.previous))
    assert back.content == first.content


async def test_a_search_is_answered_while_nothing_can_be_written(
    commands: Commands, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "s.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        async with asyncio.timeout(3):  # the writer itself waits for five seconds
            first = await commands.answer(Request("search", "gateways"))
        other.execute("ROLLBACK")
    assert isinstance(first.content, Listing)
    second = await commands.answer(Request("page", first.next))
    assert isinstance(second.content, Listing), "what is under its buttons was written meanwhile"


@pytest.mark.parametrize("text", BAD)
async def test_any_text_is_answered(commands: Commands, text: str) -> None:
    reply = await commands.answer(Request("search", text))
    assert isinstance(reply.content, Listing | Notice)
    assert "Something went wrong" not in str(reply.content)


@pytest.mark.parametrize("verb", ["search", "story", "latest", "similar", "page"])
async def test_half_a_character_is_answered_like_any_other(commands: Commands, verb: str) -> None:
    """A lone surrogate can be typed nowhere and sent by anybody; no database takes it."""
    for text in ("\ud800", "gateways \udfff", '"\ud83d"', "cve:\ud800"):
        reply = await commands.answer(Request(verb, text, {"topic": text, "query": text}))
        assert "Something went wrong" not in str(reply.content)
        str(reply).encode()


@pytest.mark.parametrize(
    "state", ["", "q:zzzz:1", "q:x:-1", "q:x:9999999999", "nonsense", "q:'; --:0"]
)
async def test_a_forged_button_gets_a_plain_word(commands: Commands, state: str) -> None:
    assert isinstance((await commands.answer(Request("page", state))).content, Notice)


async def test_a_story_is_found_by_its_key(commands: Commands) -> None:
    assert isinstance((await commands.answer(Request("story", "K003"))).content, Card)
    assert isinstance((await commands.answer(Request("story", "nope"))).content, Notice)


async def test_when_all_words_find_nothing_any_word_does_and_it_is_said(
    commands: Commands,
) -> None:
    reply = await commands.answer(Request("search", "gateways bananas"))
    assert isinstance(reply.content, Listing)
    assert reply.content.lines
    assert "some of them" in " ".join(reply.content.notes)


async def test_who_may_not_read_gets_nothing(commands: Commands) -> None:
    closed = Commands(
        commands._around.archive,
        lambda: Settings(readers=People(slack=frozenset({"U1"}))),
        FakeClock(),
    )
    asker = Asker("slack", "U2", "T1", "C1")
    assert isinstance(
        (await closed.answer(Request("search", "gateways", asker=asker))).content, Notice
    )
    allowed = Asker("slack", "U1", "T1", "C1")
    assert isinstance(
        (await closed.answer(Request("search", "gateways", asker=allowed))).content, Listing
    )


async def test_arabic_askers_are_answered_in_arabic(commands: Commands) -> None:
    reply = await commands.answer(Request("help", asker=Asker("terminal", "", locale="ar")))
    assert isinstance(reply.content, Notice)
    assert reply.content.rtl


async def test_a_cards_buttons_are_answered(commands: Commands) -> None:
    similar = await commands.answer(Request("similar", "k001"))
    assert isinstance(similar.content, Listing)
    assert similar.content.title.startswith("Similar: Gateway flaw number 1")
    assert len(similar.content.lines) == 5
    assert "k001" not in [line.key for line in similar.content.lines]
    why = await commands.answer(Request("why-quality", "k001"))
    assert isinstance(why.content, Notice)
    assert "228 words a minute" in why.content.text


@pytest.mark.parametrize("verb", ["similar", "why-quality"])
async def test_a_button_of_a_forgotten_story_says_so(commands: Commands, verb: str) -> None:
    assert "There is no story zzz" in str((await commands.answer(Request(verb, "zzz"))).content)


async def ask(commands: Commands, verb: str, text: str = "", **options: str) -> str:
    reply = await commands.answer(Request(verb, text, options))
    assert "Something went wrong" not in str(reply.content)
    return str(reply.content)


async def test_every_verb_of_the_table_is_answered_with_and_without_words(commands) -> None:
    for verb in TABLE.verbs:
        for text in (
            "",
            "k001",
            "CVE-2026-0001",
            "7d",
            "https://news.example/1",
            "\0" * 9,
            "x y z",
        ):
            assert await ask(commands, verb.name, text)


async def test_every_answer_can_be_told_to_a_program(commands) -> None:
    for verb in TABLE.verbs:
        for text in ("", "k001", "gateways"):
            reply = await commands.answer(Request(verb.name, text))
            told = json.loads(json.dumps(as_object(reply)))
            assert told["kind"] in {"card", "list", "notice", "trends", "publishers"}


async def test_trends_give_a_program_their_figures(commands) -> None:
    told = as_object(await commands.answer(Request("trends", "gateways 7d")))
    assert (told["kind"], told["query"], told["total"], told["before"]) == (
        "trends", "gateways", 12, 0,
    )  # fmt: skip
    steps = told["steps"]
    assert sum(one["stories"] for one in steps) == 12
    assert [one["start"] for one in steps[1:]] == [one["end"] for one in steps[:-1]]
    assert {"value", "stories"} == told["publishers"][0].keys()
    assert "text" not in told
    nothing = as_object(await commands.answer(Request("trends", "nowhere 7d")))
    assert (nothing["kind"], nothing["total"], nothing["actors"]) == ("trends", 0, [])
    senseless = as_object(await commands.answer(Request("trends", "", {"since": "yesteryear"})))
    assert senseless["kind"] == "notice"


async def test_publishers_give_a_program_their_figures(commands) -> None:
    none = as_object(await commands.answer(Request("publishers")))
    assert none == {"kind": "publishers", "total": 0, "publishers": []}
    for number, (name, score) in enumerate({"plain.example": 40, "good.example": 80}.items(), 50):
        story = build_story(number, publisher=name, country="DE", quality=Quality(score))
        await commands._around.archive.commit_poll(poll(of_story(story, number)))
    told = as_object(await commands.answer(Request("publishers")))
    assert (told["kind"], told["total"]) == ("publishers", 2)
    good, plain = told["publishers"]
    assert (good["place"], good["publisher"], good["country"]) == (1, "good.example", "DE")
    assert (good["stories"], good["rank"], good["first"], good["shared"]) == (1, None, 0, 0)
    assert good["score"] > plain["score"]
    assert sum(part["points"] for part in good["reasons"]) == good["score"]
    one = as_object(await commands.answer(Request("publishers", "plain")))
    assert one["publishers"] == [plain]
    assert as_object(await commands.answer(Request("publishers", "nobody")))["kind"] == "notice"


async def test_trends_begin_each_row_with_its_bar(commands) -> None:
    reply = await commands.answer(Request("trends", "gateways 7d"))
    assert isinstance(reply.content, Notice)
    assert reply.content.title == "Trends: gateways"
    assert "12 stories" in reply.content.text
    assert any(line.startswith("█" * 12) for line in reply.content.text.splitlines())
    assert "no period" in await ask(commands, "trends", since="yesteryear")


async def test_a_cve_tells_what_is_known_and_who_names_it(commands) -> None:
    await commands._around.archive.learn(
        [CveFacts("CVE-2026-0001", date(2026, 1, 2), epss=0.25, cvss=9.8)]
    )
    reply = await commands.answer(Request("cve", "cve 2026-0001"))
    assert isinstance(reply.content, Listing)
    notes = " ".join(reply.content.notes)
    assert "in KEV since" in notes
    assert "EPSS 25 %" in notes
    assert "CVSS 9.8" in notes
    assert "no CVE" in await ask(commands, "cve", "bananas")


async def test_typed_options_narrow_a_search(commands) -> None:
    assert "Gateway" in await ask(commands, "search", "gateways", publisher="news.example")
    assert "Nothing found" in await ask(commands, "search", "gateways", publisher='no"body')


async def test_help_shows_what_is_for_editors_to_editors_alone(commands) -> None:
    reader, editor = Asker("slack", "U2", "T1", "C1"), Asker("terminal", "")
    shown = [
        str((await commands.answer(Request("help", asker=one))).content)
        for one in (reader, editor)
    ]
    assert [" retract" in text for text in shown] == [False, True]


async def test_what_is_like_a_story_has_pages_that_turn_in_chats_too(commands) -> None:
    asker = Asker("slack", "U1")
    first = await commands.answer(Request("similar", "k001", asker=asker))
    second = await commands.answer(Request("page", first.next, asker=asker))
    keys = [{line.key for line in one.content.lines} for one in (first, second)]
    assert (len(keys[0]), bool(keys[1]), keys[0] & keys[1]) == (5, True, set())
    assert second.content.title == first.content.title
    back = await commands.answer(Request("page", second.previous, asker=asker))
    assert back.content.lines == first.content.lines


@pytest.mark.parametrize(
    ("verb", "text", "typed"),
    [
        ("search", "nowhere", "nightdesk --help"),
        ("trends", "nowhere", "nightdesk --help"),
        ("watch list", "", "nightdesk watch add is:kev"),
        ("search", "", "nightdesk search '\"supply chain\" -podcast'"),
        ("pause", "", "nightdesk pause NAME"),
        ("digest", "", "nightdesk story k0"),
        ("help", "", "nightdesk latest [TOPIC]"),
    ],
)
async def test_an_answer_names_what_is_typed_where_it_is_read(commands, verb, text, typed) -> None:
    shown = str((await commands.answer(Request(verb, text))).content)
    assert typed in shown.replace("\\'", "'")
    assert "/digest" not in shown
    chat = str((await commands.answer(Request(verb, text, asker=Asker("slack", "U1")))).content)
    assert "nightdesk " not in chat


def test_no_string_of_a_catalog_says_how_commands_are_typed() -> None:
    strings = [str(one.id) + str(one.string) for code in languages() for one in catalog(code)]
    assert not [one for one in strings if "/digest" in one]


async def test_no_example_of_help_speaks_to_a_whole_channel(commands) -> None:
    reply = await commands.answer(Request("help"))
    assert not [one.state for one in reply.buttons if "where:here" in one.state]


def test_numbers_of_a_list_stand_where_an_arabic_line_begins() -> None:
    one = Standing("news.example", stories=2, points=100)
    line = publishers._line(1, one, ratings([one])["news.example"], words("ar"))
    assert line.startswith("1. \u200f\u2068news.example\u2069")


async def test_what_is_no_address_is_answered_in_words(commands: Commands) -> None:
    async def nothing(url: str) -> Probe:
        raise AssertionError(url)

    around = commands._around
    looking = Commands(around.archive, around.settings, around.clock, probe=nothing)
    for typed in ("notaurl", "ftp://news.example/", "http://"):
        said = await looking.answer(Request("feeds add", typed))
        assert f"{typed} is no web address." in str(said.content)


async def test_trends_call_topics_as_cards_do(commands) -> None:
    asked = Request("trends", asker=Asker("terminal", "", locale="de"))
    assert "Schwachstelle" in str((await commands.answer(asked)).content)


async def test_an_example_of_help_is_run_by_its_button(commands) -> None:
    reply = await commands.answer(Request("help"))
    assert reply.buttons
    for button in reply.buttons:
        ran = await commands.answer(Request(button.action, button.state))
        assert "Examples to try" not in str(ran.content)
    assert "Did you mean trends?" in await ask(commands, "trend")


async def test_what_is_typed_is_completed_within_discords_bounds(commands) -> None:
    for verb in TABLE.verbs:
        for option in verb.options:
            for typed in ("", "a", "k0", "\0", "x" * 6_000):
                found = await commands.complete(Request(verb.name, typed), option.name)
                assert len(found) <= 25
                assert all(1 <= len(one.name) <= 100 and len(one.value) <= 100 for one in found)
    topics = await commands.complete(Request("latest", "ransom"), "topic")
    assert [one.value for one in topics] == ["ransomware"]


async def test_who_may_not_read_is_offered_nothing_and_no_form(commands) -> None:
    closed = Commands(
        commands._around.archive,
        lambda: Settings(readers=People(slack=frozenset({"U1"}))),
        FakeClock(),
    )
    stranger = Asker("slack", "U2", "T1", "C1")
    assert await closed.complete(Request("latest", "", {}, stranger), "topic") == ()
    assert closed.form(Request("search", "", {}, stranger)) is None
    assert closed.form(Request("search", "", {}, Asker("slack", "U1", "T1", "C1"))) is not None
    assert commands.form(Request("search", "ivanti")) is None


@pytest.mark.parametrize("verb", [verb.name for verb in TABLE.verbs if verb.who is Who.EDITOR])
async def test_verbs_of_editors_are_refused_to_readers(commands, verb: str) -> None:
    reader = Asker("slack", "U2", "T1", "C1")
    for request in (Request(verb, "x", {}, reader), Request("run", f"{verb} x", {}, reader)):
        assert "for editors" in str((await commands.answer(request)).content)


async def test_a_shared_answer_is_posted_with_its_askers_name(commands) -> None:
    shared = []

    async def share(one) -> Showed:
        shared.append(one)
        return Showed()

    there = Commands(commands._around.archive, Settings, FakeClock(), share=share)
    asker = Asker("slack", "U1", "T1", "C1", name="Dana <!channel>")
    found = await there.answer(Request("search", "gateways", {}, asker))
    button = next(one for one in found.buttons if one.action == "share")
    assert len(button.state) <= 90
    await there.answer(Request("share", button.state, {}, asker))
    assert shared[0].content.notes[0] == "Shared by Dana <!channel>"
    assert shared[0].content.lines == found.content.lines
    for forged in ("q:zzzz:0", "", "q:0:99999999", "search x"):
        await there.answer(Request("share", forged, {}, asker))
    assert len(shared) == 1


async def test_any_typed_line_is_answered(commands) -> None:
    chance = Random(5)
    names = [verb.name for verb in TABLE.verbs] + ["", "serach", "/", "page"]
    pieces = [
        *BAD,
        "since:7d",
        "q:a:1",
        "://",
        "CVE-",
        "%s{x}",
        "\ud800",
        "\u202e",
        "7d",
        "🦊" * 90,
    ]
    for _ in range(400):
        text = " ".join(chance.choices(pieces, k=chance.randint(0, 4)))
        verb = chance.choice(names)
        await ask(commands, *TABLE.split(f"{verb} {text}"))
        await ask(commands, "run", f"{verb} {text}")


SECRET = "https://feeds.news.example/feed?token=hunter22"


@pytest.fixture
async def quokkas(commands: Commands) -> Archive:
    """The archive with a story, and a refused entry, of a feed whose address holds a secret."""
    archive, story = commands._around.archive, build_story(20, feed_url=SECRET)
    record = StoryRecord(story, IndexTokens(terms("quokka", "en")), 20)
    entry = EntryRecord("quokka-1", story.url, "quokka", b"1", "Quokka", story.id, story.seen)
    await archive.commit_poll(
        PollRecord(
            SECRET, FeedState(SECRET), story.seen, new=(record,), entries=(entry,),
            refused=(Refusal("quokka-2", "no title"),),
        )
    )  # fmt: skip
    return archive


async def test_why_calls_a_feed_by_its_name_since_its_address_may_hold_a_secret(quokkas) -> None:
    feed = Feed(SECRET, "Quokka Times", "news.example")
    for settings, called in (
        (Settings(feeds=(feed,)), "Quokka Times"),
        (Settings(), "news.example"),
    ):
        there = Commands(quokkas, lambda settings=settings: settings, FakeClock())
        for asked in ("k020", "quokka-2"):
            found = await look(quokkas, settings, asked, FakeClock().now())
            for told in (await ask(there, "why", asked), json.dumps(as_json(found))):
                assert called in told
                assert "hunter22" not in told


async def test_where_a_feed_moved_is_told_without_its_secret(commands) -> None:
    archive, feed = commands._around.archive, Feed(SECRET, "Quokka Times", "news.example")
    now, moved = FakeClock().now(), f"{SECRET}&x={'x' * 900}"
    state = FeedState(SECRET, last_poll=now, last_success=now, newest=now, adopted=moved)
    await archive.commit_poll(PollRecord(SECRET, state, now))
    there = Commands(archive, lambda: Settings(feeds=(feed,)), FakeClock())
    told = await ask(there, "feeds list")
    assert "moved" in told
    assert "hunter22" not in told
    assert len(told) < 700


async def test_a_name_of_the_file_wins_over_a_shorter_one_and_a_reason(commands) -> None:
    url = "https://news.example/"
    feeds = (Feed(f"{url}1", "CISA", "cisa.gov"), Feed(f"{url}2", "CISA Alerts", "cisa.gov"))
    around = replace(commands._around, settings=lambda: Settings(feeds=feeds))
    for typed, options, wanted in (
        ("CISA Alerts", {"reason": "noisy"}, ("CISA Alerts", "noisy")),
        ("CISA too often", {}, ("CISA", "too often")),
        ("cisa alerts too often", {}, ("CISA Alerts", "too often")),
        ("CISA", {"reason": "noisy"}, ("CISA", "noisy")),
    ):
        asked = Ask(Request("pause", typed, {"name": typed, **options}), words("en"), around)
        assert _with_reason(asked) == wanted


@pytest.mark.parametrize(
    ("typed", "query", "period"),
    [
        ("zero day", "zero day", ""),
        ("attack of the week", "attack of the week", ""),
        ("since:90d ransomware", "ransomware", "90d"),
        ("ransomware since:week zero day", "ransomware zero day", "week"),
        ("ransomware 90d", "ransomware", "90d"),
        ("ransomware 2026-01-01", "ransomware", "2026-01-01"),
        ("week", "", "week"),
        ("24 h", "", "24 h"),
        ("nosince:7d", "nosince:7d", ""),
        ("since:never x", "since:never x", ""),
    ],
)
def test_a_period_is_told_from_what_is_looked_for(typed: str, query: str, period: str) -> None:
    assert periods.split(typed, FakeClock().now()) == (query, period)


async def test_a_period_given_as_an_option_is_the_same_where_the_answer_is_shared(
    commands,
) -> None:
    shared = []

    async def share(one) -> Showed:
        shared.append(one)
        return Showed()

    there = Commands(commands._around.archive, Settings, FakeClock(), share=share)
    asker = Asker("slack", "U1", "T1", "C1")
    for since in ("24 h", "day"):
        typed = {"query": "gateways", "since": since}
        told = await there.answer(Request("trends", "gateways", typed, asker))
        button = next(one for one in told.buttons if one.action == "share")
        await there.answer(Request("share", button.state, {}, asker))
        assert shared[-1].content.title == told.content.title == "Trends: gateways"
        assert shared[-1].content.text.endswith(told.content.text)
        assert shared[-1].content.text.startswith("Shared by U1")
    silent = replace(asker, may_speak=False)
    assert "Nothing can be shared" in str(
        (await there.answer(Request("share", button.state, {}, silent))).content
    )
    assert len(shared) == 2
    told = await there.answer(Request("trends", "gateways", typed, silent))
    assert not told.buttons


async def test_an_editor_reads_without_being_listed_under_readers(commands) -> None:
    settings = Settings(
        readers=People(slack=frozenset({"U1"})), editors=People(slack=frozenset({"U2"}))
    )
    there = Commands(commands._around.archive, lambda: settings, FakeClock())
    for user, title in (("U1", "for editors"), ("U2", "Nothing was done"), ("U3", "may not")):
        asker = Asker("slack", user, "T1", "C1")
        found = (await there.answer(Request("search", "gateways", asker=asker))).content
        assert isinstance(found, Notice if user == "U3" else Listing)
        assert title in str((await there.answer(Request("audit", asker=asker))).content)


@pytest.mark.parametrize(
    "query", ["gateways | quokka", "quokka OR gateways", '"gateways', "(gateways | quokka"]
)
async def test_options_narrow_all_of_a_query(commands, query: str) -> None:
    assert "Gateway" in await ask(commands, "search", query, publisher="news.example")
    assert "Nothing found" in await ask(commands, "search", query, publisher="nobody.example")
    assert "Searched as words" not in await ask(commands, "search", "gateways", since="24 h")
