"""why: what happened to an entry or a story, step by step, and what would have altered it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.commands.asking import Ask, Option, Reply, Verb
from digests.archive.store import Archive
from digests.cards import tracing
from digests.cards.compose import WHY as NUMBERS
from digests.cards.tracing import Hint, Traced
from digests.cards.words import Words, later
from digests.config.edits import pair
from digests.config.settings import Settings
from digests.model import Button, Key, Post, Reason, RefusedEntry, Step, Story
from digests.model.watching import is_watching, owner_of
from digests.rules.altering import Change, of_channel, of_feed
from digests.rules.match import Subject, subject
from digests.rules.query import parse_lenient
from digests.text.links import canonical, registrable_domain
from digests.text.plain import clip

_ON_A_PAGE = 2_400  # characters: with what escaping adds they fit every platform
_QUERIES = ("only", "breaking")  # keys whose value is a query
_OTHERS = 3  # more stories that the words may have meant

WHAT = Option(
    "what",
    later("The address of an entry, a story's short name, or words of its headline"),
    required=True,
    longest=2_000,
)


@dataclass(frozen=True, slots=True)
class Found:
    """What somebody asked about: a story with its way, other stories, entries that were refused."""

    traced: Traced | None = None
    others: Sequence[Story] = ()
    refused: Sequence[RefusedEntry] = ()  # each with what its feed is called, not its address


async def why(ask: Ask) -> Reply:
    """The way of a story, a page of it at a time."""
    settings = ask.around.settings()
    found = await look(ask.archive, settings, ask.text, ask.now, person=ask.person)
    say, pages = ask.say, _pages(told(found, ask.text, ask.say))
    number = min(ask.page, len(pages) - 1)
    reply = ask.notice("\n".join(pages[number]), title(found, say))
    if found.traced is not None:
        numbers = Button(say.text("Why these numbers?"), NUMBERS, found.traced.story.key)
        reply = replace(reply, buttons=(numbers,))
    if found.traced is None and not found.refused:
        return reply  # nothing to share
    return await ask.listed(reply, ask.text, last=number == len(pages) - 1)


def _pages(lines: Sequence[str]) -> list[list[str]]:
    """Whole lines, as many to a page as fit."""
    pages: list[list[str]] = [[]]
    for line in lines:
        if pages[-1] and sum(map(len, pages[-1])) + len(line) > _ON_A_PAGE:
            pages.append([])
        pages[-1].append(line)
    return pages


async def look(
    archive: Archive, settings: Settings, text: str, now: datetime, *, person: str = ""
) -> Found:
    """All that is remembered of what an address, a short name or words of a headline mean.

    What was told to people who watch is theirs alone: of that only what `person` was told.
    """
    text = text.strip("<> ")  # as some put around an address
    if "://" in text:
        stories = await _at(archive, text)
    elif known := await archive.find_story(Key(text.lower())):
        stories = [known]
    else:
        stories = await _worded(archive, text, now)
    refused = [
        replace(one, feed=called(settings, one.feed))
        for one in (await archive.traces.refusals(text) if text else ())
    ]
    if not stories:
        return Found(refused=refused)
    return Found(await traced(archive, settings, stories[0], person), stories[1:], refused)


def told(found: Found, text: str, say: Words) -> list[str]:
    """What was found, a line each; never nothing."""
    lines = list(_lines(found, say))
    return lines or [
        say.text(
            "Nothing is known of {what}. Try the address of an entry, or other words of its "
            "headline.",
            what=clip(text, 200),
        )
    ]


def title(found: Found, say: Words) -> str:
    """The story's headline and short name."""
    if found.traced is None:
        return say.text("What happened to it")
    story = found.traced.story
    return say.line(clip(story.headline, 120), story.key)


async def traced(archive: Archive, settings: Settings, story: Story, person: str) -> Traced:
    """The way of one story, with the lines of the file that would have altered it."""
    entries = await archive.traces.entries_of(story.id)
    steps = await archive.traces.steps(story.id)
    words = await archive.words([story.id])
    seen = subject(story, words[story.id]) if story.id in words else None
    one = Traced(
        story,
        entries,
        [called(settings, entry.feed_url) for entry in entries],
        steps,
        _shown(await archive.outbox.about(story.id), person),
        _shown(await archive.outbox.telling(story.id), person),
    )
    return replace(one, hints=tuple(_hints(one, settings, seen)))


def called(settings: Settings, url: str) -> str:
    """A feed by its name; one that left the file by its domain, as its address may hold a secret."""
    name = next((feed.name for feed in settings.feeds if feed.url == url), "")
    return name or registrable_domain(url) or "?"


def _shown(posts: Sequence[Post], person: str) -> list[Post]:
    return [
        one for one in posts if not is_watching(one.channel) or owner_of(one.channel) == person
    ]


def as_json(found: Found) -> Mapping[str, object]:
    """The same for a program."""
    one = found.traced
    refused = [
        {"feed": r.feed, "entry": r.entry, "reason": r.reason, "last": tracing.stamp(r.last)}
        for r in found.refused
    ]
    others = [story.key for story in found.others]
    if one is None:
        return {"story": None, "others": others, "refused": refused}
    return {
        "story": one.story.key,
        "headline": one.story.headline,
        "url": one.story.url,
        "announced": one.story.announced,
        "entries": [
            {
                "feed": name,
                "title": entry.title,
                "link": entry.link,
                "seen": tracing.stamp(entry.seen),
                "published": tracing.stamp(entry.published),
            }
            for entry, name in zip(one.entries, one.feeds, strict=True)
        ],
        "steps": [_step(step) for step in one.steps],
        "posts": [
            {
                "channel": post.channel,
                "subject": post.subject,
                "state": post.state.value,
                "sent": tracing.stamp(post.sent_at),
                "reason": post.reason,
            }
            for post in (*one.posts, *one.digests)
        ],
        "changes": [
            {"channel": hint.channel, "line": hint.line, "tells": hint.tells} for hint in one.hints
        ],
        "others": others,
        "refused": refused,
    }


def _step(step: Step) -> Mapping[str, object]:
    judged = step.relevance
    return {
        "at": tracing.stamp(step.at),
        "what": step.what.value,
        "feed": step.feed,
        "likeness": step.likeness or None,
        "relevance": judged and {"score": judged.score, "words": judged.reasons},
        "quiet": step.quiet and {"code": step.quiet.code, "clause": step.quiet.clause},
        "channels": [
            {
                "channel": one.channel,
                "owed": one.owed,
                "digest": one.digest,
                "because": [{"code": r.code, "clause": r.clause} for r in one.because],
            }
            for one in step.ruled
        ],
    }


async def _at(archive: Archive, address: str) -> list[Story]:
    """The story of an entry with this address; else the one that it identifies."""
    link = canonical(address)
    if not link:
        return []
    entries = await archive.traces.entries_at(link)
    ids = [entry.story for entry in reversed(entries)]
    ids += [ref.id for ref in reversed(await archive.find_by_links([link]))]
    return await archive.stories(list(dict.fromkeys(ids)))


async def _worded(archive: Archive, text: str, now: datetime) -> list[Story]:
    if not text:
        return []
    query = parse_lenient(text).query
    page = await archive.search(query, now=now, sort="best", limit=1 + _OTHERS)
    return [hit.story for hit in page.hits]


def _lines(found: Found, say: Words) -> Iterator[str]:
    if found.traced is not None:
        yield from tracing.way(found.traced, say)
    yield from tracing.refused(found.refused, say)
    if found.others:
        yield say.text("Or did you mean one of these?")
        yield from (say.line(one.key, clip(one.headline, 100)) for one in found.others)


def _hints(one: Traced, settings: Settings, seen: Subject | None) -> Iterator[Hint]:
    """Of the first step that says why it was not announced, or of the last one with rulings."""
    quiet = next((step.quiet for step in one.steps if step.quiet), None)
    feeds = {feed.url: feed for feed in settings.feeds}
    if not one.story.announced:
        feed = feeds.get(one.story.feed_url)
        change = of_feed(quiet, feed, _age(one)) if quiet and feed else None
        if change is not None:
            yield _hint(change)
        return
    channels = {channel.name: channel for channel in settings.channels}
    ruled = {r.channel: r for step in one.steps for r in step.ruled if _decides(r.because)}
    for name, ruling in ruled.items():
        if seen is None or name not in channels:
            continue
        if change := of_channel(ruling, channels[name], seen):
            yield _hint(change)


def _decides(because: Sequence[Reason]) -> bool:
    """Whether a ruling is more than "told already"."""
    return not {reason.code for reason in because} & {"told", "waits"}


def _age(one: Traced) -> timedelta | None:
    return tracing.age(one.entries[0]) if one.entries else None


def _hint(change: Change) -> Hint:
    value = pair(change.key, change.value)
    line = value if change.key in _QUERIES else f"{change.key}: {change.value}"
    where = f"{change.place}s: {change.name}" if change.name else change.place
    return Hint(change.name if change.place == "channel" else "", f"{where}  {line}", change.tells)


VERBS = (
    Verb(
        "why",
        later("What happened to an entry or a story, step by step, and what would alter it"),
        why,
        (WHAT,),
        examples=("k7f3", "https://krebsonsecurity.com/2026/02/a-story/"),
    ),
)
