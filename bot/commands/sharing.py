"""share: an answer posted where it was asked, for everybody there, with the name of who asked."""

import re
from dataclasses import replace

from bot.commands.asking import NO_PLACE, SHARE, TOO_OLD, Ask, Reply, Shared, Verb, Who
from digests.cards.words import Words, later
from digests.model import Card, Content, Listing, Notice
from digests.text.plain import clip

_STATE = re.compile(r"q:([0-9a-z]{1,32}):(\d{1,6})")


async def share(ask: Ask) -> Reply:
    """Ask again what was asked, as of then, and post the answer."""
    if ask.around.share is None or not ask.asker.may_speak:
        return ask.notice(ask.say.text(NO_PLACE))
    again = await turned(ask)
    if again is None:
        return ask.notice(ask.say.text(TOO_OLD))
    verb = ask.around.table.find(again.request.verb)
    if verb is None or verb.who is not Who.READER or verb.name == SHARE:
        return ask.notice(ask.say.text(TOO_OLD))
    answer = await verb.answer(again)
    showed = await ask.around.share(_shared(ask, answer))
    if showed.failed:
        text = ask.say.text("It could not be posted here: {reason}", reason=showed.failed)
        return ask.notice(text)
    return ask.notice(ask.say.text("Posted here, with your name."))


async def turned(ask: Ask) -> Ask | None:
    """What a button over a list refers to, at its page; None when that was forgotten."""
    match = _STATE.fullmatch(ask.request.text)
    saved = await ask.saved(match[1]) if match else None
    if match is None or saved is None:
        return None
    request = replace(ask.request, verb=saved.verb, text=saved.text, options={})
    return replace(ask, request=request, page=int(match[2]), until=saved.until)


def _shared(ask: Ask, answer: Reply) -> Shared:
    name = clip(ask.asker.name or ask.asker.user, 80)
    caption = _signed(answer.caption, name, ask.say) if answer.caption else None
    return Shared(ask.asker, _signed(answer.content, name, ask.say), answer.chart, caption)


def _signed(content: Content, name: str, say: Words) -> Content:
    by = say.text("Shared by {name}", name=name)
    match content:
        case Card():
            return replace(content, footer=say.line(content.footer, by))
        case Listing():
            return replace(content, notes=(by, *content.notes))
        case Notice():
            # First: Slack cuts what is long at its end.
            return replace(content, text=f"{by}\n\n{content.text}")


VERBS = (Verb(SHARE, later("Post an answer for everybody here"), share, listed=False),)
