"""What editors do to feeds and channels: pause, resume, test, mute, unmute; and the audit trail."""

import difflib
import re
from dataclasses import replace

from bot.commands.asking import Ask, Doing, Option, Reply, Source, Verb, Who
from bot.commands.feeds import described, probed
from bot.naming import told_apart
from digests.cards.words import later
from digests.config.settings import Settings
from digests.model import Channel, Feed
from digests.text.masks import masked
from digests.text.plain import clip

_IN = re.compile(r"\s+in\s+#?(\S+)$")  # "krebsonsecurity.com in soc", where one line is typed
_ALIKE = 5  # feeds of one name that are offered by their addresses
LINES = 15  # of the trail on a page
_NAME = Option(
    "name",
    later("A feed or a channel of the file, by its name"),
    required=True,
    source=Source.NAMED,
)
_REASON = Option("reason", later("Why; others read it in the log of who did what"), longest=200)
_FEED = Option("feed", later("A feed of the file, by its name"), required=True, source=Source.FEED)
_PUBLISHER = Option(
    "publisher",
    later("A publisher, as cards name it"),
    required=True,
    source=Source.PUBLISHER,
)
_CHANNEL = Option(
    "channel", later("A channel of the file; this one when left out"), source=Source.CHANNEL
)
NOT_HERE = later("Nothing can be changed from here; ask in a channel, or where the bot runs.")


async def pause(ask: Ask) -> Reply:
    """A feed is not asked, or a channel gets nothing, until somebody resumes it."""
    doing, (name, reason) = doing_of(ask), _with_reason(ask)
    if which := _which(ask, name):
        return ask.failure(which)
    feed, channel = _feed(ask, name), _channel(ask, name)
    if doing is None:
        return ask.failure(ask.say.text(NOT_HERE))
    if feed is not None:
        done = await doing.pause(feed, ask.deed(_called(ask, feed), reason), paused=True)
        said = later("{name} is not asked any more until somebody resumes it.")
        return ask.notice(ask.say.text(said if done else _PAUSED, name=_called(ask, feed)))
    if channel is not None:
        deed, why = ask.deed(channel.name, reason), reason or f"paused by {ask.person}"
        await ask.archive.acts.pause_channel(channel.name, why, deed)
        said = later(
            "Nothing is sent to {name} until somebody resumes it; its cards wait, and what watches "
            "tell there."
        )
        return ask.notice(ask.say.text(said, name=channel.name))
    return _unknown(ask, name)


async def resume(ask: Ask) -> Reply:
    """It goes on; what waited in a channel is sent, or told in one list when it waited long."""
    doing, name = doing_of(ask), _named(ask, "name")
    if which := _which(ask, name):
        return ask.failure(which)
    feed, channel = _feed(ask, name), _channel(ask, name)
    if doing is None:
        return ask.failure(ask.say.text(NOT_HERE))
    if feed is not None:
        done = await doing.pause(feed, ask.deed(_called(ask, feed)), paused=False)
    elif channel is not None:
        done = await ask.archive.acts.resume_channel(channel.name, ask.deed(channel.name))
        doing.wake()
    else:
        return _unknown(ask, name)
    said = later("{name} goes on.") if done else later("{name} was not paused.")
    return ask.notice(ask.say.text(said, name=_called(ask, feed) if feed else name))


async def test(ask: Ask) -> Reply:
    """Ask a feed once, now, and say what it is."""
    doing, name = doing_of(ask), _named(ask, "feed")
    if which := _which(ask, name):
        return ask.failure(which)
    feed = _feed(ask, name)
    if doing is None:
        return ask.failure(ask.say.text(NOT_HERE))
    if feed is None:
        return _unknown(ask, name)
    await ask.archive.acts.note(ask.deed(_called(ask, feed)))
    found = await doing.test(feed)
    lines = probed(found, ask.say) if found.trouble else described(found, ask.say)
    return ask.notice("\n".join(lines), feed.name)


async def mute(ask: Ask) -> Reply:
    """A publisher is told in a channel only where others tell the story too."""
    return await _muting(ask, muted=True)


async def unmute(ask: Ask) -> Reply:
    """It is told there again from now on."""
    return await _muting(ask, muted=False)


async def audit(ask: Ask) -> Reply:
    """Who did what, when and where; the newest first."""
    say = ask.say
    found = await ask.archive.acts.trail(LINES + 1, skip=ask.page * LINES)
    lines = [
        say.line(say.date(one.at, year=True), one.person, one.verb, clip(one.what, 80), one.place)
        for one in found[:LINES]
    ]
    text = "\n".join(lines) or say.text("Nothing was done yet.")
    reply = ask.notice(text, say.text("Who did what"))
    listed = await ask.listed(reply, "", last=len(found) <= LINES)
    return replace(listed, buttons=())  # the trail is for editors alone: nothing to share


async def _muting(ask: Ask, *, muted: bool) -> Reply:
    doing, say = doing_of(ask), ask.say
    if doing is None:
        return ask.failure(say.text(NOT_HERE))
    channel = await _here(ask)
    if channel is None:
        names = say.names(one.name for one in ask.around.settings().channels[:20])
        return ask.failure(say.text("In which channel? There are {names}.", names=names))
    wanted = _IN.sub("", _named(ask, "publisher"))
    publisher = await _publisher(ask, wanted)
    if publisher is None:
        return _unknown(ask, wanted)
    deed = ask.deed(f"{publisher} in {channel.name}")
    change = ask.archive.acts.mute if muted else ask.archive.acts.unmute
    done = await change(channel.name, publisher, deed)
    await doing.renew_rules()
    return ask.notice(say.text(_MUTED[muted, done], name=publisher, channel=channel.name))


_PAUSED = later("{name} is paused already.")
_MUTED = {
    (True, True): later("{name} is not told in {channel} any more, but where others tell it too."),
    (True, False): later("{name} is muted in {channel} already."),
    (False, True): later("{name} is told in {channel} again."),
    (False, False): later("{name} was not muted in {channel}."),
}


def is_named(settings: Settings, typed: str) -> bool:
    """Whether what was typed begins with the name of a feed or a channel, or is a feed's address."""
    known = [name for one in settings.feeds for name in (one.name, one.url)]
    known += [one.name for one in settings.channels]
    wanted = f"{typed.casefold().removeprefix('#')} "
    return any(wanted.startswith(f"{one.casefold()} ") for one in known)


def doing_of(ask: Ask) -> Doing | None:
    """What may be done from here; None beside a running bot, and where there is none."""
    return None if ask.archive.read_only else ask.around.doing


def _named(ask: Ask, option: str) -> str:
    return ask.option(option) or ask.text


def _with_reason(ask: Ask) -> tuple[str, str]:
    """The name, and the reason: an option, or what is typed behind the longest name there is."""
    settings, reason = ask.around.settings(), ask.option("reason")
    names = [*(one.name for one in settings.feeds), *(one.name for one in settings.channels)]
    typed = _named(ask, "name")
    if _feed(ask, typed) or _channel(ask, typed):  # "CISA Alerts", though there is a "CISA" too
        return typed, reason
    for name in sorted(names, key=len, reverse=True):
        if typed.casefold().startswith(f"{name.casefold()} "):
            return name, reason or typed[len(name) :].strip()
    return typed, reason


def _feed(ask: Ask, name: str) -> Feed | None:
    """By name or address, whatever its case."""
    return next(iter(_feeds(ask, name)), None)


def _feeds(ask: Ask, name: str) -> list[Feed]:
    feeds, wanted = ask.around.settings().feeds, name.casefold()
    return [one for one in feeds if wanted in (one.name.casefold(), one.url.casefold())]


def _which(ask: Ask, name: str) -> str:
    """The question which feed is meant, where several have that name; "" otherwise."""
    alike = [masked(one.url) for one in _feeds(ask, name)]
    if len(alike) < 2:  # noqa: PLR2004 - one is no choice
        return ""
    return ask.say.text("Did you mean {verb}?", verb=ask.say.names(alike[:_ALIKE]))


def _called(ask: Ask, feed: Feed) -> str:
    return told_apart(feed, ask.around.settings().feeds)


def _channel(ask: Ask, name: str) -> Channel | None:
    channels, wanted = ask.around.settings().channels, name.casefold().removeprefix("#")
    return next((one for one in channels if one.name.casefold() == wanted), None)


async def _here(ask: Ask) -> Channel | None:
    """The channel named, else the one that leads to where it is asked."""
    typed = _IN.search(ask.text)
    if name := ask.option("channel") or (typed[1] if typed else ""):
        return _channel(ask, name)
    channels = ask.around.settings().channels
    if ask.asker.platform == "terminal" and len(channels) == 1:
        return channels[0]
    return await ask.here()


async def _publisher(ask: Ask, name: str) -> str | None:
    """As the file or the archive writes it."""
    known = {feed.publisher for feed in ask.around.settings().feeds}
    known |= {one.publisher for one in await ask.archive.standings()}
    return next((one for one in known if one.casefold() == name.casefold()), None)


def _unknown(ask: Ask, name: str) -> Reply:
    """With the nearest name there is."""
    settings = ask.around.settings()
    names = [*(one.name for one in settings.feeds), *(one.name for one in settings.channels)]
    names += [feed.publisher for feed in settings.feeds]
    part = name.casefold().removeprefix("#")
    near = [one for one in names if part and part in one.casefold()]
    near = near or difflib.get_close_matches(name, names, 1, 0.6)
    said = ask.say.text("The file has nothing named {name}.", name=clip(name, 100))
    guess = ask.say.text("Did you mean {verb}?", verb=near[0]) if near else ""
    return ask.failure(ask.say.line(said, guess))


VERBS = (
    Verb(
        "pause",
        later("Stop asking a feed, or sending to a channel"),
        pause,
        (_NAME, _REASON),
        who=Who.EDITOR,
        examples=("Krebs on Security", "soc"),
    ),
    Verb(
        "resume",
        later("End a pause of a feed or a channel"),
        resume,
        (_NAME,),
        who=Who.EDITOR,
        examples=("soc",),
    ),
    Verb(
        "test",
        later("Ask a feed once, now, and say what it is"),
        test,
        (_FEED,),
        who=Who.EDITOR,
        examples=("Krebs on Security",),
    ),
    Verb(
        "mute",
        later("Tell nothing of a publisher alone in this channel"),
        mute,
        (_PUBLISHER, _CHANNEL),
        who=Who.EDITOR,
        examples=("krebsonsecurity.com",),
    ),
    Verb(
        "unmute",
        later("Tell a muted publisher in this channel again"),
        unmute,
        (_PUBLISHER, _CHANNEL),
        who=Who.EDITOR,
        examples=("krebsonsecurity.com",),
    ),
    Verb("audit", later("Who paused, muted, retracted or changed what"), audit, who=Who.EDITOR,
         examples=("",)),
)  # fmt: skip
