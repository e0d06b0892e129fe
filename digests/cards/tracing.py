"""What happened to a story, step by step, in people's words; the answer of `why`. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from digests.cards.words import Words, later
from digests.model import (
    Happening,
    KeptEntry,
    Post,
    PostState,
    Reason,
    RefusedEntry,
    Relevance,
    Ruled,
    Step,
    Story,
)
from digests.text.plain import clip

# What each ground of a decision says; the codes are those of rules/routing.py and
# stories/announce.py.
REASONS = {
    "born": later("seen before this channel was set up"),
    "kept": later("kept and searchable only"),
    "not-only": later("does not match only: {clause}"),
    "lacks": later("lacks {clause}"),
    "muted": later("{clause} is muted here"),
    "told": later("told here already"),
    "waits": later("waits for a digest already"),
    "breaking": later("matches breaking: {clause}"),
    "only": later("matches only: {clause}"),
    "everything": later("this channel takes everything"),
    "post": later("gathered (post: {clause})"),
    "quiet": later("held back (quiet: {clause})"),
    "limit": later("over its limit of {clause} a day"),
    "quota": later("over its quota: {clause} per day"),
    "flood": later("one of many at once, gathered"),
    "irrelevant": later("no security news, by its words"),
    "old": later("older than max_age: {clause}"),
    "first": later("the feed was new: only its newest of the last day are told, {clause} at most"),
    "installed": later("the installation was new: its welcome tells the newest"),
}
HAPPENINGS = {
    Happening.NEW: later("{feed} began this story"),
    Happening.KNOWN: later("{feed} told it too, by its link or headline"),
    Happening.ALIKE: later("{feed} told the same event in other words"),
    Happening.EDITED: later("{feed} changed what it says"),
    Happening.LEARNT: later("more became known of its vulnerabilities"),
    Happening.SEPARATED: later("an editor took an entry out of a story"),
}
STATES = {
    PostState.QUEUED: later("waits to be posted"),
    PostState.SENDING: later("is being posted"),
    PostState.SENT: later("posted"),
    PostState.FOLDED: later("told in a digest"),
    PostState.HELD: later("held back: nobody knows whether it was posted"),
    PostState.DEAD: later("given up"),
    PostState.LEAVING: later("is being taken back"),
    PostState.RETRACTED: later("taken back"),
}
_CLAUSE = 160  # characters of a rule that are shown


@dataclass(frozen=True, slots=True)
class Hint:
    """A line of feeds.yaml that would have decided otherwise."""

    channel: str  # "" where it concerns the feed, or all
    line: str  # "soc  only: is:kev OR topic:ransomware"
    tells: bool


@dataclass(frozen=True, slots=True)
class Traced:
    """All that is remembered of how a story came about."""

    story: Story
    entries: Sequence[KeptEntry] = ()
    feeds: Sequence[str] = ()  # the name of each entry's feed
    steps: Sequence[Step] = ()
    posts: Sequence[Post] = ()
    digests: Sequence[Post] = ()  # that list it
    hints: Sequence[Hint] = ()


def way(traced: Traced, say: Words) -> Iterator[str]:
    """One line for each step, the channels' decisions indented below it."""
    yield from _entries(traced, say)
    if not traced.steps:
        yield say.text("The steps of a story are kept for 30 days; those of this one are gone.")
    for step in traced.steps:
        yield say.line(say.date(step.at), _happened(step, say), *_grounds(step, say))
        # A dash, since not every platform keeps spaces at the beginning of a line.
        yield from (f"    – {_decided(one, say)}" for one in step.ruled)
    yield from (_stands(post, say) for post in (*traced.posts, *traced.digests))
    yield from _hinted(traced.hints, say)


def refused(entries: Iterable[RefusedEntry], say: Words) -> Iterator[str]:
    """Entries that could not be kept."""
    for one in entries:
        name = say.text("{entry} was refused", entry=clip(one.entry, 120))
        yield say.line(say.date(one.last), name, clip(one.reason, 200), clip(one.feed, 120))


def reason(one: Reason, say: Words) -> str:
    """A ground of a decision."""
    sentence = REASONS.get(one.code)
    return say.text(sentence, clause=clip(one.clause, _CLAUSE)) if sentence else one.code


def _entries(traced: Traced, say: Words) -> Iterator[str]:
    for one, name in zip(traced.entries, traced.feeds, strict=True):
        seen = say.text("seen in {feed}", feed=name)
        dated = (
            say.text("dated {when}", when=say.date(one.published, year=True))
            if one.published
            else ""
        )
        yield say.line(say.date(one.seen), seen, clip(one.title, 100), dated)


def _happened(step: Step, say: Words) -> str:
    return say.text(HAPPENINGS[step.what], feed=step.feed or "?")


def _grounds(step: Step, say: Words) -> Iterator[str]:
    if step.likeness:
        yield say.text("likeness {n} %", n=round(100 * step.likeness))
    if step.relevance is not None:
        yield _relevance(step.relevance, say)
    if step.quiet is not None:
        yield say.text("not announced: {reason}", reason=reason(step.quiet, say))


def _relevance(judged: Relevance, say: Words) -> str:
    told = say.text("security news: {n} %", n=round(100 * judged.score))
    return f"{told} ({' '.join(judged.reasons[:4])})" if judged.reasons else told


def _decided(one: Ruled, say: Words) -> str:
    verdict = say.text("not told")
    if one.owed:
        verdict = say.text("waits for a digest") if one.digest else say.text("a card")
    return say.line(one.channel, verdict, *(reason(ground, say) for ground in one.because))


def _stands(post: Post, say: Words) -> str:
    when = say.date(post.sent_at) if post.sent_at else ""
    due = ""
    if post.state is PostState.QUEUED and post.not_before:
        due = say.text("not before {when}", when=say.date(post.not_before))
    told = post.state in (PostState.HELD, PostState.DEAD, PostState.RETRACTED, PostState.SENT)
    why = clip(post.reason, 200) if told else ""
    kind = "" if post.subject.startswith("story:") else post.subject.partition(":")[0]
    return say.line(post.channel, kind, say.text(STATES[post.state]), when, due, why)


def _hinted(hints: Sequence[Hint], say: Words) -> Iterator[str]:
    more = [hint.line for hint in hints if hint.tells]
    less = [hint.line for hint in hints if not hint.tells]
    if more:
        yield say.text("With this in feeds.yaml it would have been told as a card:")
        yield from more
    if less:
        yield say.text("With this in feeds.yaml it would not have been told:")
        yield from less


def age(entry: KeptEntry) -> timedelta | None:
    """How old an entry was when it was seen first."""
    return entry.seen - entry.published if entry.published else None


def stamp(at: datetime | None) -> str | None:
    """A time for a program."""
    return at.isoformat() if at else None
