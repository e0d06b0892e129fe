"""A request from anywhere becomes a reply: who asks is checked, then the table's handler answers."""

import logging
import re
from collections.abc import Callable
from dataclasses import replace

from bot import access
from bot.commands import table
from bot.commands.asking import TOO_OLD, Around, Ask, Reply, Request, Verb, Who
from digests.archive.store import Archive
from digests.cards.words import words
from digests.config.settings import Settings
from digests.model import Clock

log = logging.getLogger(__name__)

PAGE = "page"  # the verb of the buttons that turn pages
_STATE = re.compile(r"q:([0-9a-z]{1,32}):(\d{1,6})")

Homes = Callable[[str], frozenset[str] | None]


class Commands:
    """Answers requests from the archive. Never raises: what goes wrong is logged and said."""

    def __init__(
        self,
        archive: Archive,
        settings: Callable[[], Settings],
        clock: Clock,
        homes: Homes = lambda _: None,
    ) -> None:
        self._around = Around(archive, settings, clock)
        self._homes = homes

    async def answer(self, request: Request) -> Reply:
        """The reply to one request, in the asker's language."""
        say = words(request.asker.locale)
        ask = Ask(request, say, self._around)
        try:
            return await self._answer(ask)
        except Exception:  # the border to people: they get words, the log gets the rest
            log.exception("request %s could not be answered", request.verb)
            return ask.notice(say.text("Something went wrong here; it has been written down."))

    async def _answer(self, ask: Ask) -> Reply:
        if refused := self._refusal(ask.request, Who.READER):
            return ask.notice(ask.say.text(refused))
        if ask.request.verb == PAGE:
            turned = await _turned(ask)
            if turned is None:
                return ask.notice(ask.say.text(TOO_OLD))
            ask = turned
        verb = _verb(ask.request)
        if refused := self._refusal(ask.request, verb.who):
            return ask.notice(ask.say.text(refused))
        return await verb.answer(ask)

    def _refusal(self, request: Request, who: Who) -> str:
        """Why this is not answered, "" when it is; for commands, buttons, forms and completion."""
        settings, homes = self._around.settings(), self._homes(request.asker.platform)
        refused = access.refusal(request.asker, settings.readers, homes)
        if not refused and who is Who.EDITOR:
            may = access.may_edit(request.asker, settings.editors, homes)
            return "" if may else access.NOT_AN_EDITOR
        return refused


async def _turned(ask: Ask) -> Ask | None:
    """What a button to turn pages asks, None when that was forgotten."""
    match = _STATE.fullmatch(ask.request.text)
    saved = await ask.saved(match[1]) if match else None
    if match is None or saved is None:
        return None
    request = replace(ask.request, verb=saved.verb, text=saved.text, options={})
    return replace(ask, request=request, page=int(match[2]), until=saved.until)


def _verb(request: Request) -> Verb:
    """The verb asked for; help for what there is not, and for what lacks what it needs."""
    verb = table.find(request.verb)
    needed = verb and any(option.required for option in verb.options)
    if verb is None or (needed and not request.text.strip() and not any(request.options.values())):
        return table.BY_NAME["help"]
    return verb
