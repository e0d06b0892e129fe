"""Answers that their askers share: posted where they were asked, once, outside the outbox.

The outbox is for what is owed. A shared answer is nobody's debt: whoever pressed the button sees
at once whether it stands there, and presses again if it does not.
"""

import logging
from collections.abc import Mapping
from random import Random

from bot.commands import Shared
from bot.platforms import Chat
from digests.model import Destination, Posted

log = logging.getLogger(__name__)

_NONCE = 96  # bits


class Sharing:
    """Posts through the platform on which it was asked."""

    def __init__(self, chats: Mapping[str, Chat], random: Random) -> None:
        self._chats = chats
        self._random = random

    async def __call__(self, shared: Shared) -> str:
        """Post it; "" when it stands there, else why not."""
        asker = shared.asker
        chat = self._chats.get(asker.platform)
        if chat is None or not asker.conversation:
            return f"{asker.platform} has no conversation here"
        place = Destination(asker.platform, asker.conversation)
        nonce = f"{self._random.getrandbits(_NONCE):024x}"
        outcome = await chat.post(place, shared.content, mark="", nonce=nonce)
        if isinstance(outcome, Posted):
            return ""
        log.warning("an answer was not shared in %s: %s", place, outcome)
        return str(getattr(outcome, "reason", "")) or type(outcome).__name__
