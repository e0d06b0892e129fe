"""A story becomes a card, stories become a list: in one language, for no platform in particular."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from digests.cards import exploitation, reading_time
from digests.cards.chips import chips, indicators, topic, unique, without_links
from digests.cards.comments import signed
from digests.cards.words import Words, words
from digests.model import (
    EXTRACT,
    Button,
    Card,
    Feedback,
    Line,
    Listing,
    Rating,
    Said,
    Span,
    Story,
    StoryId,
    Topic,
    Vote,
)
from digests.text.plain import clip

MOST_LINES = 20
MOST_NAMES = 5  # publishers named on the card; the rest is counted

WHY = "why-quality"  # verbs of the requests that a card's buttons make; see bot/commands.py
SIMILAR = "similar"
COMMENT = "comment"

# Characters; longer ones are cut here and not by a platform, which would cut an isolate open.
_HEADLINE_IN_A_LIST, _NAME = 200, 120

_A_LONG_TIME = timedelta(days=180)  # from here on a date without its year misleads


def compose(
    story: Story,
    language: str,
    zone: str = "UTC",
    *,
    now: datetime | None = None,
    rating: Rating | None = None,
    feedback: Feedback | None = None,
    commented: bool = False,
) -> Card:
    """The card of a story in the words of `language`, on the clock of `zone`.

    The same story gives the same card. `now` matters to old stories only: with it their date
    is shown with the year. `rating` is its publisher's. `feedback`: what readers say so far;
    None where nobody can say anything. `commented`: whether comments can be written.
    """
    say = words(language)
    byline = clip(story.byline, _NAME)
    return Card(
        key=story.key,
        language=say.language,
        rtl=say.rtl,
        headline=story.headline,
        url=story.url,
        publisher=say.isolate(story.publisher),
        byline=say.text("By {name}", name=byline) if byline else "",
        at=story.published or story.seen,
        sentences=tuple(without_links(one, story.indicators) for one in story.sentences),
        reading_time=_reading_time(story, say),
        also=_also(story, say),
        chips=chips(story, say),
        topics=tuple(Topic(one, topic(one, say)) for one in story.topics),
        picture=story.picture,
        footer=_footer(story, say, zone, now),
        read_label=say.text("Read full text") if story.url else "",
        exploitation=exploitation.line(story.facts, say),
        alarm=exploitation.alarm(story.facts),
        quality=_quality(story, rating, say),
        indicators=indicators(story.indicators, say),
        origin=_origin(story, say),
        buttons=_buttons(story, rating, feedback, say, commented=commented),
        comments=_comments(feedback, say),
    )


def listing(
    stories: Sequence[Story],
    *,
    title: str,
    language: str,
    total: int | None = None,
    query: str = "",
    notes: Sequence[str] = (),
    footer: str = "",
    empty: str = "",
    excerpts: Mapping[StoryId, tuple[Span, ...]] | None = None,
    platform: str = "",
) -> Listing:
    """At most twenty stories in the order given; the rest is counted in a note.

    `total` is how many there are in all, `query` what to search for to see them, `platform` where
    it is read.
    `title`, `notes`, `footer` and `empty` are already in the words of `language`.
    """
    say = words(language, platform)
    shown = stories[:MOST_LINES]
    more = max(total or 0, len(stories)) - len(shown)
    rest = (_more(more, query, say),) if more > 0 else ()
    return Listing(
        title=title,
        lines=tuple(_line(story, say, excerpts or {}) for story in shown),
        language=say.language,
        rtl=say.rtl,
        notes=(*notes, *rest),
        footer=footer,
        empty=empty or say.text("No stories."),
    )


def welcome(stories: Sequence[Story], *, language: str) -> Listing:
    """What a channel gets at the first start: the newest stories that match its rules."""
    say = words(language)
    note = say.text("The newest stories for this channel; from now on, each as it comes in.")
    return listing(
        stories,
        title=say.text("Nightdesk is on duty"),
        language=language,
        notes=[note] if stories else [],
        empty=say.text("Nothing for this channel yet; from now on, each story as it comes in."),
    )


def folded(
    stories: Sequence[Story],
    *,
    language: str,
    zone: str = "UTC",
    total: int | None = None,
    platform: str = "",
) -> Listing:
    """What waited too long to be told one by one, newest first; `total` counts what was left out.

    The note says from when to when these stories were seen, on the clock of `zone`.
    """
    say = words(language)
    count = max(total or 0, len(stories))
    return listing(
        stories,
        title=say.plural(
            "While we were busy: {n} story", "While we were busy: {n} stories", count
        ),
        language=language,
        total=total,
        query=_since(stories),
        notes=_period(stories, say, zone),
        platform=platform,
    )


def _reading_time(story: Story, say: Words) -> str:
    if not story.length_here:
        return ""
    here = reading_time.seconds(story.length_here, story.language)
    there = reading_time.seconds(story.length_there, story.language)
    at_publisher = (
        say.text("{time} at {publisher}", time=say.duration(there), publisher=story.publisher)
        if there > here
        else ""
    )
    return say.line(say.text("{time} here", time=say.duration(here)), at_publisher)


def _also(story: Story, say: Words) -> str:
    others = unique(source.publisher for source in story.also)
    others = [name for name in others if name.casefold() != story.publisher.casefold()]
    if not others:
        return ""
    named = say.names(others[:MOST_NAMES]) + ("…" if len(others) > MOST_NAMES else "")
    return say.plural(
        "Also told by {names}", "Also told by {n}: {names}", len(others), names=named
    )


def _origin(story: Story, say: Words) -> str:
    """Who wrote the sentences; said only where a model might have."""
    if story.origin in ("", EXTRACT):
        return say.text("The report's own sentences") if story.origin else ""
    return say.text(
        "Summary by {model}, each fact found in the report", model=clip(story.origin, _NAME)
    )


def _quality(story: Story, rating: Rating | None, say: Words) -> str:
    """How good this telling is, its publisher, and where that stands in its country."""
    return say.line(
        say.text("News {n} %", n=story.quality.score) if story.quality else "",
        say.text("Publisher {n} %", n=rating.score) if rating else "",
        say.text("#{n} in {country}", n=rating.rank, country=rating.country)
        if rating and rating.rank and rating.country
        else "",
    )


def _buttons(
    story: Story, rating: Rating | None, feedback: Feedback | None, say: Words, *, commented: bool
) -> tuple[Button, ...]:
    """What can be asked of a card. Each state is the story's key, so that it outlives a restart."""
    similar = Button(say.text("Similar"), SIMILAR, story.key)
    why = [Button(say.text("Why?"), WHY, story.key)] if story.quality or rating else []
    comment = [Button(say.text("Comment"), COMMENT, story.key)] if commented else []
    return (*_votes(story, feedback, say), similar, *comment, *why)


def _comments(feedback: Feedback | None, say: Words) -> tuple[Said, ...]:
    return tuple(
        Said(signed(one, say), one.text) for one in (feedback.comments if feedback else ())
    )


def _votes(story: Story, feedback: Feedback | None, say: Words) -> list[Button]:
    if feedback is None:
        return []
    labels = (
        (Vote.USEFUL, say.text("Useful"), feedback.useful),
        (Vote.NOISE, say.text("Noise"), feedback.noise),
    )
    return [
        Button(f"{label} · {say.number(count)}" if count else label, vote.value, story.key)
        for vote, label, count in labels
    ]


def _footer(story: Story, say: Words, zone: str, now: datetime | None) -> str:
    old = now is not None and now - story.seen > _A_LONG_TIME
    seen = say.text("seen {when}", when=say.date(story.seen, zone, year=old))
    return say.line(clip(story.feed, _NAME), seen, story.key)


def _line(story: Story, say: Words, excerpts: Mapping[StoryId, tuple[Span, ...]]) -> Line:
    return Line(
        key=story.key,
        headline=say.isolate(clip(story.headline, _HEADLINE_IN_A_LIST)),
        url=story.url,
        publisher=say.isolate(story.publisher),
        at=story.published or story.seen,
        excerpt=excerpts.get(story.id, ()),
    )


def _more(count: int, query: str, say: Words) -> str:
    if not query:
        return say.plural("{n} more", "{n} more", count)
    command = say.typed("search", query)
    return say.plural("{n} more: {command}", "{n} more: {command}", count, command=command)


def _since(stories: Sequence[Story]) -> str:
    """The query that finds all that was told from the oldest of these on."""
    return f"since:{min(story.seen for story in stories).date()}" if stories else ""


def _period(stories: Sequence[Story], say: Words, zone: str) -> list[str]:
    if not stories:
        return []
    seen = [story.seen for story in stories]
    start, end = (say.date(at, zone) for at in (min(seen), max(seen)))
    return [say.text("Seen from {start} to {end}.", start=start, end=end)] if start != end else []
