"""Useful and Noise: what a reader thinks of a card, said by pressing a button under it."""

from bot.commands.asking import Ask, Reply, Verb
from bot.commands.stories import ID, named, unknown
from digests.cards.words import later
from digests.model import Destination, Press, Vote

_STANDS = {
    Vote.USEFUL: later("Noted: useful. Press again to take it back."),
    Vote.NOISE: later("Noted: noise. Press again to take it back."),
    None: later("Your vote is taken back."),
}
NOT_TOLD = later("This story was not told here.")


async def vote(ask: Ask) -> Reply:
    """One vote a person and story; the same again takes it back. The card counts it in a minute."""
    found = await named(ask)
    if found is None:
        return unknown(ask)
    voted = await ask.archive.readers.vote(found.id, press_of(ask), Vote(ask.request.verb))
    return ask.notice(ask.say.text(_STANDS[voted.stands] if voted else NOT_TOLD))


def press_of(ask: Ask) -> Press:
    """Who pressed where, as the platform's own connection says it: nothing of it is on a button."""
    asker = ask.asker
    person, place = (
        f"{asker.platform}:{asker.user}",
        Destination(asker.platform, asker.conversation),
    )
    return Press(ask.request.click, person, place, ask.now)


VERBS = tuple(
    Verb(one.value, says, vote, (ID,), listed=False, terminal=False)
    for one, says in (
        (Vote.USEFUL, later("Say that a story is useful")),
        (Vote.NOISE, later("Say that a story is noise")),
    )
)
