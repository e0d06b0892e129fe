"""A request from anywhere becomes a reply: who asks is checked, then the table's handler answers."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot import access
from bot.access import Asker
from bot.commands import completing, helping, sharing
from bot.commands.asking import (
    RUN,
    TOO_OLD,
    Around,
    Ask,
    Choice,
    Doing,
    Form,
    Option,
    Reply,
    Request,
    Shared,
    Showed,
    Verb,
    Who,
)
from bot.commands.table import TABLE
from digests.archive.store import Archive
from digests.cards.words import words
from digests.config.settings import Settings
from digests.desk.probing import Probe
from digests.desk.watchkeeping import Watchkeeper
from digests.model import Clock, Notice
from digests.text.plain import clip

log = logging.getLogger(__name__)

PAGE = "page"  # the verb of the buttons that turn pages
_TITLE, _FIELDS = 24, 5  # characters and fields of a form that every platform takes
_LABEL = 45
_STATE = 60  # characters that fit into the name of a form on every platform

Homes = Callable[[str], frozenset[str] | None]


class Commands:
    """Answers requests from the archive. Never raises: what goes wrong is logged and said."""

    def __init__(
        self,
        archive: Archive,
        settings: Callable[[], Settings],
        clock: Clock,
        homes: Homes = lambda _: None,
        *,
        share: Callable[[Shared], Awaitable[Showed]] | None = None,
        probe: Callable[[str], Awaitable[Probe]] | None = None,
        doing: Doing | None = None,
        watches: Watchkeeper | None = None,
    ) -> None:
        self._around = Around(archive, settings, clock, TABLE, share, probe, doing, watches)
        self._homes = homes

    async def answer(self, request: Request) -> Reply:
        """The reply to one request, in the asker's language."""
        say = words(request.asker.locale, request.asker.platform)
        ask = Ask(request, say, self._around, request.page, may_edit=self._may_edit(request.asker))
        try:
            return await self._answer(ask)
        except Exception:  # the border to people: they get words, the log gets the rest
            log.exception("request %s could not be answered", request.verb)
            return ask.failure(say.text("Something went wrong here; it has been written down."))

    async def complete(self, request: Request, name: str) -> tuple[Choice, ...]:
        """What `request.text`, typed so far into one option of a verb, may become. Never raises."""
        verb = TABLE.find(request.verb)
        option = next((one for one in verb.options if one.name == name), None) if verb else None
        if verb is None or option is None or self._refusal(request, verb.who):
            return ()
        try:
            return await completing.choices(self._around, option, request.text)
        except Exception:  # the border to people: they type on without help
            log.exception("nothing could be offered for %s %s", verb.name, name)
            return ()

    def form(self, request: Request) -> Form | None:
        """What to ask for first; None when this can be answered, if only by a refusal."""
        verb = TABLE.find(request.verb)
        if verb is None or not verb.form or self._refused(request, verb):
            return None
        asked, state = _lacking(verb, request)
        say = words(request.asker.locale, request.asker.platform)
        fields = tuple(replace(one, says=clip(say.text(one.says), _LABEL)) for one in asked)
        title = clip(say.typed(verb.name), _TITLE)
        buttons = say.text(verb.submit), say.text("Cancel")
        return Form(verb.name, title, fields, *buttons, state=state) if fields else None

    def greeting(self, platform: str, place: str, locale: str = "en") -> Reply:
        """What to say in a place that the bot was invited to."""
        say, homes = words(locale, platform), self._homes(platform)
        if homes is not None and place not in homes:
            text = say.text(access.NOT_SET_UP)
            return Reply(Notice("Nightdesk", text, say.language, rtl=say.rtl))
        title, text, buttons = helping.greeting(say)
        return Reply(Notice(title, text, say.language, rtl=say.rtl), buttons=buttons)

    async def _answer(self, ask: Ask) -> Reply:
        if refused := self._refusal(ask.request, Who.READER):
            return ask.failure(ask.say.text(refused))
        if ask.request.verb == PAGE:
            turned = await sharing.turned(ask)
            if turned is None:
                return ask.failure(ask.say.text(TOO_OLD))
            ask = turned
        elif ask.request.verb == RUN:
            name, text = TABLE.split(ask.text)
            ask = replace(ask, request=replace(ask.request, verb=name, text=text, options={}))
        verb = _verb(ask.request)
        if refused := self._refused(ask.request, verb):
            return ask.failure(ask.say.text(refused))
        return await verb.answer(ask)

    def _refused(self, request: Request, verb: Verb) -> str:
        """Why this verb is not for that person, or not for this file; "" when it is."""
        return self._refusal(request, verb.who) or verb.closed(self._around.settings())

    def _refusal(self, request: Request, who: Who) -> str:
        """Why this is not answered, "" when it is; for commands, buttons, forms and completion."""
        settings, homes = self._around.settings(), self._homes(request.asker.platform)
        refused = access.refusal(request.asker, settings.readers, homes)
        may_edit = self._may_edit(request.asker)
        if may_edit and refused == access.NOT_A_READER:  # what editors decide about they may read
            return ""
        return (
            access.NOT_AN_EDITOR if not refused and who is Who.EDITOR and not may_edit else refused
        )

    def _may_edit(self, asker: Asker) -> bool:
        homes = self._homes(asker.platform)
        return access.may_edit(asker, self._around.settings().editors, homes)


def _lacking(verb: Verb, request: Request) -> tuple[tuple[Option, ...], str]:
    """The options to ask for in a form, and what is known already.

    Nothing given: all of them. The first given alone, as by a button: the others that are needed.
    """
    first, *others = verb.options
    typed = {name: text for name, text in request.options.items() if text}
    known = typed.pop(first.name, "") or request.text.strip()
    if not known and not typed:
        return verb.options[:_FIELDS], ""
    needed = [one for one in others if one.required and one.name not in typed]
    fits = known and not typed and len(known) <= _STATE
    return (tuple(needed[:_FIELDS]), known) if fits else ((), "")


def _verb(request: Request) -> Verb:
    """The verb asked for; help for what there is not, and for what lacks what it needs."""
    verb = TABLE.find(request.verb)
    needed = verb and any(option.required for option in verb.options)
    if verb is None or (needed and not request.text.strip() and not any(request.options.values())):
        return helping.HELP
    return verb
