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
ATTACH = Permission(
    "Attach Files", 1 << 15, "to share trends as a picture; without it they are shared as text"
)

OPEN_THREADS = Permission(
    "Create Public Threads", 1 << 35, "thread: true puts lines into a thread under the card"
)
SAY_IN_THREADS = Permission(
    "Send Messages in Threads", 1 << 38, "lines under a card stand in its thread"
)

NEEDED = (VIEW, SEND, EMBED, HISTORY)
ASKED = (*NEEDED, ATTACH)
FOR_THREADS = (OPEN_THREADS, SAY_IN_THREADS)  # where a channel says thread: true
FOR_FORUMS = (SAY_IN_THREADS,)  # a post of a forum is a thread


def invitation(application: str, *more: Permission) -> str:
    """The link that adds the bot to a server with exactly the permissions it uses."""
    query = {
        "client_id": application,
        "scope": "bot applications.commands",
        "permissions": str(sum(permission.bit for permission in {*ASKED, *more})),
        "integration_type": "0",  # to a server, not to a person
    }
    return f"https://discord.com/oauth2/authorize?{urlencode(query)}"
