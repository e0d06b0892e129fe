"""The stand-in for Discord is itself judged: what it refuses, forgets, tells; and a small rig."""

import asyncio
import json
from random import Random

import aiohttp
import pytest

from bot.commands import Reply
from bot.platforms.discord.chat import DiscordChat
from digests.clock import SystemClock
from digests.model import Absent, Destination, Found, Notice, Posted, Retry, Unclear
from tests.corpus import SHARED
from tests.fakediscord import BOT, CHANNEL, TOKEN, FakeDiscord, ThreadedDiscord
from tests.fakediscord.faults import Faults
from tests.fakediscord.rules import callback_faults, command_faults, faults_of

GOOD = {
    "embeds": [{"title": "a", "description": "b", "url": "https://a.example/"}],
    "components": [],
    "allowed_mentions": {"parse": []},
    "nonce": "n",
    "enforce_nonce": True,
}


def with_embed(**parts):
    return {**GOOD, "embeds": [{**GOOD["embeds"][0], **parts}]}


def with_button(**parts):
    button = {"type": 2, "style": 5, "label": "a", "url": "https://a.example/"} | parts
    return {**GOOD, "components": [{"type": 1, "components": [button]}]}


TURN = {"type": 2, "style": 2, "label": "a", "custom_id": "x"}


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({**GOOD, "embeds": [], "content": "x" * 2001}, "content of"),
        ({**GOOD, "embeds": []}, "an empty message"),
        ({**GOOD, "embeds": [], "content": " \n"}, "an empty message"),
        ({**GOOD, "embeds": GOOD["embeds"] * 11}, "11 embeds"),
        (with_embed(title="x" * 257), "title of"),
        (with_embed(title=" "), "without text"),
        (with_embed(description="x" * 4097), "description of"),
        (with_embed(description="😀" * 2049), "description of"),
        (with_embed(footer={"text": "x" * 2049}), "footer of"),
        (with_embed(description="x" * 4096, footer={"text": "y" * 2000}), "in all"),
        (with_embed(colour=1), "unknown keys"),
        (with_embed(url="javascript:alert(1)"), "address"),
        (with_embed(url="https://user@evil.example/"), "address"),
        (with_embed(thumbnail={"url": "data:x"}), "address"),
        (with_embed(description="hi <@1>"), "pings"),
        (with_embed(title="@everyone"), "pings"),
        (with_embed(description="\\\\@here"), "pings"),
        (with_embed(description="see https://evil.example"), "running text"),
        (with_embed(description="a\u202eb"), "hidden"),
        (with_embed(description="xoxb-123"), "secret"),
        (with_embed(description="\ud800"), "UTF-8"),
        ({**GOOD, "allowed_mentions": {"parse": ["users"]}}, "not closed"),
        ({k: v for k, v in GOOD.items() if k != "allowed_mentions"}, "not closed"),
        ({**GOOD, "nonce": "n" * 26}, "nonce"),
        ({**GOOD, "enforce_nonce": False}, "do not go together"),
        ({**GOOD, "username": "x"}, "unknown keys"),
        (with_button(url="https://a.example/" + "x" * 500), "limit 512"),
        (with_button(label="x" * 81), "label"),
        (with_button(custom_id="x"), "neither"),
        ({**GOOD, "components": [{"type": 1, "components": []}]}, "a row that is none"),
        ({**GOOD, "components": [{"type": 1, "components": [TURN, TURN]}]}, "twice"),
        (
            {**GOOD, "components": [{"type": 1, "components": [TURN | {"custom_id": "x" * 101}]}]},
            "custom_id over",
        ),
    ],
)
def test_a_bad_body_is_noticed(body, word):
    assert faults_of(GOOD) == []
    assert any(word in fault for fault in faults_of(body))


@pytest.mark.skipif(SHARED is None, reason="no OpenAPI document beside the project")
@pytest.mark.parametrize(
    "body", [with_embed(title="x" * 257), with_embed(url="not an address"), with_button(style=99)]
)
def test_discords_own_document_is_asked_too(body):
    assert any("OpenAPI" in fault for fault in faults_of(body))


def test_bad_commands_and_open_answers_are_noticed():
    bad = [{"name": "Digest!", "description": "", "type": 1}]
    assert len([f for f in command_faults(bad) if "OpenAPI" not in f]) == 2
    assert callback_faults({"type": 5, "data": {"flags": 0}})
    assert callback_faults({"type": 5, "data": {"flags": 64}}) == []


# --- the server --------------------------------------------------------------------------


async def ask(fake, method, path, **more):
    headers = {"Authorization": f"Bot {TOKEN}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.request(method, fake.api_url + path, **more) as answer,
    ):
        return answer.status, await answer.json(), answer.headers


async def test_history_pages_in_all_three_directions():
    async with FakeDiscord() as fake:
        ids = [fake.world.says(CHANNEL, str(n)) for n in range(10)]

        async def page(**query):
            _, found, _ = await ask(fake, "GET", f"/channels/{CHANNEL}/messages", params=query)
            return [message["id"] for message in found]

        assert await page(limit="3") == ids[:-4:-1]
        assert await page(after=ids[2], limit="3") == [ids[5], ids[4], ids[3]]
        assert await page(before=ids[2], limit="5") == [ids[1], ids[0]]
        assert await page(around=ids[5], limit="4") == [ids[7], ids[6], ids[5], ids[4]]


async def test_the_sixth_message_in_the_window_is_refused_as_discord_does():
    async with FakeDiscord() as fake:
        for number in range(6):
            body = GOOD | {"nonce": str(number)}
            status, said, headers = await ask(
                fake, "POST", f"/channels/{CHANNEL}/messages", json=body
            )
        assert status == 429
        assert 0 < said["retry_after"] <= 5
        assert headers["Via"]
        assert len(fake.messages()) == 5


async def test_json_has_exactly_the_content_type_that_discord_py_reads():
    async with FakeDiscord() as fake:
        _, _, headers = await ask(fake, "GET", "/users/@me")
        assert headers["Content-Type"] == "application/json"


async def test_a_token_in_a_body_is_a_violation():
    async with FakeDiscord() as fake:
        body = with_embed(description=f"oh {TOKEN}")
        await ask(fake, "POST", f"/channels/{CHANNEL}/messages", json=body)
        assert fake.violations


def test_the_log_can_be_read_by_another_process(tmp_path):
    log = tmp_path / "log.jsonl"
    with ThreadedDiscord(log=log) as fake:

        async def one():
            return await ask(fake, "POST", f"/channels/{CHANNEL}/messages", json=GOOD)

        status, message, _ = asyncio.run(one())
        assert status == 200
        entry = json.loads(log.read_text().splitlines()[-1])
        assert (entry["what"], entry["done"]) == ("create", "accepted")
        assert entry["message"] == message["id"]


def test_the_same_seed_brings_the_same_faults():
    def drawn(seed):
        faults = Faults(seed, {"429": 0.2, "drop_after": 0.2}, pause=1, slow=1)
        return [faults.next("create") for _ in range(50)]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
    assert set(drawn(1)) == {"", "429", "drop_after"}


# --- a small rig: what the courier will do, under faults ----------------------------------

RATES = dict.fromkeys(
    (
        "drop_before",
        "drop_after",
        "500_before",
        "502_after",
        "429",
        "half",
        "broken",
        "no_id",
        "slow",
    ),
    0.04,
)
SCALE, SETTLE = 0.02, 0.25
WINDOW = 120 * SCALE  # shorter than the stand-in's, as ours is than Discord's


async def deliver(chat, place, nonce, random):
    """Post until it stands there; an unclear end is resent soon or, later, read back."""
    clock, doubt = SystemClock(), None
    since, watermark = clock.now(), await chat.watermark(place)
    while True:
        # A refusal says nothing about an earlier attempt: the doubt stays until it is settled.
        late = doubt is not None and clock.monotonic() - doubt > WINDOW
        if late or (doubt is not None and random.random() < 0.5):
            await asyncio.sleep(SETTLE)
            if isinstance(await read_back(chat, place, nonce, since, watermark), Found):
                return
            doubt = None
        match await chat.post(place, Notice(nonce, "text"), mark=nonce, nonce=nonce):
            case Posted():
                return
            case Retry(after=after):
                await asyncio.sleep(after.total_seconds() if after else 0.02)
            case Unclear():
                doubt = doubt or clock.monotonic()


async def read_back(chat, place, nonce, since, watermark):
    while True:
        sighting = await chat.find(
            place, mark=nonce, nonce=nonce, since=since, watermark=watermark
        )
        if isinstance(sighting, Found | Absent):
            return sighting
        assert sighting.later
        await asyncio.sleep(0.05)


def cards(place):
    return [f"{place[-3:]}n{number}" for number in range(8)]


async def nobody_asks(request):
    return Reply(Notice("", ""))


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.nightly) for seed in range(1, 50))]
)
async def test_under_faults_every_card_stands_there_exactly_once(seed):
    async with FakeDiscord(seed=seed, faults=RATES, scale=SCALE, slow=0.15) as fake:
        places = [fake.world.add_channel(str(610000000000000000 + n)) for n in range(8)]
        chat = DiscordChat(
            TOKEN,
            clock=SystemClock(),
            random=Random(seed),
            answer=nobody_asks,
            api_url=fake.api_url,
            timeout=0.1,
        )

        async def channel(place):
            random = Random(seed)
            for nonce in cards(place):
                await deliver(chat, Destination("discord", place), nonce, random)

        try:
            async with asyncio.timeout(20):
                await asyncio.gather(*map(channel, places))
        finally:
            await chat.close()
        await asyncio.sleep(0.2)  # whatever is accepted late has now been accepted
        for place in places:
            titles = [m["embeds"][0]["title"] for m in fake.messages(place, BOT)]
            assert titles == cards(place)
        assert fake.violations == []
