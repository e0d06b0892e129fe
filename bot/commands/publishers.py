"""publishers: how good each is, where that places it, and why."""

from dataclasses import replace

from bot.commands import machine
from bot.commands.asking import Ask, Option, Reply, Source, Verb
from digests.cards.reasons import rating_lines
from digests.cards.words import Words, later
from digests.model import Rating
from digests.stories.quality import Standing, ratings
from digests.text.plain import clip

_ON_A_PAGE = 10
_NAME = Option("name", later("One of them, with the reasons"), source=Source.PUBLISHER)


async def publishers(ask: Ask) -> Reply:
    """All of them, the best first; or one of them with the reasons."""
    standings = await ask.archive.standings()
    rated = ratings(standings)
    ranked = sorted(standings, key=lambda one: (-rated[one.publisher].score, one.publisher))
    order = list(enumerate(ranked, 1))
    if ask.text:
        return _one(ask, order, rated)
    if not standings:
        reply = ask.notice(ask.say.text("No publisher has told a story yet."), _title(ask.say))
        return replace(reply, figures=machine.publishers([], rated, 0))
    start = ask.page * _ON_A_PAGE
    shown = order[start : start + _ON_A_PAGE]
    lines = [_line(at, one, rated[one.publisher], ask.say) for at, one in shown]
    reply = ask.notice("\n".join(lines), _title(ask.say))
    last = start + _ON_A_PAGE >= len(order)
    listed = await ask.listed(reply, "", last=last)
    return replace(listed, figures=machine.publishers(shown, rated, len(order)))


def _one(ask: Ask, order: list[tuple[int, Standing]], rated: dict[str, Rating]) -> Reply:
    wanted = ask.text.casefold()
    found = [(at, one) for at, one in order if wanted in one.publisher.casefold()]
    found.sort(key=lambda it: (it[1].publisher.casefold() != wanted, len(it[1].publisher)))
    if not found:
        return ask.failure(
            ask.say.text("There is no publisher {name}.", name=clip(ask.text, 100)),
            _title(ask.say),
        )
    at, one = found[0]
    lines = [_facts(one, ask.say), "", *rating_lines(rated[one.publisher], ask.say)]
    lines.append(ask.say.text("How all of it is computed: docs/quality.md"))
    reply = ask.notice("\n".join(lines), clip(one.publisher, 100))
    return replace(reply, figures=machine.publishers([(at, one)], rated, len(order)))


def _line(place: int, one: Standing, rating: Rating, say: Words) -> str:
    ranked = rating.rank and rating.country
    # The number stands outside of the line's isolates, or it would go with a foreign name.
    return f"{say.number(place)}. " + say.line(
        clip(one.publisher, 60),
        say.text("Publisher {n} %", n=rating.score),
        say.text("#{n} in {country}", n=rating.rank or 0, country=rating.country)
        if ranked
        else "",
        _facts(one, say),
    )


def _facts(one: Standing, say: Words) -> str:
    first = say.text("first {n} of {of} times", n=one.first, of=one.shared) if one.shared else ""
    return say.line(say.plural("{n} story", "{n} stories", one.stories), first)


def _title(say: Words) -> str:
    return say.text("Publishers")


VERBS = (
    Verb(
        "publishers",
        later("How good each publisher is, where that places it, and why"),
        publishers,
        (_NAME,),
        examples=("",),
    ),
)
