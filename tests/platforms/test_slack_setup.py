"""The way from nothing to cards: the manifest, its page in the docs, and what is imported when."""

import asyncio
import json
import re
import subprocess
import sys
from pathlib import Path
from random import Random
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.commands import Reply, Request
from bot.platforms.slack.chat import SlackChat
from bot.platforms.slack.errors import CURES
from bot.platforms.slack.manifest import APP_SCOPES, SCOPES, creation_link, manifest
from digests.clock import SystemClock
from digests.model import Destination, Notice, Posted
from tests.fakeslack import ALL_SCOPES, APP_TOKEN, BOT_TOKEN, FakeSlack

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "slack.md").read_text("utf-8")


def test_the_page_shows_the_manifest_as_it_is() -> None:
    (shown,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)

    assert json.loads(shown) == manifest()


@pytest.mark.parametrize(("scope", "why"), [*SCOPES.items(), *APP_SCOPES.items()])
def test_the_page_gives_the_reason_for_each_permission(scope: str, why: str) -> None:
    assert f"| `{scope}` | {why} |" in PAGE


@pytest.mark.parametrize(
    "code",
    ["not_in_channel", "channel_not_found", "is_archived", "missing_scope", "invalid_auth"],
)
def test_the_page_and_the_errors_know_the_same_troubles(code: str) -> None:
    assert code in CURES
    assert f"`{code}" in PAGE


def test_the_link_carries_the_manifest() -> None:
    (carried,) = parse_qs(urlsplit(creation_link()).query)["manifest_json"]

    assert json.loads(carried) == manifest()
    assert len(creation_link()) < 4_000


def test_the_manifest_asks_for_what_the_code_uses_and_listens_without_an_address() -> None:
    app = manifest()

    assert set(app["oauth_config"]["scopes"]["bot"]) == set(SCOPES) == set(ALL_SCOPES.split(","))
    assert app["settings"]["socket_mode_enabled"]
    assert "request_url" not in json.dumps(app)
    assert app["settings"]["event_subscriptions"] == {"bot_events": ["member_joined_channel"]}


def test_the_room_is_cheap_to_enter() -> None:
    script = (
        "import sys, bot.platforms.slack, bot.platforms.slack.manifest;"
        "heavy = {'slack_sdk', 'slack_bolt', 'aiohttp', 'babel'} & set(sys.modules);"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False, timeout=30)

    assert done.returncode == 0


def test_the_stand_in_serves_a_bot_in_another_loop() -> None:
    async def answer(request: Request) -> Reply:
        return Reply(Notice("Seen", request.text))

    async def bot(api_url: str, place: str, told: asyncio.Event) -> object:
        chat = SlackChat(
            BOT_TOKEN,
            APP_TOKEN,
            answer=answer,
            clock=SystemClock(),
            random=Random(1),
            base_url=api_url,
        )
        await chat.start()
        posted = await chat.post(
            Destination("slack", place), Notice("N", "t"), mark="m1", nonce="n"
        )
        await asyncio.wait_for(told.wait(), 10)
        await chat.close()
        return posted

    async def both(slack: FakeSlack, place: str, user: str) -> tuple[object, str]:
        told = asyncio.Event()
        running = asyncio.create_task(bot(slack.api_url, place, told))
        asking = slack.command("/digest search x", user=user, channel=place)
        seen = await asyncio.to_thread(slack.run, asking)
        told.set()
        return await running, seen.text

    with FakeSlack.in_thread() as slack:
        place, user = slack.add_channel("soc"), slack.add_user("alice")
        posted, seen = asyncio.run(both(slack, place, user))

    assert isinstance(posted, Posted)
    assert seen == "Seen\nx"
    assert slack.keys() == ["m1"]
    assert slack.violations == []
