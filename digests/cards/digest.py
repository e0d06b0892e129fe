"""Stories that are told together: in the order of what they mean to a reader, grouped by topic."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from digests.cards.chips import about, topic
from digests.cards.compose import listing
from digests.cards.words import Words, later, words
from digests.model import Line, Listing, Span, Story, StoryId
from digests.text.plain import clip

_TITLES = {
    "": later("Digest since {start}"),
    "quiet": later("Held in the quiet hours since {start}"),
    "more": later("Beyond the limit of the day, {start}"),
    "flood": later("Many stories at once, {start}"),
}
_SUBJECT = re.compile(r"digest:(?:([a-z]+)-)?(\d{4}-\d\d-\d\dT\d{4,6}(?:[+-]\d{4,6})?):(\d+)")
_LIKELY = 0.1  # EPSS from which exploitation is worth being told earlier
_SEVERE = 9.0  # CVSS: critical
_LONGEST_RULE = 150  # characters of a channel's rule that fit into a search to type
_SENTENCE = 300


def by_importance(stories: Sequence[Story]) -> list[StoryId]:
    """Exploited before likely before severe, then by sources, by quality, the newest first."""
    return [story.id for story in sorted(stories, key=_weight, reverse=True)]


def digest(
    stories: Sequence[Story],
    subject: str,
    *,
    language: str,
    zone: str = "UTC",
    total: int = 0,
    query: str = "",
    platform: str = "",
) -> Listing:
    """One part of a digest: these stories grouped by topic, the rest of `total` counted.

    `subject` says of what kind and period it is (digest:2026-03-02T0830+0100:1), `query` what to
    search for to see them all (see `everything_since`), `platform` where it is read.
    """
    say = words(language, platform)
    match = _SUBJECT.fullmatch(subject)
    kind, start, part = match.groups() if match else ("", "", "1")
    when = say.date(_time(start), zone) if start else ""
    title = say.text(_TITLES.get(kind or "", _TITLES[""]), start=when)
    if part != "1":
        title = say.text("{title}, continued", title=title)
    return told_together(stories, say, title=title, total=total, query=query)


def told_together(
    stories: Sequence[Story], say: Words, *, title: str, total: int = 0, query: str = ""
) -> Listing:
    """A list grouped by topic, each story with its first sentence; the most telling group first."""
    ranked = {story: at for at, story in enumerate(by_importance(stories))}
    ordered = sorted(stories, key=lambda story: ranked[story.id])
    firsts: dict[str, int] = {}
    for story in ordered:
        firsts.setdefault(_topic(story), len(firsts))
    ordered.sort(key=lambda story: firsts[_topic(story)])  # stable: importance within a topic
    whole = listing(
        ordered,
        title=title,
        language=say.language,
        total=total,
        query=query,
        footer=_unfold(ordered, say),
        excerpts={story.id: _first_sentence(story) for story in ordered},
        platform=say.platform,
    )
    if len(firsts) < 2:  # noqa: PLR2004 - one topic needs no headings
        return whole
    lines = zip(whole.lines, ordered, strict=False)
    return replace(whole, lines=tuple(_headed(line, story, say) for line, story in lines))


def everything_since(start: datetime, only: str) -> str:
    """The search that shows what a channel with the rule `only` was owed since a day."""
    rule = "" if len(only) > _LONGEST_RULE else only.strip()
    rule = f"({rule})" if " OR " in rule else rule
    return f"{rule} since:{start.astimezone(UTC).date()}".strip()


def _weight(story: Story) -> tuple[int, int, int, int]:
    quality = story.quality.score if story.quality else 0
    return _exploitation(story), len(story.also), quality, story.id


def _exploitation(story: Story) -> int:
    """From 4, exploited for ransom, over exploited, likely, severe, to 0."""
    facts = story.facts
    if any(one.kev_since and one.ransomware for one in facts):
        return 4
    if any(one.kev_since for one in facts):
        return 3
    if any((one.epss or 0) >= _LIKELY for one in facts):
        return 2
    return 1 if any((one.cvss or 0) >= _SEVERE for one in facts) else 0


def _topic(story: Story) -> str:
    return next(iter(about(story)), "").casefold()


def _headed(line: Line, story: Story, say: Words) -> Line:
    named = _topic(story)
    heading = say.isolate(topic(named, say)) if named else say.text("Other topics")
    return replace(line, heading=heading)


def _first_sentence(story: Story) -> tuple[Span, ...]:
    return (Span(clip(story.sentences[0], _SENTENCE)),) if story.sentences else ()


def _unfold(stories: Sequence[Story], say: Words) -> str:
    if not stories:
        return ""
    return say.text(
        "{command} shows one of them whole.", command=say.typed("story", stories[0].key)
    )


def _time(start: str) -> datetime:
    """The beginning of a period, as its name says it."""
    for form in ("%Y-%m-%dT%H%M%z", "%Y-%m-%dT%H%M%S"):
        try:
            found = datetime.strptime(start, form)  # noqa: DTZ007 - the second form is in UTC
        except ValueError:
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    raise ValueError(start)
