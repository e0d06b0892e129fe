"""story, cve and similar: what is known of one thing, and the reasons behind a card's numbers."""

import re
from collections.abc import Iterator
from dataclasses import replace

from bot.commands.asking import Ask, Option, Reply, Source, Verb
from bot.commands.searching import PAGE_SIZE, look
from digests.cards import exploitation
from digests.cards.compose import MOST_LINES, SIMILAR, WHY, compose, listing
from digests.cards.reasons import why
from digests.cards.words import Words, later
from digests.model import Button, CveFacts, Key, Line, Listing, Story
from digests.rules.query import parse_lenient
from digests.text.links import canonical
from digests.text.plain import clip

SOURCES = "sources"
_CVE = re.compile(r"(?:CVE)?[-_ ]?(\d{4})[-_ ](\d{4,10})", re.IGNORECASE)
_SIMILAR_PAGES = 6  # farther away nothing is like it
_PUBLISHERS = 6  # named with their time under a story

ID = Option(
    "id",
    later("The short name at the end of its card, for example k7f3"),
    required=True,
    source=Source.STORY,
)
LINK = Option(
    "id",
    later("The short name at the end of its card, or the address of its page"),
    required=True,
    source=Source.STORY,
    longest=2_000,
)
CVE = Option("id", later("Its number, for example CVE-2024-3400"), required=True)


async def story(ask: Ask) -> Reply:
    """One story by its short name, and who told it when; by their number, pages of that follow."""
    found = await named(ask)
    if found is None:
        return unknown(ask)
    if ask.page:
        return await _told_by(ask, found, ask.page - 1)
    rating = await ask.archive.rating(found.publisher)
    card = compose(found, ask.say.language, now=ask.now, rating=rating)
    if not found.also and not found.related:
        return Reply(card)
    sources = Button(ask.say.text("Sources"), SOURCES, found.key)
    whole = replace(card, also=_in_order(found, ask.say) or card.also)
    return Reply(whole, buttons=(sources,), more=True)


async def sources(ask: Ask) -> Reply:
    """Everybody's telling of a story, the earliest first; then the stories related to it."""
    found = await named(ask)
    return unknown(ask) if found is None else await _told_by(ask, found, ask.page)


async def _told_by(ask: Ask, found: Story, page: int) -> Reply:
    say = ask.say
    related = listing(await ask.archive.stories(found.related), title="", language=say.language)
    lines = [replace(line, heading=say.text("Related")) for line in related.lines]
    told = [replace(line, heading=say.text("Sources")) for line in _tellings(found, say)]
    title = say.text("Sources: {headline}", headline=clip(found.headline, 80))
    every = (*told, *lines)
    page = min(page, max(0, len(every) - 1) // MOST_LINES)
    shown = every[page * MOST_LINES : (page + 1) * MOST_LINES]
    left = len(every) - (page + 1) * MOST_LINES
    notes = (say.plural("{n} more", "{n} more", left),) if left > 0 else ()
    reply = Reply(Listing(title, shown, say.language, say.rtl, notes))
    if len(every) <= MOST_LINES:
        return reply  # as nearly always: nothing is kept for buttons
    return replace(await ask.listed(reply, found.key, last=left <= 0), buttons=())


async def reasons(ask: Ask) -> Reply:
    """Why a card says the numbers it says."""
    found = await named(ask)
    if found is None:
        return unknown(ask)
    rating = await ask.archive.rating(found.publisher)
    way = Button(ask.say.text("What happened to it"), "why", found.key)
    return Reply(why(found, ask.say.language, rating=rating), buttons=(way,))


async def similar(ask: Ask) -> Reply:
    """Stories linked to this one, then those that share what is rare in it."""
    found = await named(ask)
    if found is None:
        return unknown(ask)
    query = parse_lenient(f"like:{found.key}").query
    asked = min(ask.page, _SIMILAR_PAGES - 1)
    page = await ask.archive.search(
        query, now=ask.now, sort="best", limit=(asked + 1) * PAGE_SIZE + 1, until=ask.until
    )
    linked = await ask.archive.stories(found.related)
    like = list({one.id: one for one in (*linked, *(hit.story for hit in page.hits))}.values())
    at = min(asked, max(0, len(like) - 1) // PAGE_SIZE)  # one behind the last shows the last
    start, end = at * PAGE_SIZE, (at + 1) * PAGE_SIZE
    title = ask.say.text("Similar: {headline}", headline=clip(found.headline, 80))
    shown = listing(like[start:end], title=title, language=ask.say.language)
    last = len(like) <= end or end == _SIMILAR_PAGES * PAGE_SIZE
    return await replace(ask, page=at).listed(Reply(shown), found.key, until=page.until, last=last)


async def cve(ask: Ask) -> Reply:
    """What is known of a vulnerability, and every story that names it."""
    number = _CVE.search(ask.text)
    if number is None:
        return ask.failure(
            ask.say.text(
                "{text} is no CVE; one looks like CVE-2024-3400.", text=clip(ask.text, 80)
            )
        )
    name = f"CVE-{number[1]}-{number[2]}"
    facts = (await ask.archive.facts([name])).get(name)
    return await look(ask, f"cve:{name}", title=name, notes=tuple(_known(facts, ask.say)))


async def named(ask: Ask) -> Story | None:
    """The story that was named, by its short name or by the address of one of its pages."""
    if "://" not in ask.text:
        return await ask.archive.find_story(Key(ask.text.lower()))
    link = canonical(ask.text)
    found = await ask.archive.find_by_links([link]) if link else []
    return await ask.archive.find_story(found[-1].id) if found else None


def unknown(ask: Ask) -> Reply:
    """What to say when there is no such story."""
    say, name = ask.say, clip(ask.text, 200)
    if "://" in name:
        return ask.failure(say.text("No story has the address {url}.", url=name))
    return ask.failure(
        say.text("There is no story {key}. Its short name stands under its card.", key=name)
    )


def _known(facts: CveFacts | None, say: Words) -> Iterator[str]:
    """The gravest first, each with its source."""
    if facts is None:
        yield say.text("Nothing is known of it from KEV, EPSS or CVSS.")
        return
    yield say.line(facts.product, facts.title)
    if facts.kev_since:
        yield exploitation.line([replace(facts, cvss=None, epss=None)], say)
    if facts.epss is not None:
        yield say.text(
            "EPSS {n} %: how likely it is to be exploited within 30 days",
            n=say.number(round(facts.epss * 100, 1)),
        )
    if facts.cvss is not None:
        severity = exploitation.line([CveFacts(facts.cve, cvss=facts.cvss)], say)
        yield severity or f"CVSS {say.number(facts.cvss)}"


def _in_order(found: Story, say: Words) -> str:
    """Who told it when, the earliest first."""
    told = [(found.seen, found.publisher), *((one.at, one.publisher) for one in found.also)]
    first: dict[str, str] = {}
    for at, publisher in sorted(told):
        first.setdefault(publisher, f"{say.date(at)} {say.isolate(publisher)}")
    if len(first) < 2:  # noqa: PLR2004 - one alone needs no order
        return ""
    left = len(first) - _PUBLISHERS
    more = say.plural("{n} more", "{n} more", left) if left > 0 else ""
    return say.line(*list(first.values())[:_PUBLISHERS], more)


def _tellings(found: Story, say: Words) -> list[Line]:
    alone = listing([found], title="", language=say.language).lines
    others = [
        Line(
            found.key, say.isolate(clip(one.headline, 200)), one.url, say.isolate(one.publisher),
            one.at,
        )
        for one in found.also
    ]  # fmt: skip
    return sorted((replace(alone[0], at=found.seen), *others), key=lambda line: line.at)


VERBS = (
    Verb("story", later("One story with its sources"), story, (LINK,), examples=("k7f3",)),
    Verb(
        "cve",
        later("What is known of a vulnerability, and every story that names it"),
        cve,
        (CVE,),
        examples=("CVE-2024-3400",),
    ),
    Verb(SIMILAR, later("Stories like this one"), similar, (LINK,), examples=("k7f3",)),
    Verb(WHY, later("Why a card says its numbers"), reasons, (ID,), listed=False),
    Verb(SOURCES, later("Who told a story when"), sources, (ID,), listed=False),
)
