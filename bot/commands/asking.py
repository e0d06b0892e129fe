"""A request, its reply, and the words in which a verb describes itself. Knows no platform."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple, Protocol

from bot.access import Asker
from bot.charts import Chart
from bot.naming import led_to, named
from digests.archive.records import Act
from digests.archive.store import Archive
from digests.cards.words import Words, later
from digests.config.settings import Settings
from digests.desk.probing import Probe
from digests.desk.separating import Inseparable
from digests.desk.watchkeeping import Watchkeeper
from digests.model import (
    Button,
    Channel,
    Clock,
    Content,
    Destination,
    EntryId,
    Feed,
    Notice,
    Story,
    StoryId,
)

SHARE = "share"  # the verb of the button that posts an answer where it was asked
RUN = "run"  # of those that run an example: their state is the line to type
_LONGEST = 4_000  # characters of what is typed
NO_PLACE = later("Nothing can be shared from here.")
TOO_OLD = later("This list is too old to turn its pages; search again.")


@dataclass(frozen=True, slots=True)
class Request:
    """One command or button press."""

    verb: str  # of the table; a button's own verbs are there too
    text: str = ""  # what was typed after the verb, or a button's state
    options: Mapping[str, str] = field(default_factory=dict)  # typed by name, where there are such
    asker: Asker = field(default_factory=lambda: Asker("terminal", ""))
    click: str = ""  # the platform's own name of this press: delivered again, it is the same
    page: int = 0  # of a list, from 0, where it is asked for by its number


@dataclass(frozen=True, slots=True)
class Reply:
    """What the asker alone sees."""

    content: Content
    previous: str = ""  # opaque state for the button, at most 90 characters; "" no button
    next: str = ""
    more: bool = False  # whether pages follow, with or without a button to turn to them
    buttons: tuple[Button, ...] = ()  # beside these two; at most eight
    chart: Chart | None = None  # what a picture of it would show, where it is shared
    caption: Content | None = None  # what stands with that picture in the place of the content
    failed: bool = False  # what was asked for is not there, makes no sense or is not allowed
    figures: Mapping[str, Any] = field(default_factory=dict)  # what programs get for its text


@dataclass(frozen=True, slots=True)
class Showed:
    """How it ended that something was posted for everybody."""

    failed: str = ""  # why it does not stand there
    message_id: str = ""  # the platform's name of what stands there


@dataclass(frozen=True, slots=True)
class Choice:
    """One offered completion of what somebody is typing."""

    name: str  # shown, at most 100 characters
    value: str  # put in its place, at most 100 characters


@dataclass(frozen=True, slots=True)
class Form:
    """What to ask for in a window of its own, where a verb came without what it needs."""

    verb: str
    title: str  # at most 24 characters
    fields: tuple["Option", ...]  # at most five; their words already in the asker's language
    submit: str  # the word on its button
    cancel: str
    state: str = ""  # what is known already: the verb's first option, at most 60 characters


@dataclass(frozen=True, slots=True)
class Shared:
    """An answer that its asker wants everybody there to see."""

    asker: Asker
    content: Content
    chart: Chart | None = None
    caption: Content | None = None


class Who(Enum):
    """Who may use a verb."""

    READER = "reader"
    EDITOR = "editor"


class Source(Enum):
    """Where the words of an option come from."""

    NOTHING = ""
    PUBLISHER = "publisher"
    TOPIC = "topic"
    ACTOR = "actor"
    FEED = "feed"
    CHANNEL = "channel"
    NAMED = "named"  # a feed or a channel
    STORY = "story"


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that a verb takes. Where only words are typed, all of them are the first option."""

    name: str  # lower case letters, as Discord wants it
    says: str  # what it is, at most 100 characters; `later("…")`
    required: bool = False
    source: Source = Source.NOTHING
    choices: tuple[str, ...] = ()  # the only values; empty: anything
    longest: int = 100  # characters
    field: str = ""  # of the query language: typed by name, it narrows the first option's query


class Saved(NamedTuple):
    """What `Ask.stored` kept: a request as it was typed, and the newest story there was."""

    verb: str
    text: str
    until: StoryId


class Doing(Protocol):
    """What editors may have done by the running bot; each deed leaves its line in the trail."""

    async def pause(self, feed: Feed, deed: Act, *, paused: bool) -> bool:
        """Ask a feed no more, or again; False when that is so already."""

    async def separate(self, this: EntryId, deed: Act) -> Story | Inseparable:
        """Take an entry out of its story: the new story, or why it stays."""

    async def test(self, feed: Feed) -> Probe:
        """Ask a feed once and say what it is; nothing is kept."""

    async def renew_rules(self) -> None:
        """What editors muted has changed."""

    def forget(self, person: str) -> None:
        """Nothing of this person's is watched for any more."""

    def wake(self) -> None:
        """The outbox has work."""


@dataclass(frozen=True, slots=True)
class Around:
    """What handlers may use, the same for all requests."""

    archive: Archive
    settings: Callable[[], Settings]
    clock: Clock
    table: "Table"  # of what can be asked
    # Post an answer where it was asked. None: nowhere to post.
    share: Callable[[Shared], Awaitable[Showed]] | None = None
    # Look at an address once. None: nothing here asks publishers.
    probe: Callable[[str], Awaitable[Probe]] | None = None
    doing: Doing | None = None  # None: nothing may be changed from here
    watches: Watchkeeper | None = None  # None: nobody watches from here


@dataclass(frozen=True, slots=True)
class Ask:
    """One request on its way to an answer."""

    request: Request
    say: Words  # in the asker's language
    around: Around
    page: int = 0  # of a list whose pages are turned, from 0
    until: StoryId | None = None  # the newest story there was on the first page
    may_edit: bool = False  # whether the asker is an editor here

    @property
    def text(self) -> str:
        """What was typed, on one line, of a bearable length."""
        return _tame(self.request.text)

    @property
    def asker(self) -> Asker:
        """Who asks."""
        return self.request.asker

    @property
    def archive(self) -> Archive:
        """Where answers come from."""
        return self.around.archive

    @property
    def now(self) -> datetime:
        """The time of asking."""
        return self.around.clock.now()

    @property
    def person(self) -> str:
        """Who asks, as the archive names people."""
        return f"{self.asker.platform}:{self.asker.user}"

    async def here(self) -> Channel | None:
        """The channel of the file in which it is asked, or in a thread of which."""
        asker, places = self.asker, await self.archive.places()
        here = [
            Destination(asker.platform, one) for one in (asker.conversation, asker.above) if one
        ]
        return led_to(here, self.around.settings().channels, places)

    async def named(self, channel: str) -> str:
        """What editors read for a channel: of watches no more than where they tell."""
        places = await self.archive.places()
        return named(channel, self.around.settings().channels, places, self.say)

    def deed(self, what: str, reason: str = "") -> Act:
        """The line that the audit trail gets for what is asked."""
        what = f"{what}: {reason}" if reason else what
        place = f"{self.asker.platform}:{self.asker.conversation}".rstrip(":")
        return Act(self.now, self.person, self.request.verb, what, place)

    def option(self, name: str) -> str:
        """An option typed by name, "" when it was not."""
        return _tame(self.request.options.get(name, ""))

    def notice(self, text: str, title: str = "Nightdesk") -> Reply:
        """A few plain lines."""
        return Reply(Notice(title, text, self.say.language, rtl=self.say.rtl))

    def failure(self, text: str, title: str = "Nightdesk") -> Reply:
        """Why what was asked for cannot be."""
        return replace(self.notice(text, title), failed=True)

    def stored(self, verb: str, text: str, until: StoryId) -> str:
        """Keep a request for a button under a short key (30 days); the same has the same key."""
        line = f"/{verb} {text}"
        return self.archive.save_query(line, until, now=self.now)

    async def saved(self, key: str) -> Saved | None:
        """What was stored under a key, None when it was forgotten."""
        found = await self.archive.load_query(key)
        if found is None:
            return None
        if not found.text.startswith("/"):  # kept by a version that knew searches alone
            return Saved("search", found.text, found.until)
        verb, _, text = found.text[1:].partition(" ")
        return Saved(verb.replace("+", " "), text, found.until)

    async def listed(
        self, reply: Reply, text: str, *, until: StoryId | None = None, last: bool = True
    ) -> Reply:
        """The reply with buttons to turn its pages, unless this is the `last` one, and to share it.

        `text` is what this verb was asked, options included. Whoever reads beside the running bot
        can keep nothing, and presses no buttons.
        """
        asker = self.asker
        reply = replace(reply, more=not last)
        share = bool(self.around.share and asker.may_speak and asker.platform != "terminal")
        if self.archive.read_only or (self.page == 0 and last and not share):
            return reply
        newest = await self.archive.last_id() if until is None else until
        key = self.stored(self.request.verb.replace(" ", "+"), text, StoryId(newest))
        sharing = Button(self.say.text("Share"), SHARE, f"q:{key}:{self.page}")
        return replace(
            reply,
            previous=f"q:{key}:{self.page - 1}" if self.page else "",
            next="" if last else f"q:{key}:{self.page + 1}",
            buttons=(*reply.buttons, *([sharing] if share else [])),
        )


def _open(_: Settings) -> str:
    return ""


Handler = Callable[[Ask], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Verb:
    """One line of the table: a word to type, what it does, and for whom."""

    name: str  # "search"; "watch add" is one of a group
    says: str  # what it does, at most 100 characters; `later("…")`
    answer: Handler
    options: tuple[Option, ...] = ()
    who: Who = Who.READER
    examples: tuple[str, ...] = ()  # what to type after its name, "" for nothing
    listed: bool = True  # False: a button's own, which nobody types
    terminal: bool = True  # reads only: `nightdesk NAME` asks it too
    form: bool = False  # without what it needs it is asked for in a form, where there are such
    submit: str = later("Ask")  # the word on that form's button
    closed: Callable[[Settings], str] = _open  # why the file does not allow it, "" when it does


@dataclass(frozen=True, slots=True)
class Table:
    """All verbs, in the order in which help tells them; some are named in two words, as a group."""

    verbs: tuple[Verb, ...]

    def listed(self) -> tuple[Verb, ...]:
        """What people type, without what only buttons ask."""
        return tuple(verb for verb in self.verbs if verb.listed)

    def find(self, name: str) -> Verb | None:
        """The verb of that name; a group's name alone is its first verb."""
        return self._named(name) or next(
            (verb for verb in self.verbs if verb.name.startswith(f"{name} ")), None
        )

    def split(self, typed: str) -> tuple[str, str]:
        """A line as typed, as a verb's name and the rest; an unknown first word is taken for a name."""
        first, *rest = typed.split(maxsplit=1) or [""]
        name, text = first.lower(), "".join(rest).strip()
        second, *more = text.split(maxsplit=1) or [""]
        two = f"{name} {second.lower()}"
        return (two, "".join(more).strip()) if self._named(two) else (name, text)

    def _named(self, name: str) -> Verb | None:
        return next((verb for verb in self.verbs if verb.name == name), None)


def _tame(text: str) -> str:
    """On one line, of a bearable length; half a character, which nothing can store, is a mark."""
    whole = text.replace("\0", " ").encode("utf-8", "replace").decode()
    return " ".join(whole.split())[:_LONGEST]
