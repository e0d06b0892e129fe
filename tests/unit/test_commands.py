"""Commands on a real archive: any text is answered, pages turn, forged buttons do nothing."""

from pathlib import Path

import pytest

from bot.commands import Asker, Commands, Request
from digests.archive.records import PollRecord, StoryRecord
from digests.archive.store import Archive
from digests.config import People, Settings
from digests.feeds.pace import FeedState
from digests.model import Card, IndexTokens, Listing, Notice
from digests.testing import FakeClock, build_story
from digests.text.tokens import terms

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
