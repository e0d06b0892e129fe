"""watch: saved queries of one person, told by direct message. Nobody sees or stops another one's."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import MAXYEAR, date, datetime, timedelta

from bot.commands.administering import NOT_HERE
from bot.commands.asking import NO_PLACE, Ask, Option, Reply, Shared, Verb
from bot.naming import led_to
from digests.archive.records import Pause
from digests.archive.watches import EACH
from digests.cards.words import Words, later
from digests.config.durations import parse as parse_duration
from digests.config.times import parse_quiet
from digests.config.values import nearest_zone
from digests.desk.watchkeeping import Watchkeeper
from digests.errors import QueryError
from digests.model import Button, Destination, Notice, Target, Watch, WatchId
from digests.model.watching import after_day, is_personal, person_at
from digests.rules.query import parse_lenient, parse_strict
from digests.text.plain import clip

SHOW, REMOVE, AGAIN = "watch-show", "unwatch", "watch-again"  # the verbs of buttons
_ME = "me"  # the state of a button that needs none: Slack shows no button without one
LONGEST = 400  # characters of a query
_ON_A_PAGE = 6  # each with its button
_SHOWN = 120  # characters of a query in a list
_ROUND_A_FAULT = 30  # characters shown from the place of a mistake on
_ALSO = {"delete": "watch remove", "stop": "watch remove", "help": "help"}
_END = re.compile(r"\s+(until|where):(\S+)$")
_HERE = "here"

_QUERY = Option(
    "query",
    later('What to look for: ivanti OR fortinet · "supply chain" · is:kev'),
    required=True,
    longest=LONGEST,
)
_UNTIL = Option("until", later("Its last day, 2027-03-01, or how long, 30d"), longest=20)
_WHERE = Option(
    "where", later("Write here to be told in this channel, for everybody to see"), choices=(_HERE,)
)
_WHICH = Option("which", later("Its number in the list, or its query"), longest=LONGEST)
_HOURS = Option("hours", later("From when to when, 22:00-07:00; off for none"), longest=20)
_ZONE = Option("timezone", later("Your clock, for example Europe/Berlin"), longest=60)


async def mine(ask: Ask) -> Reply:
    """The asker's watches, each with a button; a query instead of nothing is a new watch."""
    if ask.text and ask.until is None:
        meant = _meant(ask.text)
        return (
            ask.failure(ask.say.text("Did you mean {verb}?", verb=meant))
            if meant
            else await add(ask)
        )
    say, keeper = ask.say, ask.around.watches
    found = await ask.archive.watches.of(ask.person)
    start = ask.page * _ON_A_PAGE
    shown = found[start : start + _ON_A_PAGE]
    zone = keeper.habits(ask.person).timezone if keeper else "UTC"
    places, paused = await ask.archive.places(), await ask.archive.paused()
    lines = [
        ask.say.line(_line(ask, one, zone, places), *_held_up(ask, one, paused, places))
        for one in shown
    ]
    lines = lines or [
        say.text(
            "You watch for nothing yet. Try: {command}", command=say.typed("watch add", "is:kev")
        )
    ]
    lines += await _told_how(ask, keeper) if keeper else []
    buttons = tuple(Button(say.text("Remove {n}", n=one.id), REMOVE, str(one.id)) for one in shown)
    reply = ask.notice("\n".join(lines), say.text("What you watch for"))
    if keeper and await keeper.trouble(ask.person):
        buttons = (*buttons, Button(say.text("Try again"), AGAIN, _ME))
    turned = await ask.listed(reply, "", last=start + _ON_A_PAGE >= len(found))
    return replace(turned, buttons=buttons)  # nothing of it is for others: no button to share


async def show(ask: Ask) -> Reply:
    """The button: the asker's watches, whatever its state says."""
    return await mine(replace(ask, request=replace(ask.request, text="", options={})))


async def add(ask: Ask) -> Reply:
    """Keep a query; from now on each new story that matches is told."""
    say, keeper = ask.say, _keeper(ask)
    if keeper is None:
        return ask.failure(say.text(NOT_HERE))
    query, typed = _with_end(ask.option("query") or ask.text)
    until, zone = ask.option("until") or typed["until"], keeper.habits(ask.person).timezone
    where = (ask.option("where") or typed["where"]).casefold()
    alone = ask.asker.private or ask.asker.platform == "terminal"
    openly = bool(where) and not alone  # "here", where nobody else is: to oneself
    end = _end(until, zone, ask.now)
    if until and (end is None or end <= ask.now):
        return ask.failure(
            say.text("{until} is no day to come. Write 2027-03-01, or 30d.", until=clip(until, 40))
        )
    fault = say.text(_WHERE.says) if where not in ("", _HERE) else _fault(query, say)
    if openly and not fault and (ask.around.share is None or not ask.asker.may_speak):
        fault = say.text(NO_PLACE)
    if fault:
        return ask.failure(fault, say.text("Not kept"))
    to = Target(ask.asker.platform, ask.asker.conversation) if openly else person_at(ask.person)
    before = {one.id for one in await ask.archive.watches.of(ask.person)}
    kept = await keeper.add(Watch(WatchId(0), ask.person, query, to, ask.now, end), say.language)
    if kept is None:
        text = say.text("You have {n} watches already; remove one first.", n=EACH)
        return ask.failure(text, say.text("Not kept"))
    new = kept.id not in before  # else it was announced when it was made
    if openly and new and (failed := await _announced(ask, kept)):
        await keeper.remove(ask.person, kept.id)
        text = say.text("It could not be posted here: {reason}", reason=failed)
        return ask.failure(text, say.text("Not kept"))
    return await _confirmed(ask, keeper, kept)


async def remove(ask: Ask) -> Reply:
    """End one of the asker's watches, by its number or its query."""
    say, keeper = ask.say, _keeper(ask)
    if keeper is None:
        return ask.failure(say.text(NOT_HERE))
    wanted = (ask.option("which") or ask.text).casefold()
    own = await ask.archive.watches.of(ask.person)
    chosen = [one for one in own if wanted in (str(one.id), one.query.casefold())]
    if wanted and not chosen and ask.may_edit:
        chosen = [one for one in await ask.archive.watches.every() if _is_here(ask, one, wanted)]
    if not wanted or not chosen:
        return await show(ask) if not wanted else ask.failure(say.text("You have no such watch."))
    for one in chosen:
        await keeper.remove(one.owner, one.id)
        if one.owner != ask.person:
            await ask.archive.acts.note(ask.deed(f"{one.owner}: {one.query}"))
    text = say.text("You watch no more for {query}.", query=clip(chosen[0].query, _SHOWN))
    buttons = (Button(say.text("What you watch for"), SHOW, _ME),)
    return replace(ask.notice(text), buttons=buttons)


def _is_here(ask: Ask, one: Watch, wanted: str) -> bool:
    """Whether it is somebody's watch that is told here to everybody: for editors to end."""
    here = Target(ask.asker.platform, ask.asker.conversation)
    return str(one.id) == wanted and not one.of_file and not is_personal(one.channel) and (
        one.to == here
    )  # fmt: skip


async def _announced(ask: Ask, kept: Watch) -> str:
    """Say in the channel what is told there from now on, and for whom; "" or why that failed."""
    say, share = ask.say, ask.around.share
    if share is None:
        return say.text(NO_PLACE)
    name = clip(ask.asker.name or ask.asker.user, 80)
    text = say.text(
        "{name} watches here: each new story that matches {query} is told in this channel.",
        name=name,
        query=clip(kept.query, _SHOWN),
    )
    button = Button(say.text("Remove {n}", n=kept.id), REMOVE, str(kept.id))
    told = Notice("Nightdesk", text, say.language, rtl=say.rtl, buttons=(button,))
    showed = await share(Shared(ask.asker, told))
    if not showed.failed:
        await ask.archive.watches.announced(kept, showed.message_id, now=ask.now)
    return showed.failed


async def quiet(ask: Ask) -> Reply:
    """The asker's own quiet hours; what comes meanwhile is told together when they end."""
    say, keeper = ask.say, _keeper(ask)
    if keeper is None:
        return ask.failure(say.text(NOT_HERE))
    first, zone = _typed_hours(ask)
    habits = keeper.habits(ask.person)
    if zone and (near := nearest_zone(zone)) != zone:
        text = say.text("{zone} is no time zone that is known.", zone=clip(zone, 60))
        meant = say.text("Did you mean {near}?", near=near) if near else ""
        return ask.failure(f"{text} {meant}".strip())
    hours = parse_quiet(first)
    if first and first.casefold() != "off" and (hours is None or hours.start == hours.end):
        return ask.failure(say.text("Write hours like 22:00-07:00, or off."))
    if first or zone:
        hours, zone = hours if first else habits.quiet, zone or habits.timezone
        await keeper.told_so(replace(habits, quiet=hours, timezone=zone, language=say.language))
    return ask.notice("\n".join(await _told_how(ask, keeper)), say.text("Quiet hours"))


async def again(ask: Ask) -> Reply:
    """The button: direct messages are taken now, says the asker."""
    keeper = _keeper(ask)
    if keeper is None:
        return ask.failure(ask.say.text(NOT_HERE))
    await keeper.again(ask.person)
    if ask.around.doing is not None:
        ask.around.doing.wake()
    return ask.notice(ask.say.text("What waits for you is sent again now."))


async def _confirmed(ask: Ask, keeper: Watchkeeper, kept: Watch) -> Reply:
    say = ask.say
    recent = parse_lenient(f"({kept.query}) since:7d").query
    found = await ask.archive.search(recent, now=ask.now, limit=1)
    query = clip(kept.query, _SHOWN)
    lines = [
        say.text(_KEPT[is_personal(kept.channel)], query=query),
        *_ends(kept, say, keeper.habits(ask.person).timezone),
        say.plural(
            "{n} story of the last 7 days matches.", "{n} stories of the last 7 days match.",
            found.total,
        ),
        *await _told_how(ask, keeper),
    ]  # fmt: skip
    buttons = (
        Button(say.text("Remove {n}", n=kept.id), REMOVE, str(kept.id)),
        Button(say.text("What you watch for"), SHOW, _ME),
    )
    return replace(ask.notice("\n".join(lines), say.text("Kept")), buttons=buttons)


async def _told_how(ask: Ask, keeper: Watchkeeper) -> list[str]:
    """Quiet hours, and why the asker could not be reached, where there is something to say."""
    say, habits = ask.say, keeper.habits(ask.person)
    lines = []
    if habits.quiet is not None:
        hours = say.text("Quiet hours: {hours} ({zone})", hours=str(habits.quiet),
                         zone=habits.timezone)  # fmt: skip
        lines.append(hours)
    elif ask.request.verb == "watch quiet":
        lines.append(say.line(say.text("You have no quiet hours."), habits.timezone))
    if trouble := await keeper.trouble(ask.person):
        lines.append(
            say.text(
                "You could not be written to: {reason}. Your watches are kept, and it is tried "
                "again once a day; allow direct messages and press the button to try it now.",
                reason=clip(trouble, 200),
            )
        )
    return lines


def _typed_hours(ask: Ask) -> tuple[str, str]:
    """Hours and a time zone as typed, each "" where it is left out."""
    first, _, rest = (ask.option("hours") or ask.text).partition(" ")
    if first.startswith("timezone:") or "/" in first:  # a zone alone
        first, rest = "", first
    return first, ask.option("timezone") or rest.strip().removeprefix("timezone:")


def _meant(typed: str) -> str:
    """The verb that somebody mistyped who would else get a watch for "rmove 3"; "" for a query.

    With words behind it, which may well be looked for, it must be closer: "remote code execution".
    """
    first, _, rest = typed.casefold().partition(" ")
    if first in _ALSO:
        return _ALSO[first]
    alike = 0.8 if not rest or rest.strip().isdigit() else 0.85
    near = difflib.get_close_matches(first, ("list", "add", "remove", "quiet"), 1, alike)
    return f"watch {near[0]}" if near else ""


def _fault(query: str, say: Words) -> str:
    """What is wrong with a query, its place and a hint; "" when nothing is."""
    if len(query) > LONGEST:
        return say.text("A watch has at most {n} characters.", n=LONGEST)
    try:
        parse_strict(query)
    except QueryError as error:
        rest = clip(query[error.column - 1 :], _ROUND_A_FAULT) or "…"
        fault = say.told(error.fault)
        said = say.text(
            "At character {n} ({text}): {fault}", n=error.column, text=rest, fault=fault
        )
        return f"{said}\n{say.told(error.cure)}"
    return "" if query.strip() else say.text("Say what to look for.")


def _with_end(typed: str) -> tuple[str, dict[str, str]]:
    """The query, and what stands behind `until:` and `where:` at its end."""
    found = {"until": "", "where": ""}
    while match := _END.search(typed):
        typed = typed[: match.start()]
        found[match[1]] = found[match[1]] or match[2]
    return typed.strip(), found


def _end(text: str, zone: str, now: datetime) -> datetime | None:
    """When a last day, or a length of time from now on, is over; None for any other text."""
    if span := parse_duration(text):
        return now + span
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return after_day(day, zone) if day.year < MAXYEAR else None


def _line(ask: Ask, one: Watch, zone: str, places: Mapping[str, Destination]) -> str:
    say = ask.say
    over = [say.text("ended")] if one.is_over(ask.now) else _ends(one, say, zone)
    return say.line(str(one.id), clip(one.query, _SHOWN), *_where(ask, one, places), *over)


def _where(ask: Ask, one: Watch, places: Mapping[str, Destination]) -> list[str]:
    """Where everybody sees what it tells; nothing to say of direct messages."""
    if is_personal(one.channel):
        return []
    if one.to.address == ask.asker.conversation:
        return [ask.say.text("told here")]
    known = led_to([_place(one)], ask.around.settings().channels, places)
    return [ask.say.text("told in {place}", place=known.name if known else one.to.address)]


def _place(one: Watch) -> Destination:
    return Destination(one.to.platform, one.to.address)


def _held_up(
    ask: Ask, one: Watch, paused: Mapping[str, Pause], places: Mapping[str, Destination]
) -> list[str]:
    """Why nothing is told now where everybody sees it; nothing to say of direct messages."""
    if is_personal(one.channel):
        return []
    channels = ask.around.settings().channels
    resting = [
        channel for channel in channels if channel.name in paused and paused[channel.name].by
    ]
    if quiet := led_to([_place(one)], resting, places):
        said = later("waits while {channel} is paused: {reason}")
        reason = clip(paused[quiet.name].reason, 120)
        return [ask.say.text(said, channel=quiet.name, reason=reason)]
    pause = paused.get(one.channel)
    if pause is None:
        return []
    return [ask.say.text("could not be told there: {reason}", reason=clip(pause.reason, 120))]


def _ends(one: Watch, say: Words, zone: str) -> list[str]:
    """Its last minute, since a day is over at midnight."""
    if one.until is None:
        return []
    last = one.until - timedelta(minutes=1)
    return [say.text("until {date}", date=say.date(last, zone, year=True))]


def _keeper(ask: Ask) -> Watchkeeper | None:
    return None if ask.archive.read_only else ask.around.watches


_KEPT = {
    True: later("Each new story that matches {query} is told to you alone."),
    False: later("Each new story that matches {query} is told here, for everybody to see."),
}
VERBS = (
    Verb("watch list", later("What you watch for, and how you are told"), mine, examples=("",)),
    Verb(
        "watch add",
        later("Be told of each new story that matches, you alone or a channel"),
        add,
        (_QUERY, _UNTIL, _WHERE),
        # The last one stands on a button of help, so it must not speak to a whole channel.
        examples=("ivanti OR fortinet where:here", "is:kev product:ivanti until:2027-03-01"),
        form=True,
    ),
    Verb(
        "watch remove",
        later("Watch for something no more"),
        remove,
        (_WHICH,),
        examples=("12", "ivanti OR fortinet"),
    ),
    Verb(
        "watch quiet",
        later("Hours in which your watches tell you nothing"),
        quiet,
        (_HOURS, _ZONE),
        examples=("22:00-07:00 Europe/Berlin", "off"),
    ),
    Verb("watches", later("What you watch for, and how you are told"), mine, listed=False),
    Verb(SHOW, later("What you watch for, and how you are told"), show, listed=False),
    Verb(REMOVE, later("Watch for something no more"), remove, (_WHICH,), listed=False),
    Verb(AGAIN, later("Write to me again"), again, listed=False),
)
