"""Useful and Noise: what a reader thinks of a card, said by pressing a button under it."""

from bot.commands.asking import Ask, Reply, Verb
from bot.commands.stories import ID, named, unknown
from digests.cards.words import later
from digests.model import Vote

_STANDS = {
    Vote.USEFUL: later("Noted: useful. Press again to take it back."),
    Vote.NOISE: later("Noted: noise. Press again to take it back."),
    None: later("Your vote is taken back."),
}


async def vote(ask: Ask) -> Reply:
    """One vote a person and story; the same again takes it back. The card counts it in a minute."""
    found = await named(ask)
    if found is None:
        return unknown(ask)
    person = person_of(ask)
    said = await ask.archive.readers.vote(found.id, person, Vote(ask.request.verb), now=ask.now)
    if said is None:  # forgotten between one and the other
        return unknown(ask)
    stands = await ask.archive.readers.vote_of(found.id, person)
    return ask.notice(ask.say.text(_STANDS[stands]))


def person_of(ask: Ask) -> str:
    """Whose votes and comments they are."""
    return f"{ask.asker.platform}:{ask.asker.user}"


VERBS = tuple(
    Verb(one.value, says, vote, (ID,), listed=False, terminal=False)
    for one, says in (
        (Vote.USEFUL, later("Say that a story is useful")),
        (Vote.NOISE, later("Say that a story is noise")),
    )
)
