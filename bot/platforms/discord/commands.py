"""`/digest` and the buttons: from an interaction to a request, and the reply back to the asker.

The command is kept as Discord's own JSON, so that one table is registered, compared with what is
registered already, and checked against Discord's API document.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from bot.commands import Asker, Reply, Request
from bot.platforms.discord import render
from bot.platforms.discord.errors import (
    ALREADY_ACKNOWLEDGED,
    UNKNOWN_INTERACTION,
    Answer,
    NotSent,
    Result,
    posted,
)
from bot.platforms.discord.rest import Rest
from digests.model import Clock, Notice, Posted, Rejected, Retry, Scope, Unclear

if TYPE_CHECKING:
    import discord

_log = logging.getLogger(__name__)

Answerer = Callable[[Request], Awaitable[Reply]]
_Json = dict[str, Any]

NAME = "digest"
_COMMAND, _BUTTON = 2, 3  # interaction types
_SUBCOMMAND, _STRING = 1, 3  # option types
_IN_GUILD, _IN_DIRECT_MESSAGE = 0, 1
_DEFER, _DEFER_UPDATE = 5, 6  # first answers: "thinking", and "I shall change this message"
_EPHEMERAL = 64

_ACKNOWLEDGE_WITHIN = 1.2  # seconds; Discord waits 3 s in all, so a second try still fits
_ANSWER_WITHIN = 60.0
_TRIES = 5
_LONGEST_WAIT = 30.0
_REMEMBERED = 2000

COMMANDS: list[_Json] = [
    {
        "name": NAME,
        "type": 1,
        "description": "Search and read what the news desk told",
        "integration_types": [0],
        "contexts": [_IN_GUILD, _IN_DIRECT_MESSAGE],
        "options": [
            {
                "type": _SUBCOMMAND,
                "name": "search",
                "description": "Find stories by words, names or numbers",
                "options": [
                    {
                        "type": _STRING,
                        "name": "query",
                        "description": 'ivanti · "supply chain" · cve:CVE-2024-3400 · since:7d',
                        "required": True,
                        "max_length": 4000,
                    }
                ],
            },
            {
                "type": _SUBCOMMAND,
                "name": "latest",
                "description": "The newest stories",
                "options": [
                    {
                        "type": _STRING,
                        "name": "topic",
                        "description": "Only this topic, for example ransomware",
                        "max_length": 100,
                    }
                ],
            },
            {
                "type": _SUBCOMMAND,
                "name": "story",
                "description": "One story with its sources",
                "options": [
                    {
                        "type": _STRING,
                        "name": "id",
                        "description": "The short key at the end of its card, for example k7f3",
                        "required": True,
                        "max_length": 100,
                    }
                ],
            },
            {
                "type": _SUBCOMMAND,
                "name": "help",
                "description": "Examples to try",
            },
        ],
    }
]


def same(wanted: object, registered: object) -> bool:
    """Whether what is registered already says all that is wanted; Discord adds keys of its own."""
    if isinstance(wanted, dict):
        return isinstance(registered, dict) and all(
            same(part, registered.get(key)) for key, part in wanted.items()
        )
    if isinstance(wanted, list):
        return (
            isinstance(registered, list)
            and len(wanted) == len(registered)
            and all(map(same, wanted, registered))
        )
    return wanted == registered


async def register(rest: Rest, application: str) -> Result | None:
    """Tell Discord our commands when it has others; None when there was nothing to tell."""
    path = f"/applications/{application}/commands"
    known = await rest.call("GET", path)
    if isinstance(known, Answer) and known.good and same(COMMANDS, known.payload):
        return None
    return await rest.call("PUT", path, json_body=COMMANDS)


def request_of(interaction: "discord.Interaction[Any]") -> Request | None:
    """What is asked, None when it is nothing of ours."""
    data: Mapping[str, Any] = interaction.data or {}
    kind = interaction.type.value
    if kind == _COMMAND and data.get("name") == NAME:
        verb, options = _chosen(data)
        text = next(iter(options.values()), "")
        return Request(verb, text, options, _asker(interaction))
    custom_id = str(data.get("custom_id", ""))
    if kind == _BUTTON and custom_id.startswith(render.TURN):
        state = custom_id.removeprefix(render.TURN)[1:]
        return Request("page", state, {}, _asker(interaction))
    if kind == _BUTTON and custom_id.startswith(render.ACT):
        verb, _, state = custom_id.removeprefix(render.ACT).partition(":")
        return Request(verb, state, {}, _asker(interaction))
    return None


class Interactions:
    """Answers each interaction once, to the asker alone."""

    def __init__(self, rest: Rest, answer: Answerer, clock: Clock) -> None:
        self._rest = rest
        self._answer = answer
        self._clock = clock
        self._seen: OrderedDict[int, None] = OrderedDict()

    async def serve(self, interaction: "discord.Interaction[Any]") -> None:
        """Acknowledge, ask for the answer, show it."""
        request = request_of(interaction)
        if request is None or self._known(interaction.id):
            return
        if not await self._acknowledge(interaction):
            return
        reply = await self._ask(request)
        await self._show(interaction, reply)

    def _known(self, interaction: int) -> bool:
        """After a broken connection the gateway may tell the same event again."""
        known = interaction in self._seen
        self._seen[interaction] = None
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return known

    async def _acknowledge(self, interaction: "discord.Interaction[Any]") -> bool:
        path = f"/interactions/{interaction.id}/{interaction.token}/callback"
        result: Result = NotSent("not tried")
        for _ in range(2):
            result = await self._rest.call(
                "POST", path, json_body=_first_answer(interaction), within=_ACKNOWLEDGE_WITHIN
            )
            if isinstance(result, Answer):
                if result.good or result.code == ALREADY_ACKNOWLEDGED:
                    return True
                if result.code == UNKNOWN_INTERACTION:
                    break  # told too late: the asker saw "did not respond" and asks again
        _log.warning("an interaction was not acknowledged: %s", posted(result))
        return False

    async def _ask(self, request: Request) -> Reply:
        try:
            async with asyncio.timeout(_ANSWER_WITHIN):
                return await self._answer(request)
        except TimeoutError:
            return Reply(Notice("This takes too long", "Try again in a moment."))
        except Exception:  # noqa: BLE001 - or the asker looks at "thinking…" for ever
            _log.exception("a command failed: %s", request.verb)
            return Reply(
                Notice("Something went wrong", "The operator finds the reason in the log.")
            )

    async def _show(self, interaction: "discord.Interaction[Any]", reply: Reply) -> None:
        """Put the reply where "thinking…" stands. Safe to repeat: it replaces."""
        path = f"/webhooks/{interaction.application_id}/{interaction.token}/messages/@original"
        body, plain = render.reply(reply), False
        for attempt in range(_TRIES):
            outcome = posted(await self._rest.call("PATCH", path, json_body=body))
            wait = 2.0**attempt
            match outcome:
                case Posted():
                    return
                case Rejected(scope=Scope.CONTENT) if not plain:
                    body, plain, wait = render.reply(reply, plain=True), True, 0.0
                case Rejected():
                    break
                case Retry(after=after) if after:
                    wait = min(after.total_seconds(), _LONGEST_WAIT)
                case Retry() | Unclear():
                    pass  # the same again replaces the same
            await self._clock.sleep(wait)
        _log.warning("a reply could not be shown")


def _first_answer(interaction: "discord.Interaction[Any]") -> _Json:
    message = interaction.message
    if message is not None and message.flags.ephemeral:
        return {"type": _DEFER_UPDATE}
    # A button under a message that everybody sees must not change it.
    return {"type": _DEFER, "data": {"flags": _EPHEMERAL}}


def _chosen(data: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """The subcommand and its options; an older client may still send what we no longer know."""
    sub: Mapping[str, Any] = next(iter(data.get("options") or ()), {})
    options = {str(o["name"]): str(o["value"]) for o in sub.get("options") or () if "value" in o}
    return str(sub.get("name", "help")), options


def _asker(interaction: "discord.Interaction[Any]") -> Asker:
    roles = getattr(interaction.user, "roles", ())  # a member has some, a user in private none
    return Asker(
        platform="discord",
        user=str(interaction.user.id),
        place=str(interaction.guild_id or ""),
        conversation=str(interaction.channel_id or ""),
        roles=frozenset(str(role.id) for role in roles),
        locale=str(interaction.locale).partition("-")[0],
    )
