"""The stand-in's threads and forums: opened under a message or in a forum, archived, locked, tagged.

Rules are Discord's: a thread under a message has that message's id and there is one only; in a forum
every post is a thread whose first message has its id; writing opens an archived thread, editing does
not; a locked one takes nothing; tags that are moderated are for moderators.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from aiohttp import web

from tests.fakediscord import shapes
from tests.fakediscord.faults import Faults, error, json_response
from tests.fakediscord.rules import faults_of, thread_faults
from tests.fakediscord.world import (
    BOT,
    CREATE_THREADS,
    HISTORY,
    MANAGE_CHANNELS,
    MANAGE_THREADS,
    SEND,
    SEND_IN_THREADS,
    VIEW,
    Body,
    Channel,
    World,
)

FORUMS, THREADS = {15, 16}, {10, 11, 12}
_REQUIRE_TAG = 1 << 4
Place = Callable[[web.Request, int], Channel | web.Response]


class Rooms:
    """Serves what concerns threads; `place` finds a request's channel and asks for permissions."""

    def __init__(self, world: World, faults: Faults, place: Place) -> None:
        self._world, self._faults, self._place = world, faults, place

    def routes(self) -> list[web.RouteDef]:
        channel = "/api/v10/channels/{channel}"
        return [
            web.post(channel + "/messages/{message}/threads", self._hang),
            web.post(channel + "/threads", self._begin),
            web.patch(channel, self._change),
            web.delete(channel, self._remove),
            web.get(channel + "/threads/archived/public", self._archived),
            web.get("/api/v10/guilds/{guild}/threads/active", self._active),
        ]

    def refused(self, place: Channel, what: str) -> web.Response | None:
        """Why a message cannot be written or edited there; writing opens an archived thread."""
        if place.type in FORUMS and what == "create":
            return error(400, 50008, "Cannot send messages in a non-text channel")
        if place.type not in THREADS:
            return None
        if place.locked:
            return error(403, 160005, "Thread is locked")
        if what == "create":
            if not self._world.holds(SEND_IN_THREADS):
                return error(403, 50013, "Missing Permissions")
            place.archived_at = None
        return error(400, 50083, "Thread is archived") if place.archived_at else None

    async def _hang(self, request: web.Request) -> web.StreamResponse:
        body: Body = await request.json()
        self._world.violations += thread_faults(body, "thread")
        return await self._faulty("thread", request, lambda: self._hung(request, body))

    def _hung(self, request: web.Request, body: Body) -> web.Response:
        place = self._place(request, VIEW)
        if isinstance(place, web.Response):
            return place
        message = request.match_info["message"]
        if message in self._world.channels:
            return error(400, 160004, "A thread has already been created for this message")
        if message not in {m["id"] for m in place.messages}:
            return error(404, 10008, "Unknown Message")
        if not self._world.holds(CREATE_THREADS):
            return error(403, 50013, "Missing Permissions")
        return json_response(shapes.channel_object(self._added(message, place, body["name"])), 201)

    async def _begin(self, request: web.Request) -> web.StreamResponse:
        body: Body = await request.json()
        self._world.violations += [
            *thread_faults(body, "post"),
            *faults_of(body.get("message") or {}, "starter"),
        ]
        return await self._faulty("post", request, lambda: self._begun(request, body))

    def _begun(self, request: web.Request, body: Body) -> web.Response:
        place = self._place(request, SEND)
        if isinstance(place, web.Response):
            return place
        if place.type not in FORUMS:
            return error(400, 50024, "Cannot execute action on this channel type")
        tags = body.get("applied_tags") or []
        free = {tag["id"] for tag in place.tags if not tag["moderated"]}
        if not set(tags) <= {tag["id"] for tag in place.tags}:
            return error(400, 50035, "Invalid Form Body")
        if not set(tags) <= free and not self._world.holds(MANAGE_THREADS):
            return error(403, 50013, "Missing Permissions")
        if place.flags & _REQUIRE_TAG and not tags:
            return error(400, 40067, "A tag is required to create a forum post in this channel")
        thread = self._added(self._world.new_id(), place, body["name"])
        thread.applied, place.last = list(tags), thread.id
        message, _ = self._world.accept(thread, body["message"], id=thread.id)
        return json_response({**shapes.channel_object(thread), "message": message}, 201)

    def _added(self, id: str, above: Channel, name: str) -> Channel:  # noqa: A002 - as Discord names it
        kind = 10 if above.type == 5 else 11
        thread = Channel(id, name, above.guild, kind, parent=above.id, owner=BOT)
        self._world.channels[id] = thread
        return thread

    async def _change(self, request: web.Request) -> web.StreamResponse:
        place, body = self._place(request, VIEW), await request.json()
        if isinstance(place, web.Response):
            return place
        self._world.violations += thread_faults(body, "channel")
        if place.type in THREADS and body == {"archived": False}:
            if place.locked:
                return error(403, 50013, "Missing Permissions")
            place.archived_at = None
        elif place.type in FORUMS and body.keys() == {"available_tags"}:
            if not self._world.holds(MANAGE_CHANNELS):
                return error(403, 50013, "Missing Permissions")
            place.tags = [self._tag(tag) for tag in body["available_tags"]]
        else:
            self._world.violations.append(f"a change of a channel that nobody asked for: {body}")
        self._world.note("channel", "accepted", channel=place.id, body=body)
        return json_response(shapes.channel_object(place))

    def _tag(self, tag: Body) -> Body:
        given = {"moderated": False, "emoji_id": None, "emoji_name": None}
        return given | tag | {"id": tag.get("id") or self._world.new_id()}

    async def _remove(self, request: web.Request) -> web.StreamResponse:
        place = self._place(request, VIEW)
        if isinstance(place, web.Response):
            return place
        if place.type not in THREADS or not self._world.holds(MANAGE_THREADS):
            return error(403, 50013, "Missing Permissions")
        del self._world.channels[place.id]
        return json_response(shapes.channel_object(place))

    async def _active(self, request: web.Request) -> web.StreamResponse:
        guild = request.match_info["guild"]
        found = [one for one in self._threads() if one.guild == guild and not one.archived_at]
        answer = {"threads": [shapes.channel_object(one) for one in found], "members": []}
        return await self._faulty("active", request, lambda: json_response(answer))

    async def _archived(self, request: web.Request) -> web.StreamResponse:
        place = self._place(request, HISTORY)
        if isinstance(place, web.Response):
            return place
        limit = int(request.query.get("limit", 50))
        before = request.query.get("before")
        found = sorted(
            (
                (one.archived_at, one)
                for one in self._threads()
                if one.parent == place.id
                and one.archived_at
                and (before is None or one.archived_at < datetime.fromisoformat(before))
            ),
            key=lambda pair: pair[0],
            reverse=True,
        )
        page: dict[str, Any] = {
            "threads": [shapes.channel_object(one) for _, one in found[:limit]],
            "members": [],
            "has_more": len(found) > limit,
        }
        return await self._faulty("archived", request, lambda: json_response(page))

    def _threads(self) -> list[Channel]:
        return [one for one in self._world.channels.values() if one.type in THREADS]

    async def _faulty(
        self, kind: str, request: web.Request, do: Callable[[], web.Response]
    ) -> web.StreamResponse:
        """Faults as for every other call; what was done is in the log."""
        fault = self._faults.next(kind)
        channel = request.match_info.get("channel", "")
        if refused := await self._faults.before(fault, request):
            self._world.note(kind, f"refused {refused.status}", channel=channel, fault=fault)
            return refused
        answer = do()
        done = "accepted" if answer.status < 300 else f"refused {answer.status}"
        self._world.note(kind, done, channel=channel, fault=fault)
        return await self._faults.after(fault, request, answer)
