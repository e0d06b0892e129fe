"""The workspace behind the Slack stand-in: channels, people, messages, and what each method does.

No network here: a method takes its arguments and gives the body of the answer.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from math import ceil
from typing import Any

from digests.clock import SystemClock
from digests.model import Clock
from tests.slackrules import broken_rules
from tests.slackwindows import broken_window

Json = dict[str, Any]
Method = Callable[[Json], Json]

TEAM = "T0NIGHT"
BOT_USER = "U0BOT"
TRIGGER = 3.0  # seconds in which a window may be opened


class Refuse(Exception):
    """A method says `ok: false` with this code."""

    def __init__(self, code: str, **more: Any) -> None:
        super().__init__(code)
        self.code = code
        self.more = more


class TooFast(Exception):
    """429: come back after so many seconds."""

    def __init__(self, after: int) -> None:
        super().__init__(after)
        self.after = after


@dataclass
class Place:
    """A channel, or a direct message."""

    id: str
    name: str = ""
    private: bool = False
    member: bool = True
    archived: bool = False
    user: str = ""  # of a direct message
    readable: bool = True
    messages: list[Json] = field(default_factory=list)  # as they stand, oldest first
    posted_at: float = float("-inf")
    threads: bool = True  # whether members may write in threads there


@dataclass(frozen=True)
class Entry:
    """One line of the log: something that happened and is never taken back."""

    kind: str  # posted | updated | ephemeral | responded
    place: str
    ts: str
    body: Json
    key: str = ""  # of the metadata


class Workspace:
    """What one bot token sees. `log` holds everything it was asked to show, in order."""

    def __init__(
        self,
        *,
        spacing: float = 0.0,  # seconds between two messages into one channel; 0: no limit
        clock: Clock | None = None,
        ahead: timedelta = timedelta(),  # of the tester's clock is Slack's
        page: int = 1000,  # rows, at most
    ) -> None:
        self.spacing = spacing
        self.clock = clock or SystemClock()
        self.ahead = ahead
        self.page = page
        self.log: list[Entry] = []
        self.violations: list[str] = []
        self.limited = 0  # calls refused because they came too fast
        self.places: dict[str, Place] = {}
        self.users: dict[str, Json] = {}
        self.triggers: dict[str, float] = {}  # each opens one window, within three seconds
        self.windows: dict[str, Json] = {}  # as opened, by what triggered them
        self.files: dict[str, Json] = {}  # as announced, then with what was uploaded
        self.upload_url = ""
        self._numbers = count(1)
        self._stamp = 0.0
        self.methods: dict[str, Method] = {
            "auth.test": lambda _: {"team_id": TEAM, "user_id": BOT_USER, "user": "nightdesk"},
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "chat.delete": self._delete,
            "chat.postEphemeral": self._ephemeral,
            "conversations.history": self._history,
            "conversations.replies": self._replies,
            "conversations.list": self._list,
            "conversations.info": self._info,
            "conversations.open": self._open,
            "users.info": self._user,
            "users.list": self._users,
            "views.open": self._window,
            "files.getUploadURLExternal": self._announce,
            "files.completeUploadExternal": self._complete,
        }

    # --- building ----------------------------------------------------------------------------

    def direct(self, user: str) -> str:
        """The direct messages with a person; the same id each time."""
        known = (place.id for place in self.places.values() if place.user == user)
        if found := next(known, ""):
            return found
        place = Place(f"D{next(self._numbers):04}", user=user)
        self.places[place.id] = place
        return place.id

    def add_channel(self, name: str, **more: Any) -> str:
        """A channel; returns its id."""
        place = Place(f"C{next(self._numbers):04}", name, **more)
        self.places[place.id] = place
        return place.id

    def open_private(self, user: str) -> str:
        """A direct message with the bot; returns its id."""
        return str(self._open({"users": user})["channel"]["id"])

    def add_user(self, name: str, *, shown: str = "", locale: str = "en-US", **more: Any) -> str:
        """A person; returns the id."""
        profile = {"display_name": shown, "real_name": shown}
        user = {"id": f"U{next(self._numbers):04}", "name": name, "profile": profile}
        self.users[user["id"]] = (
            user | {"locale": locale, "deleted": False, "is_bot": False} | more
        )
        return str(user["id"])

    def chatter(self, channel: str, times: int = 1) -> str:
        """Other people say something; returns the id of the last message."""
        for number in range(times):
            message = {"type": "message", "user": "U0OTHER", "text": f"hello {number}"}
            self.places[channel].messages.append(message | {"ts": self.stamp()})
        return str(self.places[channel].messages[-1]["ts"])

    # --- judging -----------------------------------------------------------------------------

    def keys(self, channel: str = "") -> list[str]:
        """The keys of all that was ever posted, in order: each expected one exactly once."""
        return [e.key for e in self.log if e.kind == "posted" and channel in {"", e.place}]

    def standing(self, channel: str) -> list[Json]:
        """The messages that stand in a channel now, oldest first."""
        return self.places[channel].messages

    def judge(self, method: str, body: Json) -> None:
        """Keep every broken rule; tests assert that there are none."""
        posted = method == "chat.postMessage"
        found = broken_rules({k: v for k, v in body.items() if k != "token"}, posted=posted)
        self.violations += [f"{method}: {rule}" for rule in found]

    # --- time --------------------------------------------------------------------------------

    def now(self) -> datetime:
        """By Slack's clock."""
        return self.clock.now() + self.ahead

    def stamp(self) -> str:
        """A new message id: the time, never the same twice."""
        self._stamp = max(self.now().timestamp(), self._stamp + 0.000_002)
        return f"{self._stamp:.6f}"

    # --- methods -----------------------------------------------------------------------------

    def _place(self, args: Json) -> Place:
        place = self.places.get(str(args.get("channel")))
        if place is None or (place.private and not place.member):
            raise Refuse("channel_not_found")
        return place

    def _writable(self, args: Json) -> Place:
        place = self._place(args)
        if place.archived:
            raise Refuse("is_archived")
        if not place.member:
            raise Refuse("not_in_channel")
        return place

    def _post(self, args: Json) -> Json:
        place = self._writable(args)
        self._pace(place)
        self.judge("chat.postMessage", args)
        if args.get("thread_ts"):
            self._threaded(place, str(args["thread_ts"]))
        metadata = args.get("metadata") or {}
        message = {
            "type": "message",
            "ts": self.stamp(),
            "user": BOT_USER,
            "bot_id": "B0BOT",
            "text": args.get("text", ""),
            "blocks": args.get("blocks", []),
            "metadata": metadata,
        }
        if args.get("thread_ts"):
            message["thread_ts"] = args["thread_ts"]
            if str(args.get("reply_broadcast")) in {"1", "true", "True"}:
                message["subtype"] = "thread_broadcast"
        place.messages.append(message)
        key = str(metadata.get("event_payload", {}).get("key", ""))
        self.log.append(Entry("posted", place.id, message["ts"], args, key))
        return {"channel": place.id, "ts": message["ts"], "message": message}

    def _threaded(self, place: Place, parent: str) -> None:
        if not place.threads:
            raise Refuse("restricted_action_non_threadable_channel")
        if parent not in {m["ts"] for m in place.messages}:
            raise Refuse("thread_not_found")

    def _pace(self, place: Place) -> None:
        now = self.clock.monotonic()
        wait = place.posted_at + self.spacing - now
        if wait > 0:
            self.limited += 1
            raise TooFast(ceil(wait))
        place.posted_at = now

    def _update(self, args: Json) -> Json:
        place = self._writable(args)
        self.judge("chat.update", args)
        found = [m for m in place.messages if m["ts"] == args.get("ts")]
        if not found:
            raise Refuse("message_not_found")
        if found[0]["user"] != BOT_USER:
            raise Refuse("cant_update_message")
        changed = {k: args[k] for k in ("text", "blocks", "metadata") if k in args}
        found[0].update(changed | {"edited": {"user": BOT_USER}})
        key = str(found[0]["metadata"].get("event_payload", {}).get("key", ""))
        self.log.append(Entry("updated", place.id, found[0]["ts"], args, key))
        return {"channel": place.id, "ts": found[0]["ts"], "text": args.get("text", "")}

    def _delete(self, args: Json) -> Json:
        place = self._writable(args)
        found = [m for m in place.messages if m["ts"] == args.get("ts")]
        if not found:
            raise Refuse("message_not_found")
        if found[0]["user"] != BOT_USER:
            raise Refuse("cant_delete_message")
        place.messages.remove(found[0])
        key = str(found[0]["metadata"].get("event_payload", {}).get("key", ""))
        self.log.append(Entry("deleted", place.id, found[0]["ts"], args, key))
        return {"channel": place.id, "ts": found[0]["ts"]}

    def _ephemeral(self, args: Json) -> Json:
        place = self._writable(args)
        self.judge("chat.postEphemeral", args)
        stamp = self.stamp()
        self.log.append(Entry("ephemeral", place.id, stamp, args))
        return {"message_ts": stamp}

    def _history(self, args: Json) -> Json:
        place = self._place(args)
        if not place.member:
            raise Refuse("not_in_channel")
        if not place.readable:
            raise Refuse("missing_scope", needed="channels:history", provided="chat:write")
        oldest = float(args.get("oldest") or 0)
        newest_first = [
            m
            for m in reversed(place.messages)
            if float(m["ts"]) > oldest and ("thread_ts" not in m or "subtype" in m)
        ]
        return self._told(newest_first, args)

    def _told(self, messages: list[Json], args: Json) -> Json:
        body = self._page("messages", messages, args)
        if str(args.get("include_all_metadata")) not in {"1", "true", "True"}:
            bare = [{k: v for k, v in m.items() if k != "metadata"} for m in body["messages"]]
            body["messages"] = bare
        return body | {"has_more": bool(body["response_metadata"]["next_cursor"])}

    def _replies(self, args: Json) -> Json:
        place = self._place(args)
        oldest = float(args.get("oldest") or 0)
        parent = [m for m in place.messages if m["ts"] == args["ts"]]
        if not parent:
            raise Refuse("thread_not_found")
        replies = [
            m
            for m in place.messages
            if m.get("thread_ts") == args["ts"] and float(m["ts"]) > oldest
        ]
        return self._told([*parent, *replies], args)

    def _list(self, args: Json) -> Json:
        kinds = str(args.get("types", "public_channel")).split(",")
        seen = [
            self._described(place)
            for place in self.places.values()
            if not place.user
            and ("private_channel" if place.private else "public_channel") in kinds
            and (place.member or not place.private)
            and not (place.archived and str(args.get("exclude_archived")) in {"1", "true"})
        ]
        return self._page("channels", seen, args)

    def _info(self, args: Json) -> Json:
        return {"channel": self._described(self._place(args))}

    def _open(self, args: Json) -> Json:
        user = str(args.get("users"))
        if user not in self.users:
            raise Refuse("user_not_found")
        return {"channel": {"id": self.direct(user)}}

    def _user(self, args: Json) -> Json:
        user = self.users.get(str(args.get("user")))
        if user is None:
            raise Refuse("user_not_found")
        with_locale = str(args.get("include_locale")) in {"1", "true"}
        return {"user": {k: v for k, v in user.items() if k != "locale" or with_locale}}

    def _users(self, args: Json) -> Json:
        return self._page("members", list(self.users.values()), args)

    def _announce(self, args: Json) -> Json:
        name = f"F{next(self._numbers):04}"
        if not 0 < len(args.get("alt_txt", "")) <= 1000:
            self.violations.append("a file that says nothing to who cannot see it")
        self.files[name] = {"filename": args["filename"], "length": int(args["length"])}
        return {"upload_url": f"{self.upload_url}{name}", "file_id": name}

    def uploaded(self, name: str, content: bytes) -> bool:
        """The bytes of an announced file; False when they are not what was announced."""
        file = self.files.get(name)
        if file is None or len(content) != file["length"]:
            return False
        if file["filename"].endswith(".png") and not content.startswith(b"\x89PNG"):
            self.violations.append("upload: no picture")
        file["content"] = content
        return True

    def _complete(self, args: Json) -> Json:
        """Only now people see it: a message with the blocks given, and the file below."""
        place = self._writable({"channel": args.get("channel_id")})
        files, blocks = json.loads(args["files"]), json.loads(args["blocks"])
        if not all("content" in self.files.get(one["id"], {}) for one in files):
            raise Refuse("file_not_found")
        self.judge("files.completeUploadExternal", {"text": "none", "blocks": blocks})
        message = {"type": "message", "ts": self.stamp(), "user": BOT_USER, "bot_id": "B0BOT",
                   "text": "", "blocks": blocks, "metadata": {}, "files": files}  # fmt: skip
        place.messages.append(message)
        self.log.append(Entry("posted", place.id, message["ts"], args | {"files": files}))
        return {"files": files}

    def _window(self, args: Json) -> Json:
        trigger, view = str(args.get("trigger_id")), args.get("view") or {}
        at = self.triggers.pop(trigger, None)
        if at is None:
            raise Refuse("exchanged_trigger_id")
        if self.clock.monotonic() - at > TRIGGER:
            raise Refuse("expired_trigger_id")
        if broken := list(broken_window(view)):
            self.violations += [f"views.open: {rule}" for rule in broken]
            raise Refuse("invalid_arguments")
        self.windows[trigger] = view
        return {"view": view}

    def _described(self, place: Place) -> Json:
        return {
            "id": place.id,
            "name": place.name,
            "is_private": place.private,
            "is_member": place.member,
            "is_archived": place.archived,
        }

    def _page(self, name: str, rows: list[Json], args: Json) -> Json:
        begin = int(str(args.get("cursor") or "at:0").removeprefix("at:"))
        end = begin + min(int(args.get("limit") or 100), self.page)
        cursor = f"at:{end}" if end < len(rows) else ""
        return {name: rows[begin:end], "response_metadata": {"next_cursor": cursor}}
