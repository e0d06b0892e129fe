"""A request from anywhere becomes a reply; knows no platform."""

import difflib
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot import access
from bot.access import Asker
from digests.archive.records import Page
from digests.archive.store import Archive
from digests.cards import compose as card
from digests.cards.compose import compose, listing
from digests.cards.reasons import why
from digests.cards.words import Words, words
from digests.config.settings import Settings
from digests.model import Clock, Content, Key, Listing, Notice, StoryId
from digests.rules.query import Note, NoteKind, parse_lenient, widen
from digests.text.plain import clip

__all__ = ["Asker", "Commands", "Reply", "Request"]

log = logging.getLogger(__name__)
_STATE = re.compile(r"q:([0-9a-z]{1,32}):(\d{1,6})")


@dataclass(frozen=True, slots=True)
class Request:
    """One command or button press."""

    verb: str  # search | latest | story | help | page
    text: str = ""  # the query, the key, or the state of a next/previous button
    options: Mapping[str, str] = field(default_factory=dict)
    asker: Asker = field(default_factory=lambda: Asker("terminal", ""))


@dataclass(frozen=True, slots=True)
class Reply:
    """What the asker alone sees."""

    content: Content
    previous: str = ""  # opaque state for the button, at most 90 characters; "" no button
    next: str = ""


PAGE_SIZE = 5
VERBS = ("search", "latest", "story", "help")


class Commands:
    """Answers requests from the archive. Never raises: what goes wrong is logged and said."""

    def __init__(
        self,
        archive: Archive,
        settings: Callable[[], Settings],
        clock: Clock,
        homes: Callable[[str], frozenset[str] | None] = lambda _: None,
    ) -> None:
        self._archive = archive
        self._settings = settings
        self._clock = clock
        self._homes = homes

    async def answer(self, request: Request) -> Reply:
        """The reply to one request, in the asker's language."""
        say = words(request.asker.locale)
        homes = self._homes(request.asker.platform)
        refused = access.refusal(request.asker, self._settings().readers, homes)
        if refused:
            return _notice(say.text(refused), say)
        try:
            return await self._answer(request, say)
        except Exception:  # the border to people: they get words, the log gets the rest
            log.exception("request %s could not be answered", request.verb)
            return _notice(say.text("Something went wrong here; it has been written down."), say)

    async def _answer(self, request: Request, say: Words) -> Reply:
        text = " ".join(request.text.replace("\0", " ").split())[:4_000]
        match request.verb:
            case "search" if text:
                return await self._look(text, say)
            case "page":
                return await self._page(request.text, say)
            case "latest":
                topic = request.options.get("topic") or text
                return await self._look(f'topic:"{topic}"' if topic else "", say)
            case "story" if text:
                return await self._story(text.lower(), say)
            case card.WHY if text:
                return await self._why(text.lower(), say)
            case card.SIMILAR if text:
                return await self._similar(text.lower(), say)
            case _:
                return _help(request.verb, say)

    async def _page(self, state: str, say: Words) -> Reply:
        match = _STATE.fullmatch(state)
        saved = await self._archive.load_query(match[1]) if match else None
        if match is None or saved is None:
            return _notice(say.text("This list is too old to turn its pages; search again."), say)
        return await self._look(saved.text, say, page=int(match[2]), until=saved.until)

    async def _look(
        self, text: str, say: Words, *, page: int = 0, until: StoryId | None = None
    ) -> Reply:
        parsed = parse_lenient(text)
        now = self._clock.now()
        query, sort = parsed.query, parsed.sort
        notes = [_note(note, say) for note in parsed.notes]
        found = await self._archive.search(
            query, now=now, sort=sort, limit=PAGE_SIZE, page=page, until=until
        )
        if not found.total and (wider := widen(query)):
            found = await self._archive.search(
                wider, now=now, sort="best", limit=PAGE_SIZE, page=page, until=until
            )
            if found.total:
                notes.append(say.text("No story has all of these words; these have some of them."))
        listing_ = self._listing(text, found, notes, say)
        return await self._with_pages(Reply(listing_), text, found, page)

    def _listing(self, text: str, found: Page, notes: Sequence[str], say: Words) -> Listing:
        count = say.plural("{n} story", "{n} stories", found.total)
        if found.more:
            count = say.text("more than {count}", count=count)
        title = say.text("Search: {query}", query=clip(text, 80)) if text else say.text("Latest")
        return listing(
            [hit.story for hit in found.hits],
            title=title,
            language=say.language,
            notes=notes,
            footer=count,
            empty=say.text("Nothing found. Try fewer words, or /digest help."),
            excerpts={hit.story.id: hit.excerpt for hit in found.hits},
        )

    async def _with_pages(self, reply: Reply, text: str, found: Page, page: int) -> Reply:
        last = (page + 1) * PAGE_SIZE >= found.total
        if page == 0 and last:
            return reply
        key = await self._archive.save_query(text, found.until, now=self._clock.now())
        return replace(
            reply,
            previous=f"q:{key}:{page - 1}" if page else "",
            next="" if last else f"q:{key}:{page + 1}",
        )

    async def _story(self, key: str, say: Words) -> Reply:
        story = await self._archive.find_story(Key(key))
        if story is None:
            return _unknown(key, say)
        rating = (await self._archive.ratings()).get(story.publisher)
        return Reply(compose(story, say.language, now=self._clock.now(), rating=rating))

    async def _why(self, key: str, say: Words) -> Reply:
        """The reasons for the numbers on a card."""
        story = await self._archive.find_story(Key(key))
        if story is None:
            return _unknown(key, say)
        rating = (await self._archive.ratings()).get(story.publisher)
        return Reply(why(story, say.language, rating=rating))

    async def _similar(self, key: str, say: Words) -> Reply:
        """Stories linked to this one, then those that share what is rare in it."""
        story = await self._archive.find_story(Key(key))
        if story is None:
            return _unknown(key, say)
        query = parse_lenient(f"like:{story.key}").query
        found = await self._archive.search(
            query, now=self._clock.now(), sort="best", limit=PAGE_SIZE
        )
        linked = await self._archive.stories(story.related)
        like = {one.id: one for one in (*linked, *(hit.story for hit in found.hits))}
        title = say.text("Similar: {headline}", headline=clip(story.headline, 80))
        return Reply(listing(list(like.values())[:PAGE_SIZE], title=title, language=say.language))


def _unknown(key: str, say: Words) -> Reply:
    return _notice(
        say.text("There is no story {key}. Its short name stands under its card.", key=key), say
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


def _notice(text: str, say: Words) -> Reply:
    return Reply(Notice("Nightdesk", text, say.language, rtl=say.rtl))


def _help(verb: str, say: Words) -> Reply:
    lines = [
        say.text("{command} - stories about it", command="/digest search ivanti since:7d"),
        say.text(
            "{command} - a phrase, without a word",
            command='/digest search "supply chain" -podcast',
        ),
        say.text(
            "{command} - every story that names it", command="/digest search cve:CVE-2024-3400"
        ),
        say.text("{command} - the newest stories", command="/digest latest"),
        say.text("{command} - one story by its short name", command="/digest story k7f3"),
    ]
    near = difflib.get_close_matches(verb, VERBS, n=1)
    if verb not in (*VERBS, "page", "") and near:
        lines.insert(0, say.text("Did you mean {verb}?", verb=near[0]))
    return _notice("\n".join(lines), say)
