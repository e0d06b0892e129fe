"""Slash commands and button presses become requests, and replies become what the asker sees."""

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.commands import Asker, Form, Reply, Request
from bot.commands.table import TABLE
from bot.platforms.slack import forms, render
from bot.platforms.slack.client import Web, sdk_log
from bot.platforms.slack.directory import Directory
from bot.platforms.slack.errors import Failure, Kind
from digests.errors import ChatError
from digests.model import Clock

log = logging.getLogger(__name__)

_OURS = re.compile(r".*")  # Slack sends an app its own commands and buttons only
_ACT = re.compile(re.escape(render.ACT) + r"[a-z-]+(:\d+)?")
_AGAIN_AFTER = 1.0  # seconds before a reply that did not arrive is shown once more

Payload = Mapping[str, Any]
Former = Callable[[Request], Form | None]
Greeting = Callable[[str, str], Reply]  # for a platform and a workspace


class Desk:
    """Takes what people ask in Slack to whoever knows the answer, and brings the reply back."""

    def __init__(
        self,
        web: Web,
        directory: Directory,
        answer: Callable[[Request], Awaitable[Reply]],
        clock: Clock,
        form: Former | None = None,
        greeting: Greeting | None = None,
    ) -> None:
        self._web = web
        self._directory = directory
        self._answer = answer
        self._form = form
        self._greeting = greeting
        self._clock = clock
        self._app = self._listeners()

    async def take(self, kind: str, payload: Payload) -> None:
        """One envelope of Socket Mode, acknowledged already: the listener did it on arrival."""
        if kind in {"slash_commands", "interactive"}:
            await self._directory.find_teams()
            request = AsyncBoltRequest(mode="socket_mode", body=dict(payload))
            await self._app.async_dispatch(request)
        elif kind == "events_api":
            await self._greet(payload)

    async def _greet(self, payload: Payload) -> None:
        """Say who came, in a channel that has just invited us; nothing is owed by it."""
        event = payload.get("event") or {}
        if self._greeting is None or event.get("type") != "member_joined_channel":
            return
        await self._directory.find_teams()
        if event.get("user") != self._directory.me:
            return  # somebody else came
        place = str(event.get("channel", ""))
        body = render.announced(self._greeting("slack", str(payload.get("team_id", ""))))
        said = await self._web.ask(lambda c: c.chat_postMessage(channel=place, **body))
        if isinstance(said, Failure):
            log.warning("slack: no greeting", extra={"reason": str(said)})

    def _listeners(self) -> AsyncApp:
        # `process_before_response` keeps a listener within the task that dispatched it, where it
        # can be cancelled and its errors are seen. Requests need no signature here: Slack has
        # authenticated the connection they come on.
        app = AsyncApp(
            client=self._web.client,
            authorize=_authorized,
            logger=sdk_log,
            process_before_response=True,
            request_verification_enabled=False,
            ignoring_self_events_enabled=False,
            ssl_check_enabled=False,
            url_verification_enabled=False,
            attaching_function_token_enabled=False,
        )
        app.command(_OURS)(self._on_command)
        app.action(render.PREVIOUS)(self._on_page)
        app.action(render.NEXT)(self._on_page)
        app.action(_ACT)(self._on_act)
        app.action(_OURS)(_on_link)
        app.view(_OURS)(self._on_form)
        return app

    async def _on_command(self, ack: AsyncAck, command: Payload) -> None:
        await ack()
        verb, text = _verb_and_text(str(command.get("text", "")))
        team = command.get("team_id")
        asker = await self._asker(team, command.get("channel_id"), command.get("user_id"))
        request = Request(verb, text, asker=asker)
        if not await self._asked_for_more(request, command):
            await self._show(request, str(command.get("response_url", "")), replace=False)

    async def _asked_for_more(self, request: Request, command: Payload) -> bool:
        """Whether a form stands open now that asks for what the command came without."""
        form = self._form(request) if self._form else None
        if form is None:
            return False
        url = str(command.get("response_url", ""))
        window = forms.view(form, channel=request.asker.conversation, url=url)
        trigger = str(command.get("trigger_id", ""))
        opened = await self._web.ask(lambda c: c.views_open(trigger_id=trigger, view=window))
        if isinstance(opened, Failure):  # too late for a window; the answer says what it lacks
            log.warning("slack: a form was not opened", extra={"reason": str(opened)})
            return False
        return True

    async def _on_form(self, ack: AsyncAck, view: Payload, body: Payload) -> None:
        await ack()
        filled = forms.filled(view)
        verb = TABLE.find(filled.verb)
        if verb is None:
            return
        user = body.get("user") or {}
        asker = await self._asker(_team_of(body), filled.channel, user.get("id"))
        first = verb.options[0].name if verb.options else ""
        options = ({first: filled.state} if filled.state else {}) | dict(filled.options)
        click = str(view.get("id", ""))  # one window is sent once
        request = Request(verb.name, options.get(first, ""), options, asker, click)
        await self._show(request, filled.url, replace=False)

    async def _on_page(self, ack: AsyncAck, action: Payload, body: Payload) -> None:
        await ack()
        request = Request("page", str(action.get("value", "")), asker=await self._presser(body))
        await self._show(request, str(body.get("response_url", "")), replace=True)

    async def _on_act(self, ack: AsyncAck, action: Payload, body: Payload) -> None:
        """A button under a card that everybody sees: the answer stands beside it, for one alone."""
        await ack()
        name = str(action.get("action_id", "")).removeprefix(render.ACT)
        verb = name.partition(":")[0]  # in a reply a number makes each button's name its own
        asker, click = await self._presser(body), str(body.get("trigger_id", ""))
        request = Request(verb, str(action.get("value", "")), asker=asker, click=click)
        if await self._asked_for_more(request, body):
            return
        await self._show(request, str(body.get("response_url", "")), replace=False)

    async def _presser(self, body: Payload) -> Asker:
        channel, user = (body.get(name) or {} for name in ("channel", "user"))
        return await self._asker(_team_of(body), channel.get("id"), user.get("id"))

    async def _asker(self, team: object, channel: object, user: object) -> Asker:
        name, conversation = str(user or ""), str(channel or "")
        person = await self._directory.person(name)
        return Asker(
            platform="slack",
            user=name,
            place=str(team or ""),
            conversation=conversation,
            locale=person.locale,
            name=person.name,
            private=conversation.startswith("D"),
            unsure=not self._directory.teams,
        )

    async def _show(self, request: Request, url: str, *, replace: bool) -> None:
        body = render.reply(await self._answer(request), replace=replace)
        failure = await self._web.respond(url, body)
        if failure is not None and failure.kind is not Kind.REFUSED:
            # Seen twice is better than not at all: only the asker sees it.
            await self._clock.sleep(_AGAIN_AFTER)
            failure = await self._web.respond(url, body)
        if failure is not None and failure.kind is Kind.REFUSED:
            failure = await self._show_elsewhere(request.asker, body)
        if failure is not None:
            log.warning("slack: a reply was not shown", extra={"reason": str(failure)})

    async def _show_elsewhere(self, asker: Asker, body: Mapping[str, Any]) -> Failure | None:
        """To the asker alone, where the way back is closed; else by direct message.

        It is closed after half an hour, for instance when a form was left open for so long.
        """
        shown = {name: body[name] for name in ("text", "blocks") if name in body}
        place, user = asker.conversation, asker.user
        said = await self._web.ask(
            lambda c: c.chat_postEphemeral(channel=place, user=user, **shown)
        )
        if not isinstance(said, Failure):
            return None
        try:
            private = await self._directory.direct(user)
        except ChatError as error:
            return Failure(Kind.REFUSED, str(error))
        shown |= {"unfurl_links": False, "unfurl_media": False}
        said = await self._web.ask(lambda c: c.chat_postMessage(channel=private, **shown))
        return said if isinstance(said, Failure) else None


def _team_of(body: Payload) -> object:
    """Where whoever presses is at home: in a shared channel that may be another workspace."""
    user, team = (body.get(name) or {} for name in ("user", "team"))
    return user.get("team_id") or team.get("id")


async def _authorized() -> AuthorizeResult:
    """One workspace, one token: nothing to look up for a request."""
    return AuthorizeResult(enterprise_id=None, team_id=None)


async def _on_link(ack: AsyncAck) -> None:
    """A button that only opens an address; unanswered, Slack shows a warning beside it."""
    await ack()


def _verb_and_text(typed: str) -> tuple[str, str]:
    """What was typed after /digest; Slack escapes three characters on the way to us."""
    text = typed.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    verb, rest = TABLE.split(text)
    return verb or "help", rest
