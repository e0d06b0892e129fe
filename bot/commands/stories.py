"""story and similar, and the reasons behind a card's numbers."""

from bot.commands.asking import Ask, Option, Reply, Source, Verb
from bot.commands.searching import PAGE_SIZE
from digests.cards.compose import SIMILAR, WHY, compose, listing
from digests.cards.reasons import why
from digests.cards.words import later
from digests.model import Key, Story
from digests.rules.query import parse_lenient
from digests.text.plain import clip

ID = Option(
    "id",
    later("The short name at the end of its card, for example k7f3"),
    required=True,
    source=Source.STORY,
)


async def story(ask: Ask) -> Reply:
    """One story by its short name."""
    found = await _named(ask)
    if found is None:
        return _unknown(ask)
    rating = (await ask.archive.ratings()).get(found.publisher)
    return Reply(compose(found, ask.say.language, now=ask.now, rating=rating))


async def reasons(ask: Ask) -> Reply:
    """Why a card says the numbers it says."""
    found = await _named(ask)
    if found is None:
        return _unknown(ask)
    rating = (await ask.archive.ratings()).get(found.publisher)
    return Reply(why(found, ask.say.language, rating=rating))


async def similar(ask: Ask) -> Reply:
    """Stories linked to this one, then those that share what is rare in it."""
    found = await _named(ask)
    if found is None:
        return _unknown(ask)
    query = parse_lenient(f"like:{found.key}").query
    page = await ask.archive.search(query, now=ask.now, sort="best", limit=PAGE_SIZE)
    linked = await ask.archive.stories(found.related)
    like = {one.id: one for one in (*linked, *(hit.story for hit in page.hits))}
    title = ask.say.text("Similar: {headline}", headline=clip(found.headline, 80))
    shown = list(like.values())[:PAGE_SIZE]
    return Reply(listing(shown, title=title, language=ask.say.language))


async def _named(ask: Ask) -> Story | None:
    return await ask.archive.find_story(Key(ask.text.lower()))


def _unknown(ask: Ask) -> Reply:
    say = ask.say
    return ask.notice(
        say.text("There is no story {key}. Its short name stands under its card.", key=ask.text)
    )


VERBS = (
    Verb("story", later("One story with its sources"), story, (ID,), examples=("k7f3",)),
    Verb(SIMILAR, later("Stories like this one"), similar, (ID,), examples=("k7f3",)),
    Verb(WHY, later("Why a card says its numbers"), reasons, (ID,), listed=False),
)
