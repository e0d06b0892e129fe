"""feeds: how each feed of the file stands, and what to write into the file for a new one."""

from collections.abc import Iterator

from bot.commands.asking import Ask, Option, Reply, Verb, Who
from digests.cards import health as words
from digests.cards.words import Words, later
from digests.config.edits import NewFeed, addable, lines_of
from digests.config.sheet import Refused
from digests.desk.probing import Probe
from digests.feeds.health import health
from digests.feeds.pace import FeedState
from digests.model import Condition, Feed, Health
from digests.text.plain import clip

_ON_A_PAGE = 6
_MOST_OFFERED = 5
_URL = Option("url", later("The address of a feed, or of a page that offers some"), required=True,
              longest=2_000)  # fmt: skip


async def feeds(ask: Ask) -> Reply:
    """The feeds in trouble first, each with the reason and what to do."""
    states = await ask.archive.feed_states()
    told = [(one, states.get(one.url)) for one in ask.around.settings().feeds]
    rows = [(feed, state, health(feed, state, ask.now)) for feed, state in told]
    rows.sort(key=lambda row: (row[2].condition is Condition.WELL, row[0].name.casefold()))
    title = ask.say.text("Feeds")
    if not rows:
        return ask.notice(ask.say.text("The file has no feeds."), title)
    start = ask.page * _ON_A_PAGE
    shown = rows[start : start + _ON_A_PAGE]
    blocks = ["\n".join(_lines(feed, state, found, ask)) for feed, state, found in shown]
    last = start + _ON_A_PAGE >= len(rows)
    reply = ask.notice("\n".join(blocks), title)
    return await ask.listed(reply, "", last=last)


def _lines(feed: Feed, state: FeedState | None, found: Health, ask: Ask) -> Iterator[str]:
    say = ask.say
    yield say.line(clip(feed.name, 60), words.state(found.condition, say), *_times(state, ask))
    if found.condition not in (Condition.WELL, Condition.NEW):
        told, todo = words.detail(found, say), words.advice(found, say)
        yield "    " + say.line(clip(told, 250), clip(todo, 200))


def _times(state: FeedState | None, ask: Ask) -> Iterator[str]:
    say = ask.say
    if state is None:
        return
    if state.last_success:
        yield say.text("last success {when}", when=say.ago(ask.now - state.last_success))
    if state.next_poll and not state.gone and not state.paused:
        yield say.text("next poll {when}", when=say.date(state.next_poll))


async def add(ask: Ask) -> Reply:
    """What one look at an address finds, and the lines to paste into feeds.yaml."""
    say, title = ask.say, ask.say.text("A new feed")
    if ask.around.probe is None:
        return ask.notice(say.text("Use `nightdesk feeds add` in the terminal."), title)
    named = "." in ask.text and "://" not in ask.text
    try:
        url = addable(f"https://{ask.text}" if named else ask.text)
    except Refused as error:
        said = say.text(
            "{url} is no web address. Write it like https://news.example/feed.",
            url=clip(ask.text, 200),
        )
        return ask.notice("\n".join(filter(None, (said, clip(error.why, 200)))), title)
    found = await ask.around.probe(url)
    return ask.notice("\n".join(probed(found, say)), title)


def probed(found: Probe, say: Words) -> Iterator[str]:
    """What one look at an address found, a line each."""
    if found.trouble is not None and not found.feeds:
        yield say.line(clip(found.url, 300), clip(found.reason, 300))
        yield clip(found.advice, 300)
        return
    if found.trouble is None:
        yield from described(found, say)
        yield say.text("Add these lines under feeds: in feeds.yaml")
        yield from _pasted(found.moved_to or found.url, found.title)
        return
    yield say.text("This is a page; it offers these feeds. Add one of them to feeds.yaml:")
    for url in found.feeds[:_MOST_OFFERED]:
        yield from _pasted(url, "")


def described(found: Probe, say: Words) -> Iterator[str]:
    """What a feed is that could be read."""
    yield say.line(clip(found.title, 120), found.format, _entries(found, say))
    yield from (clip(note, 200) for note in found.notes[:3])


def _entries(found: Probe, say: Words) -> str:
    count = say.plural("{n} entry", "{n} entries", found.entries)
    newest = (
        say.text("newest {when}", when=say.date(found.newest, year=True)) if found.newest else ""
    )
    return say.line(count, newest)


def _pasted(url: str, title: str) -> list[str]:
    return [line.rstrip() for line in lines_of(NewFeed(url, clip(title, 100)))]


VERBS = (
    Verb("feeds list", later("How each feed stands, and what to do"), feeds, examples=("",),
         terminal=False),
    Verb("feeds add", later("Look at a feed; answers with the lines for feeds.yaml"), add, (_URL,),
         who=Who.EDITOR, terminal=False),  # the look reaches whatever network.allow names
)  # fmt: skip
