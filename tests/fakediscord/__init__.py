"""A stand-in for Discord on loopback: REST, gateway, people, faults, and a log that judges.

In a test's own loop: `async with FakeDiscord() as fake`, then point the bot at `fake.api_url`
and `fake.gateway_url` with `TOKEN`. For a bot in another process: `with ThreadedDiscord() as fake`,
where `fake.run(fake.command("search", {"query": "ivanti"}))` waits for what the person sees.
"""

from tests.fakediscord.people import Seen
from tests.fakediscord.server import TOKEN, FakeDiscord
from tests.fakediscord.threaded import ThreadedDiscord
from tests.fakediscord.world import (
    APPLICATION,
    BOT,
    BOT_ROLE,
    CHANNEL,
    EMBED,
    GUILD,
    HISTORY,
    OWNER,
    SEND,
    VIEW,
    Entry,
)

__all__ = [
    "APPLICATION",
    "BOT",
    "BOT_ROLE",
    "CHANNEL",
    "EMBED",
    "GUILD",
    "HISTORY",
    "OWNER",
    "SEND",
    "TOKEN",
    "VIEW",
    "Entry",
    "FakeDiscord",
    "Seen",
    "ThreadedDiscord",
]
