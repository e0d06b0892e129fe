"""What the bot must be allowed to do, why, and what it is allowed in one channel. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

Payload = Mapping[str, Any]  # a JSON object as Discord sent it

_ADMINISTRATOR = 1 << 3
_EVERYTHING = (1 << 53) - 1


@dataclass(frozen=True, slots=True)
class Permission:
    """One permission as Discord's settings name it."""

    name: str
    bit: int
    reason: str


VIEW = Permission("View Channels", 1 << 10, "to see the channel it posts to")
SEND = Permission("Send Messages", 1 << 11, "to post cards")
EMBED = Permission("Embed Links", 1 << 14, "a card is an embed; without it Discord drops the card")
HISTORY = Permission(
    "Read Message History", 1 << 16, "to look whether a doubtful card arrived, so none comes twice"
)
SEND_IN_THREADS = Permission("Send Messages in Threads", 1 << 38, "the place is a thread")

NEEDED = (VIEW, SEND, EMBED, HISTORY)

_THREADS = {10, 11, 12}  # channel types: of announcements, public, private


def invitation(application: str) -> str:
    """The link that adds the bot to a server with exactly the permissions it needs."""
    query = {
        "client_id": application,
        "scope": "bot applications.commands",
        "permissions": str(sum(permission.bit for permission in NEEDED)),
        "integration_type": "0",  # to a server, not to a person
    }
    return f"https://discord.com/oauth2/authorize?{urlencode(query)}"


def needed(channel: Payload) -> tuple[Permission, ...]:
    """What posting to this channel takes."""
    if channel.get("type") in _THREADS:
        return (VIEW, SEND_IN_THREADS, EMBED, HISTORY)
    return NEEDED


def is_thread(channel: Payload) -> bool:
    """Whether its permissions are those of the channel it hangs under."""
    return channel.get("type") in _THREADS


def granted(guild: Payload, member: Payload, channel: Payload) -> int:
    """The bits a member has in a channel, by Discord's order: roles, everyone, roles, member."""
    person = str(member["user"]["id"])
    roles = {str(role) for role in member.get("roles", ())} | {str(guild["id"])}
    held = _union(int(r["permissions"]) for r in guild.get("roles", ()) if str(r["id"]) in roles)
    if held & _ADMINISTRATOR or str(guild.get("owner_id")) == person:
        return _EVERYTHING
    overwrites = {str(o["id"]): o for o in channel.get("permission_overwrites") or ()}
    for group in ({str(guild["id"])}, roles - {str(guild["id"])}, {person}):
        chosen = [overwrites[one] for one in group if one in overwrites]
        held &= ~_union(int(o["deny"]) for o in chosen)
        held |= _union(int(o["allow"]) for o in chosen)
    # Who does not see a channel can do nothing in it.
    return held if held & VIEW.bit else 0


def missing(bits: int, wanted: Iterable[Permission]) -> tuple[Permission, ...]:
    """Those of `wanted` that the bits lack."""
    return tuple(permission for permission in wanted if not bits & permission.bit)


def _union(bits: Iterable[int]) -> int:
    together = 0
    for some in bits:
        together |= some
    return together
