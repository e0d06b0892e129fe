"""The line of feeds.yaml that would have altered what was decided. Pure.

Each suggestion is true by construction, and tested to be: with that line the same decision, asked
again, comes out the other way. What no line of the file decides (told already, not yet set up,
muted by an editor) has none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from digests.errors import QueryError
from digests.model import Channel, Feed, Reason, Ruled
from digests.rules.match import Subject, matches
from digests.rules.query import parse_strict
from digests.rules.tree import And, Everything, Field, Not, Or, Query, joined, render

_SINGLED_OUT = ("post", "quiet", "quota", "flood")  # `breaking` passes all of these
_LONGEST = timedelta(days=36_500)  # what max_age may be; beyond it is `none`
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Change:
    """One key of feeds.yaml with the value that it would need."""

    place: str  # channel | feed | defaults
    name: str  # of that channel or feed
    key: str
    value: str
    tells: bool = True  # with it the story is told at once; False: it is not told


def of_channel(ruled: Ruled, channel: Channel, seen: Subject) -> Change | None:
    """What in the channel's own lines would have decided otherwise."""
    codes = {reason.code for reason in ruled.because}
    if "not-only" in codes:
        return _telling(channel, "only", channel.only, seen)
    if "limit" in codes and channel.limit is not None:
        return Change("channel", channel.name, "limit", f"{2 * channel.limit or 1} per day")
    if codes.intersection(_SINGLED_OUT):
        return _telling(channel, "breaking", channel.breaking, seen)
    if ruled.owed:
        return _leaving_out(channel, seen)
    return None


def of_feed(reason: Reason, feed: Feed, age: timedelta | None) -> Change | None:
    """What in the feed's own lines would have had its entry announced; `age` when first seen."""
    match reason.code:
        case "irrelevant":
            return Change("feed", feed.name, "security", "true")
        case "old" if age is not None:
            days = age // _DAY + 1
            return Change("feed", feed.name, "max_age", f"{days}d" if age < _LONGEST else "none")
        case "first":
            return Change("feed", feed.name, "first", "all")
        case "installed":
            return Change("defaults", "", "welcome", "first")
        case _:
            return None


def _telling(channel: Channel, key: str, before: str, seen: Subject) -> Change | None:
    """The key's query with one more term that singles out such stories."""
    for term in _terms(seen):
        if query := _checked(_either(before, term)):
            return Change("channel", channel.name, key, query)
    return None


def _leaving_out(channel: Channel, seen: Subject) -> Change | None:
    """The channel's rule without this publisher."""
    term = _field("publisher", seen.story.publisher)
    if not matches(term, seen):
        return None
    rule = parse_strict(channel.only)
    parts = rule.queries if isinstance(rule, And) else (rule,)
    kept = tuple(part for part in parts if not isinstance(part, Everything))
    query = _checked(joined(And, (*kept, Not(term))))
    return Change("channel", channel.name, "only", query, tells=False) if query else None


def _either(before: str, term: Query) -> Query:
    rule = parse_strict(before) if before else Everything()
    if isinstance(rule, Everything):
        return term
    return Or((*(rule.queries if isinstance(rule, Or) else (rule,)), term))


def _terms(seen: Subject) -> Iterator[Query]:
    """What the story is about, the most telling first; only what a rule really finds in it."""
    story = seen.story
    named = [(one.kind, one.name) for one in story.names if one.kind in ("actor", "malware")]
    products = [("product", one.name) for one in story.names if one.kind in ("product", "vendor")]
    topics = [("topic", topic) for topic in story.topics]
    for name, value in (*named, *products, *topics, ("publisher", story.publisher)):
        term = _field(name, value)
        if matches(term, seen):
            yield term


def _field(name: str, value: str) -> Field:
    simple = value.replace(".", "").replace("-", "").isalnum()
    return Field(name, value.replace('"', " "), phrase=not simple)


def _checked(query: Query) -> str:
    """The query as the file would have it, "" when the file would refuse it."""
    text = render(query)
    if "${" in text or not text.isprintable():
        return ""
    try:
        parse_strict(text)
    except QueryError:
        return ""
    return text
