"""The Slack app as a manifest: what it may do, no more, and why each of it is needed. PURE."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

COMMAND = "/digest"
_NEW_APP = "https://api.slack.com/apps?new_app=1&manifest_json="

# Bot scope -> why it is asked for. docs/slack.md shows the same table; a test holds them together.
SCOPES: Mapping[str, str] = MappingProxyType(
    {
        "chat:write": "post cards into the channels that invited the bot, and edit them",
        "commands": "answer /digest",
        "channels:read": "find a public channel by its name, and see whether the bot is in it",
        "groups:read": "the same for private channels that invited the bot",
        "channels:history": "after an unclear answer, see whether the card stands there already",
        "groups:history": "the same in private channels",
        "im:history": "the same in direct messages",
        "im:write": "open the direct message that `to: slack:@name` names",
        "files:write": "upload the picture of trends that somebody shares",
        "users:read": "find a person by name, and answer in the language of whoever asks",
    }
)

APP_SCOPES: Mapping[str, str] = MappingProxyType(
    {"connections:write": "open the connection on which commands arrive (Socket Mode)"}
)


def manifest(name: str = "Nightdesk") -> dict[str, Any]:
    """The app's manifest, for "Create New App" and "From a manifest"."""
    return {
        "display_information": {
            "name": name,
            "description": "A cybersecurity news desk: short cards you can check",
        },
        "features": {
            # Direct messages are refused while the Messages tab is off.
            "app_home": {"messages_tab_enabled": True, "messages_tab_read_only_enabled": True},
            "bot_user": {"display_name": "nightdesk", "always_online": True},
            "slash_commands": [
                {
                    "command": COMMAND,
                    "description": "Search and read what was told",
                    "usage_hint": "search ivanti | latest | story KEY | help",
                    "should_escape": False,
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": sorted(SCOPES)}},
        "settings": {
            # Tells the bot that a channel invited it, so that it can say what it answers to.
            "event_subscriptions": {"bot_events": ["member_joined_channel"]},
            "interactivity": {"is_enabled": True},
            "socket_mode_enabled": True,
            "org_deploy_enabled": False,
            "token_rotation_enabled": False,
        },
    }


def creation_link(name: str = "Nightdesk") -> str:
    """The address that opens Slack's "Create app" with the manifest filled in."""
    return _NEW_APP + quote(json.dumps(manifest(name), separators=(",", ":")), safe="")
