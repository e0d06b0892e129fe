"""`/digest` and the buttons: from an interaction to a request, and the reply back to the asker.

The command is kept as Discord's own JSON, so that one table is registered, compared with what is
registered already, and checked against Discord's API document.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bot.commands import Asker, Choice, Form, Reply, Request
from bot.commands.table import TABLE
from bot.platforms.discord import controls, render
from bot.platforms.discord.declared import NAME, commands
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
Completer = Callable[[Request, str], Awaitable[Sequence[Choice]]]
Placer = Callable[[Request], Awaitable[Request]]
Former = Callable[[Request], Form | None]
_Json = dict[str, Any]

_COMMAND, _BUTTON, _TYPING, _FORM = 2, 3, 4, 5  # interaction types
# First answers: "thinking", "I shall change this message", completions, a form.
_DEFER, _DEFER_UPDATE, _CHOICES, _MODAL = 5, 6, 8, 9
_EPHEMERAL = 64
_GROUP = 2  # option type

_ACKNOWLEDGE_WITHIN = 1.2  # seconds; Discord waits 3 s in all, so a second try still fits
_ANSWER_WITHIN = 60.0
_TRIES = 5
_LONGEST_WAIT = 30.0
_REMEMBERED = 2000


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
    known = await rest.call("GET", path, query={"with_localizations": "true"})
    ours = await asyncio.to_thread(commands)  # reads the words of all languages
    if isinstance(known, Answer) and known.good and same(ours, known.payload):
        return None
    return await rest.call("PUT", path, json_body=ours)


def request_of(interaction: "discord.Interaction[Any]") -> Request | None:
    """What is asked, None when it is nothing of ours."""
    data: Mapping[str, Any] = interaction.data or {}
    kind = interaction.type.value
    custom_id = str(data.get("custom_id", ""))
    asker = _asker(interaction)
    if kind == _COMMAND and data.get("name") == NAME:
        verb, options = _chosen(data)
        return Request(verb, options.get(_first(verb), ""), options, asker)
    if kind == _FORM and custom_id.startswith(controls.FORM):
        verb, _, state = custom_id.removeprefix(controls.FORM).partition(":")
        known = {_first(verb): state} if state else {}
        filled = known | _filled_in(data)
        text = filled.get(_first(verb), "")
        return Request(verb, text, filled, asker, click=str(interaction.id))
    if kind == _BUTTON and custom_id.startswith(controls.TURN):
        return Request("page", custom_id.removeprefix(controls.TURN)[1:], {}, asker)
    if kind == _BUTTON and custom_id.startswith(controls.ACT):
        verb, _, state = custom_id.removeprefix(controls.ACT).partition(":")
        return Request(verb, state, {}, asker, click=str(interaction.id))
    return None


def _first(verb: str) -> str:
    """The option that stands for what is typed after the verb where there are no options."""
    found = TABLE.find(verb)
    return found.options[0].name if found and found.options else ""


class Interactions:
    """Answers each interaction once, to the asker alone."""

    def __init__(
        self,
        rest: Rest,
        answer: Answerer,
        clock: Clock,
        complete: Completer | None = None,
        form: Former | None = None,
        placed: Placer | None = None,
    ) -> None:
        """`placed`: finds out where somebody belongs who writes in private."""
        self._rest = rest
        self._answer = answer
        self._complete = complete
        self._form = form
        self._placed = placed or _as_it_is
        self._clock = clock
        self._seen: OrderedDict[int, None] = OrderedDict()

    async def serve(self, interaction: "discord.Interaction[Any]") -> None:
        """Acknowledge, ask for the answer, show it."""
        if interaction.type.value == _TYPING:
            await self._offer(interaction)
            return
        request = request_of(interaction)
        if request is None or self._known(interaction.id):
            return
        if form := await self._form_for(request, interaction):
            await self._acknowledge(interaction, {"type": _MODAL, "data": controls.form(form)})
            return
        if not await self._acknowledge(interaction, _first_answer(interaction)):
            return
        reply = await self._ask(await self._placed(request))
        await self._show(interaction, reply)

    async def _form_for(
        self, request: Request, interaction: "discord.Interaction[Any]"
    ) -> Form | None:
        """A form must be the first answer, so who asks is looked up before it, where one may come."""
        verb, kind = TABLE.find(request.verb), interaction.type.value
        may = verb is not None and verb.form and kind in (_COMMAND, _BUTTON)
        if self._form is None or not may or request.options:
            return None
        return self._form(await self._placed(request))

    def _known(self, interaction: int) -> bool:
        """After a broken connection the gateway may tell the same event again."""
        known = interaction in self._seen
        self._seen[interaction] = None
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return known

    async def _offer(self, interaction: "discord.Interaction[Any]") -> None:
        """Completions for what is being typed: once, at once, or not at all."""
        typing = _typing(interaction.data or {})
        if self._complete is None or typing is None:
            return
        verb, name, text = typing
        request = await self._placed(Request(verb, text, {}, _asker(interaction)))
        found = await self._complete(request, name)
        choices = [{"name": one.name, "value": one.value} for one in found]
        await self._acknowledge(interaction, {"type": _CHOICES, "data": {"choices": choices}})

    async def _acknowledge(self, interaction: "discord.Interaction[Any]", body: _Json) -> bool:
        path = f"/interactions/{interaction.id}/{interaction.token}/callback"
        result: Result = NotSent("not tried")
        for _ in range(2):
            result = await self._rest.call(
                "POST", path, json_body=body, within=_ACKNOWLEDGE_WITHIN
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


async def _as_it_is(request: Request) -> Request:
    return request


def _first_answer(interaction: "discord.Interaction[Any]") -> _Json:
    data: Mapping[str, Any] = interaction.data or {}
    message = interaction.message
    turns = str(data.get("custom_id", "")).startswith(controls.TURN)
    if turns and message is not None and message.flags.ephemeral:
        return {"type": _DEFER_UPDATE}
    # A button under a message that everybody sees must not change it, and what another button
    # answers must not take the place of the list that it stands under.
    return {"type": _DEFER, "data": {"flags": _EPHEMERAL}}


def _sub(data: Mapping[str, Any]) -> tuple[str, list[Mapping[str, Any]]]:
    """The subcommand's name, with its group's before it, and its options."""
    chosen: Mapping[str, Any] = next(iter(data.get("options") or ()), {})
    name = str(chosen.get("name", "help"))
    inner = list(chosen.get("options") or ())
    if chosen.get("type") == _GROUP and inner:
        return f"{name} {inner[0].get('name', '')}", list(inner[0].get("options") or ())
    return name, inner


def _chosen(data: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """The subcommand and its options; an older client may still send what we no longer know."""
    name, options = _sub(data)
    return name, {str(o["name"]): str(o["value"]) for o in options if "value" in o}


def _typing(data: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """Which verb's option is being typed into, and what stands there."""
    name, options = _sub(data)
    focused = [one for one in options if one.get("focused")]
    if data.get("name") != NAME or not focused:
        return None
    return name, str(focused[0].get("name", "")), str(focused[0].get("value", ""))


def _filled_in(data: Mapping[str, Any]) -> dict[str, str]:
    """The fields of a form by name, without the empty ones."""
    rows = data.get("components") or ()
    fields: list[Mapping[str, Any]] = [
        row.get("component") or next(iter(row.get("components") or ()), {}) for row in rows
    ]
    return {str(f["custom_id"]): str(f["value"]) for f in fields if f.get("value")}


def _asker(interaction: "discord.Interaction[Any]") -> Asker:
    roles = getattr(interaction.user, "roles", ())  # a member has some, a user in private none
    return Asker(
        platform="discord",
        user=str(interaction.user.id),
        place=str(interaction.guild_id or ""),
        conversation=str(interaction.channel_id or ""),
        private=interaction.guild_id is None,
        above=str(getattr(interaction.channel, "parent_id", None) or ""),
        roles=frozenset(str(role.id) for role in roles),
        locale=str(interaction.locale).partition("-")[0],
        name=str(getattr(interaction.user, "display_name", "")),
        may_speak=_may_speak(interaction),
    )


def _may_speak(interaction: "discord.Interaction[Any]") -> bool:
    """Whether they may write there themselves; in private Discord tells no permissions."""
    if interaction.guild_id is None:
        return True
    may = interaction.permissions
    thread = str(getattr(interaction.channel, "type", "")).endswith("thread")
    return may.send_messages_in_threads if thread else may.send_messages
