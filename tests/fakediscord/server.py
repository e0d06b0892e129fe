"""The stand-in itself: one loopback server with REST and gateway."""

import json
from collections.abc import Awaitable, Callable, Mapping
from email.utils import format_datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

from digests.model import Clock
from tests.fakediscord import shapes
from tests.fakediscord.bodies import message_of, page, shown
from tests.fakediscord.faults import Faults, error, json_response, limited
from tests.fakediscord.gateway import Gateway
from tests.fakediscord.people import People
from tests.fakediscord.rules import command_faults, faults_of, file_faults
from tests.fakediscord.threads import Rooms
from tests.fakediscord.world import (
    APPLICATION,
    ATTACH,
    BOT,
    CHANNEL,
    EMBED,
    HISTORY,
    SEND,
    VIEW,
    Body,
    Channel,
    World,
    user,
)

TOKEN = "discord-token-for-tests"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class FakeDiscord:
    """Discord on loopback. `world.log` is the judge, `violations` must stay empty."""

    channel = CHANNEL

    def __init__(
        self,
        *,
        token: str = TOKEN,
        seed: int = 0,
        faults: Mapping[str, float] | None = None,
        scale: float = 1.0,
        slow: float = 12.0,
        limits: bool = True,
        log: Path | None = None,
        port: int = 0,
        clock: Clock | None = None,
    ) -> None:
        """`faults`: chance of each by name. `scale` shortens the nonce window and the limits.

        `slow`: seconds of a slow accept, to be longer than the client's time-out.
        `log`: a file that gets every entry as a line of JSON, for a judge in another process.
        """
        self.world = World(token, scale=scale, log=log, clock=clock)
        self.world.add_guild()
        self.world.add_channel()
        self.faults = Faults(seed, faults or {}, pause=0.5 * scale, slow=slow)
        self.gateway = Gateway(self.world)
        self.people = People(self.world, self.gateway, self.faults)
        self.rooms = Rooms(self.world, self.faults, self._place)
        self.command, self.press = self.people.command, self.people.press
        self.typing, self.fill = self.people.typing, self.people.fill
        self.api_url = ""
        self._limits = limits
        self._port = port
        self._runner: web.AppRunner | None = None

    # --- for tests ----------------------------------------------------------------------

    @property
    def gateway_url(self) -> str:
        return self.gateway.url

    @property
    def violations(self) -> list[str]:
        """What no body may contain; a test asserts that there is none."""
        return self.world.violations

    def messages(self, channel: str = CHANNEL, author: str = BOT) -> list[Body]:
        """What stands in a channel from the bot, oldest first."""
        place = self.world.channels[channel]
        return [m for m in place.messages if m["author"]["id"] == author]

    def count(self, what: str, done: str = "") -> int:
        """How many entries of a kind the log has."""
        return sum(e.what == what and e.done.startswith(done) for e in self.world.log)

    async def start(self) -> Self:
        application = web.Application(middlewares=[self._common], client_max_size=1 << 22)
        application.add_routes(self._routes())
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        port = self._runner.addresses[0][1]
        self._port = port
        self.api_url = f"http://127.0.0.1:{port}/api/v10"
        self.gateway.url = f"ws://127.0.0.1:{port}/gateway"
        return self

    async def close(self) -> None:
        """Stop serving; `start` serves the same world again on the same port."""
        if self._runner:
            self.gateway.abort()
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()
        self.world.close()

    # --- what is served -----------------------------------------------------------------

    def _routes(self) -> list[web.RouteDef]:
        channel, app = "/api/v10/channels/{channel}", "/api/v10/applications/{app}"
        return [
            web.get("/gateway", self.gateway.handle),
            web.get("/api/v10/gateway", self._where),
            web.get("/api/v10/users/@me", self._me),
            web.post("/api/v10/users/@me/channels", self._open_direct),
            web.get("/api/v10/oauth2/applications/@me", self._application),
            web.get("/api/v10/applications/@me", self._application),
            web.get("/api/v10/guilds/{guild}", self._guild),
            web.get("/api/v10/guilds/{guild}/members/{person}", self._member),
            web.get(channel, self._channel),
            web.get(channel + "/messages", self._read),
            web.post(channel + "/messages", self._create),
            web.get(channel + "/messages/{message}", self._message),
            web.patch(channel + "/messages/{message}", self._edit),
            web.delete(channel + "/messages/{message}", self._delete),
            web.get(app + "/commands", self._commands),
            web.put(app + "/commands", self._register),
            web.get(app + "/guilds/{guild}/commands", self._commands),
            web.put(app + "/guilds/{guild}/commands", self._register),
            web.post("/api/v10/interactions/{id}/{token}/callback", self.people.callback),
            web.patch("/api/v10/webhooks/{app}/{token}/messages/@original", self.people.original),
            *self.rooms.routes(),
        ]

    @web.middleware
    async def _common(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """The token, the global limit, the clock in the answer, secrets where none belong."""
        open_to_all = request.path.startswith(
            ("/gateway", "/api/v10/webhooks", "/api/v10/interac")
        )
        if not open_to_all and (refused := self._refused(request)):
            return self._dated(refused)
        multipart = request.content_type == "multipart/form-data"  # can be read once; see _write
        body = "" if multipart else await request.text()
        if self.world.token in body or self.world.token in str(request.url):
            self.world.violations.append(f"the token stands in a request to {request.path}")
        return self._dated(await handler(request))

    def _refused(self, request: web.Request) -> web.Response | None:
        given = request.headers.get("Authorization")
        if given != f"Bot {self.world.token}" or not self.world.token_valid:
            return error(401, 0, "401: Unauthorized")
        now = self.world.clock.monotonic()
        if self._limits and (wait := self.world.everywhere.wait(now)):
            self.world.note("limit", "refused 429 global")
            return limited(wait, "global")
        self.world.everywhere.take(now)
        return None

    def _dated(self, answer: web.StreamResponse) -> web.StreamResponse:
        if not answer.prepared:
            answer.headers["Date"] = format_datetime(self.world.now(), usegmt=True)
        return answer

    async def _where(self, _: web.Request) -> web.Response:
        return json_response({"url": self.gateway.url})

    async def _me(self, request: web.Request) -> web.StreamResponse:
        me = {**user(BOT, bot=True), "verified": True, "mfa_enabled": False, "flags": 0}
        return await self._faulty("me", request, json_response(me))

    async def _application(self, request: web.Request) -> web.StreamResponse:
        return await self._faulty(
            "application", request, json_response(shapes.application(self.world))
        )

    async def _guild(self, request: web.Request) -> web.StreamResponse:
        guild = request.match_info["guild"]
        if guild not in self.world.guilds:
            return error(404, 10004, "Unknown Guild")
        return await self._faulty(
            "guild", request, json_response(shapes.guild_object(self.world, guild))
        )

    async def _member(self, request: web.Request) -> web.StreamResponse:
        guild, person = request.match_info["guild"], request.match_info["person"]
        roles = self.world.members_of(guild).get(person)
        if roles is None:
            return error(404, 10007, "Unknown Member")
        answer = json_response(shapes.member(person, roles, bot=person == BOT))
        self.world.note("member", "accepted", channel=guild)
        return await self._faulty("member", request, answer)

    async def _open_direct(self, request: web.Request) -> web.StreamResponse:
        """The channel of direct messages with a person, made when it is asked for first."""
        body: Body = await request.json()
        person = str(body.get("recipient_id", ""))
        if set(body) != {"recipient_id"} or not person.isdecimal():
            return error(400, 50033, "Invalid Recipient(s)")
        place = self.world.direct(person)
        self.world.note("direct", "accepted", channel=place.id)
        return await self._faulty("direct", request, json_response(shapes.channel_object(place)))

    async def _faulty(
        self, kind: str, request: web.Request, answer: web.Response
    ) -> web.StreamResponse:
        name = self.faults.next(kind)
        refused = await self.faults.before(name, request)
        return refused or await self.faults.after(name, request, answer)

    # --- channels and messages ----------------------------------------------------------

    def _place(self, request: web.Request, bits: int = VIEW) -> Channel | web.Response:
        channel = self.world.channels.get(request.match_info["channel"])
        if channel is None:
            return error(404, 10003, "Unknown Channel")
        above = self.world.channels.get(channel.parent or "", channel)
        lacks = channel.lacks | above.lacks  # a thread has the permissions of what it hangs under
        if lacks & VIEW:
            return error(403, 50001, "Missing Access")
        if lacks & bits:
            return error(403, 50013, "Missing Permissions")
        if channel.person in self.world.unwilling and bits & SEND:
            return error(403, 50007, "Cannot send messages to this user")
        return channel

    async def _channel(self, request: web.Request) -> web.StreamResponse:
        place = self._place(request)
        if isinstance(place, web.Response):
            return place
        return await self._faulty("channel", request, json_response(shapes.channel_object(place)))

    async def _read(self, request: web.Request) -> web.StreamResponse:
        place = self._place(request)
        if isinstance(place, web.Response):
            return place
        read = [] if place.lacks & HISTORY else page(place.messages, request.query)
        self.world.note("read", "accepted", channel=place.id)
        return await self._faulty("read", request, json_response([shown(m) for m in read]))

    async def _message(self, request: web.Request) -> web.StreamResponse:
        place = self._place(request, HISTORY)
        if isinstance(place, web.Response):
            return place
        found = [m for m in place.messages if m["id"] == request.match_info["message"]]
        return json_response(shown(found[0])) if found else error(404, 10008, "Unknown Message")

    async def _create(self, request: web.Request) -> web.StreamResponse:
        return await self._write("create", request)

    async def _edit(self, request: web.Request) -> web.StreamResponse:
        return await self._write("edit", request)

    async def _delete(self, request: web.Request) -> web.StreamResponse:
        """A message of the bot's own; those of others would need a right that it has not."""
        place, message = self._place(request), request.match_info["message"]
        if isinstance(place, web.Response):
            return place
        fault = self.faults.next("delete")
        if refused := await self.faults.before(fault, request):
            self._noted("delete", f"refused {refused.status}", request, {}, fault)
            return refused
        found = [m for m in place.messages if m["id"] == message]
        if not found:
            return error(404, 10008, "Unknown Message")
        if found[0]["author"]["id"] != BOT:
            return error(403, 50013, "Missing Permissions")
        self.world.delete(place.id, message)
        self._noted("delete", "accepted", request, {}, fault)
        return await self.faults.after(fault, request, web.Response(status=204))

    async def _write(self, what: str, request: web.Request) -> web.StreamResponse:
        """Post or edit: checked, limited, faulty."""
        body, files = await message_of(request)
        if self.world.token in json.dumps(body):
            self.world.violations.append("the token stands in a message with files")
        self.world.violations += [*faults_of(body, what), *file_faults(body, files)]
        fault = self.faults.next(what)
        if refused := await self.faults.before(fault, request):
            self._noted(what, f"refused {refused.status}", request, body, fault)
            return refused
        embeds = (EMBED if body.get("embeds") else 0) | (ATTACH if files else 0)
        place = self._place(request, SEND | embeds if what == "create" else VIEW)
        if not isinstance(place, web.Response):
            place = self.rooms.refused(place, what) or place
        if isinstance(place, web.Response):
            self._noted(what, f"refused {place.status}", request, body, fault)
            return place
        now, window = self.world.clock.monotonic(), self.world.window(f"{what} {place.id}")
        if self._limits and (wait := window.wait(now)):
            self._noted(what, "refused 429", request, body, fault)
            return limited(round(wait, 3), "user")
        window.take(now)
        answer = (self._accept if what == "create" else self._change)(place, request, body, fault)
        answer.headers.update(window.headers(f"bucket-{what}", now, self.world.now().timestamp()))
        return await self.faults.after(fault, request, answer)

    def _accept(
        self, place: Channel, request: web.Request, body: Body, fault: str
    ) -> web.Response:
        try:
            message, new = self.world.accept(place, body)
        except LookupError:
            self._noted("create", "refused 404", request, body, fault)
            return error(404, 10008, "Unknown Message")
        done = "accepted" if new else "repeated"
        self._noted("create", done, request, body, fault, message["id"])
        return json_response(message)

    def _change(
        self, place: Channel, request: web.Request, body: Body, fault: str
    ) -> web.Response:
        found = [m for m in place.messages if m["id"] == request.match_info["message"]]
        if not found or found[0]["author"]["id"] != BOT:
            self._noted("edit", "refused 404", request, body, fault)
            return error(404, 10008, "Unknown Message")
        said = {k: body[k] for k in ("content", "embeds", "components") if k in body}
        found[0].update(said | {"edited_timestamp": self.world.now().isoformat()})
        found[0]["content"] = found[0]["content"] or ""
        self._noted("edit", "accepted", request, body, fault, found[0]["id"])
        return json_response(found[0])

    def _noted(
        self, what: str, done: str, request: web.Request, body: Body, fault: str, message: str = ""
    ) -> None:
        self.world.note(
            what,
            done,
            channel=request.match_info["channel"],
            message=message or request.match_info.get("message", ""),
            nonce=str(body.get("nonce") or ""),
            fault=fault,
            body=body,
        )

    # --- commands -----------------------------------------------------------------------

    async def _commands(self, request: web.Request) -> web.StreamResponse:
        return await self._faulty("commands", request, json_response(self.world.commands))

    async def _register(self, request: web.Request) -> web.StreamResponse:
        wanted = json.loads(await request.text())
        self.world.violations += command_faults(wanted)
        ours = {"application_id": APPLICATION, "version": "1", "nsfw": False}
        self.world.commands = [
            {**command, **ours, "id": self.world.new_id(), "default_member_permissions": None}
            for command in wanted
        ]
        self.world.note("commands", "accepted", body={"commands": wanted})
        return await self._faulty("register", request, json_response(self.world.commands))
