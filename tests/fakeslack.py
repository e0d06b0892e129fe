"""A Slack of our own on loopback, with people who type, press and fill in. Its log is the judge.

Inside a test's loop: `async with FakeSlack() as slack: …`. Beside a bot that is a process of its
own: `with FakeSlack.in_thread() as slack: …`, where `slack.run(coroutine)` reaches into its loop.
The bot is pointed at `slack.api_url` (SLACK_API_URL) with BOT_TOKEN and APP_TOKEN.
"""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from tests.slackserver import ALL_SCOPES, APP_TOKEN, BOT_TOKEN, SlackServer
from tests.slackwindows import sent
from tests.slackworkspace import TEAM, Json

__all__ = ["ALL_SCOPES", "APP_TOKEN", "BOT_TOKEN", "FakeSlack", "NoAnswer", "Shown"]

T = TypeVar("T")


class NoAnswer(AssertionError):
    """The app showed the asker nothing in time."""


@dataclass(frozen=True)
class Shown:
    """What an asker sees: one ephemeral message as it stands."""

    body: Json
    user: str
    channel: str

    @property
    def text(self) -> str:
        """All words of its blocks, in order."""
        return "\n".join(_words(self.body.get("blocks", [])))

    @property
    def buttons(self) -> dict[str, Json]:
        """By their labels."""
        rows = [b["elements"] for b in self.body.get("blocks", []) if b["type"] == "actions"]
        return {button["text"]["text"]: button for row in rows for button in row}


class FakeSlack(SlackServer):
    """The workspace and its people."""

    _loop: asyncio.AbstractEventLoop | None = None

    @classmethod
    @contextmanager
    def in_thread(cls, **options: Any) -> Iterator[Self]:
        """The same in a thread with a loop of its own, for a bot that is another process."""
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, name="fakeslack", daemon=True)
        thread.start()
        slack = cls(**options)
        slack._loop = loop
        slack.run(slack.start())
        try:
            yield slack
        finally:
            slack.run(slack.close())
            loop.call_soon_threadsafe(loop.stop)
            thread.join(5)
            loop.close()

    def run(self, coroutine: Coroutine[Any, Any, T], within: float = 30.0) -> T:
        """From another thread: do this in the stand-in's loop and wait for it."""
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(within)

    # --- the people ------------------------------------------------------------------------------

    async def command(self, typed: str, *, user: str, channel: str, within: float = 5.0) -> Shown:
        """Someone types a slash command; returns what that person sees in the end."""
        answers, _ = await self._type(typed, user, channel)
        return Shown(await self._answer(answers, within), user, channel)

    async def fill(
        self, typed: str, fields: Json, *, user: str, channel: str, within: float = 5.0
    ) -> Shown:
        """Someone types a command that opens a window, fills it in and sends it."""
        answers, trigger = await self._type(typed, user, channel)
        return await self._send(trigger, answers, fields, Shown({}, user, channel), within)

    async def write(
        self, shown: Shown, label: str, fields: Json, *, window: str = "", within: float = 5.0
    ) -> Shown:
        """Press a button that opens a window, fill it in and send it.

        `window`: the id of one that was sent before and is delivered again.
        """
        answers, url = self._response_address()
        trigger = f"trigger-{next(self._ids)}"
        self.triggers[trigger] = self.clock.monotonic()
        pressed = self._press(shown, shown.buttons[label], url, trigger)
        await self.envelope("interactive", pressed)
        return await self._send(trigger, answers, fields, shown, within, window)

    async def _send(
        self,
        trigger: str,
        answers: asyncio.Queue[Json],
        fields: Json,
        shown: Shown,
        within: float,
        window: str = "",
    ) -> Shown:
        async with asyncio.timeout(within):
            while trigger not in self.windows:  # noqa: ASYNC110 - the bot opens it
                await asyncio.sleep(0.01)
        payload = {
            "type": "view_submission",
            "user": {"id": shown.user, "team_id": self.teams.get(shown.user, TEAM)},
            "team": {"id": TEAM},
            "api_app_id": "A0NIGHT",
            "trigger_id": f"trigger-{next(self._ids)}",
            "view": sent(self.windows[trigger], fields) | {"id": window or f"V{next(self._ids)}"},
        }
        ack = await self.envelope("interactive", payload)
        assert not ack.payload, "the window stays open"
        return Shown(await self._answer(answers, within), shown.user, shown.channel)

    def _press(self, shown: Shown, button: Json, url: str, trigger: str) -> Json:
        return {
            "type": "block_actions",
            "user": {"id": shown.user, "team_id": self.teams.get(shown.user, TEAM)},
            "team": {"id": TEAM},
            "channel": {"id": shown.channel},
            "container": {"type": "message", "is_ephemeral": True},
            "api_app_id": "A0NIGHT",
            "response_url": url,
            "trigger_id": trigger,
            "actions": [{k: v for k, v in button.items() if k != "url"} | {"block_id": "b"}],
        }

    async def _type(self, typed: str, user: str, channel: str) -> tuple[asyncio.Queue[Json], str]:
        command, _, text = typed.partition(" ")
        answers, url = self._response_address()
        trigger = f"trigger-{next(self._ids)}"
        self.triggers[trigger] = self.clock.monotonic()
        payload = {
            "command": command,
            "text": text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
            "team_id": self.teams.get(user, TEAM),
            "user_id": user,
            "channel_id": channel,
            "channel_name": self.places[channel].name or "directmessage",
            "api_app_id": "A0NIGHT",
            "is_enterprise_install": "false",
            "response_url": url,
            "trigger_id": trigger,
        }
        await self.envelope("slash_commands", payload)
        return answers, trigger

    async def press(
        self, shown: Shown, label: str, *, click: str = "", within: float = 5.0
    ) -> Shown:
        """Press a button of what someone sees; a link shows nothing new.

        `click`: the trigger of a press that was delivered before.
        """
        button = shown.buttons[label]
        answers, url = self._response_address()
        trigger = click or f"trigger-{next(self._ids)}"
        await self.envelope("interactive", self._press(shown, button, url, trigger))
        if "url" in button:
            return shown
        body = await self._answer(answers, within)
        turns = button["action_id"] in {"nightdesk:previous", "nightdesk:next"}
        assert body.get("replace_original") is turns, "a page takes the place of the last one"
        return Shown(body, shown.user, shown.channel)

    async def _answer(self, answers: asyncio.Queue[Json], within: float) -> Json:
        try:
            return await asyncio.wait_for(answers.get(), within)
        except TimeoutError:
            raise NoAnswer(f"nothing was shown within {within} s") from None


def _words(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value["text"]
        for name, inner in value.items():
            if name != "text" or not isinstance(inner, str):
                yield from _words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _words(inner)
