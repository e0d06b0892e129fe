"""What the bot is allowed in one channel, and what posting there takes. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.platforms.discord.invite import (
    EMBED,
    FOR_FORUMS,
    FOR_THREADS,
    HISTORY,
    NEEDED,
    SEND_IN_THREADS,
    VIEW,
    Permission,
)

Payload = Mapping[str, Any]  # a JSON object as Discord sent it

_ADMINISTRATOR = 1 << 3
_EVERYTHING = (1 << 53) - 1
FORUMS = {15, 16}  # channel types: a forum, a forum of media
_THREADS = {10, 11, 12}  # channel types: of announcements, public, private


def needed(channel: Payload, *, threads: bool = False) -> tuple[Permission, ...]:
    """What posting to this channel takes; `threads`: with lines in threads under its cards."""
    if channel.get("type") in _THREADS:
        return (VIEW, SEND_IN_THREADS, EMBED, HISTORY)
    if channel.get("type") in FORUMS:
        return (*NEEDED, *FOR_FORUMS)
    return (*NEEDED, *FOR_THREADS) if threads else NEEDED


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
