"""search and latest: stories by what they say, newest or best first."""

from collections.abc import Sequence
from dataclasses import replace

from bot.commands.asking import Ask, Option, Reply, Source, Verb
from digests.archive.records import Page
from digests.cards.compose import listing
from digests.cards.words import Words, later
from digests.model import Listing
from digests.rules.query import Note, NoteKind, parse_lenient, render, widen
from digests.text.plain import clip

PAGE_SIZE = 5

_PUBLISHER = Option(
    "publisher", later("Only what this publisher told"), source=Source.PUBLISHER, field="publisher"
)
_TOPIC = Option(
    "topic", later("Only this topic, for example ransomware"), source=Source.TOPIC, field="topic"
)
_ACTOR = Option(
    "actor", later("Only what names this group, by any of its names"), source=Source.ACTOR,
    field="actor",
)  # fmt: skip
_SINCE = Option(
    "since", later("How far back: 24h, 7d, 30d, or a date like 2026-03-01"), field="since"
)
QUERY = Option(
    "query",
    later('ivanti · "supply chain" · cve:CVE-2024-3400 · since:7d'),
    required=True,
    longest=4_000,
)
NARROWING = (_PUBLISHER, _TOPIC, _ACTOR, _SINCE)


async def search(ask: Ask) -> Reply:
    """What matches a query, in the order it asks for."""
    return await look(ask, narrowed(ask, ask.text))


async def latest(ask: Ask) -> Reply:
    """The newest stories, of one topic when it is named."""
    if ask.until is not None:  # a page of it: the query was made when it was asked first
        return await look(ask, ask.text)
    return await look(ask, f"topic:{_quoted(ask.text)}" if ask.text else "")


def narrowed(ask: Ask, query: str, *, but: str = "") -> str:
    """The query with the options that were typed by name, as fields of the query language."""
    fields = [
        f"{option.field}:{_quoted(_compact(value) if option is _SINCE else value)}"
        for option in NARROWING
        if option.name != but and (value := ask.option(option.name))
    ]
    if fields and query.count('"') % 2:  # or the fields would become part of the phrase
        query += '"'
    whole = f"({query})" if fields and (" OR " in query or "|" in query) else query
    return " ".join(part for part in (whole, *fields) if part)


async def look(ask: Ask, text: str, title: str = "", notes: Sequence[str] = ()) -> Reply:
    """One page of what a query finds, and how it was understood."""
    say, parsed = ask.say, parse_lenient(text)
    query, sort = parsed.query, parsed.sort
    said = [*filter(None, notes), *(_note(note, say) for note in parsed.notes)]
    found = await ask.archive.search(
        query, now=ask.now, sort=sort, limit=PAGE_SIZE, page=ask.page, until=ask.until
    )
    complete = found.total > 0
    if not complete and (wider := widen(query)):
        found = await ask.archive.search(
            wider, now=ask.now, sort="best", limit=PAGE_SIZE, page=ask.page, until=ask.until
        )
        if found.total:
            said.append(say.text("No story has all of these words; these have some of them."))
    if not complete and (meant := await ask.archive.respelt(query)):
        said.append(
            say.text("Nothing has these words. Did you mean {query}?", query=render(meant))
        )
    shown = title or _title(text, say)
    final = max(0, found.total - 1) // PAGE_SIZE
    if not found.hits and final < ask.page and found.total:  # typed by its number
        return await look(replace(ask, page=final), text, title, notes)
    reply = Reply(_listing(shown, found, said, say))
    if not found.total:
        return reply  # nothing to share
    last = ask.page >= final
    return await ask.listed(reply, text, until=found.until, last=last)


def _title(text: str, say: Words) -> str:
    return say.text("Search: {query}", query=clip(text, 80)) if text else say.text("Latest")


def _listing(title: str, found: Page, notes: Sequence[str], say: Words) -> Listing:
    count = say.plural("{n} story", "{n} stories", found.total)
    if found.more:
        count = say.text("more than {count}", count=count)
    return listing(
        [hit.story for hit in found.hits],
        title=title,
        language=say.language,
        notes=notes,
        footer=count,
        empty=say.text("Nothing found. Try fewer words, or {command}.", command=say.typed("help")),
        excerpts={hit.story.id: hit.excerpt for hit in found.hits},
    )


def _note(note: Note, say: Words) -> str:
    match note.kind:
        case NoteKind.AS_WORDS if note.near:
            return say.text(
                "Searched as words: {text}. Did you mean {near}?", text=note.text, near=note.near
            )
        case NoteKind.AS_WORDS:
            return say.text("Searched as words: {text}", text=note.text)
        case NoteKind.TOO_MANY:
            return say.text("Only the first {n} terms were used.", n=note.text)
        case NoteKind.NOTHING:
            return say.text("Nothing to look for in: {text}", text=note.text)


def _compact(period: str) -> str:
    return "".join(period.split())  # "24 h"


def _quoted(value: str) -> str:
    """A value as the query language takes it, whatever is in it."""
    return '"' + value.replace('"', " ").strip() + '"'


VERBS = (
    Verb(
        "search",
        later("Find stories by words, names or numbers"),
        search,
        (QUERY, *NARROWING),
        examples=("ivanti since:7d", '"supply chain" -podcast', "is:kev sort:best"),
        form=True,
    ),
    Verb("latest", later("The newest stories"), latest, (_TOPIC,), examples=("", "ransomware")),
)
