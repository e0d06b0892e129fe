"""Why a card says the numbers it says: quality, rating and reading speed, in people's words. Pure."""

from collections.abc import Iterable, Iterator

from digests.cards import reading_time
from digests.cards.words import Words, later, words
from digests.model import Notice, Part, Quality, Rating, Story

# What each part of a quality looks for; the codes are those of digests.stories.quality.
PARTS = {
    "start": later("where every report begins"),
    "byline": later("signed: {detail}"),
    "sources": later("sources named: {detail}"),
    "quotes": later("quotations with their speaker: {detail}"),
    "primary": later("primary sources (advisories, records, documents): {detail}"),
    "specifics": later("kinds of specifics (numbers, versions, dates, identifiers): {detail}"),
    "complete": later("words that could be read: {detail}"),
    "first": later("first to tell it, or with something new"),
    "clickbait": later("a headline that baits"),
    "promotion": later("promotion: {detail}"),
    "anonymous": later("nobody named behind its claims: {detail}"),
    "teaser": later("no more than a teaser could be read"),
    "mean": later("mean of its stories ({detail}), drawn toward 50 while they are few"),
    "often_first": later("first with what others told too: {detail}"),
    "votes": later("votes of readers: {detail}"),
}

_SPEEDS = later(
    "Reading times: {n} words a minute, the mean of this language in the IReST study"
    " (Trauzettel-Klosinski and Dietz, 2012)."
)
_SPEEDS_BY_CHARACTER = later(
    "Reading times: {n} characters a minute, the mean of this language in the IReST study"
    " (Trauzettel-Klosinski and Dietz, 2012)."
)


def why(story: Story, language: str, *, rating: Rating | None = None) -> Notice:
    """The reasons for the numbers on a story's card."""
    say = words(language)
    blocks = (
        _quality(story.quality, say),
        rating_lines(rating, say),
        [_speed(story.language, say)] if story.length_here else [],
        [say.text("How all of it is computed: docs/quality.md")],
    )
    text = "\n\n".join("\n".join(block) for block in blocks if block)
    return Notice(say.text("Why these numbers?"), text, say.language, rtl=say.rtl)


def _quality(quality: Quality | None, say: Words) -> list[str]:
    if quality is None:
        return [say.text("This story was not judged.")]
    return [say.line(say.text("News {n} %", n=quality.score)), *_parts(quality.parts, say)]


def rating_lines(rating: Rating | None, say: Words) -> list[str]:
    """A publisher's score, each part of it with its reason, and its rank."""
    if rating is None:
        return []
    ranked = rating.rank and rating.country
    place = [
        say.text("#{n} in {country}", n=rating.rank or 0, country=rating.country),
        say.text("among the publishers there that told at least ten stories"),
    ]
    return [
        say.line(say.text("Publisher {n} %", n=rating.score)),
        *_parts(rating.parts, say),
        *([say.line(*place)] if ranked else []),
    ]


def _parts(parts: Iterable[Part], say: Words) -> Iterator[str]:
    for part in parts:
        sentence = PARTS.get(part.code)
        reason = say.text(sentence, detail=part.detail) if sentence else part.code
        yield say.line(f"{part.points:+d}", reason)


def _speed(language: str, say: Words) -> str:
    speed = reading_time.SPEED.get(language, reading_time.ELSEWHERE)
    by_character = language in reading_time.BY_CHARACTER
    return say.text(_SPEEDS_BY_CHARACTER if by_character else _SPEEDS, n=speed)
