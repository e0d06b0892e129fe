"""A model of one's own on loopback: honest, lying, slow, talking garbage; and what becomes of each."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from aiohttp import web

from digests.archive.store import Archive
from digests.cards.compose import compose
from digests.desk.desk import Desk
from digests.desk.summaries import ARTICLE, REST, Summaries
from digests.feeds.fetch import Fetcher
from digests.model import EXTRACT, Summariser, Telling
from digests.testing import FakeClock, build_story
from digests.web.addresses import AddressRules
from digests.web.client import Client
from digests.web.completions import MAX_ANSWER, Answered, Completions, Silent
from tests.fakefeeds import FakeFeeds
from tests.services.test_desk import InlineWorker, feed, rss, settings

TITLE = "Hospitals entered through a hole in a gateway"
ARTICLE_TEXT = (
    "A flaw in the remote access gateway of Meridian Networks lets anyone log in without a"
    " password, the company said on Monday. Attackers have used it since 9 November to enter at"
    " least 41 hospitals and two city halls. The flaw, CVE-2026-21901, is in the part that checks"
    " session cookies. Meridian published fixed versions 9.4.2 and 10.1.7 and advises customers to"
    " end all sessions after the update. “We should have found this ourselves,” said Ida Brandt,"
    " who leads its security team. Hospitals in the north switched to paper for two days, and the"
    " city halls closed their counters until the update was in place everywhere."
)
TELLING = Telling(
    sentences=("A flaw in the remote access gateway lets anyone log in.",),
    language="en",
    length_here=11,
    length_there=95,
    article=ARTICLE_TEXT,
)
TRUE = "Attackers used a flaw in Meridian's gateway to enter 41 hospitals. Fixed versions are out."
LIE = "Attackers used a flaw in Meridian's gateway to enter 42 hospitals. Fixed versions are out."


class Model:
    """An endpoint that answers with what it is told to."""

    def __init__(self) -> None:
        self.text = TRUE
        self.body: bytes | None = None
        self.status = 200
        self.takes = 0.0
        self.asked: list[tuple[str, dict[str, object]]] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append((request.headers.get("Authorization", ""), await request.json()))
        await asyncio.sleep(self.takes)
        told = {"choices": [{"message": {"role": "assistant", "content": self.text}}]}
        body = json.dumps(told).encode() if self.body is None else self.body
        headers = {"Location": "http://127.0.0.1:9/"} if self.status == 307 else {}
        return web.Response(body=body, status=self.status, headers=headers)


@asynccontextmanager
async def listening(model: Model) -> AsyncIterator[Summariser]:
    app = web.Application()
    app.router.add_post("/v1/chat/completions", model.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    try:
        yield Summariser(f"http://127.0.0.1:{port}/v1/", "local", "k3y")
    finally:
        await runner.cleanup()


@pytest.fixture
async def model() -> AsyncIterator[Model]:
    return Model()


@pytest.fixture
async def summaries(tmp_path: Path, model: Model) -> AsyncIterator[Summaries]:
    archive = await Archive.open(tmp_path / "s.db")
    async with listening(model) as of:
        made = Summaries(archive, InlineWorker(), FakeClock())
        made.use(of)
        yield made
    await archive.close()


# --- the client --------------------------------------------------------------------------------


async def test_an_answer_is_the_text_on_one_line(model: Model) -> None:
    model.text = "  One.\n\nTwo.\x1b[2J\u202e \x00"
    async with listening(model) as of:
        assert await Completions(of).summary("t", "r" * 99_999) == Answered("One. Two.[2J")
    ((key, question),) = model.asked
    assert key == "Bearer k3y"
    assert question["model"] == "local"
    assert len(str(question)) < 14_000


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b""),
        (200, b"garbage \xff"),
        (200, b"[]"),
        (200, b'{"choices": []}'),
        (200, b'{"choices": [{"message": {"content": null}}]}'),
        (200, b'{"choices": [{"message": {"content": " "}}]}'),
        (200, b"[" * 100_000),
        (200, b"x" * (MAX_ANSWER + 1)),
        (307, b""),
        (401, b"no"),
        (500, b"{}"),
    ],
)
async def test_whatever_else_it_answers_is_no_summary(
    model: Model, status: int, body: bytes
) -> None:
    model.status, model.body = status, body
    async with listening(model) as of:
        answer = await Completions(of).summary("t", "r")
    assert isinstance(answer, Silent)
    assert answer.down == (status != 200)
    assert "k3y" not in answer.reason


async def test_a_slow_one_is_left_in_time(model: Model) -> None:
    model.takes = 5.0
    async with listening(model) as of:
        answer = await Completions(of, within=0.1).summary("t", "r")
    assert answer == Silent("no answer within 0.1 s", down=True)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/v1", "http://nowhere.invalid/v1", "http://"])
async def test_one_that_is_not_there_is_no_summary(url: str) -> None:
    answer = await Completions(Summariser(url, "m")).summary("t", "r")
    assert isinstance(answer, Silent)
    assert answer.down


# --- what becomes of it ------------------------------------------------------------------------


async def test_what_stands_in_the_report_is_told_and_the_card_says_who_wrote_it(
    summaries: Summaries,
) -> None:
    told = await summaries.retold(TITLE, TELLING)
    assert told.sentences == tuple(TRUE.replace(". ", ".|").split("|"))
    assert (told.origin, told.length_here, told.article) == ("local", 15, "")
    story = build_story(sentences=told.sentences, origin=told.origin)
    assert compose(story, "en").origin == "Summary by local, each fact found in the report"


async def test_a_lie_is_not_told_and_the_card_says_so(summaries: Summaries, model: Model) -> None:
    model.text = LIE
    told = await summaries.retold(TITLE, TELLING)
    assert told == replace(TELLING, origin=EXTRACT, article="")
    assert compose(build_story(origin=EXTRACT), "en").origin == "The report's own sentences"


async def test_each_text_is_asked_for_once_whatever_came_of_it(
    summaries: Summaries, model: Model
) -> None:
    for text in (TRUE, LIE):
        model.text, model.asked = text, []
        telling = replace(TELLING, article=f"{ARTICLE_TEXT} {text[-9:]}{len(text)}{text == LIE}")
        first = await summaries.retold(TITLE, telling)
        assert await summaries.retold(TITLE, telling) == first
        assert len(model.asked) == 1


async def test_one_that_does_not_work_is_left_alone_for_a_while(
    summaries: Summaries, model: Model
) -> None:
    model.status = 500
    assert (await summaries.retold(TITLE, TELLING)).origin == EXTRACT
    model.status = 200
    assert (await summaries.retold(TITLE, TELLING)).origin == EXTRACT
    assert len(model.asked) == 1
    summaries._clock.advance(REST + 1)  # type: ignore[attr-defined]  # a FakeClock
    assert (await summaries.retold(TITLE, TELLING)).origin == "local"


async def test_a_short_report_is_its_own_summary(summaries: Summaries, model: Model) -> None:
    told = await summaries.retold(TITLE, replace(TELLING, article="Too short."))
    assert (told.origin, model.asked) == (EXTRACT, [])


async def test_without_an_endpoint_nothing_is_asked_nor_said(
    summaries: Summaries, model: Model
) -> None:
    summaries.use(None)
    assert not summaries.wanted
    assert await summaries.retold(TITLE, TELLING) == replace(TELLING, article="")
    assert model.asked == []


async def test_a_summary_that_breaks_the_worker_is_not_told(summaries: Summaries) -> None:
    summaries._worker = InlineWorker(kill=True)
    assert (await summaries.retold(TITLE, TELLING)).origin == EXTRACT


def test_the_model_gets_as_much_as_the_guard_compares_with() -> None:
    from digests.web.completions import MAX_ASKED

    assert MAX_ASKED == ARTICLE


async def test_a_story_polled_is_told_in_the_models_words_and_kept_so(
    tmp_path: Path, model: Model
) -> None:
    document = rss(TITLE).decode().replace("Nobody was hurt.", ARTICLE_TEXT).encode()
    clock = FakeClock()
    archive = await Archive.open(tmp_path / "d.db")
    async with (
        FakeFeeds({"/feed": document}) as publisher,
        listening(model) as of,
        Client(AddressRules(["127.0.0.0/8"]), clock, user_agent="test") as client,
    ):
        one = feed(publisher.url())
        fetcher = Fetcher(client, clock, Random(1), spacing=0)
        desk = Desk(archive, fetcher, InlineWorker(), clock)
        await desk.open(replace(settings(one), summariser=of))
        assert (await desk.poll(one)).new == 1
    (kept,) = await archive.latest(5)
    await archive.close()
    assert kept.origin == "local"
    assert " ".join(kept.sentences) == TRUE
