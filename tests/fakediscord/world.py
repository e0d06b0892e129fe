"""What the stand-in knows: guilds, channels, messages, the log that judges, the limits."""

import json
from collections import deque
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from digests.clock import SystemClock
from digests.model import Clock

Body = dict[str, Any]

EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
VIEW, SEND, EMBED, HISTORY = 1 << 10, 1 << 11, 1 << 14, 1 << 16
CREATE_THREADS, SEND_IN_THREADS = 1 << 35, 1 << 38
MANAGE_CHANNELS, MANAGE_THREADS = 1 << 4, 1 << 34
ATTACH = 1 << 15
GUILD, BOT, APPLICATION, OWNER = (
    "200000000000000001",
    "300000000000000001",
    "400000000000000001",
    "500000000000000001",
)
CHANNEL = "600000000000000001"
BOT_ROLE = "700000000000000001"


@dataclass
class Channel:
    """A place of messages."""

    id: str
    name: str
    guild: str | None
    type: int = 0
    lacks: int = 0  # permission bits taken from the bot here
    last: str | None = None
    parent: str | None = None  # of a thread: the channel it hangs under
    owner: str = ""  # who opened a thread
    locked: bool = False
    person: str = ""  # of direct messages: with whom
    archived_at: datetime | None = None
    flags: int = 0
    tags: list[Body] = field(default_factory=list)  # of a forum
    applied: list[str] = field(default_factory=list)  # of a post there
    messages: list[Body] = field(default_factory=list)  # standing ones, oldest first


@dataclass(frozen=True)
class Entry:
    """One line of the log: something the stand-in was asked and what it did."""

    at: float  # seconds since the start
    what: str  # create, edit, read, callback, original, commands, identify, resume, ...
    done: str  # accepted, repeated (nonce known), refused 429, ...
    channel: str = ""
    message: str = ""
    nonce: str = ""
    fault: str = ""
    body: Body = field(default_factory=dict)


class Window:
    """So many calls in so many seconds."""

    def __init__(self, limit: int, seconds: float) -> None:
        self.limit, self.seconds = limit, seconds
        self._taken: deque[float] = deque()

    def wait(self, now: float) -> float:
        """Seconds until a call is free again, 0 now."""
        while self._taken and self._taken[0] <= now - self.seconds:
            self._taken.popleft()
        if len(self._taken) < self.limit:
            return 0.0
        return self._taken[0] + self.seconds - now

    def take(self, now: float) -> None:
        self._taken.append(now)

    def headers(self, bucket: str, now: float, wall: float) -> dict[str, str]:
        after = self._taken[0] + self.seconds - now if self._taken else 0.0
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(max(0, self.limit - len(self._taken))),
            "X-RateLimit-Reset": f"{wall + after:.3f}",
            "X-RateLimit-Reset-After": f"{max(0.0, after):.3f}",
            "X-RateLimit-Bucket": bucket,
        }


class World:
    """Everything that stays when a request is over."""

    def __init__(
        self, token: str, *, scale: float, log: Path | None, clock: Clock | None = None
    ) -> None:
        self.clock = clock or SystemClock()
        self.token = token
        self.token_valid = True
        self.skew = timedelta()  # its clock minus the machine's
        self.nonce_window = 180 * scale
        self.channels: dict[str, Channel] = {}
        self.guilds: dict[str, str] = {}
        self.members: dict[str, dict[str, list[str]]] = {}  # guild -> person -> roles
        self.unwilling: set[str] = set()  # who takes no direct messages
        self.silenced: set[str] = set()  # who may read and not write
        self.commands: list[Body] = []
        self.more = 0  # permission bits that the bot's role has beyond what cards take
        self.endpoint: str | None = None  # interactions_endpoint_url of the application
        self.log: list[Entry] = []
        self.violations: list[str] = []
        self.everywhere = Window(50, 1.0)
        self._scale = scale
        self._file = log.open("a", encoding="utf-8") if log else None
        self._windows: dict[str, Window] = {}
        self._nonces: dict[str, tuple[float, str, Body]] = {}
        self._last_id = 0
        self._began = self.clock.monotonic()

    # --- time and ids -------------------------------------------------------------------

    def now(self) -> datetime:
        return self.clock.now() + self.skew

    def new_id(self) -> str:
        milliseconds = int((self.now() - EPOCH) / timedelta(milliseconds=1))
        self._last_id = max(milliseconds << 22, self._last_id + 1)
        return str(self._last_id)

    def window(self, name: str) -> Window:
        return self._windows.setdefault(name, Window(5, 5 * self._scale))

    # --- the log ------------------------------------------------------------------------

    def note(self, what: str, done: str, **more: Any) -> None:
        entry = Entry(self.clock.monotonic() - self._began, what, done, **more)
        self.log.append(entry)
        if self._file:
            self._file.write(json.dumps(asdict(entry)) + "\n")
            self._file.flush()

    def close(self) -> None:
        if self._file:
            self._file.close()

    # --- places -------------------------------------------------------------------------

    def add_guild(self, guild: str = GUILD, name: str = "Example") -> str:
        self.guilds[guild] = name
        return guild

    def add_channel(self, id: str = CHANNEL, *, guild: str | None = GUILD, type: int = 0) -> str:  # noqa: A002 - as Discord names it
        self.channels[id] = Channel(id, f"channel-{id[-3:]}", guild, type)
        return id

    def members_of(self, guild: str) -> dict[str, list[str]]:
        """Who is in a guild: the bot and its owner, and whoever a test put there."""
        if guild not in self.guilds:
            return {}
        return {BOT: [BOT_ROLE], OWNER: [], **self.members.get(guild, {})}

    def direct(self, person: str) -> Channel:
        """The direct messages with a person; the same channel each time."""
        number = f"8{int(person):017d}"[:18]
        if number not in self.channels:
            self.channels[number] = Channel(number, "", None, 1, person=person)
        return self.channels[number]

    def holds(self, bit: int) -> bool:
        """Whether the bot's role has a right beyond what cards take."""
        return bool(self.more & bit)

    def add_forum(self, id: str, *tags: str, moderated: str = "", flags: int = 0) -> str:  # noqa: A002 - as Discord names it
        """A forum with such tags."""
        self.add_channel(id, type=15)
        names = [*tags, *([moderated] if moderated else [])]
        none = {"emoji_id": None, "emoji_name": None}
        self.channels[id].flags = flags
        self.channels[id].tags = [
            {"id": self.new_id(), "name": name, "moderated": name == moderated, **none}
            for name in names
        ]
        return id

    # --- messages -----------------------------------------------------------------------

    def accept(
        self,
        channel: Channel,
        body: Body,
        author: str = BOT,
        *,
        id: str = "",  # noqa: A002 - as Discord names it
    ) -> tuple[Body, bool]:
        """The message that stands there now, and whether it is a new one.

        Raises LookupError when the nonce belongs to a message that was deleted since.
        """
        nonce = body.get("nonce") if body.get("enforce_nonce") else None
        known = self._nonces.get(f"{author} {nonce}") if nonce else None
        if known and self.clock.monotonic() - known[0] < self.nonce_window:
            _, place, message = known
            if message not in self.channels[place].messages:
                raise LookupError(message["id"])
            return message, False
        message = self._message(channel, body, author)
        message["id"] = id or message["id"]
        channel.messages.append(message)
        channel.last = message["id"]
        if nonce:
            self._nonces[f"{author} {nonce}"] = (self.clock.monotonic(), channel.id, message)
        return message, True

    def _message(self, channel: Channel, body: Body, author: str) -> Body:
        bot = author == BOT
        message = {
            "id": self.new_id(),
            "type": 0,
            "channel_id": channel.id,
            "author": user(author, bot=bot),
            "content": body.get("content") or "",
            "embeds": body.get("embeds") or [],
            "components": body.get("components") or [],
            "attachments": body.get("attachments", []),
            "mentions": [],
            "mention_roles": [],
            "mention_everyone": False,
            "pinned": False,
            "tts": False,
            "flags": body.get("flags", 0),
            "timestamp": self.now().isoformat(),
            "edited_timestamp": None,
        }
        return message | ({"nonce": body["nonce"]} if body.get("nonce") else {})

    def says(self, channel: str, text: str, author: str = OWNER) -> str:
        """A person writes something; returns the message's id."""
        message, _ = self.accept(self.channels[channel], {"content": text}, author)
        return str(message["id"])

    def delete(self, channel: str, message: str) -> None:
        place = self.channels[channel]
        place.messages = [m for m in place.messages if m["id"] != message]


def user(id: str, *, bot: bool = False, name: str = "") -> Body:  # noqa: A002 - as Discord names it
    """A user object."""
    return {
        "id": id,
        "username": name or ("nightdesk" if bot else f"person{id[-2:]}"),
        "discriminator": "0",
        "global_name": None,
        "avatar": None,
        "bot": bot,
        "public_flags": 0,
    }
