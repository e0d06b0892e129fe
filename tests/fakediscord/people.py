"""People who type commands and press buttons, and what they see."""

import asyncio
import itertools
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.fakediscord import shapes
from tests.fakediscord.faults import Faults, error, json_response
from tests.fakediscord.gateway import Gateway
from tests.fakediscord.rules import callback_faults, faults_of
from tests.fakediscord.world import BOT, CHANNEL, OWNER, World, user

Body = dict[str, Any]
_EPHEMERAL = 64


@dataclass
class Seen:
    """What one person sees after asking: "thinking…" first, then the answer."""

    channel: str
    person: str
    first: float = -1.0  # seconds to the first answer; -1 never
    thinking: bool = False
    ephemeral: bool = False
    message: Body = field(default_factory=dict)  # the answer as it stands
    edits: int = 0
    offered: list[Body] = field(default_factory=list)  # while typing
    window: Body = field(default_factory=dict)  # a form that was opened instead

    @property
    def answered(self) -> bool:
        return bool(self.edits)

    @property
    def text(self) -> str:
        """Everything there is to read."""
        embeds = self.message.get("embeds") or []
        parts = [self.message.get("content") or ""]
        for embed in embeds:
            parts += [embed.get("title", ""), embed.get("description", "")]
            parts += [f"{f['name']}\n{f['value']}" for f in embed.get("fields") or ()]
            parts += [(embed.get("footer") or {}).get("text", "")]
        return "\n".join(part for part in parts if part)

    @property
    def buttons(self) -> dict[str, Body]:
        """By label."""
        rows = self.message.get("components") or []
        return {b["label"]: b for row in rows for b in row["components"]}


@dataclass
class _Asked:
    id: str
    token: str
    kind: int
    at: float
    seen: Seen
    acknowledged: bool = False
    shown: asyncio.Event = field(default_factory=asyncio.Event)


class People:
    """Drives the bot through the gateway and takes its answers."""

    def __init__(self, world: World, gateway: Gateway, faults: Faults) -> None:
        self._world = world
        self._gateway = gateway
        self._faults = faults
        self._asked: dict[str, _Asked] = {}
        self._numbers = itertools.count(1)
        self.expiry = 3.0  # seconds in which the first answer must come

    async def command(
        self,
        verb: str,
        options: Mapping[str, str] | None = None,
        *,
        user: str = OWNER,
        channel: str = CHANNEL,
        roles: Sequence[str] = (),
        locale: str = "en-US",
        within: float = 10.0,
    ) -> Seen:
        """Type `/digest verb` and wait for the answer."""
        chosen = [{"type": 3, "name": n, "value": v} for n, v in (options or {}).items()]
        data = _data(verb, chosen)
        return await self.tell(2, data, Seen(channel, user), roles, locale, {}, within)

    async def typing(
        self, verb: str, option: str, text: str, *, user: str = OWNER, channel: str = CHANNEL
    ) -> list[str]:
        """Type some letters into an option: what is offered."""
        data = _data(verb, [{"type": 3, "name": option, "value": text, "focused": True}])
        seen = await self.tell(4, data, Seen(channel, user), (), "en-US", {}, 5.0)
        return [str(one["value"]) for one in seen.offered]

    async def fill(
        self,
        opened: Seen,
        fields: Mapping[str, str],
        *,
        locale: str = "en-US",
        click: str = "",
    ) -> Seen:
        """Fill in the form that stands open and send it; `click` as in `press`."""
        inputs = [row["components"][0] for row in opened.window["components"]]
        names = {one["custom_id"] for one in inputs}
        assert fields.keys() <= names, "there is no such field"
        rows = []
        for one in inputs:
            text = fields.get(one["custom_id"], "")
            assert text or not one["required"], "Discord does not let it through"
            assert len(text) <= one["max_length"]
            answer = {"type": 4, "custom_id": one["custom_id"], "value": text}
            rows.append({"type": 1, "components": [answer]})
        data = {"custom_id": opened.window["custom_id"], "components": rows}
        now = Seen(opened.channel, opened.person)
        return await self.tell(5, data, now, (), locale, {}, 10.0, click)

    async def press(
        self,
        seen: Seen,
        label: str = "",
        *,
        custom_id: str = "",
        user: str = "",
        locale: str = "en-US",
        within: float = 10.0,
        roles: Sequence[str] = (),
        click: str = "",
    ) -> Seen:
        """Press a button of an answer, by its label or with a custom_id of one's own making.

        `click`: the id of a press that was delivered before.
        """
        name = custom_id or seen.buttons[label]["custom_id"]
        data = {"component_type": 2, "custom_id": name}
        now = Seen(seen.channel, user or seen.person, message=seen.message)
        more = {"message": seen.message}
        return await self.tell(3, data, now, roles, locale, more, within, click)

    async def tell(
        self,
        kind: int,
        data: Body,
        seen: Seen,
        roles: Sequence[str],
        locale: str,
        more: Body,
        within: float,
        click: str = "",
    ) -> Seen:
        """Tell the bot of an interaction and wait until it is answered, or for so long."""
        number = next(self._numbers)
        asked = _Asked(
            click or self._world.new_id(),
            f"aW50ZXJhY3Rpb246{number}",
            kind,
            time.monotonic(),
            seen,
        )
        self._asked[asked.token] = asked
        event = shapes.interaction(
            kind,
            asked.id,
            asked.token,
            data,
            channel=self._world.channels[seen.channel],
            person=seen.person,
            roles=list(roles),
            locale=locale,
            silenced=seen.person in self._world.silenced,
        )
        await self._gateway.dispatch("INTERACTION_CREATE", event | more)
        try:
            async with asyncio.timeout(within):
                await asked.shown.wait()
        except TimeoutError:
            pass  # `answered` says so
        return seen

    # --- the bot's side -----------------------------------------------------------------

    async def callback(self, request: web.Request) -> web.StreamResponse:
        """The first answer."""
        body = await request.json()
        self._world.violations += callback_faults(body)
        name = self._faults.next("callback")
        if refused := await self._faults.before(name, request):
            return refused
        asked = self._asked.get(request.match_info["token"])
        if asked is None or time.monotonic() - asked.at > self.expiry:
            return error(404, 10062, "Unknown interaction")
        if asked.acknowledged:
            return error(400, 40060, "Interaction has already been acknowledged.")
        self._acknowledged(asked, body)
        self._world.note("callback", "accepted", channel=asked.seen.channel, body=body, fault=name)
        return await self._faults.after(name, request, web.Response(status=204))

    async def original(self, request: web.Request) -> web.StreamResponse:
        """The answer itself, put in place of "thinking…"."""
        body = await request.json()
        self._world.violations += faults_of(body, "original")
        name = self._faults.next("original")
        if refused := await self._faults.before(name, request):
            return refused
        asked = self._asked.get(request.match_info["token"])
        if asked is None or not asked.acknowledged:
            return error(404, 10015, "Unknown Webhook")
        asked.seen.message = {**asked.seen.message, **body}
        asked.seen.edits += 1
        asked.shown.set()
        self._world.note("original", "accepted", channel=asked.seen.channel, body=body, fault=name)
        return await self._faults.after(name, request, json_response(asked.seen.message))

    def _acknowledged(self, asked: _Asked, body: Body) -> None:
        asked.acknowledged = True
        seen = asked.seen
        if body["type"] in (8, 9):  # nothing more is to come
            seen.offered = body["data"].get("choices", [])
            seen.window = body["data"] if body["type"] == 9 else {}
            asked.shown.set()
            return
        seen.first = time.monotonic() - asked.at
        seen.thinking = body["type"] in (5, 6)
        if body["type"] == 6:  # the message on which the button stands
            seen.ephemeral = bool(seen.message.get("flags", 0) & _EPHEMERAL)
            return
        flags = body.get("data", {}).get("flags", 0)
        seen.ephemeral = bool(flags & _EPHEMERAL)
        seen.message = {
            "id": self._world.new_id(),
            "type": 20,
            "channel_id": seen.channel,
            "author": user(BOT, bot=True),
            "content": "",
            "embeds": [],
            "components": [],
            "attachments": [],
            "mentions": [],
            "mention_roles": [],
            "mention_everyone": False,
            "pinned": False,
            "tts": False,
            "flags": flags,
            "timestamp": self._world.now().isoformat(),
            "edited_timestamp": None,
        }


def _data(verb: str, options: Sequence[Body]) -> Body:
    """`/digest` with a subcommand, or with a group and one of its subcommands."""
    first, _, second = verb.partition(" ")
    chosen: Body = {"type": 1, "name": second or first, "options": list(options)}
    if second:
        chosen = {"type": 2, "name": first, "options": [chosen]}
    return {"id": "1", "name": "digest", "type": 1, "options": [chosen]}
