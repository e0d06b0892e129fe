"""JSON objects in the shapes that Discord sends."""

from typing import Any

from tests.fakediscord.world import (
    APPLICATION,
    ATTACH,
    BOT,
    BOT_ROLE,
    EMBED,
    HISTORY,
    OWNER,
    SEND,
    SEND_IN_THREADS,
    VIEW,
    Channel,
    World,
    user,
)

Body = dict[str, Any]

_JOINED = "2026-01-01T00:00:00+00:00"


def ready(world: World, session: str, url: str) -> Body:
    """The first event of a session."""
    return {
        "v": 10,
        "user": {**user(BOT, bot=True), "verified": True, "mfa_enabled": False, "flags": 0},
        "guilds": [{"id": guild, "unavailable": True} for guild in world.guilds],
        "session_id": session,
        "resume_gateway_url": url,
        "application": {"id": APPLICATION, "flags": 0},
        "session_type": "normal",
        "private_channels": [],
    }


def application(world: World) -> Body:
    """The application behind the bot."""
    return {
        "id": APPLICATION,
        "name": "Nightdesk",
        "icon": None,
        "description": "",
        "summary": "",
        "bot_public": False,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "owner": user(OWNER),
        "team": None,
        "flags": 0,
        "interactions_endpoint_url": world.endpoint,
    }


def role(id: str, name: str, permissions: int) -> Body:  # noqa: A002 - as Discord names it
    """A role of a guild."""
    return {
        "id": id,
        "name": name,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "icon": None,
        "unicode_emoji": None,
        "position": 0,
        "permissions": str(permissions),
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }


def member(person: str, roles: list[str], *, bot: bool = False) -> Body:
    """A person in a guild."""
    return {
        "user": user(person, bot=bot),
        "roles": roles,
        "joined_at": _JOINED,
        "nick": None,
        "avatar": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
        "premium_since": None,
        "communication_disabled_until": None,
    }


def guild_roles(guild: str, more: int = 0) -> list[Body]:
    """Everyone sees and writes; the bot's role lets it post cards and read back."""
    return [
        role(guild, "@everyone", VIEW | SEND),
        role(BOT_ROLE, "nightdesk", VIEW | SEND | EMBED | HISTORY | ATTACH | more),
        role("700000000000000002", "analysts", 0),
    ]


def guild_object(world: World, guild: str) -> Body:
    """A guild as GUILD_CREATE and GET /guilds give it."""
    return {
        "id": guild,
        "name": world.guilds[guild],
        "icon": None,
        "owner_id": OWNER,
        "afk_timeout": 300,
        "verification_level": 0,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "system_channel_flags": 0,
        "preferred_locale": "en-US",
        "features": [],
        "emojis": [],
        "stickers": [],
        "roles": guild_roles(guild, world.more),
        "members": [member(BOT, [BOT_ROLE], bot=True)],
        "member_count": 2,
        "channels": [
            channel_object(c)
            for c in world.channels.values()
            if c.guild == guild and c.type not in (10, 11, 12)
        ],
        "threads": [],
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
        "large": False,
        "unavailable": False,
        "joined_at": _JOINED,
    }


def channel_object(channel: Channel) -> Body:
    """A channel, with the overwrite that takes from the bot what it lacks there."""
    taken = {"id": BOT, "type": 1, "allow": "0", "deny": str(channel.lacks)}
    found = {
        "id": channel.id,
        "type": channel.type,
        "name": channel.name,
        "position": 0,
        "permission_overwrites": [taken] if channel.lacks else [],
        "last_message_id": channel.last,
        "nsfw": False,
        "parent_id": channel.parent,
        "topic": None,
        "rate_limit_per_user": 0,
    }
    if channel.type in (15, 16):
        found |= {"available_tags": channel.tags, "flags": channel.flags}
    if channel.type in (10, 11, 12):
        del found["permission_overwrites"]
        found |= _thread(channel)
    return found | ({"guild_id": channel.guild} if channel.guild else {})


def _thread(channel: Channel) -> Body:
    stamp = channel.archived_at.isoformat() if channel.archived_at else _JOINED
    return {
        "owner_id": channel.owner or OWNER,
        "applied_tags": channel.applied,
        "message_count": len(channel.messages),
        "member_count": 1,
        "total_message_sent": len(channel.messages),
        "flags": 0,
        "thread_metadata": {
            "archived": channel.archived_at is not None,
            "archive_timestamp": stamp,
            "auto_archive_duration": 4320,
            "locked": channel.locked,
        },
    }


def interaction(  # one object, as large as Discord sends it
    kind: int,
    id: str,  # noqa: A002 - as Discord names it
    token: str,
    data: Body,
    *,
    channel: Channel,
    person: str,
    roles: list[str],
    locale: str,
    silenced: bool,
) -> Body:
    """INTERACTION_CREATE: a command (2) or a button (3)."""
    event: Body = {
        "id": id,
        "application_id": APPLICATION,
        "type": kind,
        "token": token,
        "version": 1,
        "data": data,
        "channel": channel_object(channel),
        "channel_id": channel.id,
        "locale": locale,
        "entitlements": [],
        "authorizing_integration_owners": {"0": channel.guild or "0"},
        "context": 0 if channel.guild else 1,
        "app_permissions": str(VIEW | SEND | EMBED | HISTORY),
        "attachment_size_limit": 10485760,
    }
    if channel.guild is None:
        event["channel"] = {"id": channel.id, "type": 1, "recipients": []}
        return event | {"user": user(person)}
    may = VIEW | (0 if silenced else SEND | SEND_IN_THREADS)
    return event | {
        "guild_id": channel.guild,
        "guild": {"id": channel.guild, "locale": "en-US", "features": []},
        "guild_locale": "en-US",
        "member": member(person, roles) | {"permissions": str(may)},
    }
