"""Answers that their askers share: posted where they were asked, once, outside the outbox.

The outbox is for what is owed. A shared answer is nobody's debt: whoever pressed the button sees
at once whether it stands there, and presses again if it does not.
"""

import logging
from collections.abc import Mapping
from random import Random

from bot import charts
from bot.commands import Shared, Showed
from bot.platforms import Chat, Showing
from digests.model import Destination, Posted, PostOutcome, Unclear

log = logging.getLogger(__name__)

_NONCE = 96  # bits


class Sharing:
    """Posts through the platform on which it was asked."""

    def __init__(self, chats: Mapping[str, Chat], random: Random) -> None:
        self._chats = chats
        self._random = random

    async def __call__(self, shared: Shared) -> Showed:
        """Post it."""
        asker = shared.asker
        chat = self._chats.get(asker.platform)
        if chat is None or not asker.conversation:
            return Showed(f"{asker.platform} has no conversation here")
        place = Destination(asker.platform, asker.conversation)
        outcome = await self._shown(chat, place, shared)
        if isinstance(outcome, Posted):
            return Showed(message_id=outcome.message_id)
        log.warning("an answer was not shared in %s: %s", place, outcome)
        return Showed(str(getattr(outcome, "reason", "")) or type(outcome).__name__)

    async def _shown(self, chat: Chat, place: Destination, shared: Shared) -> PostOutcome:
        """As a picture where there is one and it can be drawn and posted, else in words."""
        nonce = f"{self._random.getrandbits(_NONCE):024x}"
        picture = await _drawn(shared) if isinstance(chat, Showing) else None
        if picture and shared.caption and isinstance(chat, Showing):
            outcome = await chat.show(place, shared.caption, picture, nonce=nonce)
            if isinstance(outcome, Posted | Unclear):  # it stands there, or it may
                return outcome
            log.warning("a picture was not shared in %s: %s", place, outcome)
            nonce = f"{self._random.getrandbits(_NONCE):024x}"
        return await chat.post(place, shared.content, mark="", nonce=nonce)


async def _drawn(shared: Shared) -> charts.Picture | None:
    if shared.chart is None or not charts.available():
        return None
    try:
        return await charts.picture(shared.chart)
    except Exception:  # words from outside go into it, and the same stands in the words beside it
        log.exception("a picture could not be drawn")
        return None
