"""What the bot must be allowed to do, why, and the link that asks for exactly that. Pure."""

from dataclasses import dataclass
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True)
class Permission:
    """One permission as Discord's settings name it."""

    name: str
    bit: int
    reason: str


VIEW = Permission("View Channels", 1 << 10, "to see the channel it posts to")
SEND = Permission("Send Messages", 1 << 11, "to post cards")
EMBED = Permission(
    "Embed Links", 1 << 14, "a card is an embed; without it Discord refuses the card"
)
HISTORY = Permission(
    "Read Message History", 1 << 16, "to look whether a doubtful card arrived, so none comes twice"
)
SEND_IN_THREADS = Permission("Send Messages in Threads", 1 << 38, "the place is a thread")

NEEDED = (VIEW, SEND, EMBED, HISTORY)


def invitation(application: str) -> str:
    """The link that adds the bot to a server with exactly the permissions it needs."""
    query = {
        "client_id": application,
        "scope": "bot applications.commands",
        "permissions": str(sum(permission.bit for permission in NEEDED)),
        "integration_type": "0",  # to a server, not to a person
    }
    return f"https://discord.com/oauth2/authorize?{urlencode(query)}"
